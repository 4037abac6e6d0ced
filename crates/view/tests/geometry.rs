//! What holds of every drawing: boxes and labels do not overlap, edges begin and end at their boxes, and cross no other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::common;

use std::time::Instant;

use common::{chain, check, graph, layout, node, numbers, options};
use nirkit_ir::{Document, Edge, Graph, Node, Primitive};
use nirkit_view::{Content, Direction, Layout, Options, svg};
use proptest::collection::vec;
use proptest::prelude::*;

/// A graph with nested graphs in it: each level holds some nodes and the level below it.
fn nested(kinds: &[usize], edges: &[(usize, usize)], depth: usize) -> Graph {
    let mut inner = graph(kinds, edges);
    for _ in 0..depth {
        let mut outer = graph(kinds, edges);
        outer.nodes.insert("inner", Node::new(Primitive::Graph(inner)));
        outer.edges.extend([Edge::new("n0", "inner"), Edge::new("inner", "n1")]);
        outer.edges.push(Edge::new("inner", "inner"));
        inner = outer;
    }
    inner
}

fn every_way() -> impl Iterator<Item = Options> {
    let directions = [Direction::Down, Direction::Right].into_iter();
    directions.flat_map(|direction| {
        let flags = [(false, false), (true, false), (false, true)].into_iter();
        flags.map(move |(collapse, all)| Options { direction, collapse, all, ..options() })
    })
}

/// The same graph with its nodes and edges in another order.
fn turned(graph: &Graph) -> Graph {
    let mut nodes: Vec<(String, Node)> =
        graph.nodes.iter().map(|(_, name, node)| (name.to_owned(), node.clone())).collect();
    nodes.reverse();
    let middle = nodes.len() / 3;
    nodes.rotate_left(middle);
    for (_, node) in &mut nodes {
        if let Primitive::Graph(inner) = &mut node.primitive {
            *inner = turned(inner);
        }
    }
    let mut edges = graph.edges.clone();
    edges.reverse();
    Graph { nodes: nodes.into_iter().collect(), edges }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn graphs_without_cycles_are_drawn_without_overlap(
        kinds in vec(0..5_usize, 1..30),
        edges in vec((0..30_usize, 0..30_usize), 0..60),
    ) {
        let count = kinds.len();
        let forward = edges.iter().map(|&(a, b)| (a % count, b % count)).filter(|(a, b)| a < b);
        let graph = graph(&kinds, &forward.collect::<Vec<_>>());
        for options in every_way() {
            let drawn = layout(&graph, &options);
            prop_assert_eq!(check(&drawn), 0);
            prop_assert!(drawn.edges.iter().all(|arrow| !arrow.feedback));
        }
    }

    #[test]
    fn graphs_with_cycles_are_drawn_without_overlap(
        kinds in vec(0..5_usize, 1..25),
        edges in vec((0..25_usize, 0..25_usize), 0..60),
    ) {
        let graph = graph(&kinds, &edges);
        for options in every_way() {
            let drawn = layout(&graph, &options);
            prop_assert_eq!(check(&drawn), 0);
            // Edges that do not lead back come to a later layer.
            let layer = |at: usize| drawn.nodes[at].layer;
            let mut forward = drawn.edges.iter().filter(|arrow| !arrow.feedback);
            prop_assert!(forward.all(|arrow| layer(arrow.source) < layer(arrow.target)));
        }
    }

    #[test]
    fn nested_graphs_are_drawn_around_their_nodes(
        kinds in vec(0..5_usize, 2..9),
        edges in vec((0..9_usize, 0..9_usize), 0..14),
        depth in 1..4_usize,
    ) {
        let graph = nested(&kinds, &edges, depth);
        for options in every_way() {
            let drawn = layout(&graph, &options);
            prop_assert_eq!(check(&drawn), 0);
            let boxes = if options.collapse { 1 } else { depth };
            let graphs = drawn.nodes.iter().filter(|block| block.kind == "NIRGraph").count();
            prop_assert_eq!(graphs, boxes);
        }
    }

    #[test]
    fn the_order_of_the_file_changes_nothing(
        kinds in vec(0..5_usize, 2..12),
        edges in vec((0..12_usize, 0..12_usize), 0..24),
        depth in 0..3_usize,
    ) {
        let graph = nested(&kinds, &edges, depth);
        let other = turned(&graph);
        for options in every_way() {
            let [one, two] = [&graph, &other].map(|graph| svg(&layout(graph, &options), "net"));
            prop_assert_eq!(one, two);
        }
    }
}

#[test]
fn a_chain_is_one_straight_line() {
    let drawn = layout(&chain(30), &options());
    assert_eq!((drawn.nodes.len(), check(&drawn)), (30, 0));
    let x = drawn.edges[0].points[0][0];
    assert!(drawn.edges.iter().all(|arrow| arrow.points.iter().all(|point| point[0] == x)));
}

#[test]
fn a_tree_has_no_crossings() {
    let edges: Vec<(usize, usize)> = (1..31).map(|at| ((at - 1) / 2, at)).collect();
    let drawn = layout(&graph(&[1; 31], &edges), &options());
    assert_eq!(check(&drawn), 0);
    // In each layer, targets stand in the order of their sources.
    for one in &drawn.edges {
        for other in &drawn.edges {
            let of = |at: usize| &drawn.nodes[at];
            if of(one.source).layer == of(other.source).layer
                && of(one.source).x < of(other.source).x
            {
                assert!(of(one.target).x < of(other.target).x);
            }
        }
    }
}

