"""Sinabs: `from_nir`, time constants divided by dt, then one call with the whole sequence."""

import nir
import sinabs.layers as sl
import torch
from sinabs.nir import from_nir

from . import executor
from .graph_names import originals
from .tape import Inputs, Tape

OPTIONS: dict = {}
STEPWISE = False


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    names = originals(graph)
    return from_nir(graph, batch_size=1), names


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    net, names = built
    tape.facts["execution_order"] = executor.order(net)
    watched = {}
    for path, module in executor.leaves(net):
        if isinstance(module, sl.StatefulLayer):
            if getattr(module, "tau_mem", None) is not None:
                module.tau_mem.data = module.tau_mem.data / dt
            module.record_states = True
            watched[names.get(path, path)] = module
            module.register_forward_hook(keep(tape, names.get(path, path), module))
    with torch.no_grad():
        out, _state = net(executor.sequence_for(net, inputs, names))
    tape.steps = inputs.steps
    tape.returned_whole(out.numpy())


def keep(tape: Tape, node: str, module: torch.nn.Module):
    """Keeps what the layer put out and its voltage."""

    def after(_module, _arguments, out: torch.Tensor) -> None:
        if not isinstance(module, sl.ExpLeak):
            tape.whole(node, "spikes", out)
        tape.whole(node, "v", module.recordings["v_mem"][0])

    return after
