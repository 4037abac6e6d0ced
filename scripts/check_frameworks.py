"""Round trips through frameworks: export there, read here, write here, import there, same spikes.

    python -m venv env && env/bin/pip install WHEEL torch nirtorch==2.6 norse snntorch sinabs
    env/bin/python scripts/check_frameworks.py [--as-nir] [norse] [snntorch] [sinabs]

For each framework that is installed, a network is exported to a graph of the package `nir`, taken over
with `from_nir`, written and read by nirkit, given back with `to_nir`, imported again, and both networks
are run on the same input. With `--as-nir`, nirkit stands in the place of `nir` for the framework
itself (`install_as_nir`), and the graph that is exported is nirkit's own.

Exit status 1 when spikes differ or a framework that was named is not there.
"""

import argparse
import importlib.metadata
import io
import sys

import numpy as np

PACKAGES = ("norse", "snntorch", "sinabs")


def travelled(graph, as_nir):
    """The graph after a way through nirkit's reader and writer."""
    import nirkit

    ours = graph if as_nir else nirkit.from_nir(graph)
    assert isinstance(ours, nirkit.NIRGraph), type(ours)
    ours.infer_types()
    file = io.BytesIO()
    nirkit.write(file, ours)
    read = nirkit.read(file)
    return read if as_nir else nirkit.to_nir(read)


def weights(torch, *shape):
    return torch.tensor(np.random.default_rng(len(shape)).normal(0.4, 1.0, shape), dtype=torch.float32)


def stimulus(torch, steps, channels):
    return torch.tensor(np.random.default_rng(7).random((steps, 1, channels)) < 0.4, dtype=torch.float32)


def norse(torch, as_nir):
    from norse.torch import LIFBoxCell, LIFBoxParameters, SequentialState
    from norse.torch.utils.export_nir import to_nir
    from norse.torch.utils.import_nir import from_nir

    def cell(n):
        one = torch.ones(n)
        return LIFBoxCell(LIFBoxParameters(tau_mem_inv=100 * one, v_th=0.1 * one, v_leak=0 * one))

    first, second = torch.nn.Linear(4, 6), torch.nn.Linear(6, 3)
    first.weight.data, second.weight.data = weights(torch, 6, 4), weights(torch, 3, 6)
    net = SequentialState(first, cell(6), second, cell(3))
    graph = to_nir(net, torch.zeros(4), dt=1.0)
    again = from_nir(travelled(graph, as_nir), dt=1e-3)
    once = from_nir(graph, dt=1e-3)

    def run(network):
        state, spikes = None, []
        for frame in stimulus(torch, 100, 4):
            out, state = network(frame, state)
            spikes.append(out)
        return torch.stack(spikes)

    return run(once), run(again)


def snntorch(torch, as_nir):
    import snntorch as snn
    from snntorch.export_nir import export_to_nir
    from snntorch.import_nir import import_from_nir

    def leaky(n, output=False):
        return snn.Leaky(
            beta=0.9 * torch.ones(n), threshold=torch.ones(n), init_hidden=True, output=output, reset_mechanism="zero"
        )

    first, second = torch.nn.Linear(4, 6), torch.nn.Linear(6, 3)
    first.weight.data, second.weight.data = weights(torch, 6, 4), weights(torch, 3, 6)
    net = torch.nn.Sequential(first, leaky(6), second, leaky(3, output=True))
    graph = export_to_nir(net, torch.zeros(4))
    once, again = import_from_nir(graph), import_from_nir(travelled(graph, as_nir))

    def run(network):
        state, spikes = None, []
        for frame in stimulus(torch, 100, 4):
            out, state = network(frame, state)
            spikes.append(out[0] if isinstance(out, tuple) else out)
        return torch.stack(spikes)

    return run(once), run(again)


def sinabs(torch, as_nir):
    import sinabs.layers as layers
    from sinabs.nir import from_nir, to_nir

    first, second = torch.nn.Linear(4, 6), torch.nn.Linear(6, 3)
    first.weight.data, second.weight.data = weights(torch, 6, 4), weights(torch, 3, 6)
    net = torch.nn.Sequential(first, layers.IAFSqueeze(batch_size=1), second, layers.IAFSqueeze(batch_size=1))
    net(torch.zeros(1, 4))
    graph = to_nir(net, torch.zeros(1, 4))
    once = from_nir(graph, batch_size=1)
    again = from_nir(travelled(graph, as_nir), batch_size=1)

    def run(network):
        out = network(stimulus(torch, 100, 4)[:, 0])
        return out[0] if isinstance(out, tuple) else out

    return run(once), run(again)


def check(name, as_nir):
    """Whether both networks put out the same spikes, and any at all."""
    import torch

    torch.manual_seed(0)
    with torch.no_grad():
        one, other = globals()[name](torch, as_nir)
    same, count = torch.equal(one, other), int(one.sum())
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in (name, "nirtorch", "torch", "nirkit"))
    print(f"{name}: {count} spikes, {'the same' if same else 'DIFFERENT'} after the round trip ({versions})")
    return same and count > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("frameworks", nargs="*", help="those that are installed, if none is named")
    parser.add_argument("--as-nir", action="store_true", help="let `import nir` mean nirkit")
    arguments = parser.parse_args()
    if arguments.as_nir:
        import nirkit

        nirkit.install_as_nir()
    found = {d.metadata["Name"].lower() for d in importlib.metadata.distributions()}
    names = arguments.frameworks or [name for name in PACKAGES if name in found]
    missing = [name for name in names if name not in found]
    for name in missing:
        print(f"{name} is not installed")
    good = [check(name, arguments.as_nir) for name in names if name not in missing]
    sys.exit(bool(missing) or not good or not all(good))


if __name__ == "__main__":
    main()
