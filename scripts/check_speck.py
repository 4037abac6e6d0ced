"""Hold what `nir lower --platform speck` writes against sinabs' own discretisation.

    python3 scripts/check_speck.py PROGRAM SHARED

Each recorded graph and trained network that Speck has room for is built from sinabs' layers and
discretised by `sinabs.backend.dynapcnn`; weights, biases, thresholds and lower limits then have to be
the integers that nir writes, and the spikes of all layers those of `nir run --platform speck
--config`. Installs sinabs and PyTorch in target/chip-tools. Exit status 1 when anything differs.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import chip_tools


def sequence(graph):
    """The graph, which is one chain, as sinabs' layers; AvgPool2d and Linear, which sinabs' import
    leaves out, as PyTorch has them. The threshold of the first neuron is that of its layer."""
    import torch
    from nir import AvgPool2d, Linear
    from sinabs.nir import _import_sinabs_module

    following = dict(graph.edges)
    layers, name = [], next(name for name, node in graph.nodes.items() if type(node).__name__ == "Input")
    while name in following:
        name = following[name]
        node = graph.nodes[name]
        if isinstance(node, AvgPool2d):
            layer = torch.nn.AvgPool2d(tuple(map(int, node.kernel_size)), tuple(map(int, node.stride)))
        elif isinstance(node, Linear):
            layer = torch.nn.Linear(*node.weight.shape[::-1], bias=False)
            layer.weight.data = torch.tensor(node.weight).float()
        else:
            layer = _import_sinabs_module(node, batch_size=1, num_timesteps=None)
        if type(node).__name__ == "IF":
            first = float(node.v_threshold.flat[0])
            layer.spike_threshold.data = torch.tensor(first)
            layer.min_v_mem.data = torch.tensor(-first)
        layers.append(layer)
    return torch.nn.Sequential(*layers)


def integers(layer):
    """The numbers of a discretised layer, under nir's names."""
    convolution, neurons = layer.conv_layer, layer.spk_layer
    bias = convolution.bias
    return {
        "weight": convolution.weight.flatten().tolist(),
        "bias": [0.0] * convolution.out_channels if bias is None else bias.tolist(),
        "threshold": float(neurons.spike_threshold),
        "min_v_mem": float(neurons.min_v_mem),
    }


def spikes(network, sample):
    """Spikes of each layer, one array of shape (T, ...) for each, before the pool."""
    import torch

    seen = {}
    handles = [
        layer.spk_layer.register_forward_hook(lambda module, given, out, at=at: seen.update({at: out}))
        for at, layer in enumerate(network.sequence)
    ]
    network.reset_states()
    with torch.no_grad():
        network(torch.tensor(sample).float())
    for handle in handles:
        handle.remove()
    return [seen[at].numpy() for at in range(len(network.sequence))]


def check(program, shared, folder):
    """Every case: whether it is equal."""
    import nir
    import numpy as np
    from sinabs.backend.dynapcnn import DynapcnnNetwork

    for name, subject, samples, dt in cases(shared):
        config = folder / "config.json"
        config.unlink(missing_ok=True)
        lower = ["lower", subject, "--platform", "speck", "--dt", dt, "--output", config]
        chip_tools.nir(program, *lower, fine=(0, 1))
        if not config.exists():
            continue
        written = json.loads(config.read_text())
        graph = nir.read(subject, type_check=False)
        network = DynapcnnNetwork(sequence(graph), input_shape=tuple(written["input"]["shape"]))
        pairs = list(zip(written["layers"], map(integers, network.sequence), strict=True))
        differing = {
            f"{layer['layer']}.{what}"
            for layer, expected in pairs
            for what, value in expected.items()
            if layer[what] != value
        }
        total = 0
        for sample in samples:
            np.save(folder / "x.npy", sample)
            run = ["run", "--platform", "speck", "--config", config, "--input", folder / "x.npy"]
            chip_tools.nir(program, *run, "--record", "all", "--output", folder / "out")
            for layer, expected in zip(written["layers"], spikes(network, sample)):
                found = np.load(folder / "out" / f"{layer['neuron']}.spikes.npy")
                if not np.array_equal(found, expected.reshape(found.shape)):
                    differing.add(f"{layer['neuron']}.spikes")
                total += int(expected.sum())
        print(f"{name}: {len(pairs)} layers, {len(samples)} samples, {total} spikes,", end=" ")
        print("differs: " + ", ".join(sorted(differing)) if differing else "equal")
        yield not differing


def cases(shared):
    """Every graph beside the project: name, file, inputs, time step. Of a trained network, ten samples."""
    import numpy as np

    for case in sorted((shared / "goldens" / "simulators").glob("*/graph.nir")):
        about = json.loads((case.parent / "case.json").read_text())
        yield case.parent.name, case, [np.load(case.parent / "input.npy")], about.get("dt", 1e-3)
    for model in sorted((shared / "models").glob("*/model.json")):
        samples = np.load(model.parent / json.loads(model.read_text())["test_x"])[:10]
        yield model.parent.name, model.parent / "graph.nir", list(samples), 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program", type=pathlib.Path, help="the program nir")
    parser.add_argument("shared", type=pathlib.Path, help="the folder with goldens and models")
    arguments = parser.parse_args()
    dependencies = ["numpy", "torch", "pbr", "nir==1.0.8", "nirtorch", "matplotlib", "tqdm"]
    chip_tools.enter(dependencies, without_dependencies=["sinabs==2.0.3"])
    chip_tools.without_drivers()
    with tempfile.TemporaryDirectory() as folder:
        results = list(check(arguments.program, arguments.shared, pathlib.Path(folder)))
    print(chip_tools.versions("sinabs", "torch", "nir", "numpy"))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if results and all(results) else 1)


if __name__ == "__main__":
    main()
