#!/usr/bin/env bash
# Builds the wheel in an environment of its own, installs it in a fresh one, and runs what holds the
# Python package: its tests, its types, and the test suite of the reference with nirkit in its place.
#
#     scripts/check_python.sh [FOLDER]        everything goes to FOLDER, target/python by default
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-target/python}
mkdir -p "$folder"

python3 -m venv "$folder/build"
"$folder/build/bin/pip" install --quiet 'maturin>=1.11,<2'
rm -rf "$folder/wheels"
# Thin LTO would double the time of the build, and changes no result.
CARGO_PROFILE_RELEASE_LTO=off "$folder/build/bin/maturin" build --release --quiet --out "$folder/wheels"
wheel=$(echo "$folder"/wheels/nirkit-*.whl)
size=$(wc -c < "$wheel")
# Built without link-time optimisation; wheels that are released have it, and are smaller.
[ "$size" -lt 12500000 ] || { echo "the wheel has $size bytes, more than 12.5 MB" >&2; exit 1; }
parts=$(python3 -m zipfile --list "$wheel")
for part in licenses/LICENSE-MIT licenses/LICENSE-APACHE licenses/THIRD-PARTY.txt .cyclonedx.json; do
  grep -q "dist-info/.*$part" <<< "$parts" || { echo "the wheel is without $part" >&2; exit 1; }
done

rm -rf "$folder/fresh"
python3 -m venv "$folder/fresh"
"$folder/fresh/bin/pip" install --quiet "$wheel"
needed=$("$folder/fresh/bin/pip" list --format=freeze | grep -v -E '^(pip|setuptools|nirkit)=' | cut -d= -f1 | xargs)
[ "$needed" = numpy ] || { echo "nirkit brings more than numpy: $needed" >&2; exit 1; }

"$folder/fresh/bin/pip" install --quiet pytest hypothesis matplotlib mypy nir==1.0.8
echo "-- tests"
"$folder/fresh/bin/python" -m pytest -q -p no:cacheprovider python/tests
echo "-- types: the package by itself, and the stub of the native half against the module"
"$folder/fresh/bin/python" -m mypy --config-file pyproject.toml -p nirkit
"$folder/fresh/bin/python" -m mypy.stubtest nirkit._core
echo "-- types: the examples of the documentation, against the package as it is installed"
"$folder/fresh/bin/python" scripts/doc_examples.py "$folder/examples"
"$folder/fresh/bin/python" -m mypy --strict --ignore-missing-imports --config-file= "$folder/examples"
echo "-- the test suite of the reference"
"$folder/fresh/bin/python" scripts/check_reference_suite.py --folder "$folder/reference-suite" "$wheel"
