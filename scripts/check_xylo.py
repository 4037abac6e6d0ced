"""Hold what `nir lower --platform xylo` writes against XyloSim, the simulator of the chip's maker.

    python3 scripts/check_xylo.py PROGRAM SHARED

Each graph that was recorded on Xylo, and each integer configuration, is handed to
`XyloSim.from_specification` as nir writes it; spikes, voltages and currents of all neurons then have
to be those of `nir run --platform xylo --config`. Installs Rockpool and xylosim, which is built from
source and needs a C++ compiler, in target/chip-tools. Exit status 1 when anything differs.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import chip_tools

# What XyloSim records, and what nir calls it.
RECORDED = {
    "Spikes": "hidden.spikes",
    "Vmem": "hidden.v",
    "Isyn": "hidden.isyn",
    "Vmem_out": "output.v",
    "Isyn_out": "output.isyn",
}


def simulate(specification, samples):
    """What XyloSim makes of each sample, under nir's names."""
    import numpy as np
    from rockpool.devices.xylo.syns61201 import XyloSim

    arrays = {
        key: np.array(value) if isinstance(value, list) and key != "aliases" else value
        for key, value in specification.items()
        if value is not None
    }
    for sample in samples:
        simulator = XyloSim.from_specification(**arrays)
        spikes, _, recorded = simulator.evolve(sample, record=True)
        named = {name: recorded[key] for key, name in RECORDED.items()}
        yield {"output.spikes": spikes, **named}


def check(program, shared, folder):
    """Every case: its name, samples, spikes, and the arrays that differ."""
    import numpy as np

    for name, subject, samples, options in chip_tools.runs(shared, "xylo"):
        config = folder / "config.json"
        title = " ".join([name, options.get("quantize", "configuration")])
        if subject.suffix == ".nir":
            lower = ["lower", subject, "--platform", "xylo", "--dt", options["dt"]]
            lower += ["--quantize", options["quantize"], "--output", config]
            config.unlink(missing_ok=True)
            if "has no room" in chip_tools.nir(program, *lower, fine=(0, 1)):
                print(f"{title}: the chip has no room for it, nothing is handed over")
                continue
            specification = json.loads(config.read_text())["specification"]
        else:
            config.write_text(subject.read_text())
            specification = json.loads(config.read_text())
        differing, spikes = set(), 0
        for sample, expected in zip(samples, simulate(specification, samples)):
            np.save(folder / "x.npy", sample)
            run = ["run", "--platform", "xylo", "--config", config, "--input", folder / "x.npy"]
            chip_tools.nir(program, *run, "--record", "all", "--output", folder / "out")
            for array, values in expected.items():
                found = np.load(folder / "out" / f"{array}.npy")
                if not np.array_equal(found, values.reshape(found.shape)):
                    differing.add(array)
            spikes += int(expected["hidden.spikes"].sum() + expected["output.spikes"].sum())
        print(f"{title}: {len(samples)} samples, {spikes} spikes,", end=" ")
        print("differs: " + ", ".join(sorted(differing)) if differing else "equal")
        yield not differing


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program", type=pathlib.Path, help="the program nir")
    parser.add_argument("shared", type=pathlib.Path, help="the folder with goldens and models")
    arguments = parser.parse_args()
    chip_tools.enter(["numpy", "scipy", "rockpool==3.1.0", "xylosim==0.1.3"])
    chip_tools.without_drivers()
    with tempfile.TemporaryDirectory() as folder:
        results = list(check(arguments.program, arguments.shared, pathlib.Path(folder)))
    print(chip_tools.versions("rockpool", "xylosim", "numpy"))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
