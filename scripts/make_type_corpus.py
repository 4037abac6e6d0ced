"""Make `crates/io/tests/types`: a file for each of many element types and ways of storage of HDF5, and what h5py reads of it.

`types.zlib` holds all files one after the other. `types.json` holds, for each of them in the same order,
its length in bytes, and dtype and bytes of what h5py reads, or `null` where it raises. Needs h5py and
numpy.
"""

import ctypes
import io
import json
import pathlib
import tempfile
import zlib

import h5py
import numpy as np
from h5py import h5d, h5f, h5p, h5s, h5t

FOLDER = pathlib.Path(__file__).parents[1] / "crates/io/tests/types"
NUMBERS = np.array([0.0, -0.0, 1.0, -1.5, 2.5, 0.1, 100.0, -2000.0, np.inf, -np.inf, np.nan, 3e-5, 6e4])


def integer(size, precision, offset, signed=True, big=False):
    base = {1: "1", 2: "2", 4: "4", 8: "8"}[size]
    kind = h5t.py_create(np.dtype((">" if big else "<") + ("i" if signed else "u") + base)).copy()
    kind.set_precision(precision)
    kind.set_offset(offset)
    return kind


def floating(size, fields, bias, big=False, base="<f8", norm=None, precision=None, offset=0):
    kind = h5t.py_create(np.dtype(base)).copy()
    sign, exponent, exponent_bits, mantissa, mantissa_bits = fields
    precision = precision or 8 * size
    if size <= kind.get_size():
        kind.set_fields(sign, exponent, exponent_bits, mantissa, mantissa_bits)
        kind.set_ebias(bias)
        kind.set_offset(0)
        kind.set_precision(precision)
        kind.set_size(size)
    else:
        kind.set_size(size)
        kind.set_precision(precision)
        kind.set_fields(sign, exponent, exponent_bits, mantissa, mantissa_bits)
        kind.set_ebias(bias)
    if offset:
        kind.set_offset(offset)
    if norm is not None:
        kind.set_norm(norm)
    if big:
        kind.set_order(h5t.ORDER_BE)
    return kind


IEEE32 = h5t.IEEE_F32LE


def at_offset(kind, fields, bias, precision, offset):
    """Fields that begin at the offset, and end behind what the precision counts from bit 0."""
    kind.set_fields(*fields)
    kind.set_offset(offset)
    kind.set_precision(precision)
    kind.set_ebias(bias)
    return kind


def ieee(size, **changes):
    fields = {2: (15, 10, 5, 0, 10), 4: (31, 23, 8, 0, 23), 8: (63, 52, 11, 0, 52)}[size]
    bias = {2: 15, 4: 127, 8: 1023}[size]
    fields = changes.pop("fields", fields)
    return floating(size, fields, changes.pop("bias", bias), **changes)


