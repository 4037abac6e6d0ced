"""Networks for NEST: one for each thing that a handed-over network can hold, from a seed."""

import numpy as np

STEPS = 200


class Drawing:
    """A network as text, with the frames of its Inputs."""

    def __init__(self, name, seed, dt=1e-4, steps=STEPS):
        self.name, self.dt, self.steps = name, dt, steps
        self.rng = np.random.default_rng(seed)
        self.nodes, self.edges, self.frames = [], [], {}

    def node(self, name, kind, **fields):
        texts = [f"{field}: {text(value)}" for field, value in fields.items()]
        self.nodes.append(f"  {name} = {kind} {{ {' '.join(texts)} }}")

    def edge(self, *names):
        self.edges.extend(f"  {a} -> {b}" for a, b in zip(names, names[1:]))

    def input(self, shape, name="input", rate=0.2, kind="spikes"):
        self.node(name, "Input", shape=np.array(shape))
        frames = self.rng.random((self.steps, *shape))
        if kind == "spikes":
            frames = (frames < rate).astype(np.float32)
        elif kind == "counts":
            frames = self.rng.integers(0, 4, frames.shape).astype(np.float32)
        else:
            frames = np.where(frames < rate, self.rng.normal(0.5, 1, frames.shape), 0).astype(np.float32)
        self.frames[name] = frames

    def output(self, shape, name="output"):
        self.node(name, "Output", shape=np.array(shape))

    def weights(self, shape, scale=1.0, share=1.0):
        values = self.rng.normal(0.3, 1, shape) * scale
        return np.where(self.rng.random(shape) < share, values, 0).astype(np.float32)

    def lif(self, name, n, each=False, v_leak=0.0, v_reset=0.0, r=None, tau=(0.002, 0.02), threshold=1.0):
        draw = self.spread(n, each)
        tau = draw(*tau)
        r = (tau / self.dt * 0.3) if r is None else np.full(n, r)
        self.node(
            name, "LIF", tau=f32(tau), r=f32(r), v_leak=f32(np.full(n, v_leak)),
            v_threshold=f32(threshold * (draw(0.7, 1.4) if each else np.ones(n))),
            v_reset=f32(np.full(n, v_reset) - (draw(0, 0.3) if each else 0)),
        )

    def cuba(self, name, n, each=False, v_leak=0.0, v_reset=0.0, same=False, w_in=1.0):
        draw = self.spread(n, each)
        tau_mem, tau_syn = draw(0.004, 0.02), draw(0.001, 0.01)
        if same:
            tau_syn = tau_mem
        self.node(
            name, "CubaLIF", tau_syn=f32(tau_syn), tau_mem=f32(tau_mem), r=f32(tau_mem / self.dt * 0.1),
            v_leak=f32(np.full(n, v_leak)), v_threshold=f32(draw(0.7, 1.4) if each else np.ones(n)),
            w_in=f32(np.full(n, w_in) * tau_syn / self.dt * 0.3), v_reset=f32(np.full(n, v_reset)),
        )

    def spread(self, n, each):
        return lambda low, high: self.rng.uniform(low, high, n if each else 1) * np.ones(n)

    def text(self):
        return "nirt 1\n\ngraph {\n" + "\n".join(self.nodes) + "\n\n" + "\n".join(self.edges) + "\n}\n"


def f32(values):
    return np.asarray(values, dtype=np.float32)


def text(value):
    """An array or a number as the text form has it."""
    value = np.asarray(value)
    kind = {"f": "f", "i": "i"}[value.dtype.kind] + str(8 * value.dtype.itemsize)

    def items(array):
        if array.ndim == 0:
            return repr(array.item())
        return "[" + ", ".join(items(part) for part in array) + "]"

    return f"{kind}{list(value.shape) if value.ndim else ''} {items(value)}"


def dense(seed, n=12, m=8, dt=1e-4, **options):
    net = Drawing(f"dense_{seed}", seed, dt)
    net.input([n])
    net.node("fc", "Linear", weight=net.weights((m, n), 0.6))
    net.lif("lif", m, **options)
    net.output([m])
    net.edge("input", "fc", "lif", "output")
    return net


