"""The protocol of `nir conform`, for simulators with a Python interface.

A driver calls `serve` with a function: `run(graph, inputs, dt)` gets a graph of the package `nir`, a dictionary from the name
of each Input to an array (T, *shape), and the time step in seconds. It returns what arrives at the Output, (T, *shape), or a
dictionary with an array for each Output. Whatever it raises is a refusal; warnings are passed on.
"""

import json
import os
import sys
import warnings

import nir
import numpy as np


def serve(name, version, run):
    """Answers questions until the standard input ends."""
    # Whatever else prints, prints to the standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for line in sys.stdin:
        question = json.loads(line)
        if question["do"] == "hello":
            answer = {"name": name, "version": version}
        else:
            answer = {"id": question["id"], **_run(question, run)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _run(question, run):
    with warnings.catch_warnings(record=True) as told:
        # Warnings about the library itself say nothing of the graph.
        warnings.simplefilter("always")
        for category in (DeprecationWarning, FutureWarning, ResourceWarning):
            warnings.simplefilter("ignore", category)
        try:
            graph = nir.read(question["graph"])
            inputs = {node: np.load(path) for node, path in question["inputs"].items()}
            found = run(graph, inputs, question["dt"])
        except Exception as error:
            return {"refused": f"{type(error).__name__}: {error}".strip()}
    outputs = [key for key, node in graph.nodes.items() if isinstance(node, nir.Output)]
    if not isinstance(found, dict):
        if len(outputs) != 1:
            return {"refused": f"{len(outputs)} Outputs, and this driver returns one array"}
        found = {outputs[0]: found}
    answer = {"outputs": {key: _nested(array) for key, array in found.items()}}
    told = sorted({str(warning.message) for warning in told})
    return answer | ({"told": told} if told else {})


def _nested(array):
    """Nested lists; what is no number becomes null."""
    array = np.asarray(array, dtype=np.float64)
    if np.isfinite(array).all():
        return array.tolist()
    return np.where(np.isfinite(array), array, None).tolist()


def single(inputs):
    """The array of the only Input, in single precision."""
    if len(inputs) != 1:
        raise ValueError(f"{len(inputs)} Inputs, and this driver feeds one")
    return next(iter(inputs.values())).astype(np.float32)
