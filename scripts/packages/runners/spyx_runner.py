"""Spyx 1.0: its importer's model, scanned over time as `spyx.nn.run` does, with every layer's
output kept.

Images are channels first in the file and channels last in Spyx: the input and what is recorded are
turned.
"""

import jax
import jax.numpy as jnp
import nir
import numpy as np
import spyx.nir
from flax import nnx

from .tape import Inputs, Tape

OPTIONS: dict = {}
STEPWISE = False
WITH_CURRENT = ("CuBaLIF", "RCuBaLIF")


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    """The model, and the graph as the importer left it."""
    model = spyx.nir._build_model(graph, dt, nnx.Rngs(0))
    return model, graph


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    model, graph = built
    jax.clear_caches()  # every network is compiled anew, and none comes again
    names = layer_names(graph)
    kinds = [type(layer).__name__ for layer in model.layers]
    tape.facts["modules"] = [f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True)]
    sequence = jnp.asarray(turned_in(inputs.of("input")))
    try:
        outputs, states = every_layer(model, sequence)
    except Exception:
        spyx.nir.run(model, sequence)  # raises in the package's own words
        raise
    tape.returned_whole(turned_out(np.asarray(outputs[-1] if outputs else sequence)))
    tape.steps = inputs.steps
    for name, kind, out, state in zip(names, kinds, outputs, states, strict=True):
        if state is None:
            continue
        tape.whole(name, "spikes", turned_out(np.asarray(out)))
        if kind in WITH_CURRENT:
            v, current = np.split(np.asarray(state), 2, -1)
            tape.whole(name, "isyn", turned_out(current))
        else:
            v = np.asarray(state)
        tape.whole(name, "v", turned_out(v))


def every_layer(model, sequence):
    """Outputs and states of all layers at all steps, as `spyx.nn.Sequential` hands them on."""

    def step(states, x):
        outs, news = [], []
        for layer, state in zip(model.layers, states, strict=True):
            if state is None:
                x, new = layer(x), None
            else:
                x, new = layer(x, state)
            outs.append(x)
            news.append(new)
        return news, (outs, news)

    _, kept = jax.lax.scan(step, model.initial_state(sequence.shape[1]), sequence)
    return kept


def turned_in(sequence: np.ndarray) -> np.ndarray:
    """Time, batch of one, and channels last."""
    if sequence.ndim == 4:
        sequence = sequence.transpose(0, 2, 3, 1)
    return sequence[:, None]


def turned_out(values: np.ndarray) -> np.ndarray:
    values = values[:, 0]
    return values.transpose(0, 3, 1, 2) if values.ndim == 4 else values


def layer_names(graph: nir.NIRGraph) -> list[str]:
    """Names of the nodes on the chain of first edges that Spyx makes a layer of, in their order."""
    names: list[str] = []
    at, folded = "input", None
    while at != "output":
        edge = next((edge for edge in graph.edges if edge[0] == at), None)
        if edge is None:
            break
        node = graph.nodes.get(at)
        if at != "input" and at != folded and makes_layer(node):
            names.append(neuron_name(at, node))
            if isinstance(node, nir.LI):
                folded = edge[1]
        at = edge[1]
    return names


def makes_layer(node) -> bool:
    kinds = (
        nir.Affine,
        nir.Linear,
        nir.Conv2d,
        nir.SumPool2d,
        nir.IF,
        nir.LIF,
        nir.CubaLIF,
        nir.LI,
    )
    return isinstance(node, (*kinds, nir.Flatten, nir.NIRGraph))


def neuron_name(name: str, node) -> str:
    """A block is recorded under its neuron; a flat loop that Spyx nested keeps the name in the
    file.
    """
    if not isinstance(node, nir.NIRGraph):
        return name
    inner = next(
        key for key, part in node.nodes.items() if isinstance(part, (nir.IF, nir.LIF, nir.CubaLIF))
    )
    return inner if f"{name}.input" in node.nodes else f"{name}.{inner}"
