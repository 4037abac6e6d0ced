//! A comparison from what is asked for: choices settled, platforms admitted, then run.

use nirkit_engine::clocked::SpikeStep;
use nirkit_ir::facts::Leaf;
use nirkit_ir::open;
use nirkit_ir::{Document, Facts, Graph};
use nirkit_platforms::chip::WeightScales;
use nirkit_platforms::{Choices as PlatformChoices, Platform};
use nirkit_run::{Reset, SpikeReading, Stimulus as Sample};

use super::subjects::{admit_all, of_chip, subjects};
use super::times::{step, tau};
use super::{Compare, Comparison, Job, Refusal, Report, Subject, Way, compare, each_way};
use crate::bounds;
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::model::{Ledger, chip_choices, seen, title};
use crate::settle::{self, Settled};
use crate::stimulus::{Grid, Stimulus, inputs};
use crate::time_unit::{InSeconds, in_seconds};
use crate::watch::Watch;

/// A comparison that was made, with what it was made of.
#[derive(Debug)]
pub struct Compared {
    graph: Graph,
    facts: Facts,
    sample: Sample,
    settings: Settings,
    /// The runs.
    pub comparison: Comparison,
    /// What came of it.
    pub report: Report,
    /// Every choice, and where it comes from.
    pub choices: Vec<Choice>,
    /// What has to be said: guesses, and what platforms lose of the graph.
    pub notes: Vec<String>,
    /// Platforms that take no part.
    pub refused: Vec<Refusal>,
}

/// What was settled.
#[derive(Debug)]
struct Settings {
    given: Choices,
    dt: f64,
    steps: usize,
    memory: f64,
    ideal_reset: Reset,
    spike: SpikeReading,
    weight_scales: WeightScales,
    causes: bool,
}

impl Compared {
    /// What the comparison was made of.
    #[must_use]
    pub fn job(&self) -> Job<'_> {
        self.settings.job(&self.graph, &self.facts, &self.sample)
    }
}

impl Settings {
    fn job<'a>(&'a self, graph: &'a Graph, facts: &'a Facts, stimulus: &'a Sample) -> Job<'a> {
        Job {
            graph,
            facts,
            stimulus,
            steps: self.steps,
            dt: self.dt,
            reset: self.given.reset,
            quantize: self.given.other("quantize").map(str::to_owned),
            weight_scales: self.weight_scales.clone(),
            ideal_reset: self.ideal_reset,
            spike: self.spike,
            memory: self.memory,
            causes: self.causes,
            limits: &self.given.limits,
        }
    }
}

/// Runs a graph on platforms side by side and holds each against the first, or against the ideal if it is among them or
/// nothing else is given. A platform that refuses the graph takes no part, and is listed.
///
/// ```no_run
/// use nirkit::compare::{Compare, compare_platforms};
/// use nirkit::{Choices, Stimulus};
///
/// let graph = nirkit::read("net.nir")?;
/// let stimulus = Stimulus::read("x.npy")?;
/// let choices = Choices::new().dt(1e-4);
/// let compared =
///     compare_platforms(&graph, &["norse", "snntorch"], &stimulus, &choices, &Compare::new())?;
/// println!("equal: {}", compared.report.equal);
/// # Ok::<(), nirkit::Error>(())
/// ```
pub fn compare_platforms(
    graph: &Document,
    titles: &[&str],
    stimulus: &Stimulus,
    given: &Choices,
    how: &Compare<'_>,
) -> Result<Compared, Error> {
    let asked = given;
    given.only("a comparison", &["spike", "quantize", "weight_scale"])?;
    let subjects = subjects(titles, &given.limits)?;
    // A single platform is held against the ideal.
    let alone = [titles, &["ideal"]].concat();
    given.check_for(if titles.len() == 1 { &alone } else { titles })?;
    let has_ideal = subjects.iter().any(|subject| matches!(subject, Subject::Ideal));
    let platforms: Vec<Platform> = subjects.iter().filter_map(Subject::platform).collect();
    // The ideal sees the graph as NIR does.
    let seen_by = if has_ideal { &[] } else { platforms.as_slice() };
    let InSeconds { document, unit, notes: said } = in_seconds(graph, given)?;
    let (seen_graph, facts, mut notes) = seen(&document, seen_by, &given.limits)?;
    notes.extend(said);
    let open = open::open(&document);
    let weight_scales = chip_choices(given, &open, None, &seen_graph, &facts)?.weight_scales;
    let bound = stimulus.bind(&inputs(&seen_graph, &facts), &given.limits)?;
    let [sample] = bound.samples.as_slice() else {
        let message =
            format!("the stimulus has {} samples, a comparison takes one", bound.samples.len());
        return Err(Error::new(message).of_kind(ErrorKind::Stimulus));
    };
    let mut ledger = Ledger::default();
    let dt = ledger.take_time("dt", step(given, &open, &platforms)?);
    let duration = settle::duration(how.duration, &bound, Some(dt), SpikeStep::Floor, given.voice)?;
    let steps = bounds::steps(duration, dt, &given.limits)?;
    let mut of_ideal = Ledger::default();
    let ideal_reset = of_ideal.take("reset of the ideal", settle::reset(given, &open));
    let spike = settle::spike(given, &open, Some(dt));
    let spike = of_ideal.take("spike in the ideal", spike);
    let is_on_grid = settle::is_on_grid(spike, dt, (&seen_graph, &facts, &open));
    of_ideal.notes.extend((!is_on_grid).then(|| other_spike(spike)));
    for title in titles {
        ledger.choices.extend(crate::model::platform_file(title)?);
    }
    // What the ideal takes is not said where it does not take part.
    if has_ideal {
        ledger.choices.append(&mut of_ideal.choices);
        ledger.notes.append(&mut of_ideal.notes);
    }
    // From here on only platforms are asked, which reset as the file says where they have a choice.
    let reset = settle::asked_reset(given, &open);
    let given = &Choices { reset: reset.as_ref().map(|reset| reset.value), ..given.clone() };
    ledger.choices.push(reset_of_platforms(reset));
    ledger.choices.extend(subjects.iter().flat_map(|subject| of_chip(subject, given)));
    ledger.choices.extend(unit);
    let memory = ledger.take_time("tau of the distance", tau(how, dt, given)?);
    let frames = settle::frames(stimulus.reading(), &bound).into_iter();
    let frames = frames.map(|frames| Choice::new("frames", frames.value, frames.source));
    ledger.choices.extend(frames);
    notes.append(&mut ledger.notes);
    let (subjects, refused) =
        admit_all(&subjects, (&seen_graph, &facts, &open), given, dt, &mut notes)?;
    if let ([left], false) = (subjects.as_slice(), has_ideal) {
        let mut compared = with_ideal(graph, (left, titles), stimulus, asked, how)?;
        compared.refused.extend(refused);
        return Ok(compared);
    }
    let of_platforms =
        PlatformChoices { dt: Some(dt), reset: given.reset, ..PlatformChoices::default() };
    let (subjects, ways, left_out) = each_way(&subjects, &seen_graph, &facts, &of_platforms);
    notes.extend(left_out);
    // Every run keeps the spikes of all nodes, and each is held against another in a copy.
    let channels = facts.leaves().iter().map(Leaf::outputs);
    bounds::recording(channels, [steps, 2 * subjects.len()], &given.limits)?;
    notes.extend(bound.notes(duration, Some(Grid::new(steps, dt)), None));
    notes.extend(settle::rounded(how.duration, steps, dt, given.voice));
    let settings = Settings {
        weight_scales,
        given: given.clone(),
        dt,
        steps,
        memory,
        ideal_reset,
        spike,
        causes: how.causes,
    };
    let (graph, sample) = (seen_graph.into_owned(), sample.clone());
    run(graph, facts, sample, settings, (subjects, ways), how.watch).map(|compared| {
        notes.extend(compared.notes.iter().cloned());
        notes.extend(silence(&compared.report));
        Compared { choices: ledger.choices, notes, refused, ..compared }
    })
}

