"""What a run gave."""

from __future__ import annotations

import html
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np

from .data_ir import EventData, NIRGraphData, NIRNodeData, TimeGriddedData
from .errors import ChoiceError, LossWarning
from .show.escape import shown
from .show.html import choices_table, notes_list, table
from .show.text import value
from .stimulus import events

if TYPE_CHECKING:
    from .model import Model


@dataclass(frozen=True)
class Choice:
    """A choice of a run, its value, and where it comes from."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class Graze:
    """A decision that is closer than the arithmetic can tell.

    Attributes:
        node: full name of the node.
        channel: its channel in C order.
        time: when it was decided, in seconds.
        margin: how near the other decision is, in the unit of the threshold.
        spikes: whether the node spikes in this run.
    """

    node: str
    channel: int
    time: float
    margin: float
    spikes: bool


Key = Tuple[str, str]


class Recording(Mapping[Key, Any]):
    """What was recorded, by node and observable.

    ``recording["lif1", "v"]`` is an array of shape (T, *shape); ``recording["lif1"]`` stands for the
    spikes of a node, or for its output where it does not spike. With a batch, the axes come in the order in which the stimulus had them. Spikes
    of the exact engine are structured arrays with the fields ``time`` (seconds) and ``channel``, with
    a batch a list of them.

    Attributes:
        duration: how long the run was, in seconds; ``None`` where steps have no length.
        steps: number of steps, on a grid.
        methods: how things were computed: the order of the nodes on a grid, the method of each
            node without.
    """

    def __init__(
        self,
        model: "Model",
        report: Dict[str, Any],
        axes: str = "T",
        batch: bool = False,
    ) -> None:
        self._model = model
        self._report = report
        self._axes = axes if len(axes) == 2 or not batch else "BT"
        self._found: Dict[Key, Any] = report["arrays"]
        if self._axes == "BT":
            self._found = {key: np.swapaxes(array, 0, 1) for key, array in self._found.items()}
        if "events" in report:
            rows = report.pop("events").items()
            lists = {key: [events(*row) for row in samples] for key, samples in rows}
            self._found.update(
                lists if batch else {key: samples[0] for key, samples in lists.items()}
            )

    @property
    def duration(self) -> Optional[float]:
        """How long the run was, in seconds; ``None`` where steps have no length."""
        return self._report["duration"]

    @property
    def steps(self) -> Optional[int]:
        return self._report["steps"]

    @property
    def platform(self) -> str:
        """The engine, as it was asked for."""
        return self._model.platform

    @property
    def dt(self) -> Optional[float]:
        """Length of a frame in seconds, if anything says it."""
        return self._model.dt

    @property
    def axes(self) -> str:
        """Names of the leading axes of the arrays: ``T``, ``BT`` or ``TB``."""
        return self._axes

    @property
    def choices(self) -> List[Choice]:
        """Every choice of the run, its value, and where it comes from."""
        return [Choice(*choice) for choice in self._report["choices"]]

    @property
    def notes(self) -> List[str]:
        """What has to be said: guesses, what a platform loses, doubts."""
        return list(self._report["notes"])

    @property
    def totals(self) -> Dict[str, float]:
        """What each node put out in all: of a neuron, its number of spikes."""
        return dict(self._report["totals"])

    @property
    def affected(self) -> Optional[Dict[str, np.ndarray]]:
        """Which spikes of each node depend on the order of additions; ``None`` if that was not asked for
        with ``check_rounding``."""
        return self._report.get("affected")

    @property
    def methods(self) -> List[str]:
        return self._report["methods"]

    @property
    def grazes(self) -> List[Graze]:
        """Decisions that are closer than the arithmetic can tell; only of the exact engine."""
        return [Graze(*graze) for graze in self._report["grazes"]]

    def _pair(self, key: Union[str, Key]) -> Key:
        """A node by itself stands for its spikes, or for its output where it does not spike."""
        if not isinstance(key, str):
            return (key[0], key[1])
        has_output = (key, "output") in self._found and (key, "spikes") not in self._found
        return (key, "output" if has_output else "spikes")

    def __getitem__(self, key: Union[str, Key]) -> Any:
        pair = self._pair(key)
        if pair not in self._found:
            known = ", ".join(f"{node}:{observable}" for node, observable in self._found)
            raise KeyError(f"{pair[0]}:{pair[1]} was not recorded, but {known}")
        return self._found[pair]  # type: ignore[index]

    def __contains__(self, key: object) -> bool:
        return (self._pair(key) if isinstance(key, str) else key) in self._found

    def __iter__(self) -> Iterator[Key]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def times(self) -> np.ndarray:
        """The instants of the first axis of arrays, in seconds: the ends of the steps, or the times
        at which voltages were looked at."""
        if self._report["instants"]:
            return np.asarray(self._report["instants"])
        return (np.arange(self.steps or 0) + 1) * (self.dt or 1.0)

    def to_data(self) -> NIRGraphData:
        """The recording as NIRData, which `nirkit.write_data` writes and the reference reads."""
        nodes: Dict[str, NIRNodeData] = {}
        for (node, observable), found in self._found.items():
            data = nodes.setdefault(node, NIRNodeData({}))
            data.observables[observable] = self._as_data(node, found)
        return NIRGraphData(nodes)  # type: ignore[arg-type]

    def _as_data(self, node: str, found: Any) -> Union[EventData, TimeGriddedData]:
        if isinstance(found, np.ndarray) and found.dtype.names is None:
            first = {"T": found[None], "BT": found, "TB": np.swapaxes(found, 0, 1)}[self._axes]
            return TimeGriddedData(first.reshape(*first.shape[:2], -1), self._step())
        samples = found if isinstance(found, list) else [found]
        longest = max((len(spikes) for spikes in samples), default=0)
        idx = np.full((len(samples), longest), -1)
        time = np.full((len(samples), longest), np.inf)
        for row, spikes in enumerate(samples):
            idx[row, : len(spikes)] = spikes["channel"]
            time[row, : len(spikes)] = spikes["time"]
        return EventData(idx, time, self._channels(node), self.duration or 0.0)

    def _step(self) -> float:
        if self._report["array_step"] is None:
            raise ChoiceError(self._report["no_array_step"])
        return self._report["array_step"]

    def _channels(self, node: str) -> int:
        return int(np.prod(self._model._model.shape(node)))

    def plot(self, x: Any = None, *, sample: int = 0, figure: Any = None) -> Any:
        """Draws input events, voltages and spikes below each other; needs matplotlib.

        Args:
            x: the stimulus, to be drawn on top.
            sample: which sample of a batch to draw.
            figure: a figure of matplotlib to draw into.
        """
        from .show.plot import plot

        return plot(self, x, sample, figure)

    def _length(self) -> str:
        seconds = [f"{self.duration:g} s"] if self.duration is not None else []
        steps = [f"{self.steps} steps"] if self.steps is not None else []
        return ", ".join(seconds + steps)

    def _ipython_key_completions_(self) -> List[Any]:
        return [*dict.fromkeys(node for node, _ in self._found), *self._found]

    @shown
    def __repr__(self) -> str:
        parts = [f"{node}:{observable} {_size(found)}" for (node, observable), found in self._found.items()]
        return f"Recording({self.platform}, {self._length()}; {', '.join(parts)})"

    @shown
    def _repr_html_(self) -> str:
        rows = [(node, observable, _size(found)) for (node, observable), found in self._found.items()]
        head = f"<p><b>{html.escape(self.platform)}</b>, {self._length()}</p>"
        recorded = table(("node", "observable", "recorded"), rows)
        return head + recorded + notes_list(self.notes) + choices_table(self.choices)


def warn(notes: List[str]) -> None:
    """Warns of what a platform loses or ignores, and of runs in which nothing happens."""
    for note in notes:
        if note.startswith(("warning[", "error[", "no neuron spikes", "no output spikes", "nothing leaves")):
            warnings.warn(note, LossWarning, stacklevel=4)


def _size(found: Any) -> str:
    if isinstance(found, list):
        return f"{sum(map(len, found))} spikes in {len(found)} samples"
    if found.dtype.names is not None:
        return f"{len(found)} spikes"
    return value(found)