def types():
    """Element types by name."""
    for size, precision, offset in [
        (1, 8, 0), (1, 5, 0), (1, 4, 3), (1, 1, 7), (2, 12, 0), (2, 12, 4), (2, 9, 3), (4, 17, 0), (4, 24, 8),
        (4, 31, 1), (8, 40, 0), (8, 33, 17), (8, 63, 1), (8, 64, 0),
    ]:
        for signed in (True, False):
            for big in (False, True):
                if (size == 1 and big and (precision, offset) not in ((5, 0), (8, 0))) or (big and signed and size == 8):
                    continue
                name = f"{'i' if signed else 'u'}{8 * size} {precision} at {offset} {'big' if big else 'little'}"
                yield name, integer(size, precision, offset, signed, big)
    for size in (2, 4, 8):
        for big in (False, True):
            yield f"f{8 * size} {'big' if big else 'little'}", ieee(size, big=big)
    yield "f16 bias 10", ieee(2, bias=10)
    yield "f16 bias 20", ieee(2, bias=20)
    yield "f32 bias 100", ieee(4, bias=100)
    yield "f32 bias 126", ieee(4, bias=126)
    yield "f32 bias 128 big", ieee(4, bias=128, big=True)
    yield "f64 bias 1000", ieee(8, bias=1000)
    yield "f64 bias 1100", ieee(8, bias=1100)
    yield "f32 exponent 9 mantissa 22", ieee(4, fields=(31, 22, 9, 0, 22), bias=255)
    yield "f32 exponent 7 mantissa 24", ieee(4, fields=(31, 24, 7, 0, 24), bias=63)
    yield "f32 exponent 5 mantissa 10", ieee(4, fields=(15, 10, 5, 0, 10), bias=15)
    yield "f32 sign in front of the mantissa", ieee(4, fields=(23, 24, 8, 0, 23))
    yield "f32 sign lowest big", ieee(4, fields=(0, 24, 8, 1, 23), big=True)
    yield "f64 exponent 15 mantissa 48", ieee(8, fields=(63, 48, 15, 0, 48), bias=16383)
    yield "f64 exponent 8 mantissa 23 high", ieee(8, fields=(63, 55, 8, 32, 23), bias=127)
    yield "f64 exponent 11 mantissa 51", ieee(8, fields=(62, 51, 11, 0, 51))
    yield "bfloat16", floating(2, (15, 7, 8, 0, 7), 127)
    yield "bfloat16 big", floating(2, (15, 7, 8, 0, 7), 127, big=True)
    yield "f8 e4m3", floating(1, (7, 3, 4, 0, 3), 7)
    yield "f8 e5m2", floating(1, (7, 2, 5, 0, 2), 15)
    yield "f8 e4m3 big", floating(1, (7, 3, 4, 0, 3), 7, big=True)
    yield "f24", floating(3, (23, 16, 7, 0, 16), 63)
    yield "f48 big", floating(6, (47, 36, 11, 0, 36), 1023, big=True)
    yield "f32 20 bits at 7, fields behind", at_offset(IEEE32.copy(), (26, 20, 6, 7, 13), 31, 20, 7)
    yield "f32 24 bits at 8, fields behind", at_offset(IEEE32.copy(), (31, 25, 6, 8, 16), 31, 24, 8)
    yield "f32 24 bits at 8", floating(4, (23, 16, 7, 0, 16), 63, precision=24, offset=8)
    yield "f32 norm msb set", ieee(4, norm=h5t.NORM_MSBSET)
    yield "f32 norm none", ieee(4, norm=h5t.NORM_NONE)
    yield "f128", floating(16, (127, 112, 15, 0, 112), 16383)
    yield "f80", floating(16, (79, 64, 15, 0, 63), 16383, precision=80)
    for length in (1, 5):
        for padding in (h5t.STR_NULLTERM, h5t.STR_NULLPAD, h5t.STR_SPACEPAD):
            for charset in (h5t.CSET_ASCII, h5t.CSET_UTF8):
                kind = h5t.C_S1.copy()
                kind.set_size(length)
                kind.set_strpad(padding)
                kind.set_cset(charset)
                yield f"text {length} padding {padding} charset {charset}", kind
    yield "bit field", h5t.STD_B16LE
    yield "time", h5t.UNIX_D32LE
    yield "truth", h5t.py_create(np.dtype("?"), logical=True)


def stored(group, shape=(4, 4), whole=True, **options):
    """A dataset in chunks, all or half of it written."""
    made = group.create_dataset("value", shape, "f4", **options)
    if whole:
        made[...] = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    else:
        made[2:4, 0:2] = 1
    return made


def linked(out, group, path, chain=0):
    """A soft link to a dataset, by way of so many others."""
    out["store"] = np.arange(3.0)
    for number in range(chain):
        out[f"c{number}"] = h5py.SoftLink("/store" if number == 0 else f"/c{number - 1}")
    group["value"] = h5py.SoftLink(path)


def through_a_group(out, group):
    out.create_group("g")["w"] = np.arange(3.0)
    out["h"] = h5py.SoftLink("/./g")
    group["value"] = h5py.SoftLink("/h/./w")


