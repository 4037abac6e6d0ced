//! A graph under one of its meanings, ready to run: the ideal, a time grid, a simulator, a chip.

mod batch;
mod chip;
mod clocked;
mod exact;
mod simulator;
mod stream;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use nirkit_engine::clocked::SpikeStep;
use nirkit_exact::Graze;
use nirkit_ir::open::{self, Open};
use nirkit_ir::valid::{Validation, validate_document_within};
use nirkit_ir::{Diagnostic, Document, Facts, Graph, Limits, Severity};
use nirkit_numerics::{Shortest, Tensor};
use nirkit_platforms::{FileError, Platform, PlatformError, lenient};
use nirkit_run::{Observable, Request, Stimulus as Sample};

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::idle;
use crate::recording::{Batch, Recording, Total, Train};
use crate::rounding::Affected;
use crate::run::{Instants, Record, Run};
use crate::settle::{self, Settled};
use crate::stimulus::{Bound as BoundStimulus, Frames, Grid, Stimulus, inputs};
use crate::suggest::{self, did_you_mean};
use crate::time_unit::{InSeconds, in_seconds};
use crate::watch::Watch;
use crate::{bounds, verdict};

pub use exact::read_times;

pub(crate) use chip::{
    CHOICES as CHIP_CHOICES, Unseen, admitted as admitted_design, chip_choices, choices_of_chip,
    reset_of, unseen,
};
pub(crate) use exact::requests as requests_of_exact;
pub(crate) use simulator::admit;
pub(crate) use stream::position;

/// A graph that is ready to run, under choices that are all settled.
///
/// A model does not change: it can be used from several threads at once, and gives the same bits for the same
/// stimulus.
///
/// ```no_run
/// use nirkit::{Choices, Model, Stimulus};
///
/// let graph = nirkit::read("net.nir")?;
/// let model = Model::platform(&graph, "norse", &Choices::new().dt(1e-4))?;
/// let recording = model.run(&Stimulus::read("x.npy")?)?;
/// for total in &recording.totals {
///     println!("{}: {} spikes", total.node, total.sum);
/// }
/// # Ok::<(), nirkit::Error>(())
/// ```
pub struct Model {
    engine: Box<dyn Engine>,
    /// `clocked`, `exact`, or the title of a platform.
    title: String,
    inputs: Vec<(String, Vec<usize>)>,
    shapes: BTreeMap<String, Vec<usize>>,
    choices: Vec<Choice>,
    notes: Vec<String>,
    limits: Limits,
    voice: settle::Voice,
}

/// A stimulus that was matched with the Inputs of a model, to be run as often as one likes.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    pub(crate) stimulus: BoundStimulus,
    pub(crate) frames: Frames,
    has_batch: bool,
}

impl Bound {
    /// The samples of several stimuli that last equally long and are read alike, behind each other.
    pub(crate) fn merged<'a>(mut stimuli: impl Iterator<Item = &'a Self>) -> Self {
        let mut merged = stimuli.next().cloned().unwrap_or_default();
        for bound in stimuli {
            merged.stimulus.samples.extend(bound.stimulus.samples.iter().cloned());
            merged.stimulus.told.extend(bound.stimulus.told.iter().cloned());
            merged.stimulus.doubts.extend(bound.stimulus.doubts.iter().cloned());
        }
        merged
    }
}

/// What an engine is given.
pub(crate) struct Task<'a> {
    /// A stimulus for each sample.
    pub(crate) samples: &'a [Sample],
    /// Whether arrays have an axis for samples: (T, B, *shape) instead of (T, *shape).
    pub(crate) has_batch: bool,
    /// Number of steps; 0 in continuous time.
    pub(crate) steps: usize,
    /// Length of a step in seconds; 1 where it has none.
    pub(crate) dt: f64,
    /// How long to run, in seconds; in steps where these have no length.
    pub(crate) duration: f64,
    pub(crate) requests: &'a [Request],
    /// Instants at which voltages are looked at, in continuous time.
    pub(crate) times: Vec<f64>,
    /// Whether no more than sums over time are kept, where that spares memory.
    pub(crate) sums_only: bool,
    /// Where spikes are written while the run goes on, in continuous time.
    pub(crate) folder: Option<&'a Path>,
    pub(crate) threads: usize,
    pub(crate) watch: &'a dyn Watch,
    pub(crate) limits: &'a Limits,
}

