"""The networks and inputs on which simulators are set beside each other.

Each case is a folder with `graph.nir`, `input.npy` (samples, T, ...) and nothing else:

braille  12 - 38 recurrent - 7 CubaLIF, T = 256, 10 % input
braille_subtract, braille_busy  the same for Xylo, which takes no biases of weights
scnn     three convolutions and two dense layers of IF, T = 60, 3 % input
dense    1000 - 1000 - 1000 LIF, T = 100, 5 % input; dense_unit has r = 1 and the gain in the weights, for those that do
         not read r; dense_nengo weights for spikes that are 1 / dt high as well
sparse   10,000 LIF with 10^6 recurrent synapses at about 10 Hz, 1 s

braille, braille_subtract and scnn are the networks of the NIR paper where its files are at hand (--paper FOLDER), else
networks of the same shape. Needs numpy and nir.
"""

import argparse
import pathlib
import shutil

import nir
import numpy as np

DT = 1e-4


def port(kind, *shape):
    return kind(np.array(shape))


def graph(nodes, edges):
    return nir.NIRGraph(nodes, edges, type_check=False)


def chain(*nodes):
    names = [name for name, _ in nodes]
    return dict(nodes), list(zip(names, names[1:]))


def events(rng, share, *shape):
    return (rng.random(shape) < share).astype(np.uint8)


def cuba(rng, n):
    full = lambda value: np.full(n, value, np.float32)
    return nir.CubaLIF(
        tau_syn=full(22 * DT), tau_mem=full(100 * DT), r=full(100), v_leak=full(0), v_threshold=full(1),
        v_reset=full(0), w_in=full(22),
    )


def affine(rng, outputs, inputs, spread):
    weight = rng.normal(0, spread, (outputs, inputs)).astype(np.float32)
    return nir.Affine(weight, np.zeros(outputs, np.float32))


def braille(rng):
    nodes, edges = chain(
        ("input", port(nir.Input, 12)), ("fc1", affine(rng, 38, 12, 0.3)), ("lif1", cuba(rng, 38)),
        ("fc2", affine(rng, 7, 38, 0.2)), ("lif2", cuba(rng, 7)), ("output", port(nir.Output, 7)),
    )
    nodes["rec"] = affine(rng, 38, 38, 0.05)
    # The loop stands before what follows it: of some simulators the answer is what the last visited node puts out.
    return graph(nodes, [("lif1", "rec"), ("rec", "lif1"), *edges])


def braille_busy(rng):
    """Some 550 spikes of hidden neurons on Xylo, and 700 of output neurons."""
    made = braille(rng)
    for name, share in (("fc1", 0.2), ("rec", 0.2), ("fc2", 0.5)):
        made.nodes[name].weight *= np.float32(share)
    return made


def braille_subtract(rng):
    return braille_busy(rng)


def scnn(rng):
    def conv(out, into, kernel, stride, padding, size, spread):
        weight = rng.normal(0.01, spread, (out, into, kernel, kernel)).astype(np.float32)
        return nir.Conv2d((size, size), weight, stride, padding, 1, 1, np.zeros(out, np.float32))

    def fire(*shape):
        full = lambda value: np.full(shape, value, np.float32)
        return nir.IF(r=full(1), v_threshold=full(1), v_reset=full(0))

    def pool(size):
        two = np.array([2, 2])
        return nir.SumPool2d(two, two, np.array([0, 0]))

    def dense(out, into, spread):
        return affine(rng, out, into, spread)

    nodes, edges = chain(
        ("input", port(nir.Input, 2, 34, 34)),
        ("0", conv(16, 2, 5, 2, 1, 34, 0.25)), ("1", fire(16, 16, 16)),
        ("2", conv(16, 16, 3, 1, 1, 16, 0.1)), ("3", fire(16, 16, 16)), ("4", pool(16)),
        ("5", conv(8, 16, 3, 1, 1, 8, 0.1)), ("6", fire(8, 8, 8)), ("7", pool(8)),
        ("8", nir.Flatten({"input": np.array([8, 4, 4])}, 0, -1)),
        ("9", dense(256, 128, 0.1)), ("10", fire(256)), ("11", dense(10, 256, 0.1)), ("12", fire(10)),
        ("output", port(nir.Output, 10)),
    )
    return graph(nodes, edges)


