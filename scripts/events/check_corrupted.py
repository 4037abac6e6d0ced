#!/usr/bin/env python3
"""Runs `nir` on corrupted recordings of every format: cut off, with flipped bits, with hostile sizes.

    scripts/events/check_corrupted.py NIR [--count 1000] [--only FORMAT] [--keep DIR]

NIR is the program, run from the root of the repository, whose examples and seeds are the sound files. Every corrupted file is read in a
process of its own with 10 s and 2 GiB of addresses. It has to end with exit code 0, 1 or 2, without a panic, and with a message if
the code is 2. A file that is cut off has to be told (exit code 1 or 2) where the format states how much there is; elsewhere no
event may appear that the whole file does not have. Prints a table; ends with 1 when something is not so, and leaves those files in DIR.
"""

import argparse
import collections
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "fuzz/seeds/read_events"
WRITTEN = {"aedat4": [], "aedat4_zstd": ["--compression", "zstd"], "evt2": [], "evt3": [], "dat": [], "nmnist": [], "npy": [], "csv": []}
#: Behind the byte that says the format, a seed is a file of it.
SEEDED = {"aedat1": "aedat1", "aedat2": "davis", "aedat3": "aedat3", "evt21": "evt21", "es": "es_atis", "npz": "npz"}
#: Formats that state how much there is.
COUNTED = {"aedat4", "aedat4_zstd", "npy", "npz", "shd", "nirdata"}
#: The mark behind the last block of LZ4, without which nothing is missing.
END_OF_LZ4 = 8


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


def nir(program, *arguments, limits=None):
    command = [str(part) for part in (program, *arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=limits, cwd=ROOT)


def sound(program, folder):
    """A sound file of each format."""
    files = {}
    source = folder / "source.csv"
    nir(program, "events", "convert", "examples/events.raw", source, "--max-events", 1500)
    for name, options in WRITTEN.items():
        form = name.partition("_")[0]
        files[name] = folder / f"sound_{name}"
        done = nir(program, "events", "convert", source, files[name], "--to", form, "--size", "32x32", *options)
        assert done.returncode in (0, 1), done.stderr
    for name, seed in SEEDED.items():
        files[name] = folder / f"sound_{name}"
        files[name].write_bytes((SEEDS / seed).read_bytes()[1:])
    files["shd"] = ROOT / "examples/shd.h5"
    files["nirdata"] = folder / "sound.h5"
    run = ["run", "examples/small.nir", "--clocked", "--dt", "1e-4", "--input", "examples/small_input.npy", "--record", "all"]
    done = nir(program, *run, "--output", files["nirdata"])
    assert done.returncode == 0, done.stderr
    return files


def corrupt(content, chance):
    """A kind of damage, and the damaged bytes."""
    content = bytearray(content)
    # Half of the damage is where the headers are.
    at = chance.randrange(min(len(content), 400) if chance.random() < 0.5 else len(content))
    kind = chance.choice(["cut", "flip", "size", "part"])
    if kind == "cut":
        del content[chance.randrange(len(content)) :]
    elif kind == "flip":
        for _ in range(chance.choice([1, 1, 2, 8])):
            content[min(at, len(content) - 1)] ^= 1 << chance.randrange(8)
            at = chance.randrange(len(content))
    elif kind == "size":
        width = chance.choice([2, 4, 8])
        value = chance.choice([b"\xff", b"\x7f", b"\x00", b"\x80"]) * width
        content[at : at + width] = value[: len(content[at : at + width])]
    elif chance.random() < 0.5:
        del content[at : at + chance.randrange(1, 64)]
    else:
        content[at:at] = content[at : at + chance.randrange(1, 64)]
    return kind, bytes(content)


def asked(program, name, path):
    form = name.partition("_")[0]
    if name == "nirdata":
        return nir(program, "info", path, "--format", "json", limits=limited)
    named = [] if name == "shd" else ["--from", form]
    return nir(program, "events", "info", path, "--format", "json", *named, limits=limited)


def events(done):
    """Events that were read, if it says so."""
    try:
        return json.loads(done.stdout)["files"][0].get("events")
    except (ValueError, LookupError, TypeError):
        return None


def wrong(name, kind, done, whole, lost):
    """What is not as it should be."""
    if done.returncode not in (0, 1, 2):
        return f"ends with {done.returncode}: {done.stderr[-200:]}"
    if "panicked" in done.stderr:
        return done.stderr[-200:]
    if done.returncode == 2 and not done.stderr.strip():
        return "fails without a message"
    if kind == "cut":
        found = events(done)
        if name in COUNTED and done.returncode == 0 and not (name.startswith("aedat4") and lost <= END_OF_LZ4):
            return f"{lost} bytes are missing, and nothing is said"
        if found is not None and whole is not None and found > whole:
            return f"{found} events of a part of a file with {whole}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    program, bad = args.nir.resolve(), 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        print("| format | corrupted files | refused | read with a warning | read without one | not as it should be |\n|---|---|---|---|---|---|")
        for name, path in sound(program, folder).items():
            if args.only not in (None, name):
                continue
            content, chance, ends = path.read_bytes(), random.Random(name), collections.Counter()
            first = asked(program, name, path)
            assert first.returncode in (0, 1), first.stderr
            whole, faults = events(first), 0
            for number in range(args.count):
                kind, damaged = corrupt(content, chance)
                case = folder / "case.h5"
                case.write_bytes(damaged)
                done = asked(program, name, case)
                ends[done.returncode] += 1
                fault = wrong(name, kind, done, whole, len(content) - len(damaged))
                if fault:
                    faults += 1
                    print(f"{name} {number} ({kind}): {fault}", file=sys.stderr)
                    if args.keep:
                        args.keep.mkdir(parents=True, exist_ok=True)
                        (args.keep / f"{name}_{number}").write_bytes(damaged)
            print(f"| {name} | {args.count} | {ends[2]} | {ends[1]} | {ends[0]} | {faults} |", flush=True)
            bad += faults
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
