"""What can go wrong. `Error` is the base of everything that nirkit raises by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Optional, Sequence, Tuple

from .show.escape import shown

if TYPE_CHECKING:
    from .verb.check import Finding

Reason = Tuple[str, Optional[str]]


class Error(Exception):
    """The base of all errors of nirkit.

    Attributes:
        reasons: every reason as ``(message, help)``; all that is wrong at once.
        findings: the findings behind the error, where a graph is at fault.
    """

    reasons: List[Reason]
    findings: "List[Finding]"

    def __init__(
        self,
        message: str = "",
        *,
        help: Optional[str] = None,
        reasons: Optional[Sequence[Reason]] = None,
        findings: "Sequence[Finding]" = (),
    ) -> None:
        self.reasons = list(reasons) if reasons is not None else [(message, help)]
        self.findings = list(findings)
        super().__init__(self._text())

    def _text(self) -> str:
        lines = []
        for message, help in self.reasons:
            lines.append(message)
            if help:
                lines.append(f"  help: {help}")
        return "\n".join(lines)

    @shown
    def __str__(self) -> str:
        return self._text()

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.reasons, self.findings)


def _rebuild(kind: type, reasons: List[Reason], findings: list) -> Error:
    return kind(reasons=reasons, findings=findings)


class LossWarning(UserWarning):
    """Something is lost or ignored, or nothing happens, where a result looks fine."""


class NodeError(Error, ValueError, AssertionError):
    """A node cannot be made of these parameters.

    The reference raises an ``AssertionError`` or a ``ValueError``; this is both.
    """


class NodeTypeError(NodeError, TypeError):
    """An argument of a node is missing, unknown, or of a type that it cannot have."""


class GraphError(Error, ValueError, AssertionError):
    """A graph does not hold together; ``findings`` says where, if the validator was asked.

    The reference raises a ``ValueError`` or an ``AssertionError``; this is both.
    """


class ReadError(Error, OSError):
    """A file cannot be read."""


class MissingFileError(ReadError, FileNotFoundError):
    """There is no such file."""


class WriteError(Error, OSError):
    """A file cannot be written. What stood under its name before is untouched."""


class ValueTypeError(Error, TypeError, ValueError):
    """A value has a type that a file cannot hold."""


class StimulusError(Error, ValueError):
    """A stimulus does not fit the graph."""


class ChoiceError(Error, ValueError):
    """A choice is missing, or is none of those that there are."""


class RefusedError(Error, ValueError):
    """A platform does not run the graph; ``findings`` says why."""


class RunError(Error, RuntimeError):
    """A run cannot go on."""


class InternalError(Error, RuntimeError):
    """nirkit itself is at fault. Please report the message together with the graph."""


class ReadWarning(UserWarning):
    """A file holds something that nirkit keeps without understanding it, or leaves out of NIRData."""


__all__ = [
    "ChoiceError",
    "Error",
    "GraphError",
    "InternalError",
    "LossWarning",
    "MissingFileError",
    "NodeError",
    "NodeTypeError",
    "ReadError",
    "ReadWarning",
    "RefusedError",
    "RunError",
    "StimulusError",
    "ValueTypeError",
    "WriteError",
]
