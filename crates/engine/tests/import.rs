//! How importers walk a graph. What is expected follows from the code of the importers, line by line
//! (nirtorch 2.6, the chain of Spyx 1.0), worked out by hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit_engine::clocked::semantics::{
    Blocks, Cell, CellSizes, Ending, Execution, Later, Maps, Neurons, OpenEnd, Order, Route,
    Semantics, Time, Unknown, UnknownNodePolicy, When, route,
};
use nirkit_engine::clocked::{Feedback, Precision};
use nirkit_ir::primitive::{Affine, Input, Li, Lif, Output, Scale, Threshold};
use nirkit_ir::{Edge, Facts, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;

const CELL: Cell = Cell {
    neurons: &["LIF"],
    count: "not four nodes",
    parts: "a part is missing",
    sizes: Some(CellSizes {
        output: Some("output"),
        threshold: Some("threshold"),
        weight: "weight",
    }),
};

fn semantics(order: Order) -> Semantics {
    let known: &[&str] = &["Affine", "LIF", "LI", "Threshold", "NIRGraph"];
    let blocks = if matches!(order, Order::Chain(_)) { Blocks::Cell(CELL) } else { Blocks::Walked };
    Semantics {
        time: Time::Step(0.25),
        precision: Precision::F64,
        execution: Execution {
            shaped_by_input: &["IF", "CubaLIF"],
            completes: true,
            wraps_cycles: false,
            blocks,
            doubled: None,
            order,
            later: Later::Before(Feedback::Absent),
            chance: 0,
        },
        maps: Maps::PLAIN,
        neurons: Neurons::default(),
        unknown: Unknown { known, policy: UnknownNodePolicy::Cut },
    }
}

fn vector(values: &[f64]) -> Tensor {
    Tensor::vector(values.to_vec())
}

/// A node by the first letters of its name: `w` a map, `li` a leaky integrator, `t` a threshold, `x`
/// a kind that the importer does not know, everything else a neuron.
fn primitive(name: &str) -> Primitive {
    let one = || vector(&[1.0]);
    match name.rsplit('.').next().unwrap() {
        name if name.starts_with('w') => Primitive::Affine(Affine {
            weight: Tensor::new(&[1, 1], vec![1.0]).unwrap(),
            bias: one(),
        }),
        name if name.starts_with("in") => {
            Primitive::Input(Input { shape: Tensor::vector(vec![1_i64]) })
        }
        name if name.starts_with("out") => {
            Primitive::Output(Output { shape: Tensor::vector(vec![1_i64]) })
        }
        name if name.starts_with("li") => {
            Primitive::Li(Li { tau: one(), r: one(), v_leak: vector(&[0.0]) })
        }
        name if name.starts_with('t') => Primitive::Threshold(Threshold { threshold: one() }),
        name if name.starts_with('x') => Primitive::Scale(Scale { scale: one() }),
        _ => Primitive::Lif(Lif {
            tau: one(),
            r: one(),
            v_leak: vector(&[0.0]),
            v_threshold: one(),
            v_reset: None,
        }),
    }
}

/// A graph of the nodes that the edges name, in the order of the edges.
fn level(edges: &str) -> Graph {
    let mut graph = Graph::default();
    for edge in edges.split_whitespace() {
        let (source, target) = edge.split_once('>').unwrap();
        for name in [source, target] {
            if !graph.nodes.contains(name) {
                graph.nodes.insert(name.to_owned(), Node::new(primitive(name)));
            }
        }
        graph.edges.push(Edge::new(source, target));
    }
    graph
}

/// The same with a nested graph in place of a node.
fn nested(edges: &str, name: &str, inner: &str) -> Graph {
    let mut graph = level(edges);
    let inner = Primitive::Graph(level(inner));
    graph.nodes.get_mut(name).unwrap().primitive = inner;
    graph
}

fn facts(graph: &Graph) -> Facts {
    let validation = validate(graph);
    validation.facts.unwrap_or_else(|| panic!("{:?}", validation.findings))
}

fn walked(graph: &Graph, semantics: &Semantics) -> Result<Route, Ending> {
    route(graph, &facts(graph), semantics)
}

/// `source>target`, with a `~` before a source that is seen a step late and `!` before one that is
/// never seen.
fn connections(route: &Route) -> Vec<String> {
    let mark = |later| match later {
        None => "",
        Some(Later::Before(_)) => "~",
        Some(Later::Never) => "!",
    };
    let text = |found: &nirkit_engine::clocked::semantics::Connection| {
        format!("{}{}>{}", mark(found.later), found.source, found.target)
    };
    route.connections.iter().map(text).collect()
}

fn ending(found: Result<Route, Ending>) -> (When, String, String) {
    let ending = found.unwrap_err();
    (ending.when, ending.node, ending.says)
}

#[test]
fn a_chain_follows_the_first_edge_out_of_each_node() {
    let graph = level("input>w1 w1>n1 n1>output n1>w2 w2>n2 input>n1 n2>output");
    let found = walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))).unwrap();
    assert_eq!(found.order, ["input", "w1", "n1"]);
    assert_eq!(connections(&found), ["input>w1", "w1>n1"]);
    assert_eq!(found.results, ["n1"]);
}

