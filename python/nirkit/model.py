"""A graph prepared for an engine, to be called as often as one likes."""

from __future__ import annotations

import html
import os
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _core
from .progress import bar
from .recording import Choice, Recording, warn
from .show.escape import shown
from .show.html import choices_table, notes_list
from .stimulus import Stimulus, parts
from .threads import thread_count

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
        self,
        document: Optional["_core.Document"],
        platform: str,
        options: Dict[str, Any],
        model: Optional["_core.Model"] = None,
    ) -> None:
        self._document = document
        self._options = options
        if model is None:
            assert document is not None
            model = _core.prepare(document, platform, options)
        self._model = model
        self.platform = platform
        warn(self.notes)

    @classmethod
    def of_configuration(
        cls,
        path: Union[str, "os.PathLike[str]"],
        platform: str,
        *,
        frame: Optional[Sequence[int]] = None,
        dt: Union[float, str, None] = None,
    ) -> "Model":
        """A chip that has been given its configuration: a document that `Lowering.write` wrote, or one
        of the chip's own tools.

        Args:
            path: the document, JSON.
            platform: the chip.
            frame: the shape of what enters in a step, for documents that do not say it.
            dt: the time step in seconds, for stimuli with times.
        """
        options = {"dt": dt}
        shape = None if frame is None else list(frame)
        model = _core.configure(os.fspath(path), platform, shape, options)
        return cls(None, platform, options, model)

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

    @property
    def way(self) -> Tuple[int, int]:
        """Which of the ways in which a platform can run the graph is taken, counted from 1, and how many
        there are; more than one where chance decides in the package."""
        return self._model.way

    def run(
        self,
        x: Stimulus,
        record: Record = None,
        *,
        axes: str = "T",
        frames: str = "auto",
        window: Optional[float] = None,
        window_most: Optional[int] = None,
        duration: Optional[float] = None,
        sample: Union[float, Sequence[float], np.ndarray, None] = None,
        check_rounding: bool = False,
        threads: int = 1,
        progress: Union[bool, Callable[[], Any], None] = None,
    ) -> Recording:
        """Runs a stimulus; the arguments are those of `nirkit.run`."""
        content, _, batch = parts(x, axes, window, window_most)
        return self._run(
            content, batch, record, axes, frames, duration, sample, check_rounding, threads, progress
        )

    __call__ = run

    def _run(
        self, content: Any, batch: bool, record: Record, axes: str, frames: str,
        duration: Optional[float], sample: Any, check_rounding: bool, threads: int, progress: Any,
    ) -> Recording:  # fmt: skip
        every, times = None, None
        if sample is not None and np.ndim(sample) == 0:
            every = float(sample)
        elif sample is not None:
            times = np.asarray(sample, dtype=float).tolist()
        asked = None if record is None else _asked(record)
        report = self._model.run(
            content, batch, frames, duration, asked, every, times, check_rounding, thread_count(threads),
            bar(progress),
        )  # fmt: skip
        recording = Recording(self, report, axes, batch)
        # What the model loses was said when it was made.
        warn(recording.notes[len(self._model.notes) :])
        return recording

    def __reduce__(self) -> Any:
        if self._document is None:
            raise TypeError("a model of a configuration is made anew from its file, and not pickled")
        return _restore, (self._document.to_bytes(), self.platform, self._options)

    @shown
    def __repr__(self) -> str:
        step = f", dt={self.dt:g} s" if self.dt is not None else ""
        inputs = ", ".join(f"{name} {list(shape)}" for name, shape in self.inputs.items())
        return f"Model({self.platform}{step}; {inputs})"

    @shown
    def _repr_html_(self) -> str:
        head = f"<p><b>{html.escape(self.platform)}</b></p>"
        return head + choices_table(self.choices) + notes_list(self.notes)


def _restore(content: bytes, platform: str, options: Dict[str, Any]) -> Model:
    return Model(_core.Document.from_bytes(content), platform, options)


def _asked(record: Record) -> List[Tuple[str, Optional[str]]]:
    """What to record, as pairs of a node and an observable."""
    names = record.split(",") if isinstance(record, str) else list(record or [])
    return [_pair(name) if isinstance(name, str) else tuple(name) for name in names]  # type: ignore[misc]


def _pair(name: str) -> Tuple[str, Optional[str]]:
    node, colon, observable = name.strip().rpartition(":")
    return (node, observable) if colon else (observable, None)
