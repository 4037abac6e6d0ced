//! `nir compare`: platforms side by side, where their spikes part, and why.

mod print;

use nirkit::bounds;
use nirkit::compare::{Comparison, Entrant, Job, Report, compare, each_way, usual_spike};
use nirkit::escape;
use nirkit::ir::open::{self, Open};
use nirkit::ir::{Facts, Graph};
use nirkit::platforms::{ChipChoices, Choices, Platform};
use nirkit::sim::{Reset, SpikeReading, Stimulus};
use nirkit::stimulus::Loaded;
use serde::Serialize;

use crate::args::{CompareArgs, Format};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::load::{self, Set};
use crate::printer::Printer;
use crate::progress::Progress;
use crate::render::figure;
use crate::report::Choice;
use crate::settle::{frames_choices, settle_dt, settle_duration, settle_reset};

/// Steps in the time constant of the van Rossum distance, if it is not given.
const STEPS_OF_TAU: f64 = 10.0;

/// The result, as JSON has it.
#[derive(Serialize)]
struct Outcome<'a> {
    file: String,
    choices: &'a [Choice],
    /// What was guessed, and what platforms lose of the graph.
    notes: &'a [String],
    #[serde(flatten)]
    report: &'a Report,
}

/// What the file and the arguments leave to be decided, decided.
struct Settled {
    dt: f64,
    ideal_reset: Reset,
    spike: SpikeReading,
    steps: usize,
    tau: f64,
    choices: Vec<Choice>,
    notes: Vec<String>,
}

pub(crate) fn run(args: &CompareArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let file = load::with_source(&args.file, &args.limits, &args.times)?;
    let entrants = entrants(args)?;
    // Whether the ideal takes part is not the same as whether it was named.
    let has_ideal = entrants.iter().any(|entrant| matches!(entrant, Entrant::Ideal));
    let ideal = has_ideal.then_some("ideal");
    let titles = args.platform.iter().map(String::as_str).chain(ideal);
    let titles: Vec<&str> = titles.collect();
    let (graph, facts, seen) = load::sound_for(&titles, &file, &args.file, &args.limits)?;
    let graph = graph.as_ref();
    let set = Set { inputs: &args.input, frames: args.frames, batch: false };
    let loaded = load::stimulus(&set, graph, &facts, &args.limits)?;
    let open = open::open(&file.document);
    let mut settled = settle(args, (graph, &facts), &open, &loaded, has_ideal)?;
    settled.notes.splice(0..0, seen);
    settled.notes.extend(admit_all(args, &entrants, graph, &facts, settled.dt)?);
    let choices = Choices { dt: Some(settled.dt), reset: args.choices.reset, ..Choices::default() };
    let (entrants, ways) = each_way(&entrants, graph, &facts, &choices);
    check_room(args, &facts, settled.steps, entrants.len())?;
    let job = job(args, graph, &facts, sample(&loaded)?, &settled);
    let progress = Progress::new("comparing", entrants.len() as u64);
    let comparison = compare(&job, &entrants, &|done| progress.set(done))?;
    drop(progress);
    let report = Report::of(&job, &comparison, ways);
    draw(args, &job, &comparison, &report)?;
    if printer.format() == Format::Text {
        settled.notes.iter().for_each(|note| Printer::note(note));
    }
    let (choices, notes) = (settled.choices.as_slice(), settled.notes.as_slice());
    let result = Outcome { file: args.file.display().to_string(), choices, notes, report: &report };
    printer.result(&result, || print::text(&result))?;
    Ok(if report.equal { Exit::Fine } else { Exit::Findings })
}

/// What is compared: the ideal first, if it takes part.
fn entrants(args: &CompareArgs) -> Result<Vec<Entrant>, Failure> {
    let mut entrants = Vec::new();
    for title in args.platform.iter().filter(|title| *title != "ideal") {
        entrants.push(match load::any_platform(title)? {
            Platform::Simulator(profile) => Entrant::Platform { profile, way: None },
            Platform::Chip(chip) => Entrant::Chip(chip),
        });
    }
    if entrants.len() < args.platform.len() || entrants.len() == 1 {
        entrants.insert(0, Entrant::Ideal);
    }
    if entrants.len() < 2 {
        return Err(Failure::with_help(
            "the ideal has nothing to be compared with",
            Some("give `--platform` a second time"),
        ));
    }
    Ok(entrants)
}

