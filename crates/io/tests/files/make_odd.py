"""Make `odd.nir`: one of everything that h5py stores in a way of its own. Needs h5py."""

import pathlib

import h5py
import numpy as np

INTEGERS = ["i1", "u1", *(order + kind + size for order in "<>" for kind in "iu" for size in "248")]
FLOATS = [order + kind for order in "<>" for kind in ("f2", "f4", "f8")]
COMPLEX = [order + kind for order in "<>" for kind in ("c8", "c16")]

with h5py.File(pathlib.Path(__file__).with_name("odd.nir"), "w") as file:
    group = file.create_group("group")
    group["bool"] = np.array([[True, False, True]])
    for dtype in INTEGERS:
        limits = np.iinfo(dtype)
        group.create_dataset(f"number {dtype}", data=np.array([[limits.min, 1], [2, limits.max]], dtype))
    for dtype in FLOATS:
        limits = np.finfo(dtype)
        values = [[-0.0, np.nan, np.inf], [float(limits.max), float(limits.smallest_subnormal), -1.5]]
        group.create_dataset(f"number {dtype}", data=np.array(values).astype(dtype))
    for dtype in COMPLEX:
        group.create_dataset(f"number {dtype}", data=np.array([1 - 2j, -0.0 + 3j]).astype(dtype))

    group["scalar f4"] = np.float32(1.5)
    group["scalar bool"] = True
    group["scalar c16"] = 1 + 2j
    group["empty i4"] = np.zeros((0, 3), "i4")
    group.create_dataset("empty strings", shape=(0, 2), dtype=h5py.string_dtype())

    group["text"] = "héllo"
    group.create_dataset("text ascii", data="hello", dtype=h5py.string_dtype("ascii"))
    group["text fixed"] = np.bytes_(b"abc")
    group.create_dataset("text fixed utf-8", data=np.array("hé".encode(), h5py.string_dtype("utf-8", 5)))
    group["text fixed array"] = np.array([[b"a", b"bcd"], [b"", b"x"]], "S4")
    group.create_dataset("text array", data=[["a", "b"], ["", "ü"]], dtype=h5py.string_dtype())

    numbers = np.arange(3000, dtype="f4").reshape(30, 100)
    group.create_dataset("lzf", data=numbers[:, ::10], compression="lzf", shuffle=True, chunks=(7, 3))
    numbers = np.arange(300, dtype=">i2").reshape(3, 100)
    group.create_dataset("gzip", data=numbers, compression="gzip", shuffle=True, fletcher32=True, chunks=(2, 33))
    group.create_dataset("unwritten", shape=(4,), dtype="f4", fillvalue=2.5)
    group.create_dataset("can grow", data=np.arange(5), maxshape=(None,))
    group["hard link"] = group["text"]
    group["soft link"] = h5py.SoftLink("/group/scalar f4")
    group["soft link to nowhere"] = h5py.SoftLink("/nowhere")
