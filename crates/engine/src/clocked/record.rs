//! What a run is asked to show, and how it is kept.

use std::ops::Range;

use nirkit_ir::facts::Shape;
use nirkit_numerics::{Tensor, TensorError};

use super::net::Net;
use super::program::Program;
use super::real::Real;
use super::run::Run;
use super::simd::Lines;
use super::time_block::set_bits;
use nirkit_run::recording::{Observable, Request};

/// Something of a program that can be read from its runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What was asked for.
    pub(super) request: Request,
    /// Shape of the numbers, without time and batch.
    pub(super) shape: Shape,
    pub(super) subject: Subject,
}

/// Where the numbers stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The sum of what left a leaf on its parts.
    Output([Option<usize>; 2]),
    /// A part of the state of a leaf, which has `len` numbers for each sample.
    State { leaf: usize, len: usize, at: Range<usize> },
}

/// Why a request cannot be met.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// No node has this name.
    #[error("there is no node `{node}` to record; `nir info` lists the nodes")]
    NoSuchNode {
        /// The name.
        node: String,
    },
    /// The node has no such quantity.
    #[error("`{}` has no `{}` to record", request.node, request.observable)]
    NoSuchState {
        /// What was asked for.
        request: Request,
    },
    /// A nested graph stands for its Output only if there is one.
    #[error("`{node}` has several outputs; ask for one of {}", outputs.join(", "))]
    SeveralOutputs {
        /// The nested graph.
        node: String,
        /// Full names of its Outputs.
        outputs: Vec<String>,
    },
    /// There is no memory for the recording.
    #[error(
        "a recording of `{}` of `{}` needs room for {needed} numbers, which there is not; \
         record fewer steps or nodes",
        request.observable, request.node
    )]
    TooLarge {
        /// What was asked for.
        request: Request,
        /// How many numbers it needs.
        needed: usize,
    },
}

/// Looks at a run after each step.
pub trait Recorder {
    /// Takes what it wants of the run.
    fn record(&mut self, run: &Run);
}

/// Records nothing.
impl Recorder for () {
    fn record(&mut self, _: &Run) {}
}

/// Numbers in the number format of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

impl Samples {
    /// Appends numbers; those of the other format are rounded.
    fn extend<T: Real>(&mut self, numbers: impl Iterator<Item = T>) {
        match self {
            Self::F32(samples) => samples.extend(numbers.map(|number| number.wide() as f32)),
            Self::F64(samples) => samples.extend(numbers.map(Real::wide)),
        }
    }

    /// Appends zeros; where they start.
    pub(super) fn lengthen(&mut self, additional: usize) -> usize {
        let start = self.len();
        match self {
            Self::F32(samples) => samples.resize(start + additional, 0.0),
            Self::F64(samples) => samples.resize(start + additional, 0.0),
        }
        start
    }

    fn len(&self) -> usize {
        match self {
            Self::F32(samples) => samples.len(),
            Self::F64(samples) => samples.len(),
        }
    }

    /// Writes numbers from a place on; those of the other format are rounded.
    pub(super) fn write<T: Real>(&mut self, at: usize, numbers: &[T]) {
        match self {
            Self::F32(samples) => put(&mut samples[at..], numbers, |number| number.wide() as f32),
            Self::F64(samples) => put(&mut samples[at..], numbers, Real::wide),
        }
    }

    /// Adds numbers to those from a place on.
    pub(super) fn add<T: Real>(&mut self, at: usize, numbers: &[T]) {
        match self {
            Self::F32(samples) => {
                for (sum, number) in samples[at..].iter_mut().zip(numbers) {
                    *sum += number.wide() as f32;
                }
            }
            Self::F64(samples) => {
                for (sum, number) in samples[at..].iter_mut().zip(numbers) {
                    *sum += number.wide();
                }
            }
        }
    }

    /// Adds 1 to what is set in the bitmask, from a place on.
    pub(super) fn count(&mut self, at: usize, bitmask: &[u64]) {
        match self {
            Self::F32(samples) => {
                set_bits(bitmask).for_each(|channel| samples[at + channel] += 1.0);
            }
            Self::F64(samples) => {
                set_bits(bitmask).for_each(|channel| samples[at + channel] += 1.0);
            }
        }
    }

    /// Forgets all numbers.
    fn clear(&mut self) {
        match self {
            Self::F32(samples) => samples.clear(),
            Self::F64(samples) => samples.clear(),
        }
    }

    /// Sets to 1 what is set in the bitmask, from a place on, where zeros stand.
    pub(super) fn set(&mut self, at: usize, bitmask: &[u64]) {
        match self {
            Self::F32(samples) => set(&mut samples[at..], bitmask, 1.0),
            Self::F64(samples) => set(&mut samples[at..], bitmask, 1.0),
        }
    }

    /// Makes room for this many more numbers; false if there is none.
    fn reserve(&mut self, additional: usize) -> bool {
        match self {
            Self::F32(samples) => samples.try_reserve_exact(additional).is_ok(),
            Self::F64(samples) => samples.try_reserve_exact(additional).is_ok(),
        }
    }

    /// The numbers as a tensor of this shape.
    fn into_tensor(self, shape: &[usize]) -> Result<Tensor, TensorError> {
        match self {
            Self::F32(samples) => Tensor::new(shape, samples),
            Self::F64(samples) => Tensor::new(shape, samples),
        }
    }
}

