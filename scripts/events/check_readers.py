#!/usr/bin/env python3
"""Holds the readers and writers of recordings against independent packages, event for event.

    scripts/events/check_readers.py NIR --envs DIR [--keep DIR] [--sample test_data.aedat4]

NIR is the program. DIR gets an environment for each package, from PyPI, unless it is there. The truth is made here, in
plain Python, and never passes through nirkit: what nirkit writes of it is read by the packages, what they write by nirkit.
Formats that no package writes are put together here from the documents that describe them. Prints tables in Markdown; ends
with 1 when something differs that is not among the differences that are explained below.
"""

import argparse
import datetime
import json
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ["evt3", "evlib", "eventcv", "faery", "aedat", "expelliarmus", "tonic", "dv-processing", "numpy"]
HERE = Path(__file__).parent
WIDTH, HEIGHT = 128, 96

# Which package reads which format, by the endings that some of them go by.
READERS = {
    "evt2": ["evlib", "eventcv", "faery", "expelliarmus"],
    "evt3": ["evt3", "evlib", "eventcv", "faery", "expelliarmus"],
    "dat": ["faery", "eventcv", "expelliarmus"],
    "aedat4": ["dv-processing", "aedat", "faery", "evlib", "eventcv", "tonic"],
    "nmnist": ["tonic"],
    "npy": ["tonic"],
    "csv": [],
}
WRITERS = {
    "evt2": ["faery", "expelliarmus"],
    "evt3": ["faery", "expelliarmus"],
    "dat": ["faery", "expelliarmus"],
    "aedat4": ["dv-processing", "faery", "eventcv"],
    "es": ["faery"],
    "npy": ["tonic"],
    "npz": ["tonic", "numpy"],
}
BY_HAND = {"aedat1": ["tonic"], "aedat2": ["tonic", "evlib"], "davis": ["evlib", "eventcv"], "aedat3": ["tonic", "evlib"]}
# What a package needs besides itself.
BESIDES = {"tonic": ["aedat"]}
ENDINGS = {"evt2": "raw", "evt21": "raw", "evt3": "raw", "nmnist": "bin", "aedat1": "aedat", "aedat2": "aedat", "aedat3": "aedat"}

# Differences that are explained in docs/events.md: (package, format, recording, file made by) -> reason.
EXPLAINED = {
    (package, form, name, made): reason
    for package, forms, names, made, reason in [
        ("expelliarmus", ["evt3"], ["short", "40 s"], "nirkit", "one step of EVT_TIME_HIGH, 4096 us; four other readers agree with nirkit"),
        ("nirkit", ["evt3"], ["short", "40 s"], "expelliarmus", "one step of EVT_TIME_HIGH, 4096 us, as when it reads"),
        ("tonic", ["aedat1", "aedat2", "aedat3"], ["short"], "hand", "raises in tonic, whatever the file"),
        ("evlib", ["aedat2", "davis"], ["short"], "hand", "evlib has another layout of addresses than the document, for every camera"),
        ("evlib", ["aedat3"], ["short"], "hand", "evlib reads words of AEDAT 3.1 in another way than the document"),
        ("evlib", ["aedat4 zstd"], ["short"], "nirkit", "evlib does not read Zstandard"),
        ("eventcv", ["sample"], ["test_data.aedat4"], "DV", "eventcv gives a part of the file; the other five agree with nirkit"),
        ("eventcv", ["davis"], ["short"], "hand", "eventcv counts rows from the top"),
    ]
    for form in forms
    for name in names
}


def python(envs, package):
    return envs / package / "bin" / "python"


def install(envs):
    """Makes the environments; the versions, and what does not install."""
    versions = {}
    for package in PACKAGES:
        if not python(envs, package).exists():
            subprocess.run([sys.executable, "-m", "venv", envs / package], check=True)
            pip = [python(envs, package), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package, *BESIDES.get(package, [])]
            subprocess.run(pip, check=False)
        code = f"import importlib.metadata as m; print(m.version({package!r}))"
        asked = subprocess.run([python(envs, package), "-c", code], capture_output=True, text=True, check=False)
        versions[package] = asked.stdout.strip() or None
    return versions


