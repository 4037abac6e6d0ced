"""Rockpool: `from_nir`, dt set on every module, then one call with the whole sequence."""

import nir
import torch
from rockpool.nn.modules.torch import ExpSynTorch, LIFTorch
from rockpool.nn.modules.torch.nir import from_nir

from . import executor
from .graph_names import originals
from .tape import Inputs, Tape

OPTIONS: dict = {}
STEPWISE = False


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    names = originals(graph)
    inside = {
        name: inner_neuron(node)
        for name, node in graph.nodes.items()
        if isinstance(node, nir.NIRGraph)
    }
    return from_nir(graph), names, inside


def inner_neuron(block: nir.NIRGraph) -> str | None:
    """The neuron of a block of four, which becomes one module."""
    return next((name for name, node in block.nodes.items() if isinstance(node, nir.CubaLIF)), None)


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    net, names, inside = built
    tape.facts["execution_order"] = executor.order(net)
    for path, module in executor.leaves(net):
        if isinstance(module, (LIFTorch, ExpSynTorch)):
            module.dt = dt
            node = names.get(path, path)
            watch(f"{node}.{inside[node]}" if inside.get(node) else node, module, tape)
    with torch.no_grad():
        out, _state = net(executor.sequence_for(net, inputs, names)[None])
    tape.steps = inputs.steps
    out = executor.first(out)
    tape.returned_whole(out[0].numpy())


def watch(node: str, module: torch.nn.Module, tape: Tape) -> None:
    def after(_module, _arguments, out) -> None:
        out = executor.first(out)
        if isinstance(module, LIFTorch):
            record = module._record_dict
            tape.whole(node, "spikes", record["spikes"][0])
            tape.whole(node, "v", record["vmem"][0])
            tape.whole(node, "isyn", record["isyn"][0])
        else:
            tape.whole(node, "v", out[0])

    if isinstance(module, LIFTorch):
        module._record = True
    module.register_forward_hook(after)
