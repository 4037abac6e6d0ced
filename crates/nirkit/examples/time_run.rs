//! Times running a graph in process: for every line on standard input, all samples once; the answer
//! is a line with seconds and the number of output spikes.
//!
//! `cargo run --release --example time_run GRAPH INPUT PLATFORM [DT] [THREADS] [NAME=VALUE ...]`,
//! where INPUT is a `.npy` with samples first, and PLATFORM a simulator, a chip (its emulation is
//! run), or `f32` or `f64` for the clocked engine, which takes further choices by name
//! (`integrator=exponential`) and keeps no more than how often each neuron spiked, unless told
//! `keep=steps`. With `digest=yes` the number of spikes is instead one that depends on every spike
//! and its place. The scripts in `bench/` set it beside other simulators, turn by turn.

use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use nirkit::numerics::Tensor;
use nirkit::{Choices, Model, Record, Recording, Run, Stimulus};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [graph, input, engine, rest @ ..] = args.as_slice() else {
        return Err("give GRAPH INPUT PLATFORM [DT] [THREADS] [NAME=VALUE ...]".into());
    };
    let graph = nirkit::read(Path::new(graph))?;
    let stimulus = Stimulus::read(input)?.batched(true);
    let (own, named): (Vec<&String>, Vec<&String>) = rest
        .iter()
        .skip(2)
        .partition(|choice| ["digest=yes", "keep=steps"].contains(&choice.as_str()));
    let is_digest = own.iter().any(|choice| *choice == "digest=yes");
    let dt: Option<f64> = rest.first().map(|dt| dt.parse()).transpose()?;
    let mut choices = Choices::new().dt(dt);
    for choice in named {
        let (name, value) = choice.split_once('=').ok_or("a choice is NAME=VALUE")?;
        choices = choices.set(name, value);
    }
    let (meaning, choices) = match engine.as_str() {
        "f32" | "f64" => ("clocked", choices.set("precision", engine)),
        title => (title, choices),
    };
    let model = Model::new(&graph, meaning, &choices)?;
    let bound = model.bind(&stimulus)?;
    let run = Run::new()
        .record(Record::Some(vec![(model.answer()?, None)]))
        .threads(rest.get(1).map_or(Ok(1), |threads| threads.parse())?)
        .sums_only(own.is_empty());
    let measure = if is_digest { digest } else { total };
    serve(|| Ok(measure(&model.run_bound(&bound, &run)?)))
}

#[expect(clippy::print_stdout, reason = "this is the result")]
fn serve(mut run: impl FnMut() -> Outcome<f64>) -> Outcome<()> {
    for line in std::io::stdin().lock().lines() {
        line?;
        let begun = Instant::now();
        let spikes = run()?;
        println!("{} {spikes}", begun.elapsed().as_secs_f64());
    }
    Ok(())
}

/// The number of spikes.
fn total(recording: &Recording) -> f64 {
    let sum = |array: &Tensor| match array.as_slice::<f32>() {
        Some(numbers) => sum_of(numbers),
        None => array.to_f64().map_or(0.0, |numbers| numbers.iter().sum()),
    };
    recording.arrays.iter().map(|(_, array)| sum(array)).sum()
}

/// The sum of whole numbers, in sixteen sums that do not wait for each other.
fn sum_of(numbers: &[f32]) -> f64 {
    let (chunks, rest) = numbers.as_chunks::<16>();
    let mut sums = [0.0_f32; 16];
    for chunk in chunks {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum += x;
        }
    }
    f64::from(sums.iter().chain(rest).sum::<f32>())
}

/// A whole number below 2^32 that depends on every bit of a recording and its place.
fn digest(recording: &Recording) -> f64 {
    let mut hasher = DefaultHasher::new();
    for (_, array) in &recording.arrays {
        array.shape().hash(&mut hasher);
        for number in array.to_f64().unwrap_or_default().iter() {
            number.to_bits().hash(&mut hasher);
        }
    }
    f64::from(hasher.finish() as u32)
}
