"""Hold the HDF5 reader against h5py on damaged files.

    cargo build -p nirkit-io --example read_trees
    python scripts/check_hdf5_mutants.py target/debug/examples/read_trees COUNT FOLDER [--seed N] [--ways ...] [--keep FOLDER]

Makes COUNT mutants of the HDF5 files (*.nir) of a folder, reads everything that each one holds with
both, and counts

    same        both read it, and read the same
    refused     both refuse it
    unsupported nirkit names something that it does not read; h5py reads it
    read on     h5py raises, nirkit reads
    too strict  h5py reads, nirkit says that it is damaged
    other       both read it, and not the same

h5py runs in a process of its own, since a damaged file can crash it or keep it busy (which counts as
raising). Needs h5py and numpy. Exit status 1 when something is read on or is other.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import select

# What h5py is asked for, in a process of its own: the same lines as `read_trees`.
H5PY = r"""
import json, sys
import h5py
import numpy as np

def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value

def described(dataset):
    kind = dataset.dtype
    value = dataset[()]
    if h5py.check_string_dtype(kind) is not None:
        flat = np.asarray(value, dtype=object).reshape(-1).tolist()
        return ["text", list(dataset.shape), [text(one) for one in flat]]
    if isinstance(value, h5py.Empty) or kind.kind not in "biufc":
        raise NotImplementedError(str(kind))
    array = np.ascontiguousarray(value)
    return [array.dtype.str, list(dataset.shape), array.tobytes().hex()]

def visit(group, prefix, found):
    for name in group:
        path = f"{prefix}/{name}"
        link = group.get(name, getlink=True)
        if isinstance(link, h5py.SoftLink) and name not in group:
            continue
        if isinstance(link, h5py.ExternalLink):
            raise NotImplementedError("external link")
        item = group[name]
        if isinstance(item, h5py.Group):
            if path.count("/") > 128:
                raise NotImplementedError("groups without end")
            found[path] = "group"
            visit(item, path, found)
        elif isinstance(item, h5py.Dataset):
            found[path] = described(item)

for line in sys.stdin:
    found, unread = {}, None
    try:
        with h5py.File(line.rstrip("\n"), "r") as file:
            visit(file, "", found)
        answer = {"datasets": found}
    except NotImplementedError as error:
        answer = {"beyond": str(error)}
    except Exception as error:
        answer = {"refused": f"{type(error).__name__}: {error}"[:300]}
    print(json.dumps(answer), flush=True)
"""


class Reader:
    """A process that answers one line to each path; it is started again when it ends or hangs."""

    def __init__(self, command, seconds=60):
        self.command, self.seconds, self.process = command, seconds, None

    def ask(self, path):
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
        self.process.stdin.write(f"{path}\n".encode())
        line, waiting = b"", [self.process.stdout]
        while not line.endswith(b"\n"):
            ready = select.select(waiting, [], [], self.seconds)[0]
            part = self.process.stdout.read(1 << 20) if ready else b""
            if not part:
                self.process.kill()
                status = self.process.wait()
                self.process = None
                return {"ended": status if ready else "hang"}
            line += part
        return json.loads(line)


def flip(numbers, data):
    at = numbers.randrange(len(data))
    data[at] ^= 1 << numbers.randrange(8)


def byte(numbers, data):
    data[numbers.randrange(len(data))] = numbers.randrange(256)


def run(numbers, data):
    at, length = numbers.randrange(len(data)), numbers.randrange(1, 64)
    data[at : at + length] = bytes([numbers.randrange(256)]) * len(data[at : at + length])


def number(numbers, data):
    at = numbers.randrange(len(data) // 8) * 8
    data[at : at + 8] = (1 << numbers.randrange(64)).to_bytes(8, "little")


def copy(numbers, data):
    at, other = (numbers.randrange(len(data) // 8) * 8 for _ in range(2))
    data[at : at + 8] = data[other : other + 8]


def cut(numbers, data):
    del data[numbers.randrange(len(data)) :]


WAYS = {way.__name__: way for way in (flip, byte, run, number, copy, cut)}


def verdict(ours, theirs):
    if "ended" in ours:
        return "crash"
    if "beyond" in theirs:
        return "beyond"
    if "datasets" in ours and "datasets" in theirs:
        return "same" if ours == theirs else "other"
    if "datasets" in ours:
        return "read on"
    if "datasets" not in theirs:
        return "refused"
    return "too strict" if ours["refused"].startswith(("damaged", "not ")) else "unsupported"


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("program")
    arguments.add_argument("count", type=int)
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--ways", nargs="+", choices=WAYS, default=["flip"])
    arguments.add_argument("--largest", type=int, default=200_000, help="bytes of the largest file that is taken")
    arguments.add_argument("--keep", type=pathlib.Path, help="where mutants are kept on which the two differ")
    chosen = arguments.parse_args()

    files = [path for path in sorted(chosen.folder.rglob("*.nir")) if path.stat().st_size <= chosen.largest]
    contents = {path: path.read_bytes() for path in files}
    numbers = random.Random(chosen.seed)
    ours, theirs = Reader([chosen.program]), Reader([sys.executable, "-c", H5PY])
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for index in range(chosen.count):
            path = numbers.choice(files)
            data, way = bytearray(contents[path]), numbers.choice(chosen.ways)
            WAYS[way](numbers, data)
            mutant = pathlib.Path(folder) / "mutant.nir"
            mutant.write_bytes(data)
            answers = ours.ask(mutant), theirs.ask(mutant)
            found = verdict(*answers)
            counts[found] += 1
            if found not in ("same", "refused", "unsupported", "beyond"):
                at = [place for place, pair in enumerate(zip(data, contents[path])) if pair[0] != pair[1]]
                said = [answer.get("refused", answer.get("ended", "reads it")) for answer in answers]
                print(f"{index} {path.stem} {way} at {at[:1]}: {found}: we: {said[0]}; h5py: {said[1]}")
                if chosen.keep:
                    chosen.keep.mkdir(parents=True, exist_ok=True)
                    (chosen.keep / f"{index}_{path.name}").write_bytes(data)
    print(f"{chosen.count} mutants of {len(files)} files: " + ", ".join(f"{n} {name}" for name, n in counts.most_common()))
    return 1 if counts["read on"] or counts["other"] or counts["crash"] else 0


if __name__ == "__main__":
    sys.exit(main())
