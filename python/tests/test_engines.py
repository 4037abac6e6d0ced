"""Checks, runs and models on the example of the repository."""

import dataclasses
import json
import pathlib
import pickle
import re
import subprocess
import sys
import threading

import numpy as np
import pytest

import nirkit as nir

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "small.nir"
STIMULUS = np.load(ROOT / "examples" / "small_input.npy")
SHARED = ROOT.parent / "shared"


def integrator(n=1, r=1.0):
    """A graph that only integrates: v' = r x."""
    return nir.NIRGraph.from_list(nir.Input([n]), nir.I(np.full(n, r)), nir.Output([n]))


def fire(r=1.0, threshold=1.0):
    return nir.NIRGraph.from_list(
        nir.Input([1]), nir.IF(np.array([r]), np.array([threshold])), nir.Output([1])
    )


def test_check_finds_what_is_wrong_and_where():
    graph = nir.read(EXAMPLE)
    graph.nodes["lif1"].tau[1] = 0
    report = nir.check(graph)
    assert [finding.code for finding in report.errors] == ["N204"]
    finding = report.errors[0]
    assert finding.place == "/lif1/tau[1]" and finding.nodes == ["lif1"] and "0 s" in finding.message
    assert not report.ok and "N204" in str(report) and "time constant" in finding.explain()
    with pytest.raises(nir.GraphError) as caught:
        nir.run(graph, STIMULUS, "clocked")
    assert caught.value.findings == report.errors
    assert pickle.loads(pickle.dumps(caught.value)).findings == report.errors


def test_check_says_what_platforms_would_do():
    report = nir.check(EXAMPLE, ["norse", "sinabs"], dt=1e-4)
    norse = report.platforms["norse@1.1.0"]
    assert not norse.refuses and norse.loses
    assert {node.node: node.verdict for node in norse.nodes}["lif1"] == "ignored"
    assert "norse@1.1.0" in nir.platforms()
    with pytest.raises(nir.ChoiceError, match="there is no platform `nrose`"):
        nir.check(EXAMPLE, "nrose")


def test_a_clocked_run_by_hand():
    # Forward Euler: v grows by dt * x in each step.
    x = np.array([[1.0], [3.0], [-2.0]])
    found = nir.run(integrator(), x, "clocked", dt=0.5, frames="current", record="i:v")
    assert np.array_equal(found["i", "v"][:, 0], [0.5, 2.0, 1.0])
    assert found.steps == 3 and found.duration == 1.5
    assert np.array_equal(found.times(), [0.5, 1.0, 1.5])


def test_an_exact_run_by_hand():
    # A constant current of 4 reaches the threshold of 1 every quarter second.
    current = nir.Current([0.0], [[4.0]])
    found = nir.run(fire(), current, "exact", duration=1.1, sample=[0.125], record="if:v,if:spikes")
    assert np.allclose(found["if"]["time"], [0.25, 0.5, 0.75, 1.0], rtol=0, atol=1e-15)
    assert found["if"].dtype == nir.stimulus.EVENT and found["if", "v"][0, 0] == 0.5


def test_spikes_with_their_own_times():
    spikes = nir.events([0.1, 0.3, 0.2], [0, 0, 0])
    found = nir.run(integrator(), spikes, "exact", duration=1.0, sample=[0.15, 0.25, 0.35], record="i:v")
    assert np.array_equal(found["i", "v"][:, 0], [1, 2, 3])


def test_the_program_gives_the_same_bits(tmp_path):
    program = ROOT / "target" / "release" / "nir"
    if not program.exists():
        pytest.skip("the program has not been built")
    for engine in ("clocked", "norse", "spyx"):
        flags = ["--clocked"] if engine == "clocked" else ["--platform", engine]
        command = [program, "run", EXAMPLE, *flags, "--dt", "1e-4", "--record", "all"]
        command += ["--input", ROOT / "examples" / "small_input.npy", "--output", tmp_path / engine]
        subprocess.run(command, check=True, capture_output=True)
        found = nir.run(EXAMPLE, STIMULUS, engine, dt=1e-4, record="all")
        assert len(found)
        for node, observable in found:
            expected = np.load(tmp_path / engine / f"{node}.{observable}.npy")
            # The program writes what is not counted in single precision.
            rounded = found[node, observable].astype(expected.dtype)
            assert np.array_equal(rounded, expected), (engine, node, observable)
        choices = json.loads((tmp_path / engine / "run.json").read_text())["choices"]
        assert {c["name"]: c["value"] for c in choices} == {c.name: c.value for c in found.choices}


