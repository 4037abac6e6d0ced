//! A repair mends what the validator calls repairable, says what it did, and changes nothing else.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use nirkit_ir::text::{PrintOptions, parse, print};
use nirkit_ir::valid::validate_document;
use nirkit_ir::{Code, Document, Severity};
use nirkit_passes::repair;

fn document(text: &str) -> Document {
    parse(text, &()).unwrap()
}

/// Codes of the changes, and the graph as text afterwards.
fn mended(text: &str) -> (Vec<Code>, String) {
    let mut document = document(text);
    let codes = repair(&mut document).iter().map(|change| change.code).collect();
    let options = PrintOptions { units: false, ..PrintOptions::complete() };
    (codes, print(&document, &options).text)
}

fn graph(body: &str) -> String {
    format!("nirt 1\nversion \"1.0.8\"\n\ngraph {{\n{body}}}\n")
}

const PORTS: &str =
    "  input = Input { shape: i64[1] [2] }\n  output = Output { shape: i64[1] [2] }\n";

#[test]
fn a_sound_graph_is_left_as_it_is() {
    let text = graph(&format!("{PORTS}  input -> output\n"));
    let mut sound = document(&text);
    assert_eq!(repair(&mut sound), []);
    assert_eq!(sound, document(&text));
}

#[test]
fn an_edge_to_a_renamed_node_finds_it_and_one_to_nothing_goes() {
    let text = graph(&format!(
        "{PORTS}  lif1 = LI {{ tau: f64[2] 1 r: f64[2] 1 v_leak: f64[2] 0 }}\n  \
         input -> lif\n  lif -> output\n  zebra -> output\n"
    ));
    let (codes, text) = mended(&text);
    assert_eq!(codes, [Code::DanglingEdge; 3]);
    assert!(text.contains("input -> lif1\n") && text.contains("lif1 -> output\n"), "{text}");
    assert!(!text.contains("zebra"), "{text}");
}

#[test]
fn a_default_is_written_with_the_type_of_its_neighbours() {
    let (codes, text) = mended(&graph(&format!(
        "{PORTS}  f = IF {{ r: f32[2] 1 v_threshold: f32[2] 1 }}\n  input -> f -> output\n"
    )));
    assert_eq!(codes, [Code::DefaultTaken]);
    assert!(text.contains("v_reset: f32[2] [0, 0]"), "{text}");
}

#[test]
fn ports_are_added_where_signals_begin_and_end() {
    let (codes, text) = mended(&graph("  a = Linear { weight: f64[3, 2] 1 }\n"));
    assert_eq!(codes, [Code::NoInput, Code::NoOutput]);
    assert!(text.contains("input_a = Input { shape: i64[1] [2] }"), "{text}");
    assert!(text.contains("output_a = Output { shape: i64[1] [3] }"), "{text}");
    assert!(text.contains("input_a -> a\n") && text.contains("a -> output_a\n"), "{text}");
}

#[test]
fn a_lone_primitive_becomes_a_graph() {
    let (codes, text) = mended("nirt 1\n\nLinear { weight: f64[3, 2] 1 }\n");
    assert_eq!(codes, [Code::LoneNode]);
    assert!(text.contains("input -> linear\n") && text.contains("linear -> output\n"), "{text}");
}

#[test]
fn a_single_number_is_written_out_in_the_shape_of_the_node() {
    let (codes, text) = mended(&graph(&format!(
        "{PORTS}  d = Delay {{ delay: f32 0.5 }}\n  input -> d -> output\n"
    )));
    assert_eq!(codes, [Code::ScalarParameter]);
    assert!(text.contains("delay: f32[2] [0.5, 0.5]"), "{text}");
}

#[test]
fn extra_axes_of_an_output_are_removed() {
    let (codes, text) = mended(&graph(
        "  input = Input { shape: i64[1] [2] }\n  output = Output { shape: i64[2] [1, 2] }\n  \
         input -> output\n",
    ));
    assert_eq!(codes, [Code::UnitAxes]);
    assert!(text.contains("output = Output { shape: i64[1] [2] }"), "{text}");
}

