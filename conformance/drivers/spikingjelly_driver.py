"""SpikingJelly: `import_from_nir` in single-step mode, then one call a step with a batch of one."""

from importlib.metadata import version

import torch
from nir_driver import serve, single
from spikingjelly.activation_based.nir_exchange import import_from_nir


def run(graph, inputs, dt):
    net, state, rows = import_from_nir(graph, dt=dt, step_mode="s"), None, []
    with torch.no_grad():
        for frame in torch.from_numpy(single(inputs)):
            out, state = net(frame[None], state)
            rows.append((out[0] if isinstance(out, tuple) else out)[0])
    return torch.stack(rows).numpy()


serve("spikingjelly", version("spikingjelly"), run)
