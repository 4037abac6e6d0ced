"""Signals on a grid of time, events, and the nodes that they belong to."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Dict, Tuple, Union

import numpy as np

from ..errors import GraphError

#: Distance in steps up to which an instant counts as the start of a step, as in the engine.
_AT_START = 1e-6


class _Data:
    """Data are equal when everything in them is, arrays element by element."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        pairs = [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]  # type: ignore[arg-type]
        return all(
            np.array_equal(one, two) if isinstance(one, np.ndarray) else one == two
            for one, two in pairs
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(eq=False)
class TimeGriddedData(_Data):
    """A value for each step of time.

    Attributes:
        data: shape (samples, steps, neurons); truth values for spikes.
        dt: time between two steps, in seconds.
    """

    data: np.ndarray
    dt: float

    def __post_init__(self) -> None:
        if not isinstance(self.data, np.ndarray) or self.data.ndim != 3:
            found = getattr(self.data, "shape", type(self.data).__name__)
            raise GraphError(
                f"the data is an array of shape (n_samples, n_time_steps, n_neurons), not {found}"
            )

    @property
    def shape(self) -> Tuple[int, ...]:
        return self.data.shape

    @property
    def n_samples(self) -> int:
        return self.data.shape[0]

    @property
    def n_time_steps(self) -> int:
        return self.data.shape[1]

    @property
    def n_neurons(self) -> int:
        return self.data.shape[2]

    @property
    def t_max(self) -> float:
        """How long the data lasts, in seconds."""
        return self.n_time_steps * self.dt

    def to_event(self, n_events: int, time_shift: float = 0.0) -> "EventData":
        """The spikes as events.

        Args:
            n_events: room for events in each sample; later events are left out.
            time_shift: when in a step an event is, in seconds from its start, below ``dt``.
        """
        if self.data.dtype != bool:
            raise GraphError(f"only truth values are spikes, not {self.data.dtype}")
        if not 0 <= time_shift < self.dt:
            raise GraphError(f"time_shift is {time_shift}, it must be in interval [0, dt)")
        idx = np.full((self.n_samples, n_events), -1)
        time = np.full((self.n_samples, n_events), np.inf)
        for sample, spikes in enumerate(self.data):
            steps, neurons = np.nonzero(spikes)
            count = min(len(steps), n_events)
            idx[sample, :count] = neurons[:count]
            time[sample, :count] = steps[:count] * self.dt + time_shift
        return EventData(idx, time, self.n_neurons, self.t_max)

    def _entries(self) -> Dict[str, Any]:
        return {"kind": "TimeGriddedData", "data": self.data, "dt": float(self.dt)}


@dataclass(eq=False)
class EventData(_Data):
    """Events at their own times.

    Attributes:
        idx: numbers of the neurons, of shape (samples, events); -1 where there is no event.
        time: seconds, of the shape of ``idx``; infinity where there is no event.
        n_neurons: number of neurons, with and without events.
        t_max: when the recording ends, in seconds.
    """

    idx: np.ndarray
    time: np.ndarray
    n_neurons: int
    t_max: float

    def __post_init__(self) -> None:
        if self.idx.shape != self.time.shape:
            raise GraphError(
                f"idx and time must have the same shape, not {self.idx.shape} and {self.time.shape}"
            )

    @property
    def shape(self) -> Tuple[int, ...]:
        return self.idx.shape

    @property
    def n_samples(self) -> int:
        return self.idx.shape[0]

    def to_time_gridded(self, dt: float) -> TimeGriddedData:
        """The events on a grid of ``dt`` seconds: whether there was one in a step."""
        return self._gridded(dt, bool, lambda sample, real: True)

    def _gridded(self, dt: float, dtype: type, value: Any) -> TimeGriddedData:
        data: np.ndarray = np.zeros((self.n_samples, int(_steps(self.t_max, dt)), self.n_neurons), dtype=dtype)
        for sample, (idx, time) in enumerate(zip(self.idx, self.time)):
            real = idx != -1
            data[sample, _steps(time[real], dt), idx[real]] = value(sample, real)
        return TimeGriddedData(data, dt)

    def _entries(self) -> Dict[str, Any]:
        return {
            "kind": type(self).__name__,
            "idx": self.idx,
            "time": self.time,
            "value": None,
            "n_neurons": int(self.n_neurons),
            "t_max": float(self.t_max),
        }


@dataclass(eq=False)
class ValuedEventData(EventData):
    """Events that have a value each, ``value``, of the shape of ``idx``."""

    value: np.ndarray

    def __post_init__(self) -> None:
        if not self.idx.shape == self.time.shape == self.value.shape:
            raise GraphError(
                "idx, time and value must have the same shape, not "
                f"{self.idx.shape}, {self.time.shape} and {self.value.shape}"
            )

    def to_time_gridded(self, dt: float) -> TimeGriddedData:
        """The values on a grid of ``dt`` seconds; of several in one step the last one."""
        return self._gridded(dt, float, lambda sample, real: self.value[sample][real])

    def _entries(self) -> Dict[str, Any]:
        return {**super()._entries(), "value": self.value}


def _steps(time: Any, dt: float) -> np.ndarray:
    """The steps that contain instants; one on the grid belongs to the step that starts there."""
    position = np.asarray(time) / dt
    nearest = np.round(position)
    on_grid = np.abs(position - nearest) <= _AT_START
    return np.where(on_grid, nearest, np.floor(position)).astype(int)


@dataclass
class NIRNodeData:
    """What was observed at a node: events or gridded data by name (``spikes``, ``v``)."""

    observables: Dict[str, Union[EventData, TimeGriddedData]]

    def __post_init__(self) -> None:
        if not isinstance(self.observables, dict):
            raise TypeError("observables must be a dictionary of EventData or TimeGriddedData")

    def check_observables(self, node: Any) -> bool:
        """Whether every observable has as many neurons as the node has outputs."""
        channels = int(np.prod(node.output_type["output"]))
        return all(data.n_neurons == channels for data in self.observables.values())

    def _entries(self) -> Dict[str, Any]:
        observables = {}
        for name, data in self.observables.items():
            if not isinstance(data, (EventData, TimeGriddedData)):
                raise TypeError(f"observable {name!r} is no EventData or TimeGriddedData: {type(data)}")
            observables[name] = data._entries()
        return {"kind": "NIRNodeData", "observables": observables}


@dataclass
class NIRGraphData:
    """Data of the nodes of a graph, by their names; of a nested graph again a NIRGraphData."""

    nodes: Dict[str, Union["NIRGraphData", NIRNodeData]]

    def __post_init__(self) -> None:
        if not isinstance(self.nodes, dict):
            raise TypeError("nodes must be a dictionary of NIRNodeData or NIRGraphData")

    def check_nodes(self, graph: Any) -> None:
        """Checks that every node is one of the graph, and its data of the right size."""
        for name, data in self.nodes.items():
            if name not in graph.nodes:
                raise KeyError(f"Node {name} not found in the NIRGraph")
            node = graph.nodes[name]
            if isinstance(data, NIRGraphData):
                if not hasattr(node, "nodes"):
                    raise TypeError(f"Node {name} is not a NIRGraph in the NIRGraph")
                data.check_nodes(node)
            elif not data.check_observables(node):
                raise GraphError(f"Observables for node {name} do not match the NIRNode")

    def _entries(self) -> Dict[str, Any]:
        nodes = {}
        for name, data in self.nodes.items():
            if not isinstance(data, (NIRNodeData, NIRGraphData)):
                raise TypeError(f"node {name!r} is no NIRNodeData or NIRGraphData: {type(data)}")
            nodes[name] = data._entries()
        return {"kind": "NIRGraphData", "nodes": nodes}

    @classmethod
    def _restore(cls, tree: Dict[str, Any]) -> "NIRGraphData":
        """Data from what a file holds."""
        return cls({name: _restore_member(entry) for name, entry in tree["nodes"].items()})


def _restore_member(entry: Dict[str, Any]) -> Union[NIRGraphData, NIRNodeData]:
    if entry["kind"] == "NIRGraphData":
        return NIRGraphData._restore(entry)
    observables = entry["observables"].items()
    return NIRNodeData({name: _restore_observable(data) for name, data in observables})


def _restore_observable(entry: Dict[str, Any]) -> Union[EventData, TimeGriddedData]:
    kinds = {"TimeGriddedData": TimeGriddedData, "EventData": EventData}
    kind = kinds.get(entry.pop("kind"), ValuedEventData)
    if kind is EventData:
        entry.pop("value")
    return kind(**entry)
