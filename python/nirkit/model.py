"""A graph prepared for an engine, to be called as often as one likes."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _core
from .progress import bar
from .recording import Choice, Recording
from .show.escape import shown
from .stimulus import Stimulus, parts

#: What to record: ``"all"``, or names like ``"lif1"``, ``"lif1:v"``, or pairs of node and observable.
Record = Union[str, Sequence[Union[str, Tuple[str, str]]], None]


class Model:
    """A graph that is ready to run, under choices that are all settled.

    A model does not change: it can be called from several threads at once, gives the same bits for
    the same stimulus, and can be pickled. While it runs, other threads of Python run too.

    Attributes:
        platform: the engine, as it was asked for.
        choices: every choice, its value, and where it comes from.
        notes: what has to be said about the choices: guesses, and what a platform loses.
    """

    def __init__(
        self, document: "_core.Document", platform: str, options: Dict[str, Any]
    ) -> None:
        self._document = document
        self._options = options
        self._model = _core.prepare(document, platform, options)
        self.platform = platform

    @property
    def choices(self) -> List[Choice]:
        return [Choice(*choice) for choice in self._model.choices]

    @property
    def notes(self) -> List[str]:
        return list(self._model.notes)

    @property
    def inputs(self) -> Dict[str, Tuple[int, ...]]:
        """Shapes of the Inputs, by name."""
        return {name: tuple(shape) for name, shape in self._model.inputs.items()}

    @property
    def dt(self) -> Optional[float]:
        """Length of a frame in seconds, if anything says it."""
        return self._model.dt

    @property
    def recordable(self) -> List[Tuple[str, str]]:
        """Everything that can be recorded, as pairs of a node and an observable."""
        return list(self._model.recordable())

    def run(
        self,
        x: Stimulus,
        record: Record = None,
        *,
        axes: str = "T",
        frames: str = "auto",
        duration: Optional[float] = None,
        sample: Union[float, Sequence[float], np.ndarray, None] = None,
        threads: int = 1,
        progress: Union[bool, Callable[[], Any], None] = None,
    ) -> Recording:
        """Runs a stimulus; the arguments are those of `nirkit.run`."""
        content, _, batch = parts(x, axes)
        return self._run(content, batch, record, axes, frames, duration, sample, threads, progress)

    __call__ = run

    def _run(
        self, content: Any, batch: bool, record: Record, axes: str, frames: str,
        duration: Optional[float], sample: Any, threads: int, progress: Any,
    ) -> Recording:  # fmt: skip
        times = None if sample is None else _times(sample, duration, content)
        asked = None if record is None else self._asked(record, times is not None)
        report = self._model.run(
            content, batch, frames, duration, asked, times, threads, bar(progress)
        )
        return Recording(self, report, axes, batch, times)

    def _asked(self, record: Record, has_times: bool) -> List[Tuple[str, str]]:
        """What to record, as pairs of a node and an observable."""
        if record == "all":
            on_a_grid = self.platform not in ("exact", "ideal")
            found = self.recordable
            return [one for one in found if on_a_grid or has_times or one[1] == "spikes"]
        names = record.split(",") if isinstance(record, str) else list(record or [])
        return [_pair(name) if isinstance(name, str) else tuple(name) for name in names]  # type: ignore[misc]

    def __reduce__(self) -> Any:
        return _restore, (self._document.to_bytes(), self.platform, self._options)

    @shown
    def __repr__(self) -> str:
        step = f", dt={self.dt:g} s" if self.dt is not None else ""
        inputs = ", ".join(f"{name} {list(shape)}" for name, shape in self.inputs.items())
        return f"Model({self.platform}{step}; {inputs})"


def _restore(content: bytes, platform: str, options: Dict[str, Any]) -> Model:
    return Model(_core.Document.from_bytes(content), platform, options)


def _pair(name: str) -> Tuple[str, str]:
    node, colon, observable = name.strip().rpartition(":")
    return (node, observable) if colon else (observable, "spikes")


#: Instants at which voltages are looked at, at most.
MOST_TIMES = 10_000_000


def _times(sample: Any, duration: Optional[float], content: Any) -> List[float]:
    """The instants at which voltages are looked at, in seconds."""
    if np.ndim(sample) > 0:
        return np.asarray(sample, dtype=float).tolist()
    from .errors import ChoiceError

    if not sample > 0:
        raise ChoiceError(f"`sample` is {sample} s, which is no time above 0")
    if duration is None:
        raise ChoiceError(
            "`sample` as an interval needs `duration`", help="give `duration`, or an array of times"
        )
    count = duration / sample
    if not count < MOST_TIMES:
        raise ChoiceError(
            f"{duration} s every {sample} s are {count:g} instants, more than {MOST_TIMES:g}",
            help="look less often",
        )
    return (np.arange(int(count) + 1) * sample).tolist()
