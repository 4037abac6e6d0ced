"""The conformance suite asked of functions."""

import warnings

import nirkit
import numpy as np
import pytest


def clocked(graph, stimulus, dt):
    choices = {"spike": f"impulse:{dt:g}", "integrator": "exponential"}
    recording = nirkit.run(graph, stimulus, "clocked", dt=dt, **choices)
    return np.asarray(recording["neurons"])


def test_the_clocked_engine_conforms():
    score = nirkit.conform(clocked, case="lif_normal")
    assert score.score == 100
    assert {verdict.kind for verdict in score.verdicts} == {"equal"}
    assert "100.0 of 100 points" in str(score)


def test_a_function_that_returns_the_input_does_not():
    score = nirkit.conform(lambda graph, stimulus, dt: stimulus, case="lif_normal")
    assert score.classes == {"silently_wrong": len(score.verdicts)}


def test_what_is_raised_is_a_refusal_and_warnings_are_told():
    def refuse(graph, stimulus, dt):
        raise ValueError("not today")

    score = nirkit.conform(refuse, case="lif_normal")
    assert {verdict.kind for verdict in score.verdicts} == {"refused"}
    assert score.verdicts[0].detail == "ValueError: not today"

    def told(graph, stimulus, dt):
        warnings.warn("r is not read")
        return np.zeros((len(stimulus), 1))

    score = nirkit.conform(told, case="lif_normal")
    assert {verdict.kind for verdict in score.verdicts} == {"wrong"}
    assert score.verdicts[0].told == ["r is not read"]


def test_a_prefix_that_fits_nothing_is_an_error():
    with pytest.raises(nirkit.Error, match="begins with"):
        nirkit.conform(clocked, case="none")
