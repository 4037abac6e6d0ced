"""One package on one network, several times, as an entry of a case."""

import json
import pathlib
import shutil
import tempfile

import numpy as np
from client import Pair
from compare import FINE, judge

SHOWN_WORDS = 300


def record(
    pair: Pair,
    graph: pathlib.Path,
    inputs: dict[str, pathlib.Path],
    dt: float,
    case: pathlib.Path,
    tries: int = 2,
    batched: bool | None = None,
    options: dict | None = None,
) -> dict:
    """Runs the package in two processes by turns and writes `<case>/<run>/*.npy`; the entry of the
    run in `case.json`.
    """
    request = {
        "graph": str(graph),
        "inputs": {name: str(path) for name, path in inputs.items()},
        "dt": dt,
        "options": options or {},
    }
    if batched is not None:
        request["batched"] = batched
    run = run_name(pair)
    outcomes: list[dict] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(tries):
            worker = pair.workers[number % len(pair.workers)]
            folder = pathlib.Path(scratch) / str(number)
            outcome = worker.ask({**request, "output": str(folder)})
            outcome["folder"] = folder
            if not any(alike(outcome, other) for other in outcomes):
                outcomes.append(outcome)
            if outcome.get("stage") == "hang":
                break
        for number, outcome in enumerate(outcomes):
            keep(outcome, case / (run if number == 0 else f"{run}.{number + 1}"))
    return entry(pair, dt, outcomes)


def run_name(pair: Pair) -> str:
    return pair.package.platform.replace("@", "-")


def alike(one: dict, other: dict) -> bool:
    """Whether two outcomes are the same: the error's words, or every spike train."""
    if one["refused"] or other["refused"]:
        return one.get("error") == other.get("error")
    if one["files"] != other["files"]:
        return False
    spikes = [name for name in one["files"] if name.endswith(".spikes.npy")]
    return all(same(one["folder"] / name, other["folder"] / name) for name in spikes)


def same(one: pathlib.Path, other: pathlib.Path) -> bool:
    return np.array_equal(np.load(one), np.load(other), equal_nan=True)


def keep(outcome: dict, target: pathlib.Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    if outcome["files"]:
        shutil.copytree(outcome["folder"], target)


def ending(outcomes: list[dict]) -> str:
    """How the package ended, in one of five ways."""
    if len(outcomes) > 1:
        return "depends on chance"
    stage = outcomes[0].get("stage")
    if stage == "hang":
        return "never ends"
    if not outcomes[0]["refused"]:
        return "runs"
    if stage in ("read", "import"):
        return "raises at import"
    return "raises at the first step" if stage == "first step" else f"raises at {stage}"


def entry(pair: Pair, dt: float, outcomes: list[dict]) -> dict:
    """What `case.json` says of this run; variants where chance decides."""
    platform, _, version = pair.package.platform.partition("@")
    first = outcomes[0]
    options = {"dt": dt, **first.get("options", {})} | ({"version": version} if version else {})
    told = {
        "platform": platform,
        "what": "released package",
        "options": options,
        "ending": ending(outcomes),
    }
    told |= shown(first)
    if len(outcomes) > 1:
        told["variants"] = [shown(outcome) for outcome in outcomes]
    return told


def shown(outcome: dict) -> dict:
    """The facts of an outcome that go into the case."""
    wanted = (
        "refused",
        "stage",
        "error",
        "type_check_failed",
        "execution_order",
        "modules",
        "code",
        "files",
    )
    facts = {key: outcome[key] for key in wanted if key in outcome}
    if "error" in facts:
        facts["error"] = facts["error"][:SHOWN_WORDS]
    return facts


def held(pair: Pair, case: pathlib.Path, inputs: dict, dt: float, arguments, tries: int = 1):
    """Runs the package and nirkit on `case/graph.nir`: how the package ended, and a verdict.

    Takes `nir`, `tries` and `keep` from the arguments of a script; what agrees is removed.
    """
    run = run_name(pair)
    tries = arguments.tries or max(pair.package.tries, tries)
    told = record(pair, case / "graph.nir", inputs, dt, case, tries)
    text = json.dumps({"dt": dt, "runs": {run: told}}, indent=1)
    (case / "case.json").write_text(text + "\n")
    verdict = judge(arguments.nir, case, run, told, pair.package.platform, inputs)
    if arguments.keep == "differences" and verdict.verdict in FINE and not verdict.notes:
        shutil.rmtree(case)
    else:
        (case / "difference.txt").write_text("\n".join([verdict.verdict, *verdict.notes]) + "\n")
    return told["ending"], verdict
