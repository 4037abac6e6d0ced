//! A rewrite writes parameters in the shape of the signal, whatever shape they had; `unnest` keeps what metadata say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::primitive::Primitive;
use nirkit_ir::text::parse;
use nirkit_ir::{Document, Limits, Value, validate};
use nirkit_passes::optimise::{Pass, find, optimise, optimise_document};

fn document(body: &str) -> Document {
    parse(&format!("nirt 1\ngraph {{\n{body}}}\n"), &()).unwrap()
}

/// The graph after some passes, which is sound; how many rewrites there were.
fn after(body: &str, passes: &[&str]) -> (Document, usize) {
    let mut document = document(body);
    let passes: Vec<&Pass> = passes.iter().map(|name| find(name).unwrap()).collect();
    assert!(validate(document.graph().unwrap()).facts.is_some(), "{body}");
    let done = optimise(document.graph_mut().unwrap(), &passes).unwrap().len();
    let validation = validate(document.graph().unwrap());
    assert!(validation.facts.is_some(), "{body}: {:?}", validation.findings);
    (document, done)
}

fn scale(document: &Document, name: &str) -> (Vec<usize>, Vec<f64>) {
    let node = document.graph().unwrap().nodes.get(name).unwrap();
    let Primitive::Scale(scale) = &node.primitive else { unreachable!() };
    (scale.scale.shape().to_vec(), scale.scale.to_f64().unwrap().to_vec())
}

const FULL: &str = "f64[2, 3] [[1, 2, 3], [4, 5, 6]]";

