//! What follows from a few numbers is counted before memory is taken, against limits that can be
//! set.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::open::open;
use nirkit_ir::text::parse;
use nirkit_ir::valid::{validate_document, validate_document_within};
use nirkit_ir::{Code, Diagnostic, Limits};

/// Findings of a graph under limits, as `place: message`.
fn too_large(text: &str, limits: &Limits) -> Vec<String> {
    let document = parse(text, &()).unwrap();
    let validation = validate_document_within(&document, limits);
    assert_eq!(validation.facts.is_none(), validation.errors().count() > 0);
    let is_wanted = |finding: &&Diagnostic| finding.code == Code::TooLarge;
    let found = validation.findings.iter().filter(is_wanted);
    found.map(|finding| format!("{}: {}", finding.place, finding.message)).collect()
}

const CONV: &str = r#"nirt 1
version "1.0.8"
graph {
  input = Input { shape: i64[3] [2, 10, 10] }
  conv = Conv2d { weight: f32[4, 2, 3, 3] 1 stride: i64[2] 1 padding: i64[2] 1 dilation: i64[2] 1 groups: i64 1 bias: f32[4] 0 }
  output = Output { shape: i64[3] [4, 10, 10] }
  input -> conv -> output
}
"#;

#[test]
fn a_layer_is_held_against_the_limit_of_elements() {
    // 4 channels of 10 x 10 leave.
    let limits = |layer_elements| Limits { layer_elements, ..Limits::default() };
    assert_eq!(too_large(CONV, &limits(400)), Vec::<String>::new());
    let found = too_large(CONV, &limits(399));
    let expected = "this layer has 400 elements that leave, the limit `layer_elements` allows 399";
    assert_eq!(found[0], format!("/conv: {expected}"));
}

#[test]
fn a_padded_input_counts_with_its_zeros() {
    // 2 channels of (10 + 2 * 1)^2 with the zeros are 288, more than the 200 that leave.
    let text = CONV.replace("weight: f32[4, 2, 3, 3]", "weight: f32[1, 2, 3, 3]");
    let text = text.replace("f32[4] 0", "f32[1] 0").replace("[4, 10, 10]", "[1, 10, 10]");
    let limits = |layer_elements| Limits { layer_elements, ..Limits::default() };
    assert_eq!(too_large(&text, &limits(288)), Vec::<String>::new());
    let found = too_large(&text, &limits(287));
    assert!(found[0].contains("288 elements that enter with the padding"), "{found:?}");
}

#[test]
fn products_of_a_window_and_elements_of_the_graph_are_held_against_limits() {
    // 4 * 10 * 10 outputs of 2 * 3 * 3 products.
    let limits = |layer_products| Limits { layer_products, ..Limits::default() };
    assert_eq!(too_large(CONV, &limits(7200)), Vec::<String>::new());
    let found = too_large(CONV, &limits(7199));
    assert!(found[0].starts_with("/conv: this layer computes 7200 products"), "{found:?}");
    // 400 leave `conv`, 200 leave `input`, 400 stand in `output`.
    let limits = |graph_elements| Limits { graph_elements, ..Limits::default() };
    assert_eq!(too_large(CONV, &limits(1000)), Vec::<String>::new());
    let found = too_large(CONV, &limits(999));
    assert!(found[0].contains("1000 elements, the limit `graph_elements` allows 999"), "{found:?}");
}

#[test]
fn axes_that_are_joined_beyond_the_address_space_are_found() {
    let text = r#"nirt 1
version "1.0.8"
graph {
  input = Input { shape: i64[2] [8589934592, 2147483649] }
  f = Flatten { start_dim: i64 0 end_dim: i64 -1 }
  output = Output { shape: i64[1] [8589934592] }
  input -> f -> output
}
"#;
    let validation = validate_document(&parse(text, &()).unwrap());
    assert!(validation.facts.is_none());
    let places: Vec<String> = validation
        .findings
        .iter()
        .filter(|finding| finding.code == Code::TooLarge)
        .map(|finding| finding.place.to_string())
        .collect();
    assert_eq!(places, ["/f", "/input", "/output"]);
}

#[test]
fn axes_of_length_zero_hide_no_others() {
    let text = r#"nirt 1
version "1.0.8"
graph {
  input = Input { shape: i64[3] [4611686018427387904, 4, 0] }
  output = Output { shape: i64[3] [4611686018427387904, 4, 0] }
  input -> output
}
"#;
    assert!(validate_document(&parse(text, &()).unwrap()).facts.is_none());
}

/// Neurons whose two parameters stand for a plane of `side` times `side` numbers each.
fn planes(count: usize, side: usize) -> String {
    let mut text = String::from("nirt 1\nversion \"1.0.8\"\ngraph {\n");
    for at in 0..count {
        text += &format!(
            "  n{at} = LIF {{ tau: f32[{side}, 1] 0.01 r: f32[1, {side}] 1 v_leak: f32 0 \
             v_threshold: f32 1 v_reset: f32 0 }}\n"
        );
    }
    text + "}\n"
}

#[test]
fn parameters_count_together_before_they_are_looked_at() {
    let limits = Limits { graph_elements: 4 * 64 * 64, ..Limits::default() };
    assert_eq!(too_large(&planes(4, 64), &limits), Vec::<String>::new());
    let found = too_large(&planes(9, 64), &limits);
    let expected = "/n4: the parameters up to this node stand for 20480 elements, the limit \
                    `graph_elements` allows 16384";
    assert_eq!((found.len(), found[0].as_str()), (5, expected));
}

#[test]
fn what_is_left_open_is_bounded_in_graphs_that_are_not_sound() {
    let text = planes(1, 30_000);
    let open = open(&parse(&text, &()).unwrap());
    // The neuron is no evidence for a step.
    assert!(open.only_dt().is_none(), "{:?}", open.dt);
}
