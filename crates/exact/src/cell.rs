//! The continuous part of a stateful node: one channel between two events.

use nirkit_numerics::math::{exp, exp_m1, ln_1p};

use super::cuba_li::CubaLi;
use super::drive::GridInput;
use super::expoly::Chains;
use super::i::I;
use super::li::Li;
use super::range::Range;
use super::series::While;

/// How a channel moves. A neuron that spikes moves as the primitive without a threshold does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell {
    /// LI and LIF.
    Li(Li),
    /// I and IF.
    I(I),
    /// `CubaLI` and `CubaLIF`.
    CubaLi(CubaLi),
}

/// The state of a channel at its last event. Nothing is done for it until the next one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    /// Instant of the last event in seconds.
    pub(super) time: f64,
    /// Voltage.
    pub(super) v: f64,
    /// Synaptic current; 0 where there is none.
    pub(super) i: f64,
    /// Continuous input from then on.
    pub(super) drive: GridInput,
    /// Whether a Threshold's input is above its level.
    pub(super) above: bool,
    /// The course from then on, where it is worked out as a series.
    pub(super) course: Option<Box<While>>,
}

impl State {
    /// Moves the state to an instant.
    #[inline]
    pub(super) fn move_to(&mut self, cell: &Cell, time: f64, chains: &Chains) {
        let s = time - self.time;
        if s > 0.0 {
            (self.v, self.i) = cell.at(self, s, chains);
            self.move_input(time, chains);
        }
    }

    /// Moves what drives the channel to an instant.
    pub(super) fn move_input(&mut self, time: f64, chains: &Chains) {
        let s = time - self.time;
        if !self.drive.is_constant() {
            self.drive = self.drive.shifted(s, chains);
        }
        if let Some(course) = &mut self.course {
            course.moved(s);
        }
        self.time = time;
    }

    /// The input at an instant that is not before the last event.
    pub(super) fn input_at(&self, time: f64, chains: &Chains) -> f64 {
        let s = time - self.time;
        self.course.as_ref().map_or_else(|| self.drive.at(s, chains), |course| course.at(s).0)
    }

    /// Takes what coupled nodes send from now on, if there is news.
    pub(super) fn take_series(&mut self, renewed: Option<While>) {
        if let Some(course) = renewed {
            self.course = Some(Box::new(course));
        }
    }

    /// Works out the course of a neuron as a series, where it is one.
    pub(super) fn solve(&mut self, cell: &Cell, chains: &Chains) {
        if let Some(course) = &mut self.course {
            course.solve(cell, (self.v, self.i), &self.drive, chains);
        }
    }

    /// Works out the course of a Threshold's input as a series, where it is one.
    pub(super) fn add_up(&mut self, chains: &Chains) {
        if let Some(course) = &mut self.course {
            course.add_up(&self.drive, chains);
        }
    }
}

impl Cell {
    /// The state at the start: at rest, nothing coming in.
    pub(super) fn start(&self) -> State {
        let v = match self {
            Self::Li(cell) => cell.leak,
            Self::I(_) => 0.0,
            Self::CubaLi(cell) => cell.leak,
        };
        State { v, ..State::default() }
    }

    /// `(v, i)` after `s` seconds without an event.
    #[inline]
    pub(super) fn at(&self, state: &State, s: f64, chains: &Chains) -> (f64, f64) {
        if s == 0.0 {
            return (state.v, state.i);
        }
        if let Some(course) = &state.course {
            return course.at(s);
        }
        match self {
            Self::Li(cell) => (cell.at(state, s, chains), 0.0),
            Self::I(cell) => (cell.at(state, s, chains), 0.0),
            Self::CubaLi(cell) => cell.at(state, s, chains),
        }
    }

    /// The state with time counted from `s` seconds later on.
    pub(super) fn moved(&self, state: &State, s: f64, chains: &Chains) -> State {
        let (v, i) = self.at(state, s, chains);
        let drive = state.drive.shifted(s, chains);
        State { time: state.time + s, v, i, drive, above: state.above, course: None }
    }

    /// The jump that an impulse of this area makes, of `v` or of a synapse's `i`.
    pub(super) fn jump(&self, area: f64) -> f64 {
        match self {
            Self::Li(cell) => cell.r * area / cell.tau,
            Self::I(cell) => cell.r * area,
            Self::CubaLi(cell) => cell.w_in * area / cell.tau_syn,
        }
    }

    /// Lets an impulse of this area act.
    #[inline]
    pub(super) fn hit(&self, state: &mut State, area: f64) {
        let jump = self.jump(area);
        match self {
            Self::Li(_) | Self::I(_) => state.v += jump,
            Self::CubaLi(_) => state.i += jump,
        }
    }

    /// The rates that the channel adds to a chain that passes through it, in the order of passing.
    pub(super) fn rates(&self) -> Vec<f64> {
        match self {
            Self::Li(cell) => vec![cell.rate()],
            Self::I(_) => vec![0.0],
            Self::CubaLi(cell) => cell.rates().to_vec(),
        }
    }

    /// The factor that a chain takes on the way from the input to `v`.
    pub(super) fn gain(&self) -> f64 {
        match self {
            Self::Li(cell) => cell.r / cell.tau,
            Self::I(cell) => cell.r,
            Self::CubaLi(cell) => (cell.r / cell.tau_mem) * (cell.w_in / cell.tau_syn),
        }
    }

    /// The factor of [`Cell::jump`] on the way to `v`, and the rates that the jump passes.
    pub(super) fn after_jump(&self) -> (f64, Vec<f64>) {
        match self {
            Self::Li(_) | Self::I(_) => (1.0, self.rates()),
            Self::CubaLi(cell) => (cell.r / cell.tau_mem, self.rates()),
        }
    }

