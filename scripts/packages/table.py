"""The table of a sweep, in Markdown."""

import json
import pathlib

from compare import VERDICTS


def write_table(folder: pathlib.Path) -> str:
    """A row for each `<package>.json` in the folder; written to `table.md` too."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    heads = ("package", "versions", "date, seed", "tried", *VERDICTS)
    lines = [row(heads), row(["---"] * len(heads)), *(row(cells(told)) for told in found)]
    text = "\n".join(lines) + "\n"
    (folder / "table.md").write_text(text)
    return text


def cells(told: dict) -> list[str]:
    others = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    counts = [str(told["counts"].get(verdict, 0)) for verdict in VERDICTS]
    return [told["package"], others, f"{told['date']}, {told['seed']}", str(told["tried"]), *counts]


def row(values) -> str:
    return f"| {' | '.join(values)} |"
