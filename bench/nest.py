"""Sets running beside NEST 3.10 (C++): 10,000 LIF with 10^6 synapses for 1 s, and the dense stack.

There is no profile of NEST, but one of its models is our clocked engine under other choices: `iaf_psc_delta` integrates
exactly, its voltage jumps when a spike arrives (here by w r (1 - exp(-dt / tau)), what a current of height w does in a step),
and it spikes when it reaches its threshold. Spikes take a step from neuron to neuron, in our engine only over recurrent
edges, so those of the dense stack are two steps later there. Both compute in double precision; both have all spikes of the
output when they are done, NEST as a list, nirkit as an array.
"""

import tempfile

import beside

PACKAGES = ["nest-simulator==3.10.0", "nir==1.0.8", "h5py"]
CHOICES = {"integrator": "exponential", "comparison": ">="}

PEER = """
import sys, time
import numpy as np, nir, nest
nest.set_verbosity("M_ERROR")
graph, data, dt = nir.read(sys.argv[1], type_check=False), np.load(sys.argv[2])[0], float(sys.argv[3])
ms, steps = 1e3, len(data)
following = dict(edge for edge in graph.edges if edge[1] != "rec")

def layer(node, bias=0.0):
    tau, n = node.tau.astype(float), len(node.tau)
    return nest.Create("iaf_psc_delta", n, {
        "tau_m": tau * ms, "C_m": 1.0, "E_L": 0.0, "V_m": 0.0, "V_reset": 0.0, "t_ref": 0.0,
        "V_th": node.v_threshold.astype(float), "I_e": bias * node.r / (tau * ms)})

def connect(sources, targets, weight, node):
    target, source = np.nonzero(weight)
    gain = node.r.astype(float) * -np.expm1(-dt / node.tau.astype(float))
    nest.Connect(np.array(sources)[source], np.array(targets)[target], "one_to_one",
                 {"weight": weight[target, source].astype(float) * gain[target], "delay": np.full(len(source), dt * ms)})

def build():
    nest.ResetKernel()
    nest.SetKernelStatus({"resolution": dt * ms, "local_num_threads": 1})
    if "rec" in graph.nodes:
        neurons = layer(graph.nodes["lif"], graph.nodes["drive"].bias.astype(float))
        connect(neurons, neurons, graph.nodes["rec"].weight, graph.nodes["lif"])
        lag = 0
    else:
        neurons = nest.Create("spike_generator", data.shape[1])
        for channel, generator in enumerate(neurons):
            generator.spike_times = np.round((np.flatnonzero(data[:, channel]) + 1) * dt * ms, 6)
        name, lag = following["input"], 0
        while name != "output":
            node, name = graph.nodes[following[name]], name
            cells = layer(node)
            connect(neurons, cells, graph.nodes[name].weight, node)
            neurons, name, lag = cells, following[following[name]], lag + 1
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder, "all_to_all", {"delay": dt * ms})
    return neurons, recorder, lag

def run():
    neurons, recorder, lag = build()
    nest.Prepare()
    begun = time.perf_counter()
    nest.Run((steps + lag) * dt * ms)
    took = time.perf_counter() - begun
    nest.Cleanup()
    events = recorder.events
    at = np.round(events["times"] / (dt * ms)).astype(int) - 1 - lag
    return took, at, events["senders"] - min(neurons.tolist()), len(neurons)

if len(sys.argv) > 4:
    _, at, who, n = run()
    spikes = np.zeros((steps, n), np.uint8)
    spikes[at, who] = 1
    np.save(sys.argv[4], spikes)
    sys.exit()
for _ in sys.stdin:
    took, at, *_ = run()
    print(took, float(len(at)), flush=True)
"""

CASES = {
    "sparse, 0.1 ms": ("sparse", "one.npy", 1e-4), "sparse, 1 ms": ("sparse", "input.npy", 1e-3),
    "dense, batch 1": ("dense", "one.npy", 1e-4),
}


def same_spikes(peer, graph, samples, dt):
    """In words, whether NEST's spikes are those of our clocked engine under the same choices."""
    with tempfile.TemporaryDirectory() as folder:
        beside.finish([*peer, graph, samples, dt, f"{folder}/peer.npy"])
        choices = [f"--{name}={value}" for name, value in CHOICES.items()]
        beside.finish([beside.NIR, "run", graph, "--clocked", "--dt", dt, *choices, "--input", samples, "--batch",
                       "--output", f"{folder}/ours"])
        return beside.verdict(f"{folder}/peer.npy", f"{folder}/ours")


def main():
    arguments = beside.arguments(__doc__)
    peer = [beside.environment("nest", PACKAGES), "-I", "-c", PEER]
    folders = beside.cases(["sparse", "dense"], arguments.paper)
    beside.head(PACKAGES[:1])
    choices = [f"{name}={value}" for name, value in CHOICES.items()]
    for title, (name, file, dt) in CASES.items():
        graph, samples = folders[name] / "graph.nir", folders[name] / file
        equal = same_spikes(peer, graph, samples, dt)
        ours = [beside.TIME_RUN, graph, samples, "f64", dt, 1, "keep=steps", *choices]
        beside.row(title, equal, ours, [*peer, graph, samples, dt], min(arguments.rounds, 5))


if __name__ == "__main__":
    main()
