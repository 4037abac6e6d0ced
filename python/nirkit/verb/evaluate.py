"""The accuracy of platforms on a labelled set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, List, Optional, Sequence, Union

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
    """

    platform: str
    samples: int
    correct: int
    accuracy: float
    output_spikes_per_sample: float
    counts: np.ndarray
    classes: np.ndarray

    @shown
    def __repr__(self) -> str:
        return (
            f"Score({self.platform}: {100 * self.accuracy:.2f} %, {self.correct} of {self.samples}, "
            f"{self.output_spikes_per_sample:.2f} output spikes a sample)"
        )


def eval(
    graph: Graph,
    x: np.ndarray,
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
        x: the samples, of shape (samples, T, *input shape).
        labels: the class of each sample, counted from 0.
        platforms: names like ``"norse"`` or ``"spyx@0.1.20"``.
        dt, reset, quantize: what whoever runs a platform or a chip can choose.
        threads: threads among which the samples are divided; their number changes nothing.
        progress: see `run`.
    """
    labels = np.asarray(labels)
    content, _, _ = parts(np.asarray(x), "BT")
    if labels.dtype.kind not in "iu":
        raise StimulusError("the labels are no whole numbers", help="count classes from 0")
    if len(labels) != len(x):
        raise StimulusError(f"there are {len(labels)} labels for {len(x)} samples")
    if len(labels) == 0:
        raise StimulusError("the set has no samples")
    titles = [platforms] if isinstance(platforms, str) else list(platforms)
    prepared = document(graph)
    scores = []
    for title in titles:
        full, counts, classes = _core.evaluate(
            prepared, content, title, dt, reset, quantize, threads, bar(progress)
        )
        found = np.asarray(classes)
        _check_labels(labels, counts.shape[1])
        correct, samples = int((found == labels).sum()), len(labels)
        share = max(samples, 1)
        scores.append(
            Score(full, samples, correct, correct / share, counts.sum() / share, counts, found)
        )
    return scores


def _check_labels(labels, classes):
    """Each label is a class that the graph has."""
    unknown = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(unknown):
        sample = unknown[0]
        raise StimulusError(
            f"the label {labels[sample]} of sample {sample} is none of {classes} classes",
            help="classes are counted from 0, one for each output",
        )
