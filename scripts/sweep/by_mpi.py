#!/usr/bin/env python3
"""A sweep through MPI; `scripts/sweep/check.py` starts it with `mpiexec -n 3 python -m mpi4py.futures`.

    scripts/sweep/by_mpi.py PLAN FOLDER
"""

import argparse

from mpi4py.futures import MPIPoolExecutor

import nirkit

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan")
    parser.add_argument("folder")
    given = parser.parse_args()
    with MPIPoolExecutor() as pool:
        nirkit.sweep(given.plan, given.folder, executor=pool)
