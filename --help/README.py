
import numpy as np
import nirkit as nir      # the API of `nir`, plus check, run, compare, eval, lower, diff, opt

graph = nir.read("net.nir")
print(nir.check(graph, ["norse", "spyx"], dt=1e-4))
x = np.load("x.npy")      # (T, *input shape)
spikes = nir.run(graph, x, "norse", dt=1e-4)["lif1"]
