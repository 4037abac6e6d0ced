#!/usr/bin/env bash
# Runs tests of the crates that touch bytes under miri, which finds undefined behaviour and data races: of numerics all,
# of ir those of the text form, of io those that read small files and those of the memory that threads share.
#
#     scripts/check_miri.sh
#
# Needs the nightly toolchain, and gets miri and the sources of the standard library for it. Where they cannot be had, says
# so and checks nothing; with MIRI_STRICT=1 that is an error. Tests that miri cannot run (processes, locks of folders) or
# that take too long under it are left out here.
set -euo pipefail
cd "$(dirname "$0")/.."

is_there() { cargo +nightly miri --version >/dev/null 2>&1 && rustc +nightly --print sysroot | sed 's|$|/lib/rustlib/src/rust/library|' | xargs test -d; }
is_there || {
  rustup toolchain list | grep -q '^nightly' || timeout 300 rustup toolchain install nightly --profile minimal || true
  timeout 300 rustup component add miri rust-src --toolchain nightly || true
}
is_there || {
  [ "${MIRI_STRICT:-0}" = 0 ] || { echo "miri cannot be had" >&2; exit 1; }
  echo "NOT CHECKED: undefined behaviour, since miri cannot be had"
  exit
}

# Files are read from the checkout. Property tests get few cases, and keep no list of failures.
export MIRIFLAGS="-Zmiri-disable-isolation" PROPTEST_CASES=2 PROPTEST_FAILURE_PERSISTENCE=off
miri() { cargo +nightly miri test --quiet --target-dir target/miri "$@"; }

miri -p nirkit-numerics
miri -p nirkit-ir --lib
miri -p nirkit-io --lib -- \
  hdf5::pages hdf5::direct::sound hdf5::direct::filter hdf5::direct::parallel hdf5::layout hdf5::lzf hdf5::text array stimulus_json spikes_csv
