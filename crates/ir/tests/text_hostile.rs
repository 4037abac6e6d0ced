//! Texts that mean harm: they are refused with the limit they hit, in bounded time and memory.
//!
//! Where a test repeats something a hundred thousand times, anything but linear time shows.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use nirkit_ir::text::{ParseError, ParseLimits, parse, parse_with};

fn refused(text: &str) -> Vec<ParseError> {
    parse(text, &()).unwrap_err()
}

const MANY: usize = 200_000;

#[test]
fn nesting_ends_at_its_limit() {
    let nested = |depth: usize| {
        format!(
            "nirt 1\n{}{}",
            "graph { a = ".repeat(depth),
            "graph {}".to_owned() + &"}".repeat(depth)
        )
    };
    assert!(parse(&nested(63), &()).is_ok());
    let errors = refused(&nested(64));
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "blocks nest deeper than the limit of 64");
    let limits = ParseLimits { nesting: 65, ..ParseLimits::default() };
    assert!(parse_with(&nested(64), &(), &limits).is_ok());
    assert_eq!(refused(&nested(MANY)).len(), 1);
    let groups = refused(&format!("nirt 1\nX {{ {}", "a: {".repeat(MANY)));
    let messages: Vec<&str> = groups.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, ["this `{` is never closed", "blocks nest deeper than the limit of 64"]);
    refused(&format!("nirt 1\n{}", "{".repeat(MANY)));
    refused(&format!("nirt 1\n{}", "}".repeat(MANY)));
}

#[test]
fn brackets_nest_no_deeper_than_the_shape() {
    let errors = refused(&format!("nirt 1\nX {{ p: f32[2] {} }}", "[".repeat(MANY)));
    assert_eq!(errors[0].message, "more brackets than axes, of which there are 1");
    let axes = vec!["1"; MANY].join(",");
    let deep = format!("nirt 1\nX {{ p: i8[{axes}] {}7{} }}", "[".repeat(MANY), "]".repeat(MANY));
    assert!(parse(&deep, &()).is_ok());
}

#[test]
fn a_huge_shape_of_one_value_is_refused_before_it_is_made() {
    let message = |value: &str| refused(&format!("nirt 1\nX {{ p: {value} }}"))[0].message.clone();
    assert_eq!(
        message("f32[1152921504606846976] 0"),
        "one value for 1152921504606846976 elements of 4 bytes goes beyond the limit of 268435456 bytes",
    );
    assert!(message("u8[65536, 65536] 0").contains("65536 × 65536"));
    assert!(message("string[100000000] \"\"").contains("limit of 268435456 bytes"));
    assert_eq!(
        message("f32[4294967296, 4294967296, 0] []"),
        "this shape is larger than the address space",
    );
    assert_eq!(
        message("f32[99999999999999999999] 0"),
        "`99999999999999999999` is no length of an axis"
    );
    assert!(message("f32[1152921504606846976] [1, 2]").contains("this list has 2 elements"));
    assert!(message("string[4294967296, 4294967296, 0] []").contains("address space"));
}

#[test]
fn many_values_share_one_limit() {
    let many: Vec<String> = (0..50).map(|i| format!("p{i}: f64[4000000] 0")).collect();
    let errors = refused(&format!("nirt 1\nX {{ {} }}", many.join(",")));
    // 256 MiB hold eight values of 32 MB.
    assert_eq!(errors.len(), 42);
    let limits = ParseLimits { repeated_bytes: 12, ..ParseLimits::default() };
    assert!(parse_with("nirt 1\nX { p: f32[3] 0 }", &(), &limits).is_ok());
    assert!(parse_with("nirt 1\nX { p: f32[4] 0 }", &(), &limits).is_err());
}

#[test]
fn strings_and_words_of_megabytes_are_shown_in_short() {
    for text in [
        format!("nirt 1\nX {{ p: \"{}\n}}", "a".repeat(MANY)),
        format!("nirt 1\nX {{ p: f32 {} }}", "1".repeat(MANY) + "x"),
        format!("nirt 1\nX {{ p: {} }}", "a".repeat(MANY)),
        format!("nirt 1\nX {{ {} }}", "§".repeat(MANY)),
        format!("nirt 1\nX {{ p: f32 #{} }}", "a".repeat(MANY)),
        "a".repeat(MANY),
    ] {
        let errors = refused(&text);
        assert_eq!(errors.len(), 1);
        assert!(errors[0].message.len() < 200, "{}", errors[0].message);
    }
}

#[test]
fn many_faults_take_linear_time() {
    for line in
        ["a = \n", "a: \"\n", "a -> b -> \n", "{", "a: {", "a = b = c\n", "\"\\q", "a: f32[1] [["]
    {
        let text = format!("nirt 1\ngraph {{ {}", line.repeat(MANY));
        assert!(refused(&text).len() <= 101);
        let limits = ParseLimits { errors: usize::MAX, ..ParseLimits::default() };
        assert!(parse_with(&text, &(), &limits).is_err());
    }
}

#[test]
fn random_bytes_are_refused() {
    // Xorshift; the seed is arbitrary.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::new();
    for _ in 0..MANY {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    let noise = String::from_utf8_lossy(&bytes);
    assert_eq!(refused(&noise).len(), 1);
    refused(&format!("nirt 1\ngraph {{ {noise}"));
    refused(&format!("nirt 1\nX {{ p: f32[8] [{noise}"));
}
