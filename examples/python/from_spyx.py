"""Spyx: build a network here, import it there; check, run and compare it here."""

# %% A graph for Spyx, a chain from `input` to `output`. Spyx leaves `r` unread, as if the gain r dt / tau were 1:
# with r = tau / dt the graph says so itself. (Spyx's own exporter writes r = 1 - dt / tau instead.)
import jax.numpy as jnp
import numpy as np
from spyx.nir import from_nir

import nirkit as nir

dt = 1e-3
rng = np.random.default_rng(1)


def affine(inputs, outputs):
    weight = rng.uniform(0, 0.3, (outputs, inputs)).astype(np.float32)
    return nir.Affine(weight=weight, bias=np.zeros(outputs, np.float32))


def cell(n):
    tau = np.full(n, 0.01, np.float32)
    one = np.ones(n, np.float32)
    return nir.LIF(tau=tau, r=tau / np.float32(dt), v_leak=0 * one, v_threshold=one, v_reset=0 * one)


graph = nir.NIRGraph(
    nodes={
        "input": nir.Input(input_type={"input": np.array([4])}),
        "fc1": affine(4, 8), "lif1": cell(8), "fc2": affine(8, 2), "lif2": cell(2),
        "output": nir.Output(output_type={"output": np.array([2])}),
    },
    edges=[("input", "fc1"), ("fc1", "lif1"), ("lif1", "fc2"), ("fc2", "lif2"), ("lif2", "output")],
)
print(graph)

# %% What is wrong with it, and what would other platforms do?
print(nir.check(graph))
for title, report in nir.check(graph, ["spyx", "norse", "snntorch"], dt=dt).platforms.items():
    verdict = "refuses it" if report.refuses else "loses something" if report.loses else "runs it"
    print(f"{title}: {verdict}")

# %% Run it as Spyx does, without Spyx, and hold it against what Spyx imports.
x = (np.random.default_rng(0).random((200, 4)) < 0.3).astype(np.float32)
found = nir.run(graph, x, "spyx", dt=dt, record="all")
print(found)
_, out = from_nir(nir.to_nir(graph), jnp.array(x)[:, None], dt=dt)
spikes = np.array(out)[:, 0]
assert spikes.any() and np.array_equal(found["lif2"], spikes), "Spyx and nirkit spike differently"
print(f"{int(np.sum(spikes))} spikes, the same in Spyx and in nirkit")

# %% Where do Spyx' spikes part from the graph's own meaning, and why?
print(nir.compare(graph, x, "spyx", dt=dt))