#[test]
fn whatever_a_finding_promises_a_repair_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ir/tests/invalid");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut document = document(&fs::read_to_string(&path).unwrap());
        for finding in validate_document(&document).findings {
            let promises = finding.help.as_ref().is_some_and(|help| help.contains("--repair"));
            assert!(!promises || finding.repairable, "{}: {finding}", path.display());
        }
        let promised = |document: &Document| {
            let mut found = validate_document(document).findings;
            found.retain(|finding| finding.repairable);
            found
        };
        let before = promised(&document);
        let changes = repair(&mut document);
        assert_eq!(promised(&document), [], "{}: after {changes:?}", path.display());
        assert!(before.is_empty() || !changes.is_empty(), "{}: {before:?}", path.display());
        assert_eq!(repair(&mut document), [], "{}: after {changes:?}", path.display());
    }
}

#[test]
fn an_edge_to_a_node_inside_of_a_nested_graph_is_not_one_to_the_graph() {
    let inner = "graph {\n    input = Input { shape: i64[1] [2] }\n    a = Scale { scale: f64[2] 2 }\n    \
                 b = Scale { scale: f64[2] 3 }\n    output = Output { shape: i64[1] [2] }\n    \
                 input -> a -> b -> output\n  }";
    let text = graph(&format!(
        "{PORTS}  blk = {inner}\n  fb = Scale {{ scale: f64[2] 5 }}\n  o2 = Output {{ shape: i64[1] [2] }}\n  \
         input -> blk -> output\n  input -> fb -> blk.b\n  blk.a -> o2\n"
    ));
    let (codes, text) = mended(&text);
    assert!(!codes.contains(&Code::DanglingEdge), "{codes:?}");
    assert!(text.contains("fb -> blk.b\n") && text.contains("blk.a -> o2\n"), "{text}");
}

#[test]
fn no_edge_goes_that_would_leave_a_part_of_the_graph_apart() {
    let scale = "Scale { scale: f64[2] 2 }";
    let chain = format!("  fc = {scale}\n  lif1 = {scale}\n  lif2 = {scale}\n");
    for body in [
        format!(
            "  input = Input {{ shape: i64[1] [2] }}\n{chain}  input -> fc -> lif\n  lif1 -> lif2\n"
        ),
        format!(
            "  output = Output {{ shape: i64[1] [2] }}\n{chain}  fc -> lif1\n  lif -> lif2 -> output\n"
        ),
    ] {
        let (codes, text) = mended(&graph(&body));
        assert!(!codes.contains(&Code::DanglingEdge), "{codes:?}: {text}");
    }
    // What an Output that is missing was called is nobody's only way.
    let body =
        format!("  input = Input {{ shape: i64[1] [2] }}\n  fc = {scale}\n  input -> fc -> end\n");
    let (codes, text) = mended(&graph(&body));
    assert_eq!(codes, [Code::DanglingEdge, Code::NoOutput]);
    assert!(text.contains("fc -> output_fc\n"), "{text}");
}

#[test]
fn ports_of_many_nested_graphs_are_corrected_in_the_direction_of_the_signals() {
    let (mut nodes, mut edges) = (String::new(), "i".to_owned());
    for at in 0..30 {
        nodes += &format!(
            "g{at} = graph {{ i = Input {{ shape: i64[1] [5] }} s = Scale {{ scale: f64 2 }} \
            o = Output {{ shape: i64[1] [7] }} i -> s -> o }}\n"
        );
        edges += &format!(" -> g{at}");
    }
    let mut document = document(&format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\ni = Input {{ shape: i64[1] [2] }}\no = Output {{ shape: i64[1] [2] }}\n\
        {nodes}{edges} -> o\n}}\n"
    ));
    let before = validate_document(&document);
    assert!(before.errors().next().is_none(), "{:?}", before.errors().collect::<Vec<_>>());
    let changes = repair(&mut document);
    assert_eq!(changes.iter().filter(|change| change.code == Code::DeclaredShape).count(), 1);
    let left = validate_document(&document).findings;
    assert!(left.iter().all(|finding| finding.severity == Severity::Note), "{left:?}");
}
