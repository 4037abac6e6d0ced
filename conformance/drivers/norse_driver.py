"""Norse: `from_nir`, then one call a step with the state handed over."""

from importlib.metadata import version

import torch
from nir_driver import serve, single
from norse.torch.utils.import_nir import from_nir


def run(graph, inputs, dt):
    net, state, rows = from_nir(graph, dt=dt), None, []
    with torch.no_grad():
        for frame in torch.from_numpy(single(inputs)):
            out, state = net(frame, state)
            rows.append(out[0] if isinstance(out, tuple) else out)
    return torch.stack(rows).numpy()


serve("norse", version("norse"), run)
