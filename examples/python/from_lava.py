"""Lava: build a network here, put it together there; check, run and compare it here."""

# %% Lava has no exporter or importer of its own. A population has one `tau` and one `v_threshold`.
import numpy as np
from lava.magma.core.run_conditions import RunSteps
from lava.magma.core.run_configs import Loihi2SimCfg
from lava.proc.dense.process import Dense
from lava.proc.io.sink import RingBuffer as Sink
from lava.proc.io.source import RingBuffer as Source
from lava.proc.lif.process import LIF

import nirkit as nir

dt = 1e-4
rng = np.random.default_rng(1)


def linear(inputs, outputs):
    return nir.Linear(weight=rng.uniform(0, 0.5, (outputs, inputs)))


def cell(n):
    one = np.ones(n)
    return nir.LIF(tau=0.002 * one, r=0.002 / dt * one, v_leak=0 * one, v_threshold=one, v_reset=0 * one)


graph = nir.NIRGraph(
    nodes={
        "input": nir.Input(input_type={"input": np.array([4])}),
        "fc1": linear(4, 8), "lif1": cell(8), "fc2": linear(8, 2), "lif2": cell(2),
        "output": nir.Output(output_type={"output": np.array([2])}),
    },
    edges=[("input", "fc1"), ("fc1", "lif1"), ("lif1", "fc2"), ("fc2", "lif2"), ("lif2", "output")],
)
print(graph)

# %% What is wrong with it, and what would other platforms do?
print(nir.check(graph))
for title, report in nir.check(graph, ["lava", "norse", "spyx"], dt=dt).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Put it together in Lava: the gain r dt / tau goes into the weights before a LIF, and each Dense takes a step.
x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float64)
source = Source(data=x.T)
port = source.s_out
for fc, lif in [("fc1", "lif1"), ("fc2", "lif2")]:
    node = graph.nodes[lif]
    gain = (node.r * dt / node.tau)[:, None]
    dense = Dense(weights=graph.nodes[fc].weight * gain)
    cells = LIF(shape=node.tau.shape, du=1.0, dv=dt / node.tau[0], vth=node.v_threshold[0])
    port.connect(dense.s_in)
    dense.a_out.connect(cells.a_in)
    port = cells.s_out
sink = Sink(shape=(2,), buffer=len(x))
port.connect(sink.a_in)

# %% Run it as Lava does, without Lava, and hold it against Lava in floating point.
found = nir.run(graph, x, "lava", dt=dt, record="all")
print(found)
source.run(condition=RunSteps(num_steps=len(x)), run_cfg=Loihi2SimCfg(select_tag="floating_pt"))
spikes = sink.data.get().T
source.stop()
assert spikes.any() and np.array_equal(found["lif2"], spikes), "Lava and nirkit spike differently"
print(f"{int(np.sum(spikes))} spikes, the same in Lava and in nirkit")

# %% Where do Lava's spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "lava", dt=dt))
