"""Arithmetic of shapes."""

from __future__ import annotations

from typing import Any, Sequence, Union

import numpy as np

from .typing import Types

Count = Union[int, Sequence[int], np.ndarray]


def parse_shape_argument(x: Any, key: str) -> Types:
    """A shape under the name of a port, from a shape, a dictionary of shapes, or ``None``."""
    if isinstance(x, dict):
        return x
    if x is None:
        return {key: None}
    if isinstance(x, (np.ndarray, Sequence)):
        return {key: np.asarray(x)}
    if isinstance(x, (int, np.integer)):
        return {key: np.array([x])}
    raise TypeError(f"a shape is an array, a sequence of numbers or None, not {type(x).__name__}")


def calculate_conv_output(
    input_shape: Count,
    padding: Union[str, Count],
    dilation: Count,
    kernel_size: Count,
    stride: Count,
) -> np.ndarray:
    """Lengths of the axes behind a window that moves over ``input_shape``, as in PyTorch.

    Each argument is one number for all axes or one for each; ``padding`` may be ``"same"`` or
    ``"valid"``. ``input_shape`` has the axes over which the window moves, without channels.
    """
    count = 1 if np.ndim(input_shape) == 0 else len(input_shape)  # type: ignore[arg-type]
    if isinstance(padding, str):
        if padding == "same":
            return np.array([_at(input_shape, axis) for axis in range(count)])
        padding = 0

    def length(axis: int) -> int:
        reach = _at(dilation, axis) * (_at(kernel_size, axis) - 1) + 1
        room = _at(input_shape, axis) + 2 * _at(padding, axis) - reach
        return int(room // _at(stride, axis)) + 1

    return np.array([length(axis) for axis in range(count)])


def calc_flatten_output(input_shape: Union[Sequence[int], np.ndarray], start_dim: int, end_dim: int) -> np.ndarray:
    """Lengths of the axes when those from ``start_dim`` to ``end_dim`` are joined into one."""
    axes = [int(length) for length in input_shape]
    first = int(start_dim) + (len(axes) if start_dim < 0 else 0)
    last = int(end_dim) + (len(axes) if end_dim < 0 else 0)
    joined = int(np.prod(axes[first : last + 1]))
    return np.array([*axes[:first], joined, *axes[last + 1 :]])


def _at(value: Any, axis: int) -> int:
    """The number for an axis: the only one, or the one at its place."""
    if np.ndim(value) == 0:
        return int(value)
    return int(value[axis] if len(value) > 1 else value[0])


def _index_tuple(tuple: Any, index: int) -> Any:
    """Element ``index`` of a sequence; a single number is every element of itself."""
    if isinstance(tuple, (int, np.integer)) or np.ndim(tuple) == 0:
        return np.array([tuple])
    element = tuple[index]
    return np.array(element) if isinstance(tuple, Sequence) else element


def ensure_str(a: Union[str, bytes]) -> str:
    """Text from text or from UTF-8 bytes."""
    if isinstance(a, str):
        return a
    if isinstance(a, bytes):
        return a.decode("utf8")
    raise TypeError(f"a name is text, not {type(a).__name__}")
