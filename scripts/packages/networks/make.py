"""One random network for a package: the same seed and number give the same network."""

from dataclasses import dataclass, replace

import numpy as np

from .draft import Graph
from .families import FAMILIES
from .images import image
from .neurons import Dice
from .taste import ANY_DT, Taste
from .twists import NUMBERS, ORDERS

LOOPS = ("nested_loop", "flat_loop", "long_loop")
RARE = ("two_ends", "two_inputs", "foreign")


@dataclass
class Network:
    """A graph, the input of each of its Input nodes, and how it was drawn."""

    name: str
    graph: Graph
    dt: float
    inputs: dict[str, np.ndarray]
    steps: int


def network(seed: int, number: int, taste: Taste) -> Network:
    rng = np.random.default_rng((seed, number))
    dt = float(rng.choice(taste.dts if rng.random() < 0.9 else ANY_DT))
    dice = Dice(rng, relaxed(taste, rng), dt)
    family = choose_family(dice)
    graph = image(dice) if family == "image" else FAMILIES[family](dice)
    names = [family]
    for twists, probability in ((NUMBERS, 0.3), (ORDERS, 0.35)):
        if dice.chance(probability):
            twist = dice.pick(*twists)
            twist(graph, dice)
            names.append(twist.__name__)
    steps = int(rng.integers(40, 80 if family == "image" else 201))
    inputs = {name: stimulus(dice, steps, shape) for name, shape in graph.inputs().items()}
    inputs = inputs or {"input": stimulus(dice, steps, guess_shape(graph))}
    return Network(f"{number:04d}_{'-'.join(names)}", graph, dt, inputs, steps)


def relaxed(taste: Taste, rng: np.random.Generator) -> Taste:
    """Now and then a package is given what it does not like."""
    draw = rng.random()
    if draw < 0.08:
        return replace(taste, neurons=("IF", "LIF", "CubaLIF", "LI"))
    if draw < 0.14:
        return replace(taste, uniform=not taste.uniform)
    if draw < 0.18:
        return replace(taste, r="any", w_in="any")
    return taste


def choose_family(dice: Dice) -> str:
    weights = {name: 1.0 for name in FAMILIES}
    weights["chain"] = 2.0
    weights["image"] = 4.0 if dice.taste.images else 0.4
    for name in RARE:
        weights[name] = 0.5
    for name in LOOPS:
        weights[name] = 1.6 if dice.taste.loops else 0.5
    if not dice.taste.image_neurons:
        del weights["image"]
    names = list(weights)
    shares = np.array([weights[name] for name in names])
    return str(dice.rng.choice(names, p=shares / shares.sum()))


def guess_shape(graph: Graph) -> tuple[int, ...]:
    """What the first node without a source takes, where the Input is gone."""
    targets = {target for _, target in graph.edges}
    roots = [node for name, node in graph.nodes.items() if name not in targets]
    for node in roots:
        if isinstance(node, Graph):
            return next(iter(node.inputs().values()), (4,))
        parameters = node.parameters
        if node.kind in ("Affine", "Linear"):
            return (parameters["weight"].shape[1],)
        if node.kind in ("Conv1d", "Conv2d"):
            channels = parameters["weight"].shape[1] * int(parameters["groups"])
            return (channels, *(int(n) for n in np.ravel(parameters["input_shape"])))
        shaped = [np.shape(value) for value in parameters.values() if np.ndim(value)]
        if shaped:
            return shaped[0]
    return (4,)


def stimulus(dice: Dice, steps: int, shape: tuple[int, ...]) -> np.ndarray:
    """Spikes, counts of spikes, real numbers, or real numbers of both signs."""
    kind = dice.pick("spikes", "spikes", "counts", "real", "signed")
    size = (steps, *shape)
    if kind == "spikes":
        drawn = dice.rng.random(size) < dice.pick(0.1, 0.3, 0.5)
    elif kind == "counts":
        drawn = dice.rng.poisson(dice.pick(0.5, 3), size)
    elif kind == "real":
        drawn = dice.rng.uniform(0, 1, size)
    else:
        drawn = dice.rng.normal(0, 1, size)
    return drawn.astype(np.float32)
