"""Recordings of event cameras and cochleae, as numpy arrays."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _core, stimulus
from .errors import ChoiceError, LossWarning, ReadError

#: The type of an array of events, that of `tonic.io.events_struct`: column, row, time in microseconds, polarity.
SENSOR_EVENT = np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")])

#: Events that `read` takes at most; longer recordings are read in slices.
MOST = 1 << 28

Path = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class EventFinding:
    """Something that was noticed in a recording.

    Attributes:
        kind: ``"truncated"``, ``"damaged"``, ``"unknown"``, ``"backwards"``, ``"negative"``, ``"out_of_range"``,
            ``"doubtful_unit"``, ``"rounded"``, ``"wrapped"``, ``"other_data"``.
        what: what it is.
        count: how often it was met.
        first: where it was met first.
        is_warning: whether it puts the events in doubt.
    """

    kind: str
    what: str
    count: int
    first: str
    is_warning: bool


class EventSlices:
    """A recording that is read slice by slice: iterating gives structured arrays, each with `size` events but the last.

    Memory does not grow with the length of the recording.
    """

    def __init__(self, reader: "_core.EventReader", path: str, size: int) -> None:
        if size < 1:
            raise ChoiceError(f"a slice has 1 event or more, not {size}")
        self._reader, self._path, self._size = reader, path, size

    @property
    def about(self) -> Dict[str, Any]:
        """What the recording says about itself, and how it is read: ``format``, ``size``, ``y_origin``, ``time_unit``, ..."""
        return dict(json.loads(self._reader.about()))

    @property
    def findings(self) -> List[EventFinding]:
        """What was noticed so far, the gravest first; complete behind the last slice."""
        return [EventFinding(*finding) for finding in self._reader.findings()]

    def __iter__(self) -> Iterator[np.ndarray]:
        while True:
            events = self._next(self._size)
            if events is None:
                self._warn()
                return
            yield events

    def _next(self, most: int) -> Optional[np.ndarray]:
        """The next events. The bytes are looked at, and not copied."""
        content = self._reader.read(most)
        if content is None:
            return None
        return np.asarray(content.view(SENSOR_EVENT))

    def _whole(self) -> np.ndarray:
        events = self._next(MOST)
        if events is None:
            events = np.empty(0, SENSOR_EVENT)
        elif len(events) == MOST and self._next(1) is not None:
            raise ReadError(
                f"{self._path} has more than {MOST} events", help="read it in slices: `nirkit.events.open(path)`"
            )
        self._warn()
        return events

    def _warn(self) -> None:
        for finding in self.findings:
            if finding.is_warning:
                times = "" if finding.count == 1 else f" ({finding.count} times)"
                text = f"{self._path}: {finding.what}, first at {finding.first}{times}"
                warnings.warn(text, LossWarning, stacklevel=3)


class EventSamples(Sequence[np.ndarray]):
    """The samples of a file with a list of spikes for each (SHD, SSC). ``samples[i]`` reads sample ``i`` as a structured array, in
    which ``x`` is the channel, ``y`` 0 and ``p`` true."""

    def __init__(self, native: "_core.EventSamples", path: str) -> None:
        self._native, self._path = native, path
        labels = native.labels()
        #: The class of each sample; ``None`` where the file states no classes.
        self.labels: Optional[np.ndarray] = None if labels is None else np.asarray(labels, np.int64)
        #: Groups and datasets that nothing is taken from.
        self.unread: List[str] = native.unread()

    def __len__(self) -> int:
        return len(self._native)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        return EventSlices(self._native.reader(at), f"{self._path}, sample {at}", MOST)._whole()


class Events:
    """Events of sensors: ``nirkit.events.read(path)`` and its siblings; called, it makes spikes of times and channels."""

    def __call__(self, time: Any, channel: Any) -> np.ndarray:
        """Spikes as a structured array with the fields ``time`` (seconds) and ``channel``."""
        return stimulus.events(time, channel)

    def read(self, path: Path, **options: Any) -> np.ndarray:
        """Reads a recording of any format, which is told by its content.

        Args:
            path: the file.
            options: ``format``, ``camera``, ``size`` (columns, rows), ``time_unit`` (of arrays and text: ``"s"``, ``"ms"``,
                ``"us"``, ``"ns"``), ``stream``, where the file does not say them.

        Returns:
            A structured array with the fields ``x``, ``y``, ``t`` (microseconds, on the clock of the file) and ``p``
            (``True`` is brighter), of the type of tonic's events. What puts events in doubt is a `LossWarning`.

        Raises:
            ReadError: a file that cannot be read, or holds many samples.
        """
        return self.open(path, **options)._whole()

    def open(self, path: Path, slice_size: int = 1 << 20, **options: Any) -> EventSlices:
        """Opens a recording that is read in slices of `slice_size` events; options as for `read`."""
        name = os.fspath(path)
        samples = _core.open_samples(name, options)
        if samples is not None:
            raise ReadError(f"{name} holds {len(samples)} samples", help="read them one by one: `nirkit.events.samples(path)`")
        return EventSlices(_core.open_events(name, options), name, slice_size)

    def samples(self, path: Path, **options: Any) -> EventSamples:
        """Opens a file with a list of spikes for each sample; ``time_unit`` as for `read`."""
        name = os.fspath(path)
        samples = _core.open_samples(name, options)
        if samples is None:
            raise ReadError(f"{name} is one recording", help="read it: `nirkit.events.read(path)`")
        return EventSamples(samples, name)

    def info(self, path: Path, samples: Union[int, Tuple[int, int], None] = None, **options: Any) -> Dict[str, Any]:
        """Says what is in a recording, or in a file with many samples: what ``nir events info --format json`` prints of it."""
        chosen = (samples, samples + 1) if isinstance(samples, int) else samples
        return dict(json.loads(_core.events_info(os.fspath(path), options, chosen)))


#: Events of sensors.
events = Events()