@pytest.mark.parametrize("engine", ["clocked", "norse", "exact"])
def test_a_batch_is_its_samples(engine):
    batch = np.stack([STIMULUS, np.roll(STIMULUS, 7, axis=0), STIMULUS[::-1]])
    options = {"spike": "pulse:1e-4"} if engine == "exact" else {}
    model = nir.prepare(EXAMPLE, engine, dt=1e-4, **options)
    one = model(batch, "all", axes="BT")
    for threads in (2, 3):
        other = model(batch, "all", axes="BT", threads=threads)
        assert all(np.array_equal(a, b) for key in one for a, b in zip(one[key], other[key]))
    for at, sample in enumerate(batch):
        alone = model(sample, "all")
        assert set(alone) == set(one) and len(alone)
        for key in alone:
            assert np.array_equal(one[key][at], alone[key]), key
    turned = model(np.swapaxes(batch, 0, 1), "all", axes="TB")
    for key in one:
        if isinstance(one[key], np.ndarray):
            assert np.array_equal(np.swapaxes(turned[key], 0, 1), one[key])


def test_choices_are_named_and_their_source_said():
    found = nir.run(EXAMPLE, STIMULUS, "clocked", comparison=">=", reset="zero")
    choices = {choice.name: choice for choice in found.choices}
    assert choices["dt"].source.startswith("guessed") and choices["reset"].source == "given"
    assert choices["comparison"].value == ">=" and choices["comparison"].source == "given"
    assert any("`dt` is not given" in note for note in found.notes)
    with pytest.raises(nir.ChoiceError, match="colour"):
        nir.run(EXAMPLE, STIMULUS, "clocked", colour="blue")
    with pytest.raises(nir.ChoiceError, match="norse has no choice `comparison`"):
        nir.run(EXAMPLE, STIMULUS, "norse", comparison=">=")


def test_a_simulator_adds_in_the_order_that_is_asked_for():
    # 1e8 + 1 is 1e8 in single precision.
    weight = np.array([[1e8, 1, -1e8]], np.float32)
    neuron = nir.IF(np.ones(1), np.full(1, 0.5), np.zeros(1))
    graph = nir.NIRGraph.from_list(nir.Input([3]), nir.Linear(weight), neuron, nir.Output([1]))

    def run(order):
        return nir.run(graph, np.ones((1, 3)), "norse", dt=1e-3, sums=order)

    found = [run(order) for order in ("forward", "wide", "low")]
    assert [spikes.sum() for recording in found for spikes in recording.values()] == [0, 1, 0]
    assert {choice.name: choice.value for choice in found[1].choices}["sums"] == "wide"
    with pytest.raises(nir.ChoiceError, match="`sideways` is no sums"):
        run("sideways")


def test_a_model_can_be_pickled_and_shared():
    model = nir.prepare(EXAMPLE, "clocked")
    again = pickle.loads(pickle.dumps(model))
    expected = model(STIMULUS, "all")
    assert all(np.array_equal(expected[key], again(STIMULUS, "all")[key]) for key in expected)
    found = [None] * 4
    def work(at):  # noqa: E306
        found[at] = model(STIMULUS, "all")
    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert all(np.array_equal(one[key], expected[key]) for one in found for key in expected)


def test_a_run_lets_other_threads_of_python_work():
    import time

    model = nir.prepare(EXAMPLE, "clocked")
    long = np.tile(STIMULUS, (400, 1))
    ticks, done = [], threading.Event()
    def tick():  # noqa: E306
        while not done.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)
    thread = threading.Thread(target=tick)
    thread.start()
    begun = time.perf_counter()
    model(long)
    ended = time.perf_counter()
    done.set()
    thread.join()
    during = [t for t in ticks if begun < t < ended]
    assert len(during) > 3 or ended - begun < 0.02


