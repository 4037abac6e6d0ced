"""The program and the Python package give equal bits and equal choices."""

import json
import pathlib
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nirkit as nir

#: Meanings of a graph: for Python, and as options of the program.
ENGINES = [
    ("clocked", ["--clocked"]),
    ("norse", ["--platform", "norse"]),
    ("sinabs", ["--platform", "sinabs"]),
    ("spyx", ["--platform", "spyx"]),
    ("snntorch", ["--platform", "snntorch"]),
    ("xylo", ["--platform", "xylo"]),
    ("loihi2", ["--platform", "loihi2"]),
]

#: Options by name; of which a meaning may have some only.
OPTIONS = {
    "reset": ["zero", "subtract", "v_reset"],
    "spike": ["impulse:1", "pulse:0.0005"],
    "precision": ["f32", "f64"],
    "comparison": [">", ">="],
    "quantize": ["global", "layer"],
    "sums": ["backward", "wide"],
}


@st.composite
def networks(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    numbers = np.random.default_rng(seed)
    width, hidden = draw(st.integers(1, 4)), draw(st.integers(1, 6))

    def some(*shape):
        return numbers.normal(0, 1.5, shape).astype(np.float32)

    def full(value):
        return np.full(hidden, value, np.float32)

    kind = draw(st.sampled_from(["LIF", "CubaLIF", "IF"]))
    if kind == "LIF":
        neuron = nir.LIF(full(0.01), full(10), full(0), full(1))
    elif kind == "IF":
        neuron = nir.IF(full(1), full(1))
    else:
        neuron = nir.CubaLIF(full(0.004), full(0.008), full(1), full(0), full(1), w_in=full(1))
    layer = nir.Affine(some(hidden, width), some(hidden)) if draw(st.booleans()) else nir.Linear(some(hidden, width))
    graph = nir.NIRGraph.from_list(nir.Input(np.array([width])), layer, neuron, nir.Output(np.array([hidden])))
    return graph, numbers.integers(0, 2, (15, width)).astype(np.uint8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(networks(), st.sampled_from(ENGINES), st.dictionaries(st.sampled_from(sorted(OPTIONS)), st.integers(0, 5), max_size=2))
def test_program_and_package_answer_alike(tmp_path: pathlib.Path, made, engine, picked):
    graph, x = made
    meaning, options = engine
    chosen = {name: OPTIONS[name][at % len(OPTIONS[name])] for name, at in picked.items()}
    nir.write(tmp_path / "net.nir", graph)
    np.save(tmp_path / "x.npy", x)
    named = [f"--{name}={value}" for name, value in chosen.items()]
    command = [sys.executable, "-m", "nirkit", "run", "net.nir", *options, "--input", "x.npy", "--dt", "1e-3"]
    command += [*named, "--output", "out", "--format", "json"]
    for old in (tmp_path / "out").glob("*"):
        old.unlink()
    program = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            recording = nir.run(tmp_path / "net.nir", x, meaning, dt=1e-3, **chosen)
        except nir.Error as error:
            assert program.returncode == 2, f"{chosen}: only Python refuses: {error}"
            return
    assert program.returncode == 0, f"{chosen}: only the program refuses: {program.stderr}"
    report = json.loads(program.stdout)
    told = [(choice.name, choice.value, choice.source) for choice in recording.choices]
    assert told == [(choice["name"], choice["value"], choice["source"]) for choice in report["choices"]]
    files = sorted(name for name in report["files"] if name.endswith(".npy"))
    assert files == sorted(f"{node}.{observable}.npy" for node, observable in recording)
    for node, observable in recording:
        written = np.load(tmp_path / "out" / f"{node}.{observable}.npy")
        assert np.array_equal(written, recording[node, observable], equal_nan=True), f"{node}:{observable}"


def test_a_map_is_found_by_its_name_alone():
    graph = nir.NIRGraph.from_list(
        nir.Input(np.array([2])), nir.Linear(np.ones((1, 2))), nir.LI(np.ones(1), np.ones(1), np.zeros(1)), nir.Output(np.array([1]))
    )
    recording = nir.run(graph, np.ones((3, 2)), "clocked", dt=0.1, record=["linear", "li:v"])
    assert np.allclose(recording["linear"], 2.0) and ("linear", "output") in recording
    with pytest.raises(KeyError):
        recording["nobody"]
