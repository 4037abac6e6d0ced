"""Networks of convolutions and pools, in one and two dimensions."""

import numpy as np

from .draft import Graph, Node
from .neurons import Dice, dense, input_node, neuron, output_node


def image(dice: Dice) -> Graph:
    """Convolutions with neurons, perhaps a pool, then Flatten and a dense layer."""
    plane = "Conv1d" not in dice.taste.images or dice.chance(0.7)
    shape = (dice.pick(1, 2, 3, 4), *(int(n) for n in dice.rng.integers(7, 13, 2 if plane else 1)))
    graph = Graph()
    at = graph.add("input", input_node(shape))
    for number in range(int(dice.rng.integers(1, 3))):
        part, shape = convolution(dice, shape)
        at = graph.add(f"conv{number}", part, at)
        at = graph.add(f"n{number}", neuron(dice, shape, dice.pick(*dice.taste.image_neurons)), at)
        if plane and min(shape[1:]) >= 3 and dice.chance(0.5):
            part, shape = pool(dice, shape)
            at = graph.add(f"pool{number}", part, at)
    if dice.chance(0.8):
        flat = int(np.prod(shape))
        part = Node("Flatten", {"start_dim": 0, "end_dim": -1, "input_type": np.array(shape)})
        at = graph.add("flat", part, at)
        outputs = dice.size()
        at = graph.add("out_fc", dense(dice, outputs, flat), at)
        shape = (outputs,)
        at = graph.add("out_n", neuron(dice, shape), at)
    graph.add("output", output_node(shape), at)
    return graph


def grouping(dice: Dice, channels: int) -> int:
    """1 mostly, else a divisor, depthwise among them."""
    if dice.chance(0.75):
        return 1
    return dice.pick(*[n for n in range(1, channels + 1) if channels % n == 0])


def convolution(dice: Dice, shape: tuple[int, ...]) -> tuple[Node, tuple[int, ...]]:
    """A convolution that fits the shape, and the shape of what it gives."""
    axes = len(shape) - 1
    groups = grouping(dice, shape[0])
    outputs = groups * int(dice.rng.integers(1, 4))
    kernel = (
        tuple(int(k) for k in dice.rng.integers(1, 4, axes))
        if dice.chance(0.3)
        else (dice.pick(2, 3),) * axes
    )
    stride = tuple(dice.pick(1, 1, 1, 2) for _ in range(axes))
    padding = tuple(dice.pick(0, 0, 1) for _ in range(axes))
    dilation = (dice.pick(1, 1, 1, 2),) * axes
    named = dice.pick("same", "valid") if dice.chance(0.15) and stride == (1,) * axes else None
    if (
        min(reach(size, k, 1, 0, d) for size, k, d in zip(shape[1:], kernel, dilation, strict=True))
        < 1
    ):
        kernel, dilation = (1,) * axes, (1,) * axes
    given = tuple(
        size if named == "same" else reach(size, k, s, 0 if named else p, d)
        for size, k, s, p, d in zip(shape[1:], kernel, stride, padding, dilation, strict=True)
    )
    scale = 2 / np.sqrt(shape[0] / groups * np.prod(kernel))
    weight = (dice.rng.normal(0.4, 1, (outputs, shape[0] // groups, *kernel)) * scale).astype(
        np.float32
    )
    parameters = {
        "input_shape": np.array(shape[1:]) if axes == 2 else shape[1],
        "weight": weight,
        "stride": np.array(stride) if axes == 2 else stride[0],
        "padding": named or (np.array(padding) if axes == 2 else padding[0]),
        "dilation": np.array(dilation) if axes == 2 else dilation[0],
        "groups": groups,
        "bias": dice.rng.normal(0, 0.1, outputs).astype(np.float32),
    }
    return Node("Conv2d" if axes == 2 else "Conv1d", parameters), (outputs, *given)


def reach(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def pool(dice: Dice, shape: tuple[int, ...]) -> tuple[Node, tuple[int, ...]]:
    """A pool with a stride that is its kernel, mostly; now and then with padding or one number for
    both axes.
    """
    kinds = [kind for kind in dice.taste.images if "Pool" in kind] or ["SumPool2d"]
    kind = dice.pick(*kinds) if dice.chance(0.9) else dice.pick("SumPool2d", "AvgPool2d")
    size = dice.pick(2, 2, 3)
    stride = size if dice.chance(0.8) else 1
    padding = 1 if dice.chance(0.15) else 0
    pair = dice.chance(0.9)
    one = (lambda n: np.array([n, n])) if pair else (lambda n: n)
    given = tuple(reach(n, size, stride, padding, 1) for n in shape[1:])
    return Node(kind, {"kernel_size": one(size), "stride": one(stride), "padding": one(padding)}), (
        shape[0],
        *given,
    )
