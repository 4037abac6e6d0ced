"""Random neurons, weights and the nodes without state."""

from dataclasses import dataclass

import numpy as np

from .draft import Node
from .taste import Taste

ALL_NEURONS = ("IF", "LIF", "CubaLIF", "LI", "CubaLI", "I")


@dataclass
class Dice:
    """The random numbers of one network, and what they are drawn for."""

    rng: np.random.Generator
    taste: Taste
    dt: float

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def pick(self, *values):
        return values[int(self.rng.integers(len(values)))]

    def size(self) -> int:
        return int(self.rng.integers(2, 17))

    def values(self, low: float, high: float, shape: tuple[int, ...], uniform: bool) -> np.ndarray:
        """One number for all neurons, or one for each."""
        drawn = self.rng.uniform(low, high, () if uniform else shape)
        return np.broadcast_to(drawn, shape).astype(np.float32)


def neuron(dice: Dice, shape: tuple[int, ...], kind: str | None = None) -> Node:
    """A neuron of a kind that the package runs, with parameters that it accepts."""
    taste = dice.taste
    kind = kind or dice.pick(*taste.neurons)
    uniform = taste.uniform or dice.chance(0.3)
    return Node(kind, MAKERS[kind](dice, shape, uniform))


def taus(dice: Dice, shape: tuple[int, ...], uniform: bool) -> np.ndarray:
    return dice.values(1.5 * dice.dt, 30 * dice.dt, shape, uniform)


def rest(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict[str, np.ndarray]:
    """v_leak and v_reset: zero where the package insists."""
    leak = (
        dice.values(-0.1, 0.1, shape, uniform)
        if dice.taste.leak and dice.chance(0.3)
        else np.zeros(shape, np.float32)
    )
    return {"v_leak": leak, "v_reset": np.zeros(shape, np.float32)}


def threshold(dice: Dice, gain: np.ndarray, uniform: bool) -> np.ndarray:
    """In the unit of what one step does to the voltage."""
    scale = dice.values(0.4, 3, gain.shape, uniform)
    unit = np.full_like(gain, gain.mean()) if uniform else gain
    return (unit * scale).astype(np.float32)


def ratio(rule: str, tau: np.ndarray, dice: Dice, uniform: bool) -> np.ndarray:
    """r or w_in: one, tau / dt, or any number."""
    if rule == "ratio":
        return (tau / np.float32(dice.dt)).astype(np.float32)
    return dice.values(0.5, 2, tau.shape, uniform) if rule == "any" else np.ones_like(tau)


def euler(dice: Dice, tau: np.ndarray) -> np.ndarray:
    return (np.float32(dice.dt) / tau if dice.taste.gain == "euler" else np.ones_like(tau)).astype(
        np.float32
    )


def make_if(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict:
    r = np.full(shape, 1 / dice.dt if dice.taste.if_r == "rate" else 1, np.float32)
    ones = np.ones(shape, np.float32)
    return {
        "r": r,
        "v_threshold": threshold(dice, ones, uniform),
        "v_reset": np.zeros(shape, np.float32),
    }


def make_lif(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict:
    tau = taus(dice, shape, uniform)
    rule = "one" if dice.taste.r == "ratio" and dice.chance(0.2) else dice.taste.r
    r = ratio(rule, tau, dice, uniform)
    return {
        "tau": tau,
        "r": r,
        "v_threshold": threshold(dice, euler(dice, tau), uniform),
        **rest(dice, shape, uniform),
    }


def make_li(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict:
    ones = np.ones(shape, np.float32)
    return {"tau": taus(dice, shape, uniform), "r": ones, "v_leak": np.zeros(shape, np.float32)}


def make_cuba(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict:
    mem, syn = taus(dice, shape, uniform), taus(dice, shape, uniform)
    parameters = {
        "tau_mem": mem,
        "tau_syn": syn,
        "r": ratio(dice.taste.r, mem, dice, uniform),
        "w_in": ratio(dice.taste.w_in, syn, dice, True if dice.taste.uniform else uniform),
        "v_threshold": threshold(dice, euler(dice, mem) * 2, uniform),
    }
    return parameters | rest(dice, shape, uniform)


def make_cuba_li(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict:
    parameters = make_cuba(dice, shape, uniform)
    return {name: parameters[name] for name in ("tau_mem", "tau_syn", "r", "v_leak", "w_in")}


def make_i(dice: Dice, shape: tuple[int, ...], uniform: bool) -> dict:
    return {"r": np.ones(shape, np.float32)}


MAKERS = {
    "IF": make_if,
    "LIF": make_lif,
    "LI": make_li,
    "CubaLIF": make_cuba,
    "CubaLI": make_cuba_li,
    "I": make_i,
}


def weights(dice: Dice, outputs: int, inputs: int) -> np.ndarray:
    """Mostly excitatory, so that a current of about 1 arrives."""
    drawn = dice.rng.normal(0.4, 1, (outputs, inputs)) * 2 / np.sqrt(inputs)
    return drawn.astype(np.float32)


def dense(dice: Dice, outputs: int, inputs: int) -> Node:
    parameters = {"weight": weights(dice, outputs, inputs)}
    if dice.pick(*dice.taste.dense) == "Linear":
        return Node("Linear", parameters)
    return Node(
        "Affine", parameters | {"bias": dice.rng.normal(0, 0.1, outputs).astype(np.float32)}
    )


def stateless(dice: Dice, shape: tuple[int, ...]) -> Node:
    """Scale, Threshold or Delay."""
    kind = dice.pick("Scale", "Threshold", "Delay")
    if kind == "Delay":
        steps = dice.rng.integers(0, 4, shape)
        return Node(kind, {"delay": (steps * dice.dt).astype(np.float32)})
    name = {"Scale": "scale", "Threshold": "threshold"}[kind]
    return Node(kind, {name: dice.rng.uniform(0.2, 1.5, shape).astype(np.float32)})


def input_node(shape: tuple[int, ...]) -> Node:
    return Node("Input", {"shape": np.array(shape)})


def output_node(shape: tuple[int, ...]) -> Node:
    return Node("Output", {"shape": np.array(shape)})
