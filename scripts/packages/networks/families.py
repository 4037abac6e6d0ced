"""Shapes of networks of dense layers. Each function draws one network of its shape."""

from .draft import Graph, Node
from .neurons import ALL_NEURONS, Dice, dense, input_node, neuron, output_node, stateless, weights

RECURRENT = ("LIF", "CubaLIF", "IF")


class Layers:
    """A graph that grows layer by layer; remembers how many channels each node gives."""

    def __init__(self, dice: Dice):
        self.dice = dice
        self.graph = Graph()
        self.channels: dict[str, int] = {}
        self.count = 0

    def input(self, name: str = "input", channels: int | None = None) -> str:
        return self.node(name, input_node((channels or self.dice.size(),)), channels_of_input)

    def node(self, name: str, node: Node | Graph, channels, *sources: str) -> str:
        self.graph.add(name, node, *sources)
        self.channels[name] = channels(node) if callable(channels) else channels
        return name

    def dense(self, source: str, outputs: int | None = None, name: str | None = None) -> str:
        outputs = outputs or self.dice.size()
        self.count += 1
        part = dense(self.dice, outputs, self.channels[source])
        return self.node(name or f"fc{self.count}", part, outputs, source)

    def neuron(self, *sources: str, kind: str | None = None, name: str | None = None) -> str:
        channels = self.channels[sources[0]]
        self.count += 1
        part = neuron(self.dice, (channels,), kind)
        return self.node(name or f"n{self.count}", part, channels, *sources)

    def layer(self, source: str, outputs: int | None = None) -> str:
        return self.neuron(self.dense(source, outputs))

    def output(self, *sources: str, name: str = "output") -> str:
        channels = self.channels[sources[0]]
        return self.node(name, output_node((channels,)), channels, *sources)


def channels_of_input(node: Node) -> int:
    return int(node.parameters["shape"][0])


def chain(dice: Dice) -> Graph:
    net = Layers(dice)
    at = net.input()
    for _ in range(int(dice.rng.integers(1, 5))):
        at = net.layer(at)
    if dice.chance(0.15):
        at = net.dense(at)
    net.output(at)
    return net.graph


def bare(dice: Dice) -> Graph:
    """Neurons without weights before them, weights on weights."""
    net = Layers(dice)
    at = net.input()
    at = net.neuron(at) if dice.chance(0.5) else net.dense(net.dense(at))
    at = net.layer(at)
    net.output(net.neuron(at) if dice.chance(0.5) else at)
    return net.graph


def branch(dice: Dice) -> Graph:
    """Two ways from one node that meet in one neuron."""
    net = Layers(dice)
    start = net.layer(net.input())
    width = dice.size()
    left = net.dense(start, width)
    right = net.dense(net.layer(start), width)
    met = net.neuron(*dice.pick((left, right), (right, left)))
    net.output(met)
    return net.graph


def skip(dice: Dice) -> Graph:
    """A chain with weights that jump over layers."""
    net = Layers(dice)
    neurons = [net.layer(net.input())]
    for _ in range(int(dice.rng.integers(2, 5))):
        neurons.append(net.layer(neurons[-1]))
    for _ in range(int(dice.rng.integers(1, 3))):
        low, high = sorted(dice.rng.choice(len(neurons), 2, replace=False))
        jump = net.dense(neurons[low], net.channels[neurons[high]])
        net.graph.edges.append((jump, neurons[high]))
    net.output(neurons[-1])
    return net.graph


def residual(dice: Dice) -> Graph:
    """Edges from neuron to neuron beside the layers between them."""
    net = Layers(dice)
    width = dice.size()
    at = net.layer(net.input(), width)
    for _ in range(int(dice.rng.integers(1, 3))):
        inner = net.layer(at, width)
        at = net.neuron(net.dense(inner, width), at)
    net.output(at)
    return net.graph


def fan_in(dice: Dice) -> Graph:
    """Three or more sources of one node."""
    net = Layers(dice)
    start = net.input()
    width = dice.size()
    ways = [
        net.dense(net.layer(start) if dice.chance(0.5) else start, width)
        for _ in range(int(dice.rng.integers(3, 5)))
    ]
    net.output(net.neuron(*ways))
    return net.graph


def two_ends(dice: Dice) -> Graph:
    """Two Outputs, or something that leads nowhere."""
    net = Layers(dice)
    middle = net.layer(net.input())
    last = net.layer(middle)
    other = dice.pick("output", "neuron", "dense")
    if other == "output":
        net.output(
            net.layer(middle) if dice.chance(0.5) else middle,
            name=dice.pick("out2", "a_out", "output2"),
        )
    elif other == "neuron":
        net.layer(middle)
    else:
        net.dense(middle)
    net.output(last)
    return net.graph


def two_inputs(dice: Dice) -> Graph:
    net = Layers(dice)
    width = dice.size()
    one = net.dense(net.input(dice.pick("inA", "input"), 5), width)
    other = net.dense(net.input(dice.pick("inB", "a_in"), dice.pick(5, 7)), width)
    net.output(net.layer(net.neuron(one, other)))
    return net.graph


def inner_graph(dice: Dice, channels: int, deeper: bool) -> tuple[Graph, int]:
    """A feed-forward block, perhaps with a block in it."""
    net = Layers(dice)
    at = net.input("input", channels)
    if deeper:
        block, outputs = inner_graph(dice, channels, False)
        at = net.node("b", block, outputs, at)
    at = net.dense(at)
    if dice.chance(0.7):
        at = net.neuron(at, name="lif")
    net.output(at)
    return net.graph, net.channels[at]


