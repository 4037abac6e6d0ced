"""Shapes that follow from the rest of a graph, and whether they fit.

Everything is done in time linear in nodes and edges. Nested graphs are worked out as they are
reached; an end ``graph.port`` of an edge means one Input or Output of a nested graph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

import numpy as np

from ..errors import GraphError
from ..show.text import shape as shown
from .typing import Types
from .utils import calc_flatten_output, calculate_conv_output

if TYPE_CHECKING:
    from .graph import NIRGraph
    from .node import NIRNode


def only(types: Optional[Types], port: str) -> Any:
    """The shape of a port: the one of this name, or the only one that there is."""
    if types is None:
        return None
    if port in types or len(types) != 1:
        return types[port]
    return next(iter(types.values()))


def as_port(types: Optional[Types], port: str) -> Types:
    """The types of a node as those of a lone port; a node with several ports has no such thing."""
    if types is not None and len(types) > 1:
        raise GraphError(
            f"the node has {len(types)} ports ({', '.join(types)}), and one is needed here",
            help="add an Input or Output for each of them",
        )
    return {port: only(types, port) if types else None}


def validate_structure(graph: "NIRGraph") -> None:
    reasons = _structure(graph, "")
    if reasons:
        raise GraphError(reasons=[(reason, None) for reason in reasons])


def _structure(graph: "NIRGraph", outer: str) -> List[str]:
    """Everything that is wrong with the edges of a graph and of the graphs in it."""
    reasons = []
    seen = set()
    for edge in graph.edges:
        source, target = edge[0], edge[1]
        for name, side, role in ((source, "Output", "source"), (target, "Input", "destination")):
            if name not in graph.nodes and _port(graph, name, side) is None:
                reasons.append(
                    f"{outer}Edge ({source!r}, {target!r}) references {role} node {name!r} "
                    f"which does not exist in the graph. Available nodes: {sorted(graph.nodes)}"
                )
        if (source, target) in seen:
            reasons.append(f"{outer}Duplicate edge: ({source!r}, {target!r})")
        seen.add((source, target))
    for name, node in graph.nodes.items():
        if _is_graph(node):
            reasons += _structure(node, f"{outer}In subgraph {name!r}: ")  # type: ignore[arg-type]
    return reasons


def check_types(graph: "NIRGraph") -> bool:
    for node in graph.nodes.values():
        if _is_graph(node):
            node.check_types()  # type: ignore[attr-defined]
    for edge in graph.edges:
        source, target = edge[0], edge[1]
        leaving, arriving = _leaving(graph, source), _arriving(graph, target)
        if _is_open(leaving):
            raise GraphError(f"pre node {source} has no output type")
        if _is_open(arriving):
            raise GraphError(f"post node {target} has no input type")
        if len(leaving) != len(arriving):
            raise GraphError(
                f"type length mismatch: len({source}.output)={len(leaving)} -> "
                f"len({target}.input)={len(arriving)}",
                help="name one port of a nested graph as `graph.port`",
            )
        if len(leaving) != 1:
            raise NotImplementedError(
                f"{source} -> {target}: multiple input/output types not supported yet; "
                "name one port of a nested graph as `graph.port`"
            )
        _compare(source, leaving, target, arriving)
    return True


def _compare(source: str, leaving: Types, target: str, arriving: Types, prefix: str = "") -> None:
    (one,), (other,) = leaving.values(), arriving.values()
    if not _are_equal(one, other):
        raise GraphError(
            f"{prefix}type mismatch: {source}.output: {np.asarray(one)} -> "
            f"{target}.input: {np.asarray(other)}"
        )


def infer_types(graph: "NIRGraph") -> None:
    if not graph.nodes:
        return
    graph.validate_structure()
    _add_inputs(graph)
    _walk(graph)
    _add_outputs(graph)
    graph._update_input_output_types()


def _walk(graph: "NIRGraph") -> None:
    """Follows the edges from the Inputs on, and fills in what each target lacks."""
    following: Dict[str, List[Tuple[str, str]]] = {}
    for edge in graph.edges:
        following.setdefault(_owner(graph, edge[0]), []).append((edge[0], edge[1]))
    inputs = list(graph.inputs)
    seen = set(inputs)
    ready = [edge for name in inputs for edge in following.get(name, [])]
    if not ready:
        raise GraphError(
            "Failed to start type inference: No input nodes found",
            help="add an `Input` where signals enter, or give type_check=False",
        )
    while ready:
        source, target = ready.pop()
        owner = _owner(graph, target)
        _fill(graph, source, target)
        if owner not in seen:
            seen.add(owner)
            ready += [edge for edge in following.get(owner, []) if _owner(graph, edge[1]) not in seen]


def _fill(graph: "NIRGraph", source: str, target: str) -> None:
    """Fills in the shapes of the target of an edge."""
    node = graph.nodes[_owner(graph, target)]
    leaving = _leaving(graph, source)
    if _is_graph(node):
        _fill_nested(node, _port(graph, target, "Input"), leaving)  # type: ignore[arg-type]
    arriving = _arriving(graph, target)
    if _is_open(arriving):
        node.input_type = as_port(leaving, "input")
    elif not _is_open(leaving):
        if len(leaving) != len(arriving):
            raise GraphError(
                f"Type inference error: type length mismatch: {source} has {len(leaving)} outputs, "
                f"{target} {len(arriving)} inputs",
                help="name one port of a nested graph as `graph.port`",
            )
        if len(leaving) == 1 and not _spread(node, leaving):
            _compare(source, leaving, target, arriving, "Type inference error: ")
    behind = _BEHIND.get(type(node).__name__)
    if behind is not None and not _is_open(node.input_type):
        if _is_open(node.output_type) or behind is _behind_output:
            node.output_type = {"output": behind(node, only(node.input_type, "input"))}


#: Kinds whose parameters broadcast to the shape that arrives.
_BROADCASTING = {"Scale", "Threshold", "Delay", "I", "LI", "IF", "LIF", "CubaLI", "CubaLIF"}


def _spread(node: Any, leaving: Types) -> bool:
    """Gives a node the shape that arrives where its parameters broadcast to it; whether it did."""
    if type(node).__name__ not in _BROADCASTING:
        return False
    arriving = tuple(int(axis) for axis in np.ravel(only(leaving, "output")))
    own = tuple(int(axis) for axis in np.ravel(only(node.input_type, "input")))
    try:
        fits = own != arriving and np.broadcast_shapes(own, arriving) == arriving
    except ValueError:
        return False
    if fits:
        node.input_type, node.output_type = {"input": np.array(arriving)}, {"output": np.array(arriving)}
    return fits


def _fill_nested(graph: "NIRGraph", port: "Optional[NIRNode]", leaving: Types) -> None:
    """Tells a nested graph what arrives, if it has a single Input that lacks it, and infers it."""
    ports = [port] if port is not None else list(graph.inputs.values())
    if len(ports) == 1 and len(leaving) == 1 and _is_open(ports[0].input_type):
        shape = only(leaving, "output")
        ports[0].input_type, ports[0].output_type = {"input": shape}, {"output": shape}
    graph.infer_types()


def _behind_conv1d(node: Any, shape: Any) -> np.ndarray:
    node.input_shape = shape[1]
    return np.array([node.weight.shape[0], *node._window(np.ravel(shape[1]))])


def _behind_conv2d(node: Any, shape: Any) -> np.ndarray:
    node.input_shape = tuple(shape[1:])
    return np.array([node.weight.shape[0], *node._window(np.array(shape[1:]))])


def _behind_pool(node: Any, shape: Any) -> np.ndarray:
    window = calculate_conv_output(shape[1:], node.padding, 1, node.kernel_size, node.stride)
    return np.array([shape[0], *window])


def _behind_flatten(node: Any, shape: Any) -> np.ndarray:
    joined = calc_flatten_output(shape, node.start_dim, node.end_dim)
    if np.prod(joined) != np.prod(shape):
        raise GraphError(
            f"Flatten: the axes {node.start_dim} to {node.end_dim} of {shown(shape)} cannot be "
            "joined: Flatten must not change the number of elements"
        )
    return joined


def _behind_output(node: Any, shape: Any) -> Any:
    return shape


#: The shape behind a node whose shapes follow from what arrives, by its kind.
_BEHIND = {
    "Conv1d": _behind_conv1d,
    "Conv2d": _behind_conv2d,
    "SumPool2d": _behind_pool,
    "AvgPool2d": _behind_pool,
    "Flatten": _behind_flatten,
    "Output": _behind_output,
}


def _add_inputs(graph: "NIRGraph") -> None:
    """Puts an Input before every node that nothing leads to."""
    from .graph import Input

    reached = {_owner(graph, edge[1]) for edge in graph.edges}
    for name in [name for name in graph.nodes if name not in reached]:
        node = graph.nodes[name]
        if _is_graph(node):
            node.infer_types()  # type: ignore[attr-defined]
        if _is_open(node.input_type):
            what = (
                f"Input node '{name}' has no defined input_type"
                if isinstance(node, Input)
                else f"Root node '{name}' of type {type(node).__name__} is not an Input node and "
                "has no defined input_type"
            )
            raise GraphError(
                f"{what}. Cannot infer graph without input types.",
                help="give the shape, or lead an Input to it",
            )
        if not isinstance(node, Input):
            added = _free_name(graph, f"input_{name}")
            graph.nodes[added] = Input(input_type=as_port(node.input_type, "input"))
            graph.edges.append((added, name))


def _add_outputs(graph: "NIRGraph") -> None:
    """Puts an Output behind every node that leads nowhere."""
    from .graph import Output

    leading = {_owner(graph, edge[0]) for edge in graph.edges}
    ends = [name for name in graph.nodes if name not in leading]
    if not ends:
        raise GraphError(
            "Type inference failed: No output nodes found",
            help="add an `Output` where signals leave, or give type_check=False",
        )
    for name in ends:
        node = graph.nodes[name]
        if isinstance(node, Output):
            continue
        if _is_open(node.output_type):
            raise GraphError(
                f"Leaf node '{name}' of type {type(node).__name__} is not an Output node and has "
                "no defined output_type. Cannot infer graph output."
            )
        added = _free_name(graph, f"output_{name}")
        graph.nodes[added] = Output(output_type=as_port(node.output_type, "output"))
        graph.edges.append((name, added))


def _free_name(graph: "NIRGraph", name: str) -> str:
    """The name itself if no node has it, else with the first free number behind it."""
    if name not in graph.nodes:
        return name
    number = 0
    while f"{name}_{number}" in graph.nodes:
        number += 1
    return f"{name}_{number}"


def _is_graph(node: "NIRNode") -> bool:
    return "nodes" in vars(node)


def _is_open(types: Optional[Types]) -> bool:
    """Whether a shape is not known."""
    if types is None:
        return True
    for shape in types.values():
        if shape is None:
            return True
    return False


def _are_equal(one: Any, other: Any) -> bool:
    """Whether two shapes are equal; for arrays ten times as fast as numpy says it."""
    try:
        return one.tolist() == other.tolist()
    except AttributeError:
        return np.array_equal(one, other)


def _owner(graph: "NIRGraph", end: str) -> str:
    """The node at an end of an edge: the nested graph for one of its ports."""
    return end if end in graph.nodes else end.rpartition(".")[0]


def _port(graph: "NIRGraph", end: str, kind: str) -> "Optional[NIRNode]":
    """The Input or Output of a nested graph that ``graph.port`` names."""
    if end in graph.nodes:
        return None
    outer, _, inner = end.rpartition(".")
    node = graph.nodes.get(outer)
    port = node.nodes.get(inner) if node is not None and _is_graph(node) else None  # type: ignore[attr-defined]
    return port if type(port).__name__ == kind else None


def _leaving(graph: "NIRGraph", end: str) -> Types:
    """The shapes that leave at an end of an edge."""
    node = graph.nodes.get(end) or _port(graph, end, "Output")
    return node.output_type  # type: ignore[union-attr]


def _arriving(graph: "NIRGraph", end: str) -> Types:
    """The shapes that arrive at an end of an edge."""
    node = graph.nodes.get(end) or _port(graph, end, "Input")
    return node.input_type  # type: ignore[union-attr]
