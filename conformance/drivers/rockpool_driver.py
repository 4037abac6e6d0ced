"""Rockpool: `from_nir`, the step set on every module, then one call with the whole sequence."""

from importlib.metadata import version

import torch
from nir_driver import serve, single
from rockpool.nn.modules.torch import ExpSynTorch, LIFTorch
from rockpool.nn.modules.torch.nir import from_nir


def run(graph, inputs, dt):
    net = from_nir(graph)
    for module in net.modules():
        if isinstance(module, (LIFTorch, ExpSynTorch)):
            module.dt = dt
    with torch.no_grad():
        out, _state = net(torch.from_numpy(single(inputs))[None])
    out = out[0] if isinstance(out, tuple) else out
    return out[0].numpy()


serve("rockpool", version("rockpool"), run)
