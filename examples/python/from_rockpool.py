"""Rockpool: export a network there; check, run and compare it here."""

# %% A network in Rockpool, with time constants in seconds and one number a neuron.
import numpy as np
import torch
from rockpool.nn.combinators import Sequential
from rockpool.nn.modules import LIFTorch, LinearTorch
from rockpool.nn.modules.torch.nir import to_nir

import nirkit as nir

torch.manual_seed(1)
dt = 1e-3


def cell(n):
    one = torch.ones(n)
    return LIFTorch(n, tau_mem=0.02 * one, tau_syn=0.01 * one, threshold=one, bias=0 * one, dt=dt)


net = Sequential(LinearTorch((4, 8), has_bias=False), cell(8), LinearTorch((8, 2), has_bias=False), cell(2))

for name, weights in net.named_parameters():
    if name.endswith("weight"):
        weights.data = 0.1 * weights.data.abs()  # so that something happens without training

# %% Export. Rockpool writes the shape of the input with a batch axis, which no node after it has.
graph = nir.from_nir(to_nir(net, torch.zeros(1, 1, 4)))
graph.nodes["input"] = nir.Input(input_type={"input": np.array([4])})
graph.nodes["output"] = nir.Output(output_type={"output": np.array([2])})
graph.infer_types()
print(graph)

# %% What is wrong with it, and what would other platforms do?
print(nir.check(graph))
for title, report in nir.check(graph, ["rockpool", "norse", "spyx"], dt=dt).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Run it as Rockpool does, without Rockpool, and hold it against Rockpool.
x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float32)
found = nir.run(graph, x, "rockpool", dt=dt, record="all")
print(found)
with torch.no_grad():
    out, _, _ = net(torch.tensor(x)[None])
spikes = out[0].numpy()
last = next(source for source, target in graph.edges if target == "output")
assert spikes.any() and np.array_equal(found[last], spikes), "Rockpool and nirkit spike differently"
print(f"{int(np.sum(spikes))} spikes, the same in Rockpool and in nirkit")

# %% Where do Rockpool's spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "rockpool", dt=dt))
