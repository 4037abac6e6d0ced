//! A graph under one of its meanings, ready to run: the ideal, a time grid, a simulator, a chip.

mod batch;
mod chip;
mod clocked;
mod engine;
mod exact;
mod execute;
mod named;
mod seen;
mod simulator;
mod stepped;
mod stream;
mod unseen;

use std::collections::BTreeMap;
use std::path::Path;

use nirkit_ir::open;
use nirkit_ir::{Document, Limits};
use nirkit_platforms::Platform;
use nirkit_run::Request;

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::settle;
use crate::stimulus::{Bound as BoundStimulus, Frames, inputs};
use crate::time_unit::{InSeconds, in_seconds};

pub use exact::read_times;
pub use named::platform;

pub(crate) use chip::{
    CHOICES as CHIP_CHOICES, admitted as admitted_design, chip_choices, choices_of_chip, reset_of,
};
pub(crate) use engine::{Engine, Ledger, Observed, Outcome, Prepared, Source, Task};
pub(crate) use exact::requests as requests_of_exact;
pub(crate) use named::{is_ideal, is_own, platform_file, title};
pub(crate) use seen::seen;
use seen::shapes;
pub(crate) use simulator::{admit, reset_of as reset_of_simulator};
pub(crate) use stepped::frames;
pub(crate) use stream::position;
pub(crate) use unseen::{Unseen, of_chip as unseen_by_chip, of_simulator as unseen_by_simulator};

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
    /// Number of samples.
    pub(crate) fn len(&self) -> usize {
        self.stimulus.samples.len()
    }

    /// Some of the samples.
    pub(crate) fn part(mut self, range: std::ops::Range<usize>) -> Result<Self, Error> {
        let samples = self.len();
        let part = self.stimulus.samples.get(range.clone()).map(<[_]>::to_vec);
        self.stimulus.samples = part.ok_or_else(|| {
            let what = format!("the samples {}:{} of {samples}", range.start, range.end);
            Error::new(what).of_kind(ErrorKind::Stimulus).help("give samples that are there")
        })?;
        Ok(self)
    }

    /// The samples in groups of at most so many, in their order.
    pub(crate) fn groups(&self, size: usize) -> impl Iterator<Item = Self> {
        let mut rest = self.clone();
        let samples = std::mem::take(&mut rest.stimulus.samples);
        let firsts = (0..samples.len()).step_by(size.max(1));
        firsts.map(move |first| {
            let mut group = rest.clone();
            let end = samples.len().min(first + size.max(1));
            group.stimulus.samples = samples[first..end].to_vec();
            group
        })
    }

    /// The samples of several stimuli that last equally long and are read alike, behind each other.
    pub(crate) fn merged<'a>(mut stimuli: impl Iterator<Item = &'a Self>) -> Self {
        let mut merged = stimuli.next().cloned().unwrap_or_default();
        for bound in stimuli {
            merged.stimulus.samples.extend(bound.stimulus.samples.iter().cloned());
            merged.stimulus.told.extend(bound.stimulus.told.iter().cloned());
            merged.stimulus.doubts.extend(bound.stimulus.doubts.iter().cloned());
            merged.stimulus.clipped += bound.stimulus.clipped;
        }
        merged
    }
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

    /// Adds a choice that was made of the model.
    pub(crate) fn tell(&mut self, choice: Choice) {
        self.choices.push(choice);
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

    /// The same graph in the other ways in which the platform can run it, each with its number, counted from 1; of many ways,
    /// the first [`Profile::MOST_WAYS`](nirkit_platforms::profile::Profile::MOST_WAYS).
    pub fn other_ways(&self) -> impl Iterator<Item = (usize, Result<Self, Error>)> + '_ {
        let (taken, ways) = self.engine.way();
        let others = (0..ways.min(nirkit_platforms::profile::Profile::MOST_WAYS))
            .filter(move |&way| way != taken);
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
