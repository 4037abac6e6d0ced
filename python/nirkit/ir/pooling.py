"""Pools: sums and means over windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .node import NIRNode


class _Pool2d(NIRNode):
    """A window that moves over two axes; its shapes follow from what arrives."""

    def __post_init__(self) -> None:
        self.input_type = {"input": None}
        self.output_type = {"output": None}


@dataclass(eq=False, repr=False)
class SumPool2d(_Pool2d):
    """Sum over each window of each channel, with zeros around the input."""

    kernel_size: np.ndarray  # height, width
    stride: np.ndarray  # height, width
    padding: np.ndarray  # height, width


@dataclass(eq=False, repr=False)
class AvgPool2d(_Pool2d):
    """Mean over each window of each channel; the zeros around the input count."""

    kernel_size: np.ndarray  # height, width
    stride: np.ndarray  # height, width
    padding: np.ndarray  # height, width
