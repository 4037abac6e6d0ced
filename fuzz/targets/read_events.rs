//! See `fuzz/src/read_events.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nirkit_fuzz::read_events::run(bytes));
