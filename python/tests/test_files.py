"""Reading and writing: errors, file objects, what is kept."""

import io
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import nirkit as nir
from nirkit import _core

EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "small.nir"


def graph():
    return nir.NIRGraph.from_list(nir.Input([2]), nir.Linear(np.ones((3, 2), np.float32)), nir.Output([3]))


def test_paths_and_open_files(tmp_path):
    path = tmp_path / "a.nir"
    nir.write(str(path), graph())
    nir.write(path, graph())
    with open(tmp_path / "b.nir", "w+b") as file:
        nir.write(file, graph())
        assert list(nir.read(file).nodes) == ["input", "linear", "output"]
    for source in (path, str(path), io.BytesIO(path.read_bytes())):
        assert list(nir.read(source).nodes) == ["input", "linear", "output"]
    assert nir.read_version(path) == nir.version == "1.0.8"


def test_writing_over_a_longer_file_leaves_nothing_of_it():
    file = io.BytesIO(b"x" * 100_000)
    nir.write(file, graph())
    assert len(file.getvalue()) < 100_000 and len(nir.read(file).nodes) == 3


def test_the_text_form_is_read_and_written(tmp_path):
    nir.write(tmp_path / "a.nirt", graph())
    assert "Linear" in (tmp_path / "a.nirt").read_text()
    assert np.array_equal(nir.read(tmp_path / "a.nirt").nodes["linear"].weight, np.ones((3, 2)))
    assert "linear = Linear" in nir.show(graph())


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no.nir") as caught:
        nir.read(tmp_path / "no.nir")
    assert isinstance(caught.value, nir.Error)
    with pytest.raises(FileNotFoundError):
        nir.read(tmp_path / "no.nirt")


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "a.nir").write_bytes(b"hello")
    with pytest.raises(nir.ReadError, match="not an HDF5 file") as caught:
        nir.read(tmp_path / "a.nir")
    assert isinstance(caught.value, OSError) and caught.value.reasons[0][1]


@pytest.mark.parametrize("end", [0, 100, 3000])
def test_a_truncated_file_is_an_error(end):
    with pytest.raises(nir.ReadError):
        nir.read(io.BytesIO(EXAMPLE.read_bytes()[:end]))


def test_a_damaged_file_is_an_error_or_read_and_never_a_crash():
    content = bytearray(EXAMPLE.read_bytes())
    random = np.random.default_rng(0)
    for _ in range(200):
        damaged = bytearray(content)
        for at in random.integers(0, len(content), 20):
            damaged[at] = random.integers(256)
        try:
            nir.read(io.BytesIO(damaged), type_check=False)
        except (nir.Error, UnicodeDecodeError):
            pass


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.nir"
    nir.write(path, graph())
    before = path.read_bytes()
    broken = graph()
    broken.metadata = {"x": object()}
    with pytest.raises(nir.ValueTypeError, match="/metadata/x: an array of object|/metadata/x: .*object"):
        nir.write(path, broken)
    with pytest.raises(nir.WriteError):
        nir.write(path, graph(), compression="szip")
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.nir"]


def test_unknown_fields_are_kept_and_told():
    tree = _core.Document.of({**graph()._entries(), "colour": np.arange(3)})
    file = io.BytesIO(tree.to_bytes())
    with pytest.warns(nir.ReadWarning, match="colour"):
        read = nir.read(file)
    assert np.array_equal(read.extra["colour"], np.arange(3))
    again = io.BytesIO()
    nir.write(again, read)
    with pytest.warns(nir.ReadWarning):
        assert np.array_equal(nir.read(again).extra["colour"], np.arange(3))


def test_what_nirdata_do_not_have_is_told(tmp_path):
    h5py = pytest.importorskip("h5py")
    grid = nir.TimeGriddedData(np.ones((1, 4, 2)), dt=1e-3)
    nir.write_data(tmp_path / "a.h5", nir.NIRGraphData({"i": nir.NIRNodeData({"spikes": grid})}))
    with h5py.File(tmp_path / "a.h5", "a") as file:
        file["nodes/i/observables/spikes/junk"] = np.arange(3)
    with pytest.warns(nir.ReadWarning, match="not read: /nodes/i/observables/spikes/junk"):
        nir.read_data(tmp_path / "a.h5")


def test_an_unknown_kind_is_an_error_that_names_the_node():
    entries = graph()._entries()
    entries["nodes"]["linear"] = {"type": "Dense", "weight": np.ones(2)}
    file = io.BytesIO(_core.Document.of(entries).to_bytes())
    with pytest.raises(nir.NodeError, match="/linear/: there is no kind of node 'Dense'"):
        nir.read(file)


def test_a_missing_field_is_an_error_that_names_it():
    entries = graph()._entries()
    entries["nodes"]["linear"] = {"type": "Affine", "weight": np.ones((2, 2))}
    with pytest.raises(nir.GraphError, match="/linear: Affine: `bias` is missing"):
        _core.Document.of(entries)


def test_limits_can_be_set():
    with pytest.raises(nir.ReadError, match="file_bytes"):
        nir.read(EXAMPLE, limits={"file_bytes": 10})
    with pytest.raises(nir.ChoiceError, match="there is no limit `colour`"):
        nir.read(EXAMPLE, limits={"colour": 10})


def test_arrays_of_every_kind_come_back():
    arrays = {
        "f": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "strided": np.arange(10)[::3],
        "reversed": np.arange(4.0)[::-1],
        "empty": np.zeros((0, 3)),
        "big": np.arange(3, dtype=">i2"),
        "half": np.arange(3, dtype=np.float16),
        "truth": np.array([True, False]),
        "complex": np.array([1 + 2j]),
        "unaligned": np.frombuffer(b"x" + np.arange(3.0).tobytes(), dtype=float, offset=1, count=3),
        "zero-d": np.array(2.5),
    }
    made = graph()
    made.metadata = dict(arrays, text="ñ", number=3, flag=True, inner={"a": 1.5})
    file = io.BytesIO()
    nir.write(file, made)
    found = nir.read(file).metadata
    for name, array in arrays.items():
        assert np.asarray(found[name]).dtype == array.dtype and np.array_equal(found[name], array), name
        assert np.shape(found[name]) == array.shape
    assert found["text"] == "ñ" and found["number"] == 3 and found["flag"] and found["inner"]["a"] == 1.5


def test_what_was_read_can_be_changed():
    weight = nir.read(EXAMPLE).nodes["fc1"].weight
    weight += 1
    assert weight.flags.writeable and weight.flags.c_contiguous


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_the_peak_of_memory_while_a_large_matrix_is_read(tmp_path):
    """It is at most 1.2 times the size of the matrix, and at least the matrix."""
    side = 4096
    matrix = np.zeros((side, side), np.float32)
    nodes = {"i": nir.Input([side]), "fc": nir.Linear(matrix), "o": nir.Output([side])}
    path = tmp_path / "big.nir"
    nir.write(path, nir.NIRGraph(nodes, [("i", "fc"), ("fc", "o")]), compression=None)
    script = """
import re, sys, nirkit
peak = lambda: 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
nirkit.read(sys.argv[2])
before = peak()
weight = nirkit.read(sys.argv[1]).nodes["fc"].weight
print((peak() - before) / weight.nbytes)
"""
    out = subprocess.run([sys.executable, "-c", script, path, EXAMPLE], capture_output=True, text=True, check=True)
    assert 1.0 <= float(out.stdout) <= 1.2
