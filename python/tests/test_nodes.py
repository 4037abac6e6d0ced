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


def test_parameters_broadcast_to_the_shape_that_arrives():
    one = np.array(1.0)
    for scale, shape in ((one, (3,)), (np.ones((2, 1, 1)), (2, 4, 4)), (np.ones((1,)), (3,))):
        neurons = nir.LIF(tau=one, r=one, v_leak=0 * one, v_threshold=one, v_reset=0 * one)
        nodes = {"in": nir.Input(np.array(shape)), "s": nir.Scale(scale), "n": neurons, "out": nir.Output(np.array(shape))}
        graph = nir.NIRGraph(nodes, [("in", "s"), ("s", "n"), ("n", "out")])
        assert tuple(graph.nodes["n"].output_type["output"]) == shape
    with pytest.raises(ValueError, match="type mismatch"):
        nodes = {"in": nir.Input(np.array([3])), "s": nir.Scale(np.ones(2)), "out": nir.Output(np.array([2]))}
        nir.NIRGraph(nodes, [("in", "s"), ("s", "out")])


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
    assert {"<fc>", "Linear", "weight 2×3", "lif", "LIF", "NIRGraph", "tau 10 ms"} <= set(texts)
    chain = nir.NIRGraph.from_list(*[nir.Scale(np.ones(2)) for _ in range(400)])
    assert "400 × [Scale]" in chain._repr_svg_()
    lone = {f"n{at}": nir.Scale(np.ones(2)) for at in range(400)}
    assert nir.NIRGraph(lone, [])._repr_svg_() is None


def test_a_page_is_one_file_that_notebooks_show_apart_from_themselves(tmp_path):
    weight = np.array([[1.0, -2.0], [0.5, 3.0]])
    nodes = {"input": nir.Input(np.array([2])), "</script>": nir.Linear(weight=weight), "output": nir.Output(np.array([2]))}
    graph = nir.NIRGraph(nodes, [("input", "</script>"), ("</script>", "output")])
    page = nir.view(graph, tmp_path / "net.html", ["norse", "spyx"], dt=1e-3)
    assert (tmp_path / "net.html").read_text(encoding="utf-8") == page.html
    assert page.html.startswith("<!doctype html>") and page.html.count("</script>") == 2
    assert "norse@" in page.html and "sinabs@" not in page.html
    shown = page._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and "<script" not in shown and 'sandbox="allow-scripts"' in shown
    with pytest.raises(nir.ChoiceError):
        nir.view(graph, platforms="norze")


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


Z = np.zeros(2)
FRAME = (8, 8)
KERNEL = np.ones((1, 1, 3, 3))


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda: nir.LIF(tau="a", r=Z, v_leak=Z, v_threshold=Z), "LIF: `tau` is 'a' (str); an array of real numbers"),
        (lambda: nir.LIF(Z, Z * 1j, Z, Z), "LIF: `r` is an array of complex128 of shape (2,)"),
        (lambda: nir.LIF(Z, Z, Z, np.array([1, None])), "LIF: `v_threshold` is an array of object"),
        (lambda: nir.LIF(np.array(["a"]), Z, Z, Z), "LIF: `tau` is an array of <U1"),
        (lambda: nir.LIF([[1], [1, 2]], Z, Z, Z), "LIF: `tau` is [[1], [1, 2]] (list)"),
        (lambda: nir.LIF(Z, Z, Z, Z, metadata=3), "LIF: `metadata` is 3 (int); a dictionary"),
        (lambda: nir.LIF(tua=Z, r=Z, v_leak=Z, v_threshold=Z), "LIF has no parameter `tua`\n  help: did you mean `tau`?"),
        (lambda: nir.LIF(Z, Z, Z, Z, Z, Z), "LIF: 6 arguments are given by their place, at most 5"),
        (lambda: nir.LIF(Z, Z, Z, Z, tau=Z), "LIF: `tau` is given twice"),
        (lambda: nir.Affine(np.ones((2, 2))), "Affine: `bias` is missing\n  help: write Affine(weight, bias)"),
        (lambda: nir.Affine(), "Affine: `weight`, `bias` are missing"),
        (lambda: nir.Conv2d(FRAME, KERNEL, 1.5, 0, 1, 1, Z), "Conv2d: `stride` is 1.5 (float); a whole number"),
        (lambda: nir.Conv2d(FRAME, KERNEL, 1, 0, None, 1, Z), "Conv2d: `dilation` is None"),
        (lambda: nir.Conv1d("a", np.ones((1, 1, 3)), 1, 0, 1, 1, Z), "Conv1d: `input_shape` is 'a' (str)"),
        (lambda: nir.SumPool2d("a", 2, 0), "SumPool2d: `kernel_size` is 'a'"),
        (lambda: nir.Input("a"), "Input: `input_type` is 'a' (str); a shape"),
        (lambda: nir.Flatten([2, 3], "a"), "Flatten: `start_dim` is 'a'"),
        (lambda: nir.NIRGraph([nir.Input([2])], []), "NIRGraph: `nodes` is [Input([2])] (list); a dictionary"),
        (lambda: nir.NIRGraph({"a": 3}, []), "NIRGraph: `nodes` is {'a': 3} (dict)"),
        (lambda: nir.NIRGraph({}, ["ab", "abc"]), "NIRGraph: `edges` is ['ab', 'abc'] (list); a list of pairs"),
    ],
)
def test_an_argument_of_a_wrong_type_is_told_with_its_node_and_name(make, said):
    with pytest.raises(nir.NodeTypeError) as caught:
        make()
    assert str(caught.value).startswith(said) or said in str(caught.value)
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ValueError)


def test_everything_wrong_with_the_arguments_is_told_at_once():
    with pytest.raises(nir.NodeTypeError) as caught:
        nir.LIF(tau=None, r="b", v_leak=Z, v_threshold=Z)
    assert len(caught.value.reasons) == 2


@pytest.mark.parametrize("make, axes", [(lambda: nir.Affine(3, 1), "2D"), (lambda: nir.Conv2d(FRAME, 3, 1, 0, 1, 1, 0), "4 are")])
def test_a_number_in_the_place_of_weights_is_told_with_the_axes(make, axes):
    with pytest.raises(nir.NodeError, match=axes):
        make()


def test_what_has_always_been_taken_still_is():
    nir.LIF(1, [1, 2], np.float16(0), np.ones(2, int), None)
    nir.Conv2d(None, KERNEL.tolist(), np.array([1, 1]), "same", (1, 1), np.int64(1), [0.0])
    nir.Scale(np.array([True, False]))
    nir.Conv1d(4, np.ones((1, 1, 3)), 1, 0, 1, 1, None)
    nir.SumPool2d(2, 2.0, np.zeros(2))
    nir.Input({"input": np.array([2])})
    nir.Output(None)


def test_a_results_attributes_are_completed():
    graph = nir.NIRGraph.from_list(nir.Input([2]), lif(2), nir.Output([2]))
    x = np.ones((4, 2))
    results = [
        (nir.run(graph, x, "clocked", dt=1e-3), {"choices", "notes", "totals", "plot", "to_data"}),
        (nir.check(graph), {"errors", "findings", "ok", "platforms", "warnings"}),
        (nir.compare(graph, x, ["norse", "spyx"], dt=1e-3), {"equal", "pairs", "spikes"}),
        (nir.prepare(graph, "clocked", dt=1e-3), {"platform", "inputs", "recordable", "run"}),
    ]
    for result, names in results:
        assert names <= set(dir(result))
