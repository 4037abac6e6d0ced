"""Delay: the input of a while ago."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .node import NIRNode, arrays


@dataclass(eq=False, repr=False)
class Delay(NIRNode):
    r""":math:`y(t) = x(t - \tau)`, with a delay :math:`\tau` in seconds for each channel."""

    delay: np.ndarray  # seconds

    def __post_init__(self) -> None:
        arrays(self, "delay")
        self.input_type = {"input": np.array(self.delay.shape)}
        self.output_type = {"output": np.array(self.delay.shape)}
