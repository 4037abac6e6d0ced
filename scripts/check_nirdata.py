#!/usr/bin/env python3
"""Holds the NIRData that nirkit writes against the reference, and against h5py.

    scripts/check_nirdata.py NIR [--files 30]

NIR is the program. The reference (`nir` from PyPI) writes random data of all classes, with samples and without events, in nodes
and not in nested graphs, with which the writer of 1.0.8 never ends. nirkit copies them, in the order of axes that an attribute names too, makes events of grids and grids of events, and writes the results of a run. The reference then reads
what nirkit wrote, and every field has to be equal to what the reference itself makes of the data; h5py reads the results of the run and
has to find the arrays that nirkit wrote for numpy. Needs nir, h5py and numpy.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import h5py
import nir
import numpy as np

# A power of two, so that no quotient is rounded and both sides put an event into the same step.
DT = 2.0**-12
ROOT = pathlib.Path(__file__).resolve().parent.parent


def grid(chance, kind):
    shape = chance.integers(1, 4), chance.integers(1, 30), chance.integers(1, 6)
    truth = chance.random(shape) < 0.3
    return nir.TimeGriddedData(truth if kind is bool else chance.normal(size=shape).astype(kind), DT)


def events(chance, valued):
    samples, most, neurons = chance.integers(1, 4), chance.integers(1, 20), int(chance.integers(1, 6))
    steps = int(chance.integers(4, 60))
    idx, time = np.full((samples, most), -1), np.full((samples, most), np.inf)
    value = np.zeros((samples, most))
    for sample in range(samples):
        # Each pair of step and neuron once: two events in one are one in a grid, which nirkit counts and the reference does not.
        places = chance.permutation(steps * neurons)[: chance.integers(0, most + 1)]
        places.sort()
        idx[sample, : len(places)] = places % neurons
        time[sample, : len(places)] = (places // neurons + chance.choice([0.0, 0.25, 0.5], size=len(places))) * DT
        order = np.argsort(time[sample, : len(places)], kind="stable")
        for array in (idx, time):
            array[sample, : len(places)] = array[sample, : len(places)][order]
        value[sample, : len(places)] = chance.normal(size=len(places))
    if valued:
        return nir.ValuedEventData(idx, time, neurons, steps * DT, value)
    return nir.EventData(idx, time, neurons, steps * DT)


def graph(nodes):
    return nir.NIRGraphData(nodes={name: nir.NIRNodeData(observables=each) for name, each in nodes.items()})


def fields(data):
    return {name: np.asarray(value) for name, value in vars(data).items()}


def leaves(data, prefix=""):
    """Every observable with its full name."""
    for name, node in data.nodes.items():
        if hasattr(node, "nodes"):
            yield from leaves(node, f"{prefix}{name}.")
            continue
        for observable, value in node.observables.items():
            yield f"{prefix}{name}:{observable}", value


def differences(wanted, found):
    wanted, found = dict(leaves(wanted)), dict(leaves(found))
    said = [f"{name} is missing" for name in wanted.keys() - found.keys()]
    said += [f"{name} is new" for name in found.keys() - wanted.keys()]
    for name in wanted.keys() & found.keys():
        a, b = fields(wanted[name]), fields(found[name])
        if type(wanted[name]) is not type(found[name]):
            said.append(f"{name} is {type(found[name]).__name__}, not {type(wanted[name]).__name__}")
        said += [
            f"{name}.{field} differs"
            for field in a
            if field not in b or a[field].dtype.kind != b[field].dtype.kind or not np.array_equal(a[field], b[field])
        ]
    return said


def run(program, *args):
    done = subprocess.run([program, *map(str, args)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"nir {' '.join(map(str, args))}: {done.stderr}")


def copies(program, folder, chance):
    spikes = {"spikes": grid(chance, bool), "v": grid(chance, np.float32)}
    voltages = {"v": grid(chance, np.float64), "w": events(chance, True)}
    made = graph({"input": {"spikes": events(chance, False)}, "lif": spikes, "li": voltages})
    nir.write_data(folder / "made.h5", made)
    run(program, "convert", folder / "made.h5", folder / "copy.h5")
    return differences(nir.read_data(folder / "made.h5"), nir.read_data(folder / "copy.h5"))


def grids(program, folder, chance):
    made = graph({"a": {"spikes": events(chance, False)}})
    nir.write_data(folder / "events.h5", made)
    run(program, "convert", folder / "events.h5", folder / "grid.h5", "--grid", f"{DT!r}")
    wanted = graph({"a": {"spikes": made.nodes["a"].observables["spikes"].to_time_gridded(DT)}})
    return differences(wanted, nir.read_data(folder / "grid.h5"))


def lists(program, folder, chance):
    made = grid(chance, bool)
    nir.write_data(folder / "grid.h5", graph({"a": {"spikes": made}}))
    run(program, "convert", folder / "grid.h5", folder / "events.h5", "--events")
    most = int(made.data.sum(axis=(1, 2)).max())
    wanted = graph({"a": {"spikes": made.to_event(most)}})
    return differences(wanted, nir.read_data(folder / "events.h5"))


def orders(program, folder, chance):
    """A grid in another order of axes, which the pending generalisation of the reference names in an attribute."""
    made = graph({"a": {"spikes": grid(chance, bool)}})
    nir.write_data(folder / "made.h5", made)
    axes = chance.permutation(3)
    with h5py.File(folder / "made.h5", "r+") as file:
        observable = file["nodes/a/observables/spikes"]
        data = observable["data"][()].transpose(axes)
        del observable["data"]
        observable["data"] = data
        observable.attrs["dimension_order"] = ", ".join(["batch", "time", "neuron"][axis] for axis in axes)
    run(program, "convert", folder / "made.h5", folder / "copy.h5")
    return differences(made, nir.read_data(folder / "copy.h5"))


def results(program, folder):
    """A run, once as NIRData and once as arrays."""
    run_of = [ROOT / "examples/small.nir", "--clocked", "--input", ROOT / "examples/small_input.npy", "--record", "all"]
    run(program, "run", *run_of, "--output", folder / "run.h5")
    run(program, "run", *run_of, "--output", folder / "run")
    found = dict(leaves(nir.read_data(folder / "run.h5")))
    arrays = {path.name.removesuffix(".npy").rpartition("."): np.load(path) for path in (folder / "run").glob("*.npy")}
    said = []
    for (node, _, observable), array in arrays.items():
        key = f"{node}:{observable}"
        if key not in found:
            said.append(f"{key} is missing")
            continue
        data = found[key].data
        flat = array.reshape(1, len(array), -1)
        if not np.array_equal(data.astype(flat.dtype), flat):
            said.append(f"{key} differs from the array")
    datasets = []
    with h5py.File(folder / "run.h5") as file:
        file.visititems(lambda name, item: datasets.append(name) if isinstance(item, h5py.Dataset) and item.ndim == 3 else None)
    if len(datasets) != len(arrays):
        said.append(f"h5py finds {len(datasets)} arrays, numpy {len(arrays)}")
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--files", type=int, default=30)
    args = parser.parse_args()
    program = args.program.resolve()
    chance = np.random.default_rng(3)
    faults = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name, check in (("copied", copies), ("other orders of axes", orders), ("grids of events", grids), ("events of grids", lists)):
            said = [f"{number}: {what}" for number in range(args.files) for what in check(program, folder, chance)]
            faults += len(said)
            print(f"{name}: {args.files} files, {len(said)} differences", *said[:10], sep="\n  ")
        said = results(program, folder)
        faults += len(said)
        print(f"results of a run: {len(said)} differences", *said, sep="\n  ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
