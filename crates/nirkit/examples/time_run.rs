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

use nirkit::io::{Limits, nir};
use nirkit::ir::{Facts, Graph, validate};
use nirkit::platforms::chip::Design;
use nirkit::platforms::{Chip, ChipChoices, Choices, Platform, platform};
use nirkit::sim::clocked::scheme::{Player, Program, Score};
use nirkit::sim::clocked::{Keep, Options, Recording, prepare};
use nirkit::sim::{Observable, Request, Stimulus};
use nirkit::stimulus::{self, Frames, Source};
use nirkit::{chip, clocked};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What is run again and again.
struct Task {
    samples: Vec<Stimulus>,
    steps: usize,
    threads: usize,
    request: Request,
    keep: Keep,
    /// What is told of the recording of the samples from a number on.
    measure: fn(&Recording, usize) -> f64,
}

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [graph, input, engine, rest @ ..] = args.as_slice() else {
        return Err("give GRAPH INPUT PLATFORM [DT] [THREADS] [NAME=VALUE ...]".into());
    };
    let limits = Limits::NONE; // the files are our own
    let document = nir::read(Path::new(graph), &limits)?;
    let graph = document.root.primitive.as_graph().ok_or("the file holds no graph")?;
    let facts = validate(graph).facts.ok_or("the graph has errors")?;
    let source = [Source { node: None, path: input.into() }];
    let loaded = stimulus::read(&source, graph, &facts, Frames::Auto, true, &limits)?;
    let (own, choices): (Vec<&String>, Vec<&String>) = rest
        .iter()
        .skip(2)
        .partition(|choice| ["digest=yes", "keep=steps"].contains(&choice.as_str()));
    let is_digest = own.iter().any(|choice| *choice == "digest=yes");
    let mut task = Task {
        samples: loaded.samples,
        steps: loaded.steps.ok_or("the input has no frames")?,
        threads: rest.get(1).map_or(Ok(1), |threads| threads.parse())?,
        request: last_neuron(graph, &facts)?,
        keep: if own.is_empty() { Keep::Sums } else { Keep::Steps },
        measure: if is_digest { digest } else { total },
    };
    let dt = rest.first().map(|dt| dt.parse()).transpose()?;
    if let "f32" | "f64" = engine.as_str() {
        let mut options = Options::new(dt.unwrap_or(1e-3));
        options.set("precision", engine)?;
        for choice in choices {
            let (name, value) = choice.split_once('=').ok_or("a choice is NAME=VALUE")?;
            options.set(name, value)?;
        }
        let program = prepare(graph, &facts, &options)?;
        return serve(|| by_engine(&task, &program));
    }
    match platform(engine)? {
        Platform::Simulator(profile) => {
            let choices = Choices { dt, reset: None, ..Choices::default() };
            let program =
                profile.prepare(graph, &facts, &choices).map_err(|errors| format!("{errors:?}"))?;
            let mut players = players(&task, &program)?;
            let scores = task.samples.iter().map(|sample| Score::new(&program, sample));
            let scores = scores.collect::<Result<Vec<_>, _>>()?;
            serve(|| by_platform(&task, &scores, &mut players))
        }
        Platform::Chip(chip) => {
            let design = design(chip, graph, &facts, dt)?;
            task.request.node = design.answer.clone().ok_or("no spikes are the answer")?;
            serve(|| by_chip(&task, &design, dt))
        }
    }
}

/// The spikes of what leads to the Output.
fn last_neuron(graph: &Graph, facts: &Facts) -> Outcome<Request> {
    let output = facts.outputs(graph).next().ok_or("there is no Output")?;
    let source = facts.leaf(output).sources.first().ok_or("nothing leads to the Output")?;
    let node = facts.leaf(*source).name.clone();
    Ok(Request { node, observable: Observable::Spikes })
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

fn by_engine(task: &Task, program: &nirkit::sim::clocked::Program) -> Outcome<f64> {
    let job = clocked::Job {
        program,
        stimuli: &task.samples,
        steps: task.steps,
        requests: std::slice::from_ref(&task.request),
        keep: task.keep,
        has_batch: true,
        threads: task.threads,
    };
    Ok((task.measure)(&clocked::run(&job, &|_| {})?, 0))
}

/// The graph in the chip's terms.
fn design(chip: &Chip, graph: &Graph, facts: &Facts, dt: Option<f64>) -> Outcome<Design> {
    let lowering = chip.lower(graph, facts, &ChipChoices { dt, ..ChipChoices::default() })?;
    Ok(lowering.design.ok_or_else(|| format!("{} refuses the graph", chip.title()))?)
}

fn by_chip(task: &Task, design: &Design, dt: Option<f64>) -> Outcome<f64> {
    let job = chip::Job {
        design,
        stimuli: &task.samples,
        steps: task.steps,
        dt: dt.unwrap_or(1.0),
        requests: std::slice::from_ref(&task.request),
        has_batch: true,
        threads: task.threads,
    };
    Ok((task.measure)(&chip::run(&job, &|_| {})?, 0))
}

/// A player for each thread.
fn players<'a>(task: &Task, program: &'a Program) -> Outcome<Vec<Player<'a>>> {
    let player = || Player::new(program, std::slice::from_ref(&task.request));
    (0..task.threads.max(1)).map(|_| Ok(player()?)).collect()
}

fn by_platform(task: &Task, scores: &[Score<'_>], players: &mut [Player<'_>]) -> Outcome<f64> {
    let share = task.samples.len().div_ceil(players.len()).max(1);
    let part = |player: &mut Player<'_>, first: usize, samples: &[Score<'_>]| -> Outcome<f64> {
        let mut spikes = 0.0;
        let mut number = first;
        for samples in samples.chunks(player.abreast()) {
            for recording in player.perform_all(samples, task.steps)? {
                spikes += (task.measure)(&recording, number);
                number += 1;
            }
        }
        Ok(spikes)
    };
    if let [player] = players {
        return part(player, 0, scores);
    }
    std::thread::scope(|scope| {
        let parts = scores.chunks(share).zip(players).enumerate();
        let started: Vec<_> = parts
            .map(|(at, (samples, player))| scope.spawn(move || part(player, at * share, samples)))
            .collect();
        let joined =
            started.into_iter().map(|thread| thread.join().map_err(|_| "a thread ended")?);
        joined.sum()
    })
}

/// The number of spikes.
fn total(recording: &Recording, _: usize) -> f64 {
    let sum = |array: &nirkit::numerics::Tensor| match array.as_slice::<f32>() {
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
fn digest(recording: &Recording, first: usize) -> f64 {
    let mut hasher = DefaultHasher::new();
    first.hash(&mut hasher);
    for (_, array) in &recording.arrays {
        array.shape().hash(&mut hasher);
        for number in array.to_f64().unwrap_or_default().iter() {
            number.to_bits().hash(&mut hasher);
        }
    }
    f64::from(hasher.finish() as u32)
}
