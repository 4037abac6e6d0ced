"""Recordings of cameras and cochleae as numpy arrays."""

import pathlib
import warnings

import numpy as np
import pytest

import nirkit as nir

ROOT = pathlib.Path(__file__).parents[2]
EVENTS = ROOT / "examples/events.raw"
SHD = ROOT / "examples/shd.h5"
NET = ROOT / "examples/shd.nirt"


def made(count=1000):
    """Events of tonic's type."""
    random = np.random.default_rng(3)
    events = np.empty(count, nir.SENSOR_EVENT)
    events["x"], events["y"] = random.integers(32, size=count), random.integers(24, size=count)
    events["t"] = np.sort(random.integers(100_000, size=count))
    events["p"] = random.random(count) < 0.5
    return events


def test_an_array_comes_back_as_it_was_saved(tmp_path):
    events = made()
    np.save(tmp_path / "events.npy", events)
    found = nir.events.read(tmp_path / "events.npy")
    assert found.dtype == nir.SENSOR_EVENT
    np.testing.assert_array_equal(found, events)
    lines = [f"{e['t']},{e['x']},{e['y']},{int(e['p'])}" for e in events]
    (tmp_path / "events.csv").write_text("t,x,y,p\n" + "\n".join(lines) + "\n")
    np.testing.assert_array_equal(nir.events.read(tmp_path / "events.csv"), events)


def test_slices_are_the_whole():
    whole = nir.events.read(EVENTS)
    slices = nir.events.open(EVENTS, slice_size=1000)
    assert (slices.about["format"], slices.about["size"]) == ("evt3", {"width": 32, "height": 32})
    parts = list(slices)
    assert [len(part) for part in parts[:-1]] == [1000] * (len(parts) - 1)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    info = nir.events.info(EVENTS)
    assert (info["events"], info["on"]) == (len(whole), int(whole["p"].sum()))
    assert (info["first"], info["last"]) == (whole["t"].min(), whole["t"].max())


def test_an_empty_recording_has_no_events(tmp_path):
    (tmp_path / "none.csv").write_text("t,x,y,p\n")
    found = nir.events.read(tmp_path / "none.csv")
    assert (found.dtype, found.shape) == (nir.SENSOR_EVENT, (0,))
    assert list(nir.events.open(tmp_path / "none.csv")) == []


def test_what_puts_events_in_doubt_is_a_warning(tmp_path):
    (tmp_path / "back.csv").write_text("t,x\n5,1\n3,2\n")
    with pytest.warns(nir.LossWarning, match="earlier than the one before, first at event 1"):
        found = nir.events.read(tmp_path / "back.csv")
    assert found["t"].tolist() == [5, 3]


def test_samples_are_read_one_by_one():
    samples = nir.events.samples(SHD)
    assert len(samples) == len(samples.labels) == 12
    assert samples.unread == ["extra"]
    info = nir.events.info(SHD)
    assert info["events"] == sum(map(len, samples))
    assert {c["label"]: c["samples"] for c in info["classes"]} == {
        label: int(count) for label, count in zip(*map(np.ndarray.tolist, np.unique(samples.labels, return_counts=True)))
    }
    np.testing.assert_array_equal(samples[-1], samples[11])
    assert [len(one) for one in samples[2:4]] == [len(samples[2]), len(samples[3])]
    assert nir.events.info(SHD, samples=3)["events"] == len(samples[3])
    with pytest.raises(IndexError):
        samples[12]
    with pytest.raises(nir.ReadError, match="holds 12 samples"):
        nir.events.read(SHD)
    with pytest.raises(nir.ReadError, match="is one recording"):
        nir.events.samples(EVENTS)


def test_lists_of_spikes_are_those_of_h5py():
    h5py = pytest.importorskip("h5py")
    with h5py.File(SHD) as file:
        for index, found in enumerate(nir.events.samples(SHD)):
            times = file["spikes/times"][index].astype(np.float64)
            np.testing.assert_array_equal(found["t"], np.floor(times * 1e6 + 0.5))
            np.testing.assert_array_equal(found["x"], file["spikes/units"][index])
            assert found["p"].all() and not found["y"].any()
        np.testing.assert_array_equal(nir.events.samples(SHD).labels, file["labels"])


def test_choices_that_are_none_are_refused(tmp_path):
    for options in ({"format": "evt9"}, {"camera": "eye"}, {"size": (0, 4)}, {"time_unit": "min"}, {"units": "s"}):
        with pytest.raises(nir.ChoiceError):
            nir.events.read(EVENTS, **options)
    with pytest.raises(nir.ChoiceError):
        nir.events.open(EVENTS, slice_size=0)
    with pytest.raises(nir.MissingFileError):
        nir.events.read(tmp_path / "none.raw")


