//! What the SVG is: well-formed, without anything that acts, with all that there is to say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common;

use common::{check, graph, layout, node, options};
use nirkit_ir::primitive::Unknown;
use nirkit_ir::{Edge, Graph, Node, Primitive};
use nirkit_view::{Direction, Options, svg};
use roxmltree::Document;

/// Elements that the pictures are made of.
const ELEMENTS: [&str; 6] = ["svg", "title", "rect", "g", "text", "path"];

fn hostile() -> Graph {
    let names = [
        "<script>alert(1)</script>".to_owned(),
        "\"'><svg onload='x'>".to_owned(),
        "a\u{202e}b\u{0}c\u{1b}[2J\u{fffe}\u{ffff}".to_owned(),
        "]]>&amp;&#0;<!--".to_owned(),
        "x".repeat(5000),
        "漢字かな🤖".repeat(200),
        String::new(),
        "a.b\nc\td".to_owned(),
    ];
    let mut graph = Graph::default();
    for (at, name) in names.iter().enumerate() {
        let kind = Unknown { kind: name.clone(), fields: nirkit_ir::Fields::default() };
        let node = if at % 2 == 0 { node(at) } else { Node::new(Primitive::Unknown(kind)) };
        graph.nodes.insert(name.clone(), node);
    }
    graph.edges = names.windows(2).map(|pair| Edge::new(&*pair[0], &*pair[1])).collect();
    graph.edges.push(Edge::new("<nowhere>", "&"));
    let mut outer = graph.clone();
    outer.nodes.insert("<g>", Node::new(Primitive::Graph(graph)));
    outer.edges.push(Edge::new(&*names[0], "<g>"));
    outer
}

#[test]
fn names_are_text_and_nothing_else() {
    for direction in [Direction::Down, Direction::Right] {
        let drawn = layout(&hostile(), &Options { direction, ..options() });
        assert_eq!(check(&drawn), 0);
        let picture = svg(&drawn, "<title>&");
        let parsed = Document::parse(&picture).unwrap();
        for element in parsed.descendants().filter(roxmltree::Node::is_element) {
            assert!(ELEMENTS.contains(&element.tag_name().name()), "{element:?}");
            for attribute in element.attributes() {
                assert!(!attribute.name().starts_with("on") && attribute.name() != "href");
                assert!(!attribute.value().contains("url("), "{attribute:?}");
            }
        }
        let titles = parsed.descendants().filter(|element| element.has_tag_name("title"));
        assert!(
            titles.filter_map(|title| title.text()).any(|text| text.contains(&"x".repeat(5000)))
        );
        let long = parsed.descendants().filter(|element| element.has_tag_name("text"));
        assert!(long.filter_map(|text| text.text()).all(|text| text.chars().count() < 120));
    }
}

#[test]
fn findings_are_marked_at_their_nodes_with_code_and_text() {
    let mut faulty = graph(&[3, 0, 1], &[(0, 1), (1, 2), (1, 2)]);
    if let Some(Primitive::Lif(lif)) = faulty.nodes.get_mut("n2").map(|node| &mut node.primitive) {
        lif.tau = nirkit_numerics::Tensor::vector(vec![0.0; 3]);
    }
    faulty.edges.push(Edge::new("n1", "nowhere"));
    let drawn = layout(&faulty, &options());
    let codes = |at: usize| {
        drawn.nodes[at].findings.iter().map(|mark| mark.code.as_str()).collect::<Vec<_>>()
    };
    let neuron = drawn.nodes.iter().position(|block| block.name == "n2").unwrap();
    assert!(codes(neuron).contains(&"N204"), "{:?}", codes(neuron));
    // The edge that stands twice is told where it begins, and drawn once.
    let source = drawn.nodes.iter().position(|block| block.name == "n1").unwrap();
    assert!(codes(source).contains(&"N102"), "{:?}", codes(source));
    assert_eq!(drawn.edges.iter().map(|arrow| arrow.count).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(drawn.edges_not_drawn, 1);
    let picture = svg(&drawn, "net");
    assert!(picture.contains("error N204: `tau` is 0 s"), "{picture}");
    assert!(nirkit_view::text(&drawn).contains("n2: error N204: `tau` is 0 s"));
}

#[test]
fn a_box_names_kind_shape_and_parameters() {
    let drawn = layout(&graph(&[3, 0, 1, 4], &[(0, 1), (1, 2), (2, 3)]), &options());
    let lines = |name: &str| {
        let block = drawn.nodes.iter().find(|block| block.name == name).unwrap();
        block.lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(lines("n1"), ["n1", "Linear", "weight 3×3"]);
    assert_eq!(lines("n2"), ["n2", "LIF", "tau 10 ms", "v_threshold 1 V"]);
    let labels: Vec<&str> = drawn.labels.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(labels, ["3", "3", "3"]);
}
