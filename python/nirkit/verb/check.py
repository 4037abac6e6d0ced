"""Everything that is wrong with a graph, and what platforms would do with it."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from .. import _core
from ..recording import Choice
from ..show.escape import shown
from ..show.html import table
from .given import Graph, document


@dataclass(frozen=True)
class Finding:
    """One thing that is to be said about a graph.

    Attributes:
        code: the rule that it is about, ``N204``; `explain` prints its page.
        severity: ``error``, ``warning`` or ``note``.
        place: where it is, ``/lif1/tau[1]``.
        nodes: names of the nodes from the root to the node; empty for the whole graph.
        hdf5_path: where that is in a file.
        message: what is wrong, with the numbers.
        labels: further places, each with what is to be seen there.
        help: what to do about it.
        repairable: whether `nir convert --repair` mends it.
    """

    code: str
    severity: str
    place: str
    message: str
    nodes: List[str] = field(default_factory=list)
    hdf5_path: str = ""
    labels: List[Tuple[str, str]] = field(default_factory=list)
    help: Optional[str] = None
    repairable: bool = False

    @shown
    def __str__(self) -> str:
        text = f"{self.severity}[{self.code}]: {self.place}: {self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text

    def explain(self) -> str:
        """The page of the rule."""
        return explain(self.code)


@dataclass(frozen=True)
class NodeVerdict:
    """What becomes of a node on a platform: ``fine``, ``assumed``, ``reinterpreted``, ``ignored``,
    ``dropped``, ``chance`` or ``refused``."""

    node: str
    kind: str
    becomes: str
    verdict: str


@dataclass(frozen=True)
class PlatformReport:
    """What a platform would do with a graph.

    Attributes:
        platform: name and version.
        outcome: ``runs``, ``depends on chance``, ``raises at the first step``, ``raises at import``,
            ``never ends`` or ``no verdict``.
        refuses: whether it stops, so that there is no run.
        fits: whether a chip has room for the graph.
        loses: whether it stops, or loses something that the file says.
        nodes: what becomes of each node.
        findings: everything that there is to say; refusals first.
        no_verdict: why there is no verdict: the graph has errors, and what the platform does with them
            is not known.
        choices: the time step and, where one is asked for, the reset under which the verdict holds.
        help: the command that may help, where the platform refuses the graph or loses something of it.
    """

    platform: str
    outcome: str
    refuses: bool
    fits: bool
    loses: bool
    nodes: List[NodeVerdict]
    findings: List[Finding]
    no_verdict: Optional[str] = None
    choices: List[Choice] = field(default_factory=list)
    help: Optional[str] = None

    @shown
    def __str__(self) -> str:
        if self.no_verdict:
            return f"{self.platform}: no verdict, since {self.no_verdict}"
        answer = "runs the graph" if self.outcome == "runs" else self.outcome
        answer += "" if self.fits else ", and has no room for it"
        if self.loses and not self.refuses:
            answer += ", and loses something that matters"
        rows = [f"  {node.node}: {node.verdict}" for node in self.nodes if node.verdict != "fine"]
        hints = [f"help: {self.help}"] if self.help else []
        return "\n".join([*map(str, self.findings), f"{self.platform} {answer}", *rows, *hints])

    @shown
    def _repr_html_(self) -> str:
        rows = [(one.severity, one.code, one.place, one.message, one.help or "") for one in self.findings]
        found = table(("severity", "code", "place", "message", "help"), rows) if rows else ""
        nodes = [(node.node, node.kind, node.becomes, node.verdict) for node in self.nodes]
        verdicts = table(("node", "kind", "becomes", "verdict"), nodes)
        outcome = f"no verdict, since {self.no_verdict}" if self.no_verdict else self.outcome
        return f"<p><b>{html.escape(self.platform)}</b>: {html.escape(outcome)}</p>{found}{verdicts}"


@dataclass(frozen=True)
class Report:
    """The findings about a graph, the worst first, and a report for each platform by its title."""

    findings: List[Finding]
    platforms: Dict[str, PlatformReport]

    @property
    def errors(self) -> List[Finding]:
        """Findings that keep the graph from running."""
        return self._of("error")

    @property
    def warnings(self) -> List[Finding]:
        """Findings with which the graph runs, but perhaps not as it was meant."""
        return self._of("warning")

    @property
    def notes(self) -> List[Finding]:
        """What is worth knowing."""
        return self._of("note")

    @property
    def ok(self) -> bool:
        """No error, no warning, and no platform that loses anything that matters."""
        lossy = any(report.loses for report in self.platforms.values())
        return not self.errors and not self.warnings and not lossy

    def _of(self, severity: str) -> List[Finding]:
        return [finding for finding in self.findings if finding.severity == severity]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __bool__(self) -> bool:
        return True

    @shown
    def _repr_html_(self) -> str:
        rows = [(one.severity, one.code, one.place, one.message, one.help or "") for one in self.findings]
        found = table(("severity", "code", "place", "message", "help"), rows) if rows else "<p>no findings</p>"
        return found + "".join(report._repr_html_() for report in self.platforms.values())

    @shown
    def __str__(self) -> str:
        if not self.findings and not self.platforms:
            return "nothing to report"
        return "\n\n".join(map(str, [*self.findings, *self.platforms.values()]))


def check(
    graph: Graph,
    platforms: Union[str, Sequence[str], None] = None,
    *,
    dt: Union[float, str, None] = None,
    reset: Optional[str] = None,
    time_unit: Optional[str] = None,
    quantize: Optional[str] = None,
) -> Report:
    """Finds everything that is wrong with a graph, and what platforms would do with it.

    Args:
        graph: a graph, or the path of a file.
        platforms: names like ``"norse"`` or ``"spyx@0.1.20"``; `nirkit.platforms` lists them.
        dt: the time step in seconds, where a platform lets one choose it.
        reset: ``"v_reset"``, ``"zero"`` or ``"subtract"``, likewise.
        time_unit: unit of the times in the file, ``"s"`` or ``"ms"``; as the metadata say, or seconds, if not given.
        quantize: how a chip's integers are made of numbers, by name.

    Raises:
        ReadError: the file cannot be read.
        ChoiceError: there is no such platform.
    """
    titles = [platforms] if isinstance(platforms, str) else list(platforms or [])
    options = {"dt": dt, "reset": reset, "time_unit": time_unit, "quantize": quantize}
    found = _core.check(document(graph), titles, options)
    reports = {report["platform"]: _platform_report(report) for report in found["platforms"]}
    return Report(found["findings"], reports)


def _platform_report(report: Dict[str, Any]) -> PlatformReport:
    nodes = [NodeVerdict(*node) for node in report.pop("nodes")]
    choices = [Choice(*choice) for choice in report.pop("choices")]
    return PlatformReport(nodes=nodes, choices=choices, **report)


def explain(code: str) -> str:
    """The page of a code: what the rule says, why it is there, and what to do."""
    title, severity, text = _core.explain(code)
    return f"{code}: {title} ({severity})\n\n{text}"


def platforms() -> List[str]:
    """The platforms that nirkit can check for and run as, with their versions."""
    return list(_core.platforms())


def show(graph: Graph, inline: int = 64) -> str:
    """The text form of a graph. Tensors of more than ``inline`` elements are shown by the hash of
    their content."""
    return document(graph).text(inline)
