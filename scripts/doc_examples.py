#!/usr/bin/env python3
"""Write the Python examples of the documentation as modules, for a type checker.

    scripts/doc_examples.py FOLDER        one module for each page and each docstring that has examples

Examples are the blocks of README.md and docs/*.md that are marked as Python, and those and the lines after
`>>>` in the docstrings of the package. The blocks of a page belong together. Names that a page does not
define are declared in a comment before the block, which a reader does not see: `<!-- python: x: np.ndarray -->`.
"""

import argparse
import ast
import doctest
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?:^<!-- python: (?P<declared>.*?) -->\n)?^```python\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(text):
    """The code of the blocks of a page, each behind what is declared for it."""
    for found in BLOCK.finditer(text):
        yield (found["declared"] or "").replace("; ", "\n") + "\n" + found["code"]


def of_pages():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        yield page.stem, "\n".join(blocks(page.read_text()))


def of_docstrings():
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for source in sorted((ROOT / "python/nirkit").rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text())):
            text = ast.get_docstring(node) if isinstance(node, kinds) else None
            lines = [example.source for example in doctest.DocTestParser().get_examples(text or "")]
            name = "_".join(source.relative_to(ROOT / "python").with_suffix("").parts)
            yield f"{name}_{getattr(node, 'name', 'module')}", "\n".join([*blocks(text or ""), *lines])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder of the modules; its *.py are replaced")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.py"):
        old.unlink()
    for name, code in [*of_pages(), *of_docstrings()]:
        if code.strip():
            (folder / f"{name.replace('-', '_')}.py").write_text(code)


if __name__ == "__main__":
    main()