/// A factor for each shape that a parameter can have before a signal of [2, 3], and what it is in full.
const FACTORS: [(&str, [f64; 6]); 5] = [
    ("f64 2", [2.0; 6]),
    ("f64[1] [2]", [2.0; 6]),
    ("f64[3] [1, 2, 3]", [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]),
    ("f64[2, 1] [[1], [2]]", [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]),
    (FULL, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
];

#[test]
fn two_factors_of_any_shapes_become_one_of_the_shape_of_the_signal() {
    for (first, a) in FACTORS {
        for (second, b) in FACTORS {
            let body = format!(
                "  i = Input {{ shape: i64[2] [2, 3] }}\n  a = Scale {{ scale: {first} }}\n  b = Scale {{ scale: \
                 {second} }}\n  o = Output {{ shape: i64[2] [2, 3] }}\n  i -> a -> b -> o\n"
            );
            let (document, done) = after(&body, &["fold_scale"]);
            assert_eq!(done, 1, "{body}");
            let left = if document.graph().unwrap().nodes.contains("a") { "a" } else { "b" };
            let product: Vec<f64> = a.iter().zip(b).map(|(a, b)| a * b).collect();
            assert_eq!(scale(&document, left), (vec![2, 3], product), "{body}");
        }
    }
}

#[test]
fn gains_go_into_a_factor_before_the_neurons_and_behind_a_flatten() {
    for (factor, values) in FACTORS {
        for flat in [false, true] {
            let shape = if flat { "[6]" } else { "[2, 3]" };
            let between = if flat {
                "  f = Flatten { start_dim: i64 0 end_dim: i64 -1 }\n  i -> s -> f -> l -> o\n"
            } else {
                "  i -> s -> l -> o\n"
            };
            let axes = if flat { 1 } else { 2 };
            let body = format!(
                "  i = Input {{ shape: i64[2] [2, 3] }}\n  s = Scale {{ scale: {factor} }}\n  l = IF {{ r: f64{shape} 3 \
                 v_threshold: f64{shape} 1 v_reset: f64{shape} 0 }}\n  o = Output {{ shape: i64[{axes}] {shape} }}\n{between}"
            );
            let (document, done) = after(&body, &["fold_gain"]);
            assert_eq!(done, 1, "{body}");
            let product: Vec<f64> = values.iter().map(|value| 3.0 * value).collect();
            assert_eq!(scale(&document, "s"), (vec![2, 3], product), "{body}");
        }
    }
}

#[test]
fn what_the_metadata_of_nested_graphs_say_is_kept_or_told() {
    let mut document = document(
        "  metadata { \"blk.author\": \"somebody else\" }\n  i = Input { shape: i64[1] [1] }\n  blk = graph {\n    \
         metadata { dt: f64 0.001 reset: \"subtract\" author: \"me\" }\n    a = Input { shape: i64[1] [1] metadata { k: f64 1 } }\n    \
         l = Threshold { threshold: f64[1] 1 metadata { k: f64 2 } }\n    z = Output { shape: i64[1] [1] }\n    a -> l -> z\n  }\n  \
         o = Output { shape: i64[1] [1] }\n  i -> blk -> o\n",
    );
    let rewrites =
        optimise_document(&mut document, &[find("unnest").unwrap()], &Limits::default()).unwrap();
    let told: Vec<String> = rewrites.iter().map(ToString::to_string).collect();
    let stands = |key: &str, of: &str| {
        format!(
            "unnest: /: metadata `{key}` of `{of}` stands as `{of}.{key}` in the metadata of the graph"
        )
    };
    let expected = [
        stands("dt", "blk"),
        stands("reset", "blk"),
        stands("k", "blk.a"),
        "unnest: /: blk became part of the graph around them".to_owned(),
        "unnest: /: metadata `author` of `blk` dropped".to_owned(),
    ];
    assert_eq!(told, expected);
    let metadata = &document.root.metadata;
    assert_eq!(metadata.get("blk.reset"), Some(&Value::from("subtract")));
    assert_eq!(metadata.get("blk.author"), Some(&Value::from("somebody else")));
    let kept = document.graph().unwrap().nodes.get("blk.l").unwrap();
    assert!(kept.metadata.contains_key("k"), "a node that stays keeps its own");
}

#[test]
fn what_the_metadata_of_a_folded_node_say_is_told_when_it_goes() {
    let mut document = document(
        "input = Input { shape: i64[1] [2] }\n\
        fc = Linear { weight: f32[2, 2] [[2, 4], [8, 10]] metadata { note: \"mine\" } }\n\
        sc = Scale { scale: f32[2] [0.5, 0.25] metadata { who: \"me\" when: f64 3 } }\n\
        output = Output { shape: i64[1] [2] }\n\
        input -> fc -> sc -> output\n",
    );
    let done = optimise(document.graph_mut().unwrap(), &[find("fold_scale").unwrap()]).unwrap();
    let lines: Vec<String> = done.iter().map(ToString::to_string).collect();
    let told = "fold_scale: /sc: metadata `who`, metadata `when` dropped with the node";
    assert_eq!(lines, ["fold_scale: /sc: multiplied into `fc`", told]);
    let fc = document.graph().unwrap().nodes.get("fc").unwrap();
    assert!(fc.metadata.contains_key("note"));
}

#[test]
fn a_product_that_the_number_format_does_not_hold_is_not_made() {
    let ports = "  i = Input { shape: i64[1] [1] }\n  o = Output { shape: i64[1] [1] }\n  i -> a -> b -> o\n";
    let linear = |name: &str, dtype: &str, number: &str| {
        format!("  {name} = Linear {{ weight: {dtype}[1, 1] [[{number}]] }}\n")
    };
    for (dtype, number) in [("f32", "1e-30"), ("f32", "1e30"), ("f64", "1e-200"), ("f64", "1e200")]
    {
        let body = linear("a", dtype, number) + &linear("b", dtype, number) + ports;
        assert_eq!(after(&body, &["fold_linear"]).1, 0, "{body}");
        let factor = format!("  a = Scale {{ scale: {dtype}[1] [{number}] }}\n");
        let body = factor + &linear("b", dtype, number) + ports;
        assert_eq!(after(&body, &["fold_scale"]).1, 0, "{body}");
    }
    let body = linear("a", "f32", "1e-20") + &linear("b", "f32", "1e-20") + ports;
    assert_eq!(after(&body, &["fold_linear"]).1, 1, "it is below 1e-38 and is held as 1e-40");
}
