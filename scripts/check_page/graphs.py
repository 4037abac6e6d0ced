#!/usr/bin/env python3
"""Writes the graphs that scripts/check_page.sh makes pages of: scripts/check_page/graphs.py FOLDER"""

import struct
import sys
from pathlib import Path

NEURON = "LIF { tau: f32[4] [0.01, 0.02, 0.03, 0.04], r: f32[4] 1, v_leak: f32[4] 0, v_threshold: f32[4] 1 }"
WEIGHT = "Linear { weight: f32[4, 4] [[0.5, -1, 0.25, 0], [1, 0, 0, 2], [0, 1, -1, 0], [3, 0, 0, 1]] }"
PORT = "%s { shape: i64[1] [4] }"
# Texts that would act in a page if they were taken for markup or for a program.
HOSTILE = [
    "</script><script>document.title = 'taken'</script>",
    "<img src=x onerror=\\\"document.title = 'taken'\\\">",
    "<!--<script>",
    "\\u{2028}\\u{2029}`${document.title = 'taken'}`",
    "javascript:document.title='taken'",
    # Directions of writing, quotes of all kinds, and a name that is far too long.
    "\\u{202e}gnp.exe\\u{2066}\\u{200b}",
    "\\\"' onmouseover='document.title=1' style=\\\"",
    "long-" + "x" * 10_000,
]


def nested(depth: int) -> str:
    """A graph with graphs inside of each other."""
    inner = f"  inner = {nested(depth - 1)}\n" if depth else f"  inner = {WEIGHT}\n"
    nodes = f"  input = {PORT % 'Input'}\n{inner}  lif = {NEURON}\n  output = {PORT % 'Output'}\n"
    return f"graph {{\n{nodes}  input -> inner -> lif -> output\n}}"


def long(blocks: int) -> str:
    """A chain of blocks."""
    names = [f"{kind}{at}" for at in range(blocks) for kind in ("fc", "lif")]
    nodes = [f"  {name} = {WEIGHT if name.startswith('fc') else NEURON}\n" for name in names]
    chain = " -> ".join(["input", *names, "output"])
    ports = f"  input = {PORT % 'Input'}\n  output = {PORT % 'Output'}\n"
    return f"graph {{\n{ports}{''.join(nodes)}  {chain}\n}}"


def cyclic(count: int) -> str:
    """Nodes with edges between any two of them, back as well as forth."""
    state = 7
    numbers = []
    for _ in range(3 * count):
        state = (state * 6364136223846793005 + 1) % 2**64
        numbers.append((state >> 33) % count)
    nodes = "".join(f"  n{at} = {NEURON if at % 2 else WEIGHT}\n" for at in range(count))
    pairs = sorted(set(zip(numbers[::2], numbers[1::2])))
    return f"graph {{\n{nodes}{''.join(f'  n{a} -> n{b}' + chr(10) for a, b in pairs)}}}"


def hostile() -> str:
    """A graph whose names, kinds and metadata are texts that would act in a page."""
    nodes = [
        f'  "{text}" = LIF {{ tau: f32[1] 0, r: f32[1] 1, v_leak: f32[1] 0, v_threshold: f32[1] 1, metadata {{ "{text}": "{text}" }} }}\n'
        for text in HOSTILE
    ]
    chain = " -> ".join(f'"{text}"' for text in HOSTILE)
    return f"graph {{\n{''.join(nodes)}  {chain}\n}}"


def classifier(classes: int) -> str:
    """A neuron for each class, on an input of as many channels."""
    weight = ", ".join("[" + ", ".join("3" if at == other else "0" for other in range(classes)) + "]" for at in range(classes))
    ports = "".join(f"  {kind.lower()} = {kind} {{ shape: i64[1] [{classes}] }}\n" for kind in ("Input", "Output"))
    fields = ", ".join(f"{name}: f32[{classes}] {value}" for name, value in (("tau", 0.01), ("r", 1), ("v_leak", 0), ("v_threshold", 1)))
    nodes = f"  fc = Linear {{ weight: f32[{classes}, {classes}] [{weight}] }}\n  lif = LIF {{ {fields} }}\n"
    return f"graph {{\n{ports}{nodes}  input -> fc -> lif -> output\n}}"


def npy(path: Path, descr: str, shape: tuple, content: bytes) -> None:
    """Writes an array as numpy does."""
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + content)


def labelled_set(folder: Path, name: str, classes: int) -> None:
    """A classifier, three samples for each class, and labels of which every seventh is another class."""
    (folder / f"{name}.nirt").write_text(f"nirt 1\n{classifier(classes)}\n")
    count, steps = 3 * classes, 30
    samples = b"".join(bytes(at % classes == channel for channel in range(classes)) * steps for at in range(count))
    npy(folder / f"{name}.samples.npy", "|u1", (count, steps, classes), samples)
    labels = [(at + (at % 7 == 6)) % classes for at in range(count)]
    npy(folder / f"{name}.labels.npy", "<i8", (count,), struct.pack(f"<{count}q", *labels))


def main() -> None:
    folder = Path(sys.argv[1])
    labelled_set(folder, "one-class", 1)
    labelled_set(folder, "classes", 100)
    for name, graph in [("nested", nested(3)), ("long", long(1000)), ("hostile", hostile()), ("cyclic", cyclic(300))]:
        (folder / f"{name}.nirt").write_text(f"nirt 1\n{graph}\n")


main()