def with_attribute(group, whole):
    stored(group, whole=whole, chunks=(2, 2)).attrs["_FillValue"] = np.float32(3)


def raw_chunks(group, shape):
    """A compressed dataset in chunks of 3 x 3, of which those that go beyond the shape are stored as they are."""
    library = next(pathlib.Path(h5py.__file__).parents[1].glob("h5py.libs/libhdf5-*"))
    plan = h5p.create(h5p.DATASET_CREATE)
    plan.set_chunk((3, 3))
    plan.set_deflate(5)
    # H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS, which h5py has no name for.
    assert ctypes.CDLL(str(library)).H5Pset_chunk_opts(ctypes.c_int64(plan.id), ctypes.c_uint(2)) >= 0
    made = h5d.create(group.id, b"value", h5t.IEEE_F32LE, h5s.create_simple(shape), plan)
    numbers = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    made.write(h5s.ALL, h5s.ALL, numbers)


def named_in_latin(group):
    """A group with a name that is not UTF-8 beside the value."""
    group["value"] = np.arange(4, dtype="f4")
    group.id.links.create_soft(b"na\xefve", b"value")


def storage():
    """Ways of storage by name: the form of the file, and what makes the value."""
    for form in ("earliest", "latest"):
        for name, options in {
            "grows along rows": {"maxshape": (8, 4), "chunks": (2, 2)},
            "grows along columns": {"maxshape": (4, 6), "chunks": (2, 2)},
            "grows within a chunk": {"maxshape": (4, 5), "chunks": (2, 5)},
            "grows without end": {"maxshape": (4, None), "chunks": (2, 2)},
            "fill value never": {"fillvalue": 7.5, "fill_time": "never"},
            "fill value never in chunks": {"fillvalue": 7.5, "fill_time": "never", "chunks": (2, 2)},
            "fill value at once": {"fillvalue": 7.5, "fill_time": "alloc", "chunks": (2, 2)},
            "fill value": {"fillvalue": 7.5, "chunks": (2, 2)},
        }.items():
            for whole in (True, False):
                title = f"{form}: {name}, {'whole' if whole else 'part'}"
                yield title, form, lambda out, group, whole=whole, options=options: stored(group, whole=whole, **options)
        yield (f"{form}: fill value never, nothing written", form,
               lambda _, group: group.create_dataset("value", (4,), "f4", fillvalue=7.5, fill_time="never"))
        for whole in (True, False):
            yield (f"{form}: fill value of netCDF, {'whole' if whole else 'part'}", form,
                   lambda _, group, whole=whole: with_attribute(group, whole))
        for path in ("/store", "/./store", "//store/", "/node/.././store", "/node/./../../store"):
            yield f"{form}: soft link {path}", form, lambda out, group, path=path: linked(out, group, path)
        for length in (1, 15, 16, 20):
            yield (f"{form}: {length + 1} soft links", form,
                   lambda out, group, length=length: linked(out, group, f"/c{length - 1}", length))
        yield f"{form}: soft links through a group", form, through_a_group
        yield f"{form}: a name in Latin-1", form, lambda _, group: named_in_latin(group)
        for addresses, lengths in ((4, 8), (8, 4), (4, 4)):
            yield (f"{form}: addresses of {addresses}, lengths of {lengths}", (form, addresses, lengths),
                   lambda _, group: group.create_dataset("value", data=np.arange(4, dtype="f4")))
    for shape in ((3, 3), (5, 5), (6, 6)):
        yield (f"latest: raw chunks beyond {shape[0]} x {shape[1]}", "latest",
               lambda _, group, shape=shape: raw_chunks(group, shape))