fn settle(
    args: &CompareArgs,
    (graph, facts): (&Graph, &Facts),
    open: &Open,
    loaded: &Loaded,
    has_ideal: bool,
) -> Result<Settled, Failure> {
    let mut notes = Vec::new();
    let (dt, dt_source) = settle_dt(args.choices.dt, open, loaded, &mut notes)?;
    // What the ideal takes is not said where it does not take part.
    let mut of_ideal = Vec::new();
    let (ideal_reset, reset_source) = settle_reset(args.choices.reset, open, &mut of_ideal);
    if has_ideal {
        notes.append(&mut of_ideal);
    }
    let usual = || usual_spike(graph, facts, dt);
    let (spike, spike_source) = args.spike.map_or_else(usual, |spike| (spike, "given"));
    let duration = settle_duration(args.duration, loaded, dt)?;
    let tau = args.tau.unwrap_or(STEPS_OF_TAU * dt);
    if !(tau.is_finite() && tau > 0.0) {
        return Err(Failure::new(format!("`--tau {tau}` is no time above 0")));
    }
    let tau_source = if args.tau.is_some() { "given" } else { "default: ten steps" };
    let mut choices = vec![
        Choice::new("dt", dt, dt_source),
        Choice::new("reset of platforms", reset_of_platforms(args), "given or the platform's own"),
        Choice::new("tau of the distance", tau, tau_source),
    ];
    if has_ideal {
        let reset = Choice::new("reset of the ideal", ideal_reset, reset_source);
        let spike = Choice::new("spike in the ideal", spike, spike_source);
        choices.splice(1..1, [reset, spike]);
    }
    choices.extend(frames_choices(args.frames, loaded));
    notes.extend(loaded.notes(duration));
    let limits = args.limits.limits()?;
    let steps = bounds::steps(duration, dt, &limits)?;
    Ok(Settled { dt, ideal_reset, spike, steps, tau, choices, notes })
}

/// Every run keeps the spikes of all nodes.
fn check_room(args: &CompareArgs, facts: &Facts, steps: usize, runs: usize) -> Result<(), Failure> {
    let channels = facts.leaves().iter().map(nirkit::ir::facts::Leaf::outputs);
    Ok(bounds::recording(channels, [steps, runs], &args.limits.limits()?)?)
}

fn reset_of_platforms(args: &CompareArgs) -> String {
    args.choices.reset.map_or("their own".to_owned(), |reset| reset.to_string())
}

/// What the platforms lose of the graph; a failure with all reasons if one of them refuses it.
fn admit_all(
    args: &CompareArgs,
    entrants: &[Entrant],
    graph: &Graph,
    facts: &Facts,
    dt: f64,
) -> Result<Vec<String>, Failure> {
    let choices = Choices { dt: Some(dt), reset: args.choices.reset, ..Choices::default() };
    let mut notes = Vec::new();
    for entrant in entrants {
        match entrant {
            Entrant::Ideal => {}
            Entrant::Platform { profile, .. } => {
                notes.extend(load::admit(profile, graph, facts, &choices)?);
            }
            Entrant::Chip(chip) => {
                let (reset, quantize) = (args.choices.reset, args.choices.quantize.clone());
                let choices = ChipChoices { dt: Some(dt), reset, quantize };
                notes.extend(load::design(chip, graph, facts, &choices)?.1);
            }
        }
    }
    Ok(notes)
}

fn sample(loaded: &Loaded) -> Result<&Stimulus, Failure> {
    loaded.samples.first().ok_or_else(|| Failure::new("there is no stimulus"))
}

fn job<'a>(
    args: &CompareArgs,
    graph: &'a Graph,
    facts: &'a Facts,
    stimulus: &'a Stimulus,
    settled: &Settled,
) -> Job<'a> {
    Job {
        graph,
        facts,
        stimulus,
        steps: settled.steps,
        dt: settled.dt,
        reset: args.choices.reset,
        quantize: args.choices.quantize.clone(),
        ideal_reset: settled.ideal_reset,
        spike: settled.spike,
        memory: settled.tau,
        causes: !args.no_cause,
    }
}

fn draw(
    args: &CompareArgs,
    job: &Job<'_>,
    comparison: &Comparison,
    report: &Report,
) -> Result<(), Failure> {
    let Some(path) = &args.svg else { return Ok(()) };
    // Names in a picture act on a terminal that shows it, and are no text of XML.
    let svg = figure::comparison(job, comparison, report)?;
    let svg = escape::text(&svg);
    Ok(nirkit::io::text::write_text(path, &svg).map_err(nirkit::Error::from)?)
}
