"""Weights: Affine, Linear, Scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import NodeError
from .node import NIRNode, arrays


class _Matrix(NIRNode):
    """Weights of shape (..., outputs, inputs); axes before the last two stay as they are."""

    weight: np.ndarray

    def __post_init__(self) -> None:
        arrays(self, "weight")
        shape = tuple(self.weight.shape)
        if len(shape) < 2:
            raise NodeError(
                f"{type(self).__name__}: Weight must be at least 2D, it has shape {shape}",
                help="the axes are (outputs, inputs)",
            )
        self.input_type = {"input": np.array((*shape[:-2], shape[-1]))}
        self.output_type = {"output": np.array(shape[:-1])}


@dataclass(eq=False, repr=False)
class Affine(_Matrix):
    r""":math:`y = W x + b`, with ``weight`` of shape (outputs, inputs) and ``bias`` (outputs)."""

    weight: np.ndarray
    bias: np.ndarray


@dataclass(eq=False, repr=False)
class Linear(_Matrix):
    r""":math:`y = W x`, with ``weight`` of shape (outputs, inputs)."""

    weight: np.ndarray


@dataclass(eq=False, repr=False)
class Scale(NIRNode):
    r""":math:`y = s \odot x`, one factor for each channel."""

    scale: np.ndarray

    def __post_init__(self) -> None:
        arrays(self, "scale")
        self.input_type = {"input": np.array(self.scale.shape)}
        self.output_type = {"output": np.array(self.scale.shape)}