impl Probe {
    /// What was asked for.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Shape of the numbers, without time and batch.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Numbers of one sample.
    pub(super) fn channels(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Subject {
    /// Where an observable of a leaf stands.
    pub(super) fn find<T: Real>(net: &Net<T>, leaf: usize, observable: Observable) -> Option<Self> {
        let planned_node = &net.planned_nodes[leaf];
        if matches!(observable, Observable::Spikes | Observable::Output) {
            return Some(Self::Output(planned_node.slots));
        }
        let node = planned_node.node.as_ref()?;
        Some(Self::State { leaf, len: node.state_len(), at: node.place(observable)? })
    }

    /// Appends the numbers of all samples. `parts` gives the buffers of slots.
    pub(super) fn read<'a, T: Real>(
        &self,
        states: &'a [Lines<T>],
        parts: impl Fn([Option<usize>; 2]) -> [Option<&'a [T]>; 2],
        batch: usize,
        channels: usize,
        samples: &mut Samples,
    ) {
        match self {
            Self::Output(slots) => match parts(*slots) {
                [Some(only), None] | [None, Some(only)] => samples.extend(only.iter().copied()),
                [Some(current), Some(impulse)] => {
                    samples.extend(current.iter().zip(impulse).map(|(&c, &a)| c + a));
                }
                [None, None] => samples.extend((0..batch * channels).map(|_| T::ZERO)),
            },
            Self::State { leaf, len, at } => {
                for sample in 0..batch {
                    let state = &states[*leaf][sample * len..][..*len];
                    samples.extend(state[at.clone()].iter().copied());
                }
            }
        }
    }
}

/// Writes numbers, as they are if the format is the same.
fn put<T: Real, U: Real>(to: &mut [U], numbers: &[T], rounded: impl Fn(T) -> U) {
    let to = &mut to[..numbers.len()];
    if T::DTYPE == U::DTYPE {
        to.copy_from_slice(bytemuck::cast_slice(numbers));
        return;
    }
    for (to, &number) in to.iter_mut().zip(numbers) {
        *to = rounded(number);
    }
}

/// Sets what is set in the bitmask to a number.
fn set<T: Copy>(to: &mut [T], bitmask: &[u64], number: T) {
    for channel in set_bits(bitmask) {
        to[channel] = number;
    }
}

/// How much is kept of what is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordMode {
    /// Every step.
    Steps,
    /// The sum over all steps, in double precision: of spikes, how many there were.
    Sums,
}

/// Keeps what was asked for in memory.
#[derive(Clone, Debug)]
pub struct Dense {
    pub(super) probes: Vec<(Probe, Samples)>,
    batch: usize,
    pub(super) steps: usize,
    pub(super) keep: RecordMode,
    /// Room for the numbers of a step.
    step: Samples,
}

/// What was recorded, with time as the first axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// One array for each request, in the order of the requests: (T, *shape), or (T, batch, *shape)
    /// of a batch.
    pub arrays: Vec<(Request, Tensor)>,
}

impl Recording {
    /// The array of an observable of a node.
    #[must_use]
    pub fn get(&self, node: &str, observable: Observable) -> Option<&Tensor> {
        let is_meant = |request: &Request| request.node == node && request.observable == observable;
        self.arrays.iter().find(|(request, _)| is_meant(request)).map(|(_, array)| array)
    }
}

impl Dense {
    /// A recorder of every step, with room for `steps` steps of `batch` samples, or every request
    /// that cannot be met.
    pub fn new(
        program: &Program,
        requests: &[Request],
        steps: usize,
        batch: usize,
    ) -> Result<Self, Vec<ProbeError>> {
        Self::keeping(RecordMode::Steps, program, requests, steps, batch)
    }

    /// The same that keeps only so much. What is kept as a sum counts as one step.
    pub fn keeping(
        keep: RecordMode,
        program: &Program,
        requests: &[Request],
        steps: usize,
        batch: usize,
    ) -> Result<Self, Vec<ProbeError>> {
        let (rows, empty) = match keep {
            RecordMode::Steps => (steps.saturating_mul(batch), program.samples()),
            RecordMode::Sums => (batch, Samples::F64(Vec::new())),
        };
        let (mut probes, mut errors) = (Vec::new(), Vec::new());
        for request in requests {
            match program.probe(request) {
                Ok(probe) => {
                    let needed = rows.saturating_mul(probe.channels());
                    let mut samples = empty.clone();
                    if samples.reserve(needed) {
                        if keep == RecordMode::Sums {
                            samples.lengthen(needed);
                        }
                        probes.push((probe, samples));
                    } else {
                        errors.push(ProbeError::TooLarge { request: request.clone(), needed });
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        let step = Samples::F64(Vec::new());
        if errors.is_empty() {
            Ok(Self { probes, batch, steps: 0, keep, step })
        } else {
            Err(errors)
        }
    }

    /// What was recorded; `has_batch` keeps the axis of the batch, which is else left out.
    pub fn finish(self, has_batch: bool) -> Result<Recording, TensorError> {
        let steps = if self.keep == RecordMode::Sums { 1 } else { self.steps };
        let lead = if has_batch { vec![steps, self.batch] } else { vec![steps] };
        let array = |(probe, samples): (Probe, Samples)| {
            let shape = [lead.as_slice(), &probe.shape].concat();
            Ok((probe.request, samples.into_tensor(&shape)?))
        };
        Ok(Recording { arrays: self.probes.into_iter().map(array).collect::<Result<_, _>>()? })
    }
}

impl Recorder for Dense {
    fn record(&mut self, run: &Run) {
        for (probe, samples) in &mut self.probes {
            match self.keep {
                RecordMode::Steps => run.read(probe, samples),
                RecordMode::Sums => {
                    self.step.clear();
                    run.read(probe, &mut self.step);
                    if let Samples::F64(step) = &self.step {
                        samples.add(0, step);
                    }
                }
            }
        }
        self.steps += 1;
    }
}
