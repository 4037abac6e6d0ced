"""Recordings as plots: input events, voltages and spikes, one below the other."""

from __future__ import annotations

from typing import Any, List, Tuple

import numpy as np

from ..errors import Error

_SPIKES = {"linestyle": "none", "marker": "|", "markersize": 4, "color": "tab:blue"}
#: Voltages of more channels than this are drawn as a picture.
_CURVES = 12


def plot(recording: Any, x: Any, sample: int, figure: Any) -> Any:
    """Draws one sample of a recording; the figure of matplotlib."""
    try:
        import matplotlib.pyplot as pyplot
    except ImportError as error:
        raise Error("matplotlib is not installed", help="pip install nirkit[plot]") from error
    panels: List[Tuple[str, str, Any]] = []
    if x is not None:
        panels += [(f"{name} (input)", "spikes", content) for name, content in _inputs(x, sample)]
    order = sorted(recording, key=lambda key: (key[1] == "spikes", key[0]))
    panels += [(f"{node}:{what}", what, _of_sample(recording, recording[node, what], sample)) for node, what in order]
    if not panels:
        raise Error("nothing was recorded", help='give record="all"')
    if figure is None:
        figure = pyplot.figure(figsize=(8, 1.2 + 1.4 * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, (title, what, content) in zip(axes, panels):
        _panel(axis, what, content, recording)
        axis.set_ylabel(title, rotation=0, ha="right", va="center")
    axes[-1].set_xlabel("time (s)")
    axes[-1].set_xlim(0, recording.duration)
    return figure


def _inputs(x: Any, sample: int) -> List[Tuple[str, Any]]:
    named = x.items() if isinstance(x, dict) else [("input", x)]
    found = []
    for name, content in named:
        if isinstance(content, (list, tuple)):
            content = content[sample]
        found.append((name, np.asarray(content)))
    return found


def _of_sample(recording: Any, found: Any, sample: int) -> Any:
    if isinstance(found, list):
        return found[sample]
    if found.dtype.names is None and recording.axes != "T":
        return found[sample] if recording.axes == "BT" else found[:, sample]
    return found


def _panel(axis: Any, what: str, content: np.ndarray, recording: Any) -> None:
    if content.dtype.names is not None:
        axis.plot(content["time"], content["channel"], **_SPIKES)
        return
    rows = content.reshape(len(content), -1)
    times = recording.times() if what != "spikes" else np.arange(len(rows)) * (recording.dt or 1.0)
    if what == "spikes":
        steps, channels = np.nonzero(rows)
        axis.plot(times[steps], channels, **_SPIKES)
    elif rows.shape[1] <= _CURVES:
        axis.plot(times, rows, linewidth=0.8)
    else:
        extent = (0, recording.duration, -0.5, rows.shape[1] - 0.5)
        axis.imshow(rows.T, aspect="auto", origin="lower", extent=extent)
