//! The ideal and platforms side by side on one stimulus: how far apart their spikes are, where they
//! part first, and because of which choice.
//!
//! The ideal runs in continuous time; its spikes are then counted by steps, as a grid of `dt` sees
//! them. Between the ideal and a platform stands the ideal on a grid: leaving continuous time is
//! the first cause of a difference, the choices of the platform are the others.

mod how;
mod ideal;
mod report;
mod setup;
mod side;
mod subjects;
mod times;

use nirkit_ir::Limits;
use nirkit_ir::{Facts, Graph};
use nirkit_platforms::chip::WeightScales;
use nirkit_platforms::compare::{Cause, CompareError, Difference, First, Setup, Variant};
use nirkit_platforms::compare::{cause, compare_recordings};
use nirkit_platforms::{Chip, ChipChoices, Choices, Platform, Profile};
use nirkit_run::{Reset, SpikeReading, Stimulus, interrupt};

pub use how::Compare;
pub use report::{
    AttributionReport, CauseReport, ChoiceReport, FirstReport, MomentReport, NodeReport,
    PairNodeReport, PairReport, Report,
};
pub use setup::{Compared, compare_platforms};
use side::At;
pub(crate) use side::in_order;
pub use side::{Side, Trace};
pub use subjects::Refusal;

use serde::Serialize;

use crate::error::Error;
use crate::recording::Recorded;
use crate::watch::{Watch, stopped};

/// What is compared.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// Its facts.
    pub facts: &'a Facts,
    /// What enters.
    pub stimulus: &'a Stimulus,
    /// How many steps are taken.
    pub steps: usize,
    /// The time step of every platform that has a choice, in seconds.
    pub dt: f64,
    /// The reset of platforms that have a choice; `None` takes their own.
    pub reset: Option<Reset>,
    /// How chips make integers of numbers; `None` takes the first way of each.
    pub quantize: Option<String>,
    /// Scales of weights that are integers already.
    pub weight_scales: WeightScales,
    /// The reset of the ideal.
    pub ideal_reset: Reset,
    /// What a spike is in the ideal.
    pub spike: SpikeReading,
    /// Time constant of the van Rossum distance, in seconds.
    pub memory: f64,
    /// Whether causes are looked for; each choice in which two programs differ takes some runs.
    pub causes: bool,
    /// What the runs may ask for.
    pub limits: &'a Limits,
}

/// Something that is compared.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// The graph's own meaning, in continuous time.
    Ideal,
    /// A simulator, in one of the ways in which it can run the graph, counted from 0, where chance
    /// decides.
    Platform {
        /// The simulator.
        profile: &'static Profile,
        /// The way; `None` where there is only one, or none was chosen.
        way: Option<usize>,
    },
    /// A chip, as its emulation runs the graph.
    Chip(&'static Chip),
    /// What somebody recorded.
    Recorded(&'static Recorded),
}

impl Subject {
    /// The platform; `None` for the ideal and for recordings.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        match *self {
            Self::Ideal | Self::Recorded(_) => None,
            Self::Platform { profile, .. } => Some(Platform::Simulator(profile)),
            Self::Chip(chip) => Some(Platform::Chip(chip)),
        }
    }

    /// Its name, for the reader.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::Ideal => "ideal".to_owned(),
            Self::Platform { profile, way: None } => profile.title(),
            Self::Platform { profile, way: Some(way) } => {
                format!("{}, way {}", profile.title(), way + 1)
            }
            Self::Chip(chip) => chip.title(),
            Self::Recorded(recorded) => recorded.folder.clone(),
        }
    }
}

/// A way in which a simulator can run a graph, where chance decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The simulator.
    pub platform: String,
    /// The number of the way, counted from 1.
    #[serde(rename = "way")]
    pub number: usize,
    /// Its name among what is compared; `None` if it fails.
    pub variant: Option<String>,
    /// Why it fails.
    pub error: Option<String>,
}