def named(net, name):
    net.name = name
    return net


def affine(seed, layer, name, **options):
    net = Drawing(name, seed)
    net.input([10])
    net.node("fc", "Affine", weight=net.weights((6, 10), 0.5), bias=net.weights(6, 0.4))
    getattr(net, layer)("a", 6, **options)
    net.node("rec", "Affine", weight=net.weights((6, 6), 0.3), bias=net.weights(6, 0.2))
    net.output([6])
    net.edge("input", "fc", "a", "output")
    net.edge("a", "rec", "a")
    return net


def deep(seed):
    net = Drawing("deep", seed)
    net.input([8])
    sizes, last = [8, 20, 15, 10, 5], "input"
    for at, (a, b) in enumerate(zip(sizes, sizes[1:])):
        net.node(f"w{at}", "Affine", weight=net.weights((b, a), 0.7), bias=net.weights(b, 0.1))
        (net.lif if at % 2 == 0 else net.cuba)(f"n{at}", b, each=at == 2)
        net.edge(last, f"w{at}", f"n{at}")
        last = f"n{at}"
    net.output([5])
    net.edge(last, "output")
    return net


def sparse(seed):
    net = Drawing("sparse", seed)
    net.input([60], rate=0.1)
    net.node("w", "Linear", weight=net.weights((200, 60), 1, 0.1))
    net.lif("a", 200, each=True)
    net.node("rec", "Linear", weight=net.weights((200, 200), 0.6, 0.03))
    net.output([200])
    net.edge("input", "w", "a", "rec", "a", "output")
    return net


def convolution(seed, name, second):
    net = Drawing(name, seed)
    net.input([2, 9, 8], rate=0.15)
    net.node("c1", "Conv2d", input_shape=np.array([9, 8]), weight=net.weights((4, 2, 3, 3), 0.8),
             stride=np.array([1, 1]), padding=np.array([1, 1]), dilation=np.array([1, 1]), groups=np.array(1),
             bias=net.weights(4, 0.1))
    net.node("n1", "LIF", tau=f32(np.full((4, 9, 8), 0.004)), r=f32(np.full((4, 9, 8), 12)),
             v_leak=f32(np.zeros((4, 9, 8))), v_threshold=f32(np.ones((4, 9, 8))), v_reset=f32(np.zeros((4, 9, 8))))
    net.edge("input", "c1", "n1")
    if second == "sum":
        net.node("pool", "SumPool2d", kernel_size=np.array([2, 2]), stride=np.array([2, 2]), padding=np.array([0, 0]))
    elif second == "mean":
        net.node("pool", "AvgPool2d", kernel_size=np.array([3, 2]), stride=np.array([2, 2]), padding=np.array([0, 0]))
    if second:
        net.node("flat", "Flatten", input_type=np.array([4, 4, 4]), start_dim=np.array(0), end_dim=np.array(-1))
        net.node("fc", "Affine", weight=net.weights((5, 64), 0.5), bias=net.weights(5, 0.2))
        net.lif("n2", 5, each=True)
        net.output([5])
        net.edge("n1", "pool", "flat", "fc", "n2", "output")
    else:
        net.node("c2", "Conv2d", input_shape=np.array([9, 8]), weight=net.weights((4, 2, 2, 2), 0.8),
                 stride=np.array([2, 2]), padding=np.array([0, 1]), dilation=np.array([2, 1]), groups=np.array(2),
                 bias=net.weights(4, 0.1))
        net.node("n2", "CubaLIF", **{field: f32(np.full((4, 4, 5), value)) for field, value in dict(
            tau_syn=0.003, tau_mem=0.006, r=6, v_leak=0, v_threshold=1, w_in=8, v_reset=-0.1).items()})
        net.output([4, 4, 5])
        net.edge("n1", "c2", "n2", "output")
    return net


