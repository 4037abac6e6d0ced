//! See `fuzz/src/step_program.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::step_program::run(bytes));
