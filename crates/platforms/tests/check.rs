//! What `check` says about small graphs, and what it leaves unsaid.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit_ir::primitive::{Affine, Input, Lif, Output, Scale};
use nirkit_ir::{Code, Edge, Graph, Node, Primitive, validate};
use nirkit_numerics::Tensor;
use nirkit_platforms::{Choices, Report, Verdict, check, find};
use nirkit_run::Reset;

/// The time step, in seconds, with which `tau = 2.5 ms` and `r = 25` have a gain of 1.
const DT: f64 = 1e-4;

fn vector(values: &[f64]) -> Tensor {
    Tensor::vector(values.to_vec())
}

/// A LIF of two neurons.
fn lif(r: f64, v_leak: f64, v_reset: f64) -> Primitive {
    Primitive::Lif(Lif {
        tau: vector(&[2.5e-3, 2.5e-3]),
        r: vector(&[r, r]),
        v_leak: vector(&[v_leak, v_leak]),
        v_threshold: vector(&[1.0, 1.0]),
        v_reset: Some(vector(&[v_reset, v_reset])),
    })
}

/// A chain of nodes between an Input and an Output of two channels.
fn chain(nodes: &[(&str, Primitive)]) -> Graph {
    let shape = || Tensor::vector(vec![2_i64]);
    let mut all = vec![("input", Primitive::Input(Input { shape: shape() }))];
    all.extend(nodes.iter().cloned());
    all.push(("output", Primitive::Output(Output { shape: shape() })));
    let edges = all.windows(2).map(|pair| Edge::new(pair[0].0, pair[1].0)).collect();
    let nodes = all.into_iter().map(|(name, p)| (name, Node::new(p))).collect();
    Graph { nodes, edges }
}

fn report(platform: &str, graph: &Graph, choices: &Choices) -> Report {
    let facts = validate(graph).facts.unwrap();
    check(find(platform).unwrap(), graph, &facts, choices)
}

fn at_dt(platform: &str, graph: &Graph) -> Report {
    report(platform, graph, &Choices { dt: Some(DT), reset: None, ..Choices::default() })
}

/// Messages of the findings with a code.
fn messages(report: &Report, code: Code) -> Vec<&str> {
    let findings = report.findings.iter().map(|finding| &finding.diagnostic);
    findings.filter(|found| found.code == code).map(|found| found.message.as_str()).collect()
}

#[test]
fn an_ignored_gain_is_told_with_what_it_does() {
    let report = at_dt("norse", &chain(&[("n", lif(2.0, 0.0, 0.0))]));
    let told = messages(&report, Code::ParameterIgnored);
    assert_eq!(told, ["norse ignores r = 2: the input counts half as strong"]);
    assert!(report.loses() && !report.refuses());
}

#[test]
fn values_that_the_platform_has_anyway_are_not_told() {
    let graph = chain(&[("n", lif(1.0, 0.0, 0.0))]);
    let report = at_dt("norse", &graph);
    assert!(report.findings.is_empty(), "{report:?}");
    assert!(report.nodes.iter().all(|node| node.verdict == Verdict::Fine));
}

#[test]
fn an_input_that_is_not_scaled_is_told_by_how_much() {
    let report = at_dt("sinabs", &chain(&[("n", lif(1.0, 0.0, 0.0))]));
    let told = messages(&report, Code::ParameterReinterpreted);
    assert_eq!(told, ["sinabs does not apply r dt / tau: the input counts 25 times as strong"]);
    // r = tau / dt makes the gain 1, which is what sinabs has.
    let report = at_dt("sinabs", &chain(&[("n", lif(25.0, 0.0, 0.0))]));
    assert!(!report.loses(), "{report:?}");
}

#[test]
fn a_refusal_quotes_the_platform_and_the_numbers() {
    let report = at_dt("snntorch", &chain(&[("n", lif(25.0, 0.5, 0.0))]));
    assert!(report.refuses());
    let finding = &report.findings[0].diagnostic;
    assert_eq!(
        finding.to_string(),
        "error[N701]: /n/v_leak: snntorch: AssertionError: v_leak not supported"
    );
    assert_eq!(finding.help.as_deref(), Some("it asks for v_leak = 0, not 0.5"));
}

#[test]
fn behind_a_node_that_is_left_out_the_next_one_is_called_with_the_stimulus() {
    let scale = Primitive::Scale(Scale { scale: vector(&[2.0, 2.0]) });
    let graph = chain(&[("s", scale), ("n", lif(1.0, 0.0, 0.0))]);
    let report = at_dt("norse", &graph);
    let verdict = |name: &str| report.nodes.iter().find(|node| node.name == name).unwrap().verdict;
    assert_eq!([verdict("input"), verdict("s")], [Verdict::Fine, Verdict::Dropped]);
    assert_eq!([verdict("n"), verdict("output")], [Verdict::Reinterpreted, Verdict::Fine]);
    let told = messages(&report, Code::EdgeNotFollowed);
    assert_eq!(told, ["norse lets `input` enter `n`, to which it does not lead"]);
    // Where neighbours are joined instead, only the node itself is missing.
    let report = at_dt("spyx", &graph);
    let dropped = report.nodes.iter().filter(|node| node.verdict == Verdict::Dropped).count();
    assert_eq!(dropped, 1);
}

