#!/usr/bin/env python3
"""Identifies released packages as black boxes, and holds what is found against the platforms that nirkit ships.

    conformance/identify.py [--envs FOLDER] [--nir PROGRAM] [--results FOLDER] [PACKAGE ...]

Each package is installed by scripts/packages/install.py, unless its environment is there, and asked through its driver. The
values of the platform file that `nir conform identify` writes are compared with those that `nir platforms --toml` prints; the table
and the values that differ are written into docs/conform.md. Values that were not probed do not count.
"""

import argparse
import json
import pathlib
import subprocess
import tomllib

from score import PACKAGES, ROOT, driver, with_results, write_table

BEGIN, END = "<!-- identified -->", "<!-- end of identified -->"
#: Where the choices stand; the rest are names, words, and what is refused.
CHOICES = ("semantics", "dt")


def identify(name: str, args: argparse.Namespace) -> tuple[dict, list[str]]:
    """The platform file that was found, and the comments at its head."""
    kept = args.results / f"{name}.toml"
    if not kept.exists():
        command = [args.nir, "conform", "identify", "--driver", driver(name, args), "--timeout", "20s", "--output", kept]
        found = subprocess.run(command, capture_output=True, text=True)
        if found.returncode == 2:
            raise SystemExit(f"{name}: {found.stderr}")
    text = kept.read_text()
    return tomllib.loads(text), [line[2:] for line in text.splitlines() if line.startswith("# ")]


def values(table: dict, prefix: str = "") -> dict:
    """The values of a platform file by their paths. Lists of factors and kinds are sets."""
    found = {}
    for key, value in table.items():
        path = f"{prefix}{key}"
        if path == "dt" and isinstance(value, dict):
            # A driver is always given a time step, so that the one without the option cannot be seen.
            found[path] = json.dumps(sorted(value))
        elif isinstance(value, dict) and not is_choice(value):
            found |= values(value, path + ".")
        else:
            listed = sorted(map(json.dumps, value)) if isinstance(value, list) else value
            found[path] = json.dumps(listed, sort_keys=True)
    return found


def is_choice(value: dict) -> bool:
    """Whether a table is one value of the vocabulary with its numbers."""
    return len(value) == 1 and not isinstance(next(iter(value.values())), dict)


def paths(head: list[str], what: str) -> list[str]:
    """The paths that a kind of comment names."""
    lines = [line.removeprefix(what) for line in head if line.startswith(what)]
    return [line.split(" (")[0].split(": ")[0].strip() for line in lines]


#: Rules of neurons in special places, and the rule that holds where there is none.
PLAIN = {"unit_lif": "lif", "lone_lif": "lif", "recurrent_lif": "lif", "recurrent_if": "if", "recurrent_cuba_lif": "cuba_lif"}
NEURONS = "semantics.neurons."


def complete(table: dict) -> dict:
    """The values with those of the plain rule where a special place has no rule of its own; `false` and nothing are the same."""
    table = {path: value for path, value in table.items() if value != "false"}
    for special, plain in PLAIN.items():
        if not any(path.startswith(f"{NEURONS}{special}.") for path in table):
            begin = f"{NEURONS}{plain}."
            table |= {f"{NEURONS}{special}.{path.removeprefix(begin)}": v for path, v in table.items() if path.startswith(begin)}
    return table


def is_known(name: str, table: dict) -> bool:
    """Whether a rule of this name says something about the package."""
    return any(path.startswith(f"{NEURONS}{name}.") for path in table)


def below(path: str, roots: list[str]) -> bool:
    return any(path == root or path.startswith(root + ".") or root.startswith(path + ".") for root in roots)


def compare(name: str, args: argparse.Namespace) -> dict:
    """Counts the values that are right, wrong and marked, wrong and not marked."""
    found, head = identify(name, args)
    shipped = subprocess.run([args.nir, "platforms", "--platform", name, "--toml"], capture_output=True, text=True, check=True)
    chosen = lambda table: complete(values({key: value for key, value in table.items() if key in CHOICES}))
    ours, theirs = chosen(found), chosen(tomllib.loads(shipped.stdout))
    unsure, skipped = paths(head, "unsure: "), paths(head, "not probed: ")
    counts = {"package": name, "right": 0, "marked": [], "wrong": [], "no_rule": set(), "not_probed": len(skipped)}
    counts["probes"] = next((line.split(" by ")[1].split(" ")[0] for line in head if " by " in line), "?")
    counts["not_explained"] = sum(line.startswith("not explained") for line in head)
    for path in sorted(set(ours) | set(theirs)):
        if below(path, skipped):
            continue
        if path.startswith(NEURONS):
            rule = path.removeprefix(NEURONS).split(".")[0]
            if not is_known(rule, theirs):
                counts["no_rule"].add(rule)
                continue
            # What is unsure of a plain rule is unsure of its copies.
            plain = path.replace(f".{rule}.", f".{PLAIN.get(rule, rule)}.")
            if ours.get(path) != theirs.get(path) and below(plain, unsure):
                counts["marked"].append(f"`{path}` {ours.get(path, 'none')} for {theirs.get(path, 'none')}")
                continue
        if ours.get(path) == theirs.get(path):
            counts["right"] += 1
        else:
            kind = "marked" if below(path, unsure) else "wrong"
            counts[kind].append(f"`{path}` {ours.get(path, 'none')} for {theirs.get(path, 'none')}")
    return counts


def lines(all_counts: list[dict]) -> list[str]:
    table = ["| package | probes | right | other, marked as unsure | other, not marked | not explained |", "|---|---|---|---|---|---|"]
    for c in all_counts:
        total = c["right"] + len(c["marked"]) + len(c["wrong"])
        share = f"{c['right']} of {total}"
        table.append(f"| {PACKAGES[c['package']].replace('-', ' ')} | {c['probes']} | {share} | {len(c['marked'])} | {len(c['wrong'])} | {c['not_explained']} |")
    wrong = [f"* {c['package']}: {w}" for c in all_counts for w in c["wrong"]]
    return table + (["", "Not marked (found, and shipped):", "", *wrong] if wrong else [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", choices=[*PACKAGES, []], default=[])
    parser.add_argument("--envs", type=pathlib.Path, default=ROOT / "target" / "packages")
    parser.add_argument("--nir", default=str(ROOT / "target" / "release" / "nir"))
    parser.add_argument("--results", type=pathlib.Path, default=ROOT / "target" / "identified")
    parser.add_argument("--print", action="store_true", help="print the values that differ, and leave the page as it is")
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    found = [compare(name, args) for name in with_results(args, ".toml")]
    if args.print:
        print(json.dumps(found, indent=1, default=sorted))
        return
    write_table(args, found, BEGIN, END, lines)


if __name__ == "__main__":
    main()
