"""Make the bundled example: a small recurrent network and a stimulus, in examples/.

    python scripts/make_examples.py

Four inputs, six LIF neurons with a recurrent Linear, two outputs. The weights are drawn once from a
fixed seed. Needs numpy and nir.
"""

import pathlib

import nir
import numpy as np

DT = 1e-4
FOLDER = pathlib.Path(__file__).parent.parent / "examples"


def lif(n, tau):
    full = lambda value: np.full(n, value, np.float32)
    return nir.LIF(tau=full(tau), r=full(tau / DT), v_leak=full(0), v_threshold=full(1), v_reset=full(0))


def main():
    rng = np.random.default_rng(20)
    draw = lambda *shape: rng.normal(0, 0.5, shape).astype(np.float32)
    graph = nir.NIRGraph(
        nodes={
            "input": nir.Input(np.array([4])),
            "fc1": nir.Affine(draw(6, 4) + np.float32(0.2), np.full(6, 0.02, np.float32)),
            "lif1": lif(6, 2e-3),
            "rec": nir.Linear(draw(6, 6) * np.float32(0.3)),
            "fc2": nir.Linear(draw(2, 6) + np.float32(0.3)),
            "lif2": lif(2, 4e-3),
            "output": nir.Output(np.array([2])),
        },
        edges=[
            ("input", "fc1"),
            ("fc1", "lif1"),
            ("lif1", "rec"),
            ("rec", "lif1"),
            ("lif1", "fc2"),
            ("fc2", "lif2"),
            ("lif2", "output"),
        ],
        metadata={"dt": DT, "reset": "subtract", "note": "a small recurrent network, weights drawn at random"},
    )
    nir.write(FOLDER / "small.nir", graph, compression="gzip")
    np.save(FOLDER / "small_input.npy", (rng.random((300, 4)) < 0.15).astype(np.uint8))


if __name__ == "__main__":
    main()
