"""Norse: export a network there; check, run and compare it here."""

# %% A network in Norse. `v_leak` and `v_th` are tensors, so that the graph has one number a neuron.
import norse.torch as snn
import numpy as np
import torch
from norse.torch.utils.export_nir import to_nir

import nirkit as nir

torch.manual_seed(1)


def cell(n):
    one = torch.ones(n)
    return snn.LIFBoxCell(snn.LIFBoxParameters(tau_mem_inv=200 * one, v_th=0.2 * one, v_leak=0 * one))


net = snn.SequentialState(torch.nn.Linear(4, 8), cell(8), torch.nn.Linear(8, 2), cell(2))

for layer in net.children():
    if isinstance(layer, torch.nn.Linear):
        layer.weight.data.abs_()  # so that something happens without training

# %% Export. Norse's exporter multiplies time constants with `dt`; with 1.0 they stay in seconds.
graph = nir.from_nir(to_nir(net, torch.zeros(4), dt=1.0))
graph.infer_types()
print(graph)

# %% What is wrong with it, and what would other platforms do?
for title, report in nir.check(graph, ["norse", "snntorch", "spyx"], dt=1e-3).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Run it as Norse does, without Norse, and hold it against Norse.
x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float32)
found = nir.run(graph, x, "norse", dt=1e-3, record="all")
print(found)
with torch.no_grad():
    state, spikes = None, []
    for frame in torch.tensor(x):
        out, state = net(frame[None], state)
        spikes.append(out[0].numpy())
last = [node for node in graph.nodes if isinstance(graph.nodes[node], nir.LIF)][-1]
same = np.array_equal(found[last], np.array(spikes))
print(f"{int(np.sum(spikes))} spikes, {'the same' if same else 'others'} in Norse and in nirkit")

# %% Where do Norse's spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "norse", dt=1e-3))
