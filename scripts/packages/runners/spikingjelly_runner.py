"""SpikingJelly: `import_from_nir` in single-step mode, then one call a step with a batch of one."""

import nir
import torch
from spikingjelly.activation_based.neuron import CUBALIFNode
from spikingjelly.activation_based.nir_exchange import import_from_nir

from . import executor
from .fx_graph import leaves
from .graph_names import originals, sanitised_fx
from .tape import Inputs, Tape

OPTIONS: dict = {}
BATCHED = True


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    names = originals(graph, sanitised_fx)
    inputs_named = [name for name, node in graph.nodes.items() if isinstance(node, nir.Input)]
    return import_from_nir(graph, dt=dt, step_mode="s"), names, inputs_named


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    net, names, inputs_named = built
    tape.facts["code"] = net.code
    for path, module in leaves(net):
        if hasattr(module, "module"):  # the wrapper of a neuron
            watch(names.get(path, path), module, tape)
    sequence = torch.from_numpy(inputs.of(inputs_named[0] if inputs_named else None)).float()
    with torch.no_grad():
        executor.stepwise(net, sequence, tape, batched)


def watch(node: str, module: torch.nn.Module, tape: Tape) -> None:
    def after(_module, _arguments, result) -> None:
        spikes, state = result
        tape.row(node, "spikes", spikes)
        tape.row(node, "v", state[0])
        if isinstance(module.module, CUBALIFNode):
            tape.row(node, "isyn", state[1])

    module.register_forward_hook(after)
