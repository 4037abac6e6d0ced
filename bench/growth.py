"""Lets one thing grow by tens until one machine ends: neurons, synapses, steps, samples, activity. Time and peak memory.

Synapses grow in three ways: a full matrix, a matrix in which 5 % of the weights are not 0, and kernels over 10^7 neurons.

    python bench/growth.py [--seconds 60] [--gigabytes 16] [--output docs] [--only neurons ...]

Everything else stays: 1,000 inputs on 1,000 LIF with all 10^6 weights, 100 steps, one sample, 5 % of the inputs active in a
step; neurons grow as a picture behind a 3 x 3 convolution, in 10 steps. The clocked engine in single precision, one thread,
core 0, tells how often each output neuron spiked. A process that takes longer than SECONDS, reading included, or asks for
more than GIGABYTES of addresses is ended, and its row says why. Writes growth.csv, and growth.svg from it.
"""

import argparse
import csv
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

import beside

MAKE = """
import json, sys
import numpy as np, nir
folder, about = sys.argv[1], json.loads(sys.argv[2])
rng = np.random.default_rng(1)
kind, n, steps, batch, activity = (about[key] for key in ("kind", "neurons", "steps", "batch", "activity"))
kernel, share = about["kernel"], about["share"]
shape = (1, round(n ** 0.5), round(n ** 0.5)) if kind == "picture" else (n,)
full = lambda value: np.full(shape, value, np.float32)
lif = nir.LIF(tau=full(1e-2), r=full(10), v_leak=full(0), v_threshold=full(1), v_reset=full(0))
if kind == "picture":
    spread = rng.normal(0, 1.5 / kernel, (1, 1, kernel, kernel)).astype(np.float32)
    weights = nir.Conv2d(shape[1:], spread, 1, kernel // 2, 1, 1, np.zeros(1, np.float32))
else:
    matrix = np.empty((n, n), np.float32)
    for row in matrix:
        rng.standard_normal(out=row, dtype=np.float32)
        row *= np.float32(1.5 / (n * share) ** 0.5)
        if share < 1:
            row[rng.permutation(n)[round(n * share):]] = 0
    weights = nir.Linear(matrix)
nodes = {"input": nir.Input(np.array(shape)), "w": weights, "lif": lif, "output": nir.Output(np.array(shape))}
graph = nir.NIRGraph(nodes, [("input", "w"), ("w", "lif"), ("lif", "output")], type_check=False)
nir.write(f"{folder}/graph.nir", graph, compression=None)
x = np.lib.format.open_memmap(f"{folder}/input.npy", "w+", np.uint8, (batch, steps, *shape))
if x.nbytes <= about["random_bytes"]:  # else a file of zeros without blocks: what comes to its end before it runs
    for sample in x:
        for frame in sample:
            frame[...] = rng.random(shape, np.float32) < activity
"""

PLAIN = {"kind": "matrix", "neurons": 1000, "steps": 100, "batch": 1, "activity": 0.05, "random_bytes": 2 << 30,
         "kernel": 3, "share": 1.0}
PICTURE = PLAIN | {"kind": "picture", "steps": 10}
AXES = {
    "neurons": [PICTURE | {"neurons": side * side} for side in (10, 32, 100, 316, 1000, 3162, 10_000)],
    "synapses": [PLAIN | {"neurons": n} for n in (32, 100, 316, 1000, 3162, 10_000, 31_623, 100_000)],
    "sparse": [PLAIN | {"neurons": n, "share": 0.05} for n in (1000, 3162, 10_000, 31_623)],
    "kernel": [PICTURE | {"neurons": 3162**2, "kernel": kernel} for kernel in (3, 5, 11)],
    "steps": [PLAIN | {"steps": 10**power} for power in range(1, 8)],
    "batch": [PLAIN | {"batch": 10**power} for power in range(0, 6)],
    "activity": [PLAIN | {"activity": share} for share in (1e-3, 1e-2, 1e-1, 1.0)],
}
COLUMNS = [
    "axis", "value", "neurons", "synapses", "steps", "batch", "activity", "read_s", "run_s", "peak_mb", "spikes", "ended",
]


