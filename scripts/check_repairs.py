"""Hold `nir convert --repair` against the Python reference.

    python scripts/check_repairs.py PROGRAM FOLDER...

Repairs every graph (*.nir) below the folders and checks that the reference reads the result with type
checking on. Needs nir. Exit status 1 when it does not.
"""

import pathlib
import subprocess
import sys
import tempfile

import nir


def reads(path):
    try:
        nir.read(path)
    except Exception as error:  # whatever the reference raises is a refusal
        return str(error)
    return None


def main():
    program, *folders = sys.argv[1:]
    graphs = sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*.nir"))
    refused, mended, failed = 0, 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        for number, path in enumerate(graphs):
            copy = pathlib.Path(scratch) / f"{number}.nir"
            before = reads(path)
            subprocess.run([program, "convert", path, copy, "--repair"], check=True, stdout=subprocess.DEVNULL)
            after = reads(copy)
            refused += before is not None
            mended += before is not None and after is None
            if after is not None:
                failed += 1
                print(f"{path}: {after}")
    print(f"{len(graphs)} graphs, {refused} refused before, {mended} of them mended, {failed} refused after")
    return 1 if failed or not graphs else 0


sys.exit(main())
