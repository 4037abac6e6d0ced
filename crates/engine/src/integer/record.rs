//! Recordings of runs from the start: in 32 bits and blocks of steps where that can be done, else by the step program, and step by step
//! where the network has none.

use nirkit_numerics::Tensor;

use super::error::RunError;
use super::program::{Program, Subject};
use super::stimulus::Frames;
use super::time_block::{BatchRunner, Layout, RecordSink, StateField, StateProbe};
use crate::clocked::Recording;
use crate::recorder::{self, zeros};
use nirkit_run::interrupt;
use nirkit_run::recording::Request;
use nirkit_run::stimulus::Stimulus;

/// Runs a stimulus for so many steps of `dt` seconds; the arrays hold integers and have the shape
/// (T, *shape).
pub fn record(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> Result<Recording, Vec<RunError>> {
    let frames = Frames::new(program.inputs(), stimulus, steps, dt)?;
    let find = |request: &Request| {
        program.track(request).ok_or_else(|| RunError::NoSuchState(request.clone()))
    };
    let (found, missing): (Vec<_>, Vec<_>) = requests.iter().map(find).partition(Result::is_ok);
    if !missing.is_empty() {
        return Err(missing.into_iter().filter_map(Result::err).collect());
    }
    let tracks: Vec<StateProbe> = found.into_iter().flatten().collect();
    let columns = tracks.iter().map(|&track| Column::new(program, track, steps));
    let too_large = || vec![RunError::TooLarge { steps }];
    let mut columns: Vec<Column> = columns.collect::<Option<_>>().ok_or_else(too_large)?;
    if !run_blocks(program, &frames, steps, &tracks, &mut columns) {
        if let Some(recording) = run_wide(program, &frames, steps, requests) {
            return recording;
        }
        walk(program, &frames, steps, &tracks, &mut columns);
    }
    let arrays = requests.iter().zip(tracks).zip(columns).map(|((request, track), column)| {
        let shape = [&[steps], program.shape(track.part)].concat();
        let tensor = Tensor::new(&shape, column.samples);
        Ok((request.clone(), tensor.map_err(|_| too_large())?))
    });
    Ok(Recording { arrays: arrays.collect::<Result<_, Vec<RunError>>>()? })
}

/// Runs in blocks of steps; false where it cannot be done, and the columns are worth nothing.
pub(super) fn run_blocks(
    program: &Program,
    frames: &Frames,
    steps: usize,
    tracks: &[StateProbe],
    columns: &mut [Column],
) -> bool {
    let Some(plan) = program.0.narrow.as_ref() else { return false };
    let mut columns = Columns { columns };
    let frame = |input, step| frames.at(input, step);
    BatchRunner::new(plan, steps).run(steps, &frame, tracks, &mut columns).is_ok()
}

/// Runs the step program of the network, in which whatever 32 bits do not hold has 64; `None` where it has none.
pub(super) fn run_wide(
    program: &Program,
    frames: &Frames,
    steps: usize,
    requests: &[Request],
) -> Option<Result<Recording, Vec<RunError>>> {
    let lowered = program.0.lowered.get_or_init(|| program.step_program(None).ok()).as_ref()?;
    Some(recorder::record(&program.0.executors, lowered, frames, steps, requests))
}

/// Steps after which a walk asks whether it is still wanted.
const ASKED_AFTER: usize = 64;

/// Runs step by step.
pub(super) fn walk(
    program: &Program,
    frames: &Frames,
    steps: usize,
    tracks: &[StateProbe],
    columns: &mut [Column],
) {
    let mut run = program.start();
    for step in 0..steps {
        if step % ASKED_AFTER == 0 && interrupt::is_requested() {
            return;
        }
        run.step(|input| frames.at(input, step));
        for (&track, column) in tracks.iter().zip(&mut *columns) {
            let (at, numbers) = (step * column.neurons, run.read(track.into()));
            column.samples[at..at + numbers.len()].copy_from_slice(numbers);
        }
    }
}

/// What is recorded of a track.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Column {
    neurons: usize,
    layout: Layout,
    /// Numbers, step by step.
    pub(super) samples: Vec<i64>,
}

impl Column {
    /// Room for so many steps; `None` where there is none.
    pub(super) fn new(program: &Program, track: StateProbe, steps: usize) -> Option<Self> {
        let neurons = program.shape(track.part).iter().product();
        let plan = program.0.narrow.as_ref();
        let layout = plan.map_or(Layout::Plain, |plan| plan.parts[track.part].layout);
        let samples = zeros(steps.checked_mul(neurons)?)?;
        Some(Self { neurons, layout, samples })
    }

    /// Writes numbers of neurons that lie side by side.
    #[inline(always)]
    fn write(&mut self, step: usize, first: usize, numbers: &[i32]) {
        let row = &mut self.samples[step * self.neurons..][..self.neurons];
        if self.layout == Layout::Plain {
            for (sample, &number) in row[first..].iter_mut().zip(numbers) {
                *sample = number.into();
            }
        } else {
            for (place, &number) in (first..).zip(numbers) {
                row[self.layout.channel(place)] = number.into();
            }
        }
    }
}

/// All columns, for a runner.
struct Columns<'a> {
    columns: &'a mut [Column],
}

impl RecordSink<i32> for Columns<'_> {
    #[inline(always)]
    fn spikes(&mut self, track: usize, step: usize, first: usize, counts: &[i32]) {
        self.columns[track].write(step, first, counts);
    }

    #[inline(always)]
    fn states(&mut self, track: usize, step: usize, first: usize, numbers: &[i32]) {
        self.columns[track].write(step, first, numbers);
    }
}

impl Program {
    /// Where the numbers of a request stand.
    pub(super) fn track(&self, request: &Request) -> Option<StateProbe> {
        let (part, look) = match self.subject(request)? {
            Subject::Spikes(part) => (part, StateField::Spikes),
            Subject::Voltage(part) => (part, StateField::Voltage),
            Subject::Current(part, synapse) => (part, StateField::Current(synapse)),
        };
        Some(StateProbe { part, look })
    }

    fn shape(&self, part: usize) -> &[usize] {
        &self.network().populations[part].shape
    }
}

impl From<StateProbe> for Subject {
    fn from(StateProbe { part, look }: StateProbe) -> Self {
        match look {
            StateField::Spikes => Self::Spikes(part),
            StateField::Voltage => Self::Voltage(part),
            StateField::Current(synapse) => Self::Current(part, synapse),
        }
    }
}
