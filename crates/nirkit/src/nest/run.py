#!/usr/bin/env python3
"""Builds the network of this folder in NEST, runs a stimulus, and writes what its neurons did.

    python run.py --input x.npy --output recorded
    python run.py --input input=x.npy --input clock=c.npy --output recorded --record v
    mpirun -n 4 python run.py --input x.npy --output recorded
    python run.py --merge --output recorded          after a run of several processes

A stimulus is an array of shape (steps, *shape of the Input): a frame for each step of the simulation. The number of a frame is an
impulse of that number times the step. `network.json` says which nodes of the graph have which ids in NEST.

The output is a folder that `nir compare --platform FOLDER` reads: `<node>.spikes.npy`, and with `--record v` `<node>.v.npy`, of
shape (steps, *shape), with `run.json`. Of several processes, each writes what its own neurons did, and `--merge` puts it together.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent


def main():
    args = arguments()
    network = json.loads((FOLDER / "network.json").read_text())
    if args.merge:
        merge(network, args.output)
        return
    frames = stimuli(network, args.input)
    steps = args.steps or max(len(array) for array in frames.values())
    import nest

    nest.verbosity = nest.VerbosityLevel.WARNING
    begun = time.perf_counter()
    nest.ResetKernel()
    nest.local_num_threads = args.threads
    nest.resolution = network["resolution_ms"]
    build(nest, network, frames, steps)
    recorders = record(nest, network, args.record)
    built = time.perf_counter()
    # What happens in the last step is delivered in the step after it.
    nest.Simulate((steps + 2) * network["resolution_us"] / 1000)
    done = time.perf_counter()
    if nest.Rank() == 0:
        print(f"built in {built - begun:.3f} s, {steps} steps in {done - built:.3f} s")
    events = collect(network, recorders, steps)
    processes = nest.NumProcesses()
    if processes == 1:
        write(network, args.output, [events], steps, nest.__version__, processes)
        return
    args.output.mkdir(parents=True, exist_ok=True)
    about = {"steps": steps, "version": nest.__version__, "processes": processes}
    np.savez(args.output / f"process-{nest.Rank()}.npz", about=json.dumps(about), **events)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", action="append", default=[], metavar="[NODE=]FILE.npy", help="frames for an Input")
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where the recording goes")
    parser.add_argument("--steps", type=int, help="steps to run; as many as there are frames if not given")
    parser.add_argument("--record", action="append", default=[], choices=["v"], help="record voltages as well")
    parser.add_argument("--threads", type=int, default=1, help="threads of each process")
    parser.add_argument("--merge", action="store_true", help="put together what several processes wrote")
    return parser.parse_args()


def stimuli(network, given):
    """Returns the frames of each Input, by its name."""
    inputs = {entry["node"]: entry for entry in network["inputs"]}
    frames = {}
    for text in given:
        name, mark, path = text.partition("=")
        if not (mark and name in inputs):
            if len(inputs) != 1:
                sys.exit(f"error: there are the Inputs {', '.join(inputs)}; give --input NODE=FILE.npy for each")
            name, path = next(iter(inputs)), text
        array = np.load(path, allow_pickle=False)
        shape = tuple(inputs[name]["shape"])
        if array.shape[1:] != shape or array.ndim != len(shape) + 1:
            sys.exit(f"error: {path} has the shape {array.shape}; {name} takes (steps, {', '.join(map(str, shape))})")
        frames[name] = array.reshape(len(array), -1).astype(np.float64)
    missing = [name for name in inputs if name not in frames]
    if missing:
        sys.exit(f"error: there is no stimulus for {', '.join(missing)}")
    return frames


def numbers(value):
    """Returns a number, or the numbers of a file."""
    return np.load(FOLDER / value, allow_pickle=False) if isinstance(value, str) else value


def build(nest, network, frames, steps):
    """Makes neurons and generators in the order of their ids, then all connections block by block."""
    for population in network["populations"]:
        parameters = {name: numbers(value) for name, value in population["parameters"].items()}
        if "tau_syn" in parameters:
            times = np.broadcast_to(parameters["tau_syn"], population["neurons"])
            uniform = len(np.unique(times)) == 1
            parameters["tau_syn"] = [float(times[0])] if uniform else [[float(tau)] for tau in times]
        made = nest.Create(population["model"], population["neurons"], params=parameters)
        expect(made, population)
    for entry in network["inputs"]:
        made = nest.Create("spike_generator", entry["channels"], params=generators(network, frames[entry["node"]]))
        expect(made, entry)
    if network["bias"]:
        made = nest.Create("spike_generator", params={"spike_times": times_of(network, np.arange(steps))})
        expect(made, network["bias"])
    for block in network["blocks"]:
        sources, targets, weights, delays = (
            np.load(FOLDER / f"{block['name']}.{part}.npy", allow_pickle=False)
            for part in ("sources", "targets", "weights", "delays")
        )
        synapses = {"synapse_model": "static_synapse", "weight": weights, "delay": delays}
        if block["receptor"]:
            synapses["receptor_type"] = np.full(len(sources), block["receptor"])
        nest.Connect(sources.astype(np.int64), targets.astype(np.int64), "one_to_one", synapses)


def expect(made, entry):
    """Stops where NEST numbers nodes otherwise than the arrays of connections."""
    if made[0].global_id != entry["first_id"]:
        sys.exit(f"error: {entry} begins with the id {made[0].global_id} here")


def times_of(network, steps):
    """Returns the times in ms at which spikes of these steps leave."""
    return (steps + 1) * network["resolution_us"] / 1000


def generators(network, frames):
    """Returns the spikes of each channel: those of a frame leave at the end of its step."""
    for_channel = []
    for channel in frames.T:
        steps = np.flatnonzero(channel)
        for_channel.append({"spike_times": times_of(network, steps), "spike_weights": channel[steps]})
    return for_channel


def record(nest, network, wanted):
    """Connects a recorder of spikes to all that spike, and one of voltages to all that are asked for."""
    spikes = nest.Create("spike_recorder", params={"time_in_steps": True})
    voltages = nest.Create(
        "multimeter",
        params={"record_from": ["V_m"], "interval": network["resolution_ms"], "time_in_steps": True},
    )
    for population in network["populations"]:
        first, count = population["first_id"], population["neurons"]
        nodes = nest.NodeCollection(range(first, first + count))
        if population["spikes"]:
            nest.Connect(nodes, spikes)
        if "v" in wanted or not population["spikes"]:
            nest.Connect(voltages, nodes)
    return spikes, voltages


def collect(network, recorders, steps):
    """Returns the events of both recorders as arrays: node of NEST, step counted from 0, and voltage."""
    found = {}
    for name, recorder, value in zip(("spikes", "v"), recorders, (None, "V_m")):
        events = recorder.get("events")
        taken = (events["times"] - 1).astype(np.int64)
        kept = taken < steps
        found[f"{name}.senders"] = np.asarray(events["senders"], dtype=np.int64)[kept]
        found[f"{name}.steps"] = taken[kept]
        if value:
            found[f"{name}.values"] = np.asarray(events[value])[kept]
    return found


def merge(network, folder):
    """Puts together what several processes wrote."""
    paths = sorted(folder.glob("process-*.npz"))
    if not paths:
        sys.exit(f"error: {folder} has no process-0.npz; run the network there first")
    parts = [dict(np.load(path, allow_pickle=False)) for path in paths]
    about = json.loads(str(parts[0].pop("about")))
    if len(parts) != about["processes"]:
        sys.exit(f"error: {folder} has the files of {len(parts)} processes, and there were {about['processes']}")
    write(network, folder, parts, about["steps"], about["version"], about["processes"])
    for path in paths:
        path.unlink()


def write(network, folder, parts, steps, version, processes):
    """Writes an array for each node, and the report."""
    folder.mkdir(parents=True, exist_ok=True)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0] if name != "about"}
    files, totals = [], []
    for population in network["populations"]:
        first, count = population["first_id"], population["neurons"]
        for kind, dtype in (("spikes", np.uint8), ("v", np.float64)):
            senders = joined[f"{kind}.senders"]
            own = (senders >= first) & (senders < first + count)
            if not (own.any() if kind == "v" else population["spikes"]):
                continue
            array = np.zeros((steps, count), dtype)
            value = joined[f"{kind}.values"][own] if kind == "v" else 1
            array[joined[f"{kind}.steps"][own], senders[own] - first] = value
            if kind == "spikes":
                totals.append({"node": population["node"], "sum": float(array.sum())})
            files.append(f"{population['node']}.{kind}.npy")
            np.save(folder / files[-1], array.reshape(steps, *population["shape"]))
    report = {
        "schema": 1,
        "program": f"NEST {version}",
        "file": network["file"],
        "sha256": network["sha256"],
        "engine": "nest",
        "duration": steps * network["dt"],
        "steps": steps,
        "choices": [
            {"name": "platform", "value": network["platform"], "source": "handed over"},
            {"name": "dt", "value": repr(network["dt"]), "source": "handed over"},
            {"name": "processes", "value": str(processes), "source": "given"},
        ],
        "nodes": totals,
        "files": [*files, "run.json"],
    }
    (folder / "run.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
