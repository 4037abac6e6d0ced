//! Recordings of runs from the start: in 32 bits and blocks of steps where that can be done, else by the step program, and step by step
//! where the network has none.

use nirkit_numerics::{Element, Tensor};

use super::error::RunError;
use super::network::Input;
use super::program::Program;
use super::stimulus::Frames;
use super::time_block::{BatchRunner, Cells, Layout, Plan, RecordSink, StateField, StateProbe};
use crate::clocked::Recording;
use crate::recorder::{self, zeros};
use nirkit_run::interrupt;
use nirkit_run::recording::Request;
use nirkit_run::stimulus::Stimulus;

/// What was recorded, or everything that stands against it.
pub type RecordResult = Result<Recording, Vec<RunError>>;

/// A program whose runs can be recorded.
pub(crate) trait Recorded {
    /// Its populations in a run by blocks.
    type Cells: Cells<Number: Copy>;
    /// What states are recorded in.
    type State: Element + Default + From<<Self::Cells as Cells>::Number>;

    fn inputs(&self) -> &[Input];
    /// Where the numbers of a request stand.
    fn track(&self, request: &Request) -> Option<StateProbe>;
    /// Shape of a population.
    fn shape(&self, part: usize) -> &[usize];
    /// The plan, if the network can run in blocks.
    fn plan(&self) -> Option<&Plan<Self::Cells>>;
    /// Runs the network in another way, in which whatever 32 bits do not hold has 64.
    fn run_otherwise(&self, frames: &Frames, steps: usize, requests: &[Request]) -> RecordResult;
}

/// Runs a stimulus for so many steps of `dt` seconds; the arrays hold integers and have the shape
/// (T, *shape).
pub fn record(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> RecordResult {
    record_any(program, stimulus, steps, dt, requests)
}

/// The same for any program.
pub(crate) fn record_any<P: Recorded>(
    program: &P,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> RecordResult {
    let frames = Frames::new(program.inputs(), stimulus, steps, dt)?;
    let find = |request: &Request| {
        program.track(request).ok_or_else(|| RunError::NoSuchState(request.clone()))
    };
    let (found, missing): (Vec<_>, Vec<_>) = requests.iter().map(find).partition(Result::is_ok);
    if !missing.is_empty() {
        return Err(missing.into_iter().filter_map(Result::err).collect());
    }
    let tracks: Vec<StateProbe> = found.into_iter().flatten().collect();
    let mut columns = columns(program, &tracks, steps)?;
    if !run_blocks(program, &frames, steps, &tracks, &mut columns) {
        return program.run_otherwise(&frames, steps, requests);
    }
    into_recording(program, steps, requests, &tracks, columns)
}

/// The recording that columns are.
fn into_recording<P: Recorded>(
    program: &P,
    steps: usize,
    requests: &[Request],
    tracks: &[StateProbe],
    columns: Vec<Column<P::State>>,
) -> RecordResult {
    let arrays = requests.iter().zip(tracks).zip(columns).map(|((request, track), column)| {
        let shape = [&[steps], program.shape(track.part)].concat();
        let tensor = match column.samples {
            Samples::Spikes(samples) => Tensor::new(&shape, samples),
            Samples::States(samples) => Tensor::new(&shape, samples),
        };
        Ok((request.clone(), tensor.map_err(|_| vec![RunError::TooLarge { steps }])?))
    });
    Ok(Recording { arrays: arrays.collect::<Result<_, Vec<RunError>>>()? })
}

/// Room for what is recorded.
pub(crate) fn columns<P: Recorded>(
    program: &P,
    tracks: &[StateProbe],
    steps: usize,
) -> Result<Vec<Column<P::State>>, Vec<RunError>> {
    let columns = tracks.iter().map(|&track| Column::new(program, track, steps));
    columns.collect::<Option<_>>().ok_or_else(|| vec![RunError::TooLarge { steps }])
}

/// Runs in blocks of steps; false where it cannot be done, and the columns are worth nothing.
pub(crate) fn run_blocks<P: Recorded>(
    program: &P,
    frames: &Frames,
    steps: usize,
    tracks: &[StateProbe],
    columns: &mut [Column<P::State>],
) -> bool {
    let Some(plan) = program.plan() else { return false };
    let mut columns = Columns { columns };
    let frame = |input, step| frames.at(input, step);
    BatchRunner::new(plan, steps).run(steps, &frame, tracks, &mut columns).is_ok()
}

/// Steps after which a walk asks whether it is still wanted.
const ASKED_AFTER: usize = 64;

/// Runs a network of integers step by step.
pub(crate) fn walk(
    program: &Program,
    frames: &Frames,
    steps: usize,
    tracks: &[StateProbe],
    columns: &mut [Column<i64>],
) {
    let mut run = program.start();
    for step in 0..steps {
        if step % ASKED_AFTER == 0 && interrupt::is_requested() {
            return;
        }
        run.step(|input| frames.at(input, step));
        for (&track, column) in tracks.iter().zip(&mut *columns) {
            let (Samples::Spikes(samples) | Samples::States(samples)) = &mut column.samples;
            let at = step * column.neurons;
            samples[at..at + column.neurons].copy_from_slice(run.read(track));
        }
    }
}

/// What is recorded of a track.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column<T> {
    neurons: usize,
    layout: Layout,
    pub(crate) samples: Samples<T>,
}

/// Numbers, step by step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Samples<T> {
    Spikes(Vec<i64>),
    States(Vec<T>),
}

