"""Nodes and values in one line of text."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Nodes of a graph that its line names.
_NAMED = 8


def line(node: Any) -> str:
    """A node in one line: its kind and its parameters, or the nodes of a graph."""
    kind = type(node).__name__
    nodes = getattr(node, "nodes", None)
    if nodes is not None:
        return f"{kind}({graph_size(node)}: {_names(list(nodes))})"
    entries = {name: value for name, value in node._entries().items() if name not in ("type", "metadata")}
    if kind in ("Input", "Output"):
        return f"{kind}({shape(entries.get('shape'))})"
    return f"{kind}({', '.join(f'{name}={value(entry)}' for name, entry in entries.items())})"


def graph_size(graph: Any) -> str:
    """``3 nodes, 2 edges``."""
    return f"{_counted(len(graph.nodes), 'node')}, {_counted(len(graph.edges), 'edge')}"


def shape(lengths: Any) -> str:
    """``[2, 8, 8]``, or ``?`` where a shape is not known."""
    if lengths is None:
        return "?"
    return "[" + ", ".join(str(length) for length in np.ravel(lengths)) + "]"


def value(entry: Any) -> str:
    """A parameter: ``f32[6, 4] -0.51 … 0.89``, a number, or a word."""
    if entry is None or isinstance(entry, str):
        return repr(entry)
    try:
        array = np.asarray(entry)
    except Exception:  # what is no array is shown as Python shows it
        return repr(entry)
    if array.dtype.kind not in "biufc":
        return repr(entry)
    if array.ndim == 0:
        return _number(array[()])
    if array.size <= 3 and array.ndim == 1 and array.dtype.kind in "bi":
        return shape(array)
    name = f"{_dtype(array.dtype)}{shape(array.shape)}"
    if array.size == 0 or array.dtype.kind == "c":
        return name
    low, high = array.min(), array.max()
    if low == high:
        return f"{name} {_number(low)}"
    return f"{name} {_number(low)} … {_number(high)}"


def _number(number: Any) -> str:
    return f"{number:.4g}" if isinstance(number, (float, np.floating)) else str(number)


def _dtype(dtype: np.dtype) -> str:
    return "bool" if dtype.kind == "b" else f"{dtype.kind}{8 * dtype.itemsize}"


def _names(names: list) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return ", ".join(names[: _NAMED - 1]) + f", … {names[-1]}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
