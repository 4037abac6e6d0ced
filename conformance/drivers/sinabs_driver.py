"""Sinabs: `from_nir`, time constants divided by the step, then one call with the whole sequence."""

from importlib.metadata import version

import sinabs.layers as sl
import torch
from nir_driver import serve, single
from sinabs.nir import from_nir


def run(graph, inputs, dt):
    net = from_nir(graph, batch_size=1)
    for module in net.modules():
        # Sinabs knows steps and no seconds.
        if isinstance(module, sl.StatefulLayer) and getattr(module, "tau_mem", None) is not None:
            module.tau_mem.data = module.tau_mem.data / dt
    with torch.no_grad():
        out, _state = net(torch.from_numpy(single(inputs)))
    return out.numpy()


serve("sinabs", version("sinabs"), run)
