//! See `fuzz/src/chip_mutant.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::chip_mutant::run(bytes));
