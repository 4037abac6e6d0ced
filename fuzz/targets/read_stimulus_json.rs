//! See `fuzz/src/read_stimulus_json.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_stimulus_json::run(bytes));