/// What an engine gives.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) arrays: Vec<(Request, Tensor)>,
    pub(crate) events: Vec<(String, Vec<Train>)>,
    /// Sums of nodes whose spikes are not in the arrays.
    pub(crate) sums: Vec<(String, f64)>,
    pub(crate) notes: Vec<String>,
    pub(crate) methods: Vec<String>,
    pub(crate) grazes: Vec<Graze>,
    /// Spikes of the stimulus that a chip does not see.
    pub(crate) unseen: Vec<Unseen>,
    /// Files that were made while the run went on.
    pub(crate) files: Batch,
}

/// What the ways to run a graph have in common.
pub(crate) trait Engine: Send + Sync {
    /// The kind of engine, in a word: `exact`, `clocked`, `platform`.
    fn kind(&self) -> &'static str;
    /// Everything that can be recorded.
    fn requests(&self) -> &[Request];
    /// What is recorded of a node unless something else is asked for.
    fn is_usual(&self, request: &Request) -> bool {
        request.observable == Observable::Spikes
    }
    /// The channels of a request.
    fn channels(&self, request: &Request) -> usize;
    /// Length of a step, or of a frame of the stimulus, in seconds; `None` where nothing says it.
    fn dt(&self) -> Option<f64>;
    /// The step in which a spike acts.
    fn spike_step(&self) -> SpikeStep {
        SpikeStep::Floor
    }
    /// Whether it runs in continuous time, without steps.
    fn is_continuous(&self) -> bool {
        false
    }
    /// Whether it can run in steps of no particular length.
    fn counts_steps(&self) -> bool {
        false
    }
    /// How things are computed, as far as it is known before the run.
    fn methods(&self) -> &[String] {
        &[]
    }
    /// Runs a stimulus.
    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error>;
    /// The same for a readout: a platform that answers late is waited for, and each layer is in step.
    fn answer(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        self.run(task)
    }
    /// Whether a readout waits for an answer that comes late, so that its counts can be others than those of a run.
    fn is_waited_for(&self) -> bool {
        false
    }
    /// The node whose output is the answer of a network.
    fn answer_node(&self) -> Result<String, Error>;
    /// Whether a node puts out its voltage, and no spikes.
    fn puts_out_voltage(&self, _node: &str) -> bool {
        false
    }
    /// The number of the way that is taken, counted from 0, and how many there are, where chance decides.
    fn way(&self) -> (usize, usize) {
        (0, 1)
    }
    /// The operations of a step, as data.
    fn step_program(&self) -> Result<nirkit_step::Program, Error> {
        let message = format!("the {} engine has no step program", self.kind());
        let error = Error::new(message).of_kind(ErrorKind::Choice);
        Err(error.help("simulators, chips and `clocked` have one"))
    }
    /// The engine of another way.
    fn in_way(&self, _way: usize) -> Result<Box<dyn Engine>, Error> {
        Err(Error::new("there is no other way").of_kind(ErrorKind::Internal))
    }
    /// Which spikes of a recording depend on the order of additions.
    fn affected(
        &self,
        _task: &Task<'_>,
        _arrays: &[(Request, Tensor)],
    ) -> Result<Vec<Affected>, Error> {
        let message = "only a simulator leaves the order of its additions to a library";
        Err(Error::new(message).of_kind(ErrorKind::Choice))
    }
}

/// An engine, and what was settled on the way to it.
pub(crate) struct Prepared {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) title: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) notes: Vec<String>,
}

/// What an engine is made of.
pub(crate) struct Source<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) facts: &'a Facts,
    pub(crate) open: Open,
    pub(crate) given: &'a Choices,
}

/// Choices that were settled, and what has to be said about them.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) choices: Vec<Choice>,
    pub(crate) notes: Vec<String>,
}

