"""Set reading of recordings beside other readers: EVT 3.0 and AEDAT 4.0, one thread, in turn.

    python bench/recordings.py WHEEL [--envs DIR] [--events 10000000] [--rounds 7]

WHEEL is the Python package of nirkit (`maturin build --release`). Makes an environment with it and with `evt3`, `faery` and
`evlib` from PyPI below DIR. The recordings are made here, and written by nirkit: `edges` are runs of neighbours in a row, as
moving contours give them, `scattered` are single pixels. Every reader has to give the same events before its time counts.
Each reader is a process of its own, on core 0, that reads the recording once for each round, in turn with the others. Counted
is the processor time of the whole process, so that other work on the machine does not count. Prints a table in Markdown: the
median of each reader as a multiple of nirkit's, and the memory that slices take of a recording and of one four times as long.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# What evlib reads of AEDAT 4.0 at most is 1024 columns.
WIDTH, HEIGHT = 640, 480
PEERS = ["evt3", "faery", "evlib"]
READ_BY = {
    "evt3": ["evt3", "faery", "evlib"],
    "aedat4 lz4": ["faery", "evlib"],
    "aedat4 zstd": ["faery"],
}


def scattered(count, seed):
    """Single pixels anywhere, 10 million in a second."""
    import numpy as np

    chance = np.random.default_rng(seed)
    return table(np.cumsum(chance.random(count) < 0.1), chance.integers(WIDTH, size=count), chance.integers(HEIGHT, size=count), chance.random(count) < 0.5)


def edges(count, seed):
    """Runs of 4 to 40 neighbours in a row, of one polarity and at one time; a third of the pixels in a run is silent."""
    import numpy as np

    chance = np.random.default_rng(seed)
    runs = count // 10
    length = chance.integers(4, 41, size=runs)
    run = np.repeat(np.arange(runs), length)
    step = np.arange(len(run)) - np.repeat(np.cumsum(length) - length, length)
    x = chance.integers(WIDTH - 40, size=runs)[run] + step
    y, p = chance.integers(HEIGHT, size=runs)[run], (chance.random(runs) < 0.5)[run]
    kept = np.flatnonzero(chance.random(len(run)) < 2 / 3)[:count]
    return table(np.cumsum(chance.integers(3, size=runs))[run][kept], x[kept], y[kept], p[kept])


def table(t, x, y, p):
    import numpy as np

    made = np.empty(len(t), np.dtype([("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "?")]))
    made["t"], made["x"], made["y"], made["p"] = t, x, y, p
    return made


def columns(reader, path):
    """The columns t, x, y, p that a reader gives."""
    if reader == "nirkit":
        import nirkit

        events = nirkit.events.read(path)
        return tuple(events[name] for name in "txyp")
    if reader == "evt3":
        import evt3

        events = evt3.decode_file(path)
        return events.timestamp, events.x, events.y, events.polarity
    if reader == "faery":
        import faery

        events = faery.events_stream_from_file(path).to_array()
        return tuple(events[name] for name in "txyp")
    import evlib

    events = evlib.load_events(path, sort=False).collect()
    return tuple(events[name] for name in ("t", "x", "y", "polarity"))


def check(reader, path, truth):
    import numpy as np

    t, x, y, p = columns(reader, path)
    t = t.dt.total_microseconds() if reader == "evlib" else t
    found = [np.asarray(t), np.asarray(x), np.asarray(y), np.asarray(p) > 0]
    return all(np.array_equal(one, truth[name]) for one, name in zip(found, "txyp"))


def slices(reader, path):
    """Reads a recording in slices and counts its events."""
    if reader == "nirkit":
        import nirkit

        return sum(map(len, nirkit.events.open(path, slice_size=1 << 16)))
    import faery

    return sum(map(len, faery.events_stream_from_file(path)))


def work(reader, job, path):
    """Answers each line of the standard input with the processor time of one reading."""
    import resource

    def spent():
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    read = columns if job == "whole" else slices
    for _ in sys.stdin:
        begun = spent()
        read(reader, path)
        print(spent() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)


class Worker:
    """A reader that runs once when it is told to."""

    def __init__(self, python, reader, job, path):
        command = ["taskset", "-c", "0", python, __file__, "--work", reader, job, path]
        one = {name: "1" for name in ("POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS")}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | one)

    def once(self):
        """Processor time in seconds, and the most memory in bytes."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, memory = self.process.stdout.readline().split()
        return float(seconds), int(memory)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def in_turn(python, readers, job, path, rounds):
    """For each reader its median time without the first round, and the most memory it took."""
    workers = [Worker(python, reader, job, path) for reader in readers]
    found = [[worker.once() for worker in workers] for _ in range(rounds)]
    for worker in workers:
        worker.end()
    times = [statistics.median(row[at][0] for row in found[1:]) for at in range(len(readers))]
    return times, [found[-1][at][1] for at in range(len(readers))]


