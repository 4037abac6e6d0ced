//! Files as exporters write them, each with one fault: what is found, and what a repair makes of it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use nirkit_ir::text::{PrintOptions, parse, print};
use nirkit_ir::valid::validate_document;
use nirkit_ir::{Code, Diagnostic, Document, Place, Severity};
use nirkit_passes::repair;

fn case(name: &str) -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let text = fs::read_to_string(folder.join(name).with_extension("nirt")).unwrap();
    parse(&text, &()).unwrap()
}

/// Findings that keep a graph from running, or from running as it was meant.
fn serious(document: &Document) -> Vec<Diagnostic> {
    let mut findings = validate_document(document).findings;
    findings.retain(|finding| finding.severity > Severity::Note);
    findings
}

/// The one finding about a file.
fn only(document: &Document) -> Diagnostic {
    let found = serious(document);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.into_iter().next().unwrap()
}

fn text(document: &Document) -> String {
    print(document, &PrintOptions::complete()).text
}

/// What a repair did, as sentences, and the file afterwards.
fn mended(name: &str) -> (Vec<String>, Document) {
    let mut document = case(name);
    let changes = repair(&mut document).into_iter();
    let changes = changes.map(|change| format!("{} {}", change.code, change.done));
    (changes.collect(), document)
}

#[test]
fn a_nested_graph_that_was_flattened_by_its_names_is_nested_again() {
    let found = serious(&case("dotted_ports/net"));
    let dangling: Vec<&Diagnostic> =
        found.iter().filter(|finding| finding.code == Code::DanglingEdge).collect();
    assert_eq!(dangling.len(), 1, "one cause is one finding: {found:#?}");
    assert!(dangling[0].message.contains("flattened by its names"), "{}", dangling[0]);
    let (changes, document) = mended("dotted_ports/net");
    assert_eq!(changes, ["N101 nested the nodes `lif1.*` in `lif1` again"]);
    assert_eq!(serious(&document), []);
    let facts = validate_document(&document).facts.unwrap();
    // As before, in the terms of whoever records them.
    let lif = facts.leaf(facts.find("lif1.lif").unwrap());
    assert_eq!(lif.sources.len(), 2, "from the port and from `lif1.w_rec`");
    let fc2 = facts.leaf(facts.find("fc2").unwrap());
    assert_eq!(fc2.sources, [facts.find("lif1.output").unwrap()]);
    let ports: Vec<&str> =
        facts.inputs(document.graph().unwrap()).map(|id| facts.leaf(id).name.as_str()).collect();
    assert_eq!(ports, ["input"], "the port of the nested graph asks for no stimulus");
}

#[test]
fn flattened_graphs_beside_and_inside_each_other_are_nested_again() {
    let port = |name: &str, kind: &str| format!("  {name} = {kind} {{ shape: i64[1] [1] }}\n");
    let mut text = "nirt 1\nversion \"1.0.8\"\ngraph {\n".to_owned();
    text += &[port("input", "Input"), port("output", "Output")].concat();
    for name in ["a", "b", "b.c"] {
        text +=
            &[port(&format!("{name}.i"), "Input"), port(&format!("{name}.o"), "Output")].concat();
    }
    text += "  input -> a\n  a.i -> a.o\n  a -> b\n  b.i -> b.c\n  b.c.i -> b.c.o\n  b.c -> b.o\n  b -> output\n}";
    let mut document = parse(&text, &()).unwrap();
    assert!(!repair(&mut document).is_empty());
    assert_eq!(serious(&document), []);
    let graph = document.graph().unwrap();
    let nested = |graph: &nirkit_ir::Graph, name: &str| {
        graph.nodes.get(name).unwrap().primitive.as_graph().unwrap().clone()
    };
    assert_eq!(nested(graph, "a").edges.len(), 1);
    let inner = nested(&nested(graph, "b"), "c");
    assert_eq!((inner.nodes.len(), inner.edges.len()), (2, 1));
    assert_eq!(graph.edges.len(), 3);
}

#[test]
fn an_edge_that_is_the_only_way_from_input_to_output_stays() {
    let text = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
                a = Linear { weight: f64[2, 2] 1 }\n  output = Output { shape: i64[1] [2] }\n  \
                input -> a\n  a -> lost\n  gone -> output\n}";
    let mut document = parse(text, &()).unwrap();
    let before = document.clone();
    let found = serious(&document);
    let dangling: Vec<&Diagnostic> =
        found.iter().filter(|finding| finding.code == Code::DanglingEdge).collect();
    assert!(
        dangling.len() == 2 && dangling.iter().all(|finding| !finding.repairable),
        "{found:#?}"
    );
    assert!(dangling[0].help.as_ref().unwrap().contains("no way leads from Input to Output"));
    assert_eq!(repair(&mut document), []);
    assert_eq!(document, before);
}

