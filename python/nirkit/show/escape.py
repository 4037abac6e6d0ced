"""What is shown and may come from a file of somebody else: it must not act on a terminal."""

from __future__ import annotations

import functools
from typing import Any, Callable, TypeVar

from .. import _core

Shown = TypeVar("Shown", bound=Callable[..., Any])


def escaped(text: str) -> str:
    """A text in which control characters and directions of writing are written as ``\\u{1b}``."""
    try:
        return _core.escaped(text)
    except UnicodeError:  # halves of characters, which only Python has
        return escaped(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def shown(method: Shown) -> Shown:
    """A method whose text is escaped."""

    @functools.wraps(method)
    def escape(*args: Any) -> Any:
        text = method(*args)
        return None if text is None else escaped(text)

    return escape  # type: ignore[return-value]
