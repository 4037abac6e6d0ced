#!/usr/bin/env bash
# Hands networks over to NEST, runs them there, and holds every spike against `nir run --platform nest`.
#
#     scripts/check_nest.sh [NIR]      NIR: the program, target/release/nir if it is not given
#
# Makes an environment of its own in target/nest-venv, with the released package.
set -euo pipefail
cd "$(dirname "$0")/.."
nir=$(realpath "${1:-target/release/nir}")
venv=target/nest-venv
if [ ! -x $venv/bin/python ]; then
  python3 -m venv $venv
  $venv/bin/pip install --quiet numpy nest-simulator==3.10.0
fi
exec $venv/bin/python scripts/nest/check.py "$nir" target/nest
