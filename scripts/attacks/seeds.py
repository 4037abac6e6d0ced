"""What is mutated: networks, stimuli, documents and labels, made by the program and from files of this project."""

import io
import json
import random
import struct
import subprocess
from pathlib import Path

import h5py

from .mutate import SYSTEMATIC, npy, places

SIMULATORS = ["norse", "snntorch", "sinabs", "rockpool", "spyx", "nengo", "lava", "lava-dl", "spikingjelly"]
CHIPS = ["xylo", "speck", "loihi2", "spinnaker2"]
ROOT = Path(__file__).resolve().parent.parent.parent

XYLO = """nirt 1
graph {
  input = Input { shape: i64[1] [2] }
  w = Linear { weight: f64[3, 2] [[1, -0.5], [0.25, 2], [1.5, 0.003]] }
  hidden = CubaLIF { tau_syn: f64[3] 0.002 tau_mem: f64[3] 0.004 r: f64[3] 4 v_leak: f64[3] 0 v_threshold: f64[3] 1 v_reset: f64[3] 0 w_in: f64[3] 2 }
  u = Linear { weight: f64[2, 3] [[1, 0.5, -1], [-1, 1, 0.5]] }
  out = CubaLIF { tau_syn: f64[2] 0.002 tau_mem: f64[2] 0.008 r: f64[2] 8 v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 w_in: f64[2] 2 }
  output = Output { shape: i64[1] [2] }
  input -> w -> hidden -> u -> out -> output
}
"""
SPECK = """nirt 1
graph {
  input = Input { shape: i64[3] [1, 4, 4] }
  conv = Conv2d { input_shape: i64[2] [4, 4] weight: f32[2, 1, 3, 3] [[[[1, 0, 1], [0, 1, 0], [1, 0, 1]]], [[[0, 1, 0], [1, 0.5, 1], [0, 1, 0]]]]
    stride: i64[2] [1, 1] padding: i64[2] [1, 1] dilation: i64[2] [1, 1] groups: i64 1 bias: f32[2] [0, 0.1] }
  a = IF { r: f32[2, 4, 4] 1 v_threshold: f32[2, 4, 4] 1 v_reset: f32[2, 4, 4] 0 }
  pool = SumPool2d { kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }
  flat = Flatten { input_type: i64[3] [2, 2, 2] start_dim: i64 0 end_dim: i64 -1 }
  w = Linear { weight: f32[2, 8] [[1, 0, 1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1]] }
  b = IF { r: f32[2] 1 v_threshold: f32[2] 1 v_reset: f32[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> conv -> a -> pool -> flat -> w -> b -> output
}
"""
LOOP = """nirt 1
graph {
  input = Input { shape: i64[1] [2] }
  w = Affine { weight: f32[2, 2] [[1, -0.5], [0.25, 2]] bias: f32[2] [0.1, 0] }
  n = LIF { tau: f32[2] 0.01 r: f32[2] 1 v_leak: f32[2] 0 v_threshold: f32[2] 0.5 v_reset: f32[2] 0 }
  back = Delay { delay: f32[2] 0.003 }
  s = Scale { scale: f32[2] [0.5, 2] }
  li = LI { tau: f32[2] 0.005 r: f32[2] 1 v_leak: f32[2] 0.1 }
  t = Threshold { threshold: f32[2] 0.2 }
  i = I { r: f32[2] 1 }
  inner = graph {
    input = Input { shape: i64[1] [2] }
    c = CubaLI { tau_syn: f32[2] 0.002 tau_mem: f32[2] 0.004 r: f32[2] 1 v_leak: f32[2] 0 }
    output = Output { shape: i64[1] [2] }
    input -> c -> output
  }
  output = Output { shape: i64[1] [2] }
  other = Output { shape: i64[1] [2] }
  input -> w -> n -> output
  n -> back -> s -> n
  n -> li -> t -> other
  n -> i -> inner -> other
}
"""
WINDOW = """nirt 1
graph {
  input = Input { shape: i64[2] [2, 6] }
  conv = Conv1d { input_shape: i64 6 weight: f32[2, 2, 3] [[[1, 0, 1], [0, 1, 0]], [[1, 1, 1], [0.5, 0, 1]]] stride: i64 1 padding: i64 1 dilation: i64 1 groups: i64 1 bias: f32[2] [0, 0] }
  flat = Flatten { input_type: i64[2] [2, 6] start_dim: i64 0 end_dim: i64 -1 }
  n = IF { r: f32[12] 1 v_threshold: f32[12] 1 v_reset: f32[12] 0 }
  output = Output { shape: i64[1] [12] }
  input -> conv -> flat -> n -> output
}
"""
TEXTS = {"xylo": XYLO, "speck": SPECK, "loop": LOOP, "window": WINDOW}


def is_sound(path):
    """Whether h5py opens a file to write in it, and finds a graph there."""
    copy = path.read_bytes()
    try:
        with h5py.File(io.BytesIO(copy), "r+") as file:
            return "node" in file
    except (OSError, RuntimeError, ValueError, KeyError):
        return False


