"""Sweeps: the same table through any executor."""

import concurrent.futures
import json
import pathlib

import numpy as np
import pytest

import nirkit as nir

ROOT = pathlib.Path(__file__).parents[2]
SET = {
    "input": ROOT / "examples/snntorch/samples.npy",
    "labels": ROOT / "examples/snntorch/labels.npy",
    "name": "test",
}
PLAN = {
    "format": 1,
    "graphs": [ROOT / "examples/snntorch/net.nir"],
    "platforms": ["norse", "snntorch", "rockpool"],
    "dt": ["1ms"],
    "reference": "snntorch",
    "samples_per_task": 20,
    "sets": [SET],
}


def test_executors_and_threads_give_equal_tables(tmp_path):
    one = nir.sweep(PLAN, tmp_path / "one")
    assert one.missing == 0 and one.failed == 0 and one.done + one.refused == one.tasks > 3
    two = nir.sweep(PLAN, tmp_path / "two", threads=2)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        three = nir.sweep(PLAN, tmp_path / "three", executor=pool)
    assert one.entries == two.entries == three.entries
    assert one.to_csv() == (tmp_path / "three/table.csv").read_text()
    again = nir.sweep(PLAN, tmp_path / "one")
    assert (again.before, again.done) == (one.tasks, 0) and again.entries == one.entries
    labels = np.load(SET["labels"])
    for entry in one.entries:
        if entry["status"] == "done":
            platform = entry["platform"].split("@")[0]
            [score] = nir.eval(str(PLAN["graphs"][0]), np.load(SET["input"]), labels, platform, dt=1e-3)
            assert entry["accuracy"] == score.accuracy
    assert "tasks" in str(one) and "snntorch" in repr(one)


def test_parts_of_a_plan_are_merged(tmp_path):
    whole = nir.sweep(PLAN, tmp_path / "whole")
    parts = [nir.sweep(PLAN, tmp_path / f"part{i}", shard=(i, 2)) for i in (1, 2)]
    assert all(part.missing > 0 and part.parquet is None for part in parts)
    merged = nir.merge_sweeps([tmp_path / "part1", tmp_path / "part2"], tmp_path / "merged")
    assert merged.entries == whole.entries
    assert pathlib.Path(merged.parquet).read_bytes() == pathlib.Path(whole.parquet).read_bytes()
    assert nir.merge_sweeps([tmp_path / "whole"]).parquet is None
    assert json.loads((tmp_path / "merged/table.json").read_text())["entries"] == whole.entries


def test_workers_that_end_are_told_and_what_is_missing_follows(tmp_path):
    class Failing(concurrent.futures.Executor):
        count = 0

        def submit(self, function, /, *args, **kwargs):
            self.count += 1
            future = concurrent.futures.Future()
            if self.count % 3 == 0:
                future.set_exception(OSError("the worker is gone"))
            else:
                future.set_result(function(*args, **kwargs))
            return future

    with pytest.raises(nir.Error, match="tasks have no row: OSError: the worker is gone"):
        nir.sweep(PLAN, tmp_path / "out", executor=Failing())
    again = nir.sweep(PLAN, tmp_path / "out")
    assert 0 < again.before < again.tasks and again.missing == 0


def test_what_is_wrong_with_a_plan_is_an_error(tmp_path):
    with pytest.raises(nir.ChoiceError, match="there is no platform `norze`"):
        nir.sweep({**PLAN, "platforms": ["norze"]}, tmp_path / "out")
    with pytest.raises(nir.ChoiceError, match="colour"):
        nir.sweep({**PLAN, "colour": 1}, tmp_path / "out")
    with pytest.raises(nir.ChoiceError, match="the shard `3/2`"):
        nir.sweep(PLAN, tmp_path / "out", shard=(3, 2))
    with pytest.raises(nir.ChoiceError, match="no effect with an executor"):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            nir.sweep(PLAN, tmp_path / "out", executor=pool, threads=2)