impl<T: Element + Default> Column<T> {
    /// Room for so many steps; `None` where there is none.
    pub(crate) fn new<P: Recorded>(program: &P, track: StateProbe, steps: usize) -> Option<Self> {
        let neurons = program.shape(track.part).iter().product();
        let layout = program.plan().map_or(Layout::Plain, |plan| plan.parts[track.part].layout);
        let len = steps.checked_mul(neurons)?;
        let samples = match track.look {
            StateField::Spikes => Samples::Spikes(zeros(len)?),
            _ => Samples::States(zeros(len)?),
        };
        Some(Self { neurons, layout, samples })
    }

    /// Writes numbers of neurons that lie side by side.
    #[inline(always)]
    fn write<A: Copy, B: From<A>>(
        samples: &mut [B],
        (neurons, layout): (usize, Layout),
        step: usize,
        first: usize,
        numbers: &[A],
    ) {
        let row = &mut samples[step * neurons..][..neurons];
        if layout == Layout::Plain {
            for (sample, &number) in row[first..].iter_mut().zip(numbers) {
                *sample = number.into();
            }
        } else {
            for (place, &number) in (first..).zip(numbers) {
                row[layout.channel(place)] = number.into();
            }
        }
    }
}

/// All columns, for a runner.
struct Columns<'a, T> {
    columns: &'a mut [Column<T>],
}

impl<N: Copy, T: Element + Default + From<N>> RecordSink<N> for Columns<'_, T> {
    #[inline(always)]
    fn spikes(&mut self, track: usize, step: usize, first: usize, counts: &[i32]) {
        let Column { neurons, layout, samples } = &mut self.columns[track];
        if let Samples::Spikes(samples) = samples {
            Column::<T>::write(samples, (*neurons, *layout), step, first, counts);
        }
    }

    #[inline(always)]
    fn states(&mut self, track: usize, step: usize, first: usize, numbers: &[N]) {
        let Column { neurons, layout, samples } = &mut self.columns[track];
        if let Samples::States(samples) = samples {
            Column::<T>::write(samples, (*neurons, *layout), step, first, numbers);
        }
    }
}

impl Recorded for Program {
    type Cells = super::i32_path::Neurons;
    type State = i64;

    fn inputs(&self) -> &[Input] {
        &self.network().inputs
    }

    fn track(&self, request: &Request) -> Option<StateProbe> {
        self.subject(request)
    }

    fn shape(&self, part: usize) -> &[usize] {
        &self.network().populations[part].shape
    }

    fn plan(&self) -> Option<&Plan<Self::Cells>> {
        self.0.narrow.as_ref()
    }

    fn run_otherwise(&self, frames: &Frames, steps: usize, requests: &[Request]) -> RecordResult {
        if let Some(lowered) = self.0.lowered.get_or_init(|| self.step_program(None).ok()) {
            return recorder::record(&self.0.executors, lowered, frames, steps, requests);
        }
        let tracks: Vec<StateProbe> = requests.iter().filter_map(|r| self.subject(r)).collect();
        let mut columns = columns(self, &tracks, steps)?;
        walk(self, frames, steps, &tracks, &mut columns);
        into_recording(self, steps, requests, &tracks, columns)
    }
}
