"""Lava in floating point.

No release has an importer that takes any graph. Processes are put together as the converter of the NIR paper and its notebooks do: a
`Dense` for each matrix, with the gains of the neurons behind it in its weights and the bias as a channel that is always on, a `LIF`
for each layer, and a `Dense` of its own for `dt / tau` before a single LIF.
"""

import nir
import numpy as np
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.dense.process import Dense
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source
from lava.proc.lif.process import LIF

from .tape import Inputs, Tape

OPTIONS: dict = {}
STEPWISE = False
NEURONS = (nir.IF, nir.LIF, nir.CubaLIF)


def one(node, field: str, what: str) -> float:
    """A parameter of which a population has one number."""
    values = np.asarray(getattr(node, field), dtype=np.float64).reshape(-1)
    if not (values == values[0]).all():
        raise ValueError(f"{what} is one number for a population")
    return float(values[0])


def numbers(node, field: str) -> np.ndarray:
    return np.asarray(getattr(node, field), dtype=np.float64).reshape(-1)


def is_lone(node) -> bool:
    return isinstance(node, nir.LIF) and np.asarray(node.tau).size == 1


def gains(node, dt: float):
    """By what the weights before a layer are multiplied."""
    if isinstance(node, nir.IF) or is_lone(node):
        return None
    if isinstance(node, nir.LIF):
        return numbers(node, "r") * (dt / numbers(node, "tau"))
    gain = numbers(node, "r") * numbers(node, "w_in")
    return gain * (dt / numbers(node, "tau_mem")) * (dt / numbers(node, "tau_syn"))


class Part:
    """What a node becomes: where it takes its input, and where it puts out."""

    def __init__(self, into, out):
        self.into, self.out = into, out


def neuron(node, dt: float) -> tuple:
    count = np.asarray(node.v_threshold).size
    shape = (count,)
    vth = one(node, "v_threshold", "vth")
    if isinstance(node, nir.IF):
        made = LIF(shape=shape, du=1.0, dv=0.0, vth=vth)
    elif isinstance(node, nir.LIF):
        made = LIF(shape=shape, du=1.0, dv=dt / one(node, "tau", "dv"), vth=vth)
    else:
        du, dv = dt / one(node, "tau_syn", "du"), dt / one(node, "tau_mem", "dv")
        made = LIF(shape=shape, du=du, dv=dv, vth=vth)
    if not is_lone(node):
        return Part(made.a_in, made.s_out), made
    share = Dense(weights=np.array([[dt / float(numbers(node, "tau")[0])]]))
    share.a_out.connect(made.a_in)
    return Part(share.s_in, made.s_out), made


def matrix(node, gain, steps: int) -> Part:
    weights = np.asarray(node.weight, dtype=np.float64)
    if gain is not None:
        weights = weights * gain[:, None]
    dense = Dense(weights=weights)
    if isinstance(node, nir.Affine) and np.any(node.bias):
        bias = np.asarray(node.bias, dtype=np.float64).reshape(-1)
        bias = bias * gain if gain is not None else bias
        always = Source(data=np.ones((1, steps)))
        channel = Dense(weights=bias[:, None])
        always.s_out.connect(channel.s_in)
        return Part((dense.s_in, channel.a_out), dense.a_out)
    return Part(dense.s_in, dense.a_out)


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    parts, layers = {}, {}
    for name, node in graph.nodes.items():
        if not isinstance(node, (nir.Input, nir.Output, nir.Affine, nir.Linear, *NEURONS)):
            raise ValueError(f"Unknown node type: {type(node).__name__}")
    for name, node in graph.nodes.items():
        if isinstance(node, nir.Input):
            rows = inputs.of(name).reshape(inputs.steps, -1).astype(np.float64)
            parts[name] = Part(None, Source(data=rows.T).s_out)
        elif isinstance(node, NEURONS):
            parts[name], layers[name] = neuron(node, dt)
        elif isinstance(node, (nir.Affine, nir.Linear)):
            behind = [graph.nodes[b] for a, b in graph.edges if a == name]
            behind = [target for target in behind if isinstance(target, NEURONS)]
            parts[name] = matrix(node, gains(behind[0], dt) if behind else None, inputs.steps)
    for a, b in graph.edges:
        if b not in parts or a not in parts or parts[b].into is None:
            continue
        into = parts[b].into
        parts[a].out.connect(into[0] if isinstance(into, tuple) else into)
    # The channel that is always on is added where its matrix is.
    for name, part in parts.items():
        if isinstance(part.into, tuple):
            for a, b in graph.edges:
                if a == name and b in parts and parts[b].into is not None:
                    into = parts[b].into
                    part.into[1].connect(into[0] if isinstance(into, tuple) else into)
    sinks = {}
    for name, layer in layers.items():
        sinks[name] = Sink(shape=layer.s_out.shape, buffer=inputs.steps)
        layer.s_out.connect(sinks[name].a_in)
    return sinks, next(iter(layers.values()), None)


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    sinks, first = built
    if first is None:  # no layer, so nothing to record
        tape.steps = inputs.steps
        return
    try:
        first.run(
            condition=RunSteps(num_steps=inputs.steps),
            run_cfg=Loihi2SimCfg(select_tag="floating_pt"),
        )
        for name, sink in sinks.items():
            tape.whole(name, "spikes", np.asarray(sink.data.get()).T)
    finally:
        first.stop()
    tape.steps = inputs.steps
