"""Many runs: graphs, sets, platforms and choices, each with each, on any executor."""

from __future__ import annotations

import json
import os
import queue
import tempfile
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from .. import _core
from ..errors import ChoiceError, Error
from ..progress import bar
from ..show.escape import shown
from ..threads import thread_count

Path = Union[str, "os.PathLike[str]"]
Plan = Union[Path, Mapping[str, Any]]

#: Tasks that are given to an executor before the first of them is back.
IN_FLIGHT = 256

#: The table in the folder of a sweep.
PARQUET = "table.parquet"


@dataclass(frozen=True)
class Sweep:
    """The table of a sweep.

    Attributes:
        folder: the folder with the rows and the table.
        entries: a dictionary for each line, as soon as all tasks have a row: ``graph``, ``set``, ``platform``, ``choices``, ``readout``, ``reference``, ``status``
            (``"done"``, ``"refused"``, ``"failed"``), ``reasons``, ``counts``, ``accuracy``, ``agreement``, ``output_agreement``,
            ``differing``, ``first_difference``, ``energy``, ``settled``, ``notes``.
        tasks: tasks of the plan, or of the part of it.
        before: those that were done before.
        done: those that ran now.
        refused: those that a platform refused now.
        failed: those that failed now.
        cut: rows that an earlier process did not finish, and that were computed anew.
        missing: tasks of the plan that have no row yet, because they belong to other parts.
        parquet: the path of the table as Parquet, for ``pandas.read_parquet`` or ``polars.read_parquet``; ``None`` where none was written.
    """

    folder: str
    entries: List[Dict[str, Any]]
    tasks: int
    before: int
    done: int
    refused: int
    failed: int
    cut: int
    missing: int
    parquet: Optional[str]
    _csv: str

    def to_csv(self) -> str:
        """The table as text: columns separated by commas, with a head."""
        return self._csv

    @shown
    def __str__(self) -> str:
        lines = [
            f"{self.tasks} tasks: {self.before} were there, {self.done} ran, {self.refused} refused, {self.failed} failed"
        ]
        for entry in self.entries:
            named = [entry["graph"], entry["set"], entry["platform"]]
            named += [f"{name} {value}" for name, value in entry["choices"].items()]
            accuracy = entry["accuracy"]
            found = entry["status"] if accuracy is None else f"{100 * accuracy:.2f} %"
            lines.append(f"{', '.join(named)}: {found}")
        return "\n".join(lines)

    __repr__ = __str__


def sweep(
    plan: Plan,
    output: Optional[Path] = None,
    *,
    executor: Optional[Executor] = None,
    threads: int = 1,
    shard: Optional[Tuple[int, int]] = None,
    retry_failed: bool = False,
    progress: Union[bool, Callable[[], Any], None] = None,
) -> Sweep:
    """Runs graphs, sets, platforms and choices each with each.

    A task consists of paths, ranges and words: files are read where it runs. What is done is kept in the folder: a second start
    does what is missing. The table has the same bytes whatever the executor, its workers and their order.

    Args:
        plan: the path of a plan (TOML or JSON), or a dictionary with the same keys.
        output: a folder for the rows and the table; a temporary one if it is not given.
        executor: whatever has ``submit`` as `concurrent.futures.Executor` has it: a process pool,
            ``dask.distributed.Client().get_executor()``, ``mpi4py.futures.MPIPoolExecutor()``; threads of this process if it is
            not given.
        threads: tasks that run at a time without an executor; their number changes no result.
        shard: ``(i, n)``: every n-th task only, from the i-th on, counted from 1.
        retry_failed: whether tasks that failed run once more.
        progress: whether a bar is shown.

    Raises:
        ChoiceError: the plan has errors.
        Error: workers ended, or files could not be read. The rows that are done are kept.
    """
    if isinstance(plan, (str, os.PathLike)):
        source: Tuple[Optional[str], Optional[str]] = (None, os.fspath(plan))
    else:
        source = (_json(plan), None)
    folder = tempfile.mkdtemp(prefix="nirkit-sweep-") if output is None else os.fspath(output)
    part = "1/1" if shard is None else f"{shard[0]}/{shard[1]}"
    count = thread_count(threads)
    if executor is None:
        counts = _core.sweep_run(*source, folder, part, count, retry_failed, bar(progress))
    else:
        if count != 1:
            raise ChoiceError("`threads` has no effect with an executor", help="give one of them")
        counts = _distribute(source, folder, part, retry_failed, executor, bar(progress))
    text, csv = _core.sweep_table([folder], folder) if counts["missing"] == 0 else ('{"entries": []}', "")
    parquet = os.path.join(folder, PARQUET) if counts["missing"] == 0 else None
    return Sweep(folder, json.loads(text)["entries"], parquet=parquet, _csv=csv, **counts)