impl Ledger {
    /// Takes down an answer.
    pub(crate) fn take<T: ToString + Copy>(&mut self, name: &str, settled: Settled<T>) -> T {
        self.notes.extend(settled.note);
        self.choices.push(Choice::new(name, settled.value, settled.source));
        settled.value
    }

    /// Takes down a time in seconds.
    pub(crate) fn take_time(&mut self, name: &str, settled: Settled<f64>) -> f64 {
        self.notes.extend(settled.note);
        self.choices.push(Choice::new(name, Shortest(settled.value), settled.source));
        settled.value
    }

    pub(crate) fn push(&mut self, name: &str, value: impl ToString, source: impl Into<String>) {
        self.choices.push(Choice::new(name, value, source));
    }
}

/// What is to be said about a platform that a file describes.
pub(crate) fn platform_file(meaning: &str) -> Result<Option<Choice>, Error> {
    if !nirkit_platforms::file::is_file(meaning) {
        return Ok(None);
    }
    let hash = nirkit_io::sha256(Path::new(meaning)).map_err(Error::from)?.unwrap_or_default();
    let source = format!("given, with the SHA-256 {hash}");
    Ok(Some(Choice::new("platform file", meaning, source)))
}

impl Model {
    /// The graph's own meaning: in continuous time, event by event.
    pub fn exact(graph: &Document, choices: &Choices) -> Result<Self, Error> {
        Self::new(graph, "exact", choices)
    }

    /// The graph on a time grid.
    pub fn clocked(graph: &Document, choices: &Choices) -> Result<Self, Error> {
        Self::new(graph, "clocked", choices)
    }

    /// The graph as a released simulator or chip runs it: `norse`, `spyx@0.1.20`, `xylo`.
    pub fn platform(graph: &Document, title: &str, choices: &Choices) -> Result<Self, Error> {
        Self::new(graph, title, choices)
    }

    /// The graph under any of its meanings: `exact` (or `ideal`), `clocked`, or the title of a platform.
    pub fn new(graph: &Document, meaning: &str, choices: &Choices) -> Result<Self, Error> {
        let platform = if is_own(meaning) { None } else { Some(platform(meaning)?) };
        let InSeconds { document, unit, notes: said } = in_seconds(graph, choices)?;
        let (seen, facts, notes) = seen(&document, platform.as_slice(), &choices.limits)?;
        let open = open::open(&document);
        let source = Source { graph: &seen, facts: &facts, open, given: choices };
        let prepared = match platform {
            None if meaning == "clocked" => clocked::prepare(&source)?,
            None => exact::prepare(&source)?,
            Some(Platform::Simulator(profile)) => simulator::prepare(&source, profile)?,
            Some(Platform::Chip(chip)) => chip::prepare(&source, chip)?,
        };
        let inputs = inputs(&seen, &facts);
        let mut model = Self::of(prepared, inputs, shapes(&facts), choices);
        model.tell_file(meaning)?;
        model.choices.extend(unit);
        model.notes.splice(0..0, said.into_iter().chain(notes));
        Ok(model)
    }

    /// Adds the file that describes the platform, if one does, to the choices.
    fn tell_file(&mut self, meaning: &str) -> Result<(), Error> {
        if let Some(choice) = platform_file(meaning)? {
            self.choices.insert(self.choices.len().min(1), choice);
        }
        Ok(())
    }

    /// What a chip is given: a document that `lower` wrote, or one of the chip's own tools. `frame` is the shape
    /// of what enters in a step, for documents that do not say it.
    pub fn configuration(
        path: impl AsRef<Path>,
        title: &str,
        frame: Option<&[usize]>,
        choices: &Choices,
    ) -> Result<Self, Error> {
        let chip = match platform(title) {
            Ok(Platform::Chip(chip)) => chip,
            Err(error) if !is_own(title) => return Err(error),
            Ok(Platform::Simulator(_)) | Err(_) => {
                let error = Error::new(format!(
                    "`{title}` is no chip, and a configuration is what a chip is given"
                ));
                let names = crate::lower::chip_names();
                return Err(error
                    .of_kind(ErrorKind::Choice)
                    .help(format!("name the chip: {names}")));
            }
        };
        let (design, dt) = crate::lower::read(chip, path.as_ref(), frame, &choices.limits)?;
        let mut inputs = design.emulation.inputs();
        if let ([(_, shape)], Some(frame)) = (inputs.as_mut_slice(), frame)
            && frame.iter().product::<usize>() == shape.iter().product::<usize>()
        {
            *shape = frame.to_vec();
        }
        let prepared = chip::configured(chip, design, dt, choices)?;
        let mut model = Self::of(prepared, inputs, BTreeMap::new(), choices);
        model.tell_file(title)?;
        Ok(model)
    }

