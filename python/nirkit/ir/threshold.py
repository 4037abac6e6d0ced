"""Threshold: a spike where the input rises above a level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .node import NIRNode, arrays


@dataclass(eq=False, repr=False)
class Threshold(NIRNode):
    r"""Heaviside step: :math:`z = 1` where :math:`v > v_{thr}`, else 0."""

    threshold: np.ndarray  # level, one for each channel

    def __post_init__(self) -> None:
        arrays(self, "threshold")
        self.input_type = {"input": np.array(self.threshold.shape)}
        self.output_type = {"output": np.array(self.threshold.shape)}
