#!/usr/bin/env python3
"""Check the links of the documentation, without the network.

    scripts/check_links.py

Every page below docs/ is named in docs/SUMMARY.md, once. Every relative link of docs/, of the pages in the root and of
the READMEs leads to a file of this checkout, and every anchor to a heading of the page that it names. All faults are
printed with file and line.
"""

import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PATTERNS = ["*.md", "docs/**/*.md", "bench/README.md", "fuzz/README.md"]
PATTERNS += [f"{folder}/**/README.md" for folder in ("crates", "examples", "scripts")]
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+(\S+)")
CODE = re.compile(r"`+[^`]*`+")
FENCE = re.compile(r"^\s*(```|~~~)")


def prose(page: Path):
    """Number and text of the lines outside of blocks of code."""
    inside = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            yield number, line


def slug(heading: str) -> str:
    """The anchor of a heading, as forges and mdBook make it."""
    text = (
        re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        .replace("`", "")
        .replace("*", "")
        .strip()
        .lower()
    )
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(page: Path, known: dict = {}) -> set:  # noqa: B006 (a cache)
    if page not in known:
        found: dict = {}
        for _, line in prose(page):
            if heading := re.match(r"#{1,6}\s+(.*?)\s*#*$", line):
                name = slug(heading[1])
                found[name] = found.get(name, -1) + 1
                if found[name]:
                    found[f"{name}-{found[name]}"] = 0
        known[page] = set(found)
    return known[page]


def links(page: Path):
    """Line and target of each link of a page."""
    for number, line in prose(page):
        for target in [*LINK.findall(CODE.sub("", line)), *REFERENCE.findall(line)]:
            yield number, target


def faults_of_links():
    for page in sorted({page for pattern in PATTERNS for page in ROOT.glob(pattern)}):
        for line, target in links(page):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, anchor = unquote(target).partition("#")
            aim = (page.parent / path).resolve() if path else page
            place = f"{page.relative_to(ROOT)}:{line}"
            # A README of a crate is its page in rustdoc, where a link without a slash or a dot names an item.
            is_item = page.parent.parent.name == "crates" and not re.search(r"[/.]", path)
            if is_item:
                continue
            if not aim.is_relative_to(ROOT) or not aim.exists():
                yield f"{place}: `{target}` does not exist"
            elif anchor and aim.suffix == ".md" and anchor not in anchors(aim):
                yield f"{place}: {aim.relative_to(ROOT)} has no heading `#{anchor}`"


def faults_of_summary():
    named = [(DOCS / target).resolve() for _, target in links(DOCS / "SUMMARY.md")]
    for page in sorted(DOCS.rglob("*.md")):
        count = named.count(page)
        if page.name != "SUMMARY.md" and count != 1:
            yield f"docs/SUMMARY.md: {page.relative_to(DOCS)} is named {count} times in the place of once"


def main() -> None:
    faults = [*faults_of_summary(), *faults_of_links()]
    print(
        "\n".join(faults)
        if faults
        else "all links lead somewhere, and the summary names every page"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