    fn of(
        prepared: Prepared,
        inputs: Vec<(String, Vec<usize>)>,
        shapes: BTreeMap<String, Vec<usize>>,
        choices: &Choices,
    ) -> Self {
        let Prepared { engine, title, choices: settled, notes } = prepared;
        let (limits, voice) = (choices.limits, choices.voice);
        Self { engine, title, inputs, shapes, choices: settled, notes, limits, voice }
    }

    /// `clocked`, `exact`, or the title of a platform.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the operations that are done in each step, as data: the arithmetic of a simulator, of a chip or of the clocked
    /// engine, with its numbers.
    ///
    /// # Errors
    ///
    /// The ideal has no steps; some nodes have no step program, for a reason that is told.
    pub fn step_program(&self) -> Result<nirkit_step::Program, Error> {
        self.engine.step_program()
    }

    /// Names and shapes of the Inputs.
    #[must_use]
    pub fn inputs(&self) -> &[(String, Vec<usize>)] {
        &self.inputs
    }

    /// Shape of what leaves a node, without time and batch.
    #[must_use]
    pub fn shape(&self, node: &str) -> Option<&[usize]> {
        self.shapes.get(node).map(Vec::as_slice)
    }

    /// Length of a step, or of a frame of the stimulus, in seconds; `None` where nothing says it.
    #[must_use]
    pub fn dt(&self) -> Option<f64> {
        self.engine.dt()
    }

    /// Whether the model runs in continuous time, without steps.
    #[must_use]
    pub fn is_continuous(&self) -> bool {
        self.engine.is_continuous()
    }

    /// Every choice, and where it comes from.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// What has to be said: guesses, and what a platform loses of the graph.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Everything that can be recorded.
    #[must_use]
    pub fn recordable(&self) -> &[Request] {
        self.engine.requests()
    }

    /// The node whose output leaves the network; an error where there are several Outputs, or nothing that can be read.
    pub fn answer(&self) -> Result<String, Error> {
        self.engine.answer_node()
    }

    /// The number of the way in which the model runs, counted from 1, and how many there are: more than one
    /// where the address of an object decides in the package, anew in each process.
    #[must_use]
    pub fn way(&self) -> (usize, usize) {
        let (way, ways) = self.engine.way();
        (way + 1, ways)
    }