class Seeds:
    """What is mutated, made by the program from the texts above and from files of this project."""

    def __init__(self, nir, folder, more, seed):
        self.nir, self.folder = nir, folder
        self.keep = None
        self.graphs = []  # (path, {input: shape})
        self.documents = []  # (chip, path, stimulus)
        self.stimuli = []  # (graph, path)
        for name, text in TEXTS.items():
            path = folder / f"{name}.nirt"
            path.write_text(text)
            self.add_graph(path)
            binary = folder / f"{name}.nir"
            self.call("convert", path, binary)
            self.add_graph(binary)
        for pattern in (
            "examples/*.nir*", "crates/cli/tests/hostile/*.nirt", "crates/io/tests/files/*.nir", "crates/io/tests/hostile/*.nir",
            "crates/io/tests/types/*.nir", "crates/io/tests/damaged/*.nir", "crates/nirkit/tests/exact/*/graph.nir", "crates/ir/tests/invalid/*.nirt",
        ):  # fmt: skip
            for path in sorted(ROOT.glob(pattern)):
                if path.stat().st_size < 100_000:
                    self.add_graph(path)
        for path in sorted(more.rglob("*.nir*") if more else []):
            if path.suffix in (".nir", ".nirt") and path.stat().st_size < 100_000:
                self.add_graph(path)
        self.sound = [entry for entry in self.of(".nir") if is_sound(entry[0])]
        for graph in (*(folder / f"{name}.nirt" for name in TEXTS), ROOT / "examples/small.nir"):
            for chip in CHIPS:
                path = folder / f"{graph.stem}.{chip}.json"
                if self.call("lower", graph, "--platform", chip, "--dt", "1e-3", "--output", path) == 0:
                    self.documents.append((chip, path, self.stimulus_of(graph)))
        for name in TEXTS:
            graph = folder / f"{name}.nirt"
            x = self.stimulus_of(graph)
            self.stimuli.append((graph, Path(x[1])))
            for engine in (["--clocked"], ["--exact", "--sample", "1e-3"], ["--platform", "norse"]):
                path = folder / f"{name}{len(self.stimuli)}.h5"
                if self.call("run", graph, "--dt", "1e-3", *x, *engine, "--record", "all", "--output", path) == 0:
                    self.stimuli.append((graph, path))
                    self.add_data(graph, path)
        path = folder / "events.json"
        path.write_text(
            '{"T": 0.05, "inputs": {"input": {"shape": [2], "kind": "spikes", "spikes": [[0.01, 0], [0.02, 1], [0.03, 0]]}}}'
        )
        self.stimuli.append((folder / "xylo.nirt", path))
        path = folder / "current.json"
        path.write_text(
            '{"T": 0.05, "inputs": {"input": {"shape": [2], "kind": "current", "times": [0, 0.02], "values": [[1, 0.5], [0, 2]]}}}'
        )
        self.stimuli.append((folder / "loop.nirt", path))
        for input_ in sorted(ROOT.glob("crates/nirkit/tests/exact/*/input.json")):
            self.stimuli.append((input_.with_name("graph.nir"), input_))
        self.samples, self.labels = folder / "samples.npy", folder / "labels.npy"
        self.samples.write_bytes(npy((3, 4, 2), "|u1", bytes([1, 0, 2, 1] * 6)))
        self.labels.write_bytes(npy((3,), "<i8", struct.pack("<3q", 0, 1, 1)))
        self.times = folder / "times.npy"
        self.times.write_bytes(npy((4,), "<f8", struct.pack("<4d", 0, 1e-3, 2e-3, 4e-3)))

        self.nets = []
        for name in ("xylo", "speck"):
            path = folder / f"{name}.net"
            if self.call("lower", folder / f"{name}.nirt", "--platform", "loihi2", "--dt", "1e-3", "--output", path) == 0:
                self.nets.append(path)
        listed = subprocess.run([nir, "opt", "--list", "--format", "json"], capture_output=True, check=True).stdout
        self.passes = [entry["name"] for entry in json.loads(listed)["passes"]]
        self.every_key = [
            (document, place, value)
            for document in self.documents
            for place in places(json.loads(document[1].read_text()))
            for value in SYSTEMATIC
        ]
        random.Random(seed).shuffle(self.every_key)

    def add_data(self, graph, recorded):
        """What left the network, as a stimulus for it."""
        path = recorded.with_name(f"in_{recorded.name}")
        path.write_bytes(recorded.read_bytes())
        with h5py.File(path, "r+") as file:
            outputs = []
            file.visit(lambda name: outputs.append(name) if name.endswith("/output") else None)
            if outputs:
                place = outputs[0].removesuffix("output") + "input"
                if place in file:
                    del file[place]
                file.move(outputs[0], place)
                self.stimuli.append((graph, path))

    def of(self, suffix):
        return [entry for entry in self.graphs if entry[0].suffix == suffix]

    def running(self, suffix):
        """The networks from above, which every mutant can run if it is sound."""
        return [entry for entry in self.of(suffix) if entry[0].parent == self.folder]

    def call(self, *args):
        command = [self.nir, *map(str, args)]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode

    def add_graph(self, path):
        command = [self.nir, "info", str(path), "--format", "json"]
        output = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
        shapes = {}
        try:
            for node in json.loads(output)["nodes"]:
                is_outer = not set("./") & set(node["name"])
                if node["kind"] == "Input" and is_outer and node.get("output") is not None:
                    shapes[node["name"]] = node["output"]
        except (ValueError, KeyError, TypeError):
            pass
        stimulus = []
        for at, (name, shape) in enumerate(shapes.items()):
            count = 5
            for length in shape:
                count *= length
            if count > 100_000:
                continue
            x = self.folder / f"x{len(self.graphs)}_{at}.npy"
            x.write_bytes(npy((5, *shape), "|u1", bytes((7 * k) % 5 % 3 for k in range(count))))
            stimulus += ["--input", f"{name}={x}" if len(shapes) > 1 else str(x)]
        self.graphs.append((path, stimulus))

    def stimulus_of(self, graph):
        return next(stimulus for path, stimulus in self.graphs if path == graph)