#[test]
fn a_chain_whose_feedback_is_listed_first_never_ends() {
    let graph = level("input>n1 n1>w1 w1>n1 n1>output");
    let (when, node, _) = ending(walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))));
    assert_eq!((when, node.as_str()), (When::Never, "n1"));
    let graph = level("input>n1 n1>output n1>w1 w1>n1");
    assert!(walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))).is_ok());
}

#[test]
fn a_chain_without_its_end_leaves_the_last_node_out_or_raises() {
    let graph = level("input>w1 w1>n1 n1>out");
    let found = walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))).unwrap();
    assert_eq!(found.order, ["input", "w1", "n1"]);
    let raised = walked(&graph, &semantics(Order::Chain(OpenEnd::Raises("TypeError: None"))));
    assert_eq!(ending(raised), (When::Import, "out".to_owned(), "TypeError: None".to_owned()));
    // Without a node `input` there is no chain at all.
    let graph = level("in>w1 w1>n1 n1>output");
    let found = walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))).unwrap();
    assert_eq!((found.order, found.results), (vec!["in".to_owned()], vec!["in".to_owned()]));
}

#[test]
fn a_chain_joins_an_integrator_and_the_threshold_behind_it() {
    let graph = level("input>li1 li1>t1 t1>n1 n1>output");
    let found = walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))).unwrap();
    assert_eq!(found.order, ["input", "li1", "n1"]);
    assert_eq!(found.fused, ["t1"]);
    assert_eq!(connections(&found), ["input>li1", "li1>n1"]);
}

#[test]
fn four_nodes_are_a_recurrent_layer_whatever_their_edges() {
    let inner = "input>w w>n n>output";
    let graph = nested("input>n1 n1>output", "n1", inner);
    let found = walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))).unwrap();
    assert_eq!(found.recurrent, ["n1.n", "n1.w"]);
    assert_eq!(connections(&found), ["input>n1.n", "~n1.w>n1.n", "n1.n>n1.w"]);
    let graph = nested("input>n1 n1>output", "n1", "input>n n>output");
    let refused = ending(walked(&graph, &semantics(Order::Chain(OpenEnd::Ends))));
    assert_eq!(refused, (When::Import, "n1".to_owned(), "not four nodes".to_owned()));
    let graph = nested("input>n1 n1>output", "n1", "input>n n>m m>output");
    assert_eq!(
        ending(walked(&graph, &semantics(Order::Chain(OpenEnd::Ends)))).2,
        "a part is missing"
    );
}

#[test]
fn depth_first_sees_sources_in_the_order_in_which_edges_name_them() {
    // The list names n2 before n1, so that n3 adds n2 first.
    let graph = level("input>n2 input>n1 n1>n3 n2>n3 n3>output");
    let found = walked(&graph, &semantics(Order::DepthFirst)).unwrap();
    assert_eq!(found.order, ["input", "n2", "n3", "output", "n1"]);
    assert_eq!(connections(&found)[1..3], ["n2>n3", "~n1>n3"]);
    assert_eq!(found.results, ["n1"]);
}

#[test]
fn two_dropped_nodes_share_a_key_and_the_first_edge_that_names_the_other_raises() {
    let graph = level("input>x1 x1>n1 n1>x2 x2>output");
    let refused = ending(walked(&graph, &semantics(Order::DepthFirst)));
    assert_eq!(refused, (When::Import, "x1".to_owned(), "KeyError: 'x1'".to_owned()));
    // One by itself cuts the graph, and either half may run.
    let graph = level("input>n1 n1>x1 x1>n2 n2>output");
    let mut semantics = semantics(Order::DepthFirst);
    let first = walked(&graph, &semantics).unwrap();
    assert_eq!((first.ways, first.order), (2, vec!["input".to_owned(), "n1".to_owned()]));
    semantics.execution.chance = 1;
    let second = walked(&graph, &semantics).unwrap();
    assert_eq!(second.order, ["input", "n2", "output"]);
    assert_eq!(connections(&second), ["input>n2", "n2>output"]);
}

#[test]
fn of_several_inputs_one_is_called_with_the_stimulus() {
    let graph = level("in1>n1 in2>n1 n1>output");
    let mut semantics = semantics(Order::DepthFirst);
    let first = walked(&graph, &semantics).unwrap();
    assert_eq!((first.ways, first.order), (2, vec!["in1".into(), "n1".into(), "output".into()]));
    semantics.execution.chance = 1;
    let second = walked(&graph, &semantics).unwrap();
    assert_eq!(second.entries, ["in2"]);
    assert_eq!(connections(&second), ["in2>n1", "n1>output"]);
}

