"""Neurons and integrators. Time constants are in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

from .node import NIRNode, arrays, common_shape, like


class _Neurons(NIRNode):
    """Neurons side by side, each with a number of every parameter."""

    def _settle(self, *names: str) -> None:
        """Checks the shapes of the parameters, and takes the shape of the node from them."""
        shape = common_shape(self, *names)
        self.input_type = {"input": np.array(shape, dtype=int)}
        self.output_type = {"output": np.array(shape, dtype=int)}


class _Resetting(_Neurons):
    """Neurons that spike. Without a ``v_reset`` they are reset to 0."""

    v_threshold: np.ndarray
    v_reset: Optional[np.ndarray]

    def _settle(self, *names: str) -> None:
        arrays(self, *names, "v_threshold")
        if self.v_reset is None:
            self.v_reset = np.zeros_like(self.v_threshold)
        arrays(self, "v_reset")
        super()._settle(*names, "v_threshold", "v_reset")


@dataclass(eq=False, repr=False)
class I(_Neurons):  # noqa: E742
    r"""Integrator: :math:`\dot v = R I`."""

    r: np.ndarray

    def __post_init__(self) -> None:
        arrays(self, "r")
        self._settle("r")


@dataclass(eq=False, repr=False)
class LI(_Neurons):
    r"""Leaky integrator: :math:`\tau \dot v = (v_{leak} - v) + R I`."""

    tau: np.ndarray  # seconds
    r: np.ndarray
    v_leak: np.ndarray

    def __post_init__(self) -> None:
        arrays(self, "tau", "r", "v_leak")
        self._settle("tau", "r", "v_leak")


@dataclass(eq=False, repr=False)
class IF(_Resetting):
    r"""Integrate and fire: :math:`\dot v = R I`; a spike and a reset when
    :math:`v > v_{threshold}`."""

    r: np.ndarray
    v_threshold: np.ndarray
    v_reset: Optional[np.ndarray] = None

    def __post_init__(self) -> None:
        self._settle("r")


@dataclass(eq=False, repr=False)
class LIF(_Resetting):
    r"""Leaky integrate and fire: :math:`\tau \dot v = (v_{leak} - v) + R I`; a spike and a reset
    when :math:`v > v_{threshold}`."""

    tau: np.ndarray  # seconds
    r: np.ndarray
    v_leak: np.ndarray
    v_threshold: np.ndarray
    v_reset: Optional[np.ndarray] = None

    def __post_init__(self) -> None:
        self._settle("tau", "r", "v_leak")


@dataclass(eq=False, repr=False)
class CubaLI(_Neurons):
    r"""Leaky integrator with a synaptic current: :math:`\tau_{syn} \dot I = -I + w_{in} S`,
    :math:`\tau_{mem} \dot v = (v_{leak} - v) + R I`."""

    tau_syn: np.ndarray  # seconds
    tau_mem: np.ndarray  # seconds
    r: np.ndarray
    v_leak: np.ndarray
    w_in: np.ndarray = 1.0  # type: ignore[assignment]

    def __post_init__(self) -> None:
        arrays(self, "tau_syn", "tau_mem", "r", "v_leak")
        self.w_in = like(self.v_leak, self.w_in)
        self._settle("tau_syn", "tau_mem", "r", "v_leak")


@dataclass(eq=False, repr=False)
class CubaLIF(_Resetting):
    r"""Leaky integrate and fire with a synaptic current: :math:`\tau_{syn} \dot I = -I + w_{in} S`,
    :math:`\tau_{mem} \dot v = (v_{leak} - v) + R I`; a spike and a reset when
    :math:`v > v_{threshold}`."""

    tau_syn: np.ndarray  # seconds
    tau_mem: np.ndarray  # seconds
    r: np.ndarray
    v_leak: np.ndarray
    v_threshold: np.ndarray
    v_reset: Optional[np.ndarray] = None
    w_in: np.ndarray = 1.0  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self._settle("tau_syn", "tau_mem", "r", "v_leak")
        self.w_in = like(self.v_threshold, self.w_in)