def dense(rng, r=10, height=1):
    def lif(n):
        full = lambda value: np.full(n, value, np.float32)
        return nir.LIF(tau=full(10 * DT), r=full(r), v_leak=full(0), v_threshold=full(1), v_reset=full(0))

    nodes, edges = chain(
        ("input", port(nir.Input, 1000)),
        ("fc1", affine(rng, 1000, 1000, 0.05)), ("lif1", lif(1000)),
        ("fc2", affine(rng, 1000, 1000, 0.03)), ("lif2", lif(1000)),
        ("output", port(nir.Output, 1000)),
    )
    nodes["fc1"].weight *= np.float32(10 / r)
    nodes["fc2"].weight *= np.float32(10 / r / height)
    return graph(nodes, edges)


def dense_unit(rng):
    return dense(rng, r=1)


def dense_nengo(rng):
    return dense(rng, r=1, height=1 / DT)


def sparse(rng, neurons=10_000, fan=100):
    weight = np.zeros((neurons, neurons), np.float32)
    for target in range(neurons):
        weight[target, rng.choice(neurons, fan, replace=False)] = rng.normal(0, 2, fan)
    full = lambda value: np.full(neurons, value, np.float32)
    drive = nir.Affine(np.zeros((neurons, 1), np.float32), rng.uniform(0.7, 1.3, neurons).astype(np.float32))
    lif = nir.LIF(tau=full(0.02), r=full(1), v_leak=full(0), v_threshold=full(1), v_reset=full(0))
    nodes, edges = chain(
        ("input", port(nir.Input, 1)), ("drive", drive), ("lif", lif), ("output", port(nir.Output, neurons)),
    )
    nodes["rec"] = nir.Linear(weight)
    return graph(nodes, edges + [("lif", "rec"), ("rec", "lif")])


def make(folder, paper=None, batch=64, only=None):
    """Writes the cases into a folder and returns their folders by name."""
    stored = {
        "braille": "03_rnn/braille_noDelay_bias_zero.nir",
        "braille_subtract": "03_rnn/braille_noDelay_noBias_subtract.nir",
        "scnn": "02_cnn/cnn_sinabs.nir",
    }
    all_makers = (braille, braille_subtract, braille_busy, scnn, dense, dense_unit, dense_nengo, sparse)
    makers = {maker.__name__: maker for maker in all_makers}
    shapes = {"scnn": (0.03, 60, 2, 34, 34)}
    shapes |= {name: (0.1, 256, 12) for name in makers if name.startswith("braille")}
    shapes |= {name: (0.05, 100, 1000) for name in makers if name.startswith("dense")}
    cases = {}
    for name, maker in makers.items():
        if only and name not in only:
            continue
        rng = np.random.default_rng(1)
        case = cases[name] = pathlib.Path(folder) / name
        case.mkdir(parents=True, exist_ok=True)
        if paper and name in stored and (pathlib.Path(paper) / stored[name]).exists():
            shutil.copy(pathlib.Path(paper) / stored[name], case / "graph.nir")
        else:
            nir.write(case / "graph.nir", maker(rng), compression=None)
        if name in shapes:
            share, *shape = shapes[name]
            np.save(case / "input.npy", events(rng, share, batch, *shape))
            np.save(case / "one.npy", events(rng, share, 1, *shape))
        else:
            np.save(case / "one.npy", np.zeros((1, 10_000, 1), np.uint8))
            np.save(case / "input.npy", np.zeros((1, 1_000, 1), np.uint8))
    return cases


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--paper", type=pathlib.Path)
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    make(arguments.folder, arguments.paper, only=arguments.only)
