"""A network while it is drawn up: nodes, edges, and NIR files of them."""

import pathlib
from dataclasses import dataclass, field
from typing import Any

import h5py
import numpy as np


@dataclass
class Node:
    """A primitive: its kind in NIR and its parameters."""

    kind: str
    parameters: dict[str, Any]


@dataclass
class Graph:
    """Nodes by name and edges, in the order in which the file lists them; a node may be a graph
    itself.
    """

    nodes: dict[str, "Node | Graph"] = field(default_factory=dict)
    edges: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, node: "Node | Graph", *sources: str) -> str:
        self.nodes[name] = node
        self.edges += [(source, name) for source in sources]
        return name

    def primitives(self) -> list[Node]:
        """Every primitive, blocks entered."""
        found: list[Node] = []
        for node in self.nodes.values():
            found += node.primitives() if isinstance(node, Graph) else [node]
        return found

    def of_kind(self, *kinds: str) -> list[Node]:
        return [node for node in self.primitives() if node.kind in kinds]

    def inputs(self) -> dict[str, tuple[int, ...]]:
        """The Input nodes at the top and their shapes."""
        return {
            name: tuple(int(n) for n in node.parameters["shape"])
            for name, node in self.nodes.items()
            if isinstance(node, Node) and node.kind == "Input"
        }


def write(graph: Graph, path: pathlib.Path) -> None:
    """Writes the file as `nir.write` would, without asking whether the graph makes sense."""
    with h5py.File(path, "w") as file:
        file.create_dataset("version", data="1.0.8")
        write_graph(file.create_group("node"), graph)


def write_graph(group: h5py.Group, graph: Graph) -> None:
    group.create_dataset("type", data="NIRGraph", dtype=h5py.string_dtype())
    nodes = group.create_group("nodes")
    for name, node in graph.nodes.items():
        part = nodes.create_group(name)
        write_graph(part, node) if isinstance(node, Graph) else write_node(part, node)
    edges = np.array(graph.edges, dtype=object).reshape(-1, 2)
    group.create_dataset("edges", data=edges, dtype=h5py.string_dtype())


def write_node(group: h5py.Group, node: Node) -> None:
    group.create_dataset("type", data=node.kind, dtype=h5py.string_dtype())
    for name, value in node.parameters.items():
        if isinstance(value, str):
            group.create_dataset(name, data=value, dtype=h5py.string_dtype())
        else:
            group.create_dataset(name, data=np.asarray(value))
