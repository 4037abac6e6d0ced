#!/usr/bin/env bash
# Runs one plan of 200 tasks in every way that docs/sweep.md names, and holds the tables against each other.
#
#     scripts/check_sweep.sh [NIR]      NIR: the program, target/release/nir if it is not given
#
# Makes an environment of its own in target/sweep-venv, with nirkit as a wheel, Dask, mpi4py, MPICH and pyarrow.
set -euo pipefail
cd "$(dirname "$0")/.."
nir=$(realpath "${1:-target/release/nir}")
venv=target/sweep-venv
if [ ! -x $venv/bin/mpiexec ]; then
  python3 -m venv $venv
  $venv/bin/pip install --quiet numpy "dask[distributed]" mpi4py mpich
fi
$venv/bin/python -c "import pyarrow" 2>/dev/null || $venv/bin/pip install --quiet pyarrow
if [ -n "${NIRKIT_WHEEL:-}" ]; then
  $venv/bin/pip install --quiet --force-reinstall --no-deps "$NIRKIT_WHEEL"
else
  CARGO_PROFILE_RELEASE_LTO=off $venv/bin/pip install --quiet --force-reinstall --no-deps .
fi
exec $venv/bin/python scripts/sweep/check.py "$nir" $venv/bin/mpiexec