    /// The same graph in the other ways in which the platform can run it, each with its number, counted from 1.
    pub fn other_ways(&self) -> impl Iterator<Item = (usize, Result<Self, Error>)> + '_ {
        let (taken, ways) = self.engine.way();
        let others = (0..ways).filter(move |&way| way != taken);
        others.map(move |way| {
            let model = self.engine.in_way(way).map(|engine| Self {
                engine,
                title: self.title.clone(),
                inputs: self.inputs.clone(),
                shapes: self.shapes.clone(),
                choices: self.choices.iter().filter(|c| c.name != "way").cloned().collect(),
                notes: self.notes.clone(),
                limits: self.limits,
                voice: self.voice,
            });
            (way + 1, model)
        })
    }

    /// The bounds of the model.
    pub(crate) fn voice(&self) -> settle::Voice {
        self.voice
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Runs a stimulus, and records the spikes of all nodes.
    pub fn run(&self, stimulus: &Stimulus) -> Result<Recording, Error> {
        self.run_with(stimulus, &Run::new())
    }

    /// Runs a stimulus as it is asked for.
    pub fn run_with(&self, stimulus: &Stimulus, run: &Run<'_>) -> Result<Recording, Error> {
        self.run_bound(&self.bind(stimulus)?, run)
    }

    /// Matches a stimulus with the Inputs.
    pub fn bind(&self, stimulus: &Stimulus) -> Result<Bound, Error> {
        let bound = stimulus.bind(&self.inputs)?;
        Ok(Bound { stimulus: bound, frames: stimulus.reading(), has_batch: stimulus.is_batch() })
    }

    /// Runs a stimulus that was matched with the Inputs before.
    pub fn run_bound(&self, bound: &Bound, run: &Run<'_>) -> Result<Recording, Error> {
        let requests = self.requests(run)?;
        let (task, is_timed) = self.task(bound, run, &requests)?;
        let mut outcome = self.engine.run(&task)?;
        let mut affected = None;
        if run.check_rounding {
            affected = Some(self.engine.affected(&task, &outcome.arrays)?);
        }
        let mut notes = std::mem::take(&mut outcome.notes);
        notes.extend(Unseen::notes(&outcome.unseen));
        notes.extend(self.task_notes(bound, run, &task));
        let duration = is_timed.then_some(task.duration);
        let mut choices = self.choices.clone();
        let frames = settle::frames(bound.frames, &bound.stimulus).into_iter();
        choices.extend(frames.map(|frames| Choice::new("frames", frames.value, frames.source)));
        match &run.instants {
            Instants::None => {
                let all = self.engine.requests();
                let has_more = all.iter().any(|request| request.observable != Observable::Spikes);
                if self.is_continuous() && has_more && matches!(run.record, Record::All) {
                    let option = self.voice.option("sample");
                    notes.push(format!(
                        "voltages and currents are not recorded: {option} says at which times to look at them"
                    ));
                }
            }
            Instants::Every(every) => {
                choices.push(Choice::new("sample", Shortest(*every), "given"));
            }
            Instants::At(times) => {
                let (first, last) = (times.first(), times.last());
                let range = first
                    .zip(last)
                    .map(|(first, last)| format!("{} to {} s", Shortest(*first), Shortest(*last)));
                let value = format!("{} times, {}", times.len(), range.unwrap_or_default());
                choices.push(Choice::new("sample", value, "given"));
                let late = times.iter().filter(|&&time| time > task.duration).count();
                if late > 0 {
                    let end = Shortest(task.duration);
                    notes.push(format!(
                        "{late} times to look at lie after the end at {end} s and are left out"
                    ));
                }
            }
        }
        let is_seen = |time: &f64| *time <= task.duration;
        let mut instants: Vec<f64> = task.times.iter().copied().filter(is_seen).collect();
        instants.sort_by(f64::total_cmp);
        let methods = match outcome.methods.as_slice() {
            [] => self.engine.methods().to_vec(),
            _ => outcome.methods,
        };
        let totals = totals(&outcome.arrays, outcome.sums);
        notes.extend(self.silence(&totals));
        Ok(Recording {
            engine: self.engine.kind(),
            duration,
            steps: (!self.is_continuous()).then_some(task.steps),
            dt: self.dt(),
            has_batch: bound.has_batch,
            choices,
            notes: self.notes.iter().cloned().chain(notes).collect(),
            methods,
            arrays: outcome.arrays,
            events: outcome.events,
            instants,
            totals,
            grazes: outcome.grazes,
            affected,
            files: outcome.files,
        })
    }

    /// What has to be said of the stimulus and the duration of a run.
    pub(crate) fn task_notes(&self, bound: &Bound, run: &Run<'_>, task: &Task<'_>) -> Vec<String> {
        if self.is_continuous() {
            let mut notes = bound.stimulus.notes(task.duration, None, self.dt());
            notes.extend(idle::step(&self.choices, bound, run, self.voice));
            notes.extend(idle::instants(run, task.requests, self.voice));
            return notes;
        }
        let (steps, dt, spike_step) = (task.steps, task.dt, self.engine.spike_step());
        let grid = Grid { steps, dt, spike_step };
        let mut notes = bound.stimulus.notes(task.duration, Some(grid), None);
        notes.extend(idle::on_stimulus(&self.choices, bound, self.voice));
        notes.extend(settle::rounded(run.duration, task.steps, task.dt, self.voice));
        notes
    }

    /// What a run is to do, and whether it lasts a time in seconds.
    pub(crate) fn task<'a>(
        &'a self,
        bound: &'a Bound,
        run: &'a Run<'_>,
        requests: &'a [Request],
    ) -> Result<(Task<'a>, bool), Error> {
        let stimulus = &bound.stimulus;
        if stimulus.samples.is_empty() {
            let error = Error::new("there is no stimulus").of_kind(ErrorKind::Stimulus);
            return Err(error.help("give one for each Input"));
        }
        check_samples(&stimulus.samples, self.inputs.len())?;
        let is_timed = self.dt().is_some() || (self.is_continuous() && stimulus.steps.is_none());
        let needs_time = stimulus.steps.is_none() || run.duration.is_some() || run.needs_time;
        let is_open =
            if self.engine.counts_steps() { needs_time } else { stimulus.steps.is_some() };
        if is_open && self.dt().is_none() {
            return Err(settle::no_step(&self.title, self.voice));
        }
        let dt = self.dt().unwrap_or(1.0);
        let duration = settle::duration(
            run.duration,
            stimulus,
            self.dt(),
            self.engine.spike_step(),
            self.voice,
        )?;
        let samples = stimulus.samples.len();
        let times = self.times(run, duration)?;
        let mut steps = 0;
        if !self.is_continuous() {
            steps = bounds::steps(duration, dt, &self.limits)?;
            if !run.sums_only {
                let recorded = requests.iter().map(|request| self.engine.channels(request));
                let entering = self.inputs.iter().map(|(_, shape)| shape.iter().product());
                bounds::recording(recorded.chain(entering), [steps, samples], &self.limits)?;
            }
        }
        let task = Task {
            samples: &stimulus.samples,
            has_batch: bound.has_batch,
            steps,
            dt,
            duration,
            requests,
            times,
            sums_only: run.sums_only,
            folder: run.folder,
            threads: run.threads.clamp(1, samples.max(1)),
            watch: run.watch,
            limits: &self.limits,
        };
        Ok((task, is_timed))
    }

    fn times(&self, run: &Run<'_>, duration: f64) -> Result<Vec<f64>, Error> {
        let option = || self.voice.option("sample");
        match &run.instants {
            Instants::None => Ok(Vec::new()),
            _ if !self.is_continuous() => {
                let error =
                    Error::new(format!("{} is a choice of {}", option(), self.voice.mode("exact")));
                Err(error.of_kind(ErrorKind::Choice).help("a grid is looked at in every step"))
            }
            Instants::Every(every) if !(every.is_finite() && *every > 0.0) => {
                let error = Error::new(format!(
                    "{} is {} s, which is no time above 0",
                    option(),
                    Shortest(*every)
                ));
                Err(error.of_kind(ErrorKind::Choice))
            }
            Instants::Every(every) => bounds::instants(duration, *every, &self.limits),
            Instants::At(times) => Ok(times.clone()),
        }
    }

    /// What has to be said where nothing happens: no neuron spikes, or nothing leaves the network.
    fn silence(&self, totals: &[Total]) -> Option<String> {
        let has = |node: &str, observable| {
            self.engine.requests().iter().any(|r| r.node == node && r.observable == observable)
        };
        // A chip may have populations of its own, which spike by themselves.
        let is_own = |node: &str| !self.shapes.is_empty() && !self.shapes.contains_key(node);
        let is_neuron = |total: &&Total| has(&total.node, Observable::V) && !is_own(&total.node);
        let mut neurons = totals.iter().filter(is_neuron).peekable();
        neurons.peek()?;
        if neurons.all(|total| total.sum == 0.0) {
            return Some(
                "no neuron spikes; look at the time step, the size of a spike and the stimulus"
                    .to_owned(),
            );
        }
        let answer = self.engine.answer_node().ok()?;
        let silent = totals.iter().find(|total| total.node == answer && total.sum == 0.0)?;
        has(&silent.node, Observable::V).then(|| format!("no output spikes: `{answer}` is silent"))
    }

    /// What is asked for, of what can be recorded; everything that is wrong with it at once.
    pub fn requests(&self, run: &Run<'_>) -> Result<Vec<Request>, Error> {
        let all = self.engine.requests();
        let looks = !self.is_continuous() || !matches!(run.instants, Instants::None);
        let is_spikes = |request: &&Request| request.observable == Observable::Spikes;
        let asked = match &run.record {
            Record::Spikes => {
                let usual = all.iter().filter(|request| self.engine.is_usual(request));
                return Ok(usual.cloned().collect());
            }
            // In continuous time, voltages need instants at which to look.
            Record::All => {
                return Ok(all.iter().filter(|r| looks || is_spikes(r)).cloned().collect());
            }
            Record::Some(asked) => asked,
        };
        let (mut requests, mut errors) = (Vec::new(), Vec::new());
        for (node, observable) in asked {
            match crate::run::request(node, observable.as_deref(), all) {
                Ok(request) => requests.push(request),
                Err(error) => errors.push(error),
            }
        }
        let blind = requests.iter().filter(|request| !looks && !is_spikes(request));
        errors.extend(blind.map(|request| {
            let what = format!("`{}:{}`", request.node, request.observable);
            let error = Error::new(format!("{what} has no times at which to look"));
            error.help(format!(
                "give {}: an interval in seconds, or an array of times",
                self.voice.option("sample")
            ))
        }));
        if errors.is_empty() {
            return Ok(requests);
        }
        Err(Error::several(errors).of_kind(ErrorKind::Choice))
    }

    pub(crate) fn engine(&self) -> &dyn Engine {
        &*self.engine
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { title, inputs, choices, .. } = self;
        f.debug_struct("Model")
            .field("title", title)
            .field("inputs", inputs)
            .field("choices", choices)
            .finish_non_exhaustive()
    }
}

