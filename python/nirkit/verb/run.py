"""Runs a graph on a stimulus."""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence, Union

import numpy as np

from ..model import Model, Record
from ..recording import Recording
from ..stimulus import Stimulus, parts
from .given import Graph, document


def prepare(
    graph: Graph,
    platform: str,
    *,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    spike: Optional[str] = None,
    **choices: Any,
) -> Model:
    """Makes a graph ready to run, so that it can be run many times.

    Args:
        graph: a graph, or the path of a file.
        platform: ``"clocked"`` (on a time grid), ``"exact"`` or ``"ideal"`` (in continuous time), or
            the name of a simulator or chip, ``"norse"``, ``"spyx@0.1.20"`` or ``"xylo"``.
        dt: the time step in seconds; under ``exact`` the length of a frame of the stimulus.
        reset: what happens to a neuron that spikes: ``"v_reset"``, ``"zero"`` or ``"subtract"``.
        spike: what a spike is to the node that receives it: ``"impulse:AREA"`` or
            ``"pulse:SECONDS"``.
        choices: further choices of the clocked engine, by the names that it reports:
            ``precision``, ``integrator``, ``input``, ``synapse``, ``reset_timing``, ``comparison``,
            ``start``, ``feedback``, ``threshold``, ``spike_step``, ``current``; of a
            simulator: ``sums``, how matrix products are added (``"forward"``, ``"backward"``,
            ``"wide"``, ``"high"`` or ``"low"``), and ``way``, where chance decides between several;
            of a chip: ``quantize``.

    Raises:
        GraphError: the graph is not sound; its ``findings`` say why.
        RefusedError: the platform does not run the graph.
        ChoiceError: a choice is missing or unknown.
    """
    options = {"dt": dt, "reset": reset, "spike": spike, **choices}
    return Model(document(graph), platform, options)


def run(
    graph: Graph,
    x: Stimulus,
    platform: str,
    *,
    record: Record = None,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    spike: Optional[str] = None,
    axes: str = "T",
    frames: str = "auto",
    window: Optional[float] = None,
    window_most: Optional[int] = None,
    duration: Optional[float] = None,
    sample: Union[float, Sequence[float], np.ndarray, None] = None,
    check_rounding: bool = False,
    threads: int = 1,
    progress: Union[bool, Callable[[], Any], None] = None,
    **choices: Any,
) -> Recording:
    """Runs a graph on a stimulus. To run it many times, `prepare` it once.

    Args:
        graph: a graph, or the path of a file.
        x: an array of shape (T, *input shape), one frame a step; spikes with their own times
            (`events`, or a list of them, one for each sample); events of a sensor with the fields `t`, `x` and maybe `y`, `p`
            (`events.read`, or a list of them; whole numbers `t` are microseconds); a `Current`; NIRData; or a dictionary
            of these by the names of the Inputs.
        platform: ``"clocked"``, ``"exact"``, ``"ideal"``, or a platform; see `prepare`.
        record: ``"all"``, or names: ``"lif1"`` (its spikes), ``"lif1:v"``, ``"lif1:isyn"``. The
            spikes of all nodes if not given.
        axes: names of the leading axes of arrays: ``"T"``, ``"BT"`` (batch first) or ``"TB"``.
        frames: what the numbers of a frame are: ``"spikes"``, ``"current"``, or ``"auto"``: spikes
            if all are whole and not negative.
        window: seconds in which the events of a sensor are counted; each keeps its own time if not given. It is the time step
            where no other one is given.
        window_most: the most that a channel counts in a window; 1 takes events as yes or no.
        duration: how long to run, in seconds; as long as the stimulus if not given.
        sample: under ``exact``, when to look at voltages: an interval, or times, in seconds.
        check_rounding: run a simulator with the other orders of additions as well; `Recording.affected`
            says which spikes change.
        threads: threads among which a batch is divided; their number changes no bit.
        progress: ``True`` or ``False``; by default long runs show a bar where somebody looks.
        dt, reset, spike, choices: see `prepare`.

    Raises:
        StimulusError: the stimulus does not fit the graph.
        GraphError, RefusedError, ChoiceError, RunError: see `prepare`.
    """
    content, step, batch = parts(x, axes, window, window_most)
    options = {"dt": dt, "reset": reset, "spike": spike, **choices}
    if step is not None:
        options["dt_of_stimulus"] = step
    model = Model(document(graph), platform, options)
    return model._run(
        content, batch, record, axes, frames, duration, sample, check_rounding, threads, progress
    )