def peer(envs, package, *arguments):
    """What a package answers; a package that ends the interpreter answers with its signal."""
    command = [python(envs, package), HERE / "peers.py", package, *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return {"error": "no end within 60 s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return {"error": f"ends with code {done.returncode}"}
    return json.loads(lines[-1])


def nir(program, *arguments):
    return subprocess.run([program, "events", *map(str, arguments)], capture_output=True, text=True, check=False)


def recording(count, longest, seed, step):
    """Events in order of time: some at once, some next to each other."""
    chance = random.Random(seed)
    t, x, y, events = 1000, 0, 0, []
    for _ in range(count):
        t += chance.choice([0, 0, 1, chance.randrange(step)])
        if chance.random() < 0.4:
            x, y = chance.randrange(WIDTH), chance.randrange(HEIGHT)
        else:
            x = (x + 1) % WIDTH
        events.append((x, y, t, chance.randrange(2)))
    assert t < longest, t
    return events


def write_csv(path, events):
    path.write_text("x,y,t,p\n" + "".join(f"{x},{y},{t},{p}\n" for x, y, t, p in events))


def aedat1(events):
    """AEDAT 1.0 of a DVS128, from the document of iniVation."""
    body = b"".join(struct.pack(">Hi", y << 8 | x << 1 | p, t) for x, y, t, p in events)
    return b"#!AER-DAT1.0\r\n# made by check_readers.py\r\n" + body


def aedat2(events):
    """AEDAT 2.0 of a DVS128."""
    body = b"".join(struct.pack(">Ii", y << 8 | x << 1 | p, t) for x, y, t, p in events)
    return b"#!AER-DAT2.0\r\n# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128\r\n" + body


def davis(events):
    """AEDAT 2.0 of a DAVIS240C."""
    body = b"".join(struct.pack(">Ii", y << 22 | x << 12 | p << 11, t) for x, y, t, p in events)
    return b"#!AER-DAT2.0\r\n# AEChip: eu.seebetter.ini.chips.davis.Davis240C\r\n" + body


def aedat3(events):
    """AEDAT 3.1 of a DVS128, as cAER writes it."""
    out = b"#!AER-DAT3.1\r\n#Format: RAW\r\n#Source 1: DVS128\r\n#Start-Time: 2020-01-01 00:00:00 (TZ+0000)\r\n#!END-HEADER\r\n"
    for start in range(0, len(events), 500):
        part = events[start : start + 500]
        out += struct.pack("<hhiiiiii", 1, 1, 8, 4, 0, len(part), len(part), len(part))
        out += b"".join(struct.pack("<Ii", x << 17 | y << 2 | p << 1 | 1, t) for x, y, t, p in part)
    return out


class Table:
    """Rows of a table in Markdown, and whether anything differs without an explanation."""

    def __init__(self):
        self.rows, self.bad = [], 0

    def add(self, key, made, read, answer, events):
        reason = EXPLAINED.get(key)
        if answer.get("equal"):
            said = f"equal, {events} events"
            if reason:
                self.bad += 1
                said += f" (but explained as: {reason})"
        else:
            said = answer.get("error") or answer.get("note") or "differs"
            said = said.replace("|", "/")[:160]
            said = f"{said} ({reason})" if reason else f"**{said}**"
            self.bad += not reason
        _, form, name, _ = key
        self.rows.append(f"| {form} | {name} | {made} | {read} | {said} |")
        print(self.rows[-1], flush=True)


def ours(program, path, folder, form=None):
    """What nirkit reads of a file, as text."""
    out = folder / "ours.csv"
    out.unlink(missing_ok=True)
    named = ["--from", form] if form else []
    done = nir(program, "convert", path, out, *named)
    return (out.read_text() if out.exists() else None), done


def check(program, envs, folder, versions):
    table = Table()
    print("| format | recording | written by | read by | result |\n|---|---|---|---|---|")
    recordings = {
        "short": recording(20_000, 1 << 23, 1, 300),
        "40 s": recording(20_000, 1 << 34, 2, 16_000),
    }
    for name, events in recordings.items():
        truth = folder / "truth.csv"
        write_csv(truth, events)
        for form, readers in READERS.items():
            if form == "nmnist" and name != "short":
                continue
            packings = ["none", "lz4", "zstd"] if form == "aedat4" and name == "short" else ["lz4"]
            for packing in packings:
                path = folder / f"ours_{form}.{ENDINGS.get(form, form)}"
                path.unlink(missing_ok=True)
                size = ["--size", f"{WIDTH}x{HEIGHT}", *(["--compression", packing] if form == "aedat4" else [])]
                done = nir(program, "convert", truth, path, "--to", form, *size)
                shown = f"{form} {packing}" if form == "aedat4" else form
                if done.returncode != 0:
                    table.add(("nirkit", shown, name, "nirkit"), "nirkit", "-", {"error": done.stderr.strip()}, 0)
                    continue
                text, _ = ours(program, path, folder, form)
                table.add(("nirkit", shown, name, "nirkit"), "nirkit", "nirkit", {"equal": text == truth.read_text()}, len(events))
                for package in readers:
                    if versions[package]:
                        answer = peer(envs, package, "read", form, path, truth)
                        table.add((package, shown, name, "nirkit"), "nirkit", package, answer, len(events))
        for form, writers in WRITERS.items():
            for package in writers:
                if not versions[package]:
                    continue
                path = folder / f"theirs_{form}.{ENDINGS.get(form, form)}"
                path.unlink(missing_ok=True)
                answer = peer(envs, package, "write", form, path, truth)
                if "error" not in answer:
                    text, done = ours(program, path, folder)
                    expected = truth.read_text()
                    if form == "es":
                        # faery counts rows from the top and writes them from the bottom, as the format has them.
                        upside_down = [(x, HEIGHT - 1 - y, t, p) for x, y, t, p in events]
                        write_csv(folder / "flipped.csv", upside_down)
                        expected = (folder / "flipped.csv").read_text()
                    answer = {"equal": text == expected, "note": differs(text, expected, done)}
                table.add(("nirkit", form, name, package), package, "nirkit", answer, len(events))
        if name == "short":
            for form, readers in BY_HAND.items():
                path = folder / f"hand_{form}.aedat"
                path.write_bytes(globals()[form](events))
                text, done = ours(program, path, folder)
                answer = {"equal": text == truth.read_text(), "note": differs(text, truth.read_text(), done)}
                table.add(("nirkit", form, name, "hand"), "this script", "nirkit", answer, len(events))
                for package in readers:
                    if versions[package]:
                        answer = peer(envs, package, "read", form, path, truth)
                        table.add((package, form, name, "hand"), "this script", package, answer, len(events))
    return table


def differs(text, truth, done):
    if text is None:
        return (done.stderr or done.stdout).strip().replace("\n", " ")
    ours, theirs = text.splitlines(), truth.splitlines()
    if len(ours) != len(theirs):
        return f"{len(ours) - 1} of {len(theirs) - 1} events"
    row = next((row for row, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), None)
    return None if row is None else f"row {row - 1}: {ours[row]}, not {theirs[row]}"


def sample(program, envs, folder, path, versions, table):
    """A recording of a real camera: what nirkit and the packages read of it is the same."""
    text, done = ours(program, path, folder)
    if text is None:
        table.add(("nirkit", "sample", path.name, "DV"), "DV", "nirkit", {"error": done.stderr.strip()}, 0)
        return
    mine = folder / "sample.csv"
    mine.write_text(text)
    for package in READERS["aedat4"]:
        if versions[package]:
            answer = peer(envs, package, "read", "aedat4", path, mine)
            table.add((package, "sample", path.name, "DV"), "DV", f"{package}, as nirkit", answer, text.count("\n") - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=Path)
    parser.add_argument("--envs", type=Path, required=True)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--sample", type=Path)
    args = parser.parse_args()
    args.envs.mkdir(parents=True, exist_ok=True)
    versions = install(args.envs.resolve())
    print(f"{datetime.date.today()}:", ", ".join(f"{name} {version}" for name, version in versions.items()), "\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        table = check(args.nir.resolve(), args.envs.resolve(), folder, versions)
        if args.sample:
            sample(args.nir.resolve(), args.envs.resolve(), folder, args.sample, versions, table)
    print(f"\n{len(table.rows)} comparisons, {table.bad} differences without an explanation")
    return 1 if table.bad else 0


if __name__ == "__main__":
    sys.exit(main())
