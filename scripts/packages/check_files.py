#!/usr/bin/env python3
"""Runs a package and nirkit on files of yours, and tells where they part.

    scripts/packages/check_files.py --package spyx --nir target/release/nir --output DIR
    [--dt 1e-3] [--steps 20] [--seed 1] [--envs FOLDER] GRAPH.nir ...

Each Input gets random spikes of its shape. A file becomes a case in DIR/<package>/, removed again
if they agree (`--keep all` keeps it).
"""

import argparse
import pathlib
import shutil
import sys
from collections import Counter

from places import DEFAULT_ENVS, ROOT, use_base


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("graphs", nargs="+", type=pathlib.Path, metavar="GRAPH.nir")
    parser.add_argument("--package", action="append", required=True)
    parser.add_argument("--dt", type=float, default=1e-3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nir", type=pathlib.Path, default=ROOT / "target" / "release" / "nir")
    parser.add_argument("--envs", type=pathlib.Path, default=DEFAULT_ENVS)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "target" / "files")
    parser.add_argument("--timeout", type=float, default=20)
    parser.add_argument("--tries", type=int)
    parser.add_argument("--keep", choices=("differences", "all"), default="differences")
    arguments = parser.parse_args()
    use_base(arguments.envs)

    from catalogue import find
    from client import Pair
    from compare import FINE

    counts = Counter()
    for package in map(find, arguments.package):
        folder = arguments.output / package.key
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with Pair(package, arguments.envs, arguments.timeout) as pair:
            for graph in arguments.graphs:
                ending, verdict = one(pair, graph, folder / graph.stem, arguments)
                counts[verdict.verdict] += 1
                if verdict.verdict not in FINE:
                    print(f"{package.key} {graph.stem}: {ending}: {verdict.verdict}:", flush=True)
                    print("  " + "; ".join(verdict.notes)[:600], flush=True)
    print(dict(counts), file=sys.stderr)
    return 1 if sum(counts.values()) > sum(counts[verdict] for verdict in FINE) else 0


def one(pair, graph: pathlib.Path, case: pathlib.Path, arguments):
    """The case of one file, and what both say of it."""
    from recording import held

    case.mkdir()
    shutil.copyfile(graph, case / "graph.nir")
    inputs = stimuli(graph, case, arguments.steps, arguments.seed)
    return held(pair, case, inputs, arguments.dt, arguments)


def stimuli(graph: pathlib.Path, case: pathlib.Path, steps: int, seed: int) -> dict:
    """Random spikes for each Input, read from the file as it is: `nir.read` may refuse it."""
    import h5py
    import numpy as np

    draw = np.random.default_rng(seed)
    with h5py.File(graph, "r") as file:
        nodes = file["node/nodes"]
        shapes = {
            name: tuple(np.atleast_1d(node["shape"][()]).astype(int))
            for name, node in nodes.items()
            if node["type"][()] == b"Input"
        }
    inputs = {}
    for name, shape in shapes.items():
        inputs[name] = case / (f"input.{name}.npy" if len(shapes) > 1 else "input.npy")
        np.save(inputs[name], (draw.random((steps, *shape)) < 0.5).astype(np.float32))
    return inputs


if __name__ == "__main__":
    raise SystemExit(main())
