"""Networks that nirtorch's `nir_to_torch` makes: torch.fx graph modules, blocks within blocks."""

from collections.abc import Iterator

import torch


def leaves(net: torch.nn.Module, prefix: str = "") -> Iterator[tuple[str, torch.nn.Module]]:
    """Every module that stands for a node, with the path of the node."""
    for name, module in net.named_children():
        if isinstance(module, (torch.fx.GraphModule, torch.nn.ModuleDict)):
            yield from leaves(module, f"{prefix}{name}.")
        else:
            yield prefix + name, module
