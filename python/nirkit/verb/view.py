"""A graph or a sweep as a page: one HTML file to look around in."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Union

from .. import _core
from ..errors import ChoiceError
from ..stimulus import parts
from ..threads import thread_count
from .evaluate import _classes, _samples
from .given import Graph, document


@dataclass(frozen=True)
class Page:
    """A graph with its findings, parameters, and the verdicts of platforms, or the maps of a sweep. Notebooks display it.

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
    x: Any = None,
    labels: Any = None,
    *,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    spike: Optional[str] = None,
    quantize: Optional[str] = None,
    readout: Optional[str] = None,
    duration: Optional[float] = None,
    frames: str = "auto",
    causes: bool = True,
    threads: int = 1,
) -> Page:
    """Draws a graph as a page: nodes with their parameters as pictures, findings, and what platforms make of each node.

    With a stimulus, the page has the runs of the platforms side by side, as `compare` makes them. With samples and labels, it has what each
    platform finds, as `eval` does: confusion matrices, and the samples behind each number. The folder of a `sweep` becomes a page of
    heat maps.

    Args:
        graph: a graph, the path of a file, or the path of the folder of a sweep.
        path: where the page is written; nowhere if not given.
        platforms: names like ``"norse"`` or ``"spyx@0.1.20"`` whose verdicts the page shows; all if not given. With `x`, the platforms that
            run, or ``"ideal"``.
        x: a stimulus as `run` takes it, or, with `labels` or as the path of a folder, samples as `eval` takes them.
        labels: the class of each sample, as `eval` takes them.
        dt: the time step in seconds, where a platform lets one choose it.
        reset: ``"v_reset"``, ``"zero"`` or ``"subtract"``, likewise.
        spike: what a spike is in the ideal, ``"impulse:AREA"`` or ``"pulse:SECONDS"``.
        quantize: how a chip's integers are made of numbers, by name.
        readout: how the class of a sample is read; see `eval`.
        duration: how long a run is, in seconds; as long as the stimulus if not given.
        frames: what numbers in frames mean; see `run`.
        causes: whether causes of differences are looked for.
        threads: threads among which samples are divided; their number changes nothing.

    Raises:
        ReadError: the file cannot be read.
        ChoiceError: there is no such platform, it has no such choice, or something is given that has no effect.
        Error: the graph is too large for a page.
    """
    given = {
        "platforms": platforms is not None, "x": x is not None, "labels": labels is not None, "readout": readout is not None,
        "duration": duration is not None, "spike": spike is not None, "threads": threads != 1, "causes": not causes,
    }  # fmt: skip
    is_path = isinstance(graph, (str, os.PathLike))
    title = os.path.basename(os.path.normpath(os.fspath(graph))) if is_path else "graph"  # type: ignore[arg-type]
    options = {"dt": dt, "reset": reset, "quantize": quantize}
    if is_path and os.path.isfile(os.path.join(os.fspath(graph), "plan.json")):  # type: ignore[arg-type]
        _refuse({**given, **{name: value is not None for name, value in options.items()}}, "the page of a sweep")
        made = Page(_core.sweep_page(os.fspath(graph), title))  # type: ignore[arg-type]
    elif x is None:
        del given["platforms"]
        _refuse(given, "a page without `x`")
        titles = [platforms] if isinstance(platforms, str) else platforms
        made = Page(document(graph).page(title, None if titles is None else list(titles), options))
    else:
        if platforms is None:
            raise ChoiceError("`x` runs on platforms, and none is given", help='give some: `platforms=["ideal", "norse"]`')
        titles = [platforms] if isinstance(platforms, str) else list(platforms)
        options["spike"] = spike
        if labels is not None or isinstance(x, (str, os.PathLike)):
            _refuse({"causes": not causes}, "the classes of samples")
            content, step = _samples(x, None, None)
            classes, labels_file = _classes(labels, content)
            options["dt_of_stimulus"] = step
            made = Page(_core.evaluation_page(
                document(graph), title, content, classes, labels_file, titles, options, frames, readout, duration, thread_count(threads)
            ))  # fmt: skip
        else:
            _refuse({"readout": readout is not None, "threads": threads != 1}, "runs side by side; it needs `labels`")
            content, step, _ = parts(x, "T")
            options["dt_of_stimulus"] = step
            made = Page(_core.runs_page(document(graph), title, content, titles, options, frames, duration, causes))
    if path is not None:
        made.write(path)
    return made


def _refuse(given: Dict[str, bool], on: str) -> None:
    """Raises an error where something is given that has no effect."""
    names = [f"`{name}`" for name, is_given in given.items() if is_given]
    if names:
        verb, what = ("has", "it") if len(names) == 1 else ("have", "them")
        raise ChoiceError(f"{' and '.join(names)} {verb} no effect on {on}", help=f"leave {what} out")
