"""What a sweep adds to its tasks: overhead for each with a process pool of 2, and throughput of two workers against one, in turn.

    python bench/sweep.py [--tasks 400] [--milliseconds 20] [--rounds 5]

Needs the installed Python package and an idle machine with two cores. Each task runs one sample of a network whose steps are
chosen so that it takes about so many milliseconds. The overhead is the time of two workers for a task beyond the time that
its own computation takes in a worker, which is measured in the same round: `2 * wall / tasks - computed / tasks`.
"""

import argparse
import concurrent.futures
import json
import pathlib
import statistics
import tempfile
import time

import numpy as np

import nirkit
from nirkit.verb.sweep import work

NEURONS = 400


def layer(count):
    fields = dict(tau=0.01, r=10.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0)
    return "LIF { " + ", ".join(f"{name}: f32[{count}] {value}" for name, value in fields.items()) + " }"


def files(folder, steps, samples):
    """The plan of so many tasks of one sample each."""
    random = np.random.default_rng(0)
    weights = random.normal(0, 0.2, (NEURONS, NEURONS)).round(3).tolist()
    (folder / "net.nirt").write_text(
        f"nirt 1\ngraph {{\n  i = Input {{ shape: i64[1] [{NEURONS}] }}\n"
        f"  w = Affine {{ weight: f32[{NEURONS}, {NEURONS}] {weights}, bias: f32[{NEURONS}] 0 }}\n"
        f"  l = {layer(NEURONS)}\n  o = Output {{ shape: i64[1] [{NEURONS}] }}\n  i -> w -> l -> o\n}}\n"
    )
    np.save(folder / "x.npy", (random.random((samples, steps, NEURONS)) < 0.1).astype(np.uint8))
    plan = {
        "format": 1, "graphs": [str(folder / "net.nirt")], "platforms": ["norse"], "dt": ["1ms"], "samples_per_task": 1,
        "sets": [{"input": str(folder / "x.npy"), "name": "x", "samples": f"0:{samples}"}],
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    return folder / "plan.json"


def timed(task):
    """Runs a task in a worker; its row, and the seconds that it took there."""
    begun = time.perf_counter()
    row = work(task)
    return row, time.perf_counter() - begun


class Timing(concurrent.futures.Executor):
    """Hands tasks to a pool, and adds up what they take in its workers."""

    def __init__(self, pool):
        self.pool, self.seconds = pool, 0.0

    def submit(self, function, /, *args, **kwargs):
        future = concurrent.futures.Future()

        def done(inner):
            try:
                row, took = inner.result()
            except BaseException as error:  # handed on
                future.set_exception(error)
                return
            self.seconds += took
            future.set_result(row)

        self.pool.submit(timed, *args, **kwargs).add_done_callback(done)
        return future


def run(plan, pool):
    """Seconds of a sweep into a new folder, and those that its tasks computed."""
    timing = Timing(pool)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        made = nirkit.sweep(plan, folder, executor=timing)
        took = time.perf_counter() - begun
    assert made.failed == made.refused == 0
    return took, timing.seconds, made.tasks


def calibrated(milliseconds):
    """Steps for which a task takes about so long."""
    steps = 200
    for _ in range(4):
        with tempfile.TemporaryDirectory() as folder, concurrent.futures.ProcessPoolExecutor(1) as pool:
            plan = files(pathlib.Path(folder), steps, 20)
            run(plan, pool)
            _, computed, tasks = run(plan, pool)
        steps = max(1, round(steps * milliseconds / (1e3 * computed / tasks)))
    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=400)
    parser.add_argument("--milliseconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    steps = calibrated(given.milliseconds)
    ratios, overheads, lengths = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        plan = files(pathlib.Path(folder), steps, given.tasks)
        with concurrent.futures.ProcessPoolExecutor(1) as one, concurrent.futures.ProcessPoolExecutor(2) as two:
            for pool in (one, two):  # workers start, and read the files
                run(plan, pool)
            for _ in range(given.rounds):
                single, *_ = run(plan, one)
                double, computed, tasks = run(plan, two)
                ratios.append(single / double)
                lengths.append(1e3 * computed / tasks)
                overheads.append(1e3 * (2 * double - computed) / tasks)
    median = statistics.median
    print(f"{given.tasks} tasks of {median(lengths):.1f} ms, {given.rounds} rounds in turn, medians")
    print(f"overhead of a task with two workers: {median(overheads):.2f} ms ({min(overheads):.2f} to {max(overheads):.2f})")
    print(f"throughput of two workers against one: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
