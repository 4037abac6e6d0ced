"""Random graphs for property tests, of any package that has NIR's node classes."""

import numpy as np
from hypothesis import strategies as st

#: Element types that networks are stored in.
DTYPES = ["<f4", "<f8", "<f2", "<i8", "<i4", "<u1", ">f4", ">f8"]

NAMES = st.text("abcdefgh_0123456789", min_size=1, max_size=8)


def array(draw, shape, low=-2, high=2):
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    seed = draw(st.integers(0, 2**32 - 1))
    values = np.random.default_rng(seed).uniform(low, high, shape)
    return (np.abs(values) if dtype.kind == "u" else values).astype(dtype)


@st.composite
def metadata(draw):
    entry = st.one_of(
        st.integers(-(2**40), 2**40),
        st.floats(allow_nan=False),
        st.booleans(),
        st.text("abc ñ", max_size=6),
        st.integers(1, 4).map(lambda n: np.arange(n)),
    )
    return draw(st.dictionaries(NAMES, entry, max_size=2))


def neuron(draw, nir, n):
    kind = draw(st.sampled_from(["I", "LI", "IF", "LIF", "CubaLI", "CubaLIF", "Threshold", "Delay", "Scale"]))
    p = lambda low=-2, high=2: array(draw, (n,), low, high)  # noqa: E731
    some = draw(st.booleans())
    if kind == "I":
        return nir.I(p())
    if kind == "LI":
        return nir.LI(tau=p(0.1), r=p(), v_leak=p())
    if kind == "IF":
        return nir.IF(r=p(), v_threshold=p(), **({"v_reset": p()} if some else {}))
    if kind == "LIF":
        return nir.LIF(p(0.1), p(), p(), p(), p()) if some else nir.LIF(p(0.1), p(), p(), p())
    if kind == "CubaLI":
        return nir.CubaLI(p(0.1), p(0.1), p(), p(), **({"w_in": p()} if some else {}))
    if kind == "CubaLIF":
        return nir.CubaLIF(p(0.1), p(0.1), p(), p(), p(), **({"v_reset": p(), "w_in": 0.5} if some else {}))
    if kind == "Threshold":
        return nir.Threshold(p())
    if kind == "Delay":
        return nir.Delay(p(0, 1))
    return nir.Scale(p())


@st.composite
def chains(draw, nir, depth=1):
    """Chains of layers, perhaps with a convolution in front, a loop, and a nested graph inside."""
    n = draw(st.integers(1, 4))
    nodes, shape = [], (n,)
    if draw(st.booleans()):
        channels, size = draw(st.integers(1, 2)), draw(st.integers(4, 7))
        shape, out = (channels, size, size), draw(st.integers(1, 2))
        padding = draw(st.sampled_from([0, 1, (1, 1), "same", "valid"]))
        nodes.append(
            nir.Conv2d(
                input_shape=(size, size),
                weight=array(draw, (out, channels, 3, 3)),
                stride=1,
                padding=padding,
                dilation=1,
                groups=1,
                bias=array(draw, (out,)),
            )
        )
        nodes.append(draw(st.sampled_from([nir.SumPool2d, nir.AvgPool2d]))(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])))
        side = size if padding in ("same", 1, (1, 1)) else size - 2
        side = (side - 2) // 2 + 1
        nodes.append(nir.Flatten({"input": np.array([out, side, side])}, start_dim=0, end_dim=-1))
        n = out * side * side
    for _ in range(draw(st.integers(1, 4))):
        m = draw(st.integers(1, 4))
        weight = array(draw, (m, n))
        nodes.append(nir.Affine(weight, array(draw, (m,))) if draw(st.booleans()) else nir.Linear(weight))
        nodes.append(neuron(draw, nir, m))
        n = m
    if depth and draw(st.booleans()):
        inner = [nir.Input(np.array([n])), neuron(draw, nir, n), nir.Output(np.array([n]))]
        nodes.append(nir.NIRGraph.from_list(*inner))
    for node in nodes:
        if not isinstance(node, (nir.AvgPool2d, nir.Delay)):  # the reference's reader loses these
            node.metadata = draw(metadata())
    graph = nir.NIRGraph.from_list(nir.Input(np.array(shape)), *nodes, nir.Output(np.array([n])))
    graph.metadata = draw(metadata())
    return graph


def same(one, other, place=""):
    """Everything that two nodes hold is equal: arrays with their types, edges, metadata."""
    assert type(one).__name__ == type(other).__name__, place
    skipped = ("nodes", "edges", "metadata", "input_type", "output_type")
    for name in {**vars(one), **vars(other)}:
        if name not in skipped:
            same_value(getattr(one, name), getattr(other, name), f"{place}.{name}")
    assert one.metadata.keys() == other.metadata.keys(), f"{place}.metadata"
    for name in one.metadata:
        same_value(one.metadata[name], other.metadata[name], f"{place}.metadata.{name}")
    for types in ("input_type", "output_type"):
        a, b = getattr(one, types), getattr(other, types)
        assert a.keys() == b.keys(), f"{place}.{types}"
        for port in a:
            assert np.array_equal(a[port], b[port]), f"{place}.{types}"
    if hasattr(one, "nodes"):
        assert list(one.nodes) == list(other.nodes), place
        assert [tuple(edge) for edge in one.edges] == [tuple(edge) for edge in other.edges], place
        for name in one.nodes:
            same(one.nodes[name], other.nodes[name], f"{place}/{name}")


def same_value(a, b, place):
    if isinstance(a, str) or isinstance(b, str):
        assert a == b, place
        return
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype, f"{place}: {a.dtype} and {b.dtype}"
    assert a.shape == b.shape, f"{place}: {a.shape} and {b.shape}"
    assert a.tobytes() == b.tobytes(), place