/// The simulator or chip of `name`, `name@version`, or `name@` and the beginning of a version.
pub fn platform(title: &str) -> Result<Platform, Error> {
    nirkit_platforms::platform(title).map_err(|error| {
        let unknown = match error {
            PlatformError::Unknown(unknown) => unknown,
            PlatformError::File(error) => return of_file(title, error),
        };
        if is_own(title) {
            return Error::new(format!("`{title}` is no platform: it is computed from the graph alone"))
                .of_kind(ErrorKind::Choice)
                .help("nothing imports or restricts it; `run` and `eval` compute `ideal` and `clocked`, `compare` and `adapt --like` take `ideal`");
        }
        let known = unknown.known.iter().map(String::as_str);
        let names = known.clone().map(|title| title.split('@').next().unwrap_or(title));
        let meant = did_you_mean(title, names.chain(known));
        let meant = meant.map_or(String::new(), |meant| format!("{meant} "));
        Error::new(format!("there is no platform `{title}`"))
            .of_kind(ErrorKind::Choice)
            .help(format!("{meant}Platforms: {}", unknown.known.join(", ")))
    })
}

/// The error for a file that describes no platform.
fn of_file(title: &str, error: FileError) -> Error {
    let path = Path::new(title);
    let meant = if path.exists() { None } else { suggest::file_beside(path, suggest::PLATFORMS) };
    let form =
        "`nir platforms --platform NAME --toml` prints a simulator in the form of such a file";
    let error = Error::all(error.reasons).of_kind(ErrorKind::Choice).about(&title);
    error.help(meant.unwrap_or_else(|| form.to_owned()))
}