def synapses(about):
    n, kernel = about["neurons"], about["kernel"]
    if about["kind"] == "picture":
        return (kernel * round(n**0.5) - kernel // 2 * (kernel // 2 + 1)) ** 2
    return n * round(n * about["share"])


def measure(folder, limits):
    """Seconds of reading and of running, peak memory in MB, output spikes, and why it was ended (nothing if it was not)."""
    command = [beside.TIME_RUN, f"{folder}/graph.nir", f"{folder}/input.npy", "f32", 1e-3]
    space = int(limits.gigabytes * 2**30)
    words = tempfile.TemporaryFile("w+")
    begun = time.perf_counter()
    process = subprocess.Popen(
        beside.pinned(command, "0"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (space, space)),
    )
    alarm = threading.Timer(limits.seconds, process.kill)
    alarm.start()
    took = []
    try:
        while len(took) < 3 and sum(took) < 1:
            process.stdin.write("\n")
            process.stdin.flush()
            line = process.stdout.readline().split()
            if not line:
                break
            if not took:
                first = time.perf_counter() - begun
            took.append(float(line[0]))
        process.stdin.close()
    except BrokenPipeError:
        pass
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    late = not alarm.is_alive()
    alarm.cancel()
    peak = usage.ru_maxrss / 1e3
    if took:
        return first - took[0], sorted(took)[len(took) // 2], peak, int(line[1]) if line else None, ""
    words.seek(0)
    said = words.read().strip().splitlines()[:1] or [f"exit status {process.returncode}"]
    return None, None, peak, None, f"over {limits.seconds:g} s" if late else f"{limits.gigabytes:g} GB: {said[0]}"


def tried(about, limits):
    """What `measure` says of a size; one whose weights alone are beyond the limit is not even made."""
    weights = 0 if about["kind"] == "picture" else 4 * about["neurons"] ** 2
    if weights > limits.gigabytes * 2**30:
        return None, None, None, None, f"{limits.gigabytes:g} GB: not tried, the weights alone are {weights / 2**30:.0f} GB"
    with tempfile.TemporaryDirectory(dir=limits.scratch) as folder:
        beside.finish([beside.base(), "-c", MAKE, folder, json.dumps(about)])
        return measure(folder, limits)


def grow(axis, limits):
    """A row for each size of one thing, up to the one that is ended."""
    for about in AXES[axis]:
        read, run, peak, spikes, ended = tried(about, limits)
        row = about | {"axis": axis, "synapses": synapses(about), "read_s": read, "run_s": run, "peak_mb": peak,
                       "spikes": spikes, "ended": ended}
        row["value"] = row["synapses"] if axis in ("sparse", "kernel") else row[axis]
        shown = {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in row.items()}
        yield {key: "" if shown[key] is None else shown[key] for key in COLUMNS}
        if ended:
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--gigabytes", type=float, default=16)
    parser.add_argument("--output", type=pathlib.Path, default=beside.ROOT / "docs")
    parser.add_argument("--scratch", help="folder for the files that are made, up to 5 GB at a time")
    parser.add_argument("--only", nargs="*", choices=AXES, default=list(AXES))
    limits = parser.parse_args()
    table = limits.output / "growth.csv"
    print(*COLUMNS, sep="\t", flush=True)
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for axis in limits.only:
            for row in grow(axis, limits):
                writer.writerow(row)
                print(*row.values(), sep="\t", flush=True)
    python = beside.environment("plot", ["matplotlib==3.10.7"])
    beside.finish([python, beside.HERE / "plot_growth.py", table, limits.output / "growth.svg", beside.machine()])


if __name__ == "__main__":
    sys.exit(main())
