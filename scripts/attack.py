#!/usr/bin/env python3
"""Attacks the program over everything that it reads, and reports each mutant that ends badly.

    scripts/attack.py target/release/nir                                  1,000 mutants of seed 1
    scripts/attack.py target/release/nir --count 50000 --keep bad         what ends badly is kept, with its command
    scripts/attack.py target/release/nir --surface hdf5,npy --count 500   some surfaces only
    scripts/attack.py target/release/nir --surface hdf5 --only 123 --show one of them again

Surfaces: `nir` (bytes of .nir files), `hdf5` (sound HDF5 that holds odd things), `nirt`, `npy`, `json`, `csv`, `data` (NIRData),
`document` (chips' documents, key by key and several keys at once), `netx`, `labels`, and `options` of every verb.

A run ends well with the exit code 0, 1 or 2; after at most 10 s of processor time; with at most 1 GiB of resident memory; with
a word on stdout or stderr where the code is not 0; without the word of a panic; and with no file left but the output that was
asked for. How this is measured is said in scripts/attacks/judge.py. A seed, a surface and a number name a mutant for good, with
the same seeds (`--more` adds some). The last lines are a table of surfaces and endings; the exit code is 1 after a finding.

Needs numpy, h5py and the program.
"""

import argparse
import multiprocessing
import os
import random
import shlex
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from attacks import judge
from attacks.seeds import Seeds
from attacks.surfaces import SURFACES

# What a worker works with, since the functions of a pool take one argument.
WORK = {}


def begin(seeds, seed, top):
    """Gives a worker a folder of its own."""
    folder = Path(tempfile.mkdtemp(dir=top))
    WORK.update(seeds=seeds, seed=seed, folder=folder)


def one(mutant):
    """Makes a mutant, runs the program on it and judges the ending."""
    surface, number = mutant
    seeds, out = WORK["seeds"], WORK["folder"] / "m"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    rng = random.Random(f"{WORK['seed']}:{surface}:{number}")
    parts = [str(part) for part in SURFACES[surface][0](rng, seeds, out, number)]
    # The system takes no such arguments.
    parts = [part.replace("\0", "0") for part in parts]
    # What a verb may write stands in the folder of the mutant, under one of these names.
    outputs = [name for name in ("o", "o.h5", "o.nir", "o.nirt", "o.json", "o.net", "o.svg", "o.html") if str(out / name) in parts]
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    ending = judge.run([seeds.nir, *encoded], out, outputs)
    kept = keep(mutant, parts, ending) if ending.fault else None
    return surface, number, parts, ending._replace(stdout=b"", stderr=ending.stderr[:2000]), kept


def keep(mutant, parts, ending):
    """Copies what a mutant reads into a folder, with a command that shows the fault there."""
    if WORK["seeds"].keep is None:
        return None
    kept = WORK["seeds"].keep / "-".join(map(str, mutant))
    shutil.copytree(WORK["folder"] / "m", kept, dirs_exist_ok=True, symlinks=True)
    command = []
    for part in parts:
        before, equals, path = part.rpartition("=")
        path = Path(path)
        if path.is_absolute() and path.is_file():
            if not (kept / path.name).exists():
                shutil.copy(path, kept)
        if path.is_absolute() and (path.exists() or path.parent == WORK["folder"] / "m"):
            path = path.name
        command.append(shlex.quote(f"{before}{equals}{path}"))
    text = "\n".join((f"# {ending.fault}, {ending.seconds:.1f} s, {ending.mebibytes:.0f} MiB", "nir " + " ".join(command), ""))
    (kept / "command.sh").write_text(text, errors="surrogatepass")
    (kept / "stderr.txt").write_bytes(ending.stderr)
    return kept


def mutants(args):
    """Surfaces and numbers, in proportion to the weights, surfaces taking turns."""
    names = args.surface or list(SURFACES)
    if args.only is not None:
        return [(name, number) for name in names for number in args.only]
    total = sum(SURFACES[name][1] for name in names)
    ends = {name: -(-args.count * SURFACES[name][1] // total) for name in names}
    all_ = [(number / ends[name], name, number) for name in names for number in range(ends[name])]
    return [(name, args.first + number) for _, name, number in sorted(all_)][: args.count]


def table(endings):
    """Surfaces by endings, in counts."""
    kinds = sorted({kind for _, kind in endings})
    rows = [["surface", *kinds, "all"]]
    for surface in SURFACES:
        counts = [endings[surface, kind] for kind in kinds]
        if any(counts):
            rows.append([surface, *map(str, counts), str(sum(counts))])
    columns = [[row[at] for row in rows[1:]] for at in range(1, len(rows[0]))]
    rows.append(["all", *(str(sum(map(int, column))) for column in columns)])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths))))


def surfaces(text):
    names = text.split(",")
    unknown = [name for name in names if name not in SURFACES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no surface {', '.join(unknown)}; there are {', '.join(SURFACES)}")
    return names


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nir")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant of each surface")
    parser.add_argument("--only", type=int, metavar="NUMBER", nargs="*")
    parser.add_argument("--surface", type=surfaces, metavar="NAME,NAME")
    parser.add_argument("--more", type=Path, metavar="FOLDER", help="further graphs to begin with")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", action="store_true", help="print the command and what it says")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="copy what ends badly into this folder")
    return parser.parse_args()


def main():
    args = arguments()
    endings, bad = Counter(), 0
    slowest = largest = (0.0, "none")
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        (top / "seeds").mkdir()
        seeds = Seeds(str(Path(args.nir).resolve()), top / "seeds", args.more, args.seed)
        seeds.keep = args.keep and args.keep.resolve()
        with multiprocessing.get_context("fork").Pool(args.jobs, begin, (seeds, args.seed, top)) as pool:
            for surface, number, parts, ending, kept in pool.imap(one, mutants(args), chunksize=4):
                endings[surface, ending.name] += 1
                done = sum(endings.values())
                if done % 1000 == 0:
                    print(f"{done} mutants, {bad} end badly", file=sys.stderr, flush=True)
                mutant = f"{surface} {number}"
                slowest = max(slowest, (ending.seconds, mutant))
                largest = max(largest, (ending.mebibytes, mutant))
                command = " ".join(shlex.quote(part) for part in parts).encode("utf-8", "backslashreplace").decode()
                if args.show:
                    said = ending.stderr.decode(errors="replace")
                    print(mutant, command, f"{ending.name}, {ending.seconds:.2f} s, {ending.mebibytes:.0f} MiB", said, sep="\n  ")
                if ending.fault:
                    bad += 1
                    told = ending.stderr.decode(errors="replace").strip().splitlines()
                    told = next((line for line in told if "panicked" in line), told[-1] if told else "")
                    print(f"{mutant}: {ending.fault}: nir {command}: {told[:200]}" + (f" (kept in {kept})" if kept else ""), flush=True)
    print(f"{sum(endings.values())} mutants of seed {args.seed}; {bad} end badly")
    print(f"slowest {slowest[0]:.1f} s ({slowest[1]}), largest {largest[0]:.0f} MiB ({largest[1]})")
    table(endings)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    os.environ.pop("RUST_BACKTRACE", None)
    main()
