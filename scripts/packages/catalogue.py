"""The packages that are run, each with what its environment holds.

A layer is an environment that several others look into: PyTorch and JAX are large, and are
installed once.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    """Packages that several environments share, installed with what they depend on."""

    folder: str
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """One release of a simulator package.

    `alone` is installed without its dependencies, since what some releases ask for cannot be met
    (a driver that is not on the registry, an older `nir` than the one under test). `tries` is how
    often a network is run to see whether chance decides: nirtorch's `GraphExecutor` orders nodes
    by the addresses of objects.
    """

    name: str
    version: str
    platform: str
    runner: str
    alone: tuple[str, ...]
    requirements: tuple[str, ...] = ()
    layer: Layer | None = None
    python: str = "python3.11"
    shown: tuple[str, ...] = ()
    tries: int = 1

    @property
    def key(self) -> str:
        return f"{self.name}-{self.version}"


COMMON = ("numpy==2.4.6", "h5py==3.16.0", "nir==1.0.8")
TORCH = Layer(
    "torch-2.15.0",
    (*COMMON, "torch==2.15.0", "nirtorch==2.6", "scipy", "matplotlib", "pandas", "tqdm"),
)
JAX = Layer("jax-0.10.2", (*COMMON, "jax==0.10.2", "optax", "jax-tqdm"))

_TORCH_SHOWN = ("torch", "numpy", "nir", "nirtorch")


def _torch(
    name: str, version: str, platform: str, runner: str, *extra: str, tries: int = 4
) -> Package:
    return Package(
        name,
        version,
        platform,
        runner,
        alone=(f"{name}=={version}",),
        requirements=extra,
        layer=TORCH,
        shown=(*_TORCH_SHOWN, name),
        tries=tries,
    )


PACKAGES = (
    _torch("norse", "1.1.0", "norse", "norse_runner"),
    _torch("snntorch", "1.0.0", "snntorch", "snntorch_runner", tries=2),
    _torch("snntorch", "0.9.4", "snntorch@0.9.4", "snntorch_runner"),
    _torch("snntorch", "0.8.1", "snntorch@0.8.1", "snntorch_runner"),
    _torch("sinabs", "2.0.3", "sinabs", "sinabs_runner", "pbr"),
    _torch("sinabs", "3.1.3", "sinabs@3.1.3", "sinabs_runner", "pbr"),
    _torch("rockpool", "3.1.0", "rockpool", "rockpool_runner"),
    _torch("spikingjelly", "2.0.0", "spikingjelly", "spikingjelly_runner", "loguru", tries=2),
    Package(
        "spyx",
        "1.0.0",
        "spyx",
        "spyx_runner",
        alone=("spyx==1.0.0",),
        requirements=("flax==0.12.8", "grain"),
        layer=JAX,
        shown=("spyx", "jax", "flax", "numpy", "nir"),
    ),
    Package(
        "spyx",
        "0.1.20",
        "spyx@0.1.20",
        "spyx_haiku_runner",
        alone=("spyx==0.1.20",),
        requirements=("dm-haiku==0.0.17",),
        layer=JAX,
        shown=("spyx", "jax", "dm-haiku", "numpy", "nir"),
    ),
    Package(
        "nengo",
        "4.1.0",
        "nengo",
        "nengo_runner",
        alone=("nengo==4.1.0",),
        requirements=COMMON,
        shown=("nengo", "numpy", "nir"),
    ),
    Package(
        "lava",
        "0.10.0",
        "lava",
        "lava_runner",
        alone=(),
        requirements=("lava-nc==0.10.0", "h5py", "nir==1.0.8"),
        python="python3.10",
        shown=("lava-nc", "numpy", "nir"),
    ),
)


def find(name: str) -> Package:
    """The package of this name, or `name-version`; the first release listed when no version is
    given.
    """
    for package in PACKAGES:
        if name in (package.key, package.name):
            return package
    raise SystemExit(f"no package {name!r}; there are: {', '.join(p.key for p in PACKAGES)}")
