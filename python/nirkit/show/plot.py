"""Recordings as plots: what enters, voltages and spikes, one below the other."""

from __future__ import annotations

from typing import Any, List, Tuple

import numpy as np

from ..errors import Error

#: Values of more channels than this are drawn as a picture.
_CURVES = 12
#: Rasters of more rows or marks than this are drawn as a picture of how many spikes there are.
_ROWS, _MARKS = 200, 20_000
#: Cells of such a picture, along time and along the neurons.
_CELLS = (400, 80)
#: More panels than this are left out, and named below the plot.
_PANELS = 16

#: Name, what was recorded, the values, and whether they are what enters.
_Panel = Tuple[str, str, Any, bool]


def pyplot() -> Any:
    """The module of matplotlib that makes figures."""
    try:
        import matplotlib.pyplot
    except ImportError as error:
        raise Error("matplotlib is not installed", help="pip install nirkit[plot]") from error
    return matplotlib.pyplot


def plot(recording: Any, x: Any, sample: int, figure: Any) -> Any:
    """Draws one sample of a recording; the figure of matplotlib."""
    panels: List[_Panel] = []
    if x is not None:
        panels += [(f"{name}\ninput", "spikes", content, True) for name, content in _inputs(x, sample)]
    # In the order in which the nodes run; of one node, spikes come last.
    order = {node: place for place, node in enumerate(dict.fromkeys(node for node, _ in recording))}
    keys = sorted(recording, key=lambda key: (order[key[0]], key[1] == "spikes"))
    panels += [(f"{node}\n{what}", what, _of_sample(recording, recording[node, what], sample), False) for node, what in keys]
    if not panels:
        raise Error("nothing was recorded", help='give record="all"')
    panels, left_out = panels[:_PANELS], panels[_PANELS:]
    if figure is None:
        figure = pyplot().figure(figsize=(8, 1.2 + 1.4 * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, panel in zip(axes, panels):
        _draw(figure, axis, panel, recording)
        axis.set_title(panel[0].replace("\n", ": "), loc="left", fontsize="small")
    axes[-1].set_xlabel("time (s)" if recording.dt is not None or recording.duration is not None else "step")
    axes[-1].set_xlim(0, recording.duration or len(recording.times()))
    if left_out:
        names = ", ".join(name.replace("\n", ":") for name, *_ in left_out)
        figure.text(0.01, 0.0, f"not drawn: {names}", fontsize="x-small", va="bottom")
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


def _draw(figure: Any, axis: Any, panel: _Panel, recording: Any) -> None:
    _, what, content, enters = panel
    if content.dtype.names is not None:
        rows = int(content["channel"].max(initial=-1)) + 1
        return _raster(figure, axis, content["time"], content["channel"], rows, recording)
    values = content.reshape(len(content), -1)
    step = recording.dt or 1.0
    # What enters stands at the start of its step; spikes and voltages stand at its end.
    times = np.arange(len(values)) * step if enters else recording.times()
    if what == "spikes":
        steps, channels = np.nonzero(values)
        return _raster(figure, axis, times[steps], channels, values.shape[1], recording)
    if values.shape[1] <= _CURVES:
        axis.plot(times, values, linewidth=0.8)
        axis.set_ylabel(what)
        return
    # A column ends at its time.
    extent = (times[0] - step, times[-1], -0.5, values.shape[1] - 0.5)
    picture = axis.imshow(values.T, aspect="auto", origin="lower", interpolation="nearest", extent=extent)
    axis.set_ylabel("channel")
    figure.colorbar(picture, ax=axis, label=what)


def _raster(figure: Any, axis: Any, times: Any, channels: Any, rows: int, recording: Any) -> None:
    """Draws a mark for each spike, with room for every neuron; of many, how many there are."""
    axis.set_ylabel("neuron")
    if rows > _ROWS or len(times) > _MARKS:
        end = recording.duration or len(recording.times())
        cells = (_CELLS[0], min(_CELLS[1], max(rows, 1)))
        counts, _, _ = np.histogram2d(times, channels, bins=cells, range=[[0, end], [-0.5, rows - 0.5]])
        extent = (0, end, -0.5, rows - 0.5)
        picture = axis.imshow(counts.T, aspect="auto", origin="lower", interpolation="nearest", cmap="Greys", extent=extent)
        figure.colorbar(picture, ax=axis, label="spikes")
        return
    size = float(np.clip(60 / max(rows, 1), 2, 8))
    axis.plot(times, channels, linestyle="none", marker="|", markersize=size, color="C0")
    axis.set_ylim(-0.5, max(rows, 1) - 0.5)
    axis.yaxis.get_major_locator().set_params(integer=True)
