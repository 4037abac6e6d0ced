"""Nodes and graphs: what they accept, what they work out, and where they differ from the reference on
purpose."""

import copy
import io
import pickle

import numpy as np
import pytest

import nirkit as nir


def lif(n, **others):
    return nir.LIF(tau=np.full(n, 0.01), r=np.ones(n), v_leak=np.zeros(n), v_threshold=np.ones(n), **others)


def round_trip(graph, **options):
    file = io.BytesIO()
    nir.write(file, graph, **options)
    return nir.read(file)


def test_equality_is_identity_and_nodes_can_be_keys():
    one, other = lif(2), lif(2)
    assert one == one and one != other
    assert {one: 1}[one] == 1


def test_nodes_can_be_copied_and_pickled():
    node = lif(3, metadata={"a": 1})
    for made in (copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
        assert np.array_equal(made.tau, node.tau) and made.tau is not node.tau
        assert made.metadata == {"a": 1}


def test_parameters_given_as_numbers_become_arrays():
    node = nir.LIF(tau=0.01, r=[1, 2], v_leak=0.0, v_threshold=np.ones(2))
    assert node.tau.shape == () and node.r.shape == (2,)
    assert np.array_equal(node.input_type["input"], [2])


def test_parameters_of_different_shapes_are_an_error_that_names_them():
    with pytest.raises(nir.NodeError, match=r"`tau` has shape \(2,\) and `r` \(3,\)") as caught:
        nir.LI(tau=np.ones(2), r=np.ones(3), v_leak=np.ones(2))
    assert isinstance(caught.value, AssertionError) and isinstance(caught.value, ValueError)


def test_a_convolution_with_groups_takes_all_channels():
    conv = nir.Conv2d((8, 8), np.zeros((4, 1, 3, 3)), 1, 0, 1, 2, np.zeros(4))
    assert np.array_equal(conv.input_type["input"], [2, 8, 8])
    assert np.array_equal(conv.output_type["output"], [4, 6, 6])


def test_kernels_need_not_be_square():
    conv = nir.Conv2d((8, 9), np.zeros((4, 2, 3, 5)), (1, 2), (0, 1), 1, 1, np.zeros(4))
    # PyTorch: (8 - 3) + 1, (9 + 2 - 5) // 2 + 1.
    assert np.array_equal(conv.output_type["output"], [4, 6, 4])


def test_scalar_parameters_are_written_with_gzip():
    graph = nir.NIRGraph.from_list(nir.Input([3]), nir.Scale(np.array([1.0, 2, 3])), lif(3), nir.Output([3]))
    graph.nodes["lif"].tau = np.array(0.02)
    assert round_trip(graph, compression="gzip").nodes["lif"].tau == 0.02


def test_nested_graphs_are_checked_wherever_they_stand():
    inner = nir.NIRGraph(
        {"in": nir.Input([3]), "fc": nir.Linear(np.ones((2, 2))), "out": nir.Output([2])},
        [("in", "fc"), ("fc", "out")],
        type_check=False,
    )
    outer = nir.NIRGraph({"g": inner, "out": nir.Output([2])}, [("g", "out")], type_check=False)
    with pytest.raises(ValueError, match=r"type mismatch: in.output: \[3\] -> fc.input: \[2\]"):
        outer.check_types()


def test_an_edge_may_name_a_port_of_a_nested_graph():
    inner = nir.NIRGraph(
        {"a": nir.Input([2]), "b": nir.Input([3]), "x": nir.Scale(np.ones(2)), "y": nir.Scale(np.ones(3)),
         "c": nir.Output([2]), "d": nir.Output([3])},
        [("a", "x"), ("x", "c"), ("b", "y"), ("y", "d")],
    )  # fmt: skip
    nodes = {"i": nir.Input([2]), "j": nir.Input([3]), "g": inner, "o": nir.Output(None), "p": nir.Output(None)}
    edges = [("i", "g.a"), ("j", "g.b"), ("g.c", "o"), ("g.d", "p")]
    graph = nir.NIRGraph(nodes, edges)
    assert np.array_equal(graph.nodes["p"].output_type["output"], [3])
    nodes["o"].output_type = nodes["o"].input_type = {"output": np.array([9])}
    with pytest.raises(ValueError, match="type mismatch: g.c.output"):
        graph.check_types()


def test_the_type_check_of_read_is_for_nested_graphs_too():
    inner = nir.NIRGraph({"a": nir.Input([2]), "b": nir.Output([3])}, [("a", "b")], type_check=False)
    graph = nir.NIRGraph({"i": nir.Input([2]), "g": inner, "o": nir.Output([3])}, [("i", "g"), ("g", "o")], type_check=False)
    file = io.BytesIO()
    nir.write(file, graph)
    assert nir.read(file, type_check=False).nodes["g"].edges == [("a", "b")]
    with pytest.raises(nir.GraphError):
        nir.read(file)


def test_shapes_that_are_not_known_are_left_out_of_files():
    conv = nir.Conv2d(None, np.ones((1, 1, 3, 3)), 1, 0, 1, 1, np.zeros(1))
    graph = nir.NIRGraph({"c": conv}, [], type_check=False)
    file = io.BytesIO()
    nir.write(file, graph)
    assert nir.read(file, type_check=False).nodes["c"].input_shape is None


def test_inference_takes_time_in_proportion_to_the_graph():
    """Ten times as many nodes take about ten times as long; by square it would be a hundred."""
    import time

    def seconds(n):
        nodes = {f"s{k}": nir.Scale(np.ones(2)) for k in range(n)}
        edges = [(f"s{k}", f"s{k + 1}") for k in range(n - 1)]
        begun = time.process_time()
        nir.NIRGraph(nodes, edges)
        return time.process_time() - begun

    seconds(100)
    assert min(seconds(5000) for _ in range(3)) < 40 * max(min(seconds(500) for _ in range(3)), 1e-4)


def test_everything_wrong_with_the_edges_is_told_at_once():
    nodes = {"a": nir.Input([1]), "b": nir.Output([1])}
    with pytest.raises(nir.GraphError) as caught:
        nir.NIRGraph(nodes, [("a", "b"), ("a", "b"), ("a", "c"), ("d", "b")])
    assert len(caught.value.reasons) == 3


@pytest.mark.parametrize("kind", ["LIF", "Affine", "Conv2d"])
def test_one_line_says_what_a_node_is(kind):
    nodes = {
        "LIF": lif(3),
        "Affine": nir.Affine(np.ones((2, 3)), np.zeros(2)),
        "Conv2d": nir.Conv2d((8, 8), np.zeros((4, 2, 3, 3)), 1, 0, 1, 1, np.zeros(4)),
    }
    assert repr(nodes[kind]).startswith(f"{kind}(") and len(repr(nodes[kind])) < 200


def test_a_picture_shows_names_shapes_parameters_and_what_is_nested():
    inner = nir.NIRGraph.from_list(nir.Input([2]), lif(2), nir.Output([2]))
    graph = nir.NIRGraph({"<fc>": nir.Linear(np.ones((2, 3))), "inner": inner}, [("<fc>", "inner")])
    svg = graph._repr_svg_()
    import xml.etree.ElementTree as xml

    texts = [element.text for element in xml.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert "<fc>" in texts and "Linear [3] → [2]" in texts and "lif" in texts
    assert any(text.startswith("tau f64[2] 0.01") for text in texts)


def test_the_fields_are_those_that_the_crates_declare():
    import dataclasses

    from nirkit import _core

    declared = _core.declarations()
    kinds = {name: getattr(nir, name) for name in declared}
    for kind, expected in declared.items():
        stored = {f.name for f in dataclasses.fields(kinds[kind])} - {"input_type", "output_type", "metadata"}
        stored |= {"shape"} if kind in ("Input", "Output") else set()
        stored |= {"input_type"} if kind == "Flatten" else set()
        assert stored == set(expected), kind
    assert set(declared) | {"NIRGraph"} == set(nir.ir._KINDS)
