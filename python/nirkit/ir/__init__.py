"""The nodes of NIR."""

from typing import Any, Dict, Type

from ..errors import NodeError
from .arguments import check_arguments
from .conv import Conv1d, Conv2d
from .delay import Delay
from .flatten import Flatten
from .graph import Input, NIRGraph, Output
from .linear import Affine, Linear, Scale
from .neuron import IF, LI, LIF, CubaLI, CubaLIF, I
from .node import NIRNode
from .pooling import AvgPool2d, SumPool2d
from .threshold import Threshold

#: The kinds of nodes that a file can hold, by their name.
_KINDS: Dict[str, Type[NIRNode]] = {
    kind.__name__: kind
    for kind in (
        Affine, AvgPool2d, Conv1d, Conv2d, CubaLI, CubaLIF, Delay, Flatten, I, IF, Input, LI, LIF,
        Linear, NIRGraph, Output, Scale, SumPool2d, Threshold,
    )
}  # fmt: skip

for _kind in _KINDS.values():
    check_arguments(_kind)
del _kind


def str2NIRNode(type: str) -> Type[NIRNode]:
    """The class of a kind of node."""
    kind = _KINDS.get(type)
    if kind is None:
        raise NodeError(
            f"there is no kind of node {type!r}", help=f"the kinds are {', '.join(_KINDS)}"
        )
    return kind


def dict2NIRNode(data_dict: Dict[str, Any]) -> NIRNode:
    """The node that a dictionary describes; its ``type`` names the kind."""
    return str2NIRNode(data_dict["type"]).from_dict(data_dict)


__all__ = [
    "Affine",
    "AvgPool2d",
    "Conv1d",
    "Conv2d",
    "CubaLI",
    "CubaLIF",
    "Delay",
    "Flatten",
    "I",
    "IF",
    "Input",
    "LI",
    "LIF",
    "Linear",
    "NIRGraph",
    "NIRNode",
    "Output",
    "Scale",
    "SumPool2d",
    "Threshold",
    "dict2NIRNode",
    "str2NIRNode",
]