/// The graph of a document and its facts as runs on these platforms see it, with what has to be said about
/// that: simulators see some graphs otherwise than NIR does. Without a platform, the graph as NIR sees it.
pub(crate) fn seen<'a>(
    document: &'a Document,
    platforms: &[Platform],
    limits: &Limits,
) -> Result<(Cow<'a, Graph>, Facts, Vec<String>), Error> {
    let validation = validate_document_within(document, limits);
    let mut notes = warnings(&validation);
    let is_simulator = |platform: &Platform| matches!(platform, Platform::Simulator(_));
    let is_seen = !platforms.is_empty() && platforms.iter().all(is_simulator);
    if is_seen
        && let Some(graph) = document.graph()
        && let Some(seen) = lenient::seen_after(graph, validation.clone(), limits)
    {
        notes.extend(seen.notes);
        return Ok((seen.graph, seen.facts, notes));
    }
    sound(document, validation).map(|(graph, facts)| (Cow::Borrowed(graph), facts, notes))
}

/// Warnings of the validator that are said one by one.
const WARNINGS: usize = 10;

/// What the validator warns of, one sentence each.
fn warnings(validation: &Validation) -> Vec<String> {
    let is_warning = |finding: &&Diagnostic| finding.severity == Severity::Warning;
    let found = validation.findings.iter().filter(is_warning);
    let mut said: Vec<String> = found
        .map(|finding| format!("{}: {}: {}", finding.code, finding.place, finding.message))
        .collect();
    let more = said.len().saturating_sub(WARNINGS);
    if more > 0 {
        said.truncate(WARNINGS);
        said.push(format!("{more} more warnings; a check of the graph lists them"));
    }
    said
}

