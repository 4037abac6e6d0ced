//! The bits of a run do not depend on how its graph is listed, on whether it was interrupted, or on
//! what runs beside it.

use nirkit_engine::clocked::{
    Dense, GridInput, Options, Precision, Program, prepare, run, run_batch,
};
use nirkit_ir::{Graph, validate};
use nirkit_run::{SpikeReading, Stimulus};
use proptest::prelude::*;

use super::setup::{bits, everything, frames, graph};

/// Channels of every signal.
const WIDTH: usize = 3;

/// A number of a few bits, now and then 0.
fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 4 => (-16_i32..17).prop_map(|k| f64::from(k) * 0.3)]
}

fn list(values: &[f64]) -> String {
    format!("f64[{}] {values:?}", values.len())
}

/// A node of three channels that can stand anywhere.
fn node() -> impl Strategy<Value = String> {
    let vector = || prop::collection::vec(weight(), WIDTH);
    let tau = || prop::collection::vec(2e-3..2e-2, WIDTH);
    prop_oneof![
        (prop::collection::vec(vector(), WIDTH), vector())
            .prop_map(|(w, b)| format!("Affine {{ weight: f64[3, 3] {w:?} bias: {} }}", list(&b))),
        (tau(), vector()).prop_map(|(tau, r)| format!(
            "LIF {{ tau: {} r: {} v_leak: f64 0.1 v_threshold: f64 0.4 v_reset: f64 0 }}",
            list(&tau),
            list(&r)
        )),
        (tau(), tau()).prop_map(|(syn, mem)| format!(
            "CubaLIF {{ tau_syn: {} tau_mem: {} r: f64 3 v_leak: f64[3] [0, 0, 0]
               v_threshold: f64 0.3 v_reset: f64 -0.1 w_in: f64 2 }}",
            list(&syn),
            list(&mem)
        )),
        tau().prop_map(|tau| format!("LI {{ tau: {} r: f64 0.7 v_leak: f64 -0.2 }}", list(&tau))),
        tau().prop_map(|tau| format!("Delay {{ delay: {} }}", list(&tau))),
        vector().prop_map(|scale| format!("Scale {{ scale: {} }}", list(&scale))),
    ]
}

/// A graph of up to nine nodes with edges anywhere. Edges that would close a cycle of maps make it
/// unsound; such graphs are not taken.
fn any_graph() -> impl Strategy<Value = Graph> {
    let nodes = prop::collection::vec(node(), 2..9);
    let edges =
        prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..14);
    (nodes, edges).prop_filter_map("a cycle of maps", |(nodes, edges)| {
        let mut text = "nirt 1\ngraph {\n input = Input { shape: i64[1] [3] }\n".to_owned();
        text += " output = Output { shape: i64[1] [3] }\n";
        for (number, node) in nodes.iter().enumerate() {
            text += &format!(" n{number} = {node}\n");
        }
        text += " input -> n0\n";
        text += &format!(" n{} -> output\n", nodes.len() - 1);
        for (source, target) in &edges {
            let (source, target) = (source.index(nodes.len()), target.index(nodes.len()));
            text += &format!(" n{source} -> n{target}\n");
        }
        let document = nirkit_ir::text::parse(&(text + "}"), &()).unwrap();
        let graph = document.root.primitive.as_graph()?.clone();
        validate(&graph).facts.map(|_| graph)
    })
}

fn any_options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(single, impulses, next)| {
        let mut options = Options::new(1e-3);
        options.precision = if single { Precision::F32 } else { Precision::F64 };
        if impulses {
            options.spike = SpikeReading::Impulse { area: 1e-3 };
        }
        if next {
            options.set("input", "next").unwrap();
        }
        options
    })
}

fn any_stimulus() -> impl Strategy<Value = Stimulus> {
    (prop::collection::vec(0_u8..3, 20 * WIDTH), any::<bool>()).prop_map(|(values, counts)| {
        frames(WIDTH, values.into_iter().map(f64::from).collect(), counts)
    })
}

