#!/usr/bin/env python3
"""Preprocessor of mdBook: bring pages of the root into the book, and rewrite links that leave docs/.

mdBook calls it (book.toml). ARCHITECTURE.md and the other pages of the root become chapters at the end. A link to a
chapter leads to the chapter; a link to a file that is not in the book becomes plain text, since the book does not
know where the repository is published.
"""

import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")


def relink(content: str, source: Path, chapter: Path) -> str:
    """The links of a page that lies at `source` and becomes the chapter `chapter`."""

    def replaced(found: re.Match) -> str:
        text, target = found[1], found[2]
        if re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            return found[0]
        path, mark, anchor = target.partition("#")
        aim = (source.parent / path).resolve()
        if aim.is_relative_to(DOCS) and aim.exists():
            place = aim.relative_to(DOCS)
            # mdBook makes index.html of a README.
            place = place.with_name("index.md") if place.name == "README.md" else place
        elif aim.parent == ROOT and aim.name in PAGES:
            place = Path(aim.name)
        else:
            return text
        return f"[{text}]({os.path.relpath(place, chapter.parent)}{mark}{anchor})"

    parts = re.split(r"(^```.*?^```)", content, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(replaced, part) for part in parts)


def walk(items: list) -> None:
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            chapter = item["Chapter"]
            if chapter.get("path"):
                source = DOCS / (chapter.get("source_path") or chapter["path"])
                chapter["content"] = relink(chapter["content"], source, Path(chapter["path"]))
            walk(chapter["sub_items"])


def extra(name: str) -> dict:
    content = (ROOT / name).read_text()
    title = re.search(r"^# (.*)$", content, re.MULTILINE)[1]
    chapter = {
        "name": title,
        "content": relink(content, ROOT / name, Path(name)),
        "number": None,
        "sub_items": [],
    }
    return {"Chapter": {**chapter, "path": name, "source_path": name, "parent_names": []}}


def main() -> None:
    if sys.argv[1:2] == ["supports"]:
        return
    _, book = json.load(sys.stdin)
    items = book.get("items", book.get("sections"))
    walk(items)
    items += [{"PartTitle": "The project"}, *map(extra, PAGES)]
    json.dump(book, sys.stdout)


if __name__ == "__main__":
    main()
