//! What differs between two graphs. Each pair is a text and a change of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::Document;
use nirkit_ir::diff::diff;
use nirkit_ir::text::parse;
use nirkit_numerics::{ByteOrder, DType, Tensor};

const TEXT: &str = "nirt 1
version \"1.0.8\"
graph {
  input = Input { shape: i64[1] [2] }
  fc = Linear { weight: f32[2, 2] [[1, 2], [3, 4]] }
  lif = LIF { tau: f32[2] [0.5, 0.5] r: f32[2] [1, 1] v_leak: f32[2] [0, 0] v_threshold: f32[2] [1, 1] }
  output = Output { shape: i64[1] [2] }
  input -> fc -> lif -> output
}";

fn document(text: &str) -> Document {
    parse(text, &()).unwrap()
}

/// Place, sentence and weight of every difference after a change of the text.
fn after(from: &str, to: &str, tolerance: f64) -> Vec<(String, String, bool)> {
    assert!(TEXT.contains(from), "{from}");
    let found = diff(&document(TEXT), &document(&TEXT.replace(from, to)), tolerance);
    found.into_iter().map(|d| (d.place.to_string(), d.what, d.matters)).collect()
}

fn one(place: &str, what: &str, matters: bool) -> Vec<(String, String, bool)> {
    vec![(place.to_owned(), what.to_owned(), matters)]
}

#[test]
fn a_file_does_not_differ_from_itself() {
    assert_eq!(diff(&document(TEXT), &document(TEXT), 0.0), []);
}

#[test]
fn numbers_differ_at_their_place_unless_the_tolerance_covers_them() {
    let expected = one("/fc/weight[1, 0]", "3 and 3.5; 1 of 4 numbers differ, by up to 5e-1", true);
    assert_eq!(after("[3, 4]", "[3.5, 4]", 0.0), expected);
    let within =
        one("/fc/weight", "1 of 4 numbers differ, by up to 5e-1, within the tolerance", false);
    assert_eq!(after("[3, 4]", "[3.5, 4]", 0.2), within);
    let both = after("f32[2, 2] [[1, 2], [3, 4]]", "f64[2, 2] [[1, 2], [3.5, 4]]", 0.2);
    let what =
        "f32[2, 2] and f64[2, 2]; 1 of 4 numbers differ, by up to 5e-1, within the tolerance";
    assert_eq!(both, one("/fc/weight", what, false));
    let found = diff(&document(TEXT), &document(&TEXT.replace("[3, 4]", "[3.5, 4.1]")), 0.2);
    assert_eq!(found.iter().map(|found| found.tolerated).sum::<usize>(), 2);
}

#[test]
fn what_stands_for_the_same_is_told_and_does_not_matter() {
    let written_out =
        after("v_threshold: f32[2] [1, 1]", "v_threshold: f32[2] [1, 1] v_reset: f32[2] 0", 0.0);
    assert_eq!(
        written_out,
        one(
            "/lif/v_reset",
            "the second LIF has f32[2], the first none: the default is written out",
            false
        )
    );
    let narrow = after("tau: f32[2] [0.5, 0.5]", "tau: f64 0.5", 0.0);
    assert_eq!(narrow, one("/lif/tau", "f32[2] and f64[] with equal numbers", false));
    let version = after("1.0.8", "1.0.4", 0.0);
    assert_eq!(version, one("/", "version 1.0.8 and 1.0.4", false));
}

#[test]
fn nodes_kinds_and_edges_that_only_one_side_has_matter() {
    let kind = after(
        "Linear { weight: f32[2, 2] [[1, 2], [3, 4]] }",
        "Scale { scale: f32[2] [1, 2] }",
        0.0,
    );
    assert_eq!(kind, one("/fc", "Linear and Scale", true));
    let renamed: Vec<String> =
        after("fc", "fc1", 0.0).into_iter().map(|(place, ..)| place).collect();
    assert_eq!(renamed, ["/fc", "/fc1", "/edges", "/edges", "/edges", "/edges"]);
    let twice = after("input -> fc -> lif", "input -> fc\n  input -> fc -> lif", 0.0);
    assert_eq!(twice, one("/edges", "`input -> fc` stands 1 times and 2 times", true));
    let reset =
        after("v_threshold: f32[2] [1, 1]", "v_threshold: f32[2] [1, 1] v_reset: f32[2] -1", 0.0);
    assert!(reset.len() == 1 && reset[0].2, "{reset:?}");
}

#[test]
fn another_order_of_edges_is_a_remark() {
    let order = after("input -> fc -> lif -> output", "lif -> output\n  input -> fc -> lif", 0.0);
    let what = "the same edges in another order, which some platforms run by";
    assert_eq!(order, one("/edges", what, false));
}

