"""snnTorch: `import_from_nir`, then one call a step.

Release 1.0.0 runs a graph of torch.fx that keeps its neurons' state in the modules; earlier
releases use nirtorch's `GraphExecutor`, which hands states over.
"""

import nir
import snntorch
import torch
from nirtorch.graph_executor import GraphExecutor
from snntorch.import_nir import import_from_nir

from . import executor
from .fx_graph import leaves as fx_leaves
from .graph_names import originals, sanitised, sanitised_fx
from .tape import Inputs, Tape

OPTIONS: dict = {}
NEURONS = (snntorch.Leaky, snntorch.Synaptic, snntorch.RLeaky, snntorch.RSynaptic)


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    made = originals(graph, sanitised), originals(graph, sanitised_fx)
    inside = {
        name: inner_neuron(node)
        for name, node in graph.nodes.items()
        if isinstance(node, nir.NIRGraph)
    }
    inputs_named = [name for name, node in graph.nodes.items() if isinstance(node, nir.Input)]
    return import_from_nir(graph), *made, inside, inputs_named


def inner_neuron(block: nir.NIRGraph) -> str | None:
    """The neuron of a block of four, which earlier releases make one module of."""
    kinds = (nir.LIF, nir.CubaLIF)
    return next((name for name, node in block.nodes.items() if isinstance(node, kinds)), None)


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    net, names, names_fx, inside, inputs_named = built
    if isinstance(net, GraphExecutor):
        tape.facts["execution_order"] = executor.order(net)
        modules = [(names.get(path, path), module) for path, module in executor.leaves(net)]
        modules = [
            (f"{node}.{inside[node]}" if inside.get(node) else node, module)
            for node, module in modules
        ]
        sequence = executor.sequence_for(net, inputs, names)
    else:
        tape.facts["code"] = net.code
        modules = [(names_fx.get(path, path), module) for path, module in fx_leaves(net)]
        sequence = torch.from_numpy(inputs.of(inputs_named[0] if inputs_named else None)).float()
    for node, module in modules:
        if isinstance(module, NEURONS):
            watch(node, module, tape)
    with torch.no_grad():
        executor.stepwise(net, sequence, tape, batched)


def watch(node: str, module: torch.nn.Module, tape: Tape) -> None:
    def after(_module, _arguments, result) -> None:
        hidden = bool(module.init_hidden)
        spikes = executor.first(result)
        mem = module.mem if hidden else result[-1]
        tape.row(node, "spikes", spikes)
        tape.row(node, "v", mem)
        if isinstance(module, (snntorch.Synaptic, snntorch.RSynaptic)):
            tape.row(node, "isyn", module.syn if hidden else result[-2])

    module.register_forward_hook(after)
