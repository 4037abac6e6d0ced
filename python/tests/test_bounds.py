"""What is too large or too deep raises, and Ctrl-C ends a run."""

import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

import nirkit as nir


def lif(channels=1, threshold=0.1):
    one = np.ones(channels, "f4")
    return nir.LIF(
        tau=one * 0.01, r=one, v_leak=one * 0, v_threshold=one * threshold, v_reset=one * 0
    )


def graph(node=None):
    node = node or lif()
    shape = np.array(node.v_threshold.shape)
    return nir.NIRGraph(
        {"input": nir.Input(shape), "lif": node, "output": nir.Output(shape)},
        [("input", "lif"), ("lif", "output")],
    )


def nested(depth):
    metadata = inner = {}
    for _ in range(depth):
        inner["m"] = {}
        inner = inner["m"]
    return metadata


def cycle():
    metadata = {}
    metadata["m"] = metadata
    return metadata


@pytest.mark.parametrize("metadata", [cycle(), nested(100_000)], ids=["cycle", "deep"])
@pytest.mark.parametrize("verb", ["write", "check", "run", "repair"])
def test_metadata_without_end_raise(metadata, verb, tmp_path):
    node = lif()
    node.metadata = metadata
    verbs = {
        "write": lambda g: nir.write(tmp_path / "g.nir", g),
        "check": nir.check,
        "run": lambda g: nir.run(g, np.ones((5, 1)), "clocked", dt=1e-3),
        "repair": nir.repair,
    }
    with pytest.raises((RecursionError, nir.errors.ValueTypeError)):
        verbs[verb](graph(node))


def test_a_layer_that_is_too_large_is_found():
    shape = np.array([10**12])
    large = nir.NIRGraph(
        {"input": nir.Input(shape), "output": nir.Output(shape)}, [("input", "output")]
    )
    report = nir.check(large)
    assert "N308" in str(report)


@pytest.mark.parametrize("engine", ["clocked", "norse"])
def test_a_duration_beyond_all_steps_raises(engine):
    with pytest.raises(nir.errors.Error, match="the limit `steps`"):
        nir.run(graph(), np.ones((5, 1)), engine, dt=1e-3, duration=1e300)


def test_a_platform_runs_with_its_own_step():
    result = nir.run(graph(), nir.events([0.001], [0]), "norse", duration=0.02)
    assert result.dt == 0.001


def ends_on_ctrl_c(work, steps):
    """Interrupts work of so many steps half way, and holds the time that it goes on against that of the whole."""
    begun = time.monotonic()
    work(steps // 10)
    whole = 10 * (time.monotonic() - begun)
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    # By then the stimulus has been taken over, and the engine runs.
    timer = threading.Timer(0.5 * whole, interrupt)
    # Whoever starts the tests may have left the signal ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            work(steps)
    finally:
        signal.signal(signal.SIGINT, before)
    # What is left of the run takes longer; half a second is for machines that do other things too.
    assert time.monotonic() - sent[0] < max(0.5, 0.2 * whole)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("engine", ["norse", "loihi2", "clocked"])
def test_ctrl_c_ends_one_long_sample(engine):
    model = nir.prepare(graph(), engine, dt=1e-3)
    samples = np.ones((10_000_000, 1), "f4")
    ends_on_ctrl_c(lambda steps: model(samples[:steps]), len(samples))


def acts(text):
    return any((ord(one) < 32 and one not in "\n\t") or one in "\x7f\x9b\u202e\u2066" for one in text)


def test_nothing_that_is_shown_acts_on_a_terminal():
    name = "\x1b[2J\u202ex\x9b"
    one = graph()
    hostile = nir.NIRGraph(
        {"input": one.nodes["input"], name: one.nodes["lif"], "output": one.nodes["output"]},
        [("input", name), (name, "output")],
    )
    result = nir.run(hostile, np.ones((5, 1)), "norse", dt=1e-3)
    found = nir.check(hostile, ["norse"], dt=1e-3)
    comparison = nir.compare(hostile, np.ones((5, 1)), ["norse", "ideal"], dt=1e-3)
    shown = [repr(hostile), hostile._repr_svg_(), repr(result), result._repr_html_()]
    shown += [str(found), str(comparison), *map(str, found.findings), *map(str, nir.repair(hostile)[1])]
    with pytest.raises(nir.errors.Error) as raised:
        nir.run(hostile, np.ones((5, 1)), "clocked", dt=1e-3, record=[f"{name}:nothing"])
    shown.append(str(raised.value))
    with pytest.raises(FileNotFoundError) as raised:
        nir.read(f"missing{name}.nir")
    shown.append(str(raised.value))
    assert not any(acts(text) for text in shown)
    assert any("\\u{1b}[2J\\u{202e}x\\u{9b}" in text for text in shown)
    # Half of a character, which is no text outside of Python.
    assert "\\udc80" in str(nir.errors.Error("\udc80"))


def test_times_that_carry_a_unit_are_not_taken_for_seconds():
    for time in (np.array([1], "m8[ms]"), np.array([1], "M8[s]"), np.array([1 + 2j]), ["0.001"]):
        with pytest.raises(nir.StimulusError, match="times are numbers"):
            nir.events(time, [0])
    assert nir.events([], []).size == 0
    model = nir.prepare(graph(), "clocked", dt=1e-3)
    for current in (nir.Current([0], np.array([[1]], "m8[s]")), nir.Current([0], [[1 + 1j]])):
        with pytest.raises(nir.StimulusError, match="values of a current"):
            model(current)
    with pytest.raises(nir.StimulusError, match="breakpoints"):
        model(nir.Current(np.array([0], "m8[s]"), [[1.0]]))


@pytest.mark.parametrize("field", ["t", "x", "p"])
def test_a_field_of_several_numbers_is_no_column(field):
    types = {"t": "i8", "x": "i2", "y": "i2", "p": "i1"}
    made = np.zeros(2, [(name, kind, (2,)) if name == field else (name, kind) for name, kind in types.items()])
    with pytest.raises(nir.StimulusError, match=f"the field `{field}` has 2 numbers"):
        nir.run(graph(), made, "clocked", dt=1e-3)


def test_an_array_is_refused_for_its_shape_before_it_is_copied():
    endless = np.broadcast_to(np.float32(1), (10**11, 1))
    with pytest.raises(nir.Error, match="the limit `steps`"):
        nir.run(graph(), endless, "clocked", dt=1e-3)
    one = graph()
    one.metadata["large"] = np.broadcast_to(np.float32(1), (10**11,))
    with pytest.raises(nir.Error, match="a copy is needed"):
        nir.check(one)


def test_keys_that_become_one_name_are_an_error():
    one = graph()
    one.metadata.update({1: 2, "1": 3})
    with pytest.raises(nir.Error, match="two keys become the name `1`"):
        nir.check(one)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("verb", ["compare", "lower"])
def test_ctrl_c_ends_other_verbs_too(verb):
    one = graph()
    x = np.ones((400_000 if verb == "compare" else 4_000_000, 1), "f4")

    def work(steps):
        if verb == "compare":
            nir.compare(one, x[:steps], ["norse", "spyx"], dt=1e-3)
        else:
            nir.lower(one, "loihi2", x=x[:steps], dt=1e-3)

    ends_on_ctrl_c(work, len(x))
