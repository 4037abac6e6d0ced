import nirkit as nir
graph = nir.read("examples/small.nir")
graph.metadata["dt"] = 1e-4
graph.metadata["reset"] = "subtract"
nir.write("with_choices.nir", graph)
