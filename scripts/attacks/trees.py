"""Mutations of HDF5 files by meaning: the file is sound HDF5, written by h5py, and what it holds is odd."""

import math
import shutil

import h5py
import numpy as np

NAMES = ["a.b", "..", ".", "input", "output", "nodes", "edges", "type", "\u202e", "\x1b[2J", "a" * 3000, "ä", "x y", "node", "0", "->", '"', "\\", "graph"]
KINDS = [
    "NIRGraph", "Input", "Output", "Affine", "Linear", "Scale", "Conv1d", "Conv2d", "Delay", "Flatten", "I", "IF", "LI", "LIF", "CubaLI", "CubaLIF",
    "SumPool2d", "AvgPool2d", "Threshold", "NIRNodeData", "EventData", "TimeGriddedData", "ValuedEventData", "NIRGraphData", "", "lif", "\u202e", "X" * 5000,
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 3, 0.5, 1e-3, 127, 255, 65536, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), 1e-300, 5e-324, 1e300, np.nan, np.inf, -np.inf]
DTYPES = ["u1", "i1", "u2", "<i4", ">i4", "<i8", "<u8", "<f2", "<f4", ">f4", "<f8", ">f8", "?", "<c8", "<c16", "S1", "S7", "f16"]
SHAPES = [(), (0,), (1,), (2,), (3,), (5,), (1, 1), (2, 2), (3, 2), (0, 3), (1, 2, 3), (2, 1, 3, 3), (2,) * 9, (1,) * 32, (4000,)]
HUGE = [(2**31,), (2**32,), (2**40,), (2**62,), (2**63 - 1,), (2**32, 2**31), (2**20, 2**20, 2**20), (30_000_000,), (0, 2**62), (70_000, 70_000)]


def array(rng):
    """An array of an odd type and shape, with odd numbers."""
    dtype, shape = np.dtype(rng.choice(DTYPES)), rng.choice(SHAPES)
    if dtype.kind == "S":
        return np.full(shape, rng.choice(KINDS).encode()[:7], dtype)
    with np.errstate(all="ignore"):
        values = np.array([rng.choice(NUMBERS) for _ in range(int(np.prod(shape)) or 1)], "f8")
        return np.resize(values.astype(dtype), shape)


