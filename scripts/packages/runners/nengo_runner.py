"""Nengo with the converter of the NIR paper (`paper/03_rnn/nir_to_nengo.py` of the NIR repository).

The converter is no package: its text lies beside the environment, as `nir_to_nengo.py`.
"""

import nengo
import nir
import numpy as np

if not hasattr(np, "product"):  # the converter uses a name that numpy has dropped
    np.product = np.prod

from nir_to_nengo import nir_to_nengo  # noqa: E402

from .tape import Inputs, Tape  # noqa: E402

OPTIONS: dict = {}
STEPWISE = False


def build(graph: nir.NIRGraph, dt: float, inputs: Inputs) -> tuple:
    model, made = nir_to_nengo(graph, dt=dt)
    with model:
        for name, node in graph.nodes.items():
            if isinstance(node, nir.Input):
                nengo.Connection(stimulus(inputs.of(name), dt), made[name], synapse=None)
        probes = {name: probes_of(node, made[name], dt) for name, node in graph.nodes.items()}
    return nengo.Simulator(model, dt=dt, progress_bar=False, seed=0), probes


def stimulus(sequence: np.ndarray, dt: float) -> nengo.Node:
    """A node that gives row k during step k; Nengo's first step ends at dt."""
    rows = sequence.reshape(len(sequence), -1).astype(np.float64)
    return nengo.Node(
        lambda t: rows[min(int(round(t / dt)) - 1, len(rows) - 1)], size_out=rows.shape[1]
    )


def probes_of(node, made, dt: float) -> dict[str, nengo.Probe]:
    if isinstance(node, (nir.IF, nir.LIF, nir.CubaLIF)):
        return {"spikes": nengo.Probe(made, "output"), "v": nengo.Probe(made, "voltage")}
    if isinstance(node, nir.LI):
        return {"v": nengo.Probe(made)}
    if isinstance(node, nir.Output):
        return {"return": nengo.Probe(made)}
    return {}


def run(built: tuple, dt: float, inputs: Inputs, tape: Tape, batched: bool) -> None:
    simulator, probes = built
    with simulator:
        simulator.run_steps(inputs.steps, progress_bar=False)
    tape.steps = inputs.steps
    for node, found in probes.items():
        for observable, probe in found.items():
            values = np.asarray(simulator.data[probe])
            if observable == "spikes":
                tape.whole(node, "spikes", values > 0)
            elif observable == "v":
                tape.whole(node, "v", values)
            else:
                tape.returned_whole(values)
