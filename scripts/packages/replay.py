#!/usr/bin/env python3
"""Runs packages again on networks that were recorded before, and says whether they do the same.

    scripts/packages/replay.py RECORDINGS [--package NAME] [--envs FOLDER] [--only SUBSTRING]

RECORDINGS is a folder of cases. A run agrees when every recorded spike train is equal (where there
are none, every voltage to 1e-4), or when the package raises the same words. Where chance decides,
one of the variants has to agree.
"""

import argparse
import json
import pathlib
import tempfile
from collections import Counter

from places import DEFAULT_ENVS, use_base


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", nargs="+", type=pathlib.Path)
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--envs", type=pathlib.Path, default=DEFAULT_ENVS)
    parser.add_argument("--only", default="")
    parser.add_argument("--timeout", type=float, default=20)
    parser.add_argument(
        "--tries", type=int, default=2, help="runs of each network, by turns in two processes"
    )
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    use_base(arguments.envs)

    from catalogue import PACKAGES, find

    different = 0
    for package in [find(name) for name in arguments.package] or PACKAGES:
        different += replay(package, arguments)
    return 1 if different else 0


def replay(package, arguments) -> int:
    """Replays every recording of one package; how many differ."""
    from client import Pair
    from recording import run_name

    counts: Counter = Counter()
    with Pair(package, arguments.envs, arguments.timeout) as pair:
        run = run_name(pair)
        for case, told in cases_of(arguments.recordings, run, arguments.only):
            verdict = one(pair, case, run, told, arguments.tries)
            kind = "refusal" if told["refused"] else "run"
            counts[kind, verdict is None] += 1
            if verdict or arguments.verbose:
                print(
                    f"{'DIFF' if verdict else 'ok  '} {kind:8} {case.name}/{run}: {verdict or ''}",
                    flush=True,
                )
    equal = {kind: counts[kind, True] for kind in ("run", "refusal")}
    of = {kind: counts[kind, True] + counts[kind, False] for kind in equal}
    met = [f"{equal[kind]}/{of[kind]} {kind}s" for kind in of]
    print(f"{package.key}: {', '.join(met)}", flush=True)
    return sum(of.values()) - sum(equal.values())


def cases_of(folders: list[pathlib.Path], run: str, only: str):
    for folder in folders:
        for description in sorted(folder.glob("*/case.json")):
            case = description.parent
            told = json.loads(description.read_text())["runs"].get(run)
            if told and only in case.name and (case / "graph.nir").exists():
                yield case, told


def one(pair, case: pathlib.Path, run: str, told: dict, tries: int) -> str | None:
    """What differs between the recording and a run now."""
    from recording import record

    inputs = {path.name[6:-4].strip("."): path for path in case.glob("input*.npy")}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        now = record(
            pair,
            case / "graph.nir",
            inputs,
            told["options"]["dt"],
            folder,
            tries,
            options=told["options"],
        )
        variants = now.get("variants", [now])
        verdicts = [
            differs(
                case / run, told, folder / (run if number == 0 else f"{run}.{number + 1}"), variant
            )
            for number, variant in enumerate(variants)
        ]
    return None if None in verdicts else " | ".join(str(verdict) for verdict in verdicts)


def differs(recorded: pathlib.Path, told: dict, folder: pathlib.Path, now: dict) -> str | None:
    if told["refused"] != now["refused"]:
        recorded_words, words = (run.get("error", "a run")[:150] for run in (told, now))
        return f"recorded {recorded_words!r}, now {words!r}"
    if told["refused"]:
        return (
            None
            if same_words(told["error"], now["error"])
            else f"recorded {told['error'][:150]!r}, now {now['error'][:150]!r}"
        )
    return different_arrays(recorded, told["files"], folder)


def same_words(recorded: str, now: str) -> bool:
    """Recorded words may be cut; a time-out tells its own limit."""
    if "TimeoutError" in recorded:
        return "TimeoutError" in now
    length = min(len(recorded), len(now))
    return recorded[:length] == now[:length]


def different_arrays(recorded: pathlib.Path, files: list[str], folder: pathlib.Path) -> str | None:
    """What differs in the spikes of any node; in voltages where no node has spikes."""
    names = [name for name in files if name.endswith(".spikes.npy")] or [
        name for name in files if name.endswith(".v.npy")
    ]
    notes = [note for name in names if (note := different_array(recorded, folder, name))]
    return "; ".join(notes) or None


def different_array(recorded: pathlib.Path, folder: pathlib.Path, name: str) -> str | None:
    import numpy as np

    written = folder / name if (folder / name).exists() else inside_block(folder, name)
    if written is None:
        return f"{name}: not written"
    want, got = np.load(recorded / name), np.load(written)
    if want.size != got.size:
        return f"{name}: shape {got.shape}, recorded {want.shape}"
    want, got = want.astype(np.float64), got.reshape(want.shape).astype(np.float64)
    if name.endswith(".spikes.npy"):
        wrong = int(((want != got) & ~(np.isnan(want) & np.isnan(got))).sum())
        return f"{name}: {wrong} of {want.size} differ" if wrong else None
    room = 1e-5 * max(1.0, float(np.nanmax(np.abs(want), initial=0)))
    near = np.allclose(want, got, rtol=1e-4, atol=room, equal_nan=True)
    return None if near else f"{name}: off by {np.abs(want - got).max():.1e}"


def inside_block(folder: pathlib.Path, name: str) -> pathlib.Path | None:
    """A recording may name a block of four where its neuron is meant: `lif1` for `lif1.lif`."""
    node, observable = name.removesuffix(".npy").rsplit(".", 1)
    found = sorted(folder.glob(f"{node}.*.{observable}.npy"))
    return found[0] if len(found) == 1 else None


if __name__ == "__main__":
    raise SystemExit(main())
