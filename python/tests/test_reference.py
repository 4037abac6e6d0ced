"""Files and objects beside the reference: what one writes, the other reads, equal in everything."""

import io
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nirkit
from graphs import chains, same

reference = pytest.importorskip("nir")
if reference.__name__ != "nir":
    pytest.skip("nirkit stands in the place of nir", allow_module_level=True)

slow = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@slow
@given(chains(reference), st.sampled_from(["gzip", "lzf", None, 9]))
def test_what_the_reference_writes_nirkit_reads(graph, compression):
    file = io.BytesIO()
    reference.write(file, graph, compression=compression)
    file.seek(0)
    same(reference.read(file), nirkit.read(file))


@slow
@given(chains(nirkit), st.sampled_from(["gzip", "lzf", None, 9]))
def test_what_nirkit_writes_the_reference_reads(graph, compression):
    file = io.BytesIO()
    nirkit.write(file, graph, compression=compression)
    same(nirkit.read(file), reference.read(file))


@slow
@given(chains(nirkit))
def test_objects_go_to_the_reference_and_back(graph):
    there = nirkit.to_nir(graph)
    assert type(there) is reference.NIRGraph
    same(graph, there)
    back = nirkit.from_nir(there)
    assert type(back) is nirkit.NIRGraph
    same(graph, back)


@slow
@given(chains(reference))
def test_dictionaries_are_those_of_the_reference(graph):
    theirs, ours = graph.to_dict(), nirkit.from_nir(graph).to_dict()
    assert theirs.keys() == ours.keys()
    same(nirkit.NIRGraph.from_dict(theirs), nirkit.NIRGraph.from_dict(ours))


@slow
@given(chains(reference), chains(nirkit))
def test_types_are_inferred_as_the_reference_does(theirs, ours):
    for graph in (nirkit.from_nir(theirs), ours):
        blank(graph)
        graph.infer_types()
        there = nirkit.to_nir(graph)
        blank(there)
        there.infer_types()
        same(graph, there)


def blank(graph):
    """Forgets the shapes that follow from the rest of the graph."""
    for node in graph.nodes.values():
        kind = type(node).__name__
        if kind == "Conv2d":
            node.input_shape = None
            node.input_type, node.output_type = {"input": None}, {"output": None}
        elif kind in ("SumPool2d", "AvgPool2d", "Output"):
            node.input_type, node.output_type = {"input": None}, {"output": None}


@pytest.mark.parametrize("name", sorted(set(reference.__all__) | {"version", "__version__", "typing", "ir"}))
def test_every_public_name_is_there(name):
    assert hasattr(nirkit, name)


def test_every_argument_has_its_name_place_and_default():
    import inspect

    for name in reference.__all__:
        theirs, ours = getattr(reference, name), getattr(nirkit, name)
        for part in [name] if not inspect.isclass(theirs) else public_methods(theirs):
            one, other = (theirs, ours) if part == name else (getattr(theirs, part), getattr(ours, part))
            if not callable(one):
                continue
            expected, found = signature(one), signature(other)
            assert found[: len(expected)] == expected, f"{name}.{part}"


def public_methods(kind):
    return ["__init__"] + [part for part in vars(kind) if not part.startswith("_")]


def signature(function):
    """Names, kinds and defaults of the arguments. The reference has the class `dict` for `{}`."""
    import inspect

    arguments = inspect.signature(function).parameters.values()
    default = lambda p: None if p.default in (dict, None) else repr(p.default)  # noqa: E731
    return [(p.name, p.kind, p.default is p.empty, None if p.default is p.empty else default(p)) for p in arguments]


def test_the_modules_of_the_reference_are_there():
    import importlib
    import pkgutil

    names = [found.name for found in pkgutil.walk_packages(reference.__path__, "nir.")]
    nirkit.install_as_nir()
    try:
        import nir

        assert nir is nirkit
        for name in names:
            assert importlib.import_module(name).__name__ == name.replace("nir", "nirkit", 1)
    finally:
        nirkit.uninstall_as_nir()
    assert sys.modules["nir"] is reference


def test_data_goes_both_ways():
    random = np.random.default_rng(0)
    make = lambda nir: nir.NIRGraphData(  # noqa: E731
        {
            "lif": nir.NIRNodeData(
                {
                    "spikes": nir.EventData(np.array([[0, 2, -1]]), np.array([[0.1, 0.25, np.inf]]), 3, 1.0),
                    "v": nir.TimeGriddedData(random.normal(size=(1, 5, 3)).astype(np.float32), 0.2),
                    "i": nir.ValuedEventData(np.array([[1]]), np.array([[0.5]]), 3, 1.0, np.array([[2.5]])),
                }
            )
        }
    )
    for writer, reader in ((reference, nirkit), (nirkit, reference)):
        data, file = make(writer), io.BytesIO()
        writer.write_data(file, data)
        file.seek(0)
        found = reader.read_data(file)
        for name, one in data.nodes["lif"].observables.items():
            other = found.nodes["lif"].observables[name]
            assert type(one).__name__ == type(other).__name__
            for field, value in vars(one).items():
                assert np.array_equal(value, getattr(other, field)), (name, field)


@given(st.integers(1, 3), st.integers(1, 40), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_conversions_of_data_are_those_of_the_reference(samples, steps, neurons, seed):
    spikes = np.random.default_rng(seed).random((samples, steps, neurons)) < 0.3
    ours = nirkit.TimeGriddedData(spikes, 0.25).to_event(30, 0.125)
    theirs = reference.TimeGriddedData(spikes, 0.25).to_event(30, 0.125)
    assert np.array_equal(ours.idx, theirs.idx) and np.array_equal(ours.time, theirs.time)
    assert np.array_equal(ours.to_time_gridded(0.25).data, theirs.to_time_gridded(0.25).data)
