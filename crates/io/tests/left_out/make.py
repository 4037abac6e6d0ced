"""Makes the files of this folder: graphs beside which HDF5 holds what NIR has no place for.

    python make.py

The files were written with h5py 3.16. Needs h5py.
"""

import pathlib

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent


def graph(file):
    file["version"] = "1.0.8"
    node = file.create_group("node")
    node["type"] = "NIRGraph"
    node["edges"] = np.array([[b"input", b"output"]], dtype="S")
    for name, kind in [("input", "Input"), ("output", "Output")]:
        inner = node.create_group(f"nodes/{name}")
        inner["type"] = kind
        inner["shape"] = np.array([2])
    return node


for name, libver in [("attributes", None), ("attributes_latest", "latest")]:
    with h5py.File(HERE / f"{name}.nir", "w", libver=libver) as file:
        node = graph(file)
        file.attrs["author"] = "somebody"
        node["nodes/input/shape"].attrs["unit"] = np.arange(3)
        # More than eight leave the header.
        for number in range(20):
            node["nodes/output"].attrs[f"a{number}"] = "x" * 50
        node["nodes"].attrs["gone"] = 1
        del node["nodes"].attrs["gone"]

with h5py.File(HERE / "links.nir", "w") as file:
    node = graph(file)
    file["types/pair"] = np.dtype([("a", "i4"), ("b", "f8")])
    node["nodes/kind"] = np.dtype("f4")
    node["lost"] = h5py.SoftLink("/nowhere")
    file["same"] = h5py.SoftLink("/node/nodes/input/shape")
