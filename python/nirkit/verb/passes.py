"""Graph in, graph and a list of changes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Sequence, Tuple, Union

from .. import _core
from ..ir import NIRGraph
from ..serialization import _build_root
from ..show.escape import shown
from .given import Graph, document


@dataclass(frozen=True)
class Change:
    """What was done to a graph: by what (the code of a finding, or a pass), where, and what."""

    by: str
    place: str
    done: str

    @shown
    def __str__(self) -> str:
        return f"{self.by}: {self.place}: {self.done}"


def repair(graph: Graph) -> Tuple[NIRGraph, List[Change]]:
    """Mends what can be mended; a new graph, and what was done. What a graph means is not changed
    where it says it."""
    return _made(_core.repair(document(graph)))


def opt(graph: Graph, passes: Union[str, Sequence[str]] = ()) -> Tuple[NIRGraph, List[Change]]:
    """Rewrites a graph so that it means the same with less; a new graph, and what was done.

    Args:
        graph: a sound graph, or the path of a file.
        passes: names of passes; the usual ones if none is named.
    """
    names = [passes] if isinstance(passes, str) else list(passes)
    return _made(_core.rewrite(document(graph), names))


def _made(result: Any) -> Tuple[NIRGraph, List[Change]]:
    made, changes = result
    return _build_root(made.tree(), type_check=False), [Change(*change) for change in changes]
