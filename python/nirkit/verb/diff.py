"""What differs between two graphs, and whether it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List

from .. import _core
from ..show.escape import shown
from ..show.html import table
from .given import Graph, document


@dataclass(frozen=True)
class Difference:
    """Something that differs.

    Attributes:
        place: where it is, ``/lif1/tau``.
        hdf5_path: where that is in a file.
        what: what differs.
        matters: whether it changes what the graph means; a default that is written out, another number
            format or another order of nodes does not.
    """

    place: str
    hdf5_path: str
    what: str
    matters: bool
    tolerated: int = 0

    @shown
    def __str__(self) -> str:
        kind = "differs" if self.matters else "written otherwise"
        return f"{kind}: {self.place}: {self.what}"


class Differences(List[Difference]):
    """All differences between two graphs."""

    @property
    def same(self) -> bool:
        """Whether the two mean the same."""
        return not any(one.matters for one in self)

    @property
    def within_tolerance(self) -> int:
        """How many numbers differ by no more than the tolerance."""
        return sum(one.tolerated for one in self)

    def __str__(self) -> str:
        verdict = "the graphs mean the same" if self.same else "the graphs differ"
        if self.within_tolerance == 1:
            verdict += "; 1 number differs by no more than the tolerance"
        elif self.within_tolerance > 1:
            verdict += f"; {self.within_tolerance} numbers differ by no more than the tolerance"
        return "\n".join([*map(str, self), verdict])

    @shown
    def _repr_html_(self) -> str:
        return table(("place", "what", "matters"), [(one.place, one.what, one.matters) for one in self])


def diff(a: Graph, b: Graph, *, tolerance: float = 0.0) -> Differences:
    """Finds what differs between two graphs.

    Args:
        a, b: graphs, or paths of files.
        tolerance: numbers are equal up to this share of the larger one.
    """
    found = _core.diff(document(a), document(b), tolerance)
    return Differences(Difference(*one) for one in found)
