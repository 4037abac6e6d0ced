//! The promise of the text form: whatever is printed reads back as the same document, to the bit.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

use crate::arbitrary;

use nirkit_ir::Document;
use nirkit_ir::text::{ParseError, ParseLimits, PrintOptions, parse, parse_with, print};
use proptest::prelude::*;

/// The document that a text form of another reads back to, and that text.
fn through_text(document: &Document, options: &PrintOptions) -> (String, Document) {
    let printed = print(document, options);
    let read = parse(&printed.text, &printed.tensors);
    let read = read.unwrap_or_else(|errors| panic!("{}", report(&printed.text, &errors)));
    (printed.text, read)
}

fn report(text: &str, errors: &[ParseError]) -> String {
    let at = |error: &ParseError| format!("{error}: {:?}", text.get(error.span.clone()));
    format!("{}\n{text}", errors.iter().map(at).collect::<Vec<_>>().join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_document_reads_back_the_same(
        document in arbitrary::document(),
        inline in prop_oneof![Just(0_usize), Just(8), Just(usize::MAX)],
        units in any::<bool>(),
    ) {
        let options = PrintOptions { inline, units };
        let (text, read) = through_text(&document, &options);
        prop_assert!(read == document, "{text}");
        // Maps are equal in any order; the text shows the order.
        prop_assert_eq!(&print(&read, &options).text, &text);
    }

    #[test]
    fn printer_and_parser_agree_on_where_things_stand(document in arbitrary::document()) {
        let printed = print(&document, &PrintOptions::complete());
        let parsed = parse_with(&printed.text, &(), &ParseLimits::default()).unwrap();
        prop_assert!(parsed.spans == printed.spans, "{}", printed.text);
    }

    #[test]
    fn any_string_is_read_or_refused_without_a_panic(text in any::<String>()) {
        let _ = parse(&text, &());
        let _ = parse(&format!("nirt 1\n{text}"), &());
        let _ = parse(&format!("nirt 1\ngraph {{ a = LIF {{ tau: {text} }} }}"), &());
    }

    #[test]
    fn a_damaged_text_is_read_or_refused_without_a_panic(
        document in arbitrary::document(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = print(&document, &PrintOptions::default()).text.into_bytes();
        for (at, byte) in cuts {
            let at = at.index(bytes.len());
            if byte % 3 == 0 { bytes.truncate(at + 1) } else { bytes[at] = byte }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Err(errors) = parse(&text, &()) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(text.get(error.span.clone()).is_some(), "{error}");
            }
        }
    }
}