@pytest.mark.parametrize("threads", [1, 2])
def test_a_run_can_be_interrupted(threads):
    script = f"""
import os, signal, sys, threading, time, numpy as np, nirkit as nir
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may have it ignored
n = np.ones(20_000)  # many neurons, so that the steps last for seconds on any machine
graph = nir.NIRGraph(
    {{"i": nir.Input([4]), "w": nir.Linear(np.ones((n.size, 4))), "lif": nir.LIF(n, n, 0 * n, n, 0 * n),
      "sum": nir.Linear(np.ones((1, n.size))), "o": nir.Output([1])}},
    [("i", "w"), ("w", "lif"), ("lif", "sum"), ("sum", "o")],
)
model = nir.prepare(graph, "clocked", dt=1e-3)
x = np.zeros((2, 1_000_000, 4), np.uint8)
threading.Timer(0.8, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    model(x, [("o", "output")], axes="BT", threads={threads})
except KeyboardInterrupt:
    sys.exit(7)
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=120).returncode == 7


def test_progress_is_told():
    told = []

    class Bar:
        def __call__(self, done, total):
            told.append((done, total))

        def close(self):
            told.append("closed")

    model = nir.prepare(EXAMPLE, "clocked")
    for steps in (500_000, 2_000_000, 8_000_000):  # what is done in half a second shows nothing
        model(np.zeros((steps, 4), np.uint8), [("lif2", "spikes")], progress=Bar)
        if told:
            break
    assert told and told[-1] == "closed"
    assert all(done <= steps and total == steps for done, total in told[:-1])


def test_stimuli_by_name_and_as_data():
    graph = nir.NIRGraph(
        {"a": nir.Input([1]), "b": nir.Input([1]), "i": nir.I(np.ones(1)), "o": nir.Output([1])},
        [("a", "i"), ("b", "i"), ("i", "o")],
    )
    x = {"a": np.ones((3, 1)), "b": np.full((3, 1), 0.5)}
    found = nir.run(graph, x, "clocked", dt=1.0, record="i:v")
    assert np.array_equal(found["i", "v"][:, 0], [1.5, 3.0, 4.5])
    with pytest.raises(nir.StimulusError, match="`c` is no Input"):
        nir.run(graph, {"a": x["a"], "c": x["b"]}, "clocked", dt=1.0)
    with pytest.raises(nir.StimulusError, match="2 Inputs"):
        nir.run(graph, x["a"], "clocked", dt=1.0)
    data = nir.NIRGraphData({"input": nir.NIRNodeData({"x": nir.TimeGriddedData(np.ones((1, 3, 1)), 0.25)})})
    found = nir.run(integrator(), data, "clocked", record="i:v", frames="current")
    assert found.dt == 0.25 and np.array_equal(found["i", "v"], [[0.25], [0.5], [0.75]])


@pytest.mark.parametrize(
    "x, message",
    [
        (np.zeros((3, 2)), r"the array has shape \[3, 2\]"),
        (np.array([["a"]]), "an array of numbers is needed, not one of <U1"),
        ([["a"]], "a stimulus is no list"),
        (np.full((2, 1), np.nan), "NaN"),
        (np.zeros((2, 1), complex), "a stimulus is no ndarray|complex"),
    ],
)
def test_a_stimulus_that_does_not_fit(x, message):
    with pytest.raises(nir.Error, match=message):
        nir.run(integrator(), x, "clocked", dt=1.0)


def test_what_is_recorded_is_said_and_checked():
    model = nir.prepare(EXAMPLE, "clocked")
    assert ("lif1", "v") in model.recordable and ("lif1", "isyn") not in model.recordable
    assert set(model(STIMULUS, ["lif1", "lif2:v"])) == {("lif1", "spikes"), ("lif2", "v")}
    with pytest.raises(nir.ChoiceError, match="nothing of `lif9`") as caught:
        model(STIMULUS, "lif9:v,lif1:isyn")
    assert len(caught.value.reasons) == 2
    with pytest.raises(KeyError, match="lif1:v was not recorded"):
        model(STIMULUS)["lif1", "v"]


def test_recordings_become_data_that_the_reference_reads(tmp_path):
    found = nir.run(EXAMPLE, STIMULUS, "exact", spike="pulse:1e-4", sample=np.arange(3) * 0.01, record="all")
    nir.write_data(tmp_path / "x.h5", found.to_data())
    data = nir.read_data(tmp_path / "x.h5")
    assert data == found.to_data()
    assert np.array_equal(data.nodes["lif1"].observables["spikes"].time[0], found["lif1"]["time"])
    reference = pytest.importorskip("nir")
    assert reference.read_data(tmp_path / "x.h5").nodes["lif1"].observables["spikes"].n_neurons == 6


def test_eval_counts_spikes_and_finds_classes():
    batch = np.stack([STIMULUS, np.zeros_like(STIMULUS)])
    score, other = nir.eval(EXAMPLE, batch, [1, 0], ["spyx", "norse"], dt=1e-4)
    alone = nir.run(EXAMPLE, STIMULUS, "spyx", dt=1e-4)["lif2"].sum(axis=0)
    assert np.array_equal(score.counts[0], alone) and not score.counts[1].any()
    assert score.classes[1] == 0 and score.samples == 2 and other.platform.startswith("norse")
    with pytest.raises(nir.StimulusError, match="1 labels for 2 samples"):
        nir.eval(EXAMPLE, batch, [1], "spyx")


def test_compare_says_where_spikes_part_and_why():
    found = nir.compare(EXAMPLE, STIMULUS, ["spyx", "norse"], dt=1e-4)
    assert found.variants == ["spyx@1.0.0", "norse@1.1.0"] and not found.equal
    (pair,) = found.pairs
    assert pair.first.node in found.spikes and pair.distance > 0 and pair.cause.first
    one = nir.run(EXAMPLE, STIMULUS, "spyx", dt=1e-4)
    assert found.spikes["lif1"][0] == one["lif1"].sum()
    assert nir.compare(EXAMPLE, STIMULUS, ["spyx", "spyx"], dt=1e-4).equal
    assert nir.compare(EXAMPLE, STIMULUS, "spyx", dt=1e-4, causes=False).variants[0] == "ideal"
    with pytest.raises(nir.ChoiceError, match="nothing to be compared"):
        nir.compare(EXAMPLE, STIMULUS, "ideal", dt=1e-4)


def test_a_chip_is_checked_lowered_and_run(tmp_path):
    graph = nir.NIRGraph.from_list(
        nir.Input([2, 4, 4]),
        nir.Conv2d((4, 4), np.full((3, 2, 3, 3), 0.5), 1, 0, 1, 1, np.zeros(3)),
        nir.IF(np.ones((3, 2, 2)), np.ones((3, 2, 2))),
        nir.Flatten(np.array([3, 2, 2]), 0, -1),
        nir.Linear(np.eye(2, 12)),
        nir.IF(np.ones(2), np.ones(2)),
        nir.Output([2]),
    )
    assert any(title.startswith("speck@") for title in nir.platforms())
    (report,) = nir.check(graph, "speck").platforms.values()
    assert not report.refuses and report.fits, str(report)
    lowered = nir.lower(graph, "speck")
    assert lowered.design.placements and lowered.design.usage and "speck" in str(lowered)
    lowered.write(tmp_path / "design.json")
    assert json.loads((tmp_path / "design.json").read_text())
    x = (np.random.default_rng(0).random((3, 20, 2, 4, 4)) < 0.3).astype(np.uint8)
    model = nir.prepare(graph, "speck")
    batch = model(x, axes="BT", threads=2)
    assert len(batch) and sum(found.sum() for found in batch.values()) > 0
    for key in batch:
        assert np.array_equal(batch[key][1], model(x[1])[key])
    (score,) = nir.eval(graph, x, [0, 1, 0], "speck")
    assert score.counts.shape == (3, 2)
    with pytest.raises(nir.ChoiceError, match="`norse` is no chip"):
        nir.lower(graph, "norse")
    recurrent = nir.read(EXAMPLE)
    with pytest.raises(nir.RefusedError):
        nir.run(recurrent, STIMULUS, "speck")


def test_repair_and_opt_give_new_graphs_and_say_what_they_did():
    graph = nir.NIRGraph(
        {"i": nir.Input([2]), "s": nir.Scale(np.array([2.0, 3.0])), "fc": nir.Linear(np.ones((2, 2))), "lif": nir.LIF(
            np.array(0.01), np.ones(2), np.zeros(2), np.ones(2)), "o": nir.Output([2])},
        [("i", "s"), ("s", "fc"), ("fc", "lif"), ("lif", "o"), ("lif", "o")],
        type_check=False,
    )  # fmt: skip
    mended, changes = nir.repair(graph)
    assert {change.by for change in changes} >= {"N102", "N215"}
    assert len(mended.edges) == 4 and mended.nodes["lif"].tau.shape == (2,)
    assert len(graph.edges) == 5 and graph.nodes["lif"].tau.shape == ()
    smaller, changes = nir.opt(mended)
    assert changes and "s" not in smaller.nodes
    assert np.array_equal(smaller.nodes["fc"].weight, [[2, 3], [2, 3]])
    with pytest.raises(nir.ChoiceError, match="no pass `x`"):
        nir.opt(mended, "x")
    nested = nir.NIRGraph(
        {"i": nir.Input([2]), "n": smaller, "o": nir.Output([2])}, [("i", "n"), ("n", "o")], type_check=False
    )
    with pytest.warns(nir.LossWarning, match="this one has `n`: name `unnest` before it"):
        nir.opt(nested, "fold_gain")


def test_a_graph_gets_the_form_and_the_numbers_of_a_platform():
    graph = nir.NIRGraph(
        {"i": nir.Input([1, 2, 2]), "p": nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0])),
         "f": nir.Flatten(None, 0, -1), "fc": nir.Linear(np.full((2, 1), 0.5, np.float32)), "lif": nir.LIF(
            np.full(2, 1e-3), np.full(2, 10.0), np.zeros(2), np.ones(2)), "o": nir.Output([2])},
        [("i", "p"), ("p", "f"), ("f", "fc"), ("fc", "lif"), ("lif", "o")],
        type_check=False,
    )  # fmt: skip
    formed, changes = nir.opt(graph, for_="lava", dt=1e-4)
    assert changes and not {"f"} & set(formed.nodes)
    assert np.array_equal(formed.nodes["lif"].r, [10, 10]), "no number is fitted"
    with pytest.raises(nir.ChoiceError):
        nir.opt(graph, "unroll", for_="lava")
    made = nir.adapt(formed, for_="loihi2", like="spikingjelly", dt=1e-4)
    assert made.platform.startswith("loihi2@") and made.exceeds == []
    assert all(node.verdict in ("bounded", "impossible") for node in made.nodes)
    assert nir.lower(made.graph, "loihi2", dt=1e-4)


def test_objects_of_the_reference_are_taken_as_they_are():
    reference = pytest.importorskip("nir")
    theirs = reference.read(EXAMPLE)
    one = nir.run(theirs, STIMULUS, "clocked")
    other = nir.run(EXAMPLE, STIMULUS, "clocked")
    assert all(np.array_equal(one[key], other[key]) for key in other)


def test_a_panic_becomes_an_error():
    from nirkit import _core

    with pytest.raises(nir.InternalError, match="please report") as caught:
        _core._panic("by request")
    assert isinstance(caught.value, nir.Error) and "by request" in str(caught.value)


def test_plots(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    for engine, options in (("clocked", {}), ("exact", {"spike": "pulse:1e-4", "sample": np.arange(30) * 1e-3})):
        found = nir.run(EXAMPLE, STIMULUS, engine, record="all", **options)
        figure = found.plot(STIMULUS)
        # What enters stands for what the Input puts out.
        assert len(figure.axes) == len(set(found) - {("input", "output")}) + 1
        figure.savefig(tmp_path / "x.png")
        # The first eight of what was recorded have panels; the others are named.
        figure = found.plot()
        assert len(figure.axes) == min(len(found), 8)
        notes = " ".join(text.get_text() for part in figure.subfigs for text in part.texts)
        assert ("Not drawn" in notes) == (len(found) > 8)
        matplotlib.pyplot.close("all")
    assert "lif1" in found._repr_html_() and "lif1" in repr(found)


def test_a_plot_shows_what_was_recorded_in_the_colours_of_the_style():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    found = nir.run(EXAMPLE, STIMULUS, "spyx", dt=1e-4, record=["lif1", "lif1:v"])
    with matplotlib.style.context({"axes.prop_cycle": matplotlib.cycler(color=["#123456", "#abcdef"])}):
        enters, v, spikes = found.plot(STIMULUS).axes
    steps, channels = np.nonzero(STIMULUS)
    assert np.allclose(enters.lines[0].get_xdata(), steps * 0.1) and np.array_equal(enters.lines[0].get_ydata(), channels)
    assert len(v.lines) == 6 and np.allclose(v.lines[2].get_ydata(), found["lif1", "v"][:, 2])
    assert np.allclose(v.lines[2].get_xdata(), found.times() * 1e3) and [line.get_color() for line in v.lines[:2]] == ["C0", "C1"]
    steps, channels = np.nonzero(found["lif1"])
    assert np.allclose(spikes.lines[0].get_xdata(), (steps + 1) * 0.1) and np.array_equal(spikes.lines[0].get_ydata(), channels)
    assert spikes.get_title(loc="left") == f"lif1: {len(steps)} spikes" and spikes.get_xlabel() == "time (ms)"
    matplotlib.pyplot.close("all")


def test_a_sample_of_a_batch_is_plotted():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    batch = np.stack([STIMULUS, 0 * STIMULUS])
    for axes, x in (("BT", batch), ("TB", np.swapaxes(batch, 0, 1))):
        found = nir.run(EXAMPLE, x, "spyx", dt=1e-4, axes=axes)
        first, last = found.plot(x, sample=0), found.plot(x, sample=-1)
        counts = [[len(line.get_xdata()) for axis in figure.axes for line in axis.lines] for figure in (first, last)]
        assert counts[0][0] == np.count_nonzero(STIMULUS) and sum(counts[1]) == 0
        with pytest.raises(nir.Error, match="no sample 2 of 2"):
            found.plot(x, sample=2)
    matplotlib.pyplot.close("all")


def test_a_comparison_is_plotted(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    found = nir.compare(EXAMPLE, STIMULUS, ["ideal", "spyx"], dt=1e-4)
    first = found.pairs[0].first
    with matplotlib.style.context({"axes.prop_cycle": matplotlib.cycler(color=["#123456", "#abcdef"])}):
        figure = found.plot()
    whole, zoom = figure.subfigs[0].axes, figure.subfigs[1].axes
    titles = [axis.get_title(loc="left") for axis in whole]
    assert [title.split(":")[0] for title in titles] == ["input", first.node, "lif1", "lif1", "lif2", "lif2"]
    # Every neuron has a row, whether it spikes or not, and the first difference is marked at the end of its step.
    assert whole[2].get_ylim() == (-0.5, 5.5) and whole[4].get_ylim() == (-0.5, 1.5)
    unit = {"time (s)": 1.0, "time (ms)": 1e-3}[whole[-1].get_xlabel()]
    marked = [line.get_xdata()[0] * unit for axis in (*whole, *zoom) for line in axis.lines if line.get_label() == "_first difference"]
    assert len(marked) == len(whole) + len(zoom)
    assert np.allclose(marked, (first.step + 1) * found.dt)
    # The enlarged section is a part of the run around it.
    begin, end = zoom[-1].get_xlim()
    assert zoom[-1].get_xlabel() and whole[-1].get_xlim()[1] * unit > found.dt * 40
    assert str(first.step) in figure.subfigs[1].get_suptitle() and end > begin
    # Colours of runs are those of the style; spikes that differ are counted in the titles and drawn.
    curves = [line.get_color() for line in whole[1].lines]
    assert curves[:2] == ["C0", "C1"]
    extra = sum(len(line.get_xdata()) for axis in whole for line in axis.lines if line.get_color() == "#0072b2")
    missing = sum(len(line.get_xdata()) for axis in whole for line in axis.lines if line.get_color() == "#d55e00" and line.get_marker() == "x")
    told = " ".join(titles)
    assert extra == sum(map(int, re.findall(r"(\d+) extra", told))) and missing == sum(map(int, re.findall(r"(\d+) missing", told)))
    assert extra + missing > 0
    for ending, magic in (("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")):
        figure.savefig(tmp_path / f"x.{ending}")
        assert (tmp_path / f"x.{ending}").read_bytes().startswith(magic)
    matplotlib.pyplot.close(figure)


def test_a_comparison_of_equal_runs_is_plotted_and_a_copy_says_why_not():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    found = nir.compare(EXAMPLE, STIMULUS, ["spyx", "spyx"], dt=1e-4)
    assert found.equal
    own = matplotlib.pyplot.figure()
    assert found.plot(figure=own) is own
    assert len(own.subfigs) == 2 and not own.subfigs[-1].legends
    matplotlib.pyplot.close(own)
    copy = pickle.loads(pickle.dumps(found))
    assert copy == found and dataclasses.asdict(copy) == dataclasses.asdict(found)
    with pytest.raises(nir.Error, match="are gone"):
        copy.plot()


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is absent")
@pytest.mark.parametrize("name", ["lif_homog", "lif_hetero_b", "if_layer_b", "cubalif_layer_b"])
def test_recordings_of_a_real_simulator_are_met(name):
    folder = SHARED / "goldens" / "simulators" / name
    runs = json.loads((folder / "case.json").read_text())["runs"]
    x = np.load(folder / "input.npy")
    found = nir.run(folder / "graph.nir", x, "spyx", dt=runs["spyx"]["dt"])
    files = list((folder / "spyx").glob("*.spikes.npy"))
    assert files
    for file in files:
        node = file.name.removesuffix(".spikes.npy")
        expected = np.load(file)
        assert np.array_equal(found[node], expected.reshape(found[node].shape)), node


@pytest.mark.parametrize("threads", [0, -1, 1 << 70])
def test_a_number_of_threads_is_at_least_one(threads: int) -> None:
    graph = nir.NIRGraph.from_list(nir.Affine(np.eye(2, dtype="float32"), np.zeros(2, dtype="float32")))
    with pytest.raises(nir.ChoiceError, match="`threads` is"):
        nir.run(graph, np.ones((3, 2)), "clocked", dt=1e-3, threads=threads)


def test_numbers_within_the_tolerance_are_counted() -> None:
    graphs = [
        nir.NIRGraph.from_list(nir.Linear(np.full((2, 2), weight, dtype="float64"))) for weight in (1.0, 1.0 + 1e-9)
    ]
    found = nir.diff(*graphs, tolerance=1e-6)
    assert found.same
    assert found.within_tolerance == 4
    assert "4 numbers differ by no more than the tolerance" in str(found)


def test_times_in_milliseconds_become_seconds() -> None:
    graph = nir.read(EXAMPLE)
    before = graph.nodes["lif1"].tau
    in_ms, changes = nir.rescale(graph, to_unit="ms")
    assert changes and np.allclose(in_ms.nodes["lif1"].tau, 1e3 * before)
    back, _ = nir.rescale(in_ms, from_unit="ms")
    assert np.allclose(back.nodes["lif1"].tau, before)
    with pytest.raises(nir.ChoiceError, match="no unit of times"):
        nir.rescale(graph, from_unit="us")
    with pytest.raises(nir.ChoiceError, match="no factor"):
        nir.rescale(graph, factor=0.0)


def test_eval_takes_a_folder_with_a_file_for_each_sample(tmp_path):
    rng = np.random.default_rng(3)
    x = (rng.random((12, 40, 4)) < 0.4).astype(np.float32)
    labels = rng.integers(0, 2, 12)
    set_ = tmp_path / "set"
    set_.mkdir()
    for number, sample in enumerate(x):
        np.save(set_ / f"{number}.npy", sample)
        (tmp_path / "classes" / str(labels[number])).mkdir(parents=True, exist_ok=True)
        np.save(tmp_path / "classes" / str(labels[number]) / f"{number}.npy", sample)
    np.save(tmp_path / "labels.npy", labels)
    rows = "".join(f"{number}.npy,{label}\n" for number, label in enumerate(labels))
    (tmp_path / "labels.csv").write_text("file,label\n" + rows)
    (whole,) = nir.eval(EXAMPLE, x, labels, "norse", dt=1e-4)
    for given in (labels, tmp_path / "labels.npy", str(tmp_path / "labels.csv")):
        (score,) = nir.eval(EXAMPLE, set_, given, "norse", dt=1e-4)
        assert np.array_equal(score.readings, whole.readings)
        assert score.correct == whole.correct
    (score,) = nir.eval(EXAMPLE, str(tmp_path / "classes"), None, ["norse"], dt=1e-4)
    assert (score.correct, score.samples) == (whole.correct, 12)
    assert any(choice.name == "labels" for choice in score.choices)
    with pytest.raises(nir.StimulusError, match="is no folder"):
        nir.eval(EXAMPLE, tmp_path / "labels.npy", labels, "norse")
    with pytest.raises(nir.StimulusError, match="belong to a folder"):
        nir.eval(EXAMPLE, x, tmp_path / "labels.npy", "norse")
    with pytest.raises(nir.StimulusError, match=r"the shape \[12, 1\]; one axis"):
        nir.eval(EXAMPLE, x, labels[:, None], "norse", dt=1e-4)
    (floats,) = nir.eval(EXAMPLE, x, labels.astype(float), "norse", dt=1e-4)
    assert floats.accuracy == whole.accuracy
    with pytest.raises(nir.ChoiceError, match="nothing says the classes"):
        nir.eval(EXAMPLE, set_, None, "norse")


def test_codegen_quantises_and_refuses_what_does_not_fit(tmp_path):
    whole = nir.codegen(
        EXAMPLE, target="c99", output=tmp_path / "i8", platform="norse", dt="1ms", quantize="i8", readout="count"
    )
    assert whole.quantisation["weight_bits"] == 8 and len(whole.quantisation["maps"]) == 3
    assert "net_readout_class" in (tmp_path / "i8" / "net.h").read_text()
    x, y = np.ones((2, 10, 4), dtype=np.uint8), [0, 1]
    measured = nir.codegen(
        EXAMPLE, target="rust", output=tmp_path / "i16", platform="norse", dt="1ms", quantize="i16", x=x, labels=y
    )
    assert len(measured.quantisation["accuracy"]) == 2
    narrow = nir.codegen(
        EXAMPLE, target="c99", output=tmp_path / "s16", platform="norse", dt="1ms", quantize="i8", state_bits=16
    )
    assert narrow.quantisation["state_bits"] == 16 and narrow.state_bytes < whole.state_bytes
    with pytest.raises(nir.ChoiceError, match="states of 12 bits are not offered"):
        nir.codegen(EXAMPLE, target="c99", output=tmp_path / "s12", platform="norse", dt="1ms", quantize="i8", state_bits=12)
    with pytest.raises(nir.ChoiceError, match="bits of states are given, and nothing is quantised"):
        nir.codegen(EXAMPLE, target="c99", output=tmp_path / "s", platform="norse", dt="1ms", state_bits=16)
    with pytest.raises(nir.ChoiceError, match="ram: the state takes"):
        nir.codegen(EXAMPLE, target="c99", output=tmp_path / "no", platform="norse", dt="1ms", ram=10)


def test_codegen_writes_code_and_says_what_it_takes(tmp_path):
    for target, expected in [("c99", "net.c"), ("rust", "src/lib.rs"), ("verilog", "net.v")]:
        folder = tmp_path / target
        code = nir.codegen(EXAMPLE, target=target, output=folder, platform="loihi2", dt="1ms", steps=20)
        assert expected in code.files and all((folder / file).exists() for file in code.files)
        assert code.target == target and code.steps == 20 and str(folder) in code.check
        assert code.neurons == 43 and 0 < code.state_bytes < 8 * code.neurons and code.constant_bytes > 0
        assert ("dt", "0.001") in [(choice.name, choice.value) for choice in code.choices]
        assert str(code.state_bytes) in str(code)
        assert sum(layer["constant_bytes"] for layer in code.layers) == code.constant_bytes
        assert 0 < code.typical_operations <= code.most_operations
        assert code.most_operations == sum(layer["most_operations"] for layer in code.layers)
        written = json.loads((folder / "report.json").read_text())
        assert written["state_bytes"] == code.state_bytes and len(written["layers"]) == len(code.layers)
        assert (code.hardware is None) == (target != "verilog")
        with pytest.raises(nir.WriteError, match="is there already"):
            nir.codegen(EXAMPLE, target=target, output=folder, platform="loihi2", dt="1ms")
    laned = nir.codegen(EXAMPLE, target="verilog", output=tmp_path / "aer", platform="loihi2", dt="1ms", ports="aer", lanes=2)
    assert [laned.hardware[key] for key in ("ports", "lanes", "cycles_per_event", "beats_in")] == ["aer", 2, 1, 1]
    with pytest.raises(nir.ChoiceError, match="no ports `axi`: give one of dense, aer"):
        nir.codegen(EXAMPLE, target="verilog", output=tmp_path / "axi", platform="loihi2", dt="1ms", ports="axi")
    with pytest.raises(nir.ChoiceError, match="c99 has neither ports nor lanes"):
        nir.codegen(EXAMPLE, target="c99", output=tmp_path / "ports", platform="loihi2", dt="1ms", lanes=2)
    with pytest.raises(nir.ChoiceError, match="no target `ada`: give one of c99, rust, verilog"):
        nir.codegen(EXAMPLE, target="ada", output=tmp_path / "ada", platform="norse", dt="1ms")
    with pytest.raises(nir.ChoiceError, match="cannot begin the names of Rust"):
        nir.codegen(EXAMPLE, target="rust", output=tmp_path / "fn", platform="norse", dt="1ms", name="fn")
    assert code.hardware["cycles"] >= code.most_products and code.hardware["beats_in"] == 4
    with pytest.raises(nir.ChoiceError, match="buffers of f32: input"):
        nir.codegen(EXAMPLE, target="verilog", output=tmp_path / "floats", platform="norse", dt="1ms")
