"""Flatten: joins axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict

import numpy as np

from ..errors import NodeError
from .node import NIRNode
from .typing import Types
from .utils import calc_flatten_output, parse_shape_argument


@dataclass(eq=False, repr=False)
class Flatten(NIRNode):
    """Joins the axes from ``start_dim`` to ``end_dim`` into one; elements stay in C order.

    ``input_type`` is the shape of the input (or ``{"input": shape}``), without time and batch;
    ``None`` if it is to follow from what arrives.
    """

    input_type: Types
    start_dim: int = 1
    end_dim: int = -1

    def __post_init__(self) -> None:
        self.input_type = parse_shape_argument(self.input_type, "input")
        shape = self.input_type["input"]
        if shape is None:
            self.input_type = {"input": None}
            self.output_type = {"output": None}
            return
        joined = calc_flatten_output(shape, self.start_dim, self.end_dim)
        self.output_type = {"output": joined}
        if np.prod(shape) != np.prod(joined):
            raise NodeError(
                f"Flatten: the axes {self.start_dim} to {self.end_dim} of {tuple(shape)} "
                "cannot be joined: input and output shape must have same number of elements"
            )

    def _entries(self) -> Dict[str, Any]:
        entries = super()._entries()
        entries["input_type"] = self.input_type["input"]
        return entries

    @classmethod
    def from_dict(cls, node: Dict[str, Any]) -> NIRNode:  # the name of the argument is the reference's
        return super().from_dict(node)

    @classmethod
    def _restore(cls, entries: Dict[str, Any]) -> NIRNode:
        return cls(**{"input_type": None, **entries})
