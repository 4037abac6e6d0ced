"""Time h5py and the Python reference on the files of the benchmark `files`.

    python crates/io/benches/reference.py FOLDER [PROGRAM]

FOLDER is where the benchmark left its files. With PROGRAM (`nir`), whole processes are timed too.
Prints the best of several runs, in milliseconds. Needs h5py and nir.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import nir


def best(work, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return f"{1000 * min(times):9.1f} ms"


def everything(path):
    """Every dataset of a file, as h5py hands it out."""
    with h5py.File(path, "r") as file:
        file.visititems(lambda _, item: item[()] if isinstance(item, h5py.Dataset) else None)


def process(*command):
    subprocess.run([*map(str, command)], check=True, capture_output=True)


folder = pathlib.Path(sys.argv[1])
program = sys.argv[2] if len(sys.argv) > 2 else None
with tempfile.TemporaryDirectory() as scratch:
    copy = pathlib.Path(scratch) / "copy.nir"
    for path in sorted(folder.glob("*.nir")):
        compression = "gzip" if "gzip" in path.name else None
        print(f"{path.name}: h5py, datasets only     {best(lambda: everything(path), 5)}")
        print(f"{path.name}: reference, read         {best(lambda: nir.read(path, type_check=False), 2)}")
        graph = nir.read(path, type_check=False)
        print(f"{path.name}: reference, write        {best(lambda: nir.write(copy, graph, compression), 2)}")
        if program:
            read = f"import nir; nir.read({str(path)!r}, type_check=False)"
            print(f"{path.name}: reference, read process {best(lambda: process(sys.executable, '-c', read), 2)}")
            print(f"{path.name}: nir info process        {best(lambda: process(program, 'info', path), 5)}")
            print(f"{path.name}: nir convert process     {best(lambda: process(program, 'convert', path, copy), 5)}")
