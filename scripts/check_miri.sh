#!/usr/bin/env bash
# Runs tests of the crates that touch bytes under miri, which finds undefined behaviour: of numerics and ir nearly all,
# of io those that read small files. Takes about two minutes.
#
#     scripts/check_miri.sh
#
# Needs the nightly toolchain; installs miri into it. Tests that miri cannot run (processes, mapped files) or that take
# too long under it are named here.
set -euo pipefail
cd "$(dirname "$0")/.."
rustup component list --toolchain nightly --installed 2>/dev/null | grep -q '^miri' || {
  rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
  rustup component add miri rust-src --toolchain nightly
}
# Files are read from the checkout. Property tests get few cases, and keep no list of failures.
export MIRIFLAGS="-Zmiri-disable-isolation" PROPTEST_CASES=2 PROPTEST_FAILURE_PERSISTENCE=off
miri() { cargo +nightly miri test --quiet --target-dir target/miri "$@"; }