/// What is said where the ideal on a grid reads a spike or a bias otherwise than the ideal.
fn other_spike(spike: SpikeReading) -> String {
    format!(
        "the ideal on a grid, to which causes are led back, reads a spike as a pulse of one step, or, where spikes are impulses, as \
         one of area 1 for an IF, with each bias added whole in each step; the ideal takes {spike}, so that the size of a spike \
         or of a bias can be the cause where it parts from the grid"
    )
}

/// Holds the platform that is left of several against the ideal.
fn with_ideal(
    graph: &Document,
    (left, titles): (&Subject, &[&str]),
    stimulus: &Stimulus,
    given: &Choices,
    how: &Compare<'_>,
) -> Result<Compared, Error> {
    let is_left =
        |name: &&&str| title(name).map_or(**name == left.title(), |name| name == left.title());
    let name = titles.iter().find(is_left).copied().unwrap_or_default();
    let mut compared = compare_platforms(graph, &["ideal", name], stimulus, given, how)?;
    compared.notes.push(format!("{} is left alone, and is held against the ideal", left.title()));
    Ok(compared)
}

fn run(
    graph: Graph,
    facts: Facts,
    sample: Sample,
    settings: Settings,
    (subjects, ways): (Vec<Subject>, Vec<Way>),
    watch: &dyn Watch,
) -> Result<Compared, Error> {
    let job = settings.job(&graph, &facts, &sample);
    let comparison = compare(&job, &subjects, watch)?;
    let report = Report::of(&job, &comparison, ways);
    let unseen = comparison.sides.iter().flat_map(|side| side.unseen(&job));
    let (choices, notes, refused) = (Vec::new(), unseen.collect(), Vec::new());
    Ok(Compared { graph, facts, sample, settings, comparison, report, choices, notes, refused })
}

/// The reset that is asked of the platforms, if one is.
fn reset_of_platforms(asked: Option<Settled<Reset>>) -> Choice {
    let name = "reset of platforms";
    match asked {
        Some(Settled { value, source, .. }) => {
            Choice::new(name, value, format!("{source}, where a platform has a choice"))
        }
        None => Choice::new(name, "their own", "the platforms' own"),
    }
}

/// What has to be said where nothing happened.
fn silence(report: &Report) -> Option<String> {
    let is_silent = |count: &Option<f64>| count.is_none_or(|count| count == 0.0);
    let all = report.nodes.iter().all(|node| node.spikes.iter().all(is_silent));
    all.then(|| {
        "no neuron spikes in any of the runs, so that nothing is compared; look at `dt` and the stimulus"
            .to_owned()
    })
}
