"""snnTorch: `import_from_nir`, then one call a step; its time step is 1e-4 s, whatever is asked."""

from importlib.metadata import version

import torch
from nir_driver import serve, single
from snntorch.import_nir import import_from_nir


def run(graph, inputs, dt):
    net, state, rows = import_from_nir(graph), None, []
    with torch.no_grad():
        for frame in torch.from_numpy(single(inputs)):
            out, state = net(frame, state)
            rows.append(out[0] if isinstance(out, tuple) else out)
    return torch.stack(rows).numpy()


serve("snntorch", version("snntorch"), run)