#[test]
fn a_long_chain_is_folded_and_says_so() {
    let drawn = layout(&chain(100), &options());
    assert_eq!(check(&drawn), 0);
    assert_eq!(drawn.folded.len(), 1);
    assert_eq!(drawn.folded[0].title(), "49 × [Linear, LIF]");
    let Content::Folded { times, members } = &drawn.nodes[drawn.folded[0].node].content else {
        panic!("{:?} is not folded", drawn.nodes);
    };
    assert_eq!((*times, members.len()), (49, 98));
    assert_eq!(drawn.notes(), ["49 × [Linear, LIF] stands for the nodes from `n1` to `n98`"]);
    assert!(svg(&drawn, "net").contains("49 × [Linear, LIF]"));
    assert_eq!(layout(&chain(100), &Options { all: true, ..options() }).nodes.len(), 100);
}

#[test]
fn repeated_nested_graphs_are_folded() {
    let mut chain = chain(50);
    for at in (2..48).step_by(2) {
        let inner = graph(&[3, 0, 1, 4], &[(0, 1), (1, 2), (2, 3)]);
        chain.nodes.insert(format!("n{at}"), Node::new(Primitive::Graph(inner)));
    }
    let drawn = layout(&chain, &options());
    assert_eq!(check(&drawn), 0);
    assert_eq!(drawn.folded[0].title(), "23 × [Linear, NIRGraph]");
}

#[test]
fn a_recurrent_edge_runs_back_beside_its_boxes() {
    let drawn =
        layout(&graph(&[3, 0, 1, 0, 4], &[(0, 1), (1, 2), (2, 4), (2, 3), (3, 2)]), &options());
    assert_eq!(check(&drawn), 0);
    let back: Vec<_> = drawn.edges.iter().filter(|arrow| arrow.feedback).collect();
    let [arrow] = back.as_slice() else { panic!("{back:?}") };
    let name = |at: usize| drawn.nodes[at].name.as_str();
    assert_eq!((name(arrow.source), name(arrow.target)), ("n3", "n2"));
    let beside = arrow.points.iter().map(|point| point[0]).fold(0.0, f64::max);
    assert!(
        drawn
            .nodes
            .iter()
            .filter(|block| block.layer >= 2 && block.layer <= 3)
            .all(|block| block.x + block.width < beside)
    );
    assert!(svg(&drawn, "net").contains("stroke-dasharray"));
}

#[test]
fn large_graphs_are_laid_out_in_time() {
    let all = Options { all: true, ..options() };
    let start = Instant::now();
    assert_eq!(layout(&chain(2000), &all).nodes.len(), 2000);
    let chain = start.elapsed();
    let mut random = numbers(7);
    let mut level = || {
        let kinds: Vec<usize> = (0..100).map(|_| random(5)).collect();
        let edges: Vec<(usize, usize)> = (0..250).map(|_| (random(100), random(100))).collect();
        graph(&kinds, &edges)
    };
    let (mut outer, mut middle, inner) = (level(), level(), level());
    middle.nodes.insert("inner", Node::new(Primitive::Graph(inner)));
    outer.nodes.insert("middle", Node::new(Primitive::Graph(middle)));
    outer.edges.push(Edge::new("n0", "middle"));
    let start = Instant::now();
    let drawn = layout(&outer, &all);
    let random = start.elapsed();
    assert_eq!((drawn.nodes.len(), check(&drawn)), (302, 0));
    if !cfg!(debug_assertions) {
        assert!(chain.as_secs_f64() < 1.0 && random.as_secs_f64() < 1.0, "{chain:?} {random:?}");
    }
}

#[test]
fn a_graph_that_is_too_large_is_refused_unless_it_can_be_folded() {
    let document = Document::of_graph(chain(20_010));
    assert_eq!(Layout::of(&document, &options()).unwrap().nodes.len(), 3);
    let error = Layout::of(&document, &Options { all: true, ..options() }).unwrap_err();
    assert_eq!((error.boxes, error.edges), (20_010, 20_009));
    assert!(error.to_string().contains("20000"), "{error}");
}

#[test]
fn very_many_long_edges_take_bounded_memory() {
    // Each of these edges passes more than a thousand layers.
    let mut long = chain(3000);
    long.edges
        .extend((0..1000).map(|at| Edge::new(format!("n{at}"), format!("n{}", 2999 - at / 2))));
    let drawn = layout(&long, &Options { all: true, ..options() });
    assert_eq!(drawn.edges.len(), 3999);
    let points: usize = drawn.edges.iter().map(|arrow| arrow.points.len()).sum();
    assert!(points < 1_000_000, "{points}");
}

#[test]
fn graphs_nested_very_deep_are_drawn_down_to_a_level() {
    let mut inner = graph(&[1], &[]);
    for _ in 0..60 {
        let mut outer = Graph::default();
        outer.nodes.insert("g", Node::new(Primitive::Graph(inner)));
        inner = outer;
    }
    let drawn = layout(&inner, &options());
    assert_eq!(check(&drawn), 0);
    let is_collapsed = |content: &Content| matches!(content, Content::Collapsed { nodes: 1, .. });
    assert!(drawn.nodes.len() < 20 && is_collapsed(&drawn.nodes.last().unwrap().content));
}

#[test]
fn an_empty_graph_and_a_lone_node_are_drawn() {
    let empty = layout(&Graph::default(), &options());
    assert_eq!((empty.nodes.len(), empty.width), (0, 0.0));
    assert!(svg(&empty, "net").ends_with("</svg>\n"));
    let mut document = Document::of_graph(Graph::default());
    document.root = node(1);
    let lone = Layout::of(&document, &options()).unwrap();
    assert_eq!((check(&lone), lone.nodes[0].kind.as_str()), (0, "LIF"));
}
