"""Hold `nir convert` against h5py, the Python reference and h5dump.

    python scripts/check_round_trip.py PROGRAM FOLDER...

Copies every NIR graph (*.nir) below the folders with `PROGRAM convert A B`, for each kind of
compression, and checks that

  * h5py finds every dataset of A in B, with the same values (a NaN equals a NaN), element type
    (byte order, kind, length and encoding of strings) and shape, and no other dataset;
  * the reference reads B whenever it reads A, with and without type checking;
  * h5dump reads B without a complaint, where h5dump is installed.

With `--text`, the copy goes through the text form and back. Needs h5py and nir. Exit status 1 when
anything differs.
"""

import argparse
import multiprocessing
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import nir
import numpy as np


def datasets(path):
    """Every dataset of a file, by path: (element type, string type, shape, values)."""
    found = {}

    def visit(group, prefix):
        for name in group:
            item = group.get(name)
            if isinstance(item, h5py.Group):
                visit(item, f"{prefix}/{name}")
            elif isinstance(item, h5py.Dataset):
                text = h5py.check_string_dtype(item.dtype)
                kind = (item.dtype.str, item.dtype.fields and tuple(item.dtype.fields))
                found[f"{prefix}/{name}"] = (kind, text, item.shape, item[()])

    with h5py.File(path, "r") as file:
        visit(file, "")
    return found


def same_values(a, b):
    """Bit for bit, but for the payload of NaNs and for the padding of objects."""
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind in "fc":
        return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a.real), np.signbit(b.real))
    return np.array_equal(a, b)


def differences(left, path):
    """What h5py sees differently in a file, given the datasets of another one, one line each."""
    right = datasets(path)
    for path in sorted(left.keys() | right.keys()):
        if path not in right:
            yield f"{path} is missing"
        elif path not in left:
            yield f"{path} is new"
        else:
            for what, one, other in zip(("element type", "string type", "shape"), left[path], right[path]):
                if one != other:
                    yield f"{path}: {what} {one} became {other}"
            if not same_values(left[path][3], right[path][3]):
                yield f"{path}: other values"


def reference_reads(path, type_check):
    """None when the reference reads the file, else why not."""
    try:
        nir.read(path, type_check=type_check)
    except Exception as error:  # noqa: BLE001 - whatever the reference raises
        return f"{type(error).__name__}: {error}"
    return None


def is_graph(path):
    try:
        with h5py.File(path, "r") as file:
            return isinstance(file.get("node"), h5py.Group)
    except OSError:
        return False


def convert(program, source, target, options):
    run = subprocess.run([program, "convert", str(source), str(target), *options], capture_output=True, text=True)
    return None if run.returncode == 0 else f"convert: exit {run.returncode}: {run.stderr.strip()}"


def faults(program, source, folder, compressions, text):
    """Everything that is wrong with the copies of one file, each with the compression of the copy."""
    target = folder / "copy.nir"
    between = source
    if text:
        between = folder / "copy.nirt"
        refused = convert(program, source, between, [])
        if refused:
            yield "text", refused
            return
    before = datasets(source)
    is_read = [check for check in (True, False) if reference_reads(source, check) is None]
    for compression in compressions:
        target.unlink(missing_ok=True)
        refused = convert(program, between, target, ["--compression", compression])
        if refused:
            yield compression, refused
            continue
        for difference in differences(before, target):
            yield compression, difference
        for type_check in is_read:
            refused = reference_reads(target, type_check)
            if refused:
                yield compression, f"nir.read(type_check={type_check}): {refused}"
        if shutil.which("h5dump"):
            dump = subprocess.run(["h5dump", "-H", str(target)], capture_output=True, text=True)
            if dump.returncode or dump.stderr:
                yield compression, f"h5dump: {dump.stderr.strip()[:200]}"


def check(work):
    """The faults of one file, each with its name and its compression."""
    program, path, compressions, text = work
    with tempfile.TemporaryDirectory() as folder:
        found = faults(program, path, pathlib.Path(folder), compressions, text)
        return [f"{path} ({compression}): {fault}" for compression, fault in found]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("program")
    arguments.add_argument("folders", nargs="+", type=pathlib.Path)
    arguments.add_argument("--compression", nargs="+", default=["none", "gzip", "lzf"])
    arguments.add_argument("--text", action="store_true")
    chosen = arguments.parse_args()

    files = [path for folder in chosen.folders for path in sorted(folder.rglob("*.nir")) if is_graph(path)]
    work = [(chosen.program, path, chosen.compression, chosen.text) for path in files]
    wrong = 0
    with multiprocessing.Pool() as pool:
        for found in pool.imap(check, work, chunksize=4):
            wrong += len(found)
            for fault in found:
                print(fault)
    print(f"{len(files)} graphs, each copied with {', '.join(chosen.compression)}: {wrong} differences")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
