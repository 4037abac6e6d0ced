#!/usr/bin/env python3
"""Prints which order of fields, types and polarities the loaders of public packages give, as a table in Markdown.

    scripts/events/conventions.py NIR

NIR is the program; it writes a file of each format, with known events, that the packages read. Runs in an environment with the
packages of `check_readers.py`. What a package gives is looked at, not taken from its documentation.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

#: Time in microseconds, column, row, polarity; the first event is OFF, the second ON.
EVENTS = [(1000, 3, 7, 0), (2000, 5, 1, 1), (250_000, 6, 2, 1)]


def evlib(path):
    import evlib

    events = evlib.load_events(path, sort=False).collect()
    columns = {name: events[name] for name in events.columns}
    return [(name, str(column.dtype), column.to_list()) for name, column in columns.items()]


def eventcv(path):
    import eventcv

    events = eventcv.load(path, sensor_size=(64, 48)).numpy()
    return [(f"column {at}", str(events.dtype), events[:, at].tolist()) for at in range(events.shape[1])]


def faery(path):
    import faery

    return structured(faery.events_stream_from_file(path).to_array())


def aedat(path):
    import aedat

    return structured(np.concatenate([packet["events"] for packet in aedat.Decoder(path) if "events" in packet]))


def expelliarmus(path):
    from expelliarmus import Wizard

    encoding = Path(path).stem.split("_")[-1]
    return structured(Wizard(encoding=encoding, fpath=path).read())


def evt3(path):
    import evt3

    events = evt3.decode_file(path)
    names = ("x", "y", "timestamp", "polarity")
    return [(name, str(np.asarray(getattr(events, name)).dtype), np.asarray(getattr(events, name)).tolist()) for name in names]


def tonic(path):
    import tonic.io as io

    if path.endswith(".bin"):
        return structured(io.read_mnist_file(path, dtype=io.events_struct))
    return structured(io.read_aedat4(path))


def structured(events):
    return [(name, str(events.dtype[name]), events[name].tolist()) for name in events.dtype.names]


READERS = [
    ("tonic", tonic, ["aedat4", "nmnist"]),
    ("expelliarmus", expelliarmus, ["evt2", "dat"]),
    ("evlib", evlib, ["evt3", "aedat4"]),
    ("faery", faery, ["evt3", "aedat4"]),
    ("aedat", aedat, ["aedat4"]),
    ("evt3", evt3, ["evt3"]),
    ("eventcv", eventcv, ["evt3"]),
]
ENDINGS = {"aedat4": "aedat4", "nmnist": "bin", "evt2": "raw", "evt3": "raw", "dat": "dat"}


def role(values):
    """What a column holds, told by the known events."""
    for at, name in enumerate(("t in us", "x", "y")):
        if [float(value) for value in values if not hasattr(value, "total_seconds")] == [event[at] for event in EVENTS]:
            return name
    if all(hasattr(value, "total_seconds") for value in values):
        micro = [round(value.total_seconds() * 1e6) for value in values]
        return "t as a duration" if micro == [event[0] for event in EVENTS] else f"t, as {micro}"
    if len(set(values[1:])) == 1 and values[0] != values[1]:
        return f"p, OFF {values[0]}, ON {values[1]}"
    return f"other: {values}"


def main():
    nir = sys.argv[1]
    print("| package | format | fields in their order |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "events.csv")
        table.write_text("t,x,y,p\n" + "".join(f"{t},{x},{y},{p}\n" for t, x, y, p in EVENTS))
        for package, read, formats in READERS:
            for form in formats:
                path = str(Path(folder, f"events_{form}.{ENDINGS[form]}"))
                command = [nir, "events", "convert", str(table), path, "--to", form, "--size", "64x48", "--time-unit", "us"]
                subprocess.run(command, check=True, capture_output=True)
                try:
                    fields = [f"`{name}` ({role(values)}; {kind})" for name, kind, values in read(path)]
                except Exception as error:  # noqa: BLE001: whatever a package raises is its answer
                    fields = [f"{type(error).__name__}: {error}"]
                print(f"| {package} | {form} | {', '.join(fields)} |")


if __name__ == "__main__":
    main()