def conv1d(seed):
    net = Drawing("conv1d", seed)
    net.input([3, 12])
    net.node("c", "Conv1d", input_shape=np.array(12), weight=net.weights((4, 3, 3), 0.8), stride=np.array(2),
             padding=np.array(1), dilation=np.array(1), groups=np.array(1), bias=net.weights(4, 0.1))
    shape = (4, 6)
    net.node("n", "LIF", tau=f32(np.full(shape, 0.004)), r=f32(np.full(shape, 12)), v_leak=f32(np.zeros(shape)),
             v_threshold=f32(np.ones(shape)), v_reset=f32(np.zeros(shape)))
    net.output([4, 6])
    net.edge("input", "c", "n", "output")
    return net


def delays(seed, name, values, layer="lif"):
    net = Drawing(name, seed)
    net.input([6])
    net.node("w", "Linear", weight=net.weights((6, 6), 0.8))
    net.node("d", "Delay", delay=f32(values(net.rng)))
    getattr(net, layer)("a", 6)
    net.node("back", "Linear", weight=net.weights((6, 6), 0.5))
    net.node("late", "Delay", delay=f32(values(net.rng)))
    net.output([6])
    net.edge("input", "w", "d", "a", "output")
    net.edge("a", "late", "back", "a")
    return net


def several(seed):
    net = Drawing("several_inputs_and_outputs", seed)
    net.input([5], "left")
    net.input([3, 2], "right", kind="counts")
    net.node("wl", "Linear", weight=net.weights((7, 5), 0.7))
    net.node("flat", "Flatten", input_type=np.array([3, 2]), start_dim=np.array(0), end_dim=np.array(-1))
    net.node("wr", "Linear", weight=net.weights((7, 6), 0.3))
    net.lif("a", 7)
    net.cuba("b", 7, each=True)
    net.node("ab", "Linear", weight=net.weights((7, 7), 0.5))
    net.output([7], "first")
    net.output([7], "second")
    net.edge("left", "wl", "a", "first")
    net.edge("right", "flat", "wr", "a", "ab", "b", "second")
    net.edge("wl", "b")
    return net


def chain_of_maps(seed):
    net = Drawing("chain_of_maps", seed)
    net.input([6])
    net.node("m1", "Affine", weight=net.weights((9, 6), 0.5), bias=net.weights(9, 0.2))
    net.node("scale", "Scale", scale=net.weights(9, 1.0))
    net.node("m2", "Affine", weight=net.weights((5, 9), 0.5), bias=net.weights(5, 0.2))
    net.lif("a", 5)
    net.output([5])
    net.edge("input", "m1", "scale", "m2", "a", "output")
    return net


def no_maps(seed):
    net = Drawing("no_maps", seed)
    net.input([6], rate=0.4)
    net.lif("a", 6, r=30, tau=(0.003, 0.003))
    net.lif("b", 6, r=50, tau=(0.003, 0.003))
    net.node("scale", "Scale", scale=net.weights(6, 1.0))
    net.lif("c", 6, r=50, tau=(0.003, 0.003))
    net.output([6])
    net.edge("input", "a", "b", "c", "output")
    net.edge("a", "scale", "c")
    net.edge("a", "c")
    return net


def readout(seed):
    net = Drawing("readout", seed)
    net.input([6])
    net.node("w", "Linear", weight=net.weights((8, 6), 0.7))
    net.lif("a", 8)
    net.node("v", "Affine", weight=net.weights((3, 8), 0.7), bias=net.weights(3, 0.3))
    net.node("li", "LI", tau=f32([0.004, 0.01, 0.02]), r=f32([1, 2, 1]), v_leak=f32([0, 0.5, -0.5]))
    net.output([3])
    net.output([8], "spikes")
    net.edge("input", "w", "a", "v", "li", "output")
    net.edge("a", "spikes")
    return net


