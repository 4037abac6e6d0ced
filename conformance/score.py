#!/usr/bin/env python3
"""Scores released packages on the conformance suite, and writes the table of docs/conform.md.

    conformance/score.py [--envs FOLDER] [--nir PROGRAM] [--results FOLDER] [PACKAGE ...]

Each package is installed by scripts/packages/install.py, unless its environment is there. The score of each is kept as JSON in the
folder of results; a score that is there is not computed again. With packages named, the table is printed unless all have results.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "conform.md"
BEGIN, END = "<!-- scores -->", "<!-- end of scores -->"
PACKAGES = {
    "norse": "norse-1.1.0",
    "snntorch": "snntorch-1.0.0",
    "sinabs": "sinabs-2.0.3",
    "spikingjelly": "spikingjelly-2.0.0",
    "rockpool": "rockpool-3.1.0",
    "spyx": "spyx-1.0.0",
}
CLASSES = ("equal", "constant_lag", "bounded", "refused", "wrong", "silently_wrong", "failed")
#: Causes that are listed for a package.
LISTED = 5


def driver(name: str, args: argparse.Namespace) -> str:
    """The command of the driver of a package, which is installed unless its environment is there."""
    env = args.envs / PACKAGES[name]
    if not (env / "installed").exists():
        install = ROOT / "scripts" / "packages" / "install.py"
        subprocess.run([sys.executable, install, "--envs", args.envs, PACKAGES[name]], check=True)
    return f"{env}/bin/python {ROOT}/conformance/drivers/{name}_driver.py"


def write_between(begin: str, end: str, lines: list[str]) -> None:
    """Replaces what stands between two markers of docs/conform.md."""
    before, rest = PAGE.read_text().split(begin, 1)
    after = rest.split(end, 1)[1]
    PAGE.write_text(before + begin + "\n\n" + "\n".join(lines) + "\n\n" + end + after)


def with_results(args: argparse.Namespace, ending: str) -> list[str]:
    """The packages that are asked for, and those whose results are kept."""
    asked = args.packages or PACKAGES
    return [name for name in PACKAGES if name in asked or (args.results / f"{name}{ending}").exists()]


def write_table(args: argparse.Namespace, rows: list, begin: str, end: str, lines) -> None:
    """Writes a table into the page, or prints it where it would drop packages."""
    if args.packages and len(rows) < len(PACKAGES):
        print(*lines(rows), sep="\n")
        print("Results of the other packages are not there, so the page stays as it is.", file=sys.stderr)
    else:
        write_between(begin, end, lines(rows))


def score(name: str, args: argparse.Namespace) -> dict:
    """The score of a package: computed, or read if it was computed before."""
    kept = args.results / f"{name}.json"
    if not kept.exists():
        command = [args.nir, "conform", "run", "--driver", driver(name, args), "--timeout", "10s", "--format", "json"]
        found = subprocess.run(command, capture_output=True, text=True)
        if found.returncode == 2:
            raise SystemExit(f"{name}: {found.stderr}")
        kept.write_text(found.stdout)
    return json.loads(kept.read_text())


def cause(verdict: dict) -> str:
    """The first cause, or what else is said."""
    if verdict["causes"]:
        return verdict["causes"][0]
    if "has the shape" in verdict["detail"] or "has to have" in verdict["detail"]:
        return "what leaves has another shape"
    if verdict["detail"].startswith("answered"):
        return "a graph is run that has to be refused"
    if verdict["class"] == "failed":
        return "the package does not end, or its answer cannot be read"
    return "more than two choices at once"


def lines(scores: list[dict]) -> list[str]:
    """The tables, as lines of Markdown."""
    titles = [name.replace("_", " ") for name in CLASSES]
    table = ["| package | " + " | ".join(titles) + " | points of 100 |"]
    table.append("|---" * (len(CLASSES) + 2) + "|")
    for found in scores:
        counts = [str(found["totals"]["classes"].get(name, 0)) for name in CLASSES]
        driver = found["driver"]
        title = f"{driver['name']} {driver['version']}"
        table.append(f"| {title} | {' | '.join(counts)} | {found['totals']['score']:.1f} |")
    table += ["", "The most frequent causes of wrong answers, where one is enough the first that is:", ""]
    table += ["| package | causes (cases) |", "|---|---|"]
    for found in scores:
        wrong = [v for v in found["verdicts"] if v["class"] in CLASSES[4:]]
        causes = collections.Counter(cause(verdict) for verdict in wrong).most_common(LISTED)
        told = "; ".join(f"{words} ({count})" for words, count in causes)
        table.append(f"| {found['driver']['name']} | {told} |")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", choices=[*PACKAGES, []], default=[])
    parser.add_argument("--envs", type=pathlib.Path, default=ROOT / "target" / "packages")
    parser.add_argument("--nir", default=str(ROOT / "target" / "release" / "nir"))
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "target" / "conformance")
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    write_table(args, [score(name, args) for name in with_results(args, ".json")], BEGIN, END, lines)


if __name__ == "__main__":
    main()
