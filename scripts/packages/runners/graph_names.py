"""Names of nodes as the file has them, from the names that nirtorch made of them."""

import keyword
from collections.abc import Callable

import nir


def sanitised(name: str) -> str:
    """The name in nirtorch's `GraphExecutor`."""
    return name.replace(".", "_")


def sanitised_fx(name: str) -> str:
    """The name in nirtorch's `nir_to_torch`, where keywords are given another name."""
    name = sanitised(name)
    return "nir_node_" + name if keyword.iskeyword(name) else name


def originals(graph: nir.NIRGraph, rule: Callable[[str], str] = sanitised) -> dict[str, str]:
    """From sanitised paths (`block.lif_1`) to paths in the file (`block.lif.1`); of two that
    collide, the last.
    """
    names: dict[str, str] = {}
    for name, node in graph.nodes.items():
        names[rule(name)] = name
        if isinstance(node, nir.NIRGraph):
            for made, original in originals(node, rule).items():
                names[f"{rule(name)}.{made}"] = f"{name}.{original}"
    return names
