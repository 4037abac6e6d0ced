#!/usr/bin/env python3
"""Adapts random networks to a package and holds the package's own output against nirkit's on the adapted files.

    scripts/packages/check_adapted.py --package norse --like snntorch --count 20 --nir target/release/nir --output DIR
    [--seed 1] [--dt 1e-4] [--envs FOLDER]

Networks are drawn with the taste of the reference, so that it takes most of them. Those that the reference or the package
refuses are left out and counted. A table says how strong the claims are.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
from collections import Counter

from places import DEFAULT_ENVS, ROOT, SCRIPTS, use_base


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--package", required=True)
    parser.add_argument("--like", required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--most", type=int, default=400, help="networks that are drawn at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dt", type=float, default=1e-4)
    parser.add_argument("--nir", type=pathlib.Path, default=ROOT / "target" / "release" / "nir")
    parser.add_argument("--envs", type=pathlib.Path, default=DEFAULT_ENVS)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "target" / "adapted")
    arguments = parser.parse_args()
    use_base(arguments.envs)

    folder = arguments.output / f"{arguments.package}-like-{arguments.like}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made, counts = adapted(arguments, folder)
    print(dict(counts), file=sys.stderr)
    if not made:
        print("no network could be adapted", file=sys.stderr)
        return 1
    check = [sys.executable, str(SCRIPTS / "check_files.py"), "--package", arguments.package]
    check += ["--dt", str(arguments.dt), "--nir", str(arguments.nir), "--envs", str(arguments.envs)]
    return subprocess.run([*check, "--output", str(folder / "checked"), *map(str, made)]).returncode


def adapted(arguments, folder: pathlib.Path) -> tuple[list[pathlib.Path], Counter]:
    """Files for the package, and how many networks ended how."""
    from catalogue import find
    from networks.draft import write
    from networks.make import network
    from networks.taste import taste_of

    like = find(arguments.like)
    taste = taste_of(like.key, like.name)
    made, counts = [], Counter()
    for number in range(arguments.most):
        if len(made) == arguments.count:
            break
        drawn = network(arguments.seed, number, taste)
        graph, out = folder / f"{drawn.name}.nir", folder / f"{drawn.name}.adapted.nir"
        write(drawn.graph, graph)
        command = [str(arguments.nir), "adapt", str(graph), str(out), "--for", arguments.package]
        command += ["--like", arguments.like, "--dt", str(arguments.dt), "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            counts["not adapted"] += 1
            continue
        found = json.loads(done.stdout)
        if found["refused"]:
            counts["refused"] += 1
            continue
        counts[found["verdict"]] += 1
        made.append(out)
    return made, counts


if __name__ == "__main__":
    raise SystemExit(main())
