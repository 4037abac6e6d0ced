#!/usr/bin/env python3
"""Holds what is handed over for Loihi 2 against Lava's own fixed-point model.

usage: check_loihi2.py PROGRAM [--python python3.10] [--cases N] [--graphs FILE.nir ...]

Networks are made at random, with numbers at the ends of their ranges among them (both signs, few weight bits, shifts to
either side, biases, recurrence, convolutions, Dense behind Dense), and graphs are lowered with every quantisation. Each
document runs here as PROGRAM runs it and in `lava-nc` with the tag fixed_pt; spikes, u and v of every LIF in every step must be
equal. A graph that can be a .net file is written as one; lava-dl's netx reads it, and its network has to spike alike.

`lava-nc` needs Python 3.10; it is installed into an environment of its own (target/check_loihi2) when the script runs first.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

PACKAGES = ["lava-nc==0.10.0", "numpy==1.26.4", "h5py"]
# Without what it needs for training: only its reader of .net files is used.
READER = "lava-dl==0.6.0"
ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "target" / "check_loihi2"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--python", default="python3.10")
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--graphs", nargs="*", default=[])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return check(arguments)
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([arguments.python, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", READER], check=True)
    return subprocess.run([python, __file__, *sys.argv[1:], "--inside"]).returncode


# ---- inside the environment ----

def random_network(rng, at):
    """A document, and the shape of its input."""
    import numpy as np
    edgy = lambda low, high: int(rng.choice([low, high, 0 if low <= 0 <= high else low, rng.integers(low, high + 1)], p=[.1, .1, .1, .7]))
    def lif(name, n, shape=None):
        bias = [edgy(-4096, 4095) if rng.random() < .3 else 0 for _ in range(n)] if rng.random() < .5 else edgy(-50, 50)
        return {"process": "LIF", "name": name, **({"shape": shape} if shape else {}), "du": edgy(0, 4095), "dv": edgy(0, 4095),
                "vth": edgy(0, 131071) if rng.random() < .1 else int(rng.integers(0, 200)), "bias_mant": bias, "bias_exp": int(rng.integers(0, 8))}
    def dense(name, source, target, n, m):
        low, high = [(-300, 300), (0, 300), (-300, 0), (-20, 20)][rng.integers(4)]
        return {"process": "Dense", "name": name, "source": source, "target": target,
                "weights": [[edgy(low, high) for _ in range(m)] for _ in range(n)],
                "num_weight_bits": int(rng.integers(1, 9)) if rng.random() < .4 else 8,
                "weight_exp": int(rng.integers(-3, 8)) if rng.random() < .4 else 0}
    document = {"platform": "loihi2", "version": 1, "layers": []}
    layers = document["layers"]
    if at % 4 == 3:
        c, h, w, o = int(rng.integers(1, 4)), int(rng.integers(4, 9)), int(rng.integers(4, 9)), int(rng.integers(1, 5))
        k, s, p = [int(x) for x in rng.integers(1, 4, 2)], [int(x) for x in rng.integers(1, 3, 2)], [int(x) for x in rng.integers(0, 2, 2)]
        document["input"] = {"name": "input", "shape": [c, h, w]}
        layers.append({"process": "Conv", "name": "conv", "source": "input", "target": "a", "stride": s, "padding": p,
                       "weights": rng.integers(-128, 128, (o, c, *k)).tolist()})
        rows, columns = (h + 2 * p[0] - k[0]) // s[0] + 1, (w + 2 * p[1] - k[1]) // s[1] + 1
        n = o * rows * columns
        layers.append(lif("a", n, [o, rows, columns]))
        shape = (c, h, w)
    else:
        m, n = int(rng.integers(1, 9)), int(rng.integers(1, 9))
        document["input"] = {"name": "input", "shape": [m]}
        if at % 4 == 2:
            relay = int(rng.integers(1, 5))
            first = dense("first", "input", "second", relay, m)
            first["weight_exp"] = max(first["weight_exp"], 0)
            layers += [first, dense("second", "first", "a", n, relay)]
        else:
            layers.append(dense("fc", "input", "a", n, m))
        if at % 2:
            layers.append(dense("rec", "a", "a", n, n))
        layers.append(lif("a", n))
        shape = (m,)
    layers += [dense("out", "a", "b", 3, n), lif("b", 3)]
    return document, shape


def in_lava(document, x):
    """Spikes, u and v of every LIF, channels first and in C order."""
    import numpy as np
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.conv.process import Conv
    from lava.proc.dense.process import Dense
    from lava.proc.io.source import RingBuffer
    from lava.proc.lif.process import LIF
    from lava.proc.monitor.process import Monitor
    steps = len(x)
    layers = document["layers"]
    by_name = {layer["name"]: layer for layer in layers}
    # Pictures are (x, y, channel) in Lava.
    turned = lambda shape: tuple(reversed(shape))
    shapes = {"input": tuple(document["input"]["shape"])}
    for layer in layers:
        if layer["process"] == "LIF" and layer.get("shape"):
            shapes[layer["name"]] = tuple(layer["shape"])
    process = {}
    for layer in layers:
        if layer["process"] == "Dense":
            process[layer["name"]] = Dense(weights=np.array(layer["weights"]), num_weight_bits=layer.get("num_weight_bits", 8),
                                           weight_exp=layer.get("weight_exp", 0), name=layer["name"])
            shapes[layer["name"]] = (len(layer["weights"]),)
            if by_name[layer["target"]]["process"] == "LIF":
                shapes.setdefault(layer["target"], (len(layer["weights"]),))
    for layer in layers:
        if layer["process"] == "Conv":
            weights = np.array(layer["weights"])[:, :, ::-1, ::-1].transpose(0, 3, 2, 1)  # (out, x, y, in), turned around
            pair = lambda value: [int(v) for v in reversed(value if isinstance(value, list) else [value, value])]
            process[layer["name"]] = Conv(weight=weights, input_shape=turned(shapes[layer["source"]]), stride=pair(layer.get("stride", 1)),
                                          padding=pair(layer.get("padding", 0)), dilation=pair(layer.get("dilation", 1)), groups=layer.get("groups", 1))
    monitors, lifs = [], [layer for layer in layers if layer["process"] == "LIF"]
    for layer in lifs:
        shape = shapes[layer["name"]]
        bias = np.array(layer.get("bias_mant", 0))
        if bias.ndim and bias.size > 1 and len(shape) == 3:
            bias = bias.reshape(shape).transpose(2, 1, 0)
        process[layer["name"]] = LIF(shape=turned(shape), du=layer["du"], dv=layer["dv"], vth=layer["vth"],
                                     bias_mant=bias if bias.ndim else int(bias), bias_exp=layer.get("bias_exp", 0))
    pictures = x.reshape(steps, *shapes["input"])
    data = pictures.transpose(*range(pictures.ndim - 1, -1, -1))  # (..., channel, time)
    source = RingBuffer(data=data.astype(int))
    for layer in layers:
        if layer["process"] == "LIF":
            continue
        start = source.s_out if layer["source"] == "input" else getattr(process[layer["source"]], "s_out", None)
        if start is None:
            start = process[layer["source"]].a_out
        if layer["process"] == "Dense" and len(shapes[layer["source"]]) == 3:
            start = start.transpose([2, 1, 0]).flatten()
        start.connect(process[layer["name"]].s_in)
        if by_name[layer["target"]]["process"] == "LIF":
            end, shape = process[layer["name"]].a_out, shapes[layer["target"]]
            if layer["process"] == "Dense" and len(shape) == 3:
                end = end.reshape(shape).transpose([2, 1, 0])
            end.connect(process[layer["target"]].a_in)
    for layer in lifs:
        for what in ("s_out", "u", "v"):
            monitor = Monitor()
            monitor.probe(getattr(process[layer["name"]], what), steps)
            monitors.append((layer["name"], what, monitor))
    source.run(RunSteps(num_steps=steps), Loihi2SimCfg(select_tag="fixed_pt"))
    found = {}
    for name, what, monitor in monitors:
        values = next(iter(next(iter(monitor.get_data().values())).values()))
        values = np.asarray(values).reshape(steps, *turned(shapes[name]))
        found[name, {"s_out": "spikes"}.get(what, what)] = values.transpose(0, *range(values.ndim - 1, 0, -1)).reshape(steps, -1)
    source.stop()
    return found


def in_nirkit(program, config, x, folder):
    import numpy as np
    np.save(folder / "x.npy", x)
    out = folder / "out"
    subprocess.run([program, "run", "--config", config, "--platform", "loihi2", "--input", folder / "x.npy", "--record", "all",
                    "--output", out], check=True, capture_output=True)
    def read(name, what):
        values = np.load(out / f"{name}.{what}.npy")
        return values.reshape(len(x), -1).astype(np.int64)
    return read


def compare(program, label, config, x, folder):
    """How many numbers differ, or None for a document that nirkit refuses."""
    document = json.loads(config.read_text())
    document.setdefault("input", {"name": "input", "shape": list(x.shape[1:])})
    name = document["input"]["name"]
    for layer in document["layers"]:
        if layer.get("source") == name:
            layer["source"] = "input"
    try:
        read = in_nirkit(program, config, x, folder)
    except subprocess.CalledProcessError as error:
        print(f"none {label}: {error.stderr.decode().strip().splitlines()[0]}")
        return None
    found, bad, all_numbers = in_lava(document, x), 0, 0
    for (process, what), values in found.items():
        ours = read(process, what)
        bad += int((ours != values.astype(ours.dtype)).sum())
        all_numbers += values.size
    spikes = sum(int(values.sum()) for (_, what), values in found.items() if what == "spikes")
    print(f"{'ok  ' if not bad else 'DIFF'} {label}: {all_numbers} numbers, {spikes} spikes, {bad} differ")
    return bad


def in_netx(net, x):
    """Spikes of the last block of a .net file, channels first and in C order."""
    import numpy as np
    from unittest.mock import MagicMock
    # netx imports torch and slayer for what it does not need to read networks of LIF neurons.
    for name in ("torch", "lava.lib.dl.slayer", "lava.lib.dl.slayer.neuron", "lava.lib.dl.slayer.neuron.rf"):
        sys.modules.setdefault(name, MagicMock())
    from lava.lib.dl.netx import hdf5
    from lava.magma.core.run_conditions import RunSteps
    from lava.magma.core.run_configs import Loihi2SimCfg
    from lava.proc.io.sink import RingBuffer as Sink
    from lava.proc.io.source import RingBuffer
    network = hdf5.Network(net_config=str(net))
    steps = len(x)
    pictures = x.reshape(steps, *reversed(network.inp.shape)) if len(network.inp.shape) == 3 else x.reshape(steps, -1)
    source = RingBuffer(data=pictures.transpose(*range(pictures.ndim - 1, -1, -1)).astype(int))
    sink = Sink(shape=network.out.shape, buffer=steps)
    source.s_out.connect(network.inp)
    network.out.connect(sink.a_in)
    source.run(RunSteps(num_steps=steps), Loihi2SimCfg(select_tag="fixed_pt"))
    spikes = sink.data.get()
    source.stop()
    return spikes.transpose(*range(spikes.ndim - 1, -1, -1)).reshape(steps, -1)


def check_net(program, net, config, x, folder):
    """How many spikes of the last block differ."""
    document = json.loads(config.read_text())
    ours = in_nirkit(program, config, x, folder)(document["output"], "spikes")
    return int((ours != in_netx(net, x)).sum()), int(ours.sum())


def check(arguments):
    import importlib.metadata as metadata
    import numpy as np
    print(", ".join(f"{name} {metadata.version(name)}" for name in ("lava-nc", "numpy", "h5py")), "Python", sys.version.split()[0])
    rng, bad, met = np.random.default_rng(0), 0, 0
    with tempfile.TemporaryDirectory() as temporary:
        temporary = pathlib.Path(temporary)
        def one(label, config, x):
            nonlocal bad, met
            differ = compare(arguments.program, label, config, x, temporary)
            bad, met = bad + (differ or 0), met + (differ is not None)
        for at in range(arguments.cases):
            document, shape = random_network(rng, at)
            config = temporary / "network.json"
            config.write_text(json.dumps(document))
            x = (rng.random((40, *shape)) < rng.choice([.1, .5, 1.])).astype(np.uint8)
            one(f"network {at}", config, x)
        for graph in arguments.graphs or [str(ROOT / "examples" / "small.nir")]:
            for quantize in ("layer", "bias-on-v"):
                config = temporary / "graph.json"
                lower = [arguments.program, "lower", graph, "--platform", "loihi2", "--dt", "1e-4", "--quantize", quantize]
                done = subprocess.run([*lower, "--output", config], capture_output=True)
                if done.returncode:
                    print(f"none {graph}, {quantize}: not lowered")
                    continue
                document = json.loads(config.read_text())
                x = (rng.random((60, *document["input"]["shape"])) < .3).astype(np.uint8)
                one(f"{graph}, {quantize}", config, x)
                net = temporary / "graph.net"
                if subprocess.run([*lower, "--output", net], capture_output=True).returncode == 0:
                    differ, spikes = check_net(arguments.program, net, config, x, temporary)
                    bad += differ
                    print(f"{'ok  ' if not differ else 'DIFF'} {graph}, {quantize}, .net: {spikes} spikes, {differ} differ")
    print(f"{met} networks met" if not bad else f"{bad} numbers differ")
    return 1 if bad or not met else 0


sys.exit(main())