def environment(folder, wheel):
    python = folder / "readers" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "readers"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "numpy", *PEERS], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps", wheel], check=True)
    return python


def make(folder, count):
    """Runs in the environment: makes the recordings, and says which readers do not give them as they were made."""
    import numpy as np

    program = pathlib.Path(sys.executable).parent / "nir"
    for name, made in (("edges", edges), ("scattered", scattered)):
        for size, times in (("", 1), ("_long", 4)):
            if size and name == "scattered":
                continue
            truth = made(count * times, 7)
            np.save(folder / "truth.npy", truth)
            for form, readers in READ_BY.items():
                path = str(folder / file_of(name + size, form))
                to, _, packing = form.partition(" ")
                given = ["--compression", packing] if packing else []
                command = [program, "events", "convert", folder / "truth.npy", path, "--to", to, "--size", f"{WIDTH}x{HEIGHT}", *given]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                for reader in [] if size else ["nirkit", *readers]:
                    if not check(reader, path, truth):
                        sys.exit(f"{reader} reads other events from {path} than were written")
                    print(f"{reader} reads {path} as it was written", file=sys.stderr)
    (folder / "truth.npy").unlink()


def file_of(name, form):
    return f"{name}_{form.replace(' ', '_')}.{'raw' if form == 'evt3' else 'aedat4'}"


def main():
    if sys.argv[1:2] == ["--work"]:
        return work(*sys.argv[2:])
    if sys.argv[1:2] == ["--make"]:
        return make(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel")
    parser.add_argument("--envs", type=pathlib.Path, default=HERE / ".venv")
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    python = environment(args.envs.resolve(), args.wheel)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        subprocess.run([python, __file__, "--make", folder, str(args.events)], check=True)
        print("| recording | format | nirkit | " + " | ".join(PEERS) + " |\n|---|---|---" + "|---" * len(PEERS) + "|")
        for name in ("edges", "scattered"):
            for form, peers in READ_BY.items():
                readers = ["nirkit", *peers]
                times, _ = in_turn(python, readers, "whole", folder / file_of(name, form), args.rounds)
                ratios = {reader: f"{time / times[0]:.2f}" for reader, time in zip(readers, times)}
                print(f"| {name} | {form} | " + " | ".join(ratios.get(reader, "") for reader in ("nirkit", *PEERS)) + " |", flush=True)
        print("\n| in slices | format | nirkit | faery | memory of nirkit, four times the length |\n|---|---|---|---|---|")
        for form in READ_BY:
            readers = ["nirkit", "faery"]
            times, short = in_turn(python, readers, "slices", folder / file_of("edges", form), args.rounds)
            _, long = in_turn(python, ["nirkit"], "slices", folder / file_of("edges_long", form), 2)
            print(f"| edges | {form} | 1.00 | {times[1] / times[0]:.2f} | {long[0] / short[0]:.3f} times |", flush=True)
    return None


if __name__ == "__main__":
    sys.exit(main())
