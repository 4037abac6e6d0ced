//! What is said about a faulty text: every fault, at its place, and nothing that is not there.

#![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

use nirkit_ir::text::{ParseError, ParseLimits, parse, parse_with};
use nirkit_numerics::Tensor;

/// The text at each error, with its message.
fn faults(text: &str) -> Vec<(&str, String)> {
    let errors = parse(text, &()).unwrap_err();
    errors.into_iter().map(|error| (&text[error.span], error.message)).collect()
}

/// The text at each error in a graph whose block holds `body`, with its message.
fn faults_in_graph(body: &str) -> Vec<(String, String)> {
    let text = format!("nirt 1\ngraph {{\n{body}\n}}\n");
    let found = faults(&text).into_iter();
    found.map(|(at, message)| (at.to_owned(), message)).collect()
}

/// One error for each pair of the text it stands at and its message.
fn assert_faults(body: &str, expected: &[(&str, &str)]) {
    let found = faults_in_graph(body);
    let found: Vec<_> = found.iter().map(|(at, message)| (at.as_str(), message.as_str())).collect();
    assert_eq!(found, expected, "{body}");
}

#[test]
fn three_faults_are_three_errors_with_their_ranges() {
    let text = "\
nirt 1
graph {
  a = LIF { tau: f33[2] 0.01, r: f32[2] 1 }
  b = Linear { weight: f32[2, 2] [[1, 2], [3, 4, 5]] }
  a -> b
  a -> -> b
  c = Input { shape: i64[1] [3] }
}
";
    let at = |part: &str| text.find(part).unwrap()..text.find(part).unwrap() + part.len();
    let close = text.find("]] }").unwrap();
    let arrow = text.find("-> b\n  c").unwrap();
    let expected = [
        (at("f33"), "`f33` is no type"),
        (close..close + 1, "this list has 3 elements, axis 1 has 2"),
        (arrow..arrow + 2, "expected the name of a node, found `->`"),
    ];
    let errors: Vec<ParseError> = parse(text, &()).unwrap_err();
    let found = errors.iter().map(|error| (error.span.clone(), error.message.as_str()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn numbers_that_do_not_fit_are_all_named() {
    assert_faults(
        "a = X { p: u8[4] [1, 300, -1, x] q: f32 1e99, r: bool 1 }",
        &[
            ("300", "`300` does not fit u8"),
            ("-1", "`-1` does not fit u8"),
            ("x", "`x` is no u8"),
            ("1e99", "`1e99` does not fit f32"),
            ("1", "`1` is no bool"),
        ],
    );
}

#[test]
fn a_missing_type_is_explained_with_an_example() {
    assert_faults(
        "a = LIF {\n tau: 0.01\n r: [1, 2]\n v_leak: hello\n }",
        &[
            ("0.01", "`0.01` needs a type"),
            ("[", "`[` needs a type"),
            ("hello", "`hello` is no type"),
        ],
    );
    let errors = parse("nirt 1\nLIF { tau: 0.01 }", &()).unwrap_err();
    let help = "write the type first: `f32 0.01`, or `f32[2] [0.1, 0.2]` with a shape";
    assert_eq!(errors[0].help.as_deref(), Some(help));
}

#[test]
fn lists_have_to_nest_as_the_shape_does() {
    let cases = [
        ("f32[2] [1, 2, 3]", "]", "this list has 3 elements, axis 0 has 2"),
        ("f32[2] []", "]", "this list has 0 elements, axis 0 has 2"),
        ("f32[0] [1]", "]", "this list has 1 elements, axis 0 has 0"),
        ("f32[2] [[1, 2]]", "[", "more brackets than axes, of which there are 1"),
        ("f32[2, 1] [1, 2]", "1", "fewer brackets than axes, of which there are 2"),
        ("f32[2] [1 2]", "2", "expected `,` or `]`, found `2`"),
        ("f32[2] [,]", ",", "expected a number, found `,`"),
        ("f32[2] [\"a\", \"b\"]", "\"a\"", "expected a number, found `\"a\"`"),
        ("string[1] [a]", "a", "expected a string, found `a`"),
        ("f32 [0.1, 0.2]", "0.1", "`0.1` is no length of an axis"),
        ("f32[2, [1", "[", "expected the length of an axis, found `[`"),
        ("f32[2]", "}", "expected numbers, found `}`"),
    ];
    for (value, at, message) in cases {
        assert_faults(&format!("a = X {{ p: {value} }}"), &[(at, message)]);
    }
}

#[test]
fn values_that_are_missing_do_not_eat_the_next_field() {
    assert_faults(
        "a = X {\n p: f32[2]\n q: i8 300\n r: \n s: i8 400 }",
        &[
            ("q", "expected the numbers of this field, found `q`"),
            ("300", "`300` does not fit i8"),
            ("s", "expected a value, found `s`"),
            ("400", "`400` does not fit i8"),
        ],
    );
}

#[test]
fn a_name_that_stands_twice_is_found() {
    assert_faults(
        "a = X { p: i8 1, p: i8 2 }\na = Y {}\nmetadata {}\nmetadata {}",
        &[
            ("p", "a second field `p`"),
            ("a", "a second node `a` in one graph"),
            ("metadata", "this block stands twice in one node"),
        ],
    );
    assert_eq!(faults("nirt 1\nLIF {}\nLIF {}"), [("LIF", "a second `LIF`".to_owned())]);
}

#[test]
fn a_block_that_is_not_closed_is_one_error() {
    assert_faults(
        "a = X {\n p: i8 1\nb = Y {}\nc = Z { q: i8 300 }",
        &[("b", "a node or an edge inside the block of `X`"), ("300", "`300` does not fit i8")],
    );
    assert_faults(
        "a = X {\n metadata {\n m: { p: i8 1\na -> a",
        &[("a", "a node or an edge inside the block of `metadata`")],
    );
    assert_eq!(
        faults("nirt 1\ngraph {\n inner = graph {\n a -> a\n"),
        [("{", "this `{` is never closed".to_owned())],
    );
    assert_eq!(faults("nirt 1\nLIF {}\n}"), [("}", "this `}` closes nothing".to_owned())]);
}

#[test]
fn an_equals_sign_in_a_field_is_forgiven_and_reported() {
    assert_faults(
        "a = LIF {\n tau = f32[2] 0.01\n r = f32 q\n}",
        &[
            ("=", "expected `:`, found `=`"),
            ("=", "expected `:`, found `=`"),
            ("q", "`q` is no f32"),
        ],
    );
}

#[test]
fn a_string_without_end_spoils_its_own_line_only() {
    assert_faults(
        "a = X {\n p: \"abc\n q: i8 300\n r: \"a\\qb\" }",
        &[
            ("\"abc", "this string has no closing quote"),
            ("300", "`300` does not fit i8"),
            ("\\q", "this escape means nothing"),
        ],
    );
}

#[test]
fn characters_that_mean_nothing_are_shown() {
    assert_faults(
        "größe = LIF {}\na = LIF {}; b = LIF {}\nb -> ",
        &[
            ("öß", "`öß` means nothing here, expected `=`, `->` or `:` after `gr`"),
            (";", "`;` means nothing here, expected a name"),
            ("}", "expected the name of a node, found `}`"),
        ],
    );
}

#[test]
fn a_text_of_another_sort_is_one_error() {
    let wrong = "a text form begins with `nirt 1`".to_owned();
    assert_eq!(faults(""), [("", wrong.clone())]);
    assert_eq!(faults("\u{89}HDF\r\n\u{1a}\n"), [("\u{89}", wrong.clone())]);
    assert_eq!(faults("graph { a = }"), [("graph", wrong)]);
    let other = "only version 1 of the text form is known here".to_owned();
    assert_eq!(faults("nirt 2\n{ ] anything"), [("2", other)]);
    assert_eq!(faults("nirt 1\n"), [("", "there is no graph".to_owned())]);
}

#[test]
fn a_tensor_has_to_be_the_one_that_is_meant() {
    let tensor = Tensor::vector(vec![1_i16, 2]);
    let hash = nirkit_ir::text::content_hash(&tensor);
    let text = |shape: &str, hash: &str| format!("nirt 1\nX {{ p: i16[{shape}] #{hash} }}");
    let source = |tensor: &Tensor| [(hash.clone(), tensor.clone())].into_iter().collect();
    let message = |text: &str, source: indexmap::IndexMap<String, Tensor>| {
        parse(text, &source).unwrap_err()[0].message.clone()
    };
    assert_eq!(
        message(&text("2", &hash), source(&Tensor::vector(vec![1_i16, 3]))),
        format!("the tensor at hand for `#{hash}` has another content"),
    );
    assert_eq!(
        message(&text("1, 2", &hash), source(&tensor)),
        format!("the tensor `#{hash}` is i16[2], the text says i16[1, 2]"),
    );
    assert_eq!(message(&text("2", "00"), source(&tensor)), "no tensor `#00` is at hand");
}

#[test]
fn errors_stop_at_their_limit_and_say_so() {
    let text = format!("nirt 1\ngraph {{ {} }}", "a: b\n".repeat(1000));
    let limits = ParseLimits { errors: 7, ..ParseLimits::default() };
    let errors = parse_with(&text, &(), &limits).unwrap_err();
    assert_eq!(errors.len(), 8);
    assert_eq!(errors[7].message, "reading stopped after 7 errors");
}
