//! The spikes of a program, recorded as far as they are needed.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::Recording;
use nirkit_engine::clocked::semantics::{Program, record};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, interrupt};

use super::{CompareError, Setup, compare_recordings};

/// Steps after which two programs are looked at first. Most part early.
const FIRST: usize = 256;

/// How much further they are run if they do not part.
const FURTHER: usize = 8;

/// A program with the spikes of its nodes.
pub(super) struct Recorded<'a> {
    setup: &'a Setup<'a>,
    program: Program,
    spiking: Vec<Request>,
    /// How many steps are recorded, and what.
    known: RefCell<(usize, Recording)>,
}

impl<'a> Recorded<'a> {
    pub(super) fn new(setup: &'a Setup<'a>, program: Program) -> Self {
        let order: BTreeSet<&String> = program.order().iter().collect();
        let is_spiking = |request: &Request| {
            request.observable == Observable::Spikes && order.contains(&request.node)
        };
        let spiking = program.requests().into_iter().filter(is_spiking).collect();
        let known = RefCell::new((0, Recording { arrays: Vec::new() }));
        Self { setup, program, spiking, known }
    }

    /// The spikes of so many steps, or of more.
    fn until(&self, steps: usize) -> Result<Ref<'_, Recording>, CompareError> {
        if self.known.borrow().0 < steps {
            let recording = record(&self.program, self.setup.stimulus, steps, &self.spiking)?;
            *self.known.borrow_mut() = (steps, recording);
        }
        Ok(Ref::map(self.known.borrow(), |(_, recording)| recording))
    }

    /// Whether the spikes of the two differ in a step up to and with `last`.
    pub(super) fn parts_until(&self, other: &Self, last: usize) -> Result<bool, CompareError> {
        let end = last.saturating_add(1).min(self.setup.steps);
        let mut reach = FIRST.min(end);
        loop {
            if interrupt::is_requested() {
                return Err(CompareError::Stopped);
            }
            let [a, b] = [self.until(reach)?, other.until(reach)?];
            let is_other = |(a, b): (&f64, &f64)| (a - b).abs() > 0.0;
            if in_both(&a, &b, reach).any(|[a, b]| a.iter().zip(b.iter()).any(is_other)) {
                return Ok(true);
            }
            if reach == end {
                return Ok(false);
            }
            reach = reach.saturating_mul(FURTHER).min(end);
        }
    }

    /// How far the spikes of the two are apart, over all steps and nodes.
    pub(super) fn distance(&self, other: &Self) -> Result<f64, CompareError> {
        let Setup { steps, memory, .. } = *self.setup;
        let [a, b] = [self.until(steps)?, other.until(steps)?];
        Ok(compare_recordings(&a, &b, memory).distance())
    }
}

/// The first steps of the nodes that two recordings hold.
fn in_both<'a>(
    a: &'a Recording,
    b: &'a Recording,
    steps: usize,
) -> impl Iterator<Item = [Cow<'a, [f64]>; 2]> {
    let others: BTreeMap<&Request, &Tensor> =
        b.arrays.iter().map(|(request, array)| (request, array)).collect();
    a.arrays.iter().filter_map(move |(request, array)| {
        let other = others.get(request)?;
        Some([rows(array, steps)?, rows(other, steps)?])
    })
}

/// The first rows of an array, in double precision.
fn rows(array: &Tensor, steps: usize) -> Option<Cow<'_, [f64]>> {
    let all = array.shape().first().copied().unwrap_or(0).max(1);
    let end = (array.len() / all).saturating_mul(steps).min(array.len());
    Some(match array.to_f64()? {
        Cow::Borrowed(numbers) => Cow::Borrowed(&numbers[..end]),
        Cow::Owned(mut numbers) => {
            numbers.truncate(end);
            Cow::Owned(numbers)
        }
    })
}
