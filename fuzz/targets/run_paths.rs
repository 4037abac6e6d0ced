//! See `fuzz/src/run_paths.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::run_paths::run(bytes));
