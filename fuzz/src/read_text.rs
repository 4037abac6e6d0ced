//! Whatever the text is, reading it ends in order; what is read can be printed, and reading that gives
//! the same.

use nirkit::ir::text::{ParseLimits, PrintOptions, parse, parse_with, print};

/// Bytes that a text may repeat numbers into.
const REPEATED: usize = 1 << 20;

/// Reads, prints and reads again.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let limits = ParseLimits { repeated_bytes: REPEATED, ..ParseLimits::default() };
    let document = match parse_with(text, &(), &limits) {
        Ok(parsed) => parsed.document,
        Err(errors) => {
            for error in errors {
                assert!(
                    text.get(error.span.clone()).is_some(),
                    "{error:?} is no place of the text"
                );
            }
            return;
        }
    };
    let printed = print(&document, &PrintOptions::default());
    let again = parse(&printed.text, &printed.tensors).expect("what was printed can be read");
    assert_eq!(again, document);
}
