"""What nirkit says and does on a case, held against what the package did."""

import json
import pathlib
import re
import subprocess
import tempfile
from dataclasses import dataclass, field

import numpy as np

SECONDS = 120

EQUAL = "equal"
BOTH_REFUSE = "both refuse"
OTHER_ENDING = "both refuse, other ending or words"
SPIKES_DIFFER = "spikes differ"
ROUNDING = "order of additions"
TOLD = "package refuses: told"
SILENT = "package refuses: silent"
ONLY_NIRKIT = "only nirkit refuses"
CHANCE_EQUAL = "chance: met"
CHANCE = "chance: not met"
VERDICTS = (
    EQUAL,
    BOTH_REFUSE,
    OTHER_ENDING,
    SPIKES_DIFFER,
    ROUNDING,
    TOLD,
    SILENT,
    ONLY_NIRKIT,
    CHANCE_EQUAL,
    CHANCE,
)
FINE = (EQUAL, BOTH_REFUSE, CHANCE_EQUAL)


@dataclass
class Judgement:
    """A verdict, why, and what of voltages and of the returned value is off."""

    verdict: str
    notes: list[str] = field(default_factory=list)


@dataclass
class Check:
    """The answer of `nir check --platform`."""

    text: str
    ending: str
    refuses: bool
    loses: bool

    @property
    def chance(self) -> bool:
        return self.ending == "depends on chance"


def judge(
    nir: pathlib.Path,
    case: pathlib.Path,
    run: str,
    told: dict,
    platform: str,
    inputs: dict[str, pathlib.Path],
) -> Judgement:
    """Runs `nir check` and `nir run` on the case and compares."""
    check = checked(nir, case / "graph.nir", platform, told["options"]["dt"])
    if told["ending"] == "depends on chance":
        return judge_chance(nir, case, run, told, platform, inputs, check)
    if told["refused"]:
        return judge_refusal(nir, case, told, platform, inputs, check)
    if check.refuses:
        return Judgement(ONLY_NIRKIT, [check.ending, *first_lines(check.text)])
    return judge_run(nir, case, run, told, platform, inputs)


def judge_run(nir, case: pathlib.Path, run: str, told: dict, platform: str, inputs) -> Judgement:
    """Equal when one of the ways in which nirkit runs the network is that of the package."""
    with tempfile.TemporaryDirectory() as scratch:
        failure = simulated(
            nir, case / "graph.nir", platform, told["options"]["dt"], inputs, scratch
        )
        if failure is not None:
            return Judgement(ONLY_NIRKIT, [failure])
        folder = pathlib.Path(scratch)
        ways = [folder, *sorted(folder.glob("way-*"))]
        judged = [differences(case / run, told["files"], way) for way in ways]
    return next((one for one in judged if one.verdict == EQUAL), judged[0])


def checked(nir: pathlib.Path, graph: pathlib.Path, platform: str, dt: float) -> Check:
    command = [str(nir), "check", str(graph), "--platform", platform, "--dt", repr(dt)]
    text = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    answer = subprocess.run(
        [*command, "--format", "json"], capture_output=True, text=True, timeout=SECONDS
    )
    try:
        found = json.loads(answer.stdout)["platforms"][0]
    except (ValueError, KeyError, IndexError):
        found = {"refuses": True, "outcome": "the file is refused"}
    words = answer.stdout + text.stdout + text.stderr
    ending = found.get("outcome") or found.get("ending") or ("" if found["refuses"] else "runs")
    return Check(words, ending, bool(found["refuses"]), bool(found.get("loses")))


def judge_refusal(nir, case, told, platform, inputs, check: Check) -> Judgement:
    """Whether `check` says that the package refuses, how, and in the package's own words, and whether
    `run` does not run it.
    """
    notes = [f"the package {told['ending']}: {told.get('error', '')}"]
    if check.chance and quoted(told.get("error", ""), check.text):
        return Judgement(CHANCE_EQUAL)
    if not check.refuses:
        return Judgement(TOLD if check.loses else SILENT, [*notes, f"check: {check.ending}"])
    if check.ending and family(check.ending) != family(told["ending"]):
        return Judgement(OTHER_ENDING, [*notes, f"check: {check.ending}"])
    if told["ending"] != "never ends" and not quoted(told.get("error", ""), check.text):
        return Judgement(
            OTHER_ENDING, [*notes, "its words are not quoted", *first_lines(check.text)]
        )
    with tempfile.TemporaryDirectory() as scratch:
        dt = told["options"]["dt"]
        if simulated(nir, case / "graph.nir", platform, dt, inputs, scratch) is None:
            return Judgement(SILENT, [*notes, "`nir run` runs it all the same"])
    return Judgement(BOTH_REFUSE)


