"""What can enter a graph."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .data_ir import EventData, NIRGraphData, NIRNodeData, TimeGriddedData, ValuedEventData
from .errors import StimulusError

#: The type of an array of spikes: when, in seconds, and on which channel, in C order.
EVENT = np.dtype([("time", "<f8"), ("channel", "<i8")])

Stimulus = Union[
    np.ndarray, "Current", "StimulusFile", NIRGraphData, NIRNodeData, EventData, TimeGriddedData, Mapping[str, Any]
]


@dataclass
class Current:
    """A current that is constant between breakpoints.

    Attributes:
        breakpoints: seconds, ascending; the current is 0 before the first.
        values: shape (breakpoints, channels); each row holds to the next breakpoint.
    """

    breakpoints: np.ndarray
    values: np.ndarray


@dataclass
class StimulusFile:
    """A stimulus in a file, as ``nir run --input`` takes it: a recording of a camera or a cochlea, a table of events, frames.

    Attributes:
        path: the file.
        samples: of a file with a list of spikes for each of many samples (SHD), the one that is taken, or from which on and before
            which; all if not given.
        window: seconds in which the events of a channel are counted; each keeps its own time if not given. It is the time step
            where no other one is given.
        window_most: the most that a channel counts in a window; 1 takes events as yes or no.
        event_times: unit of the times of events, where the file does not state it: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``.
    """

    path: Union[str, "os.PathLike[str]"]
    samples: Union[int, Tuple[int, int], None] = None
    window: Optional[float] = None
    window_most: Optional[int] = None
    event_times: Optional[str] = None

    def _content(self) -> Tuple[Any, ...]:
        samples = (self.samples, self.samples + 1) if isinstance(self.samples, int) else self.samples
        return os.fspath(self.path), samples, self.window, self.window_most, self.event_times


def events(time: Any, channel: Any) -> np.ndarray:
    """Spikes as a structured array with the fields ``time`` (seconds) and ``channel``."""
    time, channel = _real(time, "times", "a number of seconds"), np.asarray(channel)
    if time.shape != channel.shape:
        raise StimulusError(f"there are {time.size} times and {channel.size} channels; each event has one of both")
    if channel.dtype.kind not in "iub":
        whole = channel.dtype.kind == "f" and bool(np.all(np.isfinite(channel) & (channel == np.floor(channel))))
        if not whole and channel.size:
            raise StimulusError("a channel is a whole number, counted from 0")
        channel = channel.astype(np.int64)
    made = np.empty(time.shape, dtype=EVENT)
    made["time"], made["channel"] = time, channel
    return made


def _real(numbers: Any, what: str, each: str) -> np.ndarray:
    """Real numbers. Those that carry a unit, or have another part, are not converted."""
    array = np.asarray(numbers)
    if array.size and array.dtype.kind not in "biuf":
        help = "divide times by `np.timedelta64(1, 's')`" if array.dtype.kind in "mM" else None
        raise StimulusError(f"{what} are numbers, not of {array.dtype}; each is {each}", help=help)
    return array.astype(float)


Part = Tuple[Optional[str], str, Any]


def parts(
    x: Stimulus, axes: str, window: Optional[float] = None, window_most: Optional[int] = None
) -> Tuple[List[Part], Optional[float], bool]:
    """A stimulus as the engines take it, the step that it was recorded with, and whether results
    have an axis for samples. Events of sensors are counted in windows, if one is given."""
    if window is not None or window_most is not None:
        x = _in_windows(x, window, window_most)
    batch = _check_axes(axes)
    if type(x) is np.ndarray and x.dtype.names is None:  # by far the most common
        return [(None, "frames", _samples_first(x, axes))], None, batch
    if isinstance(x, NIRGraphData):
        return [(None, "data", x._entries())], _step(x), batch or _samples(x) > 1
    named: Dict[Optional[str], Any] = dict(x.items()) if isinstance(x, Mapping) else {None: x}
    collected, step = [], None
    for name, signal in named.items():
        part, dt, several = _part(name, signal, axes)
        collected.append(part)
        step, batch = step or dt, batch or several
    return collected, step, batch


@dataclass
class _SensorEvents:
    """Events of a sensor for each sample, and the windows that they are counted in."""

    samples: List[np.ndarray]
    is_batch: bool
    window: Optional[float] = None
    window_most: Optional[int] = None

    def _content(self) -> Tuple[Any, ...]:
        return [tuple(_column(one, name) for name in "txyp") for one in self.samples], self.window, self.window_most


def _column(events: np.ndarray, name: str) -> Optional[np.ndarray]:
    if name not in (events.dtype.names or ()):
        return None
    column = np.ascontiguousarray(events[name])
    if column.ndim != 1:
        numbers = column[0].size if len(column) else "several"
        raise StimulusError(f"the field `{name}` has {numbers} numbers for each event", help="a column has one number for each event")
    return column


def _sensor_events(signal: Any) -> Optional[_SensorEvents]:
    """Structured arrays with the fields t and x, as `nirkit.events.read` and tonic give them: one, or one for each sample."""
    if _is_of_sensor(signal):
        return _SensorEvents([signal], False)
    if isinstance(signal, (list, tuple)) and signal and all(_is_of_sensor(one) for one in signal):
        return _SensorEvents(list(signal), True)
    return None


def _in_windows(x: Any, window: Optional[float], window_most: Optional[int]) -> Any:
    """Events and files of a stimulus, to be counted in windows."""
    if isinstance(x, Mapping):
        return {name: _in_windows(signal, window, window_most) for name, signal in x.items()}
    if isinstance(x, StimulusFile):
        if x.window is not None or x.window_most is not None:
            raise StimulusError("the file and the call both say a window", help="give it in one of the two places")
        return replace(x, window=window, window_most=window_most)
    found = _sensor_events(x)
    if found is None:
        help = "it counts events of sensors: structured arrays with the fields `t` and `x`, and files"
        raise StimulusError("`window` has no effect on this stimulus", help=help)
    return replace(found, window=window, window_most=window_most)


def _part(name: Optional[str], signal: Any, axes: str) -> Tuple[Part, Optional[float], bool]:
    found = signal if isinstance(signal, _SensorEvents) else _sensor_events(signal)
    if found is not None:
        return (name, "events", found._content()), found.window, found.is_batch
    if isinstance(signal, NIRNodeData):
        signal = _only(signal)
    if isinstance(signal, TimeGriddedData):
        return (name, "frames", signal.data), signal.dt, True
    if isinstance(signal, EventData):
        rows = _event_rows(signal)
        return (name, "spikes", rows), None, len(rows) > 1
    if isinstance(signal, StimulusFile):
        return (name, "file", signal._content()), signal.window, False
    if isinstance(signal, Current):
        values = _real(signal.values, "the values of a current", "a current")
        breakpoints = _real(signal.breakpoints, "breakpoints", "a number of seconds")
        content = (breakpoints.tolist(), values)
        return (name, "current", content), None, False
    if isinstance(signal, (list, tuple)) and signal and all(_is_events(one) for one in signal):
        return (name, "spikes", [_row(one) for one in signal]), None, True
    if _is_events(signal):
        return (name, "spikes", [_row(signal)]), None, False
    array = np.asarray(signal)
    if array.dtype.names:
        raise StimulusError(
            f"an array with the fields {', '.join(array.dtype.names)} is no stimulus",
            help="events of a sensor have the fields `t`, `x` and maybe `y`, `p`; `nirkit.events(time in seconds, channel)` makes spikes",
        )
    if array.dtype.kind not in "biuf":
        raise StimulusError(
            f"a stimulus is no {type(signal).__name__}",
            help="give an array (T, *shape), events, a Current, NIRData, or a dictionary of them",
        )
    return (name, "frames", _samples_first(array, axes)), None, False


def _check_axes(axes: str) -> bool:
    """Whether there is an axis for samples."""
    if axes not in ("T", "BT", "TB"):
        raise StimulusError(
            f"the axes are not {axes!r}",
            help="give 'T' (time), 'BT' (batch, time) or 'TB' (time, batch)",
        )
    return len(axes) == 2


def _samples_first(array: np.ndarray, axes: str) -> np.ndarray:
    return np.swapaxes(array, 0, 1) if axes == "TB" and array.ndim >= 2 else array


def _is_events(signal: Any) -> bool:
    names = getattr(getattr(signal, "dtype", None), "names", None)
    return names is not None and "time" in names and "channel" in names


def _is_of_sensor(signal: Any) -> bool:
    names = getattr(getattr(signal, "dtype", None), "names", None)
    return names is not None and "t" in names and "x" in names and np.ndim(signal) == 1


def _row(spikes: np.ndarray) -> Tuple[list, list, list]:
    """Times, channels and values of one sample."""
    count = len(spikes)
    values = spikes["value"].tolist() if "value" in (spikes.dtype.names or ()) else [1.0] * count
    return spikes["time"].tolist(), spikes["channel"].tolist(), values


def _event_rows(data: EventData) -> List[Tuple[list, list, list]]:
    rows = []
    idx, time = np.atleast_2d(data.idx), np.atleast_2d(data.time)
    value = np.atleast_2d(data.value) if isinstance(data, ValuedEventData) else np.ones(idx.shape)
    for neurons, times, values in zip(idx, time, value):
        real = neurons != -1
        rows.append((times[real].tolist(), neurons[real].tolist(), values[real].tolist()))
    return rows


def _only(node: NIRNodeData) -> Union[EventData, TimeGriddedData]:
    found: Dict[str, Any] = node.observables
    if "spikes" in found:
        return found["spikes"]
    if len(found) != 1:
        raise StimulusError(f"the data has the observables {', '.join(found)}; give one of them")
    return next(iter(found.values()))


def _observables(data: NIRGraphData) -> Sequence[Any]:
    nodes = [node for node in data.nodes.values() if isinstance(node, NIRNodeData)]
    return [one for node in nodes for one in node.observables.values()]


def _step(data: NIRGraphData) -> Optional[float]:
    steps = [one.dt for one in _observables(data) if isinstance(one, TimeGriddedData)]
    return steps[0] if steps else None


def _samples(data: NIRGraphData) -> int:
    return max((one.n_samples for one in _observables(data)), default=1)
