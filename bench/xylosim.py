"""Sets running beside XyloSim 0.1 (C++, integers), the simulator of Xylo's maker: recurrent networks for the Braille task.

`nir lower` brings the graph onto the chip, and what it writes is handed to XyloSim through Rockpool; the output spikes of
XyloSim have to be those of our emulation. What is timed there is the call into C++, with the input as the lists that it
takes; XyloSim records all states whether asked to or not. It knows no batches: samples follow each other.
"""

import tempfile

import beside

PACKAGES = ["xylosim==0.1.3", "rockpool==3.1.0", "numpy", "scipy"]
DT = 1e-4

PEER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import chip_tools
chip_tools.without_drivers()
import numpy as np
from rockpool.devices.xylo.syns61201 import XyloSim
given = json.load(open(sys.argv[2]))["specification"]
given = {key: value for key, value in given.items() if value is not None}
arrays = {key: np.array(value) if isinstance(value, list) and key != "aliases" else value for key, value in given.items()}
simulator = XyloSim.from_specification(**arrays)  # the layer only refers to what it holds
layer = simulator._xylo_layer
samples = [sample.astype(int).tolist() for sample in np.load(sys.argv[3])]
def run():
    spikes = []
    for sample in samples:
        layer.reset_all()
        spikes.append(layer.evolve(sample))
    return spikes
out = run()
if len(sys.argv) > 4:
    np.save(sys.argv[4], np.array(out[0]))
    sys.exit()
for _ in sys.stdin:
    begun = time.perf_counter()
    out = run()
    print(time.perf_counter() - begun, float(np.sum(out)), flush=True)
"""


def same_spikes(peer, case, config, folder):
    """In words, whether XyloSim's output spikes on the single sample are those of our emulation."""
    first = "import sys, numpy as np; np.save(sys.argv[2], np.load(sys.argv[1])[0])"  # a chip runs one sample
    beside.finish([beside.base(), "-c", first, case / "one.npy", f"{folder}/x.npy"])
    beside.finish([*peer, config, case / "one.npy", f"{folder}/peer.npy"])
    ours = [beside.NIR, "run", "--platform", "xylo", "--config", config, "--input", f"{folder}/x.npy"]
    beside.finish([*ours, "--output", f"{folder}/ours"])
    return beside.verdict(f"{folder}/peer.npy", f"{folder}/ours")


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("xylosim", PACKAGES), "-I", "-c", PEER, beside.ROOT / "scripts"]
    folders = beside.cases(["braille_subtract", "braille_busy"], arguments.paper)
    beside.head(PACKAGES[:2])
    for name, case in folders.items():
        with tempfile.TemporaryDirectory() as folder:
            config = f"{folder}/xylo.json"
            beside.finish([beside.NIR, "lower", case / "graph.nir", "--platform", "xylo", "--dt", DT, "--output", config])
            equal = same_spikes(peer, case, config, folder)
            for batch in (1, 64):
                samples = beside.samples(case, batch)
                ours = [beside.TIME_RUN, case / "graph.nir", samples, "xylo", DT]
                beside.row(f"{name}, batch {batch}", equal, ours, [*peer, config, samples], arguments.rounds)


if __name__ == "__main__":
    main()