def merge_sweeps(folders: Sequence[Path], output: Optional[Path] = None) -> Sweep:
    """Makes one table of the rows in one or several folders, and writes it into a folder if one is given."""
    paths = [os.fspath(folder) for folder in folders]
    text, csv = _core.sweep_table(paths, None if output is None else os.fspath(output))
    entries = json.loads(text)["entries"]
    none = dict(tasks=0, before=0, done=0, refused=0, failed=0, cut=0, missing=0)
    if output is None:
        return Sweep(paths[0], entries, parquet=None, _csv=csv, **none)
    folder = os.fspath(output)
    return Sweep(folder, entries, parquet=os.path.join(folder, PARQUET), _csv=csv, **none)


def work(task: str) -> str:
    """Runs one task; an executor calls it in its workers."""
    return _core.sweep_task(task)


def _json(plan: Mapping[str, Any]) -> str:
    try:
        return json.dumps(plan, default=_plain)
    except (TypeError, ValueError) as error:
        raise ChoiceError(f"the plan: {error}", help="a plan has texts, numbers and lists") from None


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{type(value).__name__} has no place in a plan")


def _distribute(
    source: Tuple[Optional[str], Optional[str]],
    folder: str,
    part: str,
    retry_failed: bool,
    executor: Executor,
    factory: Optional[Callable[[], Any]],
) -> Dict[str, int]:
    tasks = _core.sweep_tasks(*source)
    store = _core.SweepStore(folder, part)
    store.begin(tasks)
    number, of = (int(piece) for piece in part.split("/"))
    own = [task for at, task in enumerate(tasks) if at % of + 1 == number]
    open_tasks = [task for task, key in own if not store.has(key, retry_failed)]
    counts = dict(tasks=len(own), before=len(own) - len(open_tasks), done=0, refused=0, failed=0)
    shown_bar = factory() if factory is not None and open_tasks else None
    problems: List[str] = []
    taken = 0
    try:
        for outcome in _outcomes(executor, open_tasks):
            taken += 1
            if isinstance(outcome, str):
                counts[store.add(outcome)] += 1
            else:
                problems.append(f"{type(outcome).__name__}: {outcome}".rstrip(": "))
            if shown_bar is not None:
                shown_bar(taken, len(open_tasks))
    finally:
        if shown_bar is not None:
            shown_bar.close()
    if problems:
        lost = len(open_tasks) - sum(counts[status] for status in ("done", "refused", "failed"))
        raise Error(
            f"{lost} of {len(own)} tasks have no row: {problems[0]}",
            help=f"the other rows are kept in {folder}; start again to compute what is missing",
        )
    keys = _core.sweep_keys(folder)
    missing = sum(key not in keys for _, key in tasks)
    return {**counts, "cut": store.cut(), "missing": missing}


def _outcomes(executor: Executor, tasks: List[str]) -> Any:
    """The row of each task, or what was raised in its place, as soon as it is there."""
    ready: "queue.SimpleQueue[Future[str]]" = queue.SimpleQueue()
    waiting = iter(tasks)
    pending = 0
    is_over = False

    def submit() -> bool:
        task = next(waiting, None)
        if task is None:
            return False
        executor.submit(work, task).add_done_callback(ready.put)
        return True

    broken: Optional[BaseException] = None
    while not is_over and pending < IN_FLIGHT:
        try:
            if not submit():
                break
        except Exception as error:  # an executor that takes no more tasks
            broken, is_over = error, True
        else:
            pending += 1
    while pending:
        future = ready.get()
        pending -= 1
        raised = future.exception()
        yield future.result() if raised is None else raised
        if is_over:
            continue
        try:
            pending += submit()
        except Exception as error:  # an executor that takes no more tasks
            broken, is_over = error, True
    if broken is not None:
        yield broken
