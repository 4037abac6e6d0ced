"""Convolutions: kernels that move along one or two axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple, Union

import numpy as np

from ..errors import NodeError
from .node import NIRNode, arrays
from .utils import calculate_conv_output


class _Convolution(NIRNode):
    """A kernel that moves over the axes behind the channels."""

    input_shape: Any
    weight: np.ndarray
    stride: Any
    padding: Any
    dilation: Any
    groups: Any
    bias: Optional[np.ndarray]

    def _infer(self) -> None:
        """Works the shapes out if the shape of the input is known."""
        if self.input_shape is None:
            self.input_type = {"input": None}
            self.output_type = {"output": None}
            return
        axes = np.ravel(self.input_shape)
        channels = self.weight.shape[1] * int(np.max(self.groups))
        self.input_type = {"input": np.array([channels, *axes])}
        self.output_type = {"output": np.array([self.weight.shape[0], *self._window(axes)])}

    def _window(self, axes: np.ndarray) -> np.ndarray:
        kernel = self.weight.shape[2:]
        return calculate_conv_output(axes, self.padding, self.dilation, kernel, self.stride)

    def _check(self, axes: int) -> None:
        """Makes arrays of the parameters, and checks those that shapes follow from."""
        arrays(self, "weight", *([] if self.bias is None else ["bias"]))
        shape = tuple(self.weight.shape)
        # The reference takes a kernel of one axis for Conv2d.
        if len(shape) < 3:
            names = "outputs, inputs / groups, " + ("length" if axes == 1 else "height, width")
            raise NodeError(
                f"{type(self).__name__}: `weight` has {len(shape)} axes, its shape is {shape}; {axes + 2} are expected",
                help=f"the axes are ({names})",
            )
        if isinstance(self.padding, str) and self.padding not in ("same", "valid"):
            raise NodeError(
                f"{type(self).__name__}: padding must be 'same', 'valid', or int, not {self.padding}"
            )

    @classmethod
    def _restore(cls, entries: Dict[str, Any]) -> NIRNode:
        return cls(**{"input_shape": None, **entries})


@dataclass(eq=False, repr=False)
class Conv1d(_Convolution):
    """Cross-correlation along one axis, as in PyTorch.

    ``input_shape`` is the length of the input without channels; ``None`` if it is to follow from
    what arrives. ``padding`` is a number, ``"same"`` or ``"valid"``.
    """

    input_shape: Optional[int]
    weight: np.ndarray  # (outputs, inputs / groups, length)
    stride: int
    padding: Union[int, str]
    dilation: int
    groups: int
    bias: Optional[np.ndarray]  # (outputs)

    def __post_init__(self) -> None:
        self._check(axes=1)
        self._infer()


@dataclass(eq=False, repr=False)
class Conv2d(_Convolution):
    """Cross-correlation along two axes, as in PyTorch.

    ``input_shape`` is the height and width of the input without channels; ``None`` if they are to
    follow from what arrives. ``stride``, ``padding`` and ``dilation`` are one number for both axes
    or one for each; ``padding`` may be ``"same"`` or ``"valid"``.
    """

    input_shape: Optional[Tuple[int, int]]
    weight: np.ndarray  # (outputs, inputs / groups, height, width)
    stride: Union[int, Tuple[int, int]]
    padding: Union[int, Tuple[int, int], str]
    dilation: Union[int, Tuple[int, int]]
    groups: int
    bias: Optional[np.ndarray]  # (outputs)

    def __post_init__(self) -> None:
        self._check(axes=2)
        for name in ("padding", "stride", "dilation"):
            value = getattr(self, name)
            if isinstance(value, int):
                setattr(self, name, (value, value))
        self._infer()
