"""Write down what h5py finds in the files of this folder, for the tests to hold against.

    python describe.py > h5py.json

The files were written with h5py 3.16 and nir 1.0.8. Needs h5py.
"""

import json
import pathlib

import h5py
import numpy as np


def describe(dataset):
    text = h5py.check_string_dtype(dataset.dtype)
    entry = {"shape": list(dataset.shape)}
    values = np.asarray(dataset[()])
    if text is None:
        entry["dtype"] = dataset.dtype.str
        entry["bytes"] = values.tobytes().hex()
    else:
        entry["charset"] = text.encoding
        entry["length"] = text.length
        entry["strings"] = [string.decode() for string in values.ravel().tolist()]
    return entry


def visit(group, place, found):
    """Walk by links, as visititems shows an object with two names only once."""
    for name in group:
        item = group.get(name)
        if isinstance(item, h5py.Group):
            visit(item, f"{place}/{name}", found)
        elif isinstance(item, h5py.Dataset):
            found[f"{place}/{name}"] = describe(item)


files = {}
for path in sorted(pathlib.Path(__file__).parent.glob("*.nir")):
    found = files[path.name] = {}
    with h5py.File(path, "r") as file:
        visit(file, "", found)
print(json.dumps(files, indent=1, sort_keys=True, ensure_ascii=True))
