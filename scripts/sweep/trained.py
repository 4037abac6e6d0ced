#!/usr/bin/env python3
"""Makes docs/sweep-trained.md: six trained networks on all platforms, with five time steps and the quantisations of each chip.

    scripts/sweep/trained.py NIR MODELS [--threads N]

MODELS is a folder with a folder for each network, which holds graph.nir, test_y.npy and model.json (`test_x`: the samples).
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/sweep-trained.md"
STEPS = ["0.05ms", "0.1ms", "0.2ms", "0.5ms", "1ms"]
QUANTISATIONS = ["channel", "global", "layer", "forward"]
PLATFORMS = [
    "ideal", "norse", "snntorch", "sinabs", "rockpool", "spyx", "nengo", "lava", "lava-dl", "spikingjelly",
    "xylo", "speck", "loihi2", "spinnaker2",
]  # fmt: skip

HEAD = """# Six trained networks over platforms, time steps and quantisations

This page is made by one command, `scripts/sweep/trained.py target/release/nir MODELS`, which writes a plan, calls `nir sweep`
([Many runs](sweep.md)) and prints its table.

Accuracy in % on 300 labelled samples (235 for eight classes). The networks were trained with a time step of 0.1 ms; a frame of the
samples is one step, however long it is. `-`: the platform refuses the network, or the run fails (below). snnTorch has
a step of its own, 0.1 ms. A chip has a row for each of its quantisations among
{quantisations}.
"""


def plan(models):
    """The plan as JSON: a set for each network."""
    sets = []
    for model in models:
        about = json.loads((model / "model.json").read_text())
        sets.append(
            {
                "name": model.name,
                "graphs": [str(model / "graph.nir")],
                "input": str(model / about["test_x"]),
                "labels": str(model / "test_y.npy"),
            }
        )
    return {
        "format": 1,
        "graphs": [str(model / "graph.nir") for model in models],
        "platforms": PLATFORMS,
        "dt": STEPS,
        "choices": {"quantize": QUANTISATIONS},
        "sets": sets,
    }


def section(name, entries):
    """The table of a network: a row for each platform and quantisation, a column for each time step."""
    rows = {}
    for entry in entries:
        platform = entry["platform"].split("@")[0]
        quantise = entry["choices"].get("quantize", "")
        accuracy = entry["accuracy"]
        cell = "-" if accuracy is None else f"{100 * accuracy:.1f}"
        cells = rows.setdefault((PLATFORMS.index(platform), platform, quantise), {})
        # A platform with a step of its own is run once, with this one.
        cells[entry["choices"].get("dt", "0.1ms")] = cell
    lines = [f"\n## {name}\n", "| platform | quantisation | " + " | ".join(STEPS) + " |", "|---|---|" + "---|" * len(STEPS)]
    for (_, platform, quantise), cells in sorted(rows.items()):
        lines.append(f"| {platform} | {quantise} | " + " | ".join(cells.get(step, "") for step in STEPS) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nir", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--threads", default="2")
    given = parser.parse_args()
    models = sorted(path.parent.resolve() for path in given.models.glob("*/model.json"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "plan.json").write_text(json.dumps(plan(models)))
        sweep = [given.nir, "sweep", folder / "plan.json", "--output", folder / "out", "--threads", given.threads]
        subprocess.run(sweep, stdout=subprocess.DEVNULL, check=False)
        entries = json.loads((folder / "out/table.json").read_text())["entries"]
    failed = [entry for entry in entries if entry["status"] == "failed"]
    page = HEAD.format(quantisations=", ".join(f"`{name}`" for name in QUANTISATIONS))
    for model in models:
        page += section(model.name, [entry for entry in entries if entry["set"] == model.name])
    if failed:
        page += "\n## What failed\n\n"
        reasons = sorted({f"{entry['set']}, {entry['platform']}: {entry['reasons'][0]}" for entry in failed})
        page += "".join(f"* {reason}\n" for reason in reasons)
    PAGE.write_text(page)
    print(f"{len(entries)} lines, {len(failed)} failed: {PAGE}")


if __name__ == "__main__":
    main()
