#!/bin/sh
# rustc as cargo calls it (RUSTC_WRAPPER): crates that the fuzzer is to explore count their edges and tell their
# comparisons. These flags need no nightly Rust; the sanitizers would.
mark="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
 -Cllvm-args=-sanitizer-coverage-pc-table"
case " $* " in
  # The engines are loops over numbers: what they compare says little, and their build would take minutes.
  *" --crate-name nirkit_engine "* | *" --crate-name nirkit_exact "*) exec "$@" ;;
  *" --crate-name nirkit"* | *" --crate-name hdf5_reader "*)
    # shellcheck disable=SC2086
    exec "$@" $mark -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
  *) exec "$@" ;;
esac
