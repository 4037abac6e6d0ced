"""A graph as a page: one HTML file to look around in."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, Sequence, Union

from .. import _core
from .given import Graph, document


@dataclass(frozen=True)
class Page:
    """A graph with its findings, parameters, and the verdicts of platforms. Notebooks display it.

    Attributes:
        html: one HTML file, smaller than 2 MB, that works without a network.
    """

    html: str = field(repr=False)

    def write(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes the file."""
        Path(path).write_text(self.html, encoding="utf-8", newline="\n")

    def _repr_html_(self) -> str:
        # The page runs its own program, and reaches nothing of the notebook.
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" sandbox="allow-scripts" '
            'style="width: 100%; height: 640px; border: 1px solid #d5d5cf"></iframe>'
        )


def view(
    graph: Graph,
    path: Union[str, "os.PathLike[str]", None] = None,
    platforms: Union[str, Sequence[str], None] = None,
    *,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    quantize: Optional[str] = None,
) -> Page:
    """Draws a graph as a page: nodes with their parameters as pictures, findings, and what platforms make of each node.

    Args:
        graph: a graph, or the path of a file.
        path: where the page is written; nowhere if not given.
        platforms: names like ``"norse"`` or ``"spyx@0.1.20"`` whose verdicts the page shows; all if not given.
        dt: the time step in seconds, where a platform lets one choose it.
        reset: ``"v_reset"``, ``"zero"`` or ``"subtract"``, likewise.
        quantize: how a chip's integers are made of numbers, by name.

    Raises:
        ReadError: the file cannot be read.
        ChoiceError: there is no such platform, or it has no such choice.
        Error: the graph is too large for a page.
    """
    title = os.path.basename(os.fspath(graph)) if isinstance(graph, (str, os.PathLike)) else "graph"
    titles = [platforms] if isinstance(platforms, str) else platforms
    options = {"dt": dt, "reset": reset, "quantize": quantize}
    chosen = None if titles is None else list(titles)
    made = Page(document(graph).page(title, chosen, options))
    if path is not None:
        made.write(path)
    return made
