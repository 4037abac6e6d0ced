"""Norse: `from_nir`, then one call a step."""

import nir
import norse.torch.functional.reset as resets
import torch
from norse.torch.module.iaf import IAFCell
from norse.torch.module.lif_box import LIFBoxCell
from norse.torch.utils.import_nir import CubaLIF, from_nir

from . import executor
from .graph_names import originals
from .tape import Inputs, Tape

OPTIONS = {"reset": "zero"}
RESETS = {"zero": resets.reset_value, "subtract": resets.reset_subtract}


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs, reset: str) -> tuple:
    names = originals(graph)
    return from_nir(graph, dt=dt, ignore_warnings=True, reset_method=RESETS[reset]), names


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    net, names = built
    tape.facts["execution_order"] = executor.order(net)
    for path, module in executor.leaves(net):
        watch(names.get(path, path), module, tape)
    with torch.no_grad():
        executor.stepwise(net, executor.sequence_for(net, inputs, names), tape, batched)


def watch(node: str, module: torch.nn.Module, tape: Tape) -> None:
    """Spikes, voltage and current of a neuron after every step."""

    def after(_module, _arguments, result) -> None:
        spikes, state = result
        if isinstance(module, CubaLIF):
            synapse, state = state
            tape.row(node, "isyn", synapse.v)
        tape.row(node, "spikes", spikes)
        tape.row(node, "v", state.v)

    if isinstance(module, (IAFCell, LIFBoxCell, CubaLIF)):
        module.register_forward_hook(after)