#[test]
fn a_batch_axis_is_one_cause_with_one_repair() {
    let finding = only(&case("batch_axis/net"));
    assert_eq!((finding.code, finding.severity), (Code::BatchAxis, Severity::Error));
    let (changes, document) = mended("batch_axis/net");
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(text(&document), text(&case("batch_axis/right")));
    assert_eq!(serious(&document), []);
}

#[test]
fn zeros_in_the_place_of_a_shape_are_mended_by_what_arrives() {
    let zeroed = text(&case("batch_axis/net")).replace("[1, 4, 3, 3]", "[0, 0, 0, 0]");
    let mut document = parse(&zeroed, &()).unwrap();
    let codes: Vec<Code> = serious(&document).iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::NotACount, Code::BatchAxis]);
    let codes: Vec<Code> = repair(&mut document).iter().map(|change| change.code).collect();
    assert_eq!(codes, [Code::BatchAxis, Code::NotACount]);
    assert_eq!(text(&document), text(&case("batch_axis/right")));
}

#[test]
fn a_flatten_that_counts_the_batch_axis_counts_one_less() {
    let finding = only(&case("flatten_batch_axis/net"));
    assert_eq!(
        (finding.code, finding.place.to_string()),
        (Code::FlattenBatchAxis, "/flat/start_dim".into())
    );
    let (changes, document) = mended("flatten_batch_axis/net");
    assert_eq!(changes, ["N310 `start_dim` is 0 now, without a batch axis, in `flat`"]);
    assert_eq!(text(&document), text(&case("flatten_batch_axis/right")));
}

#[test]
fn an_input_of_a_nested_graph_takes_the_width_that_arrives() {
    let document = case("nested_input_width/net");
    let finding = only(&document);
    assert_eq!((finding.code, finding.severity), (Code::DeclaredShape, Severity::Warning));
    assert_eq!(finding.place.to_string(), "/hidden/input/shape");
    assert!(validate_document(&document).facts.is_some(), "it runs as it is");
    let (changes, document) = mended("nested_input_width/net");
    assert_eq!(changes, ["N307 `hidden.input` has the shape [3] now"]);
    assert_eq!(text(&document), text(&case("nested_input_width/right")));
}

#[test]
fn an_output_that_declares_another_shape_is_corrected() {
    let text = text(&case("nested_input_width/right")).replacen(
        "output = Output { shape: i64[1] [2] }",
        "output = Output { shape: i64[1] [9] }",
        1,
    );
    let mut document = parse(&text, &()).unwrap();
    assert_eq!(only(&document).code, Code::DeclaredShape);
    assert_eq!(repair(&mut document).len(), 1);
    assert_eq!(serious(&document), []);
}

#[test]
fn a_bias_that_is_one_number_is_that_of_every_output() {
    for (name, bias) in [
        ("scalar_bias/r", "bias: f64[2] [0.5, 0.5]"),
        ("scalar_bias/zero", "bias: f64[2] [0, 0]"),
        // False is 0; a truth value is no number format for sums.
        ("scalar_bias/false", "bias: f32[2] [0, 0]"),
    ] {
        let document = case(name);
        assert_eq!(serious(&document), [], "{name}");
        let notes = validate_document(&document).findings;
        assert_eq!(notes.len(), 1);
        assert_eq!(
            (notes[0].code, notes[0].place.to_string()),
            (Code::ScalarParameter, "/fc/bias".into())
        );
        let (_, document) = mended(name);
        assert!(text(&document).contains(bias), "{name}: {}", text(&document));
        assert_eq!(validate_document(&document).findings, []);
    }
}

#[test]
fn matrices_that_fit_transposed_are_one_finding() {
    let found = serious(&case("transposed_weights/net"));
    let codes: Vec<Code> = found.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::TauNotPositive, Code::TransposedWeight]);
    assert!(found[1].message.contains("`linear`, `linear_1` ([5, 4], [4, 2])"), "{}", found[1]);
    let (changes, document) = mended("transposed_weights/net");
    assert_eq!(changes, ["N311 transposed `weight` of `linear`, `linear_1`"]);
    assert_eq!(serious(&document).len(), 1, "what cannot be mended stays");
    let weights = |document: &Document| {
        let text = text(document);
        let lines = text.lines().filter(|line| line.contains("linear")).map(str::to_owned);
        lines.collect::<Vec<String>>()
    };
    assert_eq!(weights(&document), weights(&case("transposed_weights/right")));
}

