"""What the scripts that set nirkit beside another simulator share.

Each script installs its peer in an environment of its own below bench/.venv, checks that both do the same work (the
spikes of the peer are those of our profile of it, entry for entry), then lets both run in turn, one thread each, and
prints medians and ratios. Times of one run of a script can be compared with each other, not with another run's.

    cargo build --release -p nirkit-cli -p nirkit --examples --bins && python bench/spyx.py [--paper FOLDER]
"""

import argparse
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
NIR = ROOT / "target" / "release" / "nir"
TIME_RUN = ROOT / "target" / "release" / "examples" / "time_run"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


def environment(name, packages, without_dependencies=()):
    """The Python of an environment with these packages."""
    folder = HERE / ".venv" / name
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        for package in without_dependencies:
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", package], check=True)
        ready.touch()
    return python


class Side:
    """A process that runs its task once for every line, and says how many seconds it took."""

    def __init__(self, command):
        taskset = ["taskset", "-c", "0"] if hasattr(os, "sched_setaffinity") else []
        self.process = subprocess.Popen(
            taskset + [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | ONE_THREAD,
        )

    def run(self):
        """Seconds, and the number of output spikes."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            try:  # Packages print what they like before.
                seconds, spikes = map(float, line.split())
            except ValueError:
                continue
            return seconds, spikes
        raise SystemExit(f"no answer from {self.process.args[:5]}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cases(names, paper):
    """The folders of cases, made with the reference."""
    python = environment("base", ["nir==1.0.8", "numpy", "h5py"])
    folder = HERE / ".venv" / "cases"
    missing = [name for name in names if not (folder / name / "one.npy").exists()]
    if missing:
        extra = ["--paper", paper] if paper else []
        subprocess.run([python, HERE / "cases.py", folder, "--only", *missing, *extra], check=True)
    return {name: folder / name for name in names}


def same_spikes(python, peer, case, arguments, platform_name, options):
    """Whether the peer's output spikes on the single sample are those of our profile."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-I", "-c", peer, case / "graph.nir", case / "one.npy", *arguments, f"{folder}/peer.npy"],
                       check=True, input="", text=True, stdout=subprocess.DEVNULL)
        check = (
            "import numpy as np, sys, pathlib; x = np.load(sys.argv[1]); np.save(sys.argv[2], x[0])"
        )
        base = environment("base", ["nir==1.0.8", "numpy", "h5py"])
        subprocess.run([base, "-c", check, case / "one.npy", f"{folder}/one.npy"], check=True)
        subprocess.run([NIR, "run", case / "graph.nir", "--platform", platform_name, "--input", f"{folder}/one.npy",
                        "--record", "all", "--output", f"{folder}/ours", *options], check=True, stdout=subprocess.DEVNULL)
        compare = (
            "import numpy as np, sys, pathlib\n"
            "want = np.load(sys.argv[1]).astype(float).reshape(len(np.load(sys.argv[1])), -1)\n"
            "found = [np.load(p).astype(float) for p in pathlib.Path(sys.argv[2]).glob('*.spikes.npy')]\n"
            "print(any(x.reshape(len(x), -1).shape == want.shape and (x.reshape(len(x), -1) == want).all() for x in found))"
        )
        answer = subprocess.run([base, "-c", compare, f"{folder}/peer.npy", f"{folder}/ours"], check=True,
                                capture_output=True, text=True)
        return answer.stdout.strip() == "True"


def in_turn(ours, theirs, rounds):
    """Medians of both sides, which run in turn, and their numbers of spikes; the first round of each is not counted."""
    sides = [Side(ours), Side(theirs)]
    times, spikes = ([], []), [None, None]
    for number in range(rounds + 1):
        for at, (side, seconds) in enumerate(zip(sides, times)):
            took, spikes[at] = side.run()
            if number:
                seconds.append(took)
    for side in sides:
        side.close()
    return [statistics.median(seconds) for seconds in times], spikes


def row(name, equal, ours, theirs, rounds=15):
    (a, b), (ours_fired, theirs_fired) = in_turn(ours, theirs, rounds)
    verdict = {True: "equal", False: "DIFFERENT", None: f"{ours_fired:.0f} and {theirs_fired:.0f}"}[equal]
    print(f"| {name} | {verdict} | {a * 1e3:.3f} ms | {b * 1e3:.3f} ms | {b / a:.2f} |", flush=True)


def head(packages):
    print(f"{platform.machine()}, {cpu()}, {os.cpu_count()} cores; {', '.join(packages)}\n")
    print("| case | spikes | nirkit | peer | peer / nirkit |\n|---|---|---|---|---|", flush=True)


def cpu():
    names = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return names[0] if names else "unknown"


def arguments(text):
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paper", help="folder with the graphs of the NIR paper")
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()
