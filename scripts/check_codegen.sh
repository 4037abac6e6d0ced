#!/usr/bin/env bash
# Replays quantised C on a Cortex-M3 and M4 in QEMU, measures it there, holds the cost of a step against its events, checks it with the MISRA addon of cppcheck, and runs quantised Rust as WebAssembly where
# Node is there: `scripts/check_codegen.sh PROGRAM`. Installs what it needs.
set -euo pipefail
cd "$(dirname "$0")/.."
nir=$(realpath "$1")
install() { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }
command -v arm-none-eabi-gcc >/dev/null || install gcc-arm-none-eabi libnewlib-arm-none-eabi
command -v qemu-system-arm >/dev/null || install qemu-system-arm
command -v cppcheck >/dev/null || install cppcheck
# With the libraries of the sanitizers, which are a package of their own.
command -v clang >/dev/null || install clang libclang-rt-14-dev
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$nir" codegen examples/shd.nirt --target c99 --clocked --dt 1ms --quantize i8 --readout count --output "$folder/words" --name words >/dev/null 2>&1
"$nir" codegen examples/small.nir --target c99 --platform norse --dt 1ms --output "$folder/small" --name small >/dev/null 2>&1
for network in words small; do
  for compiler in gcc clang g++; do
    command -v "$compiler" >/dev/null || continue
    [ "$compiler" != g++ ] || { g++ -x c++ -std=c++11 -Wall -Wextra -Wconversion -Werror -ffp-contract=off -c -o /dev/null "$folder/$network/$network.c"; continue; }
    make -s -C "$folder/$network" clean
    make -s -C "$folder/$network" check CC="$compiler"
  done
  make -s -C "$folder/$network" qemu size
  make -s -C "$folder/$network" measure >/dev/null
  python3 - "$folder/$network" <<'PYTHON'
import json, sys
measured, report = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("measured", "report"))
assert measured["absent"] == [], measured
for processor in measured["processors"]:
    assert 0 < processor["stack_bytes"] < 4096 and processor["flash_bytes"] > report["constant_bytes"], processor
    for way in ("frames", "events"):
        assert 0 < processor[way]["mean_instructions"] <= processor[way]["most_instructions"], processor
PYTHON
  scripts/check_misra.sh "$folder/$network"
done
scripts/check_event_cost.py "$nir" "$folder/cost"
# Rust on the host, and as WebAssembly.
"$nir" codegen examples/shd.nirt --target rust --clocked --dt 1ms --quantize i8 --readout count --output "$folder/words_rust" --name words >/dev/null 2>&1
manifest=$folder/words_rust/Cargo.toml
cargo test --quiet --manifest-path "$manifest" >/dev/null
if command -v node >/dev/null && [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-wasip1" ]; then
  CARGO_TARGET_WASM32_WASIP1_RUNNER="node --no-warnings $PWD/scripts/run_wasi.mjs" \
    cargo test --quiet --manifest-path "$manifest" --target wasm32-wasip1 --test replay | grep "test result"
else
  echo "skipped: node or the target wasm32-wasip1 is missing, so nothing is replayed as WebAssembly"
fi
