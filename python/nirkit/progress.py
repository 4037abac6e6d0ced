"""Progress of long work: in a notebook, or on a terminal. Short work shows nothing."""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional, Union

_WIDTH = 40


def bar(progress: Union[bool, Callable[[], Any], None]) -> Optional[Callable[[], Any]]:
    """What makes a bar: nothing where nobody looks, or whatever the caller gives."""
    if progress is None:
        return Notebook if _in_notebook() else Terminal if _on_terminal() else None
    if progress is True:
        return Notebook if _in_notebook() else Terminal
    return progress or None


def _in_notebook() -> bool:
    shell = sys.modules.get("IPython")
    if shell is None:
        return False
    found = shell.get_ipython()
    return type(found).__name__ == "ZMQInteractiveShell"


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


class Terminal:
    """A line on the standard error that is drawn again and again."""

    def __call__(self, done: int, total: int) -> None:
        filled = _WIDTH * done // max(total, 1)
        line = "#" * filled + "-" * (_WIDTH - filled)
        print(f"\rrunning {line} {100 * done // max(total, 1):3} %", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        print("\r" + " " * (_WIDTH + 16) + "\r", end="", file=sys.stderr, flush=True)


class Notebook:
    """A bar below the cell."""

    def __init__(self) -> None:
        from IPython.display import HTML, display  # type: ignore[import-not-found]

        self._html = HTML
        self._handle = display(HTML(""), display_id=True)

    def __call__(self, done: int, total: int) -> None:
        content = f'<progress value="{done}" max="{max(total, 1)}"></progress> {100 * done // max(total, 1)} %'
        self._handle.update(self._html(content))

    def close(self) -> None:
        self._handle.update(self._html(""))