#[test]
fn a_reset_that_cannot_be_had_is_told() {
    let graph = chain(&[("n", lif(1.0, 0.0, 0.0))]);
    let subtract = Choices { dt: Some(DT), reset: Some(Reset::Subtract), ..Choices::default() };
    let report = report("norse", &graph, &subtract);
    let told = messages(&report, Code::ResetFixed);
    assert_eq!(told, ["norse resets to 0, whatever reset is asked for"]);
}

#[test]
fn a_time_step_in_the_code_is_told() {
    let graph = chain(&[("n", lif(1.0, 0.0, 0.0))]);
    let other = Choices { dt: Some(1e-3), reset: None, ..Choices::default() };
    let report = report("snntorch", &graph, &other);
    let told = messages(&report, Code::DtAssumed);
    assert_eq!(told, ["snntorch computes with dt = 1e-4 s, not 0.001 s"]);
    assert!(report.loses());
}

#[test]
fn a_recurrent_connection_that_never_arrives_is_told() {
    let weight = vector(&[0.5, 0.0, 0.0, 0.5]).reshaped(&[2, 2]).unwrap();
    let map = Primitive::Affine(Affine { weight, bias: vector(&[0.0, 0.0]) });
    let mut graph = chain(&[("n", lif(25.0, 0.0, 0.0))]);
    graph.nodes.insert("rec", Node::new(map));
    graph.edges.push(Edge::new("n", "rec"));
    graph.edges.push(Edge::new("rec", "n"));
    let report = at_dt("sinabs", &graph);
    let told = messages(&report, Code::OrderChanged);
    let never = "sinabs never lets `rec` reach `n`, which runs before it";
    assert_eq!(told, [never, "sinabs returns what `rec` puts out, which runs last"]);
}

#[test]
fn unknown_platforms_and_versions_are_answered_with_what_there_is() {
    let error = find("brian").unwrap_err().to_string();
    assert!(
        error.starts_with("there is no platform `brian`; choose one of norse@1.1.0"),
        "{error}"
    );
    let error = find("norse@7").unwrap_err().to_string();
    assert_eq!(error, "there is no platform `norse@7`; choose one of norse@1.1.0, norse@paper");
    assert_eq!(find("spyx").unwrap().version, "1.0.0");
}

/// A layer with recurrent weights in a nested graph, as exporters write it.
const NESTED: &str = "nirt 1
version \"1.0.8\"
graph {
  input = Input { shape: i64[1] [2] }
  fc = Linear { weight: f32[2, 2] [[1, 0], [0, 1]] }
  rnn = graph {
    input = Input { shape: i64[1] [2] }
    lif = CubaLIF { tau_mem: f32[2] 0.01, tau_syn: f32[2] 0.005, r: f32[2] 10, w_in: f32[2] 5, v_leak: f32[2] 0, v_threshold: f32[2] 1, v_reset: f32[2] 0 }
    output = Output { shape: i64[1] [2] }
    rec = Affine { weight: f32[2, 2] [[0.5, 0], [0, 0.5]], bias: f32[2] 0 }
    input -> lif -> rec -> lif -> output
  }
  output = Output { shape: i64[1] [2] }
  input -> fc -> rnn -> output
}
";

#[test]
fn the_weights_of_a_recurrent_layer_are_not_asked_where_they_lead() {
    let document = nirkit_ir::text::parse(NESTED, &()).unwrap();
    let report = at_dt("spyx@0.1.20", document.graph().unwrap());
    assert!(!report.refuses(), "{:?}", report.findings);
}

/// A pool whose padding a platform does not read, before what comes next.
fn pooled(next: &str) -> String {
    format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\ninput = Input {{ shape: i64[3] [1, 4, 4] }}\n\
         pool = SumPool2d {{ kernel_size: i64[2] [2, 2], stride: i64[2] [2, 2], padding: i64[2] [1, 1] }}\n{next}\n}}\n"
    )
}

#[test]
fn a_padding_that_is_ignored_is_refused_only_where_the_next_node_contradicts_it() {
    let refuses = |next: &str| {
        let document = nirkit_ir::text::parse(&pooled(next), &()).unwrap();
        at_dt("norse", document.graph().unwrap()).refuses()
    };
    assert!(!refuses("output = Output { shape: i64[3] [1, 3, 3] }\ninput -> pool -> output"));
    let neurons =
        "n = IF { r: f32[1, 3, 3] 1, v_threshold: f32[1, 3, 3] 1, v_reset: f32[1, 3, 3] 0 }";
    let output = "output = Output { shape: i64[3] [1, 3, 3] }";
    assert!(refuses(&format!("{neurons}\n{output}\ninput -> pool -> n -> output")));
}

/// Every lone node is a beginning that chance may take.
#[test]
fn of_many_ways_some_are_looked_at_and_the_rest_is_told() {
    let mut graph = chain(&[("n", lif(1.0, 0.0, 0.0))]);
    for index in 0..400 {
        graph.nodes.insert(format!("lone{index}"), Node::new(lif(1.0, 0.0, 0.0)));
    }
    let report = at_dt("norse", &graph);
    let told = messages(&report, Code::Chance);
    let [told] = told.as_slice() else { panic!("{told:?}") };
    assert!(told.contains("way 16 begins at") && !told.contains("way 17 begins at"), "{told}");
    assert!(told.ends_with("the first 16 are looked at, and 385 are not"), "{told}");
}
