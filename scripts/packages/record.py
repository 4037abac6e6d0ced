#!/usr/bin/env python3
"""Runs a simulator package on one NIR file and writes what it did.

    scripts/packages/record.py --package spyx GRAPH.nir INPUT.npy --dt 1e-3 --output DIR

DIR becomes a case: `graph.nir`, `input.npy`, `case.json` and `<run>/<node>.<observable>.npy`, with
`__return__.npy` for what leaves the network. `case.json` tells how the package ended: it runs,
raises at import or at a step (with its words), never ends, or depends on chance (two processes
differ). INPUT may be given once per Input node as NODE=FILE.
"""

import argparse
import json
import pathlib
import shutil

from places import DEFAULT_ENVS, use_base


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("graph", type=pathlib.Path)
    parser.add_argument("inputs", nargs="+", metavar="INPUT.npy")
    parser.add_argument(
        "--package", required=True, action="append", help="a name, or name-version; may be repeated"
    )
    parser.add_argument("--dt", type=float, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--envs", type=pathlib.Path, default=DEFAULT_ENVS)
    parser.add_argument("--timeout", type=float, default=20)
    parser.add_argument(
        "--tries",
        type=int,
        default=2,
        help="runs, by turns in two processes, to see whether chance decides",
    )
    parser.add_argument(
        "--batched",
        action=argparse.BooleanOptionalAction,
        help="with a batch of one, where steps are taken",
    )
    arguments = parser.parse_args()
    use_base(arguments.envs)

    from catalogue import find
    from client import Pair
    from recording import record, run_name

    inputs = named_inputs(arguments.inputs)
    arguments.output.mkdir(parents=True, exist_ok=True)
    copy(arguments.graph, arguments.output / "graph.nir")
    for name, path in inputs.items():
        copy(path, arguments.output / (f"input.{name}.npy" if name else "input.npy"))
    case: dict = {"dt": arguments.dt, "runs": {}}
    for name in arguments.package:
        with Pair(find(name), arguments.envs, arguments.timeout) as pair:
            versions = pair.versions()
            told = record(
                pair,
                arguments.graph,
                inputs,
                arguments.dt,
                arguments.output,
                arguments.tries,
                arguments.batched,
            )
            case["runs"][run_name(pair)] = {**told, "versions": versions}
            print(
                f"{run_name(pair)}: {told['ending']}"
                + (f": {told['error']}" if "error" in told else "")
            )
    (arguments.output / "case.json").write_text(json.dumps(case, indent=1) + "\n")


def copy(source: pathlib.Path, target: pathlib.Path) -> None:
    if source.resolve() != target.resolve():
        shutil.copyfile(source, target)


def named_inputs(texts: list[str]) -> dict[str, pathlib.Path]:
    """From `FILE` or `NODE=FILE`; the empty name stands for every Input."""
    pairs = [text.rsplit("=", 1) if "=" in text else ["", text] for text in texts]
    return {name: pathlib.Path(path) for name, path in pairs}


if __name__ == "__main__":
    main()
