//! See `fuzz/src/read_npy.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_npy::run(bytes));
