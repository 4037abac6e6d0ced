"""Beside the reference package ``nir``: objects of one as objects of the other, and nirkit in its
place."""

from __future__ import annotations

import dataclasses
import importlib
import sys
import warnings
from types import ModuleType
from typing import Any, Dict, List, Tuple

from .errors import Error, NodeError
from .ir import NIRGraph, NIRNode, _KINDS

#: Modules of the reference, and what stands for them here.
_MODULES = (
    "", "data_ir", "data_ir.graph", "ir", "ir.conv", "ir.delay", "ir.flatten", "ir.graph",
    "ir.linear", "ir.neuron", "ir.node", "ir.pooling", "ir.threshold", "ir.typing", "ir.utils",
    "serialization",
)  # fmt: skip

#: Modules of the reference that were loaded before nirkit took their place.
_replaced: Dict[str, ModuleType] = {}


def install_as_nir() -> None:
    """Makes ``import nir`` mean nirkit in this process, submodules included.

    Call it before anything else imports ``nir``: what has been imported already keeps the classes of
    the reference. `uninstall_as_nir` takes it back.
    """
    loaded = sys.modules.get("nir")
    if loaded is not None and loaded.__name__ == "nir":
        warnings.warn(
            "`nir` has been imported already; modules that hold on to it keep using the reference",
            stacklevel=2,
        )
    for name in [name for name in sys.modules if name == "nir" or name.startswith("nir.")]:
        module = sys.modules.pop(name)
        if module.__name__.partition(".")[0] == "nir":
            _replaced[name] = module
    for name in _MODULES:
        module = importlib.import_module(f"nirkit.{name}" if name else "nirkit")
        sys.modules[f"nir.{name}" if name else "nir"] = module


def uninstall_as_nir() -> None:
    """Gives the name ``nir`` back to the reference."""
    for name in _MODULES:
        sys.modules.pop(f"nir.{name}" if name else "nir", None)
    sys.modules.update(_replaced)
    _replaced.clear()


def reference() -> ModuleType:
    """The reference package, even where nirkit stands under its name."""
    module = _replaced.get("nir") or sys.modules.get("nir")
    if module is not None and module.__name__ == "nir":
        return module
    hidden = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_nir(name)}
    try:
        module = importlib.import_module("nir")
        if hidden:
            _replaced.update({name: sys.modules.pop(name) for name in list(sys.modules) if _is_nir(name)})
        return module
    except ImportError as error:
        raise Error("the package `nir` is not installed", help="pip install nir") from error
    finally:
        sys.modules.update(hidden)


def _is_nir(name: str) -> bool:
    return name == "nir" or name.startswith("nir.")


def from_nir(obj: Any) -> Any:
    """Returns a node or graph of the package ``nir`` as one of nirkit. Arrays are shared.

    Its type follows from the object, which no type checker knows.
    """
    kind = _KINDS.get(type(obj).__name__)
    if kind is None:
        raise NodeError(f"there is no kind of node {type(obj).__name__!r}")
    return _rebuilt(obj, kind, from_nir)


def to_nir(graph: NIRNode) -> Any:
    """A node or graph of nirkit as one of the package ``nir``. Arrays are shared."""
    module = reference()
    kind = getattr(module, type(graph).__name__, None)
    if kind is None:
        raise NodeError(f"the package `nir` has no kind of node {type(graph).__name__!r}")
    return _rebuilt(graph, kind, to_nir)


def _rebuilt(obj: Any, kind: type, inner: Any) -> Any:
    """An object of a class with the fields of another; nothing is checked or worked out anew."""
    made: Any = object.__new__(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    for name in names:
        if hasattr(obj, name):
            setattr(made, name, _copied(getattr(obj, name)))
    if hasattr(obj, "nodes"):
        made.nodes = {name: inner(node) for name, node in obj.nodes.items()}
        made.edges = _pairs(obj.edges)
    return made


def _copied(value: Any) -> Any:
    """A dictionary of its own, with what stands in it shared."""
    return dict(value) if isinstance(value, dict) else value


def _pairs(edges: List[Any]) -> List[Tuple[str, str]]:
    return [(source, target) for source, target in edges]


def as_node(obj: Any) -> NIRNode:
    """A node of nirkit from one of nirkit or of the package ``nir``."""
    if isinstance(obj, NIRNode):
        return obj
    if any(base.__name__ == "NIRNode" for base in type(obj).__mro__):
        node: NIRNode = from_nir(obj)
        return node
    raise NodeError(
        f"a graph is needed, not {type(obj).__name__}", help="give a NIRGraph or the path of a file"
    )


def is_graph(obj: Any) -> bool:
    """Whether something is a graph of nirkit or of the package ``nir``."""
    return isinstance(obj, NIRGraph) or type(obj).__name__ == "NIRGraph"
