#!/usr/bin/env python3
"""Hands networks over to NEST, runs them there, and holds every spike against `nir run --platform nest`.

usage: check.py NIR FOLDER [--recordings FOLDER]

Needs NEST 3.10.0 and numpy. `--recordings` keeps what NEST did as a folder for each network, which
`scripts/pack_recordings.py` packs for the tests.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from networks import Drawing, networks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recordings", type=Path)
    args = parser.parse_args()
    shutil.rmtree(args.folder, ignore_errors=True)
    args.folder.mkdir(parents=True)
    failed, spikes, furthest = [], 0, 0.0
    nets = networks()
    for net in nets:
        for threads in (1, 2):
            found = Case(args, net, threads).differences()
            spikes += found.spikes
            furthest = max(furthest, found.furthest)
            for what in found.wrong:
                failed.append(f"{net.name}, {threads} threads: {what}")
    print(f"{len(nets)} networks, {spikes} spikes of NEST, voltages at most {furthest:.1e} apart")
    failed += merged(args) + large(args)
    for what in failed:
        print(what)
    sys.exit(bool(failed))


class Case:
    """A network in both programs."""

    def __init__(self, args, net, threads):
        self.args, self.net, self.threads = args, net, threads
        self.folder = args.folder / f"{net.name}-{threads}"
        self.folder.mkdir()
        self.wrong, self.spikes, self.furthest = [], 0, 0.0

    def differences(self):
        graph, dt = self.folder / "graph.nirt", repr(self.net.dt)
        graph.write_text(self.net.text())
        inputs = []
        for name, frames in self.net.frames.items():
            np.save(self.folder / f"{name}.npy", frames)
            inputs += ["--input", f"{name}={self.folder / name}.npy"]
        nir, handed, theirs, ours = self.args.nir, self.folder / "nest", self.folder / "theirs", self.folder / "ours"
        run(nir, "lower", graph, "--platform", "nest", "--dt", dt, "--output", handed)
        run(sys.executable, handed / "run.py", *inputs, "--output", theirs, "--record", "v",
            "--threads", str(self.threads))
        run(nir, "run", graph, "--platform", "nest", "--dt", dt, *inputs, "--record", "all", "--output", ours)
        report = json.loads((theirs / "run.json").read_text())
        for file in report["files"]:
            if file.endswith(".npy"):
                self.compare(file, np.load(theirs / file), np.load(ours / file))
        compared = subprocess.run(
            [nir, "compare", graph, "--platform", "nest", "--platform", theirs, "--dt", dt, *inputs, "--format", "json"],
            capture_output=True, text=True)
        # A network without spikes has nothing to compare, and what differs is told above.
        if compared.returncode != (1 if self.wrong else 0):
            self.wrong.append(f"nir compare ends with {compared.returncode}: {compared.stderr}{compared.stdout}")
        if self.args.recordings and self.threads == 1:
            self.keep(theirs, report)
        return self

    def compare(self, file, theirs, ours):
        if theirs.shape != ours.shape:
            self.wrong.append(f"{file}: {theirs.shape} and {ours.shape}")
        elif file.endswith(".spikes.npy"):
            self.spikes += int(theirs.sum())
            if not theirs.any():
                self.wrong.append(f"{file}: no neuron spikes, so nothing is compared")
            if (theirs != ours).any():
                first = np.argwhere(theirs != ours)[0]
                self.wrong.append(f"{file}: {(theirs != ours).sum()} differences, the first at {first}")
        else:
            apart = np.abs(theirs - ours) / np.maximum(1, np.abs(theirs))
            self.furthest = max(self.furthest, float(apart.max()))
            if apart.max() > 1e-12:
                self.wrong.append(f"{file}: {apart.max():.1e} apart")

    def keep(self, theirs, report):
        case = self.args.recordings / self.net.name
        (case / "nest").mkdir(parents=True, exist_ok=True)
        run(self.args.nir, "convert", self.folder / "graph.nirt", case / "graph.nir", "--compression", "gzip")
        names = list(self.net.frames)
        for name in names:
            file = "input.npy" if len(names) == 1 else f"input.{name}.npy"
            np.save(case / file, small(self.net.frames[name]))
        files = [file for file in report["files"] if file.endswith(".npy")]
        for file in files:
            if file.endswith(".spikes.npy"):
                shutil.copy(theirs / file, case / "nest" / file)
        files = [file for file in files if file.endswith(".spikes.npy")]
        about = {"platform": "nest", "options": {"dt": self.net.dt, "version": "3.10.0"}, "refused": False,
                 "files": files, "package": report["program"]}
        (case / "case.json").write_text(json.dumps({"runs": {"nest": about}}, indent=1) + "\n")


def small(frames):
    whole = (frames == frames.astype(np.uint8)).all()
    return frames.astype(np.uint8) if whole else frames


def merged(args):
    """What two processes would have written, each of the neurons of its own, is put together to the same recording."""
    whole, parts = args.folder / "deep-1" / "theirs", args.folder / "deep-1" / "processes"
    network = json.loads((args.folder / "deep-1" / "nest" / "network.json").read_text())
    report = json.loads((whole / "run.json").read_text())
    parts.mkdir()
    for process in range(2):
        found = {name: [] for name in ("spikes.senders", "spikes.steps", "v.senders", "v.steps", "v.values")}
        for population in network["populations"]:
            for kind in ("spikes", "v"):
                array = np.load(whole / f"{population['node']}.{kind}.npy").reshape(report["steps"], -1)
                own = (np.arange(array.shape[1]) + population["first_id"]) % 2 == process
                steps, neurons = np.nonzero(own & (array != 0))
                found[f"{kind}.senders"].append(neurons + population["first_id"])
                found[f"{kind}.steps"].append(steps)
                if kind == "v":
                    found["v.values"].append(array[steps, neurons])
        about = json.dumps({"steps": report["steps"], "version": "3.10.0", "processes": 2})
        events = {name: np.concatenate(arrays) for name, arrays in found.items()}
        np.savez(parts / f"process-{process}.npz", about=about, **events)
    run(sys.executable, args.folder / "deep-1" / "nest" / "run.py", "--merge", "--output", parts)
    files = [file for file in report["files"] if file.endswith(".npy")]
    return [f"{file}: the parts of two processes are put together otherwise" for file in files
            if (np.load(whole / file) != np.load(parts / file)).any()]


def large(args):
    """10,000 neurons and 1,000,000 connections: handed over in less than 5 s, and built."""
    net = Drawing("large", 99, steps=20)
    net.input([100], rate=0.3)
    net.node("w1", "Linear", weight=net.weights((9900, 100), 0.3))
    net.lif("a", 9900)
    net.node("w2", "Linear", weight=net.weights((100, 9900), 0.02, 0.0102))
    net.lif("b", 100)
    net.output([100])
    net.edge("input", "w1", "a", "w2", "b", "output")
    text, graph, handed = args.folder / "large.nirt", args.folder / "large.nir", args.folder / "large"
    text.write_text(net.text())
    run(args.nir, "convert", text, graph)
    np.save(args.folder / "large.npy", net.frames["input"])
    begun = time.perf_counter()
    run(args.nir, "lower", graph, "--platform", "nest", "--dt", "1e-4", "--output", handed)
    seconds = time.perf_counter() - begun
    connections = sum(b["connections"] for b in json.loads((handed / "network.json").read_text())["blocks"])
    said = run(sys.executable, handed / "run.py", "--input", args.folder / "large.npy", "--output", args.folder / "large-theirs")
    run(args.nir, "run", graph, "--platform", "nest", "--dt", "1e-4", "--input", args.folder / "large.npy",
        "--output", args.folder / "large-ours")
    print(f"10000 neurons and {connections} connections: handed over in {seconds:.2f} s; NEST: {said.strip().splitlines()[-1]}")
    wrong = [] if seconds < 5 else [f"large: handed over in {seconds:.2f} s, not in less than 5 s"]
    if connections < 1_000_000:
        wrong.append(f"large: only {connections} connections")
    for node in ("a", "b"):
        theirs, ours = (np.load(args.folder / f"large-{who}" / f"{node}.spikes.npy") for who in ("theirs", "ours"))
        if (theirs != ours).any() or not theirs.any():
            wrong.append(f"large: {(theirs != ours).sum()} differences of {node}, {theirs.sum()} spikes")
    return wrong


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
