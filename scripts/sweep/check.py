#!/usr/bin/env python3
"""Holds sweeps through different executors against each other; `scripts/check_sweep.sh` calls it.

    scripts/sweep/check.py NIR MPIEXEC
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np

import nirkit

HERE = pathlib.Path(__file__).resolve().parent

PLAN = """format = 1
graphs = ["a.nirt", "b.nirt"]
platforms = ["norse", "sinabs", "clocked", "lava", "nengo"]
dt = ["1e-4", "5e-4"]
reference = "snntorch"
metrics = ["differences", "energy"]
samples_per_task = 5

[[sets]]
input = "x.npy"
labels = "y.npy"
"""


def network(seed, hidden):
    """A network of two layers as text."""
    random = np.random.default_rng(seed)

    def array(values):
        return f"f32{list(values.shape)} {values.round(4).tolist()}"

    def lif(count):
        fields = dict(tau=0.002, r=20.0, v_leak=0.0, v_threshold=1.0, v_reset=0.0)
        inner = ", ".join(f"{name}: f32[{count}] {value}" for name, value in fields.items())
        return f"LIF {{ {inner} }}"

    first, second = random.normal(0.4, 0.5, (hidden, 8)), random.normal(0.4, 0.5, (3, hidden))
    return f"""nirt 1
