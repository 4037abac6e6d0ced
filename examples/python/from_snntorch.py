"""snnTorch: export a network there; check, run and compare it here."""

# %% A network in snnTorch.
import numpy as np
import snntorch as snn
import torch
from snntorch.export_nir import export_to_nir

import nirkit as nir

torch.manual_seed(1)


def leaky(n, **options):
    return snn.Leaky(
        beta=0.95 * torch.ones(n), threshold=torch.ones(n), init_hidden=True, reset_mechanism="zero", **options
    )


net = torch.nn.Sequential(
    torch.nn.Linear(4, 8), leaky(8), torch.nn.Linear(8, 2), leaky(2, output=True)
)

for layer in net.children():
    if isinstance(layer, torch.nn.Linear):
        layer.weight.data.abs_()  # so that something happens without training

# %% Export. snnTorch writes graphs for a time step of 0.1 ms.
graph = nir.from_nir(export_to_nir(net, torch.zeros(4)))
graph.infer_types()
print(graph)

# %% What is wrong with it, and what would other platforms do?
print(nir.check(graph))
for title, report in nir.check(graph, ["snntorch", "norse", "spyx"], dt=1e-4).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Run it as snnTorch does, without snnTorch, and hold it against what snnTorch imports.
from snntorch.import_nir import import_from_nir  # noqa: E402

x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float32)
found = nir.run(graph, x, "snntorch", dt=1e-4, record="all")
print(found)
imported = import_from_nir(nir.to_nir(graph))
with torch.no_grad():
    state, spikes = None, []
    for frame in torch.tensor(x):
        out, state = imported(frame[None], state)
        spikes.append((out[0] if isinstance(out, tuple) else out)[0].numpy())
last = [node for node in graph.nodes if isinstance(graph.nodes[node], nir.LIF)][-1]
same = np.array_equal(found[last], np.array(spikes))
print(f"{int(np.sum(spikes))} spikes, {'the same' if same else 'others'} in snnTorch and in nirkit")

# %% Where do snnTorch's spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "snntorch", dt=1e-4))
