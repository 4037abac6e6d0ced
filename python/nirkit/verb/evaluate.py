"""The accuracy of platforms on a labelled set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, List, Mapping, Optional, Sequence, Union

import numpy as np

from .. import _core
from ..errors import StimulusError
from ..progress import bar
from ..show.escape import shown
from ..stimulus import parts
from .given import Graph, document


@dataclass(frozen=True, eq=False)
class Score:
    """The result of a platform.

    Attributes:
        platform: name and version.
        accuracy: share of the samples whose class was found.
        correct: their number, of ``samples``.
        output_spikes_per_sample: spikes that left the graph, on average.
        counts: output spikes of shape (samples, classes).
        classes: the class of each sample: the output with most spikes, ties to the lowest.
        silent: samples without any output spike; they get class 0.
        way: which of the ways in which the platform can run the graph, where chance decides;
            ``None`` if there is only one.
        error: why this way fails, if it does.
        ways: every way, where there are several. The score itself is that of the first that runs.
    """

    platform: str
    samples: int
    correct: int
    accuracy: float
    output_spikes_per_sample: float
    counts: np.ndarray
    classes: np.ndarray
    silent: int = 0
    way: Optional[int] = None
    error: Optional[str] = None
    ways: List["Score"] = field(default_factory=list)

    @shown
    def __repr__(self) -> str:
        way = "" if self.way is None else f", way {self.way}"
        if self.error is not None:
            return f"Score({self.platform}{way} fails: {self.error})"
        return (
            f"Score({self.platform}{way}: {100 * self.accuracy:.2f} %, {self.correct} of {self.samples}, "
            f"{self.output_spikes_per_sample:.2f} output spikes a sample)"
        )


def eval(
    graph: Graph,
    x: Union[np.ndarray, Mapping[str, np.ndarray]],
    labels: Any,
    platforms: Union[str, Sequence[str]],
    *,
    dt: Optional[float] = None,
    reset: Optional[str] = None,
    quantize: Optional[str] = None,
    threads: int = 1,
    progress: Union[bool, Callable[[], Any], None] = None,
) -> List[Score]:
    """Classifies a labelled set as platforms would; a `Score` for each of them.

    Args:
        graph: a graph with one Output, or the path of a file.
        x: the samples, of shape (samples, T, *input shape), or a dictionary of these by the names of
            the Inputs.
        labels: the class of each sample, counted from 0.
        platforms: names like ``"norse"`` or ``"spyx@0.1.20"``.
        dt, reset, quantize: what whoever runs a platform or a chip can choose.
        threads: threads among which the samples are divided; their number changes nothing.
        progress: see `run`.
    """
    labels = np.asarray(labels)
    content, _, _ = parts(x if isinstance(x, Mapping) else np.asarray(x), "BT")
    if labels.dtype.kind not in "iu":
        raise StimulusError("the labels are no whole numbers", help="count classes from 0")
    titles = [platforms] if isinstance(platforms, str) else list(platforms)
    prepared = document(graph)
    scores = []
    for title in titles:
        full, ways = _core.evaluate(
            prepared, content, labels.tolist(), title, dt, reset, quantize, threads, bar(progress)
        )
        found = [_score(full, labels, way, at + 1 if len(ways) > 1 else None) for at, way in enumerate(ways)]
        first = next(score for score in found if score.error is None)
        scores.append(replace(first, ways=found) if len(found) > 1 else first)
    return scores


def _score(platform: str, labels: np.ndarray, way: Any, number: Optional[int]) -> Score:
    counts, classes, silent, error = way
    samples, nothing = len(labels), np.zeros((0, 0), dtype=np.int64)
    if error is not None:
        return Score(platform, samples, 0, 0.0, 0.0, nothing, nothing[0:0], 0, number, error)
    found = np.asarray(classes)
    correct, share = int((found == labels).sum()), max(samples, 1)
    spikes = counts.sum() / share
    return Score(platform, samples, correct, correct / share, spikes, counts, found, silent, number)
