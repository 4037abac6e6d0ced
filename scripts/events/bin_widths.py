#!/usr/bin/env python3
"""Prints accuracy and spikes of trained networks on unbinned events, and on the same events in windows of 1 us to 10 ms.

    scripts/events/bin_widths.py NIR MODELS [--svg FILE]

NIR is the program, MODELS a folder with trained networks as `digits_scnn/graph.nir`, `digits_scnn/test_x.npy` (samples, steps,
*shape) and `digits_scnn/test_y.npy`. Each spike of a frame becomes an event at a time of its own within the step of the frame, drawn at
random: frames of the time step with which the network was trained come back from windows of that length. The events are stored as SHD
stores them. Every row is `nir eval` in continuous time, so that rows differ in the times of the events only. Needs numpy and h5py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

STEP = 1e-4
WINDOWS = [None, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2]
#: How each network was trained: what a spike is in continuous time, and its reset.
NETWORKS = {
    "digits_scnn": ["--spike", "impulse:1", "--reset", "subtract"],
    "digits_mlp": ["--spike", "impulse:1e-4", "--reset", "zero"],
}


def events(folder, path):
    """Writes the events of all samples."""
    import h5py
    import numpy as np

    frames, labels = np.load(folder / "test_x.npy"), np.load(folder / "test_y.npy")
    frames = frames.reshape(*frames.shape[:2], -1).astype(int)
    chance = np.random.default_rng(11)
    with h5py.File(path, "w") as file:
        times = file.create_dataset("spikes/times", (len(frames),), h5py.vlen_dtype(np.float64))
        units = file.create_dataset("spikes/units", (len(frames),), h5py.vlen_dtype(np.uint16))
        for sample, counts in enumerate(frames):
            step, unit = np.nonzero(counts)
            step, unit = (np.repeat(one, counts[counts > 0]) for one in (step, unit))
            # Whole microseconds, all of them inside the step.
            t = step * round(STEP * 1e6) + chance.integers(round(STEP * 1e6), size=len(step))
            order = np.lexsort((unit, t))
            times[sample], units[sample] = t[order] / 1e6, unit[order]
        file["labels"] = labels
    return len(frames), frames.shape[1]


def asked(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout)


def row(program, graph, path, steps, choices, window):
    """Accuracy, and spikes of a sample of all neurons and of the outputs."""
    # Behind the last window there is nothing left to happen.
    given = ["--input", path, *choices, "--duration", steps * STEP + WINDOWS[-1], "--format", "json"]
    if window:
        given += ["--window", window, "--dt", window]
    [score] = asked([program, "eval", graph, "--platform", "ideal", *given])["platforms"]
    nodes = asked([program, "run", graph, "--exact", "--batch", *given])["nodes"]
    spikes = sum(node["sum"] for node in nodes if node["node"] not in ("input", "output"))
    return score["accuracy"], spikes / score["samples"], score["output_spikes_per_sample"]


def words(window):
    if window is None:
        return "none"
    return f"{window * 1e3:g} ms" if window >= 1e-3 else f"{window * 1e6:g} us"


LEFT, RIGHT, TOP, BOTTOM, BETWEEN = 60, 660, 30, 170, 70
INK, BLUE, RED, PALE = "#333333", "#1f5fa8", "#c0392b", "#d5dde8"


def figure(found):
    """Two panels over the width of a window: accuracy, and spikes of a sample as a share of those of unbinned events."""
    height = 2 * BOTTOM + BETWEEN - TOP + 50
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="720" height="{height}" fill="white"/>',
    ]
    across = lambda at: LEFT + (RIGHT - LEFT) * at / (len(WINDOWS) - 1)  # noqa: E731
    for panel, title in enumerate(["accuracy in %", "spikes of all neurons, in % of those of unbinned events"]):
        top = TOP + panel * (BOTTOM - TOP + BETWEEN)
        bottom = top + BOTTOM - TOP
        out.append(f'<text x="{LEFT}" y="{top - 10}" fill="{INK}">{title}</text>')
        for share in (0, 25, 50, 75, 100):
            y = bottom - (bottom - top) * share / 100
            out.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="{PALE}"/>')
            out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{INK}">{share}</text>')
        for (name, rows), colour in zip(found.items(), (BLUE, RED)):
            values = [100 * row[0] for row in rows] if panel == 0 else [100 * row[1] / rows[0][1] for row in rows]
            points = [(across(at), bottom - (bottom - top) * min(value, 104) / 100) for at, value in enumerate(values)]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        for at, window in enumerate(WINDOWS):
            label = "unbinned" if window is None else words(window)
            out.append(f'<text x="{across(at):.1f}" y="{bottom + 18}" text-anchor="middle" fill="{INK}">{label}</text>')
    for at, (name, colour) in enumerate(zip(found, (BLUE, RED))):
        out.append(f'<text x="{LEFT + 150 * at}" y="{height - 14}" fill="{colour}">{name}</text>')
    return "\n".join([*out, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nir", type=Path)
    parser.add_argument("models", type=Path)
    parser.add_argument("--svg", type=Path)
    args = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "events.h5"
        print("| network | window | accuracy | spikes of a sample | of the outputs |\n|---|---|---|---|---|")
        for name, choices in NETWORKS.items():
            folder = args.models / name
            _, steps = events(folder, path)
            found[name] = []
            for window in WINDOWS:
                rows = row(args.nir.resolve(), folder / "graph.nir", path, steps, choices, window)
                found[name].append(rows)
                accuracy, spikes, outputs = rows
                print(f"| `{name}` | {words(window)} | {100 * accuracy:.1f} % | {spikes:.1f} | {outputs:.1f} |", flush=True)
    if args.svg:
        args.svg.write_text(figure(found))


if __name__ == "__main__":
    sys.exit(main())
