//! `nir eval`: the accuracy of platforms on a labelled set.

use nirkit::eval::{
    ChipJob, SimulatorJob, Tally, check_samples, counts_in_each_way, counts_on_chip,
};
use nirkit::io::array::{read_array, write_array};
use nirkit::ir::{Facts, Graph, open};
use nirkit::numerics::Tensor;
use nirkit::platforms::{Chip, ChipChoices, Choices, Platform, Profile};
use nirkit::recording::make_folder;
use nirkit::stimulus::Loaded;
use serde::Serialize;

use crate::args::{EvalArgs, FramesName};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load::{self, Set};
use crate::printer::Printer;
use crate::progress::Progress;
use crate::render::table::table;

/// The result of one platform.
#[derive(Serialize)]
struct Score {
    platform: String,
    /// What the first way that runs makes of the set; most platforms have only one.
    #[serde(flatten)]
    tally: Tally,
    /// All ways in which the platform can run the graph, where chance decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ways: Vec<Way>,
}

/// A way in which a platform can run a graph.
#[derive(Serialize)]
struct Way {
    /// Its number, counted from 1.
    #[serde(rename = "way")]
    number: usize,
    #[serde(flatten)]
    tally: Option<Tally>,
    /// Why it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(crate) fn run(args: &EvalArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let file = load::with_source(&args.file, &args.limits, &args.times)?;
    let named = |title: &String| Ok((title.clone(), load::any_platform(title)?));
    let platforms: Vec<(String, Platform)> =
        args.platform.iter().map(named).collect::<Result<_, Failure>>()?;
    let titles: Vec<&str> = args.platform.iter().map(String::as_str).collect();
    let (graph, facts, notes) = load::sound_for(&titles, &file, &args.file, &args.limits)?;
    let graph = graph.as_ref();
    for note in &notes {
        Printer::note(note);
    }
    let inputs = Set { inputs: &args.input, frames: FramesName::Auto, batch: true };
    let set = load::stimulus(&inputs, graph, &facts, &args.limits)?;
    check_samples(&set.samples, facts.inputs(graph).count())?;
    let labels = read_labels(args, set.samples.len())?;
    let mut scores = Vec::new();
    for (name, platform) in platforms {
        let (title, ways) = match platform {
            Platform::Simulator(profile) => {
                (profile.title(), evaluate(args, profile, graph, &facts, &set)?)
            }
            Platform::Chip(chip) => {
                let open = open::open(&file.document);
                let dt = args.choices.dt.or(open.only_dt().map(|dt| dt.value));
                (chip.title(), vec![Ok(evaluate_chip(args, chip, dt, graph, &facts, &set)?)])
            }
        };
        write(args, &name, &ways)?;
        scores.push(Score::of(title, ways, &labels)?);
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

/// Output spikes of all samples on a platform, for each way in which it can run the graph.
fn evaluate(
    args: &EvalArgs,
    profile: &'static Profile,
    graph: &Graph,
    facts: &Facts,
    set: &Loaded,
) -> Result<Vec<Result<Tensor, nirkit::Error>>, Failure> {
    let choices = Choices { dt: args.choices.dt, reset: args.choices.reset, ..Choices::default() };
    for loss in load::admit(profile, graph, facts, &choices)? {
        Printer::note(&loss);
    }
    let progress = Progress::new("evaluating", set.samples.len() as u64);
    let (samples, steps, threads) = (&set.samples, set.steps.unwrap_or(0), args.threads);
    let job = SimulatorJob { profile, choices, graph, facts, samples, steps, threads };
    Ok(counts_in_each_way(&job, &|done| progress.set(done))?)
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
    for loss in &losses {
        Printer::note(loss);
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

/// Writes the counts of each way; those of the first are `counts.npy`.
fn write(
    args: &EvalArgs,
    platform: &str,
    ways: &[Result<Tensor, nirkit::Error>],
) -> Result<(), Failure> {
    let Some(folder) = &args.output else { return Ok(()) };
    make_folder(folder)?;
    for (number, counts) in (1..).zip(ways) {
        let Ok(counts) = counts else { continue };
        let platform = match args.platform.len() {
            1 => String::new(),
            _ => format!("{platform}."),
        };
        let way = if ways.len() == 1 { String::new() } else { format!("way-{number}.") };
        let name = format!("{platform}{way}counts.npy");
        write_array(folder.join(name), counts).map_err(nirkit::Error::from)?;
    }
    Ok(())
}

impl Score {
    fn of(
        platform: String,
        found: Vec<Result<Tensor, nirkit::Error>>,
        labels: &[i64],
    ) -> Result<Self, Failure> {
        let mut ways = Vec::with_capacity(found.len());
        for (number, counts) in (1..).zip(found) {
            ways.push(match counts {
                Ok(counts) => Way { number, tally: Some(Tally::of(&counts, labels)?), error: None },
                Err(error) => Way { number, tally: None, error: Some(error.to_string()) },
            });
        }
        let has_one = ways.len() == 1;
        for (way, tally) in ways.iter().filter_map(|way| Some((way.number, way.tally.as_ref()?))) {
            let title = if has_one { platform.clone() } else { format!("{platform}, way {way}") };
            tally.note(&title).iter().for_each(|note| Printer::note(note));
        }
        let tally = ways.iter().find_map(|way| way.tally.clone());
        let tally = tally.ok_or_else(|| Failure::new(format!("{platform} runs nothing")))?;
        Ok(Self { platform, tally, ways: if has_one { Vec::new() } else { ways } })
    }
}

fn print(scores: &[Score]) -> String {
    let mut rows = Vec::new();
    for score in scores {
        if score.ways.is_empty() {
            rows.push(row(score.platform.clone(), Some(&score.tally), None));
        }
        for way in &score.ways {
            let title = format!("{}, way {}", score.platform, way.number);
            rows.push(row(title, way.tally.as_ref(), way.error.as_deref()));
        }
    }
    table(&["platform", "accuracy", "correct", "output spikes a sample"], rows)
}

fn row(title: String, tally: Option<&Tally>, error: Option<&str>) -> Vec<String> {
    let Some(tally) = tally else {
        return vec![title, format!("fails: {}", error.unwrap_or_default())];
    };
    vec![
        title,
        format!("{:.2} %", 100.0 * tally.accuracy),
        format!("{} of {}", tally.correct, tally.samples),
        format!("{:.2}", tally.output_spikes_per_sample),
    ]
}