def family(ending: str) -> str:
    """Endings that are the same: whatever step raises."""
    return (
        "raises at a step" if ending.startswith("raises at") and "import" not in ending else ending
    )


def quoted(error: str, text: str) -> bool:
    """Whether the text has how the error's message begins, or its class where there is no message.

    What stands in brackets is not asked for: shapes, or the whole of a graph.
    """
    name, _, message = error.partition(": ")
    start = message.strip().splitlines()[0].split("(")[0][:60].strip() if message.strip() else name
    return start in text or json.dumps(start)[1:-1] in text or quoted_in_part(error, text)


def quoted_in_part(error: str, text: str) -> bool:
    """The same where check leaves out what it cannot know: `…` stands for any words."""
    name = error.partition(":")[0]
    if f"{name}: …" in text:
        return True
    for told in re.findall(re.escape(name) + r": [^\n\"]*…[^\n\";]*", text):
        words = [re.escape(part) for part in told.rstrip().split("…")]
        says_more = any(words[1:]) or len(words[0]) > len(re.escape(name)) + 2
        if says_more and re.match(".*".join(words), error, re.DOTALL):
            return True
    return False


def first_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if "error[" in line or line.startswith("error")][:3]


def simulated(
    nir: pathlib.Path,
    graph: pathlib.Path,
    platform: str,
    dt: float,
    inputs: dict[str, pathlib.Path],
    output: str,
) -> str | None:
    """Runs the network; what was said when it could not be run."""
    command = [
        str(nir),
        "run",
        str(graph),
        "--platform",
        platform,
        "--dt",
        repr(dt),
        "--record",
        "all",
        "--check-rounding",
        "--output",
        output,
    ]
    given = [f"{name}={path}" if len(inputs) > 1 else str(path) for name, path in inputs.items()]
    try:
        done = run_with(command, given)
        # Without an Input in the file, the package gets one array, whichever node it begins at.
        missing = re.search(r"the graph has \d+ Inputs: (.*)", done.stderr)
        if missing and len(given) == 1:
            done = run_with(command, [f"{name}={given[0]}" for name in missing[1].split(", ")])
    except subprocess.TimeoutExpired:
        return f"nir run: no answer in {SECONDS} s"
    return (
        None if done.returncode == 0 else f"nir run: {(done.stderr or done.stdout).strip()[:300]}"
    )


def run_with(command: list[str], inputs: list[str]) -> subprocess.CompletedProcess:
    options = [word for given in inputs for word in ("--input", given)]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=SECONDS)


def judge_chance(nir, case, run, told, platform, inputs, check: Check) -> Judgement:
    """Chance is met when `check` says that it decides, and nirkit knows each of the variants that
    were seen.
    """
    met = []
    for number, variant in enumerate(told["variants"]):
        folder = run if number == 0 else f"{run}.{number + 1}"
        if variant["refused"]:
            met.append(quoted(variant.get("error", ""), check.text))
        else:
            variant = {**variant, "options": told["options"]}
            met.append(
                not check.refuses
                and judge_run(nir, case, folder, variant, platform, inputs).verdict == EQUAL
            )
    if check.chance and all(met):
        return Judgement(CHANCE_EQUAL)
    if check.refuses and all(met) and all(variant["refused"] for variant in told["variants"]):
        # It always raises; chance decides about the numbers in its words only.
        return Judgement(BOTH_REFUSE)
    seen = " / ".join(variant.get("error", "runs")[:80] for variant in told["variants"])
    return Judgement(
        CHANCE, [f"the package: {seen}", f"check: {check.ending}", f"variants met: {met}"]
    )


