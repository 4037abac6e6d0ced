"""Graphs as pictures: nodes in layers from left to right, nested graphs unfolded."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any, Dict, List, Optional, Set, Tuple

from .text import shape, value

#: Graphs with more nodes than this are not drawn: nobody could read them.
LARGEST = 300

_LINE = 15  # height of a line of text
_GAP = 46  # between two layers
_SPACE = 16  # between two nodes of a layer
_MARGIN = 12
_LETTER = 6.6  # width of a letter
_FONT = "font-family='ui-monospace, monospace' font-size='11'"

#: Colours of the families of nodes.
_COLOURS = {
    "port": "#e8e8e8",
    "weight": "#dbe9f6",
    "neuron": "#fde3c8",
    "other": "#e3f2df",
    "graph": "#fafafa",
}
_FAMILIES = {
    **dict.fromkeys(("Input", "Output"), "port"),
    **dict.fromkeys(("Affine", "Linear", "Scale", "Conv1d", "Conv2d"), "weight"),
    **dict.fromkeys(("I", "LI", "IF", "LIF", "CubaLI", "CubaLIF", "Threshold"), "neuron"),
    "NIRGraph": "graph",
}


@dataclass
class _Box:
    """A node in its place; of a nested graph with what is in it."""

    title: str
    lines: List[str]
    family: str
    inner: "Optional[_Plan]"
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0


@dataclass
class _Plan:
    """A graph with everything in its place."""

    boxes: Dict[str, _Box] = field(default_factory=dict)
    edges: List[Tuple[str, str, bool]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def picture(graph: Any) -> Optional[str]:
    """The picture of a graph as SVG; ``None`` for graphs that are too large to be drawn."""
    if _size(graph) > LARGEST:
        return None
    plan = _plan(graph)
    width, height = plan.width + 2 * _MARGIN, plan.height + 2 * _MARGIN
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' "
        f"width='{width:.0f}' height='{height:.0f}' style='max-width: 100%; background: white'>",
        "<defs><marker id='nirkit-head' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='7' "
        "markerHeight='7' orient='auto'><path d='M0 0 L8 4 L0 8 z' fill='#666'/></marker></defs>",
    ]
    _draw(plan, _MARGIN, _MARGIN, parts)
    return "".join(parts) + "</svg>"


def _size(graph: Any) -> int:
    return sum(1 + (_size(node) if hasattr(node, "nodes") else 0) for node in graph.nodes.values())


def _plan(graph: Any) -> _Plan:
    """Puts nodes into layers: each stands behind all its sources, but for edges that lead back."""
    names = list(graph.nodes)
    edges = [(_owner(graph, source), _owner(graph, target)) for source, target in graph.edges]
    edges = [edge for edge in edges if edge[0] in graph.nodes and edge[1] in graph.nodes]
    back = _leading_back(names, edges)
    layer = _layers(names, [edge for edge in edges if edge not in back])
    plan = _Plan({name: _box(name, graph.nodes[name]) for name in names})
    plan.edges = [(source, target, (source, target) in back) for source, target in edges]
    columns: Dict[int, List[_Box]] = {}
    for name in names:
        columns.setdefault(layer[name], []).append(plan.boxes[name])
    heights = {
        at: sum(box.height for box in boxes) + _SPACE * (len(boxes) - 1)
        for at, boxes in columns.items()
    }
    plan.height = max(heights.values(), default=0.0) + (_SPACE if back else 0)
    x = 0.0
    for at in sorted(columns):
        boxes = columns[at]
        width = max(box.width for box in boxes)
        y = (plan.height - heights[at]) / 2
        for box in boxes:
            box.x, box.y = x + (width - box.width) / 2, y
            y += box.height + _SPACE
        x += width + _GAP
    plan.width = max(x - _GAP, 0.0)
    return plan


def _owner(graph: Any, end: str) -> str:
    return end if end in graph.nodes else end.rpartition(".")[0]


def _leading_back(names: List[str], edges: List[Tuple[str, str]]) -> Set[Tuple[str, str]]:
    """Edges that close a cycle, found by a walk in the order of the nodes."""
    following: Dict[str, List[str]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    back: Set[Tuple[str, str]] = set()
    done: Set[str] = set()
    open_: Set[str] = set()
    reached = {target for _, target in edges}
    for start in [name for name in names if name not in reached] + names:
        stack = [(start, iter(following.get(start, [])))] if start not in done else []
        open_.update(name for name, _ in stack)
        while stack:
            name, rest = stack[-1]
            reachable = next(rest, None)
            if reachable is None:
                stack.pop()
                open_.discard(name)
                done.add(name)
            elif reachable in open_:
                back.add((name, reachable))
            elif reachable not in done:
                open_.add(reachable)
                stack.append((reachable, iter(following.get(reachable, []))))
    return back


def _layers(names: List[str], edges: List[Tuple[str, str]]) -> Dict[str, int]:
    """The length of the longest way to each node, without cycles."""
    layer = dict.fromkeys(names, 0)
    missing = dict.fromkeys(names, 0)
    for _, target in edges:
        missing[target] += 1
    ready = [name for name in names if not missing[name]]
    following: Dict[str, List[str]] = {}
    for source, target in edges:
        following.setdefault(source, []).append(target)
    while ready:
        name = ready.pop()
        for target in following.get(name, []):
            layer[target] = max(layer[target], layer[name] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return layer


def _box(name: str, node: Any) -> _Box:
    kind = type(node).__name__
    family = _FAMILIES.get(kind, "other")
    if hasattr(node, "nodes"):
        inner = _plan(node)
        width = max(inner.width + 2 * _MARGIN, _text_width([name]))
        return _Box(name, [], family, inner, width, inner.height + 2 * _MARGIN + _LINE)
    lines = [f"{kind} {_shapes(node)}"]
    if family != "port":
        lines += [f"{entry} {value(content)}" for entry, content in _parameters(node)]
    width = _text_width([name, *lines])
    return _Box(name, lines, family, None, width, _LINE * (len(lines) + 1) + 8)


def _parameters(node: Any) -> List[Tuple[str, Any]]:
    hidden = ("type", "metadata", "shape", "input_shape", "input_type")
    return [(name, entry) for name, entry in node._entries().items() if name not in hidden]


def _shapes(node: Any) -> str:
    one, other = _only(node.input_type), _only(node.output_type)
    return one if one == other else f"{one} → {other}"


def _only(types: Any) -> str:
    return shape(next(iter(types.values()), None)) if types else "?"


def _text_width(lines: List[str]) -> float:
    return max(len(line) for line in lines) * _LETTER + 16


def _draw(plan: _Plan, x: float, y: float, parts: List[str]) -> None:
    for source, target, back in plan.edges:
        parts.append(_edge(plan.boxes[source], plan.boxes[target], back, x, y))
    for box in plan.boxes.values():
        left, top = x + box.x, y + box.y
        dash = " stroke-dasharray='4 3'" if box.inner else ""
        parts.append(
            f"<rect x='{left:.1f}' y='{top:.1f}' width='{box.width:.1f}' height='{box.height:.1f}' "
            f"rx='5' fill='{_COLOURS[box.family]}' stroke='#888'{dash}/>"
        )
        parts.append(_text(left + 8, top + _LINE, box.title, " font-weight='bold'"))
        for at, line in enumerate(box.lines):
            parts.append(_text(left + 8, top + _LINE * (at + 2), line, ""))
        if box.inner:
            _draw(box.inner, left + _MARGIN, top + _MARGIN + _LINE, parts)


def _text(x: float, y: float, text: str, style: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' {_FONT} fill='#222'{style}>{escape(text)}</text>"


def _edge(source: _Box, target: _Box, back: bool, x: float, y: float) -> str:
    style = "fill='none' stroke='#666' marker-end='url(#nirkit-head)'"
    if back:
        # Below the nodes, from the foot of the source to that of the target.
        x1, y1 = x + source.x + source.width / 2, y + source.y + source.height
        x2, y2 = x + target.x + target.width / 2, y + target.y + target.height
        low = max(y1, y2) + _SPACE
        return (
            f"<path d='M{x1:.1f} {y1:.1f} C{x1:.1f} {low:.1f} {x2:.1f} {low:.1f} {x2:.1f} {y2:.1f}' "
            f"{style} stroke-dasharray='3 3'/>"
        )
    x1, y1 = x + source.x + source.width, y + source.y + source.height / 2
    x2, y2 = x + target.x, y + target.y + target.height / 2
    bend = max((x2 - x1) / 2, 12)
    return (
        f"<path d='M{x1:.1f} {y1:.1f} C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} "
        f"{x2:.1f} {y2:.1f}' {style}/>"
    )
