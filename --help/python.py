
import numpy as np
import nirkit as nir

graph = nir.read("net.nir")                    # as before; path, pathlib or open file
graph.nodes["lif1"].tau *= 2                   # attributes are numpy arrays
nir.write("slower.nir", graph)                 # complete under its name, or not at all

print(nir.check(graph))                        # everything that is wrong, with places and help
print(nir.check(graph, ["norse", "spyx"], dt=1e-4).platforms["norse@1.1.0"])

x = np.load("x.npy")                           # (T, *input shape)
found = nir.run(graph, x, "norse", dt=1e-4, record="all")
found["lif1"]                                  # spikes of lif1, (T, *shape)
found["lif1", "v"]                             # its voltages
found.plot(x)                                  # with matplotlib

from typing import Any
theirs: Any
graph = nir.from_nir(theirs)       # an object of the package `nir`; arrays are shared
theirs = nir.to_nir(graph)

import nirkit
nirkit.install_as_nir()            # before anything imports `nir`: now `import nir` is nirkit
import snntorch.export_nir
