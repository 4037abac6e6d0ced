#!/usr/bin/env python3
"""Packs recordings of real packages into archives for the tests.

usage: pack_recordings.py FOLDER ARCHIVE [--only NAME]...

FOLDER holds a folder for each case: graph.nir, input.npy (input.<node>.npy for each of several Inputs), case.json, <run>/<node>.<observable>.npy.
Voltages and currents are left out: the tests judge spikes. Only runs of voltages alone keep them. The
bytes of the archive depend on the files only, not on their times or owners.
"""

import argparse
import gzip
import io
import json
import pathlib
import tarfile


def files_of(case: pathlib.Path) -> list[pathlib.Path]:
    """The files of a case that the tests read."""
    about = json.loads((case / "case.json").read_text())
    files = [case / "case.json", case / "graph.nir", *case.glob("input*.npy")]
    for run, told in about["runs"].items():
        names = [name for name in told["files"] if name.endswith(".npy")]
        spikes = [name for name in names if name.endswith(".spikes.npy")]
        files += [case / run / name for name in spikes or names]
    return [file for file in files if file.exists()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("archive", type=pathlib.Path)
    parser.add_argument("--only", action="append", default=[], help="the name of a case to take")
    args = parser.parse_args()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for case in sorted(args.folder.iterdir()):
            wanted = not args.only or case.name in args.only
            if not wanted or not (case / "case.json").exists() or not (case / "graph.nir").exists():
                continue
            for file in sorted(files_of(case)):
                info = tarfile.TarInfo(str(file.relative_to(args.folder)))
                info.size = file.stat().st_size
                info.mode = 0o644
                archive.addfile(info, io.BytesIO(file.read_bytes()))
    args.archive.parent.mkdir(parents=True, exist_ok=True)
    args.archive.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))


if __name__ == "__main__":
    main()
