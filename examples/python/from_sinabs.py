"""Sinabs: export a network there; check, run and compare it here."""

# %% A network in Sinabs.
import numpy as np
import sinabs.layers as layers
import torch
from sinabs.nir import from_nir, to_nir

import nirkit as nir

torch.manual_seed(1)
net = torch.nn.Sequential(
    torch.nn.Linear(4, 8, bias=False),
    layers.IAFSqueeze(batch_size=1),
    torch.nn.Linear(8, 2, bias=False),
    layers.IAFSqueeze(batch_size=1),
)
net(torch.zeros(1, 4))  # Sinabs works the shapes out when it runs

# %% Export.
graph = nir.from_nir(to_nir(net, torch.zeros(1, 4)))
graph.infer_types()
print(graph)

# %% What is wrong with it, and what would other platforms do?
print(nir.check(graph))
for title, report in nir.check(graph, ["sinabs", "norse", "spyx"], dt=1e-3).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Run it as Sinabs does, without Sinabs, and hold it against what Sinabs imports.
x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float32)
found = nir.run(graph, x, "sinabs", record="all")
print(found)
imported = from_nir(nir.to_nir(graph), batch_size=1)
with torch.no_grad():
    out = imported(torch.tensor(x))
spikes = (out[0] if isinstance(out, tuple) else out).numpy()
last = [node for node in graph.nodes if isinstance(graph.nodes[node], nir.IF)][-1]
same = np.array_equal(found[last], spikes)
print(f"{int(np.sum(spikes))} spikes, {'the same' if same else 'others'} in Sinabs and in nirkit")

# %% Where do Sinabs' spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "sinabs", dt=1e-3))
