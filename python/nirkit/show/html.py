"""Parts of results as HTML, for notebooks."""

from __future__ import annotations

import html
from typing import Any, Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; everything in it is escaped."""
    top = "".join(f"<th>{html.escape(str(cell))}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def notes_list(notes: Iterable[str]) -> str:
    """What has to be said, as a list."""
    items = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return f"<ul>{items}</ul>" if items else ""


def choices_table(choices: Iterable[Any]) -> str:
    """Choices, folded away."""
    rows = [(one.name, one.value, one.source) for one in choices]
    inner = table(("choice", "value", "from"), rows)
    return f"<details><summary>choices</summary>{inner}</details>"