#[test]
fn what_a_graph_is_run_with_matters_wherever_it_is_written() {
    let with = |entry: &str| {
        document(&TEXT.replace("graph {", &format!("graph {{\n  metadata {{ {entry} }}")))
    };
    let between = |a: &str, b: &str| {
        let found = diff(&with(a), &with(b), 0.0);
        found.into_iter().map(|d| (d.what, d.matters)).collect::<Vec<_>>()
    };
    let dt = between("dt: f64 0.001", "dt: f64 0.002");
    assert_eq!(dt, [("metadata `dt`: 0.001 and 0.002".to_owned(), true)]);
    let reset = between("reset: \"zero\"", "note: \"x\"");
    let expected = [
        ("metadata `note`: nothing and \"x\"", false),
        ("metadata `reset`: \"zero\" and nothing", true),
    ];
    assert_eq!(reset, expected.map(|(what, matters)| (what.to_owned(), matters)));
}

#[test]
fn numbers_that_are_none_differ_by_no_number() {
    let found = after("[0.5, 0.5]", "[0.5, nan]", 0.0);
    assert_eq!(found, one("/lif/tau[1]", "0.5 and NaN; 1 of 2 numbers differ", true));
}

#[test]
fn entries_that_say_the_same_in_another_way_are_told_and_do_not_matter() {
    let with = |entry: &str| {
        document(&TEXT.replace("graph {", &format!("graph {{\n  metadata {{ {entry} }}")))
    };
    let matters = |a: &str, b: &str| {
        let found = diff(&with(a), &with(b), 0.0);
        assert_eq!(found.len(), 1, "{a}, {b}: {found:?}");
        found[0].matters
    };
    for (a, b) in [
        ("dt: f64 0.001", "dt: f64[1] [0.001]"),
        ("dt: f32 0.5", "dt: f64 0.5"),
        ("note: \"x\"", "note: \"x\" time_unit: \"s\""),
        ("reset: \"subtract\"", "reset: \"subtractive\""),
        ("reset: \"value\"", "reset: \"v_reset\""),
        ("spike: \"pulse:0.001\"", "spike: \"pulse:1e-3\""),
        // Neither is understood, so neither is read.
        ("dt: \"fast\"", "dt: \"slow\""),
        ("start: \"rest\"", "start: \"zero\""),
    ] {
        assert!(!matters(a, b), "{a}, {b}");
    }
    for (a, b) in [
        ("dt: f64 0.001", "dt: \"fast\""),
        ("dt: f64 0.001", "dt: f64[2] [0.001, 0.001]"),
        ("note: \"x\"", "note: \"x\" time_unit: \"ms\""),
        ("spike: \"pulse:0.001\"", "spike: \"impulse:0.001\""),
    ] {
        assert!(matters(a, b), "{a}, {b}");
    }
}

#[test]
fn the_scale_of_quantised_weights_matters_and_other_notes_on_a_node_do_not() {
    let with = |entry: &str| {
        let weight = "weight: f32[2, 2] [[1, 2], [3, 4]]";
        document(&TEXT.replace(weight, &format!("{weight} metadata {{ {entry} }}")))
    };
    let matters = |a: &str, b: &str| {
        let found = diff(&with(a), &with(b), 0.0);
        assert_eq!(found.len(), 1, "{a}, {b}: {found:?}");
        found[0].matters
    };
    assert!(matters("quant_weight_scale: f64 0.5", "quant_weight_scale: f64 0.25"));
    assert!(matters("note: f64 1", "note: f64 1 quant_weight_scale: f64 0.25"));
    assert!(!matters("quant_weight_scale: f64 0.5", "quant_weight_scale: f32[1] [0.5]"));
    assert!(!matters("note: f64 1", "note: f64 2"));
}

#[test]
fn entries_of_a_few_numbers_are_shown_with_them() {
    let with = |entry: &str| {
        document(&TEXT.replace("graph {", &format!("graph {{\n  metadata {{ {entry} }}")))
    };
    let ten = |last: u8| format!("x: f64[10] [1, 2, 3, 4, 5, 6, 7, 8, 9, {last}]");
    for (a, b, what) in [
        ("x: c64 1+2i", "x: c64 1-2i", "1+2i and 1-2i"),
        ("x: f32[2] [1, 0.5]", "x: f32[2] [1, -0]", "f32[2] of 1, 0.5 and f32[2] of 1, -0"),
        ("x: bool true", "x: u64 18446744073709551615", "true and 18446744073709551615"),
        (&ten(10), &ten(11), "f64[10] and f64[10], which differ"),
    ] {
        let found = diff(&with(a), &with(b), 0.0);
        assert_eq!(found[0].what, format!("metadata `x`: {what}"));
    }
}

#[test]
fn another_order_of_bytes_is_told() {
    let native = document(TEXT);
    let mut big = native.clone();
    let node = big.graph_mut().unwrap().nodes.get_mut("fc").unwrap();
    let nirkit_ir::Primitive::Linear(linear) = &mut node.primitive else { unreachable!() };
    let mut bytes = linear.weight.to_bytes();
    bytes.chunks_mut(4).for_each(<[u8]>::reverse);
    let weight = Tensor::from_bytes(DType::F32, ByteOrder::Big, &[2, 2], &bytes).unwrap();
    assert_eq!(weight.to_f64(), linear.weight.to_f64());
    linear.weight = weight;
    let found = diff(&native, &big, 0.0);
    let what = "little-endian and big-endian numbers; some platforms refuse big-endian ones";
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].what.as_str(), found[0].matters), (what, false));
}
