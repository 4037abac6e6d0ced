#!/usr/bin/env python3
"""Run the commands of pages, and compare what they print with what the pages show.

    scripts/page_commands.py PAGE ...        (called by scripts/readme_commands.sh)

`<!-- run-by-ci -->` marks the block below it: each line is a command that has to end with exit code 0, from the root
of the repository. `<!-- run-by-ci: exit 1 -->` says another code, for findings and differences that the page shows. If
the next block before the next heading is marked as `text`, its lines have to be printed by these commands in
this order; `...` stands for any lines, or at the end of a line for the rest of it; the width of columns does
not matter. Of several pages, those that mark nothing are passed over.
"""

import re
import subprocess
import sys
from pathlib import Path

MARK = re.compile(r"<!-- run-by-ci(?:: exit (\d+))? -->$")


def blocks(page: str):
    """Marked blocks of a page: exit code, commands, and the lines that are shown below (or None)."""
    lines = iter(Path(page).read_text().splitlines())
    code, shown = None, []
    found = None
    for line in lines:
        if mark := MARK.match(line):
            code = int(mark[1] or 0)
        elif line.startswith("#") and found:
            yield *found, None
            found = None
        elif line.startswith("```"):
            body = []
            for inner in lines:
                if inner.startswith("```"):
                    break
                body.append(inner)
            if code is not None:
                if found:
                    yield *found, None
                found, code = (code, body), None
            elif found:
                shown = body if line == "```text" else None
                yield *found, shown
                found = None
    if found:
        yield *found, None


def shows(line: str, got: str) -> bool:
    """Whether a page may show a printed line in this way."""
    return got.startswith(line[:-3].rstrip()) if line.endswith("...") else got == line


def first_missing(shown: list, printed: list):
    """The first line that is shown and not printed behind the lines before it."""

    def words(lines: list):
        return (" ".join(line.split()) for line in lines)

    rest = words(printed)
    for line in words(shown):
        if line not in ("", "...") and not any(shows(line, got) for got in rest):
            return line
    return None


def run(page: str, label: str) -> int:
    count = 0
    for expected, commands, shown in blocks(page):
        printed = []
        # The output of a single page is shown as it comes, such as that of the tests of the README.
        streams = not label and shown is None
        for command in commands:
            print(f"{label}$ {command}", flush=True)
            done = subprocess.run(
                ["bash", "-c", f"set -euo pipefail; {command}"],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=None if streams else subprocess.PIPE,
                stderr=None if streams else subprocess.STDOUT,
                text=True,
            )
            printed += (done.stdout or "").splitlines()
            count += 1
            if done.returncode != expected:
                sys.exit(
                    f"{done.stdout or ''}\n{page}: exit code {done.returncode} in the place of {expected}: {command}"
                )
        missing = first_missing(shown or [], printed)
        if missing is not None:
            sys.exit(
                "\n".join(printed)
                + f"\n\n{page} shows a line that is not printed there:\n{missing}"
            )
    return count


def main() -> None:
    pages = sys.argv[1:]
    count = sum(run(page, f"{page}: " if len(pages) > 1 else "") for page in pages)
    if not count:
        sys.exit(f"no command is marked in {', '.join(pages)}")


if __name__ == "__main__":
    main()
