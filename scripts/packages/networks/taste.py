"""What a package takes: kinds of nodes and the parameters it insists on, so that a fair share of
networks runs there.
"""

from dataclasses import dataclass

DENSE = ("Affine", "Linear")
ANY_DT = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3)


@dataclass(frozen=True)
class Taste:
    """Kinds that a package runs, and how its neurons want their parameters.

    `gain` is what one step of a current of 1 does to the voltage: "euler" dt / tau, "one" nothing
    but the current itself; thresholds are drawn in that unit. `r` is "one", "ratio" (tau / dt) or
    "any"; `if_r` is "one" or "rate" (1 / dt).
    """

    neurons: tuple[str, ...]
    dense: tuple[str, ...] = DENSE
    images: tuple[str, ...] = ("Conv2d", "SumPool2d", "Flatten")
    image_neurons: tuple[str, ...] = ("IF", "LIF")
    loops: bool = True
    blocks: bool = True
    uniform: bool = False
    r: str = "one"
    w_in: str = "any"
    gain: str = "one"
    leak: bool = False
    dts: tuple[float, ...] = ANY_DT
    if_r: str = "one"


TASTES = {
    "norse": Taste(
        ("IF", "LIF", "CubaLIF"), gain="euler", leak=True, image_neurons=("IF", "LIF", "CubaLIF")
    ),
    "snntorch": Taste(
        ("LIF", "CubaLIF"),
        images=("Conv2d", "AvgPool2d", "SumPool2d", "Conv1d", "Flatten"),
        image_neurons=("LIF", "CubaLIF"),
        uniform=True,
        r="ratio",
        w_in="ratio",
        dts=(1e-4,),
    ),
    "snntorch-0.9.4": Taste(
        ("LIF", "CubaLIF", "IF"),
        images=("Conv2d", "AvgPool2d", "Flatten"),
        uniform=True,
        r="ratio",
        w_in="ratio",
        dts=(1e-4,),
    ),
    "snntorch-0.8.1": Taste(
        ("LIF", "IF"),
        images=("Conv2d", "AvgPool2d", "Flatten"),
        uniform=True,
        r="ratio",
        dts=(1e-4,),
    ),
    "sinabs": Taste(
        ("IF", "LIF", "LI"),
        dense=("Affine",),
        images=("Conv2d", "Conv1d", "SumPool2d", "Flatten"),
        image_neurons=("IF",),
        loops=False,
    ),
    "rockpool": Taste(
        ("CubaLIF", "CubaLIF", "CubaLIF", "LI"), images=(), image_neurons=(), leak=True
    ),
    "spikingjelly": Taste(
        ("IF", "LIF", "CubaLIF"),
        images=("Conv2d", "Conv1d", "AvgPool2d", "SumPool2d", "Flatten"),
        image_neurons=("IF", "LIF", "CubaLIF"),
        uniform=True,
        r="ratio",
        w_in="ratio",
        if_r="rate",
    ),
    "spyx": Taste(("IF", "LIF", "CubaLIF"), image_neurons=("IF", "LIF")),
    "spyx-0.1.20": Taste(("CubaLIF",), images=(), image_neurons=(), r="ratio", w_in="ratio"),
    "lava": Taste(
        ("IF", "LIF", "CubaLIF"), images=(), image_neurons=(), blocks=False, uniform=True, r="any", gain="euler"
    ),
    "nengo": Taste(
        ("IF", "LIF", "CubaLIF", "LI"), images=(), image_neurons=(), uniform=True, gain="euler"
    ),
}


def taste_of(key: str, name: str) -> Taste:
    """The taste of a release, else of its package."""
    return TASTES.get(key) or TASTES[name]
