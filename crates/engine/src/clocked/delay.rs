//! Delay: the input, a whole number of steps later, and 0 until then.
//!
//! A Delay of at least one step in every channel does not need the input of a step to know its
//! output, so it breaks a cycle by itself and nothing is added to its delay.

use nirkit_ir::primitive;
use nirkit_step::{BufferId, Operation};

use super::error::PrepareError;
use super::lower::{NodeLowering, StateLowering};
use super::node::{Incoming, Node, Outgoing, Site};
use super::parameter::Parameter;
use super::real::Real;

/// The most numbers that one Delay may hold for a sample: 2^30, 8 GiB in double precision.
const LIMIT: usize = 1 << 30;

/// A delay that is not a whole number of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounding {
    /// Full name of the Delay.
    pub node: String,
    /// Channel in C order.
    pub channel: usize,
    /// Seconds that the graph says.
    pub given: f64,
    /// Seconds that are used: the nearest whole number of steps, ties to even.
    pub used: f64,
}

/// The delays in steps. The state is a ring of the last inputs for each lane.
#[derive(Debug)]
pub(super) struct Delay {
    channels: usize,
    steps: Steps,
    longest: usize,
    lanes: usize,
    has_feedthrough: bool,
}

/// Delays in steps, the same for all channels or one for each.
#[derive(Debug)]
enum Steps {
    Uniform(usize),
    Each(Vec<usize>),
}

/// A Delay, and which of its delays were rounded.
pub(super) fn plan(
    node: &primitive::Delay,
    site: &Site<'_>,
) -> Result<(Delay, Vec<Rounding>), PrepareError> {
    let seconds = Parameter::of(site.leaf, "delay", &node.delay)?;
    let (channels, dt) = (site.channels(), site.options.dt);
    let longest = (0..channels).map(|channel| seconds.at(channel)).fold(0.0, f64::max);
    let lanes = usize::from(site.arriving.current) + usize::from(site.arriving.impulse);
    if (longest / dt).round_ties_even() * (channels * lanes) as f64 > LIMIT as f64 {
        return Err(PrepareError::DelayTooLong {
            node: site.leaf.name.clone(),
            seconds: longest,
            steps: (longest / dt).round_ties_even(),
            dt,
            channels,
            limit: LIMIT,
        });
    }
    let steps = |channel| (seconds.at(channel) / dt).round_ties_even() as usize;
    let all = || (0..channels).map(steps);
    let delay = Delay {
        channels,
        longest: all().max().unwrap_or(0),
        lanes,
        has_feedthrough: all().any(|steps| steps == 0),
        steps: match &seconds {
            Parameter::Uniform(_) => Steps::Uniform(steps(0)),
            Parameter::Each(_) => Steps::Each(all().collect()),
        },
    };
    Ok((delay, roundings(&site.leaf.name, &seconds, channels, dt)))
}

/// The delays that were moved by more than a file in single precision could say.
fn roundings(node: &str, seconds: &Parameter, channels: usize, dt: f64) -> Vec<Rounding> {
    (0..channels)
        .map(|channel| {
            let given = seconds.at(channel);
            let used = (given / dt).round_ties_even() * dt;
            Rounding { node: node.to_owned(), channel, given, used }
        })
        .filter(|rounding| {
            (rounding.given - rounding.used).abs() > f64::from(f32::EPSILON) * rounding.given
        })
        .collect()
}

impl Delay {
    fn steps(&self, channel: usize) -> usize {
        match &self.steps {
            Steps::Uniform(steps) => *steps,
            Steps::Each(steps) => steps[channel],
        }
    }

    /// Writes one lane in the step with this number.
    fn emit<T: Real>(&self, number: usize, input: &[T], ring: &[T], output: &mut [T]) {
        for (channel, out) in output.iter_mut().enumerate() {
            let steps = self.steps(channel);
            *out = if steps == 0 {
                input[channel]
            } else {
                // The ring holds zeros where nothing was written yet: the time before the start.
                let slot = (number + self.longest - steps) % self.longest;
                ring[slot * self.channels + channel]
            };
        }
    }

    /// Keeps one lane of the input of the step with this number.
    fn keep<T: Real>(&self, number: usize, input: &[T], ring: &mut [T]) {
        if self.longest > 0 {
            let slot = number % self.longest;
            ring[slot * self.channels..][..self.channels].copy_from_slice(input);
        }
    }

    /// Numbers in the ring of one lane.
    fn ring_len(&self) -> usize {
        self.longest * self.channels
    }
}

/// Writes that what arrives is kept.
fn store(node: &mut NodeLowering<'_>) {
    let arriving: Vec<BufferId> = node.arriving.into_iter().flatten().collect();
    for (&ring, from) in node.states.iter().zip(arriving) {
        node.push(Operation::Store { from, ring });
    }
}

impl<T: Real> Node<T> for Delay {
    fn state_len(&self) -> usize {
        self.lanes * self.ring_len()
    }

    fn step(
        &self,
        number: usize,
        input: Incoming<'_, T>,
        state: &mut [T],
        output: Outgoing<'_, T>,
    ) {
        let (first, second) = state.split_at(self.ring_len().min(state.len()));
        let has_current = !output.current.is_empty();
        self.emit(number, input.current, first, output.current);
        self.emit(number, input.impulse, if has_current { second } else { first }, output.impulse);
    }

    fn lower_states(&self, states: &mut StateLowering<'_>) {
        // With feedthrough the input is stored before it is read, which takes a row more.
        let rows = if self.has_feedthrough { self.longest + 1 } else { self.longest };
        for lane in 0..self.lanes {
            states.ring(if lane == 0 { "ring" } else { "impulse_ring" }, rows * self.channels);
        }
    }

    fn lower(&self, node: &mut NodeLowering<'_>) {
        if self.has_feedthrough {
            store(node);
        }
        let delays: Vec<usize> = (0..self.channels).map(|channel| self.steps(channel)).collect();
        let leaving: Vec<BufferId> = node.leaving.into_iter().flatten().collect();
        for (&ring, to) in node.states.iter().zip(leaving) {
            node.push(Operation::Recall { ring, delays: delays.clone(), to });
        }
    }

    fn lower_accept_input(&self, node: &mut NodeLowering<'_>) {
        store(node);
    }

    fn has_feedthrough(&self) -> bool {
        self.has_feedthrough
    }

    fn accepts_input(&self) -> bool {
        true
    }

    fn accept_input(&self, number: usize, input: Incoming<'_, T>, state: &mut [T]) {
        let (first, second) = state.split_at_mut(self.ring_len().min(state.len()));
        // With both lanes the ring of the current stands first; a lone lane has the only ring.
        match self.lanes {
            0 => {}
            1 if input.impulse.is_empty() => self.keep(number, input.current, first),
            1 => self.keep(number, input.impulse, first),
            _ => {
                self.keep(number, input.current, first);
                self.keep(number, input.impulse, second);
            }
        }
    }
}