def values(kind, name):
    """Bytes to be stored: patterns for integers and odd floats, numbers where HDF5 converts them."""
    size, count = kind.get_size(), 13
    if isinstance(kind, h5t.TypeStringID):
        text = [b"", b"a", b"ab", b"a b", b"abc ", b"  x  ", b"ab\0cd", b"ab \0 ", b"abcdefg"] + [b"z"] * 4
        return b"".join(part[:size].ljust(size, b" " if "padding 2" in name else b"\0") for part in text)
    if name == "truth":
        return bytes([0, 1] * 6 + [1])
    generator = np.random.default_rng(len(name) * 1000 + size)
    patterns = generator.integers(0, 256, (count, size), np.uint8)
    if isinstance(kind, h5t.TypeFloatID):
        # Zero, infinity, the smallest numbers, and all bits set.
        patterns[0], patterns[1] = 0, 255
        patterns[2] = 0
        patterns[2, 0] = patterns[2, -1] = 1
        try:
            written = NUMBERS.astype("<f8")
            buffer = np.zeros(count * max(8, size), np.uint8)
            buffer[: count * 8] = written.view(np.uint8)
            h5t.convert(h5t.IEEE_F64LE, kind, count, buffer)
            patterns[3:] = buffer[: count * size].reshape(count, size)[3:]
        except Exception:
            pass
    return patterns.tobytes()


def described(dataset):
    try:
        array = dataset[()]
    except Exception:
        return None
    if array.dtype.kind == "S":
        return {"strings": [text.decode("latin1") for text in array.tolist()]}
    if array.dtype.kind not in "biuf":
        return {"dtype": str(array.dtype)}
    array = np.ascontiguousarray(array)
    return {"dtype": array.dtype.str, "bytes": array.tobytes().hex()}


def file(name, kind):
    """The bytes of a graph whose only node has a field of this type."""
    memory = io.BytesIO()
    with h5py.File(memory, "w", libver="latest" if len(name) % 2 else "earliest") as out:
        out["version"] = "1.0"
        group = out.create_group("node")
        group["type"] = "types"
        space = h5s.create_simple((13,))
        stored = h5d.create(group.id, b"value", kind, space)
        data = np.frombuffer(values(kind, name), np.uint8)
        stored.write(space, space, data.view(f"V{kind.get_size()}"), kind)
    return memory.getvalue()


def opened(path, form):
    """A new file of a form, perhaps with addresses and lengths of other sizes."""
    if isinstance(form, str):
        return h5py.File(path, "w", libver=form)
    form, addresses, lengths = form
    plan, access = h5p.create(h5p.FILE_CREATE), h5p.create(h5p.FILE_ACCESS)
    plan.set_sizes(addresses, lengths)
    access.set_libver_bounds(*(2 * (h5f.LIBVER_LATEST,) if form == "latest" else (h5f.LIBVER_EARLIEST, h5f.LIBVER_LATEST)))
    return h5py.File(h5f.create(str(path).encode(), h5f.ACC_TRUNC, fcpl=plan, fapl=access))


def stored_file(form, make):
    """The bytes of a graph whose only node has a field that is stored in some way."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "file.nir"
        with opened(path, form) as out:
            out["version"] = "1.0"
            group = out.create_group("node")
            group["type"] = "types"
            make(out, group)
        return path.read_bytes()


def main():
    FOLDER.mkdir(exist_ok=True)
    files, found = [], {}
    for name, kind in types():
        files.append(file(name, kind))
        with h5py.File(io.BytesIO(files[-1])) as read:
            found[name] = {"length": len(files[-1]), "read": described(read["node/value"])}
    for name, form, make in storage():
        files.append(stored_file(form, make))
        with h5py.File(io.BytesIO(files[-1])) as read:
            try:
                found[name] = {"length": len(files[-1]), "read": described(read["node/value"])}
            except (KeyError, RuntimeError):
                found[name] = {"length": len(files[-1]), "read": None}
    (FOLDER / "types.zlib").write_bytes(zlib.compress(b"".join(files), 9))
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(what)}" for name, what in found.items())
    (FOLDER / "types.json").write_text("{\n" + lines + "\n}\n")
    raised = sum(what["read"] is None for what in found.values())
    print(f"{len(found)} types and ways of storage, {raised} that h5py does not read")


if __name__ == "__main__":
    main()
