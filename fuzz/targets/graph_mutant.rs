//! See `fuzz/src/graph_mutant.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::graph_mutant::run(bytes));
