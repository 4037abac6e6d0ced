#!/usr/bin/env python3
"""Makes random networks, runs a package and nirkit on each, and tells where they part.

    scripts/packages/sweep.py --package spyx --count 100 --seed 1 --nir target/release/nir --output
    DIR [--envs FOLDER]

Without `--package`, every package. Networks on which they agree are removed again (`--keep all`
keeps them); the others stay as cases in DIR/<package>/, each with `difference.txt`. The table goes
to standard output and to DIR/table.md; DIR/<package>.json has the numbers, so that several sweeps
into one DIR make one table.
"""

import argparse
import json
import pathlib
import shutil
import sys
import time
from collections import Counter
from datetime import date

from places import DEFAULT_ENVS, ROOT, use_base


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first network")
    parser.add_argument("--nir", type=pathlib.Path, default=ROOT / "target" / "release" / "nir")
    parser.add_argument("--envs", type=pathlib.Path, default=DEFAULT_ENVS)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "target" / "sweep")
    parser.add_argument(
        "--timeout",
        type=float,
        default=20,
        help="seconds of computing after which a package is taken to hang",
    )
    parser.add_argument(
        "--tries", type=int, help="runs of each network; as the package needs, if not given"
    )
    parser.add_argument("--keep", choices=("differences", "all"), default="differences")
    arguments = parser.parse_args()
    use_base(arguments.envs)

    from catalogue import PACKAGES, find
    from table import write_table

    different = 0
    for package in [find(name) for name in arguments.package] or PACKAGES:
        different += sweep(package, arguments)
    print(write_table(arguments.output))
    return 1 if different else 0


def sweep(package, arguments) -> int:
    """All networks of one package; how many of them differ."""
    from client import Pair
    from compare import FINE, VERDICTS
    from networks.make import network
    from networks.taste import taste_of

    taste = taste_of(package.key, package.name)
    folder = arguments.output / package.key
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    counts, endings, notes = Counter(), Counter(), 0
    start = time.monotonic()
    with Pair(package, arguments.envs, arguments.timeout) as pair:
        versions = pair.versions()
        for number in range(arguments.first, arguments.first + arguments.count):
            drawn = network(arguments.seed, number, taste)
            ending, verdict = one(pair, drawn, folder / drawn.name, arguments)
            endings[ending] += 1
            counts[verdict.verdict] += 1
            notes += verdict.verdict in FINE and bool(verdict.notes)
            if verdict.verdict not in FINE or verdict.notes:
                told = f"{verdict.verdict}: {'; '.join(verdict.notes)}"[:400]
                print(f"{package.key} {drawn.name}: {told}", flush=True)
    told = {
        "package": package.key,
        "platform": package.platform,
        "versions": versions,
        "date": date.today().isoformat(),
        "seed": arguments.seed,
        "tried": arguments.count,
        "counts": {verdict: counts[verdict] for verdict in VERDICTS},
        "endings": dict(endings),
        "equal with other voltages or returned value": notes,
    }
    (arguments.output / f"{package.key}.json").write_text(json.dumps(told, indent=1) + "\n")
    took = f"{time.monotonic() - start:.0f} s"
    print(f"{package.key}: {dict(counts)}; the package: {dict(endings)}; {took}", file=sys.stderr)
    return arguments.count - sum(counts[verdict] for verdict in FINE)


def one(pair, drawn, case: pathlib.Path, arguments):
    """Writes the case, runs the package and nirkit, and removes the case again where they agree."""
    import numpy as np
    from networks.draft import write
    from recording import held

    case.mkdir()
    write(drawn.graph, case / "graph.nir")
    inputs = {}
    for name, values in drawn.inputs.items():
        inputs[name] = case / (f"input.{name}.npy" if len(drawn.inputs) > 1 else "input.npy")
        np.save(inputs[name], values)
    doubled = 2 if "doubled" in drawn.name else 1
    return held(pair, case, inputs, drawn.dt, arguments, doubled)


if __name__ == "__main__":
    raise SystemExit(main())
