//! See `fuzz/src/read_nirdata.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_nirdata::run(bytes));
