#!/usr/bin/env python3
"""Makes the sets of spike lists that the tests and the documentation read.

    scripts/events/make_spike_lists.py

Needs h5py, numpy and PyTables. The layout is that of the Spiking Heidelberg Digits and the Spiking Speech Commands: lists of
different lengths, a group `extra` beside them. Writes `examples/shd.h5` and `crates/io/tests/spike_lists/*.h5`.
"""

import pathlib

import h5py
import numpy as np
import tables

ROOT = pathlib.Path(__file__).resolve().parents[2]
TESTS = ROOT / "crates/io/tests/spike_lists"

SAMPLES = 6


def sample(index):
    """Times in 1/1024 s and units of a sample of the tests; the first has no spike. The test has the same formula."""
    count = 7 * ((5 * index) % 6)
    ticks = [16 * (k // 2) + index for k in range(count)]
    units = [(3 * k + index) % 20 for k in range(count)]
    return ticks, units


def write_lists(group, name, dtype, lists, **options):
    kind = h5py.vlen_dtype(np.dtype(dtype))
    dataset = group.create_dataset(name, (len(lists),), dtype=kind, **options)
    for index, values in enumerate(lists):
        dataset[index] = np.array(values).astype(dtype)


def write_extra(file, samples):
    """What the data sets have besides spikes and labels."""
    extra = file.create_group("extra")
    extra["speaker"] = np.arange(samples, dtype=np.uint16) % 4
    extra["keys"] = np.array([b"null", b"eins", b"two"])
    info = extra.create_group("meta_info")
    info["gender"] = np.array([b"female", b"male"])


def write(name, times, units, scale=1 / 1024, labels="u2", extra=False, library=None, user_block=0, **options):
    options = {"chunks": (4,), "maxshape": (None,), **options}
    with h5py.File(TESTS / name, "w", libver=library, userblock_size=user_block) as file:
        spikes = file.create_group("spikes")
        lists = [sample(index) for index in range(SAMPLES)]
        write_lists(spikes, "times", times, [np.array(ticks) * scale for ticks, _ in lists], **options)
        write_lists(spikes, "units", units, [units for _, units in lists], **options)
        if labels:
            file["labels"] = np.array([index % 3 for index in range(SAMPLES)], labels)
        if extra:
            write_extra(file, SAMPLES)


def write_with_pytables(name):
    with tables.open_file(str(TESTS / name), "w") as file:
        spikes = file.create_group("/", "spikes")
        times = file.create_vlarray(spikes, "times", tables.Float16Atom(), chunkshape=8)
        units = file.create_vlarray(spikes, "units", tables.UInt16Atom(), chunkshape=8)
        for index in range(SAMPLES):
            ticks, channels = sample(index)
            times.append(np.array(ticks, np.float64).astype(np.float16) / np.float16(1024))
            units.append(np.array(channels, np.uint16))
        file.create_array("/", "labels", np.array([index % 3 for index in range(SAMPLES)], np.uint8))


def write_example():
    """Three classes of which each has channels of its own, with some spikes on others: 12 samples of 0.2 s, 21 channels."""
    random = np.random.default_rng(21)
    lists, labels = [], []
    for index in range(12):
        label = int(random.integers(3))
        count = int(random.integers(90, 130))
        own = 7 * label + random.integers(7, size=count)
        units = np.where(random.random(count) < 0.85, own, random.integers(21, size=count))
        times = np.sort(random.random(count) * 0.2)
        lists.append((times, units))
        labels.append(label)
    with h5py.File(ROOT / "examples/shd.h5", "w") as file:
        spikes = file.create_group("spikes")
        write_lists(spikes, "times", "f2", [times for times, _ in lists], maxshape=(None,), chunks=(12,))
        write_lists(spikes, "units", "u2", [units for _, units in lists], maxshape=(None,), chunks=(12,))
        file["labels"] = np.array(labels, np.uint16)
        write_extra(file, len(labels))


TESTS.mkdir(exist_ok=True)
write("h5py.h5", "<f2", "<u2", extra=True)
write("gzip_user_block.h5", "<f8", "<i8", labels="i8", user_block=512, compression="gzip")
write("latest_big_endian.h5", ">f4", "u1", library="latest")
write("whole_microseconds.h5", "<i4", "<u4", scale=1000, labels=None, chunks=None, maxshape=None)
write_with_pytables("pytables.h5")
write_example()