def test_a_file_is_a_stimulus_in_windows():
    samples = nir.events.samples(SHD)
    graph = nir.read(NET)
    frames = np.zeros((int(samples[3]["t"].max() // 4000) + 1, 21), np.uint8)
    # The times of the file themselves: microseconds are rounded.
    np.add.at(frames, (samples[3]["t"] // 4000, samples[3]["x"]), 1)
    for most, expected in ((None, frames), (1, np.minimum(frames, 1))):
        file = nir.StimulusFile(SHD, samples=3, window=4e-3, window_most=most)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a window leaves out
            found = nir.run(graph, file, "norse", record="all")
        of_frames = nir.run(graph, expected, "norse", dt=4e-3, record="all")
        assert {choice.name: choice.value for choice in found.choices}["dt"] == "0.004"
        assert found["lif"].any()
        np.testing.assert_array_equal(found["lif"], of_frames["lif"])
        np.testing.assert_array_equal(found["lif", "v"], of_frames["lif", "v"])


def test_a_file_states_samples_and_classes():
    [score] = nir.eval(str(NET), nir.StimulusFile(SHD), None, "norse", dt=1e-3)
    assert (score.samples, score.correct >= 11) == (12, True)
    [part] = nir.eval(str(NET), nir.StimulusFile(SHD, samples=(0, 5)), None, "norse", dt=1e-3)
    assert part.samples == 5


def test_events_in_memory_are_a_stimulus_in_windows():
    samples, graph = nir.events.samples(SHD), nir.read(NET)
    for most in (None, 1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a window leaves out
            file = nir.run(graph, nir.StimulusFile(SHD, samples=3, window=4e-3, window_most=most), "norse", record="all")
            found = nir.run(graph, samples[3], "norse", record="all", window=4e-3, window_most=most)
            model = nir.prepare(graph, "norse", dt=4e-3)
            again = model.run(samples[3], "all", window=4e-3, window_most=most)
        assert found["lif"].any()
        np.testing.assert_array_equal(found["lif"], file["lif"])
        np.testing.assert_array_equal(again["lif"], file["lif"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        [memory] = nir.eval(str(NET), list(samples), samples.labels, "norse", window=4e-3)
        [of_file] = nir.eval(str(NET), nir.StimulusFile(SHD, window=4e-3), None, "norse")
    np.testing.assert_array_equal(memory.readings, of_file.readings)


def test_events_in_memory_keep_their_own_times():
    samples, graph = nir.events.samples(SHD), nir.read(NET)
    exact = nir.run(graph, samples[3], "exact", dt=1e-3, duration=0.3)["lif"]
    spikes = nir.events(samples[3]["t"] / 1e6, samples[3]["x"])
    assert len(exact) > 0
    np.testing.assert_array_equal(exact, nir.run(graph, spikes, "exact", dt=1e-3, duration=0.3)["lif"])


def test_pixels_in_memory_enter_by_their_place():
    nodes = {"input": nir.Input(np.array([2, 24, 32])), "output": nir.Output(np.array([2, 24, 32]))}
    graph = nir.NIRGraph(nodes, [("input", "output")])
    events = made()
    frames = np.zeros((100, 2, 24, 32))
    np.add.at(frames, (events["t"] // 1000, events["p"].astype(int), events["y"], events["x"]), 1)
    found = nir.run(graph, events, "clocked", window=1e-3, duration=0.1, record="input:output")
    np.testing.assert_array_equal(found["input", "output"], frames)


def test_windows_belong_to_events():
    graph = nir.read(NET)
    for x in (np.zeros((5, 21)), nir.events([0.1], [3])):
        with pytest.raises(nir.StimulusError, match="`window` has no effect"):
            nir.run(graph, x, "norse", window=1e-3)
    with pytest.raises(nir.StimulusError, match="both say a window"):
        nir.run(graph, nir.StimulusFile(SHD, samples=3, window=1e-3), "norse", window=2e-3)
    with pytest.raises(nir.ChoiceError, match="`window_most` has no effect"):
        nir.run(graph, nir.events.samples(SHD)[0], "norse", dt=1e-3, window_most=1)
    wrong = nir.events.samples(SHD)[0].copy()
    wrong["t"][2] = -5
    with pytest.raises(nir.StimulusError, match="event 2 has the time -5"):
        nir.run(graph, wrong, "norse", window=1e-3)
