//! What the page is: one file without anything from outside, in which texts of a file are data, and which is never too large.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common;

use std::collections::BTreeMap;

use common::{as_they_are, chain, node, options};
use nirkit_ir::primitive::{Linear, Unknown};
use nirkit_ir::valid::survey;
use nirkit_ir::{Document, Edge, Graph, Node, Primitive, Value};
use nirkit_numerics::Tensor;
use nirkit_view::{Options, Page, PageTooLarge, Platform, Verdict};
use serde_json::Value as Json;

/// The largest page.
const MOST: usize = 2_000_000;

fn page(
    document: &Document,
    options: Options,
    platforms: Vec<Platform>,
) -> Result<String, PageTooLarge> {
    let findings = survey(document, &options.limits).findings;
    let (title, program, sizes) = ("<b>net</b>.nir", "nirkit", BTreeMap::new());
    Page {
        document,
        options,
        title,
        program,
        findings: &findings,
        sizes,
        platforms,
        runs: None,
        evaluation: None,
    }
    .html()
}

fn of(graph: &Graph) -> String {
    page(&Document::of_graph(graph.clone()), options(), Vec::new()).unwrap()
}

/// The part of a page between two texts, the first of which occurs once.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    assert_eq!(page.matches(start).count(), 1, "{start}");
    page.split_once(start).unwrap().1.split_once(end).unwrap().0
}

fn data(page: &str) -> Json {
    let json = between(page, "<script id=\"data\" type=\"application/json\">", "</script>");
    serde_json::from_str(json).unwrap()
}

/// The page without its data.
fn shell(page: &str) -> String {
    let json = between(page, "<script id=\"data\" type=\"application/json\">", "</script>");
    page.replace(json, "")
}

const HOSTILE: [&str; 6] = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"'><img src=x onerror=alert(1)>",
    "a\u{2028}b\u{2029}c\u{0}\u{1b}[2J",
    "{{program}}{{data}}",
    "${x}`\\u003c",
];