#[test]
fn bad_numbers_of_a_field_are_one_finding_with_their_count() {
    let taus: Vec<String> = (0..500).map(|at| format!("-{at}")).collect();
    let text = format!(
        "nirt 1\ngraph {{\n  input = Input {{ shape: i64[1] [500] }}\n  x = LI {{ tau: f64[500] [{}] \
         r: f64[500] 1 v_leak: f64[500] 0 }}\n  output = Output {{ shape: i64[1] [500] }}\n  \
         input -> x -> output\n}}",
        taus.join(", ")
    );
    let finding = only(&parse(&text, &()).unwrap());
    assert_eq!(finding.message, "`tau` is -0 s, and so are 499 more of 500");
}

#[test]
fn a_lost_pool_is_told_and_its_evidence_is_not_overwritten() {
    let document = case("dropped_pool/net");
    let finding = only(&document);
    assert_eq!((finding.code, finding.repairable), (Code::MissingPool, false));
    assert_eq!(
        finding.message,
        "`flat` declares [8, 8, 8], [8, 16, 16] arrives: a pool of 2 x 2 is missing before it"
    );
    assert!(finding.help.unwrap().contains("NIR has no MaxPool2d"));
    let (changes, mended) = mended("dropped_pool/net");
    assert_eq!(changes, [""; 0]);
    assert_eq!(mended, document);
    let unknown = serious(&case("dropped_pool/maxpool"));
    assert!(unknown[0].help.as_ref().unwrap().contains("SumPool2d or AvgPool2d"), "{unknown:#?}");
}

#[test]
fn what_follows_a_pool_and_was_made_for_what_arrives_speaks_against_a_lost_one() {
    let text = "nirt 1\ngraph {\n  input = Input { shape: i64[3] [1, 4, 4] }\n  \
                flat = Flatten { input_type: i64[3] [1, 2, 2] start_dim: i64 0 end_dim: i64 -1 }\n  \
                fc = Linear { weight: f64[3, 16] 1 }\n  output = Output { shape: i64[1] [3] }\n  \
                input -> flat -> fc -> output\n}";
    let finding = only(&parse(text, &()).unwrap());
    assert_eq!((finding.code, finding.repairable), (Code::DeclaredShape, true));
}

#[test]
fn neurons_that_rest_below_a_negative_threshold_are_fine() {
    assert_eq!(serious(&case("biophysical_units/net")), []);
    let finding = only(&case("biophysical_units/tonic"));
    assert_eq!(
        (finding.code, finding.place.to_string()),
        (Code::LeakNotBelowThreshold, "/lif/v_leak[0]".into())
    );
}

#[test]
fn a_parameter_for_each_channel_of_a_plane_is_told_how_to_be_written() {
    let finding = only(&case("conv_parameter_layouts/c"));
    assert!(finding.help.unwrap().starts_with("write it as [4, 1, 1]"));
    assert_eq!(serious(&case("conv_parameter_layouts/c11")), []);
}

#[test]
fn single_numbers_are_one_finding_for_each_node() {
    let text = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [3] }\n  \
                lif = CubaLIF { tau_syn: f64 2e-4 tau_mem: f64 1e-3 r: f64 10 v_leak: f64 0 v_threshold: f64 1 \
                v_reset: f64 0 w_in: f64 2 }\n  output = Output { shape: i64[1] [3] }\n  \
                input -> lif -> output\n}";
    let mut document = parse(text, &()).unwrap();
    let notes = validate_document(&document).findings;
    assert_eq!(notes.len(), 1, "{notes:#?}");
    assert_eq!(
        (notes[0].code, &notes[0].place),
        (Code::ScalarParameter, &Place::root().node("lif"))
    );
    assert!(notes[0].message.starts_with("7 parameters"), "{}", notes[0]);
    assert_eq!(repair(&mut document).len(), 1);
    assert_eq!(validate_document(&document).findings, []);
}

#[test]
fn a_missing_field_hides_no_other_fault() {
    let text = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [2] }\n  \
                x = LIF { tau: f64[2] [-1, 1] r: f64[2] 1 v_leak: f64[2] 0 v_treshold: f64[2] 1 }\n  \
                output = Output { shape: i64[1] [2] }\n  input -> x -> output\n}";
    let found = serious(&parse(text, &()).unwrap());
    let told: Vec<(Code, String)> =
        found.iter().map(|finding| (finding.code, finding.place.to_string())).collect();
    assert_eq!(
        told,
        [
            (Code::MissingField, "/x/v_threshold".to_owned()),
            (Code::UnknownField, "/x/v_treshold".to_owned()),
            (Code::TauNotPositive, "/x/tau[0]".to_owned()),
        ]
    );
    assert_eq!(found[0].help.as_deref(), Some("rename `v_treshold` if that is meant"));
    assert_eq!(found[1].help.as_deref(), Some("did you mean `v_threshold`?"));
}