/// The subjects with every way in which a simulator can run the graph in place of the simulator, a list
/// of the ways, and what is to be said of those that are left out. Those that fail are in the list only.
fn each_way(
    subjects: &[Subject],
    graph: &Graph,
    facts: &Facts,
    choices: &Choices,
) -> (Vec<Subject>, Vec<Way>, Vec<String>) {
    let (mut all, mut ways, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for &subject in subjects {
        let Subject::Platform { profile, way: None } = subject else {
            all.push(subject);
            continue;
        };
        let count = profile.ways(graph, facts, choices);
        if count == 1 {
            all.push(subject);
            continue;
        }
        notes.extend(profile.ways_left_out(count));
        for way in 0..count.min(Profile::MOST_WAYS) {
            let subject = Subject::Platform { profile, way: Some(way) };
            let errors = profile.prepare(graph, facts, &Choices { way, ..*choices }).err();
            let error = errors.map(|errors| {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                errors.join("; ")
            });
            let variant = error.is_none().then(|| subject.title());
            all.extend(error.is_none().then_some(subject));
            ways.push(Way { platform: profile.title(), number: way + 1, variant, error });
        }
    }
    (all, ways, notes)
}

/// Runs of one graph, held against the first of them.
#[derive(Debug)]
pub struct Comparison {
    /// The runs; the first is the one against which the others are held.
    pub sides: Vec<Side>,
    /// Each of the others against the first.
    pub pairs: Vec<Pair>,
}

/// A run against the first one.
#[derive(Debug)]
pub struct Pair {
    /// How far apart they are.
    pub difference: Difference,
    /// Why; `None` if they agree, if causes were not asked for, or if they cannot be told.
    pub why: Option<Why>,
}

/// Why a run parts from the first one.
#[derive(Debug)]
pub enum Why {
    /// The choices that part them.
    Cause {
        /// How far the ideal in continuous time is from the ideal on a grid, where it is the first.
        grid: Option<Difference>,
        /// The choices of the platform.
        cause: Cause,
    },
    /// The choices could not be switched.
    Unknown(CompareError),
    /// One of the two is a chip, whose arithmetic has no choices to be switched, or a recording: what it does
    /// otherwise than the graph, in words.
    Chip(Vec<String>),
}

/// Compares all subjects with the first. `watch` is told how many of them are done.
fn compare(job: &Job<'_>, subjects: &[Subject], watch: &dyn Watch) -> Result<Comparison, Error> {
    let sides = run_all(job, subjects)?;
    let Some((first, others)) = sides.split_first() else {
        return Err(Error::new("there is nothing to compare"));
    };
    let mut pairs = Vec::with_capacity(others.len());
    for (done, other) in (1..).zip(others) {
        let pair = pair(job, first, other)?;
        if interrupt::is_requested() {
            return Err(stopped());
        }
        pairs.push(pair);
        if watch.done(done, subjects.len() as u64).is_break() {
            return Err(stopped());
        }
    }
    Ok(Comparison { sides, pairs })
}

/// Every subject on the stimulus; everything that keeps one from running at once.
fn run_all(job: &Job<'_>, subjects: &[Subject]) -> Result<Vec<Side>, Error> {
    let (mut sides, mut errors) = (Vec::new(), Vec::new());
    for &subject in subjects {
        let run = Side::run(job, subject);
        if interrupt::is_requested() {
            return Err(stopped());
        }
        match run {
            Ok(side) => sides.push(side),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(sides) } else { Err(Error::several(errors)) }
}

fn pair(job: &Job<'_>, first: &Side, other: &Side) -> Result<Pair, Error> {
    let memory = job.memory / job.dt;
    let mut difference = compare_recordings(first.recording(), other.recording(), memory);
    let mut firsts: Vec<&mut First> =
        difference.nodes.iter_mut().filter_map(|node| node.first.as_mut()).collect();
    if !firsts.is_empty() {
        look_closer(job, [first, other], &mut firsts)?;
    }
    // The first of all is the first of its node, which has been looked at.
    if let Some(found) = &mut difference.first {
        let mut firsts = difference.nodes.iter().filter_map(|node| node.first.as_ref());
        let same = firsts.find(|first| first.node == found.node);
        found.moments = same.map_or([None, None], |same| same.moments);
    }
    let is_asked = job.causes && difference.first.is_some();
    let why = is_asked.then(|| why(job, first, other, &difference));
    Ok(Pair { difference, why })
}

/// Adds voltages and thresholds to first differences; each side runs once more for all of them.
fn look_closer(job: &Job<'_>, sides: [&Side; 2], firsts: &mut [&mut First]) -> Result<(), Error> {
    for (number, side) in sides.into_iter().enumerate() {
        let at: Vec<At<'_>> = firsts
            .iter()
            .map(|first| At { node: &first.node, neuron: first.neuron, step: first.step })
            .collect();
        let moments = side.moments(job, &at)?;
        for (first, moment) in firsts.iter_mut().zip(moments) {
            first.moments[number] = moment;
        }
    }
    Ok(())
}

fn why(job: &Job<'_>, first: &Side, other: &Side, difference: &Difference) -> Why {
    let memory = job.memory / job.dt;
    let (graph, facts, stimulus) = (job.graph, job.facts, job.stimulus);
    let setup = Setup { graph, facts, stimulus, steps: job.steps, memory };
    let (Some(a), Some(b)) = (first.variant(job), other.variant(job)) else {
        return Why::Chip([first.departures(), other.departures()].concat());
    };
    let told = if first.variant_is_itself() {
        cause(&setup, &a, &b, difference).map(|cause| Why::Cause { grid: None, cause })
    } else {
        from_grid(job, first, &setup, [&a, &b])
    };
    told.unwrap_or_else(Why::Unknown)
}

/// Why a platform parts from the ideal: first because there is a grid, then because of its choices.
fn from_grid(
    job: &Job<'_>,
    ideal: &Side,
    setup: &Setup<'_>,
    [on_grid, platform]: [&Variant; 2],
) -> Result<Why, CompareError> {
    let side = Side::of_variant(job, on_grid)?;
    let grid = compare_recordings(ideal.recording(), side.recording(), setup.memory);
    let difference = setup.compare(on_grid, platform)?;
    let cause = cause(setup, on_grid, platform, &difference)?;
    Ok(Why::Cause { grid: Some(grid), cause })
}

/// What whoever lowers the graph chooses.
fn chip_choices(job: &Job<'_>) -> ChipChoices {
    ChipChoices {
        dt: Some(job.dt),
        reset: job.reset,
        quantize: job.quantize.clone(),
        weight_scales: job.weight_scales.clone(),
    }
}

/// What whoever runs the platforms chooses.
fn choices(job: &Job<'_>) -> Choices {
    Choices { dt: Some(job.dt), reset: job.reset, ..Choices::default() }
}
