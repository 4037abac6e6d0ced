"""Runs one package on many networks; it is started in the environment of that package.

    python worker.py RUNNER [FOLDER_FOR_IMPORTS]

Requests come as lines of JSON on standard input, answers go as lines of JSON to standard output.
What the package prints goes to standard error.
"""

import importlib
import importlib.metadata
import json
import os
import pathlib
import sys
import traceback
import warnings


def private_output():
    """Standard output for the answers alone: whatever else prints, prints to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def read_graph(path: str):
    """The graph, and why its types do not fit, where they do not."""
    import nir

    try:
        return nir.read(path), None
    except Exception as error:
        return nir.read(path, type_check=False), words(error)


def answer(runner, request: dict) -> dict:
    """Runs one network. The ending is told by the stage that was reached."""
    import numpy as np
    from runners.tape import Inputs, Tape

    result: dict = {"stage": "read"}
    tape = Tape()
    try:
        inputs = Inputs({name: np.load(path) for name, path in request["inputs"].items()})
        graph, fault = read_graph(request["graph"])
        if fault:
            result["type_check_failed"] = fault
        result["stage"] = "import"
        built = runner.build(graph, request["dt"], inputs, **request["options"])
        result["stage"] = "first step"
        runner.run(built, request["dt"], inputs, tape, request["batched"])
        result["stage"] = "end"
    except Exception as error:
        result["error"] = words(error)
        result["trace"] = traceback.format_exc()[-2000:]
    if "error" in result and tape.steps:
        result["stage"] = f"step {tape.steps + 1}"
    result |= tape.facts
    result["refused"] = "error" in result
    result["files"] = (
        [] if result["refused"] else save(tape.arrays(), pathlib.Path(request["output"]))
    )
    return result


def save(arrays: dict, folder: pathlib.Path) -> list[str]:
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    return sorted(f"{name}.npy" for name in arrays)


def versions(names: list[str]) -> dict[str, str]:
    return {name: importlib.metadata.version(name).split("+")[0] for name in names}


def main() -> None:
    answers = private_output()
    warnings.filterwarnings("ignore")
    sys.path[:0] = sys.argv[2:]
    runner = importlib.import_module(f"runners.{sys.argv[1]}")
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "versions":
            result = versions(request["names"])
        else:
            request.setdefault("batched", getattr(runner, "BATCHED", False))
            request["options"] = {
                name: request.get("options", {}).get(name, usual)
                for name, usual in runner.OPTIONS.items()
            }
            result = {"options": request["options"]} | answer(runner, request)
        answers.write(json.dumps(result, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
