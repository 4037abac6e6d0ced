"""Changes that make a network unusual: numbers at the edge, names, orders of edges."""

import numpy as np

from .draft import Graph, Node
from .neurons import Dice

NEURONS = ("IF", "LIF", "CubaLIF", "LI", "CubaLI")
ODD_NAMES = (
    "if",
    "lambda",
    "a.b",
    "a_b",
    "0",
    "10",
    "9",
    "Z",
    "aa",
    "state",
    "é",
    "x y",
    "n.1",
    "n_1",
    "zz.lif",
    "self",
    "w-1",
)


def some_neuron(graph: Graph, dice: Dice) -> Node | None:
    found = graph.of_kind(*NEURONS)
    return found[int(dice.rng.integers(len(found)))] if found else None


def short_tau(graph: Graph, dice: Dice) -> None:
    """A time constant below dt: the coefficient leaves [0, 1]."""
    for node in graph.of_kind(*NEURONS):
        for name in ("tau", "tau_mem", "tau_syn"):
            if name in node.parameters and dice.chance(0.5):
                value = node.parameters[name]
                node.parameters[name] = np.full_like(value, dice.dt * dice.pick(0.3, 0.6, 0.9, 1.0))


def long_tau(graph: Graph, dice: Dice) -> None:
    """A time constant of a second or more."""
    node = some_neuron(graph, dice)
    for name in ("tau", "tau_mem"):
        if node and name in node.parameters:
            node.parameters[name] = np.full_like(node.parameters[name], dice.pick(1.0, 1.7, 3.0))


def one_number(graph: Graph, dice: Dice) -> None:
    """Parameters of one number for a whole layer, with an axis or without."""
    shape = dice.pick((1,), ())
    node = some_neuron(graph, dice)
    if node:
        node.parameters = {
            name: np.full(shape, np.ravel(value)[0]) for name, value in node.parameters.items()
        }


def one_parameter(graph: Graph, dice: Dice) -> None:
    """One parameter with another shape than the rest."""
    node = some_neuron(graph, dice)
    if node:
        name = dice.pick(*node.parameters)
        node.parameters[name] = np.ravel(node.parameters[name])[:1].copy()


def precision(graph: Graph, dice: Dice) -> None:
    """Half or double precision, for neurons or for weights."""
    dtype = dice.pick(np.float16, np.float64)
    kinds = dice.pick(
        NEURONS, ("Affine", "Linear", "Conv2d", "Conv1d"), (*NEURONS, "Affine", "Linear", "Conv2d")
    )
    for node in graph.of_kind(*kinds):
        for name, value in node.parameters.items():
            if isinstance(value, np.ndarray) and value.dtype == np.float32:
                node.parameters[name] = value.astype(dtype)


def integers(graph: Graph, dice: Dice) -> None:
    """Whole numbers stored as integers: weights, or thresholds."""
    dtype = dice.pick(np.int64, np.int32, np.int8)
    names = dice.pick(
        ("weight",), ("weight", "bias"), ("v_threshold",), ("v_threshold", "r", "v_leak", "v_reset")
    )
    for node in graph.primitives():
        for name in names:
            if name in node.parameters:
                value = np.asarray(node.parameters[name])
                node.parameters[name] = np.clip(
                    np.where(np.round(value) == 0, 1, np.round(value)), -100, 100
                ).astype(dtype)


def low_threshold(graph: Graph, dice: Dice) -> None:
    """A threshold of zero or less."""
    for node in graph.of_kind("IF", "LIF", "CubaLIF"):
        value = node.parameters["v_threshold"].copy()
        value.reshape(-1)[: 1 if dice.chance(0.5) else None] = dice.pick(0.0, -0.5)
        node.parameters["v_threshold"] = value


def rest(graph: Graph, dice: Dice) -> None:
    """v_leak and v_reset that are not zero."""
    for node in graph.of_kind("IF", "LIF", "CubaLIF"):
        for name in dice.pick(("v_reset",), ("v_leak",), ("v_leak", "v_reset")):
            if name in node.parameters:
                value = node.parameters[name]
                node.parameters[name] = (value + dice.rng.uniform(-0.2, 0.2)).astype(value.dtype)


def resistance(graph: Graph, dice: Dice) -> None:
    """r or w_in of another size, or different among neurons."""
    for node in graph.of_kind(*NEURONS):
        name = dice.pick("r", "w_in")
        if name in node.parameters:
            value = node.parameters[name]
            factor = dice.rng.uniform(0.5, 2, value.shape if dice.chance(0.5) else ())
            node.parameters[name] = (value * factor).astype(value.dtype)


def strong(graph: Graph, dice: Dice) -> None:
    """Weights so large that packages with graded spikes count in hundreds or thousands."""
    factor = dice.pick(30, 300)
    for node in graph.of_kind("Affine", "Linear", "Conv2d", "Conv1d"):
        node.parameters["weight"] = (node.parameters["weight"] * factor).astype(
            node.parameters["weight"].dtype
        )


def inhibiting(graph: Graph, dice: Dice) -> None:
    for node in graph.of_kind("Affine", "Linear", "Conv2d", "Conv1d"):
        if dice.chance(0.5):
            node.parameters["weight"] = -np.abs(node.parameters["weight"])


def shuffled(graph: Graph, dice: Dice) -> None:
    """Edges in any order."""
    graph.edges = [graph.edges[i] for i in dice.rng.permutation(len(graph.edges))]
    for node in graph.nodes.values():
        if isinstance(node, Graph):
            shuffled(node, dice)


def doubled(graph: Graph, dice: Dice) -> None:
    """One edge listed twice."""
    graph.edges.append(graph.edges[int(dice.rng.integers(len(graph.edges)))])


def odd_names(graph: Graph, dice: Dice) -> None:
    """Names with dots and keywords, in an order that is not that of the signal."""
    ends = () if dice.chance(0.15) else ("input", "output")
    old = [name for name in graph.nodes if name not in ends]
    new = [str(name) for name in dice.rng.permutation(ODD_NAMES)]
    new += [f"n{i}" for i in range(len(old))]
    rename(graph, dict(zip(old, new, strict=False)))


def backwards(graph: Graph, dice: Dice) -> None:
    """Names that sort against the signal."""
    old = [name for name in graph.nodes if name not in ("input", "output")]
    rename(graph, {name: f"{chr(ord('y') - i % 24)}_{name}" for i, name in enumerate(old)})


def rename(graph: Graph, names: dict[str, str]) -> None:
    graph.nodes = {names.get(name, name): node for name, node in graph.nodes.items()}
    graph.edges = [(names.get(a, a), names.get(b, b)) for a, b in graph.edges]


def without_end(graph: Graph, dice: Dice) -> None:
    """No Output, or no Input."""
    gone = dice.pick("output", "input")
    if gone in graph.nodes and len(graph.nodes) > 2:
        del graph.nodes[gone]
        graph.edges = [edge for edge in graph.edges if gone not in edge]


NUMBERS = (
    short_tau,
    long_tau,
    one_number,
    one_parameter,
    precision,
    integers,
    low_threshold,
    rest,
    resistance,
    strong,
    inhibiting,
)
ORDERS = (shuffled, shuffled, odd_names, backwards, doubled, without_end)
