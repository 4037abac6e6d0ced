"""Graph in, graph and a list of changes out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, List, Optional, Sequence, Tuple, Union

from .. import _core
from ..errors import ChoiceError, LossWarning
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


def opt(
    graph: Graph,
    passes: Union[str, Sequence[str]] = (),
    *,
    for_: Optional[str] = None,
    dt: Optional[float] = None,
) -> Tuple[NIRGraph, List[Change]]:
    """Rewrites a graph so that it means the same with less; a new graph, and what was done.

    Args:
        graph: a sound graph, or the path of a file.
        passes: names of passes; the usual ones if none is named.
        for_: a platform: the graph gets the form that it takes, in the place of passes, and no number is fitted; what
            `adapt` does before it fits numbers.
        dt: with ``for_``, the time step of the platform in seconds.

    Raises:
        ChoiceError: passes and a platform at once, a pass or a platform that is not known.
    """
    names = [passes] if isinstance(passes, str) else list(passes)
    if for_ is not None and names:
        raise ChoiceError("`passes` and `for_` are given; a platform names its passes itself")
    made, changes, notes = _core.rewrite(document(graph), names, for_, dt)
    for note in notes:
        warnings.warn(note, LossWarning, stacklevel=2)
    return _made((made, changes))


def rescale(
    graph: Graph,
    *,
    from_unit: str = "s",
    to_unit: str = "s",
    factor: Optional[float] = None,
) -> Tuple[NIRGraph, List[Change]]:
    """Brings the times of a graph (time constants, delays, ``dt`` in its metadata) to another unit, or
    multiplies them by a factor; a new graph, and what was done. NIR's times are in seconds:
    ``rescale(graph, from_unit="ms")`` reads a graph whose times are in milliseconds.

    Args:
        graph: a sound graph, or the path of a file.
        from_unit: the unit that the times have, ``s`` or ``ms``.
        to_unit: the unit that they get.
        factor: multiplies all times, for a platform with a time step of its own.

    Raises:
        ChoiceError: a unit that is none, or a factor that is not above 0.
    """
    units = (from_unit, to_unit) if from_unit != to_unit else None
    return _made(_core.rescale(document(graph), units, factor))


def _made(result: Any) -> Tuple[NIRGraph, List[Change]]:
    made, changes = result
    return _build_root(made.tree(), type_check=False), [Change(*change) for change in changes]
