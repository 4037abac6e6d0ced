"""Mutations of bytes, of text, of JSON and of numpy arrays."""

import json
import re
import struct

# Numbers at the ends of ranges, as they are typed.
NUMBERS = [
    "0", "-0.0", "1", "-1", "2", "3", "0.5", "1e-3", "127", "128", "-129", "255", "256", "65535", "65536", "16777217",
    "2147483647", "2147483648", "-2147483649", "4294967295", "4294967296", "4611686018427387904", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744073709551616",
    "1e9", "1e12", "1e18", "1e-12", "1e-300", "5e-324", "1e300", "1.7976931348623157e308", "1e309", "-1e300",
    "nan", "inf", "-inf", "0.1", "1e-4", "1000", "100000", "3000000", "30000000", "999999999",
]
# Numbers that a sound graph can have: what they lead to is computed and not refused.
USUAL = ["0", "1", "-1", "2", "3", "7", "0.5", "1e-3", "0.01", "127", "255", "1000", "1e-12", "1e9"]
JSON_VALUES = [
    "null", "true", "false", '""', '"x"', '"input"', '"1e3"', "[]", "{}", "[[]]", "[0]", "[null]", '{"a": 1}', "[1, 2, 3]",
    "[-1]", "[[1], [2, 3]]", "[4294967296, 4294967296]", "[9223372036854775807, 2]", "[65536, 65536, 65536]", "[1e300]",
    '"\\u0000"', '"\\u202e"', "[" * 200 + "]" * 200, '["x"]', "[[0, 0], [1, 1]]", "[" + ", ".join(["1"] * 300) + "]",
]
BYTES8 = [0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


def npy(shape, descr, data, version=(1, 0), header=None):
    text = header or f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}"
    text = text.encode("latin-1", "replace")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    length = struct.pack("<H", len(text) & 0xFFFF) if version[0] == 1 else struct.pack("<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def mutate_bytes(rng, data, other):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        if not data:
            return bytes(rng.randrange(256) for _ in range(rng.randrange(64)))
        at, kind = rng.randrange(len(data)), rng.randrange(10)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.randrange(256)
        elif kind <= 5:
            width = rng.choice((1, 2, 4, 8))
            at -= at % rng.choice((1, width))
            value = rng.choice(BYTES8) & ((1 << 8 * width) - 1)
            data[at : at + width] = value.to_bytes(width, rng.choice(("little", "little", "little", "big")))
        elif kind == 6:
            del data[at : at + rng.choice((1, 2, 8, 64, len(data)))]
        elif kind == 7:
            data[at:at] = data[rng.randrange(len(data)) :][: rng.choice((1, 8, 64, 512))]
        elif kind == 8 and other:
            start = rng.randrange(len(other))
            part = other[start : start + rng.choice((8, 64, 512))]
            data[at : at + len(part)] = part
        else:
            # Small differences of what stands there reach checks that large ones do not.
            width = rng.choice((1, 2, 4, 8))
            old = int.from_bytes(data[at : at + width], "little")
            new = (old + rng.choice((-8, -2, -1, 1, 2, 8))) & ((1 << 8 * width) - 1)
            data[at : at + width] = new.to_bytes(width, "little")
    return bytes(data)


TOKEN = re.compile(r"[A-Za-z_][\w.]*|[-+]?\d[\d.eE+-]*|\s+|->|.", re.DOTALL)
WORDS = ["graph", "unknown", "metadata", "extra", "storage", "Input", "Output", "LIF", "CubaLIF", "Conv2d", "Affine", "Delay", "Flatten",
    "f32", "f64", "i64", "u8", "bool", "c64", "f16", "->", "{", "}", "[", "]", ",", ":", "=", '"', "tensor", "@", "//", "\\", "\0", "\u202e"]  # fmt: skip


def mutate_text(rng, text, other):
    tokens = TOKEN.findall(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        if not tokens:
            return rng.choice(WORDS)
        solid = [at for at, token in enumerate(tokens) if token.strip()] or [0]
        numbers = [at for at in solid if tokens[at][-1].isdigit() and not tokens[at][0].isalpha()]
        at, kind = rng.choice(solid), rng.randrange(10)
        if kind <= 4 and numbers:
            tokens[rng.choice(numbers)] = rng.choice(NUMBERS)
        elif kind == 5:
            del tokens[at : at + rng.choice((1, 1, 2, 10))]
        elif kind == 6:
            tokens[at] = rng.choice(WORDS)
        elif kind == 7:
            tokens[at] = rng.choice(tokens)
        elif kind == 8:
            start = rng.randrange(len(tokens))
            tokens[at:at] = tokens[start : start + rng.choice((1, 4, 40))] * rng.choice((1, 1, 2, 50))
        elif other:
            lines = other.splitlines(keepends=True)
            tokens[at:at] = ["\n", rng.choice(lines), "\n"]
    return "".join(tokens)


FIELD = re.compile(r"(\w+): ([a-z]+\d+|bool)(\[[\d, ]*\])? (\[[][\d., eE+-]*\]|[-+.\deE]+)")
EDGE = re.compile(r"^ *([\w.]+(?: -> [\w.]+)+) *$", re.MULTILINE)


def mutate_values(rng, text):
    """The text form with another number, list, type, shape, field or edge: sound as a text, so that it comes to the verbs."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        fields, lines = list(FIELD.finditer(text)), list(EDGE.finditer(text))
        if not fields:
            return text
        found, kind = rng.choice(fields), rng.randrange(10)
        name, dtype, shape, value = found.groups()
        if kind <= 3:
            numbers = list(re.finditer(r"[-+]?\d[\d.eE+-]*", value))
            number = rng.choice(numbers) if numbers else None
            if number:
                value = value[: number.start()] + rng.choice(rng.choice((USUAL, NUMBERS))) + value[number.end() :]
        elif kind <= 5:
            # One number for all.
            value = rng.choice(rng.choice((USUAL, NUMBERS)))
        elif kind == 6:
            shape, value = rng.choice(("", "[1]", "[2]", "[3]", "[1, 2]", "[2, 2]", "[0]", "[2, 0]", "[1, 1, 3, 3]", "[30000000]", "[4294967296, 2]")), rng.choice(NUMBERS[:9])
        elif kind == 7:
            dtype = rng.choice(("f16", "f32", "f64", "i8", "u8", "i32", "i64", "u64", "bool"))
        elif kind == 8 and lines:
            nodes = [node for line in lines for node in line[1].split(" -> ")]
            line = rng.choice(lines)
            edge = f"  {rng.choice(nodes)} -> {rng.choice(nodes)}"
            text = text[: line.start()] + rng.choice(("", f"{line[0]}\n{edge}", edge)) + text[line.end() :]
            continue
        else:
            other = rng.choice(fields)
            field = rng.choice(("", other[0], f"{name}: {other[0].split(': ', 1)[1]}"))
            text = text[: found.start()] + field + text[found.end() :]
            continue
        text = text[: found.start()] + f"{name}: {dtype}{shape or ''} {value}" + text[found.end() :]
    return text


class Raw(str):
    """A piece of JSON that is written as it stands."""


def places(value, path=()):
    """Every place of a document: all keys, of long lists a few elements."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for at in [*range(min(len(value), 4)), *([len(value) - 1] if len(value) > 4 else [])]:
            yield from places(value[at], (*path, at))


def dump(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(inner)}" for key, inner in value.pairs) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return json.dumps(value)


# What is put in the place of each key, one by one: `None` takes the key out.
SYSTEMATIC = [
    None, "null", '"x"', "[]", "{}", "-1", "0", "1e300", "1e309", "NaN", "9223372036854775807", "18446744073709551616", "4294967295", "0.5", "true",
    "[" * 500 + "]" * 500, '{"a": ' * 300 + "0" + "}" * 300, "[4294967296, 4294967296]",
]  # fmt: skip


def replaced(document, place, text):
    """A document with a piece of JSON in a place of it, or nothing."""
    document = json.loads(json.dumps(document))
    *above, last = place
    holder = document
    for step in above:
        holder = holder[step]
    if text is None:
        del holder[last]
    else:
        holder[last] = Raw(text)
    return dump(document)


class Pairs:
    """An object whose keys may stand twice."""

    def __init__(self, pairs):
        self.pairs = pairs


def mutate_json(rng, text):
    document = json.loads(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        found = list(places(document))
        if not found:
            break
        *above, last = rng.choice(found)
        holder = document
        for step in above:
            holder = holder[step]
            if isinstance(holder, (Pairs, Raw)):
                break
        if not isinstance(holder, (dict, list)):
            continue
        old, kind = holder[last], rng.randrange(10)
        if kind <= 3:
            holder[last] = Raw(rng.choice(rng.choice((USUAL, USUAL, NUMBERS[:-11], NUMBERS))))
        elif kind <= 5:
            holder[last] = Raw(rng.choice(JSON_VALUES))
        elif kind == 6:
            del holder[last]
        elif kind == 7 and isinstance(old, list):
            holder[last] = rng.choice(([], old * 2, old[:-1], old + [old], [old], old * 40, old[:1] * 300, [0] * len(old)))
        elif kind == 7 and isinstance(old, dict):
            pairs = list(old.items())
            holder[last] = Pairs(pairs + [rng.choice(pairs)]) if pairs else [old]
        elif kind == 8 and isinstance(old, (int, float)) and not isinstance(old, bool):
            holder[last] = Raw(repr(rng.choice((old + 1, old - 1, -old, old * 2, old * 1000, old / 3, old * 2**31))))
        elif isinstance(holder, dict):
            holder[rng.choice(("name", "shape", "size", "weights", "input", "\0", "x", str(last) + "_"))] = old
        else:
            holder.insert(rng.randrange(len(holder) + 1), old)
    text = dump(document)
    if rng.random() < 0.15:
        text = mutate_text(rng, text, "")
    return text


DESCRS = ["|u1", "<f4", "<f8", ">f8", "<i8", "<u8", "|b1", "<f2", "<c8", "|S3", "<U4", "|O", "<M8[s]", "|V8", "<f16", "i4", "=f4", "<i3", "", "|u1x"]
SHAPES = ["(6, 2)", "(5, 2)", "(6,)", "()", "(2)", "(0, 2)", "(6, 0)", "(-1, 2)", "(6, 2,)", "[6, 2]", "(3000000, 2)", "(4294967296, 4294967296)",
    "(9223372036854775807, 2)", "(18446744073709551616,)", "(1, 6, 2)", "(6, 2, 1)", "(0, 9223372036854775807)", "(6.0, 2)", "(True, 2)", "(6, 2" ]  # fmt: skip


def mutate_npy(rng, data):
    kind = rng.choice((0, 2, 3, 4, 5, 5, 5))
    if kind == 0:
        return mutate_bytes(rng, data, b"")
    end = data.index(b"\n") + 1
    header, body = data[10:end].decode("latin-1"), data[end:]
    if kind == 2:
        header = mutate_text(rng, header, "")
    elif kind == 3:
        header = re.sub(r"\(.*?\)", lambda _: rng.choice(SHAPES), header, count=1)
    elif kind == 4:
        descr = rng.choice(DESCRS)
        header = re.sub(r"('descr': )'.*?'", lambda found: f"{found[1]}{descr!r}", header, count=1)
        body = body[: rng.randrange(len(body) + 1)] * rng.choice((1, 1, 8, 16)) if rng.random() < 0.5 else body * 8
    else:
        # Numbers that are no stimulus: huge, negative, not finite.
        usual = [number for number in NUMBERS if abs(float(number)) < 1e30]
        special = struct.pack("<d", float(rng.choice(rng.choice((usual, NUMBERS)))))
        count = max(1, len(body))
        header = re.sub(r"('descr': )'.*?'", r"\1'<f8'", header, count=1)
        body = b"".join(special if rng.random() < 0.3 else struct.pack("<d", rng.choice((0, 1, 2, 0.5))) for _ in range(count))
    version = rng.choice(((1, 0),) * 12 + ((2, 0), (3, 0), (9, 9), (0, 1)))
    return npy(None, None, body, version, header.rstrip("\n "))
