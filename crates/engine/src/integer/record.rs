//! Recordings of runs from the start: in 32 bits and blocks of steps where that can be done, else by the step program, and step by step
//! where the network has none.

use nirkit_numerics::{Element, Tensor};

use super::error::RunError;
use super::network::Input;
use super::program::{Program, Subject};
use super::run::Run;
use super::stimulus::Frames;
use super::time_block::{BatchRunner, Cells, Layout, Plan, RecordSink, StateField, StateProbe};
use crate::clocked::Recording;
use crate::recorder::{self, zeros};
use nirkit_run::interrupt;
use nirkit_run::recording::Request;
use nirkit_run::stimulus::Stimulus;

/// A program whose runs can be recorded.
pub(crate) trait Recorded {
    /// Its populations in a run by blocks.
    type Cells: Cells<Number: Copy>;
    /// What states are recorded in.
    type State: Element + Default + From<<Self::Cells as Cells>::Number>;
    /// A run step by step.
    type Run;

    fn inputs(&self) -> &[Input];
    /// Where the numbers of a request stand.
    fn track(&self, request: &Request) -> Option<StateProbe>;
    /// Shape of a population.
    fn shape(&self, part: usize) -> &[usize];
    /// The plan, if the network can run in blocks.
    fn plan(&self) -> Option<&Plan<Self::Cells>>;
    fn run(&self) -> Self::Run;
    fn step<'a>(run: &mut Self::Run, frame: impl Fn(usize) -> &'a [i64]);
    /// Numbers after the last step.
    fn read(run: &Self::Run, track: StateProbe) -> Read<'_, Self::State>;
    /// Runs the step program of the network, in which whatever 32 bits do not hold has 64; `None` where it has none.
    fn run_wide(
        &self,
        frames: &Frames,
        steps: usize,
        requests: &[Request],
    ) -> Option<Result<Recording, Vec<RunError>>>;
}

/// Numbers of a run.
pub(crate) enum Read<'a, T> {
    Spikes(&'a [i64]),
    States(&'a [T]),
}

/// Runs a stimulus for so many steps of `dt` seconds; the arrays hold integers and have the shape
/// (T, *shape).
pub fn record(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> Result<Recording, Vec<RunError>> {
    record_any(program, stimulus, steps, dt, requests)
}

/// The same for any program.
pub(crate) fn record_any<P: Recorded>(
    program: &P,
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
    let mut columns: Vec<Column<P::State>> =
        columns.collect::<Option<_>>().ok_or_else(too_large)?;
    if !run_blocks(program, &frames, steps, &tracks, &mut columns) {
        if let Some(recording) = program.run_wide(&frames, steps, requests) {
            return recording;
        }
        walk(program, &frames, steps, &tracks, &mut columns);
    }
    let arrays = requests.iter().zip(tracks).zip(columns).map(|((request, track), column)| {
        let shape = [&[steps], program.shape(track.part)].concat();
        let tensor = match column.samples {
            Samples::Spikes(samples) => Tensor::new(&shape, samples),
            Samples::States(samples) => Tensor::new(&shape, samples),
        };
        Ok((request.clone(), tensor.map_err(|_| too_large())?))
    });
    Ok(Recording { arrays: arrays.collect::<Result<_, Vec<RunError>>>()? })
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

/// Runs step by step.
pub(crate) fn walk<P: Recorded>(
    program: &P,
    frames: &Frames,
    steps: usize,
    tracks: &[StateProbe],
    columns: &mut [Column<P::State>],
) {
    let mut run = program.run();
    for step in 0..steps {
        if step % ASKED_AFTER == 0 && interrupt::is_requested() {
            return;
        }
        P::step(&mut run, |input| frames.at(input, step));
        for (&track, column) in tracks.iter().zip(&mut *columns) {
            let at = step * column.neurons;
            match (P::read(&run, track), &mut column.samples) {
                (Read::Spikes(counts), Samples::Spikes(samples)) => {
                    samples[at..at + counts.len()].copy_from_slice(counts);
                }
                (Read::States(numbers), Samples::States(samples)) => {
                    samples[at..at + numbers.len()].copy_from_slice(numbers);
                }
                _ => {}
            }
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
    type Run = Run;

    fn inputs(&self) -> &[Input] {
        self.inputs()
    }

    fn track(&self, request: &Request) -> Option<StateProbe> {
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

    fn plan(&self) -> Option<&Plan<Self::Cells>> {
        self.0.narrow.as_ref()
    }

    fn run(&self) -> Run {
        self.start()
    }

    fn step<'a>(run: &mut Run, frame: impl Fn(usize) -> &'a [i64]) {
        run.step(frame);
    }

    fn read(run: &Run, track: StateProbe) -> Read<'_, i64> {
        let part = track.part;
        match track.look {
            StateField::Spikes => Read::Spikes(run.read(Subject::Spikes(part))),
            StateField::Voltage => Read::States(run.read(Subject::Voltage(part))),
            StateField::Current(synapse) => Read::States(run.read(Subject::Current(part, synapse))),
        }
    }
    fn run_wide(
        &self,
        frames: &Frames,
        steps: usize,
        requests: &[Request],
    ) -> Option<Result<Recording, Vec<RunError>>> {
        let lowered = self.0.lowered.get_or_init(|| self.step_program(None).ok()).as_ref()?;
        Some(recorder::record(&self.0.executors, lowered, frames, steps, requests))
    }
}
