"""Read, check, repair and run graphs of the Neuromorphic Intermediate Representation.

``import nirkit as nir`` does everything that the reference package ``nir`` does, and more: `check`
says what is wrong with a graph and what platforms would do with it, `run` runs it, `prepare` makes a
model that is called many times, `eval` finds the accuracy of platforms on a labelled set.
"""

from . import data_ir, errors, ir
from ._core import REFERENCE_VERSION as version
from ._core import VERSION as __version__
from .data_ir import *  # noqa: F403
from .errors import *  # noqa: F403
from .interop import from_nir, install_as_nir, to_nir, uninstall_as_nir
from .ir import *  # noqa: F403
from .ir import typing
from .model import Model
from .recording import Choice, Graze, Recording
from .recordings import SENSOR_EVENT, EventFinding, EventSamples, EventSlices, events
from .serialization import read, read_data, read_version, write, write_data
from .stimulus import Current, StimulusFile
from .verb.adapt import Adaptation, AdaptedNode, Obstacle, adapt
from .verb.check import Finding, NodeVerdict, PlatformReport, Report, check, explain, platforms, show
from .verb.codegen import Code, codegen
from .verb.compare import Comparison, compare
from .verb.conform import Conformance, Verdict, conform
from .verb.diff import Difference, Differences, diff
from .verb.evaluate import Score
from .verb.evaluate import eval as eval  # exported for type checkers, though not in `__all__`
from .verb.lower import Design, Lowering, lower
from .verb.passes import Change, opt, repair, rescale
from .verb.run import prepare, run
from .verb.sweep import Sweep, merge_sweeps, sweep
from .verb.view import Page, view

# `eval` is left out, so that `from nirkit import *` leaves Python's own alone.
__all__ = [
    *ir.__all__,
    *data_ir.__all__,
    *errors.__all__,
    "AdaptedNode",
    "Adaptation",
    "Change",
    "Choice",
    "Code",
    "Comparison",
    "Conformance",
    "Current",
    "Design",
    "Difference",
    "Differences",
    "EventFinding",
    "EventSamples",
    "EventSlices",
    "Finding",
    "Graze",
    "Lowering",
    "Model",
    "NodeVerdict",
    "Obstacle",
    "Page",
    "PlatformReport",
    "Recording",
    "Report",
    "SENSOR_EVENT",
    "Score",
    "StimulusFile",
    "Sweep",
    "Verdict",
    "__version__",
    "adapt",
    "check",
    "codegen",
    "compare",
    "conform",
    "diff",
    "events",
    "explain",
    "from_nir",
    "install_as_nir",
    "lower",
    "merge_sweeps",
    "opt",
    "platforms",
    "prepare",
    "read",
    "read_data",
    "read_version",
    "repair",
    "rescale",
    "run",
    "show",
    "sweep",
    "to_nir",
    "typing",
    "uninstall_as_nir",
    "version",
    "view",
    "write",
    "write_data",
]