/// The graph and its facts, or everything that keeps it from running.
fn sound(document: &Document, validation: Validation) -> Result<(&Graph, Facts), Error> {
    if let (Some(graph), Some(facts)) = (document.graph(), validation.facts) {
        return Ok((graph, facts));
    }
    let mut errors = validation.findings;
    if document.graph().is_some() {
        errors.retain(|finding| finding.severity == Severity::Error);
    }
    if errors.is_empty() {
        return Err(Error::new(verdict::NO_GRAPH).of_kind(ErrorKind::Graph));
    }
    Err(Error::of_findings(ErrorKind::Graph, errors))
}

/// Shapes of what leaves leaves, and nested graphs with one Output.
fn shapes(facts: &Facts) -> BTreeMap<String, Vec<usize>> {
    let leaves = facts.leaves().iter().map(|leaf| (leaf.name.clone(), leaf.output.clone()));
    let nested = facts.nested().iter().filter_map(|nested| {
        let output = nested.outputs.first()?;
        Some((nested.name.clone(), facts.leaf(*output).output.clone()))
    });
    leaves.chain(nested).collect()
}

/// An error where the Inputs of a set have different numbers of samples.
fn check_samples(samples: &[Sample], inputs: usize) -> Result<(), Error> {
    let Some(first) = samples.first() else { return Ok(()) };
    let is_short = |sample: &Sample| sample.signals.len() != first.signals.len();
    match samples.iter().position(is_short) {
        None => Ok(()),
        Some(sample) => {
            let found = samples[sample].signals.len();
            let message = format!("sample {sample} has a stimulus for {found} of {inputs} Inputs");
            let error = Error::new(message).of_kind(ErrorKind::Stimulus);
            Err(error.help("give as many samples for each Input"))
        }
    }
}

/// What each node put out in all.
fn totals(arrays: &[(Request, Tensor)], sums: Vec<(String, f64)>) -> Vec<Total> {
    let is_put_out =
        |request: &Request| matches!(request.observable, Observable::Spikes | Observable::Output);
    let put_out = arrays.iter().filter(|(request, _)| is_put_out(request));
    let of_arrays = put_out.map(|(request, tensor)| {
        (request.node.clone(), tensor.to_f64().unwrap_or_default().iter().sum::<f64>())
    });
    // An empty sum is a negative zero.
    of_arrays.chain(sums).map(|(node, sum)| Total { node, sum: sum + 0.0 }).collect()
}

/// Whether a meaning is the graph's own, and that of no platform: continuous time, which has two names, or a time grid.
pub(crate) fn is_own(meaning: &str) -> bool {
    matches!(meaning, "exact" | "ideal" | "clocked")
}

/// The name of a meaning where several stand side by side: `ideal` is continuous time.
pub(crate) fn title(meaning: &str) -> Result<String, Error> {
    Ok(match meaning {
        "exact" | "ideal" => "ideal".to_owned(),
        "clocked" => "clocked".to_owned(),
        title => match platform(title)? {
            Platform::Simulator(profile) => profile.title(),
            Platform::Chip(chip) => chip.title(),
        },
    })
}
