"""Sets running beside Brian2 (compiled, without the time of compiling): 10,000 LIF with 10^6 synapses, 1 s.

There is no profile of Brian2, and its spikes are not ours: it adds what arrives to the voltage after threshold and reset,
nirkit takes it as a current in the step that follows. Neurons, synapses, time step and precision (double) are the same; the
numbers of spikes of both are printed, so that the work can be compared. nirkit records every spike of every step as a
number (10,000 x steps doubles), Brian2 counts them.
"""

import beside

PACKAGES = ["brian2", "cython", "numpy<2", "setuptools", "nir==1.0.8", "h5py"]

PEER = """
import sys, time
import numpy as np, nir
from brian2 import *
prefs.codegen.target = "cython"
prefs.codegen.runtime.cython.cache_dir = sys.prefix + "/cython"
graph, steps, dt = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2]).shape[1], float(sys.argv[3])
weight, drive = graph.nodes["rec"].weight, graph.nodes["drive"].bias.astype(float)
defaultclock.dt = dt * second
tau = 0.02 * second
# What arrives in a step is a current of height w for this step: v += dt / tau * (bias + sum - v).
neurons = NeuronGroup(len(weight), "dv/dt = (bias - v) / tau : 1\\nbias : 1", threshold="v > 1", reset="v = 0", method="euler")
neurons.bias = drive
synapses = Synapses(neurons, neurons, "w : 1", on_pre="v += w")
target, source = np.nonzero(weight)
synapses.connect(i=source, j=target)
synapses.w = weight[target, source].astype(float) * dt / 0.02
network = Network(neurons, synapses)
monitor = SpikeMonitor(neurons, record=False)
network.add(monitor)
network.store()
network.run(2 * defaultclock.dt)
for _ in sys.stdin:
    network.restore()
    begun = time.perf_counter()
    network.run(steps * defaultclock.dt)
    print(time.perf_counter() - begun, float(monitor.num_spikes), flush=True)
"""


def main():
    arguments = beside.arguments(__doc__)
    python = beside.environment("brian2", PACKAGES)
    case = beside.cases(["sparse"], arguments.paper)["sparse"]
    beside.head(PACKAGES[:1])
    for file, dt in (("one.npy", 1e-4), ("input.npy", 1e-3)):
        ours = [beside.TIME_RUN, case / "graph.nir", case / file, "f64", dt]
        theirs = [python, "-I", "-c", PEER, case / "graph.nir", case / file, dt]
        beside.row(f"sparse, {dt * 1e3:g} ms", None, ours, theirs, min(arguments.rounds, 5))


if __name__ == "__main__":
    main()
