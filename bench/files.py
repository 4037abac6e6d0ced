"""Set reading and writing of files beside the Python reference and h5py.

    cargo build --release --workspace --examples && python bench/files.py

Makes an environment of its own in bench/.venv, generates the files, runs both sides alternately and
prints medians and ratios. Timings of one run can be compared with each other, not with another's.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHON = HERE / ".venv" / "bin" / "python"
NIR = ROOT / "target" / "release" / "nir"
TIME_READ = ROOT / "target" / "release" / "examples" / "time_read"
ROUNDS = 7

MAKE = """
import sys, nir, numpy as np
folder = sys.argv[1]
n = 2000
nodes = {"input": nir.Input(np.array([3])), "output": nir.Output(np.array([3]))}
edges, last = [], "input"
for k in range(n):
    name = f"s{k:04}"
    nodes[name] = nir.Scale(np.full(3, k, np.float32))
    edges.append((last, name))
    last = name
edges.append((last, "output"))
many = nir.NIRGraph(nodes, edges, type_check=False)
for compression in (None, "gzip"):
    nir.write(f"{folder}/many_{compression}.nir", many, compression=compression)
side = 4096
weight = np.random.default_rng(0).normal(size=(side, side)).astype(np.float32)
big = nir.NIRGraph({"input": nir.Input(np.array([side])), "fc": nir.Linear(weight), "output": nir.Output(np.array([side]))},
                   [("input", "fc"), ("fc", "output")])
for compression in (None, "gzip"):
    nir.write(f"{folder}/big_{compression}.nir", big, compression=compression)
"""

READ = "import sys, nir; nir.read(sys.argv[1], type_check=False)"
COPY = "import sys, nir; nir.write(sys.argv[2], nir.read(sys.argv[1], type_check=False), compression=eval(sys.argv[3]))"
H5PY = """
import sys, time, statistics, h5py
def once():
    begun = time.perf_counter()
    with h5py.File(sys.argv[1]) as f:
        f["node/nodes/fc/weight"][()]
    return time.perf_counter() - begun
print(statistics.median(once() for _ in range(9)))
"""


COPY_OF_MAP = """
import sys, time, statistics, h5py, numpy as np
with h5py.File(sys.argv[1]) as f:
    offset = f["node/nodes/fc/weight"].id.get_offset()
def once():
    begun = time.perf_counter()
    np.array(np.memmap(sys.argv[1], dtype=np.float32, mode="r", offset=offset, shape=(4096, 4096)))
    return time.perf_counter() - begun
print(statistics.median(once() for _ in range(9)))
"""
ONE = ["taskset", "-c", "0"]


def environment():
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", HERE / ".venv"], check=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "nir==1.0.8", "h5py", "numpy"], check=True)


def wall(command):
    begun = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def said(command):
    return float(subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout)


def beside(name, ours, theirs, measure):
    times = [(measure(ours), measure(theirs)) for _ in range(ROUNDS)]
    a, b = (statistics.median(side) for side in zip(*times))
    print(f"| {name} | {a * 1e3:.1f} ms | {b * 1e3:.1f} ms | {b / a:.2f} |")


def main():
    environment()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PYTHON, "-c", MAKE, folder], check=True)
        out = f"{folder}/out.nir"
        print("| case | nirkit | peer | peer / nirkit |\n|---|---|---|---|")
        for kind, name in (("None", "none"), ("gzip", "gzip")):
            many, big = f"{folder}/many_{kind}.nir", f"{folder}/big_{kind}.nir"
            argument = "None" if kind == "None" else "'gzip'"
            beside(f"read 2,000 nodes, {name}, whole process, reference", [NIR, "info", many], [PYTHON, "-c", READ, many], wall)
            beside(
                f"read and write 2,000 nodes, {name}, whole process, reference",
                [NIR, "convert", many, out, "--compression", name],
                [PYTHON, "-c", COPY, many, out, argument],
                wall,
            )
            matrix = f"read 4096 x 4096 f32, {name}, in process"
            beside(f"{matrix}, h5py", [TIME_READ, big], [PYTHON, "-c", H5PY, big], said)
            if kind == "None":
                beside(f"{matrix}, copy of a memory map", [TIME_READ, big], [PYTHON, "-c", COPY_OF_MAP, big], said)
            else:
                beside(f"{matrix}, both on one processor, h5py", [*ONE, TIME_READ, big], [*ONE, PYTHON, "-c", H5PY, big], said)


if __name__ == "__main__":
    main()
