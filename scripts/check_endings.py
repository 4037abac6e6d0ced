#!/usr/bin/env python3
"""Feed the program with mutants of everything that it reads, and report each that ends badly.

    scripts/check_endings.py target/debug/nir                       1000 mutants of seed 1
    scripts/check_endings.py target/debug/nir --count 50000 --keep bad
    scripts/check_endings.py target/debug/nir --only 1234 --show    one of them again

A mutant is a file (.nir, .nirt, a chip's document, .npy, NIRData, JSON), or a line of options. A run ends badly
when it ends by a signal, with an exit code above 2, after more than 10 s of processor time, or because it asked for
more than 1 GiB of address space. Number and seed name a mutant for good: nothing else decides what it is.

Needs Python and the program, nothing else.
"""

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 10
BYTES = 1 << 30

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

# Numbers at the ends of ranges, as they are typed.
NUMBERS = [
    "0", "-0.0", "1", "-1", "2", "3", "0.5", "1e-3", "127", "128", "-129", "255", "256", "65535", "65536", "16777217",
    "2147483647", "2147483648", "-2147483649", "4294967295", "4294967296", "4611686018427387904", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616",
    "1e9", "1e12", "1e18", "1e-12", "1e-300", "5e-324", "1e300", "1.7976931348623157e308", "1e309", "-1e300",
    "nan", "inf", "-inf", "0.1", "1e-4", "1000", "100000", "3000000", "30000000", "999999999",
]
JSON_VALUES = [
    "null", "true", "false", '""', '"x"', '"input"', '"1e3"', "[]", "{}", "[[]]", "[0]", "[null]", '{"a": 1}', "[1, 2, 3]",
    "[-1]", "[[1], [2, 3]]", "[4294967296, 4294967296]", "[9223372036854775807, 2]", "[65536, 65536, 65536]", "[1e300]",
    '"\\u0000"', '"\\u202e"', "[" * 200 + "]" * 200, '["x"]', "[[0, 0], [1, 1]]", "[" + ", ".join(["1"] * 300) + "]",
]
BYTES8 = [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
SIMULATORS = ["norse", "snntorch", "sinabs", "rockpool", "spyx", "nengo", "lava", "lava-dl", "spikingjelly"]
CHIPS = ["xylo", "speck", "loihi2", "spinnaker2"]
PASSES = []
# How often each surface ended with each exit code: whether mutants get past the reader at all.
CODES = Counter()


def npy(shape, descr, data, version=(1, 0), header=None):
    text = header or f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}"
    text = text.encode("latin-1", "replace")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    length = struct.pack("<H", len(text) & 0xFFFF) if version[0] == 1 else struct.pack("<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


class Seeds:
    """What is mutated, made by the program from the texts above and from files of this project."""

    def __init__(self, nir, folder):
        self.nir, self.folder = nir, folder
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
        for name, chips in (("xylo", ["xylo", "loihi2", "spinnaker2"]), ("speck", ["speck", "loihi2", "spinnaker2"])):
            graph = folder / f"{name}.nirt"
            for chip in chips:
                path = folder / f"{name}.{chip}.json"
                if self.call("lower", graph, "--platform", chip, "--dt", "1e-3", "--output", path) == 0:
                    self.documents.append((chip, path, self.stimulus_of(graph)))
        for name, chip, x in (
            ("loihi2_capacity", "loihi2", "x_cubalif_layer_b"), ("speck_pad", "speck", "x_digits_scnn"),
            ("spinnaker2_index", "spinnaker2", "x_lif_homog"), ("spinnaker2_abort", "spinnaker2", "x_lif_homog"),
        ):  # fmt: skip
            hostile = ROOT / "crates/cli/tests/hostile"
            self.documents.append((chip, hostile / f"{name}.json", ["--input", str(hostile / f"{x}.npy")]))
        for name in TEXTS:
            graph = folder / f"{name}.nirt"
            x = self.stimulus_of(graph)
            self.stimuli.append((graph, Path(x[1])))
            for engine in (["--clocked"], ["--exact", "--sample", "1e-3"], ["--platform", "norse"]):
                path = folder / f"{name}{len(self.stimuli)}.h5"
                if self.call("run", graph, "--dt", "1e-3", *x, *engine, "--record", "all", "--output", path) == 0:
                    self.stimuli.append((graph, path))
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


# -- mutations


def mutate_bytes(rng, data, other):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        if not data:
            return bytes(rng.randrange(256) for _ in range(rng.randrange(64)))
        at, kind = rng.randrange(len(data)), rng.randrange(10)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.randrange(256)
        elif kind <= 5:
            width = rng.choice((1, 2, 4, 8))
            at -= at % rng.choice((1, width))
            value = rng.choice(BYTES8) & ((1 << 8 * width) - 1)
            data[at : at + width] = value.to_bytes(width, rng.choice(("little", "little", "little", "big")))
        elif kind == 6:
            del data[at : at + rng.choice((1, 2, 8, 64, len(data)))]
        elif kind == 7:
            data[at:at] = data[rng.randrange(len(data)) :][: rng.choice((1, 8, 64, 512))]
        elif kind == 8 and other:
            start = rng.randrange(len(other))
            part = other[start : start + rng.choice((8, 64, 512))]
            data[at : at + len(part)] = part
        else:
            # Small differences of what stands there reach checks that large ones do not.
            width = rng.choice((1, 2, 4, 8))
            old = int.from_bytes(data[at : at + width], "little")
            new = (old + rng.choice((-8, -2, -1, 1, 2, 8))) & ((1 << 8 * width) - 1)
            data[at : at + width] = new.to_bytes(width, "little")
    return bytes(data)


TOKEN = re.compile(r"[A-Za-z_][\w.]*|[-+]?\d[\d.eE+-]*|\s+|->|.", re.DOTALL)
WORDS = ["graph", "unknown", "metadata", "extra", "storage", "Input", "Output", "LIF", "CubaLIF", "Conv2d", "Affine", "Delay", "Flatten",
    "f32", "f64", "i64", "u8", "bool", "c64", "f16", "->", "{", "}", "[", "]", ",", ":", "=", '"', "tensor", "@", "//", "\\", "\0", "\u202e"]  # fmt: skip


def mutate_text(rng, text, other):
    tokens = TOKEN.findall(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if not tokens:
            return rng.choice(WORDS)
        solid = [at for at, token in enumerate(tokens) if token.strip()] or [0]
        numbers = [at for at in solid if tokens[at][-1].isdigit() and not tokens[at][0].isalpha()]
        at, kind = rng.choice(solid), rng.randrange(10)
        if kind <= 4 and numbers:
            tokens[rng.choice(numbers)] = rng.choice(NUMBERS)
        elif kind == 5:
            del tokens[at : at + rng.choice((1, 1, 2, 10))]
        elif kind == 6:
            tokens[at] = rng.choice(WORDS)
        elif kind == 7:
            tokens[at] = rng.choice(tokens)
        elif kind == 8:
            start = rng.randrange(len(tokens))
            tokens[at:at] = tokens[start : start + rng.choice((1, 4, 40))] * rng.choice((1, 1, 2, 50))
        elif other:
            lines = other.splitlines(keepends=True)
            tokens[at:at] = ["\n", rng.choice(lines), "\n"]
    return "".join(tokens)


class Raw(str):
    """A piece of JSON that is written as it stands."""


def places(value, path=()):
    """Every place of a document: all keys, of long lists a few elements."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for at in [*range(min(len(value), 4)), *([len(value) - 1] if len(value) > 4 else [])]:
            yield from places(value[at], (*path, at))


def dump(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(inner)}" for key, inner in value.pairs) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return json.dumps(value)


class Pairs:
    """An object whose keys may stand twice."""

    def __init__(self, pairs):
        self.pairs = pairs


def mutate_json(rng, text):
    document = json.loads(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        found = list(places(document))
        if not found:
            break
        *above, last = rng.choice(found)
        holder = document
        for step in above:
            holder = holder[step]
            if isinstance(holder, (Pairs, Raw)):
                break
        if not isinstance(holder, (dict, list)):
            continue
        old, kind = holder[last], rng.randrange(10)
        if kind <= 3:
            holder[last] = Raw(rng.choice(NUMBERS[:-11] if rng.random() < 0.9 else NUMBERS))
        elif kind <= 5:
            holder[last] = Raw(rng.choice(JSON_VALUES))
        elif kind == 6:
            del holder[last]
        elif kind == 7 and isinstance(old, list):
            holder[last] = rng.choice(([], old * 2, old[:-1], old + [old], [old], old * 40, old[:1] * 300, [0] * len(old)))
        elif kind == 7 and isinstance(old, dict):
            pairs = list(old.items())
            holder[last] = Pairs(pairs + [rng.choice(pairs)]) if pairs else [old]
        elif kind == 8 and isinstance(old, (int, float)) and not isinstance(old, bool):
            holder[last] = Raw(repr(rng.choice((old + 1, old - 1, -old, old * 2, old * 1000, old / 3, old * 2**31))))
        elif isinstance(holder, dict):
            holder[rng.choice(("name", "shape", "size", "weights", "input", "\0", "x", str(last) + "_"))] = old
        else:
            holder.insert(rng.randrange(len(holder) + 1), old)
    text = dump(document)
    if rng.random() < 0.15:
        text = mutate_text(rng, text, "")
    return text


DESCRS = ["|u1", "<f4", "<f8", ">f8", "<i8", "<u8", "|b1", "<f2", "<c8", "|S3", "<U4", "|O", "<M8[s]", "|V8", "<f16", "i4", "=f4", "<i3", "", "|u1x"]
SHAPES = ["(6, 2)", "(5, 2)", "(6,)", "()", "(2)", "(0, 2)", "(6, 0)", "(-1, 2)", "(6, 2,)", "[6, 2]", "(3000000, 2)", "(4294967296, 4294967296)",
    "(9223372036854775807, 2)", "(18446744073709551616,)", "(1, 6, 2)", "(6, 2, 1)", "(0, 9223372036854775807)", "(6.0, 2)", "(True, 2)", "(6, 2" ]  # fmt: skip


def mutate_npy(rng, data):
    kind = rng.randrange(6)
    if kind <= 1:
        return mutate_bytes(rng, data, b"")
    end = data.index(b"\n") + 1
    header, body = data[10:end].decode("latin-1"), data[end:]
    if kind == 2:
        header = mutate_text(rng, header, "")
    elif kind == 3:
        header = re.sub(r"\(.*?\)", lambda _: rng.choice(SHAPES), header, count=1)
    elif kind == 4:
        descr = rng.choice(DESCRS)
        header = re.sub(r"('descr': )'.*?'", lambda found: f"{found[1]}{descr!r}", header, count=1)
        body = body[: rng.randrange(len(body) + 1)] * rng.choice((1, 1, 8, 16)) if rng.random() < 0.5 else body * 8
    else:
        # Numbers that are no stimulus: huge, negative, not finite.
        special = struct.pack("<d", float(rng.choice(NUMBERS)))
        count = max(1, len(body))
        header = re.sub(r"('descr': )'.*?'", r"\1'<f8'", header, count=1)
        body = b"".join(special if rng.random() < 0.3 else struct.pack("<d", rng.choice((0, 1, 2, 0.5))) for _ in range(count))
    version = rng.choice(((1, 0), (1, 0), (1, 0), (2, 0), (3, 0), (9, 9), (0, 1)))
    return npy(None, None, body, version, header.rstrip("\n "))


# -- surfaces: each gives a command line and writes what it needs


LONG = {"--duration": ["1e-3", "0.01", "0", "-1", "nan", "inf", "1e300", "1e-300", "1e9", "1e18"]}


def graph_verbs(rng, file, seed, stimulus, out):
    """A command on a graph."""
    chip, simulator = rng.choice(CHIPS), rng.choice(SIMULATORS)
    json_ = ["--format", "json"] if rng.random() < 0.3 else []
    x = stimulus or ["--input", str(ROOT / "examples/small_input.npy")]
    verbs = [
        ["info", file, *json_],
        ["show", file],
        ["check", file, *json_],
        ["check", file, "--platform", simulator, "--platform", chip, "--dt", "1e-3", *json_],
        ["convert", file, out / "o.nirt", *json_],
        ["convert", file, out / "o.nir", "--compression", rng.choice(("none", "gzip", "lzf"))],
        ["convert", file, out / "o.nir", "--repair", *json_],
        ["convert", file, out / "o.nirt", "--repair"],
        ["opt", file, out / f"o.{rng.choice(('nir', 'nirt'))}", *json_],
        ["opt", file, out / "o.nirt", *(part for name in rng.sample(PASSES, min(3, len(PASSES))) for part in ("--pass", name))],
        ["diff", file, seed, *json_],
        ["diff", seed, file],
        ["lower", file, "--platform", chip, "--dt", "1e-3", "--output", out / rng.choice(("o.json", "o.net")), *json_],
        ["lower", file, "--platform", chip, "--dt", "1e-3", *x],
        ["run", file, "--clocked", "--dt", "1e-3", *x, "--record", "all", "--output", out / rng.choice(("o", "o.h5"))],
        ["run", file, "--exact", "--dt", "1e-3", *x, "--spike", rng.choice(("impulse:1e-3", "pulse:1e-3")), "--output", out / "o"],
        ["run", file, "--exact", "--dt", "1e-3", *x, "--spike", "pulse:1e-3", "--record", "all", "--sample", "1e-3", "--output", out / "o.h5"],
        ["run", file, "--platform", simulator, "--dt", "1e-3", *x, "--record", "all", "--output", out / "o"],
        ["run", file, "--platform", chip, "--dt", "1e-3", *x],
        ["compare", file, *x, "--platform", simulator, "--platform", rng.choice([*SIMULATORS, "ideal"]), "--dt", "1e-3", *json_],
    ]  # fmt: skip
    return rng.choice(verbs)


def binary_graph(rng, seeds, out):
    binary = [entry for entry in seeds.graphs if entry[0].suffix == ".nir"]
    path, stimulus = rng.choice(binary)
    file = out / "m.nir"
    file.write_bytes(mutate_bytes(rng, path.read_bytes(), rng.choice(binary)[0].read_bytes()))
    return graph_verbs(rng, file, path, stimulus, out)


def text_graph(rng, seeds, out):
    texts = [entry for entry in seeds.graphs if entry[0].suffix == ".nirt"]
    path, stimulus = rng.choice(texts[:8] if rng.random() < 0.5 else texts)
    file = out / "m.nirt"
    other = rng.choice(texts)[0].read_text()
    file.write_text(mutate_text(rng, path.read_text(), other), errors="surrogatepass")
    return graph_verbs(rng, file, path, stimulus, out)


def document(rng, seeds, out):
    chip, path, stimulus = rng.choice(seeds.documents)
    file = out / "m.json"
    file.write_text(mutate_json(rng, path.read_text()), errors="surrogatepass")
    if rng.random() < 0.05:
        chip = rng.choice(CHIPS)
    record = rng.choice(([], ["--record", "all", "--output", out / "o"]))
    return ["run", "--config", file, "--platform", chip, *stimulus, *record]


def engine(rng):
    return rng.choice((["--clocked"], ["--exact"], ["--platform", rng.choice(SIMULATORS)], ["--exact", "--record", "all", "--sample", "1e-3"]))


def stimulus_file(rng, seeds, out):
    graph, path = rng.choice(seeds.stimuli)
    file = out / f"m{path.suffix}"
    data = path.read_bytes()
    if path.suffix == ".json":
        file.write_text(mutate_json(rng, data.decode()), errors="surrogatepass")
    elif path.suffix == ".npy":
        file.write_bytes(mutate_npy(rng, data))
    else:
        file.write_bytes(mutate_bytes(rng, data, rng.choice(seeds.stimuli)[1].read_bytes()))
    more = rng.choice(([], ["--batch"], ["--frames", "current"], ["--frames", "spikes"]))
    return ["run", graph, *engine(rng), "--dt", "1e-3", "--input", file, *more, "--output", out / rng.choice(("o", "o.h5"))]


def array(rng, seeds, out):
    """An .npy in each place that takes one."""
    file, kind = out / "m.npy", rng.randrange(4)
    graph = seeds.folder / "xylo.nirt"
    base = ["eval", graph, "--platform", rng.choice([*SIMULATORS, "xylo"]), "--dt", "1e-3", "--output", out / "o"]
    x = seeds.stimulus_of(graph)
    if kind == 0:
        file.write_bytes(mutate_npy(rng, seeds.samples.read_bytes()))
        return [*base, "--input", file, "--labels", seeds.labels]
    if kind == 1:
        file.write_bytes(mutate_npy(rng, seeds.labels.read_bytes()))
        return [*base, "--input", seeds.samples, "--labels", file]
    if kind == 2:
        file.write_bytes(mutate_npy(rng, seeds.times.read_bytes()))
        return ["run", graph, "--exact", "--dt", "1e-3", *x, "--record", "all", "--sample", file, "--output", out / "o"]
    file.write_bytes(mutate_npy(rng, Path(x[1]).read_bytes()))
    return ["run", graph, *engine(rng), "--dt", "1e-3", "--input", file]


def options(rng, seeds, out):
    """Options with values at the ends of their ranges."""
    number = lambda: rng.choice(NUMBERS)  # noqa: E731
    graph, stimulus = rng.choice(seeds.graphs[:8])
    run = {
        "--dt": number, "--duration": number, "--threads": number, "--sample": number, "--max-pending": number,
        "--spike": lambda: rng.choice(("impulse:", "pulse:", "")) + number(), "--reset": lambda: rng.choice(("v_reset", "zero", "subtract", number())),
        "--record": lambda: rng.choice(("all", "hidden:v", "n:spikes,n:v", "x:v", "all,all", ":", ",", "n:", "output:output", "hidden:isyn", "\u202e")),
        "--precision": lambda: rng.choice(("f32", "f64", "f16")), "--integrator": lambda: rng.choice(("euler", "exponential")),
        "--input-step": lambda: rng.choice(("same", "next")), "--synapse": lambda: rng.choice(("new", "old")),
        "--reset-timing": lambda: rng.choice(("same", "next")), "--comparison": lambda: rng.choice((">", ">=")),
        "--start": lambda: rng.choice(("rest", "zero")), "--feedback": lambda: rng.choice(("rest", "absent")),
        "--threshold": lambda: rng.choice(("crossing", "level")), "--spike-step": lambda: rng.choice(("floor", "nearest")),
        "--current": lambda: rng.choice(("mean", "sample")), "--frames": lambda: rng.choice(("auto", "spikes", "current")),
        "--quantize": lambda: rng.choice(("global", "layer", "channel", number())),
        "--limit": lambda: rng.choice(("steps", "depth", "objects", "layer_elements", "recording_bytes", "spikes", "file_bytes", "x")) + "=" + number(),
    }  # fmt: skip
    chosen = lambda names, most: [f"{name}={names[name]()}" for name in rng.sample(list(names), rng.randrange(1, most))]  # noqa: E731
    only = lambda *names: {name: run[name] for name in names}  # noqa: E731
    platform = rng.choice([*SIMULATORS, *CHIPS, "ideal", "norse@1", "x"])
    some = {
        "run": lambda: ["run", graph, *stimulus, *engine(rng), *chosen(run, 5), "--output", out / "o"],
        "compare": lambda: ["compare", graph, *stimulus, "--platform", platform, "--platform", rng.choice(SIMULATORS),
            *chosen({**only("--dt", "--duration", "--spike", "--reset", "--limit", "--frames"), "--tau": number}, 4), "--svg", out / "o.svg"],
        "check": lambda: ["check", graph, "--platform", platform, *chosen(only("--dt", "--reset", "--quantize", "--limit"), 4)],
        "lower": lambda: ["lower", graph, "--platform", platform, *stimulus, *chosen(only("--dt", "--reset", "--quantize", "--limit", "--duration"), 4)],
        "eval": lambda: ["eval", seeds.folder / "xylo.nirt", "--input", seeds.samples, "--labels", seeds.labels, "--platform", platform,
            *chosen(only("--dt", "--reset", "--quantize", "--limit", "--threads"), 4)],
        "diff": lambda: ["diff", graph, rng.choice(seeds.graphs)[0], f"--tolerance={number()}"],
        "convert": lambda: ["convert", graph, out / "o.nir", f"--level={number()}", *chosen(only("--limit"), 2)],
        "opt": lambda: ["opt", graph, out / "o.nirt", "--pass", rng.choice([*PASSES, "x", number()])],
        "explain": lambda: ["explain", rng.choice(("N204", "N000", "n204", number(), "", "\u202e"))],
        "platforms": lambda: ["platforms", "--platform", rng.choice((platform, number(), "norse@"))],
    }  # fmt: skip
    return some[rng.choice(["run"] * 8 + [*some])]()


SURFACES = {
    "nir": (binary_graph, 25), "text": (text_graph, 25), "document": (document, 20),
    "stimulus": (stimulus_file, 12), "array": (array, 8), "options": (options, 10),
}  # fmt: skip


def verdict(process, seconds, stderr):
    code = process.returncode
    if seconds is None:
        return "no end"
    if code is not None and code < 0:
        if -code in (signal.SIGXCPU, signal.SIGKILL):
            return f"more than {SECONDS} s"
        if b"memory allocation" in stderr:
            return "out of memory"
        return signal.Signals(-code).name
    if code > 2:
        return f"exit code {code}"
    if b"panicked at" in stderr:
        return "panic"
    return None


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def one(seeds, seed, number, folder):
    """Makes a mutant and runs it: what came out of it, or None if it ended well."""
    rng = random.Random(f"{seed}:{number}")
    out = folder / "m"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    names = list(SURFACES)
    surface = rng.choices(names, [SURFACES[name][1] for name in names])[0]
    args = [str(part) for part in SURFACES[surface][0](rng, seeds, out)]
    if any("\0" in part for part in args):
        return surface, args, None, b"", 0.0
    # No file may be written but into the folder of the mutant.
    command = [seeds.nir, *(part.encode("utf-8", "surrogatepass") for part in args)]
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limits
    )
    try:
        stderr = process.communicate(timeout=4 * SECONDS)[1]
        seconds = time.monotonic() - begun
    except subprocess.TimeoutExpired:
        process.kill()
        stderr, seconds = process.communicate()[1], None
    fault = verdict(process, seconds, stderr)
    CODES[surface, process.returncode] += 1
    return surface, args, fault, stderr, seconds or 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nir")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int, metavar="NUMBER", nargs="*")
    parser.add_argument("--show", action="store_true", help="print the command and what it says")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="copy what ends badly into this folder")
    args = parser.parse_args()
    nir = str(Path(args.nir).resolve())
    listed = subprocess.run([nir, "opt", "--list", "--format", "json"], capture_output=True, check=True).stdout
    PASSES.extend(entry["name"] for entry in json.loads(listed))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        seeds = Seeds(nir, folder / "seeds")
        done, bad, slowest = Counter(), Counter(), (0.0, None)
        numbers = args.only or range(args.first, args.first + args.count)
        for number in numbers:
            surface, command, fault, stderr, seconds = one(seeds, args.seed, number, folder)
            done[surface] += 1
            slowest = max(slowest, (seconds, number))
            if args.show:
                print(number, surface, " ".join(command), fault, f"{seconds:.2f} s", stderr.decode(errors="replace"), sep="\n  ")
            if fault is None:
                continue
            bad[surface, fault] += 1
            last = [line for line in stderr.decode(errors="replace").splitlines() if line.strip()]
            told = next((line for line in last if "panicked at" in line), last[-1] if last else "")
            print(f"{number}: {surface}: {fault}: {' '.join(command)}: {told[:200]}", flush=True)
            if args.keep:
                kept = args.keep / str(number)
                shutil.copytree(folder / "m", kept, dirs_exist_ok=True)
                (kept / "command.txt").write_text("\n".join(command) + "\n", errors="surrogatepass")
                (kept / "stderr.txt").write_bytes(stderr)
                for part in command:
                    path = Path(part.split("=")[-1])
                    if path.is_absolute() and path.is_file() and folder in path.parents:
                        shutil.copy(path, kept)
        print(f"{sum(done.values())} mutants of seed {args.seed}: {dict(done)}; slowest {slowest[0]:.1f} s (mutant {slowest[1]})")
        print("  exit codes: " + ", ".join(f"{surface} {code}: {count}" for (surface, code), count in sorted(CODES.items())))
        for (surface, fault), count in sorted(bad.items()):
            print(f"  {surface}: {fault}: {count}")
        if not bad:
            print("  all of them end well")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    os.environ.pop("RUST_BACKTRACE", None)
    main()
