//! How the tests set up a run: a graph in text form, options, frames.

use nirkit_engine::clocked::{Options, PrepareErrors, Program, Recording, prepare, run};
use nirkit_ir::{Facts, Graph, Primitive, validate};
use nirkit_run::{Request, Signal, Stimulus};

/// The graph of a text, which must be sound.
pub(crate) fn graph(text: &str) -> (Graph, Facts) {
    let document = nirkit_ir::text::parse(text, &()).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}\n{text}", errors.join("\n"))
    });
    let Primitive::Graph(graph) = document.root.primitive else { panic!("no graph: {text}") };
    let validation = validate(&graph);
    let facts = validation.facts.unwrap_or_else(|| panic!("{:#?}", validation.findings));
    (graph, facts)
}

/// The program of a text, or why there is none.
pub(crate) fn try_program(text: &str, options: &Options) -> Result<Program, PrepareErrors> {
    let (graph, facts) = graph(text);
    prepare(&graph, &facts, options)
}

/// The program of a text.
pub(crate) fn program(text: &str, options: &Options) -> Program {
    try_program(text, options).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A request for an observable, `node.observable`.
pub(crate) fn request(name: &str) -> Request {
    let (node, observable) = name.rsplit_once('.').unwrap();
    Request { node: node.to_owned(), observable: observable.parse().unwrap() }
}

/// Frames for the Input named `input`.
pub(crate) fn frames(channels: usize, values: Vec<f64>, counts: bool) -> Stimulus {
    let signal = Signal::Frames { channels, values, counts };
    Stimulus { signals: [("input".to_owned(), signal)].into() }
}

/// What a program records of these requests under frames of one channel.
pub(crate) fn trace(program: &Program, values: &[f64], names: &[&str]) -> Vec<Vec<f64>> {
    let requests: Vec<Request> = names.iter().map(|name| request(name)).collect();
    let stimulus = frames(1, values.to_vec(), false);
    let recording = run(program, &stimulus, values.len(), &requests).unwrap();
    names.iter().map(|name| numbers(&recording, name)).collect()
}

/// The recorded numbers of `node.observable`.
pub(crate) fn numbers(recording: &Recording, name: &str) -> Vec<f64> {
    let Request { node, observable } = request(name);
    recording.get(&node, observable).unwrap().to_f64().unwrap().to_vec()
}

/// Everything that a program can record under a stimulus, as bits.
pub(crate) fn everything(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
) -> Vec<(Request, Vec<u64>)> {
    bits(&run(program, stimulus, steps, &program.requests()).unwrap())
}

/// The bits of all arrays.
pub(crate) fn bits(recording: &Recording) -> Vec<(Request, Vec<u64>)> {
    let array = |(request, array): &(Request, nirkit_numerics::Tensor)| {
        let bits = array.to_f64().unwrap().iter().map(|x| x.to_bits()).collect();
        (request.clone(), bits)
    };
    recording.arrays.iter().map(array).collect()
}