def nested(seed):
    """A recurrent layer as a nested graph, an edge that stands twice, and a neuron that feeds itself without a map."""
    inner = Drawing("inner", seed + 1)
    inner.node("input", "Input", shape=np.array([5]))
    inner.cuba("cell", 5)
    inner.node("w", "Affine", weight=inner.weights((5, 5), 0.4), bias=inner.weights(5, 0.2))
    inner.output([5])
    inner.edge("input", "cell", "output")
    inner.edge("cell", "w", "cell")
    net = Drawing("nested", seed)
    net.input([4])
    net.node("fc", "Linear", weight=net.weights((5, 4), 0.6))
    net.nodes.append("  rec = graph {\n" + "\n".join(inner.nodes + inner.edges) + "\n  }")
    net.node("out", "Linear", weight=net.weights((3, 5), 0.6))
    net.lif("last", 3)
    net.output([3])
    net.edge("input", "fc", "rec", "out", "last", "output")
    net.edge("fc", "rec")
    net.edge("last", "last")
    return net


def ties(seed):
    """Sums that meet the threshold exactly, from weights of few digits, and cancel each other exactly."""
    net = Drawing("ties", seed, dt=1e-3)
    net.input([8], rate=0.4)
    weight = net.rng.choice([-1, -0.5, 0.25, 0.5, 1.0], (10, 8))
    net.node("w", "Linear", weight=f32(weight))
    ones = np.ones(10)
    net.node("a", "LIF", tau=f32(1e6 * ones), r=f32(1e9 * ones), v_leak=f32(0 * ones), v_threshold=f32(ones),
             v_reset=f32(0 * ones))
    net.output([10])
    net.edge("input", "w", "a", "output")
    return net


def wide(seed):
    """Many neurons that each feed many others: thousands of spikes arrive at once."""
    net = Drawing("wide", seed, steps=60)
    net.input([300], rate=0.5)
    net.node("w", "Linear", weight=net.weights((300, 300), 0.15))
    net.lif("a", 300, each=True)
    net.node("rec", "Linear", weight=net.weights((300, 300), 0.1))
    net.output([300])
    net.edge("input", "w", "a", "rec", "a", "output")
    return net


def networks():
    """All networks, in a fixed order."""
    whole = lambda rng: rng.integers(0, 30, 6) * 1e-4
    return [
        dense(1), dense(2, each=True), dense(3, n=40, m=30), dense(4, dt=1e-3), dense(5, dt=5e-5, each=True),
        named(dense(6, v_leak=0.4), "v_leak"), named(dense(7, v_leak=1.5, v_reset=-0.5), "spikes_by_itself"),
        named(dense(8, v_leak=-0.3, v_reset=-0.7, each=True), "v_reset"),
        named(dense(9, r=-20), "negative_r"), named(dense(10, threshold=-0.2, v_reset=-1.0), "negative_threshold"),
        named(dense(11, m=1), "one_neuron"),
        affine(20, "lif", "affine_lif"), affine(21, "lif", "affine_lif_each", each=True, v_leak=0.2),
        affine(22, "cuba", "affine_cuba"), affine(23, "cuba", "affine_cuba_each", each=True, v_leak=0.1),
        affine(24, "cuba", "cuba_of_equal_times", same=True), affine(25, "cuba", "cuba_equal_each", same=True, each=True),
        affine(26, "cuba", "cuba_inhibited", w_in=-0.5, v_reset=-0.4),
        deep(30), sparse(31), wide(32),
        convolution(40, "conv_sum_pool", "sum"), convolution(41, "conv_mean_pool", "mean"),
        convolution(42, "conv_groups", None), conv1d(43),
        delays(50, "delays", whole), delays(51, "delays_cuba", whole, "cuba"),
        delays(52, "delays_off_grid", lambda rng: rng.uniform(0, 2e-3, 6)),
        delays(53, "delays_of_nothing", lambda rng: np.zeros(6)),
        delays(54, "delays_long", lambda rng: np.full(6, 0.008)),
        several(60), chain_of_maps(61), no_maps(62), readout(63), ties(64), nested(65),
        graded(70, "counts"), graded(71, "numbers"),
    ]


def graded(seed, kind):
    net = Drawing(f"graded_{kind}", seed)
    net.input([9], kind=kind, rate=0.3)
    net.node("w", "Linear", weight=net.weights((7, 9), 0.4))
    net.lif("a", 7, each=True)
    net.output([7])
    net.edge("input", "w", "a", "output")
    return net
