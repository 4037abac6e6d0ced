"""What a run leaves behind: arrays by node and observable, and facts about how it ran."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np


class Inputs:
    """The input of each Input node; one array may stand for all of them."""

    def __init__(self, arrays: Mapping[str, np.ndarray]):
        self._arrays = dict(arrays)

    @property
    def steps(self) -> int:
        return len(next(iter(self._arrays.values())))

    def of(self, name: str | None) -> np.ndarray:
        """The input for a node of this name; the first array where no array has the name."""
        if name in self._arrays:
            return self._arrays[name]
        return next(iter(self._arrays.values()))


class Tape:
    """Collects one row a step (`row`) or a whole run at once (`whole`)."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
        self._whole: dict[tuple[str, str], np.ndarray] = {}
        self._returned: list[Any] = []
        self.facts: dict[str, Any] = {}
        self.steps = 0

    def row(self, node: str, observable: str, values: Any) -> None:
        self._rows[node, observable].append(np.asarray(values).reshape(-1))

    def whole(self, node: str, observable: str, values: Any) -> None:
        values = np.asarray(values)
        self._whole[node, observable] = values.reshape(len(values), -1)

    def returned(self, values: Any) -> None:
        """What the network gave back in one step."""
        self._returned.append(np.asarray(values))

    def returned_whole(self, values: Any) -> None:
        """What the network gave back for the whole sequence, time first."""
        self._returned = list(np.asarray(values))

    def arrays(self) -> dict[str, np.ndarray]:
        """File names without their ending, and what they hold."""
        found = {
            key: np.stack(rows) for key, rows in self._rows.items() if same_shapes(rows)
        } | self._whole
        named = {
            f"{node}.{observable}": packed(observable, values)
            for (node, observable), values in found.items()
        }
        if self._returned and same_shapes(self._returned):
            named["__return__"] = single(np.stack(self._returned))
        return named


def same_shapes(rows: list[np.ndarray]) -> bool:
    return len({row.shape for row in rows}) == 1


def single(values: np.ndarray) -> np.ndarray:
    """Double precision becomes single, as the recordings have it."""
    return values.astype(np.float32) if values.dtype == np.float64 else values


def packed(observable: str, values: np.ndarray) -> np.ndarray:
    """Counts of spikes as bytes where they are bytes."""
    if observable != "spikes":
        return single(values)
    bytes_ = values.astype(np.uint8) if np.isfinite(values).all() else None
    return bytes_ if bytes_ is not None and (bytes_ == values).all() else values.astype(np.float32)
