"""Groups of h5py, read as the reference reads them."""

import numpy as np
import pytest

import nirkit
from nirkit import serialization

h5py = pytest.importorskip("h5py")
nir = pytest.importorskip("nir")
reference = pytest.importorskip("nir.serialization")


@pytest.fixture
def path(tmp_path):
    inner = nir.NIRGraph.from_list(
        nir.Input({"input": np.array([3])}),
        nir.Affine(np.ones((2, 3)), np.zeros(2), metadata={"a": {"b": np.arange(3)}}),
        nir.Output({"output": np.array([2])}),
    )
    graph = nir.NIRGraph(
        {
            "in": nir.Input({"input": np.array([3])}),
            "inner": inner,
            "lif": nir.LIF(*(np.full(2, x) for x in (0.1, 1.0, 0.0, 1.0, 0.0))),
            "out": nir.Output({"output": np.array([2])}),
        },
        [("in", "inner"), ("inner", "lif"), ("lif", "out")],
    )
    nir.write(tmp_path / "net.nir", graph)
    return tmp_path / "net.nir"


def test_a_group_is_the_dictionary_that_the_reference_makes(path):
    def same(a, b):
        assert type(a) is type(b)
        if isinstance(a, dict):
            assert list(a) == list(b)
            for name in a:
                same(a[name], b[name])
        else:
            assert np.array_equal(a, b)

    with h5py.File(path) as file:
        same(serialization.hdf2dict(file), reference.hdf2dict(file))


def test_a_group_is_the_graph_that_read_gives(path):
    expected = nirkit.read(path)
    with h5py.File(path) as file:
        found = serialization.read_node(file["node"])
    assert found.edges == expected.edges
    assert list(found.nodes) == list(expected.nodes)
    assert np.array_equal(found.nodes["lif"].tau, expected.nodes["lif"].tau)
    inner = found.nodes["inner"]
    assert isinstance(inner, nirkit.NIRGraph)
    assert inner.edges == expected.nodes["inner"].edges
