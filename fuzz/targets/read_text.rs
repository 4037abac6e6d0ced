//! Whatever the text is, reading it ends in order; what is read can be printed, and reading that
//! gives the same.
//!
//! `cargo +nightly fuzz run read_text`

#![no_main]

use libfuzzer_sys::fuzz_target;
use nirkit_ir::text::{PrintOptions, parse, print};

fuzz_target!(|text: &str| {
    let Ok(document) = parse(text, &()) else { return };
    let printed = print(&document, &PrintOptions::default());
    let again = parse(&printed.text, &printed.tensors).expect("what was printed can be read");
    assert_eq!(again, document);
});