def differences(recorded: pathlib.Path, files: list[str], folder: pathlib.Path) -> Judgement:
    """Spikes decide; voltages decide where no node spikes; the returned value is noted."""
    names = [name for name in files if name.endswith(".npy") and name != "__return__.npy"]
    spikes = [name for name in names if name.endswith(".spikes.npy")]
    judged = spikes or [name for name in names if name.endswith(".v.npy")]
    wrong = [note for name in judged if (note := difference(recorded / name, folder / name))]
    notes = wrong + [
        note
        for name in set(names) - set(judged)
        if (note := difference(recorded / name, folder / name))
    ]
    if (folder / "__return__.npy").exists() and "__return__.npy" in files:
        note = difference(recorded / "__return__.npy", folder / "__return__.npy")
        notes += [note] if note else []
    if not wrong:
        return Judgement(EQUAL, notes)
    return Judgement(ROUNDING if is_rounding(recorded, spikes, folder) else SPIKES_DIFFER, notes)


def is_rounding(recorded: pathlib.Path, names: list[str], folder: pathlib.Path) -> bool:
    """Whether the first spikes that differ are some that depend on the order of additions.

    They stand in nodes of which `nir run --check-rounding` says so, not before the step that it
    names, and at one of these nodes are one spike more or less, or a few of many thousands.
    """
    begun = []
    for name in names:
        got = found(folder / name)
        if not got.exists():
            return False
        want, have = (np.load(path).astype(np.float64) for path in (recorded / name, got))
        want, have = (counts.reshape(len(counts), -1) for counts in (want, have))
        if want.shape != have.shape:
            return False
        want, have = np.nan_to_num(want), np.nan_to_num(have)
        steps = np.flatnonzero((want != have).any(1))
        if steps.size:
            first = int(steps[0])
            gap = np.abs(want[first] - have[first])
            begun.append((first, name, bool((gap <= 1 + 1e-4 * np.abs(want[first])).all())))
    if not begun:
        return False
    first = min(step for step, _, _ in begun)
    begun = [(name, is_small) for step, name, is_small in begun if step == first]
    listed = [found(folder / name.replace(".spikes.npy", ".rounding.npy")) for name, _ in begun]
    # What one spike more sets off in the same step can be more than one.
    is_begin = any(is_small for _, is_small in begun)
    return is_begin and all(affected_from(mask) <= first for mask in listed)


def found(path: pathlib.Path) -> pathlib.Path:
    """The file, or that of the same node under another name.

    Spyx does not repeat the name of a nested graph for a node in it whose name begins with the
    graph's; snnTorch 1.0 puts a neuron of a loop into a block that it names after the neuron.
    """
    outer, _, inner = path.name.partition(".")
    others = [path.with_name(f"{outer}.{path.name}")]
    if inner.startswith(f"{outer}."):
        others.append(path.with_name(inner))
    if inner.startswith(f"{outer}_"):
        others.append(path.with_name(f"{outer}.{inner.removeprefix(f'{outer}_')}"))
    return next((other for other in [path, *others] if other.exists()), path)


def affected_from(mask: pathlib.Path) -> float:
    """The first step in which a spike of a node depends on the order of additions."""
    if not mask.exists():
        return float("inf")
    steps = np.load(mask)
    return int(np.flatnonzero(steps.reshape(len(steps), -1).any(1))[0])


def difference(recorded: pathlib.Path, got: pathlib.Path) -> str | None:
    """How two arrays differ; counts exactly, voltages within what the order of a sum can change."""
    name = recorded.name
    got = found(got)
    if not got.exists():
        return f"{name}: nirkit writes none"
    want, have = np.load(recorded), np.load(got)
    if want.size != have.size:
        return f"{name}: {have.shape}, the package has {want.shape}"
    want = want.reshape(len(want), -1).astype(np.float64)
    have = have.reshape(len(have), -1).astype(np.float64)
    if name.endswith(".spikes.npy"):
        bad = (want != have) & ~(np.isnan(want) & np.isnan(have))
    else:
        room = 1e-5 * max(1.0, float(np.nanmax(np.abs(want[np.isfinite(want)]), initial=0)))
        bad = ~np.isclose(want, have, rtol=1e-4, atol=room, equal_nan=True)
    if not bad.any():
        return None
    first = int(np.argwhere(bad.any(1))[0, 0])
    return f"{name}: {int(bad.sum())} of {want.size} differ, first at step {first}"
