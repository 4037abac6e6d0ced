"""Make files that demand too much or lead in circles. Needs h5py."""

import pathlib

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).parent


def create(name):
    file = h5py.File(FOLDER / f"{name}.nir", "w", libver="latest" if name == "deep" else None)
    file["version"] = "1.0.8"
    node = file.create_group("node")
    node["type"] = "NIRGraph"
    node.create_group("nodes")
    return file, node


# One gigabyte of zeros in chunks that h5py compresses a thousand times; the dataset has one chunk
# only, as the others need not be stored to be demanded.
file, node = create("bomb")
chunk = 1 << 24
bomb = node.create_dataset("bomb", shape=(1 << 28,), dtype="f4", chunks=(chunk,), compression=9)
bomb[:chunk] = np.zeros(chunk, "f4")
file.close()

# A shape that no machine can hold, without a byte behind it.
file, node = create("shape")
node.create_dataset("vast", shape=(1 << 30, 1 << 30), dtype="f8", chunks=(1024, 1024))
file.close()

# A product of axes beyond 64 bits.
file, node = create("overflow")
node.create_dataset("vast", shape=(1 << 40, 1 << 40, 0), maxshape=(None, None, None), dtype="f8")
file.close()

# Groups that contain each other.
file, node = create("circle")
node["nodes/again"] = node
file.close()
file, node = create("soft_circle")
node["nodes/again"] = h5py.SoftLink("/node")
node["a"] = h5py.SoftLink("/node/b")
node["b"] = h5py.SoftLink("/node/a")
file.close()

# Few groups with very many paths: ten links in each of twelve groups to the next.
file, node = create("laughs")
below = node.create_group("metadata")
for level in range(12):
    group = file.create_group(f"level{level}")
    for link in range(10):
        below[f"link{link}"] = group
    below = group
file.close()

# Groups inside each other.
file, node = create("deep")
group = node
for _ in range(300):
    group = group.create_group("g")
file.close()

# A link into another file, and a dataset with its values in another file.
file, node = create("external_link")
node["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/")
file.close()
file, node = create("external_values")
node.create_dataset("elsewhere", shape=(4,), dtype="u1", external=[("/etc/passwd", 0, 4)])
file.close()

# What h5py stores and we do not read.
file, node = create("compound")
node["pair"] = np.zeros(3, [("a", "i4"), ("b", "f8")])
file.close()
file, node = create("reference")
node.create_dataset("reference", data=node.ref, dtype=h5py.ref_dtype)
file.close()
file, node = create("null")
node["null"] = h5py.Empty("f4")
file.close()
file, node = create("not_utf8")
node["text"] = np.bytes_(b"\xff\xfe")
file.close()
file, node = create("virtual")
layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(4,))
node.create_virtual_dataset("virtual", layout)
file.close()

# Lengths of 4 bytes, which the decoder takes for 8 where strings are stored.
plist = h5py.h5p.create(h5py.h5p.FILE_CREATE)
plist.set_sizes(8, 4)
file = h5py.File(h5py.h5f.create(str(FOLDER / "lengths.nir").encode(), h5py.h5f.ACC_TRUNC, fcpl=plist))
file["version"] = "1.0.8"
file.create_group("node")["type"] = "NIRGraph"
file.close()
