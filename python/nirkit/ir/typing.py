"""Names for the parts of a graph."""

from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .node import NIRNode

#: Nodes by their name. Their kinds, and so their attributes, are known only when a program runs.
Nodes = Dict[str, Any]
#: Pairs of names: the output of the first goes to the input of the second.
Edges = List[Tuple[str, str]]
#: Shapes by the name of a port; ``None`` where a shape is not known yet.
Types = Dict[str, Optional[np.ndarray]]

__all__ = ["Edges", "NIRNode", "Nodes", "Types"]
