from typing import Any
net: Any
import nir
import torch
from snntorch.export_nir import export_to_nir

nir.write("net.nir", export_to_nir(net, torch.zeros(16)))     # zeros: an input of one time step

import numpy as np
import nirkit
graph = nirkit.read("examples/snntorch/net.nir")
x, labels = np.load("examples/snntorch/samples.npy"), np.load("examples/snntorch/labels.npy")
folded, changes = nirkit.opt(graph, ["fold_gain"])
print(nirkit.eval(folded, x, labels, ["snntorch", "norse", "loihi2"], dt=1e-4))