graph {{
  i = Input {{ shape: i64[1] [8] }}
  u = Affine {{ weight: {array(first)}, bias: f32[{hidden}] 0 }}
  v = {lif(hidden)}
  w = Affine {{ weight: {array(second)}, bias: f32[3] 0 }}
  x = {lif(3)}
  o = Output {{ shape: i64[1] [3] }}
  i -> u -> v -> w -> x -> o
}}
"""


def files(folder):
    """The plan and what it names: 2 graphs, 5 platforms, 2 steps, 10 parts: 200 tasks."""
    random = np.random.default_rng(0)
    (folder / "a.nirt").write_text(network(1, 12))
    (folder / "b.nirt").write_text(network(2, 20))
    np.save(folder / "x.npy", (random.random((50, 40, 8)) < 0.3).astype(np.float32))
    np.save(folder / "y.npy", random.integers(0, 3, 50))
    (folder / "plan.toml").write_text(PLAN)
    return folder / "plan.toml"


def table(folder):
    """The bytes of a table."""
    return [(pathlib.Path(folder) / name).read_bytes() for name in ("table.csv", "table.json", "table.parquet")]


def typed(folder):
    """Reads the Parquet table with pyarrow, and compares each cell and type with the CSV."""
    import csv

    import pyarrow
    import pyarrow.parquet

    found = pyarrow.parquet.read_table(folder / "table.parquet")
    with open(folder / "table.csv", newline="") as file:
        names, *rows = csv.reader(file)
    reals = {"accuracy", "agreement", "output_agreement", "differing", "least_energy", "most_energy"}
    texts = {"graph", "set", "platform", "readout", "reference", "status", "dt", "first_difference_node", "reasons"}
    kinds = {name: pyarrow.string() if name in texts else pyarrow.float64() if name in reals else pyarrow.int64() for name in names}
    types = {field.name: field.type for field in found.schema}
    read = {pyarrow.string(): str, pyarrow.float64(): float, pyarrow.int64(): int}
    columns = zip(names, zip(*rows))
    expected = {name: [read[kinds[name]](cell) if cell else None for cell in cells] for name, cells in columns}
    differing = [name for name in names if found.column(name).to_pylist() != expected[name]]
    empty = [name for name in ("accuracy", "differing", "first_difference_node") if not any(expected[name])]
    nulls = sum(column.null_count for column in found.columns)
    holds = found.column_names == names and types == kinds and not differing and not empty and nulls > 0
    check("Parquet as pyarrow reads it", holds, f"({found.num_rows} rows, {len(names)} columns, {nulls} nulls; {differing or empty})")


def check(name, holds, said=""):
    print(f"{'ok' if holds else 'FAILED':6} {name} {said}", flush=True)
    if not holds:
        sys.exit(1)


def killed_worker(plan, folder):
    """A worker that is killed in the middle loses no row, and a second start computes the rest."""
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        done = 0

        class Killing(concurrent.futures.Executor):
            def submit(self, function, /, *args, **kwargs):
                nonlocal done
                done += 1
                if done == 150:
                    os.kill(next(iter(pool._processes)), signal.SIGKILL)
                return pool.submit(function, *args, **kwargs)

        # Few tasks wait, so that some are done before the worker ends.
        nirkit_sweep = sys.modules["nirkit.verb.sweep"]
        waiting, nirkit_sweep.IN_FLIGHT = nirkit_sweep.IN_FLIGHT, 4
        try:
            nirkit.sweep(plan, folder, executor=Killing())
        except nirkit.Error as error:
            said = str(error)
        else:
            said = "nothing was raised"
        finally:
            nirkit_sweep.IN_FLIGHT = waiting
    rows = (pathlib.Path(folder) / "rows.jsonl").read_text().count("\n")
    check("a killed worker is told", "tasks have no row" in said and 0 < rows < 200, f"({rows} rows: {said.splitlines()[0]})")
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        again = nirkit.sweep(plan, folder, executor=pool)
    check("a second start does what is missing", (again.before, again.done + again.refused) == (rows, 200 - rows))


def full_disk(nir, plan, folder):
    """A file that cannot grow ends the sweep with an error; what was written stays."""
    limited = f"ulimit -f 64; exec {nir} sweep {plan} --output {folder}"
    first = subprocess.run(["bash", "-c", limited], capture_output=True, text=True)
    rows = (pathlib.Path(folder) / "rows.jsonl").read_text()
    whole = rows.count("\n")
    check("a full disk is told", first.returncode == 2 and 0 < whole < 200, f"({whole} rows: {first.stderr.splitlines()[0]})")
    again = subprocess.run([nir, "sweep", plan, "--output", folder], capture_output=True, text=True)
    check("a second start goes on", again.returncode == 0 and f"{whole} were there" in again.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nir", help="the program")
    parser.add_argument("mpiexec", help="what starts processes of MPI")
    given = parser.parse_args()
    base = pathlib.Path(tempfile.mkdtemp(prefix="nirkit-sweep-"))
    plan = files(base)
    subprocess.run([given.nir, "sweep", plan, "--output", base / "one"], check=True, stdout=subprocess.DEVNULL)
    expected = table(base / "one")
    typed(base / "one")

    begun = time.perf_counter()
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        made = nirkit.sweep(plan, base / "pool", executor=pool)
    check("a process pool", made.tasks == 200 and table(base / "pool") == expected, f"({time.perf_counter() - begun:.2f} s)")

    from dask.distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            nirkit.sweep(plan, base / "dask", executor=client.get_executor())
    check("Dask with two workers", table(base / "dask") == expected)

    subprocess.run(
        [given.mpiexec, "-n", "3", sys.executable, "-m", "mpi4py.futures", HERE / "by_mpi.py", plan, base / "mpi"],
        check=True,
    )
    check("MPI with three processes", table(base / "mpi") == expected)

    for number in (1, 2):
        shard = [given.nir, "sweep", plan, "--output", base / f"part{number}", "--shard", f"{number}/2"]
        subprocess.run(shard, check=True, stdout=subprocess.DEVNULL)
    merge = [given.nir, "sweep", "merge", base / "part1", base / "part2", "--output", base / "merged"]
    subprocess.run(merge, check=True, stdout=subprocess.DEVNULL)
    check("two shards and a merge", table(base / "merged") == expected)

    killed_worker(plan, base / "killed")
    check("the table after a killed worker", table(base / "killed") == expected)
    full_disk(given.nir, plan, base / "full")
    check("the table after a full disk", table(base / "full") == expected)
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
