"""The conformance suite of NIR, asked of a function."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Union

import numpy as np

from .. import _core
from ..errors import Error
from ..serialization import read
from ..show.escape import shown

#: Gets a graph, the stimulus (an array, or a dictionary of arrays where there are several Inputs) and the time step in
#: seconds; returns what arrives at the Output, (T, *shape), or a dictionary of arrays where there are several Outputs.
Simulator = Callable[[Any, Any, float], Union[np.ndarray, Mapping[str, np.ndarray]]]


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Attributes:
        case: its name.
        level: ``"read_or_refuse"``, ``"primitives"``, ``"corners"``, ``"graphs"`` or ``"trained"``.
        asks: what it asks.
        kind: ``"equal"``, ``"constant_lag"``, ``"bounded"``, ``"refused"``, ``"wrong"``, ``"silently_wrong"`` or ``"failed"``.
        detail: more about it.
        told: warnings of the simulator.
        first: the first difference (``node``, ``step``, ``channel``, ``expected``, ``found``).
        causes: sets of choices that account for a wrong answer.
    """

    case: str
    level: str
    asks: str
    kind: str
    detail: str
    told: List[str]
    first: Optional[Dict[str, Any]]
    causes: List[str]


@dataclass(frozen=True)
class Conformance:
    """The score of a simulator.

    Attributes:
        score: points in percent; below 0 where wrong answers outweigh.
        classes: cases by class.
        verdicts: one for each case.
    """

    score: float
    classes: Dict[str, int]
    verdicts: List[Verdict]
    _text: str
    _html: str

    @shown
    def __str__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self._html


def conform(simulator: Simulator, *, case: str = "") -> Conformance:
    """Score a function on the conformance suite.

    Whatever the function raises is a refusal; warnings that it gives are told.

    Args:
        simulator: ``f(graph, stimulus, dt) -> spikes``.
        case: ask only the cases whose names begin with this.
    """
    with tempfile.TemporaryDirectory() as place:
        suite = os.path.join(place, "suite")
        names = _core.conform_write(suite, case)
        if not names:
            raise Error(f"no case begins with {case!r}")
        for name in names:
            _ask(simulator, os.path.join(suite, name))
        title = getattr(simulator, "__name__", type(simulator).__name__)
        found, text, page = _core.conform_verify(suite, title)
    score = json.loads(found)
    totals = score["totals"]
    return Conformance(
        score=totals["score"],
        classes=totals["classes"],
        verdicts=[_verdict(one) for one in score["verdicts"]],
        _text=text,
        _html=page,
    )


def _ask(simulator: Simulator, folder: str) -> None:
    """Asks one case, and leaves the answer beside it."""
    case = _read_case(os.path.join(folder, "case.toml"))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            graph = read(os.path.join(folder, "graph.nir"))
            inputs = {node: np.load(os.path.join(folder, path)) for node, path in case["inputs"].items()}
            stimulus = next(iter(inputs.values())) if len(inputs) == 1 else inputs
            answer = simulator(graph, stimulus, case["dt"])
            arrays = [answer[name] for name in sorted(answer)] if isinstance(answer, Mapping) else [answer]
            arrays = [np.asarray(array, dtype=np.float64) for array in arrays]
        except Exception as error:  # a simulator may raise anything
            with open(os.path.join(folder, "refused.txt"), "w", encoding="utf-8") as file:
                file.write(f"{type(error).__name__}: {error}")
            return
    for at, array in enumerate(arrays):
        np.save(os.path.join(folder, f"answer.{at}.npy"), array)
    if told:
        with open(os.path.join(folder, "told.txt"), "w", encoding="utf-8") as file:
            file.write("\n".join(str(one.message).replace("\n", " ") for one in told))


def _read_case(path: str) -> Dict[str, Any]:
    """The time step and the inputs of a case; Python before 3.11 has no reader of TOML."""
    inputs: Dict[str, str] = {}
    dt, table = 0.0, ""
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.strip()
            if line.startswith("["):
                table = line
            elif table == "" and line.startswith("dt = "):
                dt = float(line[len("dt = ") :])
            elif table == "[inputs]" and " = " in line:
                name, value = line.rsplit(" = ", 1)
                inputs[json.loads(name) if name.startswith('"') else name] = json.loads(value)
    return {"dt": dt, "inputs": inputs}


def _verdict(one: Dict[str, Any]) -> Verdict:
    keys = ("case", "level", "asks", "detail", "told", "first", "causes")
    return Verdict(kind=one["class"], **{key: one[key] for key in keys})
