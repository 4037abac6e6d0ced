"""What all nodes have in common."""

from __future__ import annotations

import copy
from abc import ABC
from dataclasses import dataclass, field, fields
from typing import Any, Dict, Tuple

import numpy as np

from ..errors import NodeError
from ..show.escape import shown
from ..show.text import line


@dataclass(eq=False, repr=False)
class NIRNode(ABC):
    """A node of a graph. It is one of the subclasses; the base has no constructor.

    Attributes may be changed at any time. Two nodes are equal only if they are the same object.

    ``input_type`` and ``output_type`` map ports to shapes (without time and batch). They follow
    from the parameters, or from the rest of the graph (`NIRGraph.infer_types`); ``None`` stands for
    a shape that is not known yet. ``metadata`` holds free notes that change nothing.
    """

    input_type: Dict[str, Any] = field(init=False, kw_only=True)
    output_type: Dict[str, Any] = field(init=False, kw_only=True)
    metadata: Dict[str, Any] = field(default_factory=dict, kw_only=True)

    def __init__(self) -> None:
        raise AttributeError("NIRNode has no constructor; make one of its subclasses")

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__

    @shown
    def __repr__(self) -> str:
        return line(self)

    def _entries(self) -> Dict[str, Any]:
        """What a file holds for the node. Arrays are shared with the node."""
        names = _stored(type(self))
        entries = {name: getattr(self, name) for name in names}
        entries["metadata"] = self.metadata
        entries.update(getattr(self, "extra", {}))
        entries["type"] = type(self).__name__
        return entries

    def to_dict(self) -> Dict[str, Any]:
        """The node as a dictionary of copies, from which `from_dict` makes it again."""
        return copy.deepcopy(self._entries())

    @classmethod
    def from_dict(cls, kwargs: Dict[str, Any]) -> "NIRNode":
        """A node from what `to_dict` gave. ``kwargs["type"]`` names this class."""
        kind = kwargs["type"]
        if kind != cls.__name__:
            raise NodeError(f"this describes a node of type {kind!r}, not {cls.__name__!r}")
        return cls._restore({name: value for name, value in kwargs.items() if name != "type"})

    @classmethod
    def _restore(cls, entries: Dict[str, Any]) -> "NIRNode":
        """A node from what a file holds for it, without its type."""
        return cls(**entries)


_NAMES: Dict[type, Tuple[str, ...]] = {}


def _stored(kind: type) -> Tuple[str, ...]:
    """Names of the fields that a file holds for a kind of node."""
    names = _NAMES.get(kind)
    if names is None:
        others = ("input_type", "output_type", "metadata")
        names = tuple(entry.name for entry in fields(kind) if entry.name not in others)
        _NAMES[kind] = names
    return names


def arrays(node: NIRNode, *names: str) -> None:
    """Makes arrays of parameters that were given as numbers or lists."""
    values = vars(node)
    for name in names:
        if not hasattr(values[name], "shape"):
            values[name] = np.asarray(values[name])


def common_shape(node: NIRNode, *names: str) -> Tuple[int, ...]:
    """The one shape that the parameters of a neuron have; single numbers stand for all neurons."""
    values = vars(node)
    shape = values[names[0]].shape
    for name in names:
        other = values[name].shape
        if other == shape or other == ():
            continue
        if shape != ():
            kind = type(node).__name__
            raise NodeError(
                f"{kind}: `{names[0]}` has shape {tuple(shape)} and `{name}` {tuple(other)}; "
                "All parameters must have the same shape",
                help="give each parameter one number for each neuron, or a single number",
            )
        shape = other
    return tuple(shape)


def like(reference: Any, value: Any) -> Any:
    """An array of the shape of ``reference`` that holds ``value`` throughout."""
    return np.ones_like(reference) * value
