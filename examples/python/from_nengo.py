"""Nengo: build a network here, put it together there; check, run and compare it here."""

# %% Nengo has no exporter or importer of its own. The converter of the NIR paper takes LIF with r = 1 and v_leak = 0.
import nengo
import numpy as np

import nirkit as nir

dt = 1e-3
rng = np.random.default_rng(1)


def affine(inputs, outputs, top):
    return nir.Affine(weight=rng.uniform(0, top, (outputs, inputs)), bias=np.zeros(outputs))


def cell(n, threshold):
    one = np.ones(n)
    return nir.LIF(tau=0.01 * one, r=one, v_leak=0 * one, v_threshold=threshold * one, v_reset=0 * one)


# A spike of nengo.LIF is 1 / dt high, so that the weights after it are small.
graph = nir.NIRGraph(
    nodes={
        "input": nir.Input(input_type={"input": np.array([4])}),
        "fc1": affine(4, 8, 1.0), "lif1": cell(8, 0.2), "fc2": affine(8, 2, 1e-3), "lif2": cell(2, 0.2),
        "output": nir.Output(output_type={"output": np.array([2])}),
    },
    edges=[("input", "fc1"), ("fc1", "lif1"), ("lif1", "fc2"), ("fc2", "lif2"), ("lif2", "output")],
)
print(graph)

# %% What is wrong with it, and what would other platforms do?
print(nir.check(graph))
for title, report in nir.check(graph, ["nengo", "norse", "spyx"], dt=dt).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Put it together in Nengo as the converter does: an Affine is a function, a LIF has the gain 1 / v_threshold.
x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float64)


def in_nengo(node):
    if isinstance(node, nir.Affine):
        return nengo.Node(lambda t, u: node.weight @ u + node.bias, size_in=node.weight.shape[1])
    n = len(node.tau)
    kind = nengo.LIF(tau_rc=node.tau[0], tau_ref=0, initial_state={"voltage": nengo.dists.Choice([0])})
    return nengo.Ensemble(n, 1, neuron_type=kind, gain=1 / node.v_threshold, bias=np.zeros(n)).neurons


with nengo.Network() as net:
    source = nengo.Node(lambda t: x[round(t / dt) - 1])  # the first step ends at dt
    for name in ["fc1", "lif1", "fc2", "lif2"]:
        target = in_nengo(graph.nodes[name])
        nengo.Connection(source, target, synapse=None)
        source = target
    probe = nengo.Probe(source)

# %% Run it as Nengo does, without Nengo, and hold it against Nengo.
found = nir.run(graph, x, "nengo", dt=dt, record="all")
print(found)
with nengo.Simulator(net, dt=dt, progress_bar=False) as simulator:
    simulator.run_steps(len(x))
spikes = simulator.data[probe] > 0
assert spikes.any() and np.array_equal(found["lif2"] > 0, spikes), "Nengo and nirkit spike differently"
print(f"{int(np.sum(spikes))} spikes, the same in Nengo and in nirkit")

# %% Where do Nengo's spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "nengo", dt=dt))
