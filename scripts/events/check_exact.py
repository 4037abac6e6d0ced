#!/usr/bin/env python3
"""Holds the exact run of an unbinned recording against a slow reference in numpy, and binned runs against the exact one.

    scripts/events/check_exact.py NIR [--events 1000000] [--keep DIR]

NIR is the program. The network is a convolutional one with IF neurons: Conv2d (2 to 6 channels, 5 x 5, stride 2), IF, Conv2d (6 to 4
channels, 3 x 3), IF, all its weights multiples of 1/64, so that no sum is rounded and a spike is a matter of arithmetic.
The recording is random and has events at the same microsecond. The reference is written from NIR's equations: at an instant, the events of
all pixels are added, each neuron takes off its threshold as often as it is above it, and its spikes enter the next layer
at the same instant. Every spike of every layer has to be equal in time and neuron. Then events are counted in windows of
1 us to 10 ms; a table in Markdown says how far the spikes are from those of the exact run. Needs numpy and nir.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SIDE = 32
WINDOWS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2]


def network(path):
    """Writes the network, and returns its weights and thresholds."""
    import nir

    chance = np.random.default_rng(5)
    first = chance.integers(-24, 40, size=(6, 2, 5, 5)) / 64
    second = chance.integers(-24, 40, size=(4, 6, 3, 3)) / 64
    one, two = (6, 16, 16), (4, 16, 16)
    thresholds = [np.full(one, 4.0), np.full(two, 6.0)]
    nodes = {
        "input": nir.Input(np.array([2, SIDE, SIDE])),
        "conv1": nir.Conv2d((SIDE, SIDE), first, 2, 2, 1, 1, np.zeros(6)),
        "if1": nir.IF(np.ones(one), thresholds[0], np.zeros(one)),
        "conv2": nir.Conv2d((16, 16), second, 1, 1, 1, 1, np.zeros(4)),
        "if2": nir.IF(np.ones(two), thresholds[1], np.zeros(two)),
        "output": nir.Output(np.array(two)),
    }
    names = list(nodes)
    nir.write(path, nir.NIRGraph(nodes, list(zip(names, names[1:])), type_check=False))
    return [(first, 2, 2), (second, 1, 1)], thresholds


def recording(count):
    """Events over one second: (t, x, y, p), t in microseconds, sorted."""
    chance = np.random.default_rng(6)
    events = np.empty(count, np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")]))
    events["t"] = np.sort(chance.integers(1_000_000, size=count))
    events["t"][0] = 0
    events["x"], events["y"] = chance.integers(SIDE, size=count), chance.integers(SIDE, size=count)
    events["p"] = chance.random(count) < 0.5
    return events


def scatter(spikes, layer, v):
    """Adds what spikes (channel, row, column, number) send through a convolution to the voltages; cells that change."""
    weight, stride, padding = layer
    size = weight.shape[2]
    touched = set()
    for channel, row, column, number in spikes:
        for kernel_row in range(size):
            for kernel_column in range(size):
                # out = (in + padding - kernel) / stride, where it is whole.
                out_row, rest_row = divmod(row + padding - kernel_row, stride)
                out_column, rest_column = divmod(column + padding - kernel_column, stride)
                if rest_row or rest_column or not (0 <= out_row < v.shape[1] and 0 <= out_column < v.shape[2]):
                    continue
                v[:, out_row, out_column] += weight[:, channel, kernel_row, kernel_column] * number
                touched.add((out_row, out_column))
    return touched


def reference(events, layers, thresholds):
    """Spikes of each layer: rows of (t, neuron), one for each spike."""
    voltages = [np.zeros(threshold.shape) for threshold in thresholds]
    found = [[] for _ in layers]
    times, starts = np.unique(events["t"], return_index=True)
    ends = [*starts[1:].tolist(), len(events)]
    columns = [events[name].astype(int).tolist() for name in "pyx"]
    for t, start, end in zip(times.tolist(), starts.tolist(), ends):
        spikes = [(*(column[at] for column in columns), 1) for at in range(start, end)]
        for index, (layer, v, threshold) in enumerate(zip(layers, voltages, thresholds)):
            touched = scatter(spikes, layer, v)
            spikes = []
            for row, column in sorted(touched):
                for channel in np.flatnonzero(v[:, row, column] > threshold[:, row, column]).tolist():
                    number = 0
                    while v[channel, row, column] > threshold[channel, row, column]:
                        v[channel, row, column] -= threshold[channel, row, column]
                        number += 1
                    spikes.append((channel, row, column, number))
                    neuron = (channel * v.shape[1] + row) * v.shape[2] + column
                    found[index].extend([(t, neuron)] * number)
            if not spikes:
                break
    return [np.array(sorted(rows), dtype=np.int64).reshape(-1, 2) for rows in found]


def run(program, folder, *options):
    """Spikes of each layer as nirkit computes them."""
    out = folder / "out"
    given = ["--exact", "--spike", "impulse:1", "--reset", "subtract", "--duration", "1.1", "--limit", "spikes=100000000"]
    command = [program, "run", folder / "net.nir", "--input", folder / "events.raw", *given, "--output", out, *options]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    found = []
    for node in ("if1", "if2"):
        table = np.loadtxt(out / f"{node}.spikes.csv", delimiter=",", skiprows=1, ndmin=2)
        rows = np.stack([np.rint(table[:, 0] * 1e6), table[:, 1]], axis=1).astype(np.int64)
        assert np.abs(table[:, 0] * 1e6 - rows[:, 0]).max(initial=0) < 1e-3, "times are not those of events"
        found.append(rows[np.lexsort((rows[:, 1], rows[:, 0]))])
    return found


def distance(found, exact, neurons):
    """The share of spikes that are added or missing, and the mean shift of the others in microseconds, neuron by neuron in
    their order."""
    differing, shift, matched = 0, 0.0, 0
    for neuron in range(neurons):
        a, b = (rows[rows[:, 1] == neuron, 0] for rows in (found, exact))
        common = min(len(a), len(b))
        differing += abs(len(a) - len(b))
        shift += np.abs(a[:common] - b[:common]).sum()
        matched += common
    return differing / max(len(exact), 1), shift / max(matched, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        program = args.nir.resolve()
        layers, thresholds = network(folder / "net.nir")
        events = recording(args.events)
        np.save(folder / "events.npy", events)
        (folder / "events.raw").unlink(missing_ok=True)
        convert = [program, "events", "convert", folder / "events.npy", folder / "events.raw", "--to", "evt3", "--size", f"{SIDE}x{SIDE}"]
        subprocess.run([str(part) for part in convert], check=True, stdout=subprocess.DEVNULL)
        exact = run(program, folder)
        expected = reference(events, layers, thresholds)
        for name, one, other in zip(("if1", "if2"), exact, expected):
            equal = np.array_equal(one, other)
            print(f"{name}: {len(one)} spikes of nirkit, {len(other)} of the reference, {'equal' if equal else 'DIFFERENT'}")
            if not equal:
                return 1
        print("\n| window | spikes of if1 | of if2 | added or missing in if2 | mean shift in if2 |\n|---|---|---|---|---|")
        print(f"| none | {len(exact[0])} | {len(exact[1])} | | |")
        for window in WINDOWS:
            found = run(program, folder, "--window", window, "--dt", window)
            share, shift = distance(found[1], exact[1], int(np.prod(thresholds[1].shape)))
            print(f"| {window * 1e6:g} us | {len(found[0])} | {len(found[1])} | {100 * share:.3f} % | {shift:.1f} us |", flush=True)
            if window == 1e-6 and not all(map(np.array_equal, found, exact)):
                print("windows of 1 us differ from the events, whose times are whole microseconds")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