def replace(rng, parent, name):
    """Another dataset in the place of something."""
    if name in parent:
        del parent[name]
    kind = rng.randrange(11)
    if kind <= 2:
        parent[name] = array(rng)
    elif kind == 3:
        shape = rng.choice(HUGE)
        chunks = tuple(max(1, min(length, 16)) for length in shape)
        more = rng.choice(({}, {"compression": "gzip"}, {"shuffle": True}, {"fillvalue": 1}))
        if math.prod(-(-length // chunk) for length, chunk in zip(shape, chunks)) > 1 << 22:
            # Without a limit the places of chunks are not reserved: gigabytes in the newer forms of HDF5.
            more = {**more, "maxshape": (None,) * len(shape)}
        parent.create_dataset(name, shape, rng.choice(("u1", "<f4", "<f8")), chunks=chunks, **more)
    elif kind == 4:
        parent.create_dataset(name, data=array_of(rng, (40, 30)), chunks=rng.choice(((1, 1), (7, 30), (40, 30))), **rng.choice(FILTERS))
    elif kind == 5:
        parent[name] = rng.choice(KINDS)
    elif kind == 6:
        parent.create_dataset(name, data=np.array(rng.choice(KINDS).encode() or b"x", f"S{rng.choice((1, 3, 8, 6000))}"))
    elif kind == 7:
        parent.create_dataset(name, data=[rng.choice(KINDS) for _ in range(rng.choice((1, 2, 50)))], dtype=h5py.string_dtype(rng.choice(("utf-8", "ascii"))))
    elif kind == 8:
        parent[name] = h5py.Empty(rng.choice(("f4", "i8", "S5")))
    elif kind == 9:
        parent.create_dataset(name, data=odd_type(rng, parent))
    else:
        parent.create_dataset(name, data=np.full(rng.choice(((2,), (2, 2), ())), rng.choice(NUMBERS), "f8"), maxshape=None)


def numbers(rng, file, name):
    """Other numbers in the same place, of the same type and shape, or of one that is as good."""
    old = file[name]
    if old.shape is None or old.dtype.kind not in "fiub" or old.size > 100_000:
        return
    values, old_dtype = old[()], old.dtype
    with np.errstate(all="ignore"):
        new = np.array(values, copy=True).reshape(-1)
        for _ in range(rng.choice((1, 1, 3, 100))):
            if new.size:
                new[rng.randrange(new.size)] = np.array(rng.choice(NUMBERS), "f8").astype(old_dtype)
        if rng.random() < 0.1:
            new[:] = np.array(rng.choice(NUMBERS), "f8").astype(old_dtype)
        new = new.reshape(np.shape(values))
        if rng.random() < 0.2:
            new = new.astype(rng.choice(DTYPES[:13]))
    if rng.random() < 0.1:
        new = new.reshape((1, *new.shape)) if rng.random() < 0.5 else new.reshape(-1)
    parent, last = file[name].parent, name.rsplit("/", 1)[-1]
    del parent[last]
    more = {} if new.ndim == 0 or new.size == 0 or rng.random() < 0.7 else rng.choice(FILTERS[:4])
    parent.create_dataset(last, data=new, **more)


FILTERS = [
    {"compression": "gzip"}, {"compression": "lzf"}, {"shuffle": True}, {"fletcher32": True}, {"scaleoffset": 2},
    {"compression": "gzip", "shuffle": True, "fletcher32": True}, {"compression": "gzip", "compression_opts": 9},
]  # fmt: skip


def array_of(rng, shape):
    return np.full(shape, rng.choice((0, 1, 0.5, np.nan)), rng.choice(("<f4", "<f8")))


def odd_type(rng, parent):
    kind = rng.randrange(5)
    if kind == 0:
        return np.zeros(2, [("a", "f4"), ("b", "S3")])
    if kind == 1:
        return np.array([1, 2], h5py.enum_dtype({"A": 1, "B": 2}, "i4"))
    if kind == 2:
        return np.array([parent.ref, parent.ref], h5py.ref_dtype)
    if kind == 3:
        return np.array([np.arange(3.0), np.arange(2.0)], dtype=object).astype(h5py.vlen_dtype("f8"))
    return np.zeros(2, np.dtype("f4, (2,2)f8"))


def edges(rng, parent, name):
    """Another list of edges."""
    if name in parent:
        del parent[name]
    known = [str(child) for child in parent.get("nodes", {})] or ["a"]
    names = known + ["input", "output", "nobody", "", "a.b"]
    count = rng.choice((0, 1, 5, 5, 2000))
    width = rng.choice((2, 2, 2, 1, 3))
    rows = [[rng.choice(names if rng.random() < 0.1 else known) for _ in range(width)] for _ in range(count)]
    parent.create_dataset(name, data=np.array(rows, dtype=object).reshape(count, width), dtype=h5py.string_dtype())


def nest(rng, parent, name):
    """Groups, or graphs, in each other."""
    depth, graphs = rng.choice((3, 30, 60, 120, 140, 600)), rng.random() < 0.5
    group = parent.require_group(name) if name not in parent or isinstance(parent[name], h5py.Group) else parent
    for _ in range(depth):
        if graphs:
            if "type" not in group:
                group["type"] = "NIRGraph"
            group = group.require_group("nodes").create_group("g") if "nodes" not in group or "g" not in group["nodes"] else group["nodes"]["g"]
        else:
            group = group.require_group("g") if "g" not in group or isinstance(group["g"], h5py.Group) else group


def link(rng, file, parent, name):
    """A link where something stood."""
    if name in parent:
        del parent[name]
    kind = rng.randrange(5)
    if kind == 0:
        parent[name] = h5py.SoftLink(rng.choice(("/", "/nowhere", "/node", "..", parent.name, f"{parent.name}/{name}")))
    elif kind == 1:
        parent[name] = h5py.ExternalLink(rng.choice(("/etc/passwd", "m.nir", "")), "/node")
    elif kind == 2:
        parent[name] = parent
    elif kind == 3:
        parent[name] = file["/"]
    else:
        others = [other for other in parent.values() if other is not None]
        parent[name] = rng.choice(others) if others else parent


def attribute(rng, place):
    name = rng.choice(["version", "type", "x", "\u202e", *NAMES[:4]])
    value = rng.choice((array(rng), rng.choice(KINDS), h5py.Empty("f4"), np.zeros(7000, "f8"), np.bytes_(b"\xff\xfe")))
    place.attrs[name] = value


def mutate_tree(rng, seed, path):
    """Writes a mutant of a file; whatever h5py refuses to write stays as it was."""
    shutil.copy(seed, path)
    with h5py.File(path, "r+") as file:
        for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
            try:
                once(rng, file)
            except (ValueError, KeyError, TypeError, OSError, RuntimeError, AttributeError, OverflowError, NotImplementedError):
                continue


def once(rng, file):
    found = []
    # A circle of links would never end.
    file.visit(lambda name: found.append(name) if len(found) < 2000 else True)
    name = rng.choice(found or ["node"])
    parent = file[name].parent
    last, kind = name.rsplit("/", 1)[-1], rng.randrange(24)
    if kind >= 16:
        datasets = [other for other in found if isinstance(file.get(other), h5py.Dataset)] or [name]
        numbers(rng, file, rng.choice(datasets))
    elif kind <= 6:
        datasets = [other for other in found if isinstance(file.get(other), h5py.Dataset)] or [name]
        name = rng.choice(datasets)
        replace(rng, file[name].parent, name.rsplit("/", 1)[-1])
    elif kind == 7:
        del parent[last]
    elif kind == 8:
        parent.move(last, rng.choice(NAMES))
    elif kind == 9:
        replace(rng, parent, rng.choice(["input_type", "weight", "bias", "metadata", "v_reset", "shape", *NAMES]))
    elif kind == 10:
        lists = [other for other in found if other.endswith("edges")] or [name]
        name = rng.choice(lists)
        edges(rng, file[name].parent, name.rsplit("/", 1)[-1])
    elif kind == 11:
        nest(rng, parent, last)
    elif kind == 12:
        link(rng, file, parent, last)
    elif kind == 13:
        attribute(rng, file[name])
    elif kind == 14:
        types = [other for other in found if other.endswith("type")] or [name]
        name = rng.choice(types)
        parent = file[name].parent
        del parent["type"]
        parent["type"] = rng.choice(KINDS)
    else:
        for copy in range(rng.choice((1, 3, 40))):
            # A group that holds a link to one above it doubles the file each time.
            if file.id.get_filesize() > 16 << 20:
                break
            parent.copy(last, f"{last}_{copy}")
