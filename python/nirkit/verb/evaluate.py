"""The accuracy of a graph on a labelled set, under any of its meanings."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .. import _core
from ..errors import StimulusError
from ..progress import bar
from ..recording import Choice, warn
from ..show.escape import shown
from ..show.html import choices_table, notes_list, table
from ..stimulus import Part, Stimulus, parts
from ..threads import thread_count
from .given import Graph, document


@dataclass(frozen=True, eq=False)
class Score:
    """The result of a platform.

    Attributes:
        platform: name and version; ``clocked`` or ``exact`` for the graph itself.
        readout: how the class of a sample was read: ``count`` (of spikes), ``first`` (spike), ``max``,
            ``mean`` or ``last`` (voltage).
        accuracy: share of the samples whose class was found; NaN where nothing ran.
        correct: their number, of ``samples``.
        output_spikes_per_sample: spikes that left the graph, on average; ``None`` where voltages are read.
        readings: what was read, of shape (samples, classes).
        classes: the class of each sample: the best output, ties to the lowest.
        confusion: number of samples of each class (row) that were taken for each class (column).
        silent: samples without any output spike; they get class 0.
        ties: samples in which several outputs are the best.
        way: which of the ways in which the platform can run the graph, where chance decides;
            ``None`` if there is only one.
        error: why there is no score.
        choices: every choice, its value, and where it comes from.
        notes: guesses, what the platform loses of the graph, and what is to be said of the figures.
        ways: every way, where there are several. The score itself is that of the first that runs.
    """

    platform: str
    readout: str = "count"
    samples: int = 0
    correct: int = 0
    accuracy: float = float("nan")
    output_spikes_per_sample: Optional[float] = None
    readings: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    classes: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    confusion: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    silent: int = 0
    ties: int = 0
    way: Optional[int] = None
    error: Optional[str] = None
    choices: List[Choice] = field(default_factory=list)
    notes: List[str] = field(default_factory=list)
    ways: List["Score"] = field(default_factory=list)

    @property
    def counts(self) -> np.ndarray:
        """Output spikes of shape (samples, classes), as whole numbers."""
        return self.readings.astype(np.int64)

    @property
    def class_accuracy(self) -> np.ndarray:
        """The share of the samples of each class that were found; NaN for a class without samples."""
        of_class = self.confusion.sum(axis=1)
        shares = np.full(of_class.shape, np.nan)
        np.divide(np.diagonal(self.confusion), of_class, out=shares, where=of_class > 0)
        return shares

    @shown
    def __repr__(self) -> str:
        way = "" if self.way is None else f", way {self.way}"
        if self.error is not None:
            return f"Score({self.platform}{way} fails: {self.error})"
        spikes = self.output_spikes_per_sample
        last = "" if spikes is None else f", {spikes:.2f} output spikes a sample"
        share = f"{100 * self.accuracy:.2f} %, {self.correct} of {self.samples}"
        return f"Score({self.platform}{way}: {share} by {self.readout}{last})"

    @shown
    def _repr_html_(self) -> str:
        head = f"<p>{html.escape(repr(self))}</p>"
        names = [f"as {number}" for number in range(len(self.confusion))]
        rows = [
            (number, "-" if np.isnan(share) else f"{100 * share:.2f} %", *row)
            for number, (share, row) in enumerate(zip(self.class_accuracy, self.confusion))
        ]
        classes = table(("class", "accuracy", *names), rows) if rows else ""
        return head + classes + notes_list(self.notes) + choices_table(self.choices)


def eval(
    graph: Graph,
    x: Union[Stimulus, Mapping[str, Any], str, "os.PathLike[str]"],
    labels: Any,
    platforms: Union[str, Sequence[str]],
    *,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    time_unit: Optional[str] = None,
    spike: Optional[str] = None,
    quantize: Optional[str] = None,
    readout: Optional[str] = None,
    duration: Optional[float] = None,
    frames: str = "auto",
    window: Optional[float] = None,
    window_most: Optional[int] = None,
    threads: int = 1,
    progress: Union[bool, Callable[[], Any], None] = None,
) -> List[Score]:
    """Classifies a labelled set under each of several meanings of a graph; a `Score` for each of them. A
    platform that refuses the graph has a score with an `error`.

    Args:
        graph: a graph with one Output, or the path of a file.
        x: the samples, of shape (samples, T, *input shape), or a list of events, one for each sample, NIRData,
            or a dictionary of these by the names of the Inputs. The path of a folder with a file for each sample, in the
            order of the names, in which numbers count by their value. A `StimulusFile` with a list of spikes for each sample.
        labels: the class of each sample, counted from 0. Of a folder also the path of a ``.npy``, or of a ``.csv`` with the
            columns ``file`` and ``label``; ``None`` where it holds a folder for each class, or the
            file of the samples states their classes.
        platforms: ``"ideal"``, ``"clocked"``, or names like ``"norse"``, ``"spyx@0.1.20"``, ``"xylo"``.
        dt, reset, spike, quantize, duration, frames, window, window_most: see `run`.
        time_unit: unit of the times in the file, ``"s"`` or ``"ms"``; as the metadata say, or seconds, if not given.
        readout: ``"count"``, ``"first"``, ``"max"``, ``"mean"`` or ``"last"``; spikes are counted where the
            output spikes, and the largest voltage counts where it does not, if not given.
        threads: threads among which the samples are divided; their number changes nothing.
        progress: see `run`.
    """
    if isinstance(x, np.ndarray) and x.dtype.names is not None:
        raise StimulusError("this is one sample", help="give a list of events, one for each sample")
    content, step = _samples(x, window, window_most)
    classes, labels_file = _classes(labels, content)
    titles = [platforms] if isinstance(platforms, str) else list(platforms)
    options = {
        "dt": dt, "reset": reset, "time_unit": time_unit, "spike": spike, "quantize": quantize, "dt_of_stimulus": step
    }  # fmt: skip
    found = _core.evaluate(
        document(graph), content, classes, labels_file, titles, options, frames, readout, duration,
        thread_count(threads), bar(progress),
    )  # fmt: skip
    scores = [_score(entries, entries["platform"]) for entries in found]
    for score in scores:
        warn([f"{note}" for note in score.notes])
    return scores


def _is_path(x: Any) -> bool:
    return isinstance(x, (str, os.PathLike))


def _samples(x: Any, window: Optional[float], window_most: Optional[int]) -> Tuple[List[Part], Optional[float]]:
    """The samples as the engines take them, and the step that they were recorded with."""
    named: Dict[Optional[str], Any] = dict(x) if isinstance(x, Mapping) else {None: x}
    folders = [_is_path(signal) for signal in named.values()]
    if not any(folders):
        content, step, _ = parts(x, "BT", window, window_most)
        return content, step
    if not all(folders):
        raise StimulusError("the samples are in folders and in memory", help="give a folder, or an array, for each Input")
    if window is not None or window_most is not None:
        raise StimulusError("`window` has no effect on a folder", help="`nir eval --window` counts the events of its files")
    for folder in named.values():
        if not os.path.isdir(folder):
            help = "give a folder with a file for each sample; `numpy.load` reads an array"
            raise StimulusError(f"{os.fspath(folder)} is no folder", help=help)
    return [(name, "folder", os.fspath(folder)) for name, folder in named.items()], None


def _classes(labels: Any, content: List[Part]) -> Tuple[Optional[List[int]], Optional[str]]:
    """The class of each sample, or the file that says them."""
    of_folder = any(kind == "folder" for _, kind, _ in content)
    if labels is None and any(kind in ("folder", "file") for _, kind, _ in content):
        return None, None
    if _is_path(labels):
        if not of_folder:
            raise StimulusError("labels in a file belong to a folder of samples", help="read them with `numpy.load`")
        return None, os.fspath(labels)
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise StimulusError(
            f"the labels have the shape {list(labels.shape)}; one axis is expected",
            help="give the class of each sample: `y.reshape(-1)`, or `y.argmax(-1)` of a row for each sample",
        )
    if labels.dtype.kind == "f" and np.all(labels == np.floor(labels)) and np.all(np.abs(labels) < 2**53):
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "iu":
        raise StimulusError("the labels are no whole numbers", help="count classes from 0")
    return labels.tolist(), None


def _score(entries: Dict[str, Any], platform: str) -> Score:
    ways = [_score(way, platform) for way in entries.get("ways", [])]
    known = {key: value for key, value in entries.items() if key not in ("ways", "choices", "platform")}
    for name in ("classes", "confusion"):
        if name in known:
            known[name] = np.asarray(known[name], dtype=np.int64)
    choices = [Choice(*choice) for choice in entries.get("choices", [])]
    return Score(platform=platform, choices=choices, ways=ways, **known)
