"""Recordings as plots: what enters, voltages and spikes, one below the other."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from .. import _core
from ..errors import Error
from ..stimulus import Part, parts
from .panels import plot_panels


def plot(recording: Any, x: Any, sample: int, figure: Any) -> Any:
    """Draws one sample of a recording; the figure of matplotlib."""
    content: List[Part] = []
    batch = False
    if x is not None:
        content, _, batch = parts(x, recording.axes)
    samples = max((_samples(recording, found) for found in recording.values()), default=1)
    if not -samples <= sample < samples:
        raise Error(f"there is no sample {sample} of {samples}", help="samples are counted from 0")
    sample %= samples
    arrays, spikes = [], []
    for (node, observable), found in recording.items():
        one = _of_sample(recording, found, sample)
        if one.dtype.names is None:
            arrays.append((node, observable, np.ascontiguousarray(one)))
        else:
            spikes.append((node, np.ascontiguousarray(one["time"]), np.ascontiguousarray(one["channel"])))
    report, model = recording._report, recording._model
    lengths = (recording.steps, recording.duration, list(report["instants"]), (sample, samples))
    return plot_panels(_core.panels(model._model, model._document, content, batch, arrays, spikes, lengths), figure)


def _samples(recording: Any, found: Any) -> int:
    if isinstance(found, list):
        return len(found)
    return 1 if recording.axes == "T" or found.dtype.names is not None else int(found.shape[recording.axes.index("B")])


def _of_sample(recording: Any, found: Any, sample: int) -> Any:
    if isinstance(found, list):
        return found[sample]
    if found.dtype.names is None and recording.axes != "T":
        return found[sample] if recording.axes == "BT" else found[:, sample]
    return found