#[test]
fn names_kinds_and_metadata_are_data_and_nothing_else() {
    let mut graph = Graph::default();
    for (at, name) in HOSTILE.iter().enumerate() {
        let kind = Unknown { kind: (*name).to_owned(), fields: nirkit_ir::Fields::default() };
        let mut made = if at % 2 == 0 { node(1) } else { Node::new(Primitive::Unknown(kind)) };
        made.metadata.insert((*name).to_owned(), Value::from(*name));
        graph.nodes.insert(*name, made);
    }
    graph.edges = HOSTILE.windows(2).map(|pair| Edge::new(pair[0], pair[1])).collect();
    let hostile = of(&graph);
    let harmless = of(&chain(2));
    // Whatever the names are, the page around the data is the same.
    assert_eq!(shell(&hostile), shell(&harmless));
    let found = data(&hostile);
    let names: Vec<&str> = found["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].as_str().unwrap())
        .collect();
    for name in HOSTILE {
        assert!(names.contains(&name), "{name:?}");
    }
    let json = between(&hostile, "<script id=\"data\" type=\"application/json\">", "</script>");
    assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
}

#[test]
fn the_page_asks_for_nothing_and_its_policy_forbids_it() {
    let page = of(&chain(3));
    assert!(page.starts_with("<!doctype html>"));
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src &#39;none&#39;;"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"));
    // The only address is the name of the SVG vocabulary.
    let addresses = page.match_indices("://").filter(|(at, _)| {
        !page[..*at].ends_with("http") || !page[*at..].starts_with("://www.w3.org/2000/svg")
    });
    assert_eq!(addresses.count(), 0);
    for asking in [
        "fetch(",
        "XMLHttpRequest",
        "import(",
        "innerHTML",
        "eval(",
        "@import",
        " src=",
        "document.write",
    ] {
        assert!(!page.contains(asking), "{asking}");
    }
    assert!(page.contains("<title>&lt;b&gt;net&lt;/b&gt;.nir</title>"));
}

fn nested(depth: usize) -> Graph {
    let mut graph = chain(2);
    if depth > 0 {
        let names: Vec<String> = graph.nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
        graph.nodes.insert("inner", Node::new(Primitive::Graph(nested(depth - 1))));
        graph.edges.push(Edge::new(names[1].as_str(), "inner"));
    }
    graph
}

#[test]
fn every_combination_of_three_nested_graphs_has_a_layout() {
    let found = data(&of(&nested(3)));
    let open: Vec<Vec<u64>> = found["states"]
        .as_array()
        .unwrap()
        .iter()
        .map(|state| {
            state["open"].as_array().unwrap().iter().map(|at| at.as_u64().unwrap()).collect()
        })
        .collect();
    // Each is in the one before it.
    assert_eq!(open.len(), 4, "{open:?}");
    let boxes = |open: &[u64]| {
        let states = found["states"].as_array().unwrap();
        let state = states.iter().find(|state| state["open"] == serde_json::json!(open)).unwrap();
        state["boxes"].as_array().unwrap().len()
    };
    let level = nested(0).nodes.len();
    assert_eq!(boxes(&[]), level + 1);
    assert_eq!(boxes(&[0]), 2 * level + 2);
    assert_eq!(boxes(&[0, 1, 2]), 4 * level + 3);
}

#[test]
fn a_long_chain_starts_folded_and_can_be_opened() {
    let found = data(&of(&chain(300)));
    let states = found["states"].as_array().unwrap();
    let start = &states[0];
    assert_eq!(start["open"], serde_json::json!([]));
    assert!(start["boxes"].as_array().unwrap().len() < 10);
    let opened = states.iter().find(|state| state["open"] == serde_json::json!([0])).unwrap();
    assert!(opened["boxes"].as_array().unwrap().len() >= 300);
    assert_eq!(found["units"][0]["what"], "block");
}

#[test]
fn verdicts_and_reasons_stand_at_their_nodes() {
    let graph = chain(2);
    let name = graph.nodes.iter().nth(1).unwrap().1.to_owned();
    let place = nirkit_ir::Place::root().node(&name);
    let reason = nirkit_ir::Diagnostic::new(nirkit_ir::diag::CODES[0], place, "it is not read")
        .help("drop it");
    let platform = Platform {
        name: "norse".to_owned(),
        outcome: "runs".to_owned(),
        no_verdict: None,
        help: None,
        choices: Vec::new(),
        verdicts: vec![Verdict { node: name.clone(), becomes: "LIFCell", verdict: "ignored" }],
        reasons: vec![("ignored", reason)],
    };
    let made = page(&Document::of_graph(graph), options(), vec![platform]).unwrap();
    let found = data(&made);
    let platform = &found["platforms"][0];
    let [node, verdict, becomes] =
        [0, 1, 2].map(|at| platform["verdicts"][0][at].as_u64().unwrap());
    assert_eq!(found["nodes"][node as usize]["name"], name.as_str());
    let word = |at: u64| platform["words"][at as usize].as_str().unwrap();
    assert_eq!((word(verdict), word(becomes)), ("ignored", "LIFCell"));
    assert_eq!(platform["findings"][0]["nodes"][0], node);
    assert_eq!(platform["findings"][0]["help"], "drop it");
}

/// So many weights of 16 × 16 in a row, all numbers different.
fn weights(len: usize) -> Graph {
    let name = |at: usize| format!("n{at}");
    let weight =
        |at: usize| (0..256).map(|number| f64::from(number) + at as f64).collect::<Vec<_>>();
    let linear = |at: usize| Linear { weight: Tensor::new(&[16, 16], weight(at)).unwrap() };
    let nodes = (0..len).map(|at| (name(at), Node::new(Primitive::Linear(linear(at))))).collect();
    let edges = (1..len).map(|at| Edge::new(name(at - 1), name(at))).collect();
    Graph { nodes, edges }
}

#[test]
fn pages_of_large_graphs_leave_pictures_out_and_say_so() {
    let [few, many, most] = [20, 3000, 6000].map(|len| of(&weights(len)));
    let map = |page: &str| data(page)["nodes"][7]["fields"][0]["map"].clone();
    assert_eq!(map(&few)["rows"], 16);
    assert!(map(&many)["rows"].as_u64().unwrap() < 16);
    assert!(map(&many)["says"].to_string().contains("a cell is the mean of"));
    for page in [&few, &many] {
        assert_eq!(data(page)["left_out"], serde_json::json!([]));
    }
    assert!(most.len() <= MOST && many.len() <= MOST, "{} {}", many.len(), most.len());
    let left_out = data(&most)["left_out"].to_string();
    assert!(left_out.contains("heat maps"), "{left_out}");
}

#[test]
fn blocks_of_a_small_graph_are_not_folded() {
    let found = data(&of(&weights(20)));
    assert_eq!(found["states"][0]["boxes"].as_array().unwrap().len(), 20);
    assert_eq!(found["units"], serde_json::json!([]));
}

#[test]
fn a_page_of_a_large_matrix_is_small() {
    let weight = Tensor::new(&[1000, 2000], (0..2_000_000).map(f64::from).collect()).unwrap();
    let mut graph = Graph::default();
    graph.nodes.insert("fc", Node::new(Primitive::Linear(Linear { weight })));
    let made = of(&graph);
    assert!(made.len() < 200_000, "{}", made.len());
    let field = &data(&made)["nodes"][0]["fields"][0];
    assert_eq!(
        (&field["range"][0], &field["range"][1]),
        (&Json::from(0.0), &Json::from(2_000_000.0))
    );
    assert!(
        field["map"]["says"]
            .as_str()
            .unwrap()
            .contains("1000 × 2000 numbers; a cell is the mean of")
    );
}

#[test]
fn what_is_too_large_for_a_page_is_refused() {
    let graph = chain(15_000);
    let refused = page(
        &Document::of_graph(graph),
        Options { all: true, ..Options::new(as_they_are) },
        Vec::new(),
    );
    assert!(matches!(refused, Err(PageTooLarge::Bytes(bytes)) if bytes > MOST));
}

#[test]
fn the_order_of_nodes_in_the_file_changes_nothing_but_their_order() {
    let graph = nested(1);
    let mut turned = Graph { nodes: Graph::default().nodes, edges: graph.edges.clone() };
    let nodes: Vec<(String, Node)> =
        graph.nodes.iter().map(|(_, name, node)| (name.to_owned(), node.clone())).collect();
    for (name, node) in nodes.into_iter().rev() {
        turned.nodes.insert(name, node);
    }
    let [a, b] = [&graph, &turned].map(|graph| data(&of(graph)));
    assert_eq!(a["states"], b["states"]);
}
