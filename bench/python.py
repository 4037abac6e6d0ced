"""Set the Python package beside the reference: reading, writing, the overhead of a run, memory.

    pip install nirkit nir==1.0.8 && python bench/python.py

Everything is timed in one process, both sides by turns. The best of several rounds is printed, which
other programs on the machine disturb least; timings of one run can be compared with each other, not
with another's.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import nir
import nirkit
import numpy as np

ROUNDS = 15
NODES = 2000
EXAMPLE = pathlib.Path(__file__).resolve().parent.parent / "examples" / "small.nir"

MEMORY = """
import re, sys, nirkit
peak = lambda: 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
nirkit.read(sys.argv[2])
before = peak()
weight = nirkit.read(sys.argv[1]).nodes["fc"].weight
print((peak() - before) / weight.nbytes)
"""


def chain(package):
    """Many small nodes, one behind the other."""
    nodes = {"input": package.Input(np.array([3]))}
    nodes |= {f"s{k:04}": package.Scale(np.full(3, k, np.float32)) for k in range(NODES)}
    nodes["output"] = package.Output(np.array([3]))
    names = list(nodes)
    return package.NIRGraph(nodes, list(zip(names, names[1:])), type_check=False)


def seconds(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def beside(title, ours, theirs):
    """Times two functions by turns."""
    ours(), theirs()
    times = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    one, other = map(min, zip(*times))
    print(f"{title:44} {1e3 * one:8.1f} ms {1e3 * other:8.1f} ms   {other / one:5.1f} times as fast")


def overhead():
    """The time of a call with a single step of a small network, engine and all."""
    model = nirkit.prepare(EXAMPLE, "clocked")
    x = np.zeros((1, 4), np.uint8)
    calls = 5000

    def many():
        for _ in range(calls):
            model(x)

    many()
    best = min(seconds(many) for _ in range(ROUNDS)) / calls
    print(f"{'a call of a model, one step and all':44} {1e6 * best:8.1f} us")


def memory(folder):
    side = 8192
    matrix = np.random.default_rng(0).normal(size=(side, side)).astype(np.float32)
    nodes = {"i": nirkit.Input([side]), "fc": nirkit.Linear(matrix), "o": nirkit.Output([side])}
    graph = nirkit.NIRGraph(nodes, [("i", "fc"), ("fc", "o")])
    for compression in (None, "gzip"):
        path = f"{folder}/big.nir"
        nirkit.write(path, graph, compression=compression)
        command = [sys.executable, "-c", MEMORY, path, EXAMPLE]
        ratio = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print(f"{f'memory of reading 256 MiB ({compression})':44} {ratio:8.2f} times its size")


def main():
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = chain(nirkit), chain(nir)
        print(f"{'':44} {'nirkit':>11} {'nir':>11}")
        for compression in ("gzip", None):
            path, other = f"{folder}/{compression}.nir", f"{folder}/other.nir"
            nir.write(path, theirs, compression=compression)
            for check in (True, False):
                beside(
                    f"read {NODES} nodes ({compression}, type_check={check})",
                    lambda: nirkit.read(path, type_check=check),
                    lambda: nir.read(path, type_check=check),
                )
            beside(
                f"write {NODES} nodes ({compression})",
                lambda: nirkit.write(other, ours, compression=compression),
                lambda: nir.write(other, theirs, compression=compression),
            )
        overhead()
        memory(folder)


if __name__ == "__main__":
    main()
