//! See `fuzz/src/read_nir.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_nir::run(bytes));
