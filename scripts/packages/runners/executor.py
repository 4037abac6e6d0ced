"""Networks that nirtorch's `GraphExecutor` runs: Norse, Sinabs, Rockpool, snnTorch before 1.0."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from nirtorch.graph_executor import GraphExecutor

from .tape import Inputs, Tape

Watch = Callable[[str, torch.nn.Module], None]


def leaves(net: GraphExecutor, prefix: str = "") -> Iterator[tuple[str, torch.nn.Module]]:
    """Every module that stands for a node, with the path of the node, blocks entered."""
    for module, name in net.graph.module_names.items():
        if module is None or name is None:
            continue
        if isinstance(module, GraphExecutor):
            yield from leaves(module, f"{prefix}{name}.")
        else:
            yield prefix + name, module


def order(net: GraphExecutor, prefix: str = "") -> list[str]:
    """Paths of the nodes in the order in which they run; what was dropped has no module."""
    names: list[str] = []
    for node in net.execution_order:
        if node.elem is None:
            continue
        names.append(prefix + str(node.name))
        if isinstance(node.elem, GraphExecutor):
            names += order(node.elem, f"{prefix}{node.name}.")
    return names


def fed(net: GraphExecutor, names: dict[str, str]) -> str | None:
    """The node of the file that the input goes to."""
    made = str(net.execution_order[0].name)
    return names.get(made)


def first(value: Any) -> Any:
    """What a stateful module gives back is its output and its state."""
    return value[0] if isinstance(value, tuple) else value


def stepwise(net: torch.nn.Module, sequence: torch.Tensor, tape: Tape, batched: bool) -> None:
    """One call a step, the state handed over."""
    state = None
    for row in sequence:
        # A network with several Outputs returns one value for each, then the state.
        *outs, state = net(row[None] if batched else row, state)
        out = first(outs[0])
        if isinstance(out, torch.Tensor):
            tape.returned((out[0] if batched else out).numpy())
        tape.steps += 1


def sequence_for(net: GraphExecutor, inputs: Inputs, names: dict[str, str]) -> torch.Tensor:
    return torch.from_numpy(inputs.of(fed(net, names))).float()
