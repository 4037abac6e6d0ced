"""Sets running beside Brian2 (compiled, without the time of compiling): 10,000 LIF with 10^6 synapses, 1 s.

There is no profile of Brian2, and as one writes this network in it (PEER, `plain`) its spikes are not ours: what arrives
moves the voltage after threshold and reset, where nirkit takes it as a current in the step that follows, and voltages are
integrated with -ffast-math. Put into words that leave no choice (`strict`), and compiled without fast-math and fused
operations, Brian2 computes what our clocked engine does, and its spikes are checked to be ours, entry for entry. The plain
form is what is timed, with Brian2's own flags; the numbers of spikes of both sides are in the table.

Neurons, synapses, time step and precision (double) are the same, and both count how often each neuron spikes. In the rows of
whole processes Python starts, imports, connects and runs, with all code compiled before, and `nir run` reads the file and
runs.
"""

import tempfile

import beside

PACKAGES = ["brian2==2.9.0", "cython", "numpy<2", "setuptools", "nir==1.0.8", "h5py"]

PEER = """
import sys, time
import numpy as np, nir
from brian2 import *
graph, steps, dt = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2]).shape[1], float(sys.argv[3])
strict, once = sys.argv[4] == "strict", sys.argv[4] == "once"
prefs.codegen.target = "cython"
prefs.codegen.runtime.cython.cache_dir = sys.prefix + ("/cython-strict" if strict else "/cython")
if strict:
    prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O2", "-ffp-contract=off", "-std=c++11"]
    prefs.codegen.loop_invariant_optimisations = False
defaultclock.dt = dt * second
weight, drive = graph.nodes["rec"].weight, graph.nodes["drive"].bias.astype(float)
target, source = np.nonzero(weight)
# What arrives in a step is a current of height w for this step: v += dt / tau * (bias + sum - v).
if strict:
    neurons = NeuronGroup(len(weight), "v : 1\\nbias : 1\\ng : 1\\nshare : 1", threshold="v > 1", reset="v = 0")
    neurons.share = dt / graph.nodes["lif"].tau.astype(float)
    neurons.run_regularly("v = v + share * ((0 - v) + (bias + g))\\ng = 0", when="groups")
    synapses = Synapses(neurons, neurons, "w : 1", on_pre="g += w")
    scale = 1.0
else:
    tau = 0.02 * second
    equations = "dv/dt = (bias - v) / tau : 1\\nbias : 1"
    neurons = NeuronGroup(len(weight), equations, threshold="v > 1", reset="v = 0", method="euler")
    synapses = Synapses(neurons, neurons, "w : 1", on_pre="v += w")
    scale = dt / 0.02
neurons.bias = drive
synapses.connect(i=source, j=target)
synapses.w = weight[target, source].astype(float) * scale
network = Network(neurons, *neurons.contained_objects, synapses)
monitor = SpikeMonitor(neurons, record=strict)
network.add(monitor)
if strict:
    network.run(steps * defaultclock.dt)
    spikes = np.zeros((steps, len(weight)), np.uint8)
    spikes[np.round(monitor.t / defaultclock.dt).astype(int), monitor.i] = 1
    np.save(sys.argv[5], spikes)
    sys.exit()
if once:
    network.run(steps * defaultclock.dt)
    sys.exit()
network.store()
network.run(2 * defaultclock.dt)
for _ in sys.stdin:
    network.restore()
    begun = time.perf_counter()
    network.run(steps * defaultclock.dt)
    print(time.perf_counter() - begun, float(monitor.num_spikes), flush=True)
"""


def strict(peer, graph, samples, dt):
    """In words, whether the spikes of the strict form are ours."""
    with tempfile.TemporaryDirectory() as folder:
        beside.finish([*peer, graph, samples, dt, "strict", f"{folder}/peer.npy"])
        ours = [beside.NIR, "run", graph, "--clocked", "--dt", dt, "--precision", "f64", "--input", samples, "--batch"]
        beside.finish([*ours, "--output", f"{folder}/ours"])
        return beside.verdict(f"{folder}/peer.npy", f"{folder}/ours")


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("brian2", PACKAGES), "-I", "-c", PEER]
    case = beside.cases(["sparse"], arguments.paper)["sparse"]
    rounds = min(arguments.rounds, 5)
    beside.head(PACKAGES[:1])
    for file, dt in (("one.npy", 1e-4), ("input.npy", 1e-3)):
        graph, samples = case / "graph.nir", case / file
        title, same = f"sparse, {dt * 1e3:g} ms", strict(peer, graph, samples, dt)
        theirs = [*peer, graph, samples, dt]
        ours = [beside.TIME_RUN, graph, samples, "f64", dt]
        beside.row(title, None, ours, [*theirs, "plain"], rounds, note=f"strict: {same}")
        whole = [beside.NIR, "run", graph, "--clocked", "--dt", dt, "--precision", "f64", "--input", samples, "--batch"]
        beside.row(f"{title}, whole process", f"strict: {same}", whole, [*theirs, "once"], rounds, kind=beside.Whole)


if __name__ == "__main__":
    main()
