"""Graphs, and where signals enter and leave them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Tuple

from .. import _core
from ..errors import Error, GraphError
from ..show.escape import shown
from . import infer
from .node import NIRNode
from .typing import Edges, Nodes, Types
from .utils import ensure_str, parse_shape_argument


@dataclass(eq=False, repr=False)
class Input(NIRNode):
    """Where a signal enters a graph. The argument is its shape, without time and batch."""

    input_type: Types

    def __post_init__(self) -> None:
        self.input_type = parse_shape_argument(self.input_type, "input")
        self.output_type = {"output": infer.only(self.input_type, "input")}

    def _entries(self) -> Dict[str, Any]:
        return {**super()._entries(), "shape": self.input_type["input"]}

    @classmethod
    def from_dict(cls, node: Dict[str, Any]) -> NIRNode:  # the name of the argument is the reference's
        return super().from_dict(node)

    @classmethod
    def _restore(cls, entries: Dict[str, Any]) -> NIRNode:
        return cls(**_as_port(entries, "input"))


@dataclass(eq=False, repr=False)
class Output(NIRNode):
    """Where a signal leaves a graph. The argument is its shape, without time and batch; ``None``
    if it is to follow from what arrives."""

    output_type: Types

    def __post_init__(self) -> None:
        self.output_type = parse_shape_argument(self.output_type, "output")
        self.input_type = {"input": infer.only(self.output_type, "output")}

    def _entries(self) -> Dict[str, Any]:
        return {**super()._entries(), "shape": self.output_type["output"]}

    @classmethod
    def from_dict(cls, node: Dict[str, Any]) -> NIRNode:  # the name of the argument is the reference's
        return super().from_dict(node)

    @classmethod
    def _restore(cls, entries: Dict[str, Any]) -> NIRNode:
        return cls(**_as_port(entries, "output"))


@dataclass(eq=False, repr=False)
class Identity(NIRNode):
    """Hands a signal on as it is. It has no form in a file."""

    input_type: Types

    def __post_init__(self) -> None:
        self.input_type = parse_shape_argument(self.input_type, "input")
        self.output_type = {"output": infer.only(self.input_type, "input")}

    def _entries(self) -> Dict[str, Any]:
        return {**super()._entries(), "shape": self.input_type["input"]}

    @classmethod
    def from_dict(cls, node: Dict[str, Any]) -> NIRNode:  # the name of the argument is the reference's
        return super().from_dict(node)

    @classmethod
    def _restore(cls, entries: Dict[str, Any]) -> NIRNode:
        return cls(**_as_port(entries, "input"))


def _as_port(entries: Dict[str, Any], port: str) -> Dict[str, Any]:
    """The arguments of a port from what a file holds for it."""
    arguments = {name: value for name, value in entries.items() if name != "shape"}
    arguments.setdefault(f"{port}_type", {port: entries.get("shape")})
    return arguments


@dataclass(eq=False, repr=False)
class NIRGraph(NIRNode):
    """Named nodes, and edges that carry the output of one to the input of another.

    Args:
        nodes: the nodes by name.
        edges: pairs of names. ``"graph.port"`` names one Input or Output of a nested graph.
        metadata: free notes.
        type_check: whether to infer the shapes of all nodes and to check that they fit. Inputs and
            Outputs are then added where a signal begins or ends without one.
    """

    nodes: Nodes
    edges: Edges

    def __init__(
        self,
        nodes: Nodes,
        edges: Edges,
        metadata: Optional[Dict[str, Any]] = None,
        type_check: bool = True,
    ) -> None:
        self.nodes = nodes
        self.edges = edges
        self.metadata = metadata  # type: ignore[assignment]
        if type_check:
            self.infer_types()
            self.check_types()
        self.__post_init__()

    def __post_init__(self) -> None:
        self._update_input_output_types()
        if not isinstance(self.metadata, dict):
            self.metadata = {}

    @property
    def inputs(self) -> Dict[str, Input]:
        """The Inputs by name."""
        return {name: node for name, node in self.nodes.items() if isinstance(node, Input)}

    @property
    def outputs(self) -> Dict[str, Output]:
        """The Outputs by name."""
        return {name: node for name, node in self.nodes.items() if isinstance(node, Output)}

    @staticmethod
    def from_list(*nodes: Any, type_check: bool = True) -> "NIRGraph":
        """A chain of nodes, given one by one or as a list. They are named after their kinds; an
        Input and an Output are added where they are missing."""
        if nodes and isinstance(nodes[0], (list, tuple)):
            nodes = tuple(nodes[0])
        if not nodes:
            raise GraphError("a chain needs at least one node")
        chain: Dict[str, NIRNode] = {}
        if not isinstance(nodes[0], Input):
            chain["input"] = Input(input_type=infer.as_port(nodes[0].input_type, "input"))
        seen: Counter = Counter()
        for node in nodes:
            kind = type(node).__name__.lower()
            chain[f"{kind}_{seen[kind]}" if seen[kind] else kind] = node
            seen[kind] += 1
        if not isinstance(nodes[-1], Output):
            chain["output"] = Output(output_type=infer.as_port(nodes[-1].output_type, "output"))
        names = list(chain)
        return NIRGraph(chain, list(zip(names, names[1:])), type_check=type_check)

    def validate_structure(self) -> None:
        """Checks that edges join existing nodes and stand once; raises a `GraphError` (a
        ``ValueError``) with everything that is wrong."""
        infer.validate_structure(self)

    def infer_types(self) -> None:
        """Fills in the shapes that follow from the rest of the graph, from the Inputs on.

        Adds Inputs and Outputs where a signal begins or ends without one. Raises a `GraphError`
        (a ``ValueError``) where shapes do not fit or cannot be known.
        """
        infer.infer_types(self)

    def check_types(self) -> bool:
        """Checks that the shapes at both ends of every edge are known and equal, in nested graphs
        too; raises a `GraphError` (a ``ValueError``) otherwise."""
        return infer.check_types(self)

    def _update_input_output_types(self) -> None:
        inputs = {name: infer.only(node.input_type, "input") for name, node in self.inputs.items()}
        self.input_type = inputs or None  # type: ignore[assignment]
        self.output_type = {
            name: infer.only(node.output_type, "output") for name, node in self.outputs.items()
        }

    def _entries(self) -> Dict[str, Any]:
        entries = super()._entries()
        entries["nodes"] = {name: node._entries() for name, node in self.nodes.items()}
        return entries

    def to_dict(self) -> Dict[str, Any]:
        entries = super().to_dict()
        entries["nodes"] = {name: node.to_dict() for name, node in self.nodes.items()}
        return entries

    @classmethod
    def from_dict(cls, kwargs: Dict[str, Any]) -> "NIRGraph":
        """A graph from what `to_dict` gave; ``type`` may be left out."""
        from . import dict2NIRNode

        missing = [name for name in ("nodes", "edges") if name not in kwargs]
        if missing:
            raise GraphError(f"the dictionary has no entry {' and no entry '.join(missing)}")
        if kwargs.get("type", "NIRGraph") != "NIRGraph":
            raise GraphError(f"this describes a node of type {kwargs['type']!r}, not a NIRGraph")
        entries = {name: value for name, value in kwargs.items() if name != "type"}
        entries["nodes"] = {name: dict2NIRNode(node) for name, node in kwargs["nodes"].items()}
        entries["edges"] = pairs(kwargs["edges"])
        return cls(**entries)

    @shown
    def _repr_svg_(self) -> Optional[str]:
        # The layout is made in Rust, and is that of `nir view`.
        from ..serialization import entries_of

        try:
            return _core.Document.of(entries_of(self)).picture()
        except (Error, UnicodeError):  # what cannot be written cannot be drawn; its line can be shown
            return None


def pairs(edges: Iterable) -> List[Tuple[str, str]]:
    """Edges as pairs of text, whatever a file or a user has them as."""
    return [(ensure_str(source), ensure_str(target)) for source, target in edges]