fn prepared(graph: &Graph, options: &Options) -> Program {
    let facts = validate(graph).facts.unwrap();
    prepare(graph, &facts, options).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn permuting_nodes_and_edges_changes_no_bit(
        graph in any_graph(),
        options in any_options(),
        stimulus in any_stimulus(),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut permuted = Graph::default();
        let mut nodes: Vec<_> = graph.nodes.iter().map(|(_, name, node)| (name, node)).collect();
        nodes.reverse();
        let turn = turn.index(nodes.len());
        nodes.rotate_left(turn);
        for (name, node) in nodes {
            permuted.nodes.insert(name, node.clone());
        }
        permuted.edges.clone_from(&graph.edges);
        permuted.edges.reverse();
        let turn = turn % permuted.edges.len();
        permuted.edges.rotate_left(turn);
        let (one, other) = (prepared(&graph, &options), prepared(&permuted, &options));
        prop_assert_eq!(one.order(), other.order());
        prop_assert_eq!(everything(&one, &stimulus, 20), everything(&other, &stimulus, 20));
    }

    #[test]
    fn saved_and_resumed_is_as_uninterrupted(
        graph in any_graph(),
        options in any_options(),
        stimulus in any_stimulus(),
        pause in 0_usize..20,
    ) {
        let program = prepared(&graph, &options);
        let mut drive = GridInput::new(&program, std::slice::from_ref(&stimulus)).unwrap();
        let mut dense = Dense::new(&program, &program.requests(), 20, 1).unwrap();
        let mut run = program.start(1);
        run.advance(pause, &mut drive, &mut dense);
        let snapshot = run.save();
        // The first run goes on, so the second cannot lean on it.
        run.advance(20, &mut drive, &mut ());
        let mut resumed = prepared(&graph, &options).resume(&snapshot).unwrap();
        resumed.advance(20, &mut drive, &mut dense);
        let interrupted = bits(&dense.finish(false).unwrap());
        prop_assert_eq!(interrupted, everything(&program, &stimulus, 20));
        prop_assert_eq!(resumed.save(), run.save());
    }

    #[test]
    fn a_batch_gives_the_bits_of_its_samples_alone(
        graph in any_graph(),
        options in any_options(),
        stimuli in prop::collection::vec(any_stimulus(), 1..4),
    ) {
        let program = prepared(&graph, &options);
        let requests = program.requests();
        let batch = bits(&run_batch(&program, &stimuli, 20, &requests).unwrap());
        for (sample, stimulus) in stimuli.iter().enumerate() {
            let alone = bits(&run(&program, stimulus, 20, &requests).unwrap());
            for ((request, alone), (_, batch)) in alone.iter().zip(&batch) {
                let of_sample: Vec<u64> = batch
                    .chunks(batch.len() / 20 / stimuli.len())
                    .skip(sample)
                    .step_by(stimuli.len())
                    .flatten()
                    .copied()
                    .collect();
                prop_assert_eq!(&of_sample, alone, "{} {}", &request.node, request.observable);
            }
        }
    }
}

#[test]
fn a_program_is_shared_and_a_run_is_sent_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Program>();
    is_shared::<nirkit_engine::clocked::Run>();
}

#[test]
fn a_snapshot_of_another_program_is_refused() {
    let pass = |width: usize| {
        let text = format!(
            "nirt 1\ngraph {{ input = Input {{ shape: i64[1] [{width}] }}
             output = Output {{ shape: i64[1] [{width}] }}\n input -> output }}"
        );
        let (graph, _) = graph(&text);
        prepared(&graph, &Options::new(1.0))
    };
    let error = pass(2).resume(&pass(3).start(1).save()).unwrap_err();
    let message = "the saved run holds 6 numbers of f64, this program needs 4 of f64; \
                   resume it with the graph and the options that it was saved with";
    assert_eq!(error.to_string(), message);
}

#[test]
fn a_batch_of_no_samples_and_a_run_of_no_steps_are_empty() {
    let (graph, _) = graph(
        "nirt 1\ngraph { input = Input { shape: i64[1] [2] }
         lif = LIF { tau: f64 1 r: f64 1 v_leak: f64 0 v_threshold: f64 1 v_reset: f64 0 }
         output = Output { shape: i64[1] [2] }\n input -> lif -> output }",
    );
    let program = prepared(&graph, &Options::new(1.0));
    let recording = run_batch(&program, &[], 3, &program.requests()).unwrap();
    assert_eq!(recording.arrays[0].1.shape(), [3, 0, 2]);
    let recording = run(&program, &frames(2, vec![], false), 0, &program.requests()).unwrap();
    assert_eq!(recording.arrays[0].1.shape(), [0, 2]);
}
