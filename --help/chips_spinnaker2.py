from typing import Any
import numpy as np
snn: Any
document: Any
pops = {p["name"]: snn.Population(p["size"], p["neuron_model"], p["params"], name=p["name"], record=p["record"])
        for p in document["populations"]}
projs = [snn.Conv2DProjection(pops[p["pre"]], pops[p["post"]], np.array(p["weights"], np.int8), p["params"]) if "params" in p
         else snn.Projection(pops[p["pre"]], pops[p["post"]], p["connections"]) for p in document["projections"]]
