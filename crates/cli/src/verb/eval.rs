//! `nir eval`: the accuracy of platforms on a labelled set.

use nirkit::eval::{ChipJob, Job, check_labels, classes, counts, counts_on_chip};
use nirkit::io::array::{read_array, write_array};
use nirkit::ir::valid::validate_within;
use nirkit::ir::{Facts, Graph, open};
use nirkit::numerics::Tensor;
use nirkit::platforms::{Chip, ChipChoices, Choices, Platform, Profile};
use nirkit::recording::make_folder;
use nirkit::stimulus::{self, Frames, Loaded, Source};
use serde::Serialize;

use crate::args::EvalArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::render::table::table;

/// The result of one platform.
#[derive(Serialize)]
struct Score {
    platform: String,
    samples: usize,
    correct: usize,
    accuracy: f64,
    output_spikes_per_sample: f64,
}

pub(crate) fn run(args: &EvalArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let document = load::document(&args.file, &args.limits)?;
    let graph = document.graph().ok_or_else(|| Failure::new("the file holds no graph"))?;
    let limits = args.limits.limits()?;
    let facts = validate_within(graph, &limits).facts.ok_or_else(|| {
        let help = format!("see `nir check {}`", args.file.display());
        Failure::with_help("the graph has errors", Some(help))
    })?;
    let named = |title: &String| Ok((title.clone(), load::any_platform(title)?));
    let platforms: Vec<(String, Platform)> =
        args.platform.iter().map(named).collect::<Result<_, Failure>>()?;
    let source = [Source { node: None, path: args.input.clone() }];
    let set = stimulus::read(&source, graph, &facts, Frames::Auto, true, &limits)?;
    let labels = read_labels(args, set.samples.len())?;
    let mut scores = Vec::new();
    for (name, platform) in platforms {
        let (title, found) = match platform {
            Platform::Simulator(profile) => {
                (profile.title(), evaluate(args, profile, graph, &facts, &set)?)
            }
            Platform::Chip(chip) => {
                let dt = args.choices.dt.or(open::open(&document).only_dt().map(|dt| dt.value));
                (chip.title(), evaluate_chip(args, chip, dt, graph, &facts, &set)?)
            }
        };
        check_labels(&labels, &found)?;
        write(args, &name, &found)?;
        scores.push(Score::of(title, &found, &labels));
    }
    printer.result(&scores, || print(&scores))?;
    Ok(Exit::Fine)
}

fn read_labels(args: &EvalArgs, samples: usize) -> Result<Vec<i64>, Failure> {
    let limits = args.limits.limits()?;
    let labels = read_array(&args.labels, &limits).map_err(nirkit::Error::from)?;
    match labels.to_i64() {
        Some(labels) if labels.len() == samples => Ok(labels),
        Some(labels) => {
            let message = format!("there are {} labels for {samples} samples", labels.len());
            Err(Failure::new(message))
        }
        None => {
            Err(Failure::with_help("the labels are no whole numbers", Some("count classes from 0")))
        }
    }
}

/// Output spikes of all samples on a platform.
fn evaluate(
    args: &EvalArgs,
    profile: &Profile,
    graph: &Graph,
    facts: &Facts,
    set: &Loaded,
) -> Result<Tensor, Failure> {
    let choices = Choices { dt: args.choices.dt, reset: args.choices.reset, ..Choices::default() };
    for loss in load::admit(profile, graph, facts, &choices)? {
        Printer::remark(&format!("note: {loss}"));
    }
    let program = profile
        .prepare_aligned(graph, facts, &choices)
        .map_err(|errors| Failure::several(errors.iter().map(|error| (error.to_string(), None))))?;
    let progress = Progress::new("evaluating", set.samples.len() as u64);
    let job = Job {
        program: &program,
        graph,
        facts,
        samples: &set.samples,
        steps: set.steps.unwrap_or(0),
        threads: args.threads,
    };
    Ok(counts(&job, &|done| progress.set(done))?)
}

/// Output spikes of all samples on a chip.
fn evaluate_chip(
    args: &EvalArgs,
    chip: &Chip,
    dt: Option<f64>,
    graph: &Graph,
    facts: &Facts,
    set: &Loaded,
) -> Result<Tensor, Failure> {
    let (reset, quantize) = (args.choices.reset, args.choices.quantize.clone());
    let choices = ChipChoices { dt, reset, quantize };
    let (design, losses) = load::design(chip, graph, facts, &choices)?;
    for loss in losses {
        Printer::remark(&format!("note: {loss}"));
    }
    let progress = Progress::new("evaluating", set.samples.len() as u64);
    let job = ChipJob {
        design: &design,
        samples: &set.samples,
        steps: set.steps.unwrap_or(0),
        dt: dt.unwrap_or(1.0),
        threads: args.threads,
    };
    Ok(counts_on_chip(&job, &|done| progress.set(done))?)
}

fn write(args: &EvalArgs, platform: &str, counts: &Tensor) -> Result<(), Failure> {
    let Some(folder) = &args.output else { return Ok(()) };
    make_folder(folder)?;
    let name = match args.platform.len() {
        1 => "counts.npy".to_owned(),
        _ => format!("{platform}.counts.npy"),
    };
    Ok(write_array(folder.join(name), counts).map_err(nirkit::Error::from)?)
}

impl Score {
    fn of(platform: String, counts: &Tensor, labels: &[i64]) -> Self {
        let found = classes(counts);
        let correct = found.iter().zip(labels).filter(|(class, label)| **class as i64 == **label);
        let (samples, correct) = (labels.len(), correct.count());
        let spikes = counts.to_f64().unwrap_or_default().iter().sum::<f64>() + 0.0;
        Self {
            platform,
            samples,
            correct,
            accuracy: correct as f64 / samples.max(1) as f64,
            output_spikes_per_sample: spikes / samples.max(1) as f64,
        }
    }
}

fn print(scores: &[Score]) -> String {
    let rows = scores.iter().map(|score| {
        vec![
            score.platform.clone(),
            format!("{:.2} %", 100.0 * score.accuracy),
            format!("{} of {}", score.correct, score.samples),
            format!("{:.2}", score.output_spikes_per_sample),
        ]
    });
    table(&["platform", "accuracy", "correct", "output spikes a sample"], rows)
}