def nested(dice: Dice) -> Graph:
    """Feed-forward blocks."""
    net = Layers(dice)
    at = net.input()
    if dice.chance(0.5):
        at = net.layer(at)
    block, channels = inner_graph(dice, net.channels[at], dice.chance(0.3))
    at = net.node(dice.pick("o", "block", "z_block", "a_block"), block, channels, at)
    net.output(net.neuron(at) if dice.chance(0.5) else net.layer(at))
    return net.graph


def recurrent_kind(dice: Dice) -> str:
    kinds = [kind for kind in dice.taste.neurons if kind in RECURRENT] or ["LIF"]
    return dice.pick(*kinds)


def recurrent_weights(dice: Dice, channels: int) -> Node:
    part = dense(dice, channels, channels)
    part.parameters["weight"] = weights(dice, channels, channels) * 0.5
    return part


def block_of_four(dice: Dice, channels: int, key: str) -> Graph:
    """A neuron and its recurrent weights, as Spyx, Rockpool and snnTorch export them."""
    prefix = f"{key}." if dice.chance(0.2) else ""
    lif, w_rec = f"{prefix}lif", f"{prefix}w_rec"
    first, last = f"{prefix}input", f"{prefix}output"
    graph = Graph()
    graph.nodes = {
        first: input_node((channels,)),
        lif: neuron(dice, (channels,), recurrent_kind(dice)),
        w_rec: recurrent_weights(dice, channels),
        last: output_node((channels,)),
    }
    graph.edges = [(first, lif), (lif, w_rec), (w_rec, lif), (lif, last)]
    if prefix and dice.chance(0.5):  # Spyx's exporter leads the input to the weights
        graph.edges[0] = (first, w_rec)
    return graph


def nested_loop(dice: Dice) -> Graph:
    """Blocks of four."""
    net = Layers(dice)
    at = net.dense(net.input())
    for number in range(int(dice.rng.integers(1, 3))):
        key = f"{dice.pick('rec', 'r', 'lif')}{number}"
        at = net.node(key, block_of_four(dice, net.channels[at], key), net.channels[at], at)
        at = net.dense(at)
    net.output(net.neuron(at))
    return net.graph


def flat_loop(dice: Dice) -> Graph:
    """A neuron and its recurrent weights side by side with the rest."""
    net = Layers(dice)
    at = net.dense(net.input())
    for number in range(int(dice.rng.integers(1, 3))):
        key = f"{dice.pick('lif', 'r', 'x')}{number}"
        lif, w_rec = dice.pick(
            (f"{key}.lif", f"{key}.w_rec"), (key, f"w_{key}"), (f"z{key}", f"a{key}")
        )
        at = net.neuron(at, kind=recurrent_kind(dice), name=lif)
        net.node(w_rec, recurrent_weights(dice, net.channels[at]), net.channels[at], at)
        net.graph.edges.append((w_rec, at))
        at = net.dense(at)
    net.output(net.neuron(at))
    return net.graph


def long_loop(dice: Dice) -> Graph:
    """Cycles through several layers, self-loops without weights, weights with a second target."""
    net = Layers(dice)
    neurons = [net.layer(net.input())]
    for _ in range(int(dice.rng.integers(1, 4))):
        neurons.append(net.layer(neurons[-1]))
    for _ in range(int(dice.rng.integers(1, 3))):
        low, high = sorted(int(n) for n in dice.rng.choice(len(neurons), 2))
        if low == high and dice.chance(0.4):
            net.graph.edges.append((neurons[low], neurons[low]))
            continue
        back = net.dense(neurons[high], net.channels[neurons[low]])
        part = net.graph.nodes[back]
        assert isinstance(part, Node)
        part.parameters["weight"] *= 0.5
        net.graph.edges.append((back, neurons[low]))
    net.output(neurons[-1])
    return net.graph


def random_dag(dice: Dice) -> Graph:
    """Layers of one width, each with sources among all before it."""
    net = Layers(dice)
    width = dice.size()
    made = [net.input("input", width)]
    for _ in range(int(dice.rng.integers(3, 7))):
        sources = list(
            dict.fromkeys(
                str(made[int(i)])
                for i in dice.rng.integers(0, len(made), int(dice.rng.integers(1, 4)))
            )
        )
        if dice.chance(0.5):
            made.append(net.neuron(*sources))
        else:
            at = net.dense(sources[0], width)
            net.graph.edges += [(source, at) for source in sources[1:]]
            made.append(at)
    net.output(made[-1])
    return net.graph


def foreign(dice: Dice) -> Graph:
    """A chain with a node of any kind in it."""
    net = Layers(dice)
    at = net.dense(net.input())
    shape = (net.channels[at],)
    kinds = dice.rng.permutation(ALL_NEURONS)[:2]
    for kind in kinds[: int(dice.rng.integers(1, 3))]:
        part = stateless(dice, shape) if dice.chance(0.5) else neuron(dice, shape, str(kind))
        at = net.node(f"{part.kind.lower()}{net.count}", part, shape[0], at)
        net.count += 1
    net.output(net.layer(at))
    return net.graph


FAMILIES = {
    "chain": chain,
    "bare": bare,
    "branch": branch,
    "skip": skip,
    "residual": residual,
    "fan_in": fan_in,
    "two_ends": two_ends,
    "two_inputs": two_inputs,
    "nested": nested,
    "nested_loop": nested_loop,
    "flat_loop": flat_loop,
    "long_loop": long_loop,
    "random_dag": random_dag,
    "foreign": foreign,
}
