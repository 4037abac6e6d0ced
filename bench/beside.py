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
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
NIR = ROOT / "target" / "release" / "nir"
TIME_RUN = ROOT / "target" / "release" / "examples" / "time_run"
TORCH = "torch==2.15.0"  # the version with which the profiles were recorded
ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}


def environment(name, packages, without_dependencies=(), torch=False):
    """The Python of an environment with these packages.

    PyTorch takes gigabytes, so that those who need it see one of an environment that they share.
    """
    folder = HERE / ".venv" / name
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        if torch:
            where = [environment("torch", [TORCH]), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
            shared = subprocess.run(where, check=True, capture_output=True, text=True).stdout
            packages_of = subprocess.run([python, *where[1:]], check=True, capture_output=True, text=True).stdout
            pathlib.Path(packages_of.strip(), "torch.pth").write_text(shared)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        for package in without_dependencies:
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", package], check=True)
        ready.touch()
    return python


class Side:
    """A process that runs its task once for every line, and says how many seconds it took."""

    def __init__(self, command, cores="0"):
        self.words = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            pinned(command, cores), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.words, text=True,
            env=os.environ | ONE_THREAD,
        )

    def run(self):
        """Seconds, and the number of output spikes."""
        self.begin()
        return self.end()

    def begin(self):
        """Lets it begin."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        """What it says when it is done."""
        for line in self.process.stdout:
            try:  # Packages print what they like before.
                seconds, spikes = map(float, line.split())
            except ValueError:
                continue
            return seconds, spikes
        self.words.seek(0)
        raise SystemExit(f"no answer from {shown(self.process.args)}\n{self.words.read()[-2000:]}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class AtOnce:
    """Several such processes at the same time, each on a core of its own; the time of the slowest."""

    def __init__(self, commands):
        self.sides = [Side(command, str(core)) for core, command in enumerate(commands)]

    def run(self):
        for side in self.sides:
            side.begin()
        seconds, spikes = zip(*[side.end() for side in self.sides])
        return max(seconds), sum(spikes)

    def close(self):
        for side in self.sides:
            side.close()


class Whole:
    """The same for processes that run their task once and end: the time from their start to their end."""

    def __init__(self, command, cores="0"):
        self.command = pinned(command, cores)

    def run(self):
        begun = time.perf_counter()
        finish(self.command)
        return time.perf_counter() - begun, float("nan")

    def close(self):
        pass


def finish(command):
    """What a process prints, run to its end."""
    command = [str(part) for part in command]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=os.environ | ONE_THREAD)
    if done.returncode:
        raise SystemExit(f"{shown(command)} failed\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout


def shown(command):
    """A command without the scripts in it."""
    return " ".join(part if "\n" not in part else "..." for part in command)


def pinned(command, cores):
    taskset = ["taskset", "-c", cores] if hasattr(os, "sched_setaffinity") else []
    return taskset + [str(part) for part in command]


def cases(names, paper):
    """The folders of cases, made with the reference."""
    folder = HERE / ".venv" / "cases"
    missing = [name for name in names if not (folder / name / "one.npy").exists()]
    if missing:
        extra = ["--paper", paper] if paper else []
        subprocess.run([base(), HERE / "cases.py", folder, "--only", *missing, *extra], check=True)
    return {name: folder / name for name in names}


def samples(case, number):
    """The file with so many samples of a case."""
    if number == 1:
        return case / "one.npy"
    file = case / f"first_{number}.npy"
    if not file.exists():
        cut = "import numpy as np, sys; np.save(sys.argv[2], np.load(sys.argv[1])[:int(sys.argv[3])])"
        finish([base(), "-c", cut, case / "input.npy", file, number])
    return file


def base():
    """An environment with the reference and numpy."""
    return environment("base", ["nir==1.0.8", "numpy", "h5py"])


COMPARE = """
import pathlib, sys
import numpy as np
def flat(x):
    x = x.reshape(len(x), -1)
    return x != 0 if sys.argv[3] == "bools" else x
want = flat(np.load(sys.argv[1]))
found = [flat(np.load(path)) for path in sorted(pathlib.Path(sys.argv[2]).glob("*spikes.npy"))]
differing = [np.count_nonzero(x != want) for x in found if x.shape == want.shape]
if not want.any():
    print("no spikes")
elif not differing:
    print("other shapes")
elif min(differing):
    print(f"{min(differing)} of {want.size} DIFFER")
else:
    print("equal")
"""


def verdict(theirs, ours, bools=False):
    """In words, whether an array of spikes of a peer is one of those in a folder of ours, entry for entry."""
    return finish([base(), "-c", COMPARE, theirs, ours, "bools" if bools else "numbers"]).strip()


def same_spikes(peer, case, platform_name, options, arguments=(), bools=False):
    """In words, whether the peer's output spikes on the single sample are those of our profile.

    `peer` is the start of a command that takes a graph, samples, `arguments`, and the file to write spikes to.
    """
    with tempfile.TemporaryDirectory() as folder:
        finish([*peer, case / "graph.nir", case / "one.npy", *arguments, f"{folder}/peer.npy"])
        finish([NIR, "run", case / "graph.nir", "--platform", platform_name, "--input", case / "one.npy", "--batch",
                "--output", f"{folder}/ours", *options])
        return verdict(f"{folder}/peer.npy", f"{folder}/ours", bools)


def rows(name, peer, case, platform_name, dt=None, arguments=(), batches=(1, 64), rounds=15, bools=False):
    """Checks the peer's spikes on a case, then sets the times of both beside each other for each number of samples."""
    step = [] if dt is None else [dt]
    equal = same_spikes(peer, case, platform_name, [f"--dt={dt}"] if step else [], arguments, bools)
    for batch in batches:
        inputs = [case / "graph.nir", samples(case, batch)]
        row(f"{name}, batch {batch}", equal, [TIME_RUN, *inputs, platform_name, *step], [*peer, *inputs, *arguments], rounds)


def in_turn(sides, rounds):
    """Medians of all sides, which run in turn, and their numbers of spikes; the first round of each is not counted."""
    times, spikes = [[] for _ in sides], [None] * len(sides)
    for number in range(rounds + 1):
        for at, (side, seconds) in enumerate(zip(sides, times)):
            took, spikes[at] = side.run()
            if number:
                seconds.append(took)
    for side in sides:
        side.close()
    return [statistics.median(seconds) for seconds in times], spikes


def row(name, equal, ours, theirs, rounds=15, kind=Side, note=""):
    """A line of the table; `equal` says in words whether both did the same, `None` that the numbers of spikes will."""
    (a, b), (ours_fired, theirs_fired) = in_turn([kind(ours), kind(theirs)], rounds)
    spikes = f"{ours_fired:.0f} and {theirs_fired:.0f}" if equal is None else equal
    spikes = f"{spikes}; {note}" if note else spikes
    print(f"| {name} | {spikes} | {a * 1e3:.3f} ms | {b * 1e3:.3f} ms | {b / a:.2f} |", flush=True)


def head(packages):
    print(f"{machine()}; {', '.join(packages)}\n")
    print("| case | spikes | nirkit | peer | peer / nirkit |\n|---|---|---|---|---|", flush=True)


def machine():
    return f"{platform.machine()}, {cpu()}, {os.cpu_count()} cores"


def cpu():
    names = [line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return names[0] if names else "unknown"


def arguments(text):
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paper", help="folder with the graphs of the NIR paper")
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()