#[test]
fn nested_graphs_are_called_as_one_node() {
    let graph = nested("input>n1 n1>n2 n2>output", "n1", "input>w w>n n>w n>output");
    let mut semantics = semantics(Order::DepthFirst);
    semantics.execution.later = Later::Never;
    let found = walked(&graph, &semantics).unwrap();
    let order = ["input", "n1.input", "n1.w", "n1.n", "n1.output", "n2", "output"];
    assert_eq!(found.order, order);
    assert!(connections(&found).contains(&"!n1.n>n1.w".to_owned()));
    assert_eq!(found.outcomes, [("n1".to_owned(), "n1.output".to_owned())]);
}

#[test]
fn deferred_nodes_wait_for_their_sources_and_see_feedback_a_step_late() {
    // By name: a waits for c, b for a; c is there after the Input.
    let graph = level("input>c c>a a>b b>c b>output");
    let found = walked(&graph, &semantics(Order::Deferred)).unwrap();
    assert_eq!(found.order, ["input", "c", "a", "b", "output"]);
    assert_eq!(connections(&found), ["input>c", "~b>c", "c>a", "a>b", "b>output"]);
}

#[test]
fn deferred_graphs_with_two_outputs_or_a_dead_end_never_end() {
    let graph = level("input>n1 n1>out1 n1>out2");
    assert_eq!(ending(walked(&graph, &semantics(Order::Deferred))).0, When::Never);
    // The reader adds an Output behind the dead end.
    let graph = level("input>n1 n1>output n1>w1");
    assert_eq!(ending(walked(&graph, &semantics(Order::Deferred))).0, When::Never);
    let mut as_it_is = semantics(Order::Deferred);
    as_it_is.execution.completes = false;
    assert!(walked(&graph, &as_it_is).is_ok());
}

#[test]
fn deferred_graphs_with_two_inputs_raise() {
    let graph = level("in1>n1 in2>n1 n1>output");
    let says = "RuntimeError: Node redefined name is_none!";
    assert_eq!(ending(walked(&graph, &semantics(Order::Deferred))).2, says);
}

#[test]
fn a_nested_graph_that_has_to_wait_is_converted_twice_and_fails() {
    let inner = "input>n n>output";
    let graph = nested("input>b b>a a>output", "a", inner);
    let (when, node, says) = ending(walked(&graph, &semantics(Order::Deferred)));
    assert_eq!((when, node.as_str()), (When::Import, "a"));
    assert!(says.contains("has no attribute 'items'"));
    let graph = nested("input>a a>b b>output", "a", inner);
    // `a` stands before `input` in the dictionary, but its turn comes after it.
    let found = walked(&graph, &semantics(Order::Deferred)).unwrap();
    assert_eq!(found.order, ["input", "a.input", "a.n", "a.output", "b", "output"]);
}

#[test]
fn a_wrapped_cycle_lets_the_input_enter_the_matrix() {
    let graph = level("input>q.n w>q.n q.n>w q.n>r r>output");
    let mut semantics = semantics(Order::Deferred);
    semantics.execution.wraps_cycles = true;
    let found = walked(&graph, &semantics);
    // The nested graph `q` stands at the end of the dictionary, behind `r`, which waits for it.
    let found = found.unwrap();
    assert_eq!(found.order, ["input", "w", "q.n", "r", "output"]);
    assert_eq!(connections(&found), ["~q.n>w", "input>w", "w>q.n", "q.n>r", "r>output"]);
}

/// `input`, so many nodes in a row, and `output`.
fn row(nodes: usize) -> Graph {
    let mut edges = String::from("input>n0");
    for at in 1..nodes {
        edges.push_str(&format!(" n{}>n{at}", at - 1));
    }
    edges.push_str(&format!(" n{}>output", nodes - 1));
    level(&edges)
}

#[test]
fn importers_take_time_that_grows_with_the_graph() {
    let graph = row(20_000);
    for order in [Order::Chain(OpenEnd::Ends), Order::SourcesFirst] {
        assert_eq!(
            walked(&graph, &semantics(order)).unwrap().order.len(),
            20_001 + usize::from(!matches!(order, Order::Chain(_)))
        );
    }
}

#[test]
fn a_walk_that_calls_itself_for_each_node_ends_at_the_limit_of_python() {
    let semantics = semantics(Order::DepthFirst);
    assert_eq!(walked(&row(983), &semantics).unwrap().order.len(), 985);
    let (when, _, says) = ending(walked(&row(984), &semantics));
    assert_eq!(when, When::Import);
    assert!(says.starts_with("RecursionError"), "{says}");
    // Many short paths are no matter.
    let edges: Vec<String> = (0..2_000).map(|n| format!("input>n{n}")).collect();
    assert_eq!(walked(&level(&edges.join(" ")), &semantics).unwrap().order.len(), 2_001);
}
