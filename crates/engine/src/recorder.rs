//! Recordings of networks of chips: their step program runs on an executor that is prepared once for what is recorded.

use std::sync::{Arc, Mutex, PoisonError};

use nirkit_numerics::Tensor;
use nirkit_run::recording::Request;
use nirkit_step::{BufferId, Format, Program};

use crate::clocked::Recording;
use crate::executor::{Executor, Frame, Options, Row, Sink};
use crate::integer::{Frames, RunError};

/// Executors of a network, one for each choice of what is recorded and of how many spikes may enter at once.
#[derive(Debug, Default)]
pub(crate) struct Executors(Mutex<Vec<(Key, Arc<Executor>)>>);

/// What an executor is prepared for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    records: Vec<BufferId>,
    largest: i64,
}

/// Executors that are kept.
const KEPT: usize = 4;

/// The most spikes of a channel in a step for which networks are prepared; the largest holds all that a stimulus may have.
const LARGEST: [i64; 3] = [1, 255, (1 << 16) - 1];

impl Executors {
    fn get(&self, key: Key, program: &Program) -> Arc<Executor> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(found, _)| *found == key) {
            kept[..=at].rotate_right(1);
        } else {
            let Key { records, largest } = key.clone();
            let largest = vec![Some(largest); program.inputs.len()];
            let options = Options { records, largest, block: None };
            #[expect(clippy::expect_used, reason = "what lowers networks is held to it by tests")]
            let executor = Executor::new(program, &options).expect("lowered programs are sound");
            kept.insert(0, (key, Arc::new(executor)));
            kept.truncate(KEPT);
        }
        Arc::clone(&kept[0].1)
    }
}

/// Runs the step program of a network, and records what each request names.
///
/// # Errors
///
/// Requests for what there is not, and no memory for what is recorded.
pub(crate) fn record(
    executors: &Executors,
    program: &Program,
    frames: &Frames,
    steps: usize,
    requests: &[Request],
) -> Result<Recording, Vec<RunError>> {
    let too_large = || vec![RunError::TooLarge { steps }];
    let find = |request: &Request| {
        let name = format!("{}:{}", request.node, request.observable);
        let probe = program.probes.iter().find(|probe| probe.name == name);
        probe.map(|probe| probe.buffer).ok_or_else(|| RunError::NoSuchState(request.clone()))
    };
    let (found, missing): (Vec<_>, Vec<_>) = requests.iter().map(find).partition(Result::is_ok);
    if !missing.is_empty() {
        return Err(missing.into_iter().filter_map(Result::err).collect());
    }
    let records: Vec<BufferId> = found.into_iter().flatten().collect();
    let column = |buffer: &BufferId| {
        let buffer = &program.buffers[buffer.0];
        Column::new(buffer.format(), buffer.len(), steps)
    };
    let mut columns = Columns {
        columns: records.iter().map(column).collect::<Option<_>>().ok_or_else(too_large)?,
    };
    let most = frames.most();
    let largest = LARGEST.into_iter().find(|&largest| most <= largest).unwrap_or(most);
    let executor = executors.get(Key { records: records.clone(), largest }, program);
    let ran = executor.run(&mut executor.start(steps), steps, frames, &mut columns);
    debug_assert!(ran.is_ok(), "no more enters than was counted");
    let arrays =
        requests.iter().zip(&records).zip(columns.columns).map(|((request, at), column)| {
            let shape = [&[steps], program.buffers[at.0].shape.as_slice()].concat();
            let tensor = match column.samples {
                Samples::I64(samples) => Tensor::new(&shape, samples),
                Samples::F32(samples) => Tensor::new(&shape, samples),
            };
            Ok((request.clone(), tensor.map_err(|_| too_large())?))
        });
    Ok(Recording { arrays: arrays.collect::<Result<_, Vec<RunError>>>()? })
}

impl crate::executor::Frames for Frames {
    fn frame(&self, input: usize, step: usize) -> Frame<'_> {
        Frame::I64(self.at(input, step))
    }
}

/// What is recorded of a buffer.
struct Column {
    elements: usize,
    samples: Samples,
}

/// Numbers, step by step.
enum Samples {
    I64(Vec<i64>),
    F32(Vec<f32>),
}

impl Column {
    /// Room for so many steps; `None` where there is none.
    fn new(format: Format, elements: usize, steps: usize) -> Option<Self> {
        let len = steps.checked_mul(elements)?;
        let samples = match format {
            Format::I64 => Samples::I64(zeros(len)?),
            _ => Samples::F32(zeros(len)?),
        };
        Some(Self { elements, samples })
    }
}

/// Zeros, if there is room for them.
pub(crate) fn zeros<T: Clone + Default>(len: usize) -> Option<Vec<T>> {
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(len).ok()?;
    zeros.resize(len, T::default());
    Some(zeros)
}

struct Columns {
    columns: Vec<Column>,
}

impl Sink for Columns {
    fn take(&mut self, record: usize, step: usize, row: Row<'_>) {
        let Column { elements, samples } = &mut self.columns[record];
        let range = step * *elements..(step + 1) * *elements;
        match samples {
            Samples::I64(samples) => row.write_i64(&mut samples[range]),
            Samples::F32(samples) => row.write_f32(&mut samples[range]),
        }
    }
}
