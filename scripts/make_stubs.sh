#!/usr/bin/env bash
# Writes python/nirkit/_core.pyi, the types of the native half, from what pyo3 knows about it. CI holds
# the stub against the module (`mypy.stubtest`), so run this when a function has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=target/stubs
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet 'maturin>=1.11,<2'
"$folder/env/bin/maturin" generate-stubs --features stubs --out "$folder/out"
find "$folder/out" -name '*.pyi'
{
  echo '"""The native half of nirkit. Written by scripts/make_stubs.sh."""'
  echo
  cat "$(find "$folder/out" -name '_core.pyi' -o -name '__init__.pyi' | head -1)"
} > python/nirkit/_core.pyi
