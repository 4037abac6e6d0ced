"""Panels of runs below each other, as figures of matplotlib: what enters, voltages and spikes."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

from ..errors import Error

#: Rasters of more rows or marks than this are drawn as a picture of how many spikes there are.
_ROWS, _MARKS = 200, 20_000
#: Cells of such a picture, along time and along the neurons.
_CELLS = (400, 80)
#: Colours of spikes that are in one of two runs only (Okabe and Ito, 2008). The others have the colour of text, so that no colour of
#: the style, which voltages have, is taken for a difference.
_EXTRA, _MISSING = "#0072b2", "#d55e00"
#: Values of the kinds of events.
_SAME, _IS_EXTRA, _IS_MISSING = 0, 1, 2
#: Units of time, the greatest first.
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
#: Heights of panels in inches: least, most, and of a neuron.
_LEAST, _MOST, _ROW = 0.6, 1.8, 0.12

#: What a section or a panel shows, as the native half says it.
_Shown = Dict[str, Any]


def pyplot() -> Any:
    """The module of matplotlib that makes figures."""
    try:
        import matplotlib.pyplot
    except ImportError as error:
        raise Error("matplotlib is not installed", help="pip install nirkit[plot]") from error
    return matplotlib.pyplot


def plot_panels(content: _Shown, figure: Any) -> Any:
    """Draws sections of panels below each other; the figure of matplotlib."""
    sections: List[_Shown] = content["sections"]
    heights = [[_height(panel) for panel in section["panels"]] for section in sections]
    if figure is None:
        # Each section has a title and an axis of time.
        size = (8, sum(map(sum, heights)) + 0.35 * sum(map(len, heights)) + 0.8 * len(sections) + 0.6)
        figure = pyplot().figure(figsize=size, layout="constrained")
    # Notes and the legend stand in a part of their own, where nothing covers them.
    ratios = [sum(each) + 0.35 * len(each) + 0.8 for each in heights] + [0.5]
    *parts, foot = np.ravel(figure.subfigures(len(sections) + 1, 1, squeeze=False, height_ratios=ratios))
    for part, section, each in zip(parts, sections, heights):
        _section(part, section, each)
    kinds = {int(kind) for panel in _panels(sections) if "kinds" in panel for kind in np.unique(panel["kinds"])}
    legend = [
        pyplot().Line2D([], [], linestyle="none", marker=marker, color=colour, label=says)
        for kind, marker, colour, says in (
            (_IS_MISSING, "x", _MISSING, "missing: in the first run only"),
            (_IS_EXTRA, "|", _EXTRA, "extra: not in the first run"),
        )
        if kind in kinds
    ]
    if legend:
        foot.legend(handles=legend, loc="upper left", ncols=2, frameon=False, fontsize="small")
    foot.text(0.01, 0.02, "\n".join(content["notes"]), fontsize="x-small", va="bottom", wrap=True)
    return figure


def _panels(sections: List[_Shown]) -> List[_Shown]:
    return [panel for section in sections for panel in section["panels"]]


def _height(panel: _Shown) -> float:
    if "rows" not in panel:
        return 1.4
    first, behind = panel["rows"]
    return float(np.clip((behind - first) * _ROW, _LEAST, _MOST))


def _section(part: Any, section: _Shown, heights: List[float]) -> None:
    if section["title"]:
        part.suptitle(_plain(section["title"]), fontsize="medium", x=0.01, ha="left")
    begin, end = section["time"]
    unit, name = next(((unit, name) for unit, name in _UNITS if max(abs(begin), abs(end)) >= unit), _UNITS[0])
    if section["counts_steps"]:
        unit = 1.0
    grid = {"height_ratios": heights}
    axes = part.subplots(len(heights), 1, sharex=True, squeeze=False, gridspec_kw=grid)[:, 0]
    for axis, panel in zip(axes, section["panels"]):
        # Names of lines stand in the legend.
        is_legend = "curves" in panel and all(run is not None for _, run in panel["lines"])
        lines = panel["label"] if is_legend else ", ".join(line for line, _ in panel["lines"])
        axis.set_title(_plain(f"{panel['title']}: {lines}"), loc="left", fontsize="small")
        if "rows" in panel:
            _raster(part, axis, panel, (begin / unit, end / unit), unit)
        elif "channels" in panel:
            _picture(part, axis, panel, unit)
        else:
            _curves(axis, panel, unit)
        if section["marked"] is not None:
            mark = {"color": _MISSING, "linewidth": 0.8, "linestyle": "--", "label": "_first difference"}
            axis.axvline(section["marked"] / unit, **mark)
    axes[-1].set_xlabel("step" if section["counts_steps"] else f"time ({name})")
    if end > begin:
        axes[-1].set_xlim(begin / unit, end / unit)


def _plain(text: str) -> str:
    """A text in which matplotlib finds no formula."""
    return text.replace("$", r"\$")


def _raster(part: Any, axis: Any, panel: _Shown, stretch: Tuple[float, float], unit: float) -> None:
    """Draws a mark for each spike, with room for every neuron; of many, how many there are, and where differences are."""
    first, behind = panel["rows"]
    rows = max(behind - first, 1)
    times, neurons, kinds = panel["events"] / unit, panel["neurons"].astype(float), panel["kinds"]
    axis.set_ylabel("neuron")
    axis.set_ylim(first - 0.5, first + rows - 0.5)
    axis.yaxis.get_major_locator().set_params(integer=True)
    inside = (neurons >= first) & (neurons < behind) & (times >= stretch[0]) & (times <= stretch[1])
    times, neurons, kinds = times[inside], neurons[inside], kinds[inside]
    if rows > _ROWS or len(times) > _MARKS:
        same = kinds == _SAME
        cells = (_CELLS[0], min(_CELLS[1], rows))
        edges = [stretch, (first - 0.5, first + rows - 0.5)]
        counts, _, _ = np.histogram2d(times[same], neurons[same], bins=cells, range=edges)
        picture = axis.imshow(
            counts.T, aspect="auto", origin="lower", interpolation="nearest", cmap="Greys", extent=(*edges[0], *edges[1])
        )
        part.colorbar(picture, ax=axis, label="spikes")
    else:
        size = float(np.clip(60 / rows, 2, 8))
        colour = pyplot().rcParams["text.color"] if panel["run"] is None else f"C{panel['run']}"
        _marks(axis, times, neurons, kinds == _SAME, marker="|", markersize=size, color=colour)
    size = float(np.clip(60 / rows, 3, 9))
    _marks(axis, times, neurons, kinds == _IS_EXTRA, marker="|", markersize=size, markeredgewidth=1.6, color=_EXTRA)
    # Also without colours it is seen that something is not there.
    _marks(axis, times, neurons, kinds == _IS_MISSING, marker="x", markersize=min(size, 5.0), color=_MISSING)


def _marks(axis: Any, times: Any, neurons: Any, chosen: Any, **style: Any) -> None:
    if chosen.any():
        axis.plot(times[chosen], neurons[chosen], linestyle="none", **style)


def _picture(part: Any, axis: Any, panel: _Shown, unit: float) -> None:
    """Draws values of many channels as colours; a column ends at its time."""
    (first, step), channels = panel["times"], panel["channels"]
    values = panel["values"].reshape(-1, channels)
    extent = ((first - step) / unit, (first + (len(values) - 1) * step) / unit, -0.5, channels - 0.5)
    if len(values):
        picture = axis.imshow(values.T, aspect="auto", origin="lower", interpolation="nearest", extent=extent)
        part.colorbar(picture, ax=axis, label=_plain(panel["label"]))
    axis.set_ylabel("channel")


def _curves(axis: Any, panel: _Shown, unit: float) -> None:
    names = {run: line for line, run in panel["lines"] if run is not None}
    for run, times, values in panel["curves"]:
        axis.plot(times / unit, values, color=f"C{run}", linewidth=1.0, label=_plain(names.get(run, "")))
    if panel["level"] is not None:
        level, name = panel["level"]
        axis.axhline(level, color="grey", linewidth=0.8, linestyle=":", label=_plain(name))
    axis.set_ylabel(_plain(panel["label"]))
    axis.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize="x-small", frameon=False)
