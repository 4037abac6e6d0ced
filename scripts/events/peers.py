"""One independent reader of event recordings, in an environment of its own.

    peers.py PACKAGE read FORMAT FILE TRUTH.csv     is it equal to the truth, event for event
    peers.py PACKAGE write FORMAT FILE TRUTH.csv    let the package write a file
    peers.py PACKAGE dump FORMAT FILE OUT.csv       what the package reads of a file

Prints one line of JSON. `check_readers.py` calls it.
"""

import json
import sys

import numpy as np

WIDTH, HEIGHT = 128, 96


def truth(path):
    """Columns x, y, t, p of a file with a header."""
    return np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64, ndmin=2)


def table(x, y, t, p):
    columns = [np.asarray(column).astype(np.int64).ravel() for column in (x, y, t, p)]
    return np.stack(columns, axis=1)


def structured(events, names=("x", "y", "t", "p")):
    return table(*(events[name] for name in names))


def read_evt3(form, path):
    import evt3

    events = evt3.decode_file(path)
    return table(events.x, events.y, events.timestamp, events.polarity)


def read_evlib(form, path):
    import evlib

    events = evlib.load_events(path, sort=False).collect()
    t = events["t"].dt.total_microseconds()
    return table(events["x"], events["y"], t, events["polarity"].to_numpy() > 0)


def read_eventcv(form, path):
    import eventcv

    events = eventcv.load(path, sensor_size=(WIDTH, HEIGHT)).numpy()
    return table(events[:, 0], events[:, 1], events[:, 2], events[:, 3] > 0)


def read_faery(form, path):
    import faery

    return structured(faery.events_stream_from_file(path).to_array(), ("x", "y", "t", "p"))


def read_aedat(form, path):
    import aedat

    packets = [packet["events"] for packet in aedat.Decoder(path) if "events" in packet]
    names = packets[0].dtype.names if packets else ()
    names = ("x", "y", "t", "on" if "on" in names else "p")
    return np.concatenate([structured(events, names) for events in packets])


def read_expelliarmus(form, path):
    from expelliarmus import Wizard

    return structured(Wizard(encoding=form, fpath=path).read())


def read_tonic(form, path):
    import tonic.io as io

    if form == "aedat4":
        return structured(io.read_aedat4(path))
    if form == "nmnist":
        return structured(io.read_mnist_file(path, dtype=io.events_struct))
    if form == "npy":
        events = np.load(path)
        # The transforms of tonic take arrays of this type.
        assert events.dtype == io.events_struct, events.dtype
        return structured(events)
    readers = {"aedat1": io.read_dvs_128, "aedat2": io.read_dvs_128, "aedat3": io.read_dvs_ibm}
    return structured(readers[form](path)[1])


def read_dv(form, path):
    import dv_processing as dv

    reader = dv.io.MonoCameraRecording(path)
    batches = []
    while (batch := reader.getNextEventBatch()) is not None:
        batches.append(structured(batch.numpy(), ("x", "y", "timestamp", "polarity")))
    return np.concatenate(batches)


def read_numpy(form, path):
    return structured(np.load(path))


def write_faery(form, path, events):
    import faery

    made = np.zeros(len(events), dtype=faery.EVENTS_DTYPE)
    made["x"], made["y"], made["t"], made["p"] = events.T
    stream = faery.events_stream_from_array(made, (WIDTH, HEIGHT))
    version = {"evt2": "evt2", "evt21": "evt2.1", "evt3": "evt3", "dat": "dat2"}.get(form)
    kind = {"evt2": "evt", "evt21": "evt", "evt3": "evt", "aedat4": "aedat"}.get(form, form)
    packed = ("zstd", 1) if form == "aedat4" else ("lz4", 1)
    stream.to_file(path, version=version, file_type=kind, zero_t0=False, compression=packed)


def write_expelliarmus(form, path, events):
    from expelliarmus import Wizard

    dtype = [("t", np.int64), ("x", np.int16), ("y", np.int16), ("p", np.uint8)]
    made = np.zeros(len(events), dtype=dtype)
    made["x"], made["y"], made["t"], made["p"] = events.T
    Wizard(encoding=form).save(path, made)


def write_dv(form, path, events):
    import dv_processing as dv

    store = dv.EventStore()
    for x, y, t, p in events.tolist():
        store.push_back(t, x, y, bool(p))
    config = dv.io.MonoCameraWriter.EventOnlyConfig("test", (WIDTH, HEIGHT))
    writer = dv.io.MonoCameraWriter(path, config)
    writer.writeEvents(store)
    del writer


def write_eventcv(form, path, events):
    import eventcv

    eventcv.from_numpy(events, sensor_size=(WIDTH, HEIGHT), time_unit="us").save(path)


def write_tonic(form, path, events):
    import tonic.io as io

    made = io.make_structured_array(*events.T)
    if form == "npz":
        np.savez_compressed(path, events=made)
    else:
        np.save(path, made)


def write_numpy(form, path, events):
    x, y, t, p = events.T
    np.savez_compressed(path, x=x.astype("u2"), y=y.astype("u2"), t=t / 1e6, p=p.astype(bool))


def main():
    package, work, form, path, other = sys.argv[1:]
    name = package.replace("-", "_").replace("dv_processing", "dv")
    try:
        if work == "write":
            globals()[f"write_{name}"](form, path, truth(other))
            result = {"done": True}
        elif work == "dump":
            events = globals()[f"read_{name}"](form, path)
            np.savetxt(other, events, fmt="%d", delimiter=",", header="x,y,t,p", comments="")
            result = {"events": len(events)}
        else:
            events, expected = globals()[f"read_{name}"](form, path), truth(other)
            result = {"events": len(events), "equal": bool(np.array_equal(events, expected))}
            if not result["equal"]:
                result["note"] = difference(events, expected)
    except Exception as error:  # noqa: BLE001: whatever a package raises is its answer
        result = {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
    print(json.dumps(result))


def difference(events, expected):
    """How two tables differ: their lengths, or the first row, and by how much time if only by time."""
    if len(events) != len(expected):
        return f"{len(events)} of {len(expected)} events"
    columns = [name for index, name in enumerate("xytp") if not np.array_equal(events[:, index], expected[:, index])]
    row = int(np.argmax((events != expected).any(axis=1)))
    return f"columns {', '.join(columns)} differ, first in row {row}: {events[row].tolist()}, not {expected[row].tolist()}"


if __name__ == "__main__":
    main()
