"""Spyx 0.1 on dm-haiku: `from_nir` gives a function and its parameters.

The function is given back with every layer's output beside the network's, by a core that keeps
them.
"""

import haiku as hk
import jax
import jax.numpy as jnp
import nir
import numpy as np

if not hasattr(nir, "Sequence"):  # the importer names a class that nir has dropped
    nir.Sequence = type("Sequence", (), {})

import spyx.nir  # noqa: E402

from .tape import Inputs, Tape  # noqa: E402

OPTIONS: dict = {}
STEPWISE = False
NEURONS = (nir.IF, nir.LIF, nir.CubaLIF, nir.NIRGraph)


class Kept(hk.RNNCore):
    """A chain of layers that gives back the outputs of all of them."""

    def __init__(self, layers):
        super().__init__(name="kept")
        self._chain = hk.DeepRNN(layers)
        self._layers = layers

    def __call__(self, x, states):
        outs, news, left = [], [], list(states)
        for layer in self._layers:
            if isinstance(layer, hk.RNNCore):
                x, new = layer(x, left.pop(0))
                news.append(new)
            else:
                x = layer(x)
            outs.append(x)
        return tuple(outs), tuple(news)

    def initial_state(self, batch_size):
        return self._chain.initial_state(batch_size)


class HaikuWithKept:
    """haiku as the importer sees it, with `Kept` in the place of its chain."""

    DeepRNN = Kept

    def __getattr__(self, name):
        return getattr(hk, name)


spyx.nir.hk = HaikuWithKept()


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    sequence = jnp.asarray(inputs.of("input"))[None]
    return spyx.nir.from_nir(graph, sequence, dt=dt, return_all_states=True), graph, sequence


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    (network, parameters), graph, sequence = built
    jax.clear_caches()  # every network is compiled anew, and none comes again
    outputs, states = network.apply(parameters, sequence)
    tape.steps = inputs.steps
    chain = [edge[0] for edge in spyx.nir._order_edge_list(graph.edges)[1:]]
    tape.returned_whole(np.asarray(outputs[-1])[0])
    left = list(states)
    for name, out in zip(chain, outputs, strict=True):
        node = graph.nodes[name]
        if not isinstance(node, NEURONS):
            continue
        state = np.asarray(left.pop(0))
        name = neuron_name(name, node)
        tape.whole(name, "spikes", np.asarray(out)[0])
        if isinstance(inner(node), nir.CubaLIF):
            v, current = np.split(state[0], 2, -1)
            tape.whole(name, "v", v)
            tape.whole(name, "isyn", current)
        else:
            tape.whole(name, "v", state[0])


def inner(node):
    if not isinstance(node, nir.NIRGraph):
        return node
    return next(part for part in node.nodes.values() if isinstance(part, NEURONS))


def neuron_name(name: str, node) -> str:
    """As in the runner of Spyx 1.0: a flat loop keeps the neuron's own name."""
    if not isinstance(node, nir.NIRGraph):
        return name
    key = next(key for key, part in node.nodes.items() if isinstance(part, NEURONS))
    return key if f"{name}.input" in node.nodes else f"{name}.{key}"
