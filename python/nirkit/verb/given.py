"""What verbs are given: a graph, or the path of a file."""

from __future__ import annotations

import os
from typing import Any, Union

from .. import _core
from ..interop import as_node
from ..ir import NIRGraph
from ..serialization import entries_of

#: A graph of nirkit or of the package ``nir``, or the path of a ``.nir`` or ``.nirt`` file.
Graph = Union[NIRGraph, str, "os.PathLike[str]", Any]


def document(graph: Graph) -> "_core.Document":
    """The graph on the side of the engines."""
    if isinstance(graph, _core.Document):
        return graph
    if isinstance(graph, (str, os.PathLike)):
        return _core.Document.open(os.fspath(graph))
    return _core.Document.of(entries_of(as_node(graph)))