    /// `v'` now.
    pub(super) fn slope(&self, state: &State, chains: &Chains) -> f64 {
        match self {
            Self::Li(cell) => cell.slope(state, chains),
            Self::I(cell) => cell.r * state.drive.now(chains),
            Self::CubaLi(cell) => cell.slope(state),
        }
    }

    /// `(v', i')` from `(v, i)` and the input. With `order` above 0 all of them are derivatives of
    /// that order, for which constants are gone.
    pub(super) fn derivative(&self, order: usize, (v, i): (f64, f64), input: f64) -> (f64, f64) {
        let leak = |leak: f64| if order == 0 { leak } else { 0.0 };
        match self {
            Self::Li(cell) => ((leak(cell.leak) - v + cell.r * input) / cell.tau, 0.0),
            Self::I(cell) => (cell.r * input, 0.0),
            Self::CubaLi(cell) => (
                (leak(cell.leak) - v + cell.r * i) / cell.tau_mem,
                (cell.w_in * input - i) / cell.tau_syn,
            ),
        }
    }

    /// A bound for the rates at which the channel answers, when `inputs` is the sum of the absolute
    /// weights with which it sees others like it: row sums of the system's matrix, with `r i` in
    /// the place of `i`.
    pub(super) fn stiffness(&self, inputs: f64) -> f64 {
        match self {
            Self::Li(cell) => (1.0 + cell.r.abs() * inputs) / cell.tau,
            Self::I(cell) => cell.r.abs() * inputs,
            Self::CubaLi(cell) => {
                let synapse = (1.0 + (cell.r * cell.w_in).abs() * inputs) / cell.tau_syn;
                synapse.max(2.0 / cell.tau_mem)
            }
        }
    }

    /// Whether `v` rises from where it is now: the sign of its first derivative that is not 0.
    pub(super) fn is_rising(&self, state: &State, chains: &Chains) -> bool {
        if let Some(course) = &state.course {
            return course.trend() > 0.0;
        }
        match self {
            Self::Li(cell) => cell.is_rising(state, chains),
            Self::I(cell) => cell.r * state.drive.trend(0, chains) > 0.0,
            Self::CubaLi(cell) => cell.is_rising(state, chains),
        }
    }

    /// Where `v` can be during the next `s` seconds, which may be without end.
    pub(super) fn range(&self, state: &State, s: f64, chains: &Chains) -> Range {
        match self {
            Self::Li(cell) => cell.range(state, s, chains),
            Self::I(cell) => {
                Range::drifting(state.v, state.drive.range(s, chains).times(cell.r), s)
            }
            Self::CubaLi(cell) => cell.range(state, s, chains),
        }
    }

    /// A lower bound of the time at which `v` reaches a level above it: as if the strongest pull
    /// that is still to come lasted from now on. Infinite if `v` never gets there.
    pub(super) fn earliest(&self, state: &State, level: f64, chains: &Chains) -> f64 {
        let forever = f64::INFINITY;
        let input = state.drive.range(forever, chains);
        let (tau, goal) = match self {
            Self::I(cell) => {
                let slope = input.times(cell.r).high;
                return if slope > 0.0 { (level - state.v) / slope } else { forever };
            }
            Self::Li(cell) => (cell.tau, cell.leak + input.times(cell.r).high),
            Self::CubaLi(cell) => {
                let current = input.times(cell.w_in);
                let i = Range { low: current.low.min(state.i), high: current.high.max(state.i) };
                (cell.tau_mem, cell.leak + i.times(cell.r).high)
            }
        };
        if goal > level { tau * ln_1p((level - state.v) / (goal - level)) } else { forever }
    }

    /// An upper bound of `v''` during the next `s` seconds.
    pub(super) fn curvature(&self, state: &State, s: f64, chains: &Chains) -> f64 {
        match self {
            Self::Li(cell) => cell.curvature(state, s, chains),
            Self::I(cell) => state.drive.derivative(chains).range(s, chains).times(cell.r).high,
            Self::CubaLi(cell) => cell.curvature(state, s, chains),
        }
    }

    /// A bound for the rounding error of `v`, from the size of what it is made of.
    #[inline]
    pub(super) fn noise(&self, state: &State) -> f64 {
        let drive = state.drive.magnitude();
        let size = match self {
            Self::Li(cell) => cell.leak.abs() + (cell.r * drive).abs(),
            Self::I(_) => 0.0,
            Self::CubaLi(cell) => {
                cell.leak.abs() + (cell.r * cell.w_in * drive).abs() + (cell.r * state.i).abs()
            }
        };
        4.0 * f64::EPSILON * (size + state.v.abs())
    }
}

/// `x` on its way to `goal` after `elapsed` time constants.
///
/// Near the start the change is added to `x`, so that a small change keeps its digits; far from it
/// the rest is added to the goal, so that rounding never carries `x` past the goal.
#[inline]
pub(super) fn relaxed(x: f64, goal: f64, elapsed: f64) -> f64 {
    relaxed_by(x, goal, elapsed, exp_m1)
}

/// The same with `e^x - 1` from somewhere.
#[inline]
pub(super) fn relaxed_by(x: f64, goal: f64, elapsed: f64, exp_m1: impl Fn(f64) -> f64) -> f64 {
    if elapsed < 0.5 {
        x - (goal - x) * exp_m1(-elapsed)
    } else {
        goal + (x - goal) * exp(-elapsed)
    }
}
