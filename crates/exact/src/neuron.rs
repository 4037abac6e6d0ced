//! The course of a neuron's voltage towards its threshold.

use super::cell::{Cell, State};
use super::crossing::{Course, Crossing, NEVER, first_rise};
use super::cuba_lif;
use super::expoly::Chains;
use super::fire::Fire;
use super::r#if;
use super::lif;

/// A neuron's channel between two events, with what it takes to look ahead.
#[derive(Clone)]
struct Ahead<'a> {
    cell: &'a Cell,
    threshold: f64,
    chains: &'a Chains,
    state: State,
}

/// What can be said of the next spike without much work.
pub(super) enum Glimpse {
    /// The crossing.
    Known(Crossing),
    /// So many seconds without a crossing.
    NotBefore(f64),
}

/// Says of the next spike what can be said without a search. What the search would find is found
/// later, if nothing has happened to the neuron until then.
pub(super) fn glimpse(
    cell: &Cell,
    fire: &Fire,
    state: &State,
    chains: &Chains,
    horizon: f64,
) -> Glimpse {
    let is_simple = state.drive.is_constant() && !matches!(cell, Cell::CubaLi(_));
    if is_simple
        && let Cell::Li(cell) = cell
        && let Some(earliest) = lif::earliest(cell, fire, state)
    {
        return Glimpse::NotBefore(earliest * (1.0 - 1e-9));
    }
    if is_simple || state.course.is_some() || state.v >= fire.threshold {
        return Glimpse::Known(next_spike(cell, fire, state, chains, horizon));
    }
    let earliest = cell.earliest(state, fire.threshold, chains);
    if earliest.is_finite() {
        // A little less, for the roundings of the bound.
        Glimpse::NotBefore(earliest * (1.0 - 1e-9))
    } else {
        Glimpse::Known(NEVER)
    }
}

/// When a neuron whose voltage is not above its threshold will spike, if nothing else happens; searched for so many seconds from
/// the last event on where there is no closed form.
pub(super) fn next_spike(
    cell: &Cell,
    fire: &Fire,
    state: &State,
    chains: &Chains,
    horizon: f64,
) -> Crossing {
    // Resting on the threshold, the neuron spikes as soon as it is driven upwards.
    if state.v >= fire.threshold && cell.is_rising(state, chains) {
        return Crossing::after(0.0);
    }
    if let Some(course) = &state.course {
        return first_rise(&course.course(fire.threshold, 1.0, state.time), horizon);
    }
    if state.drive.is_constant() {
        return match cell {
            Cell::Li(cell) => lif::crossing(cell, fire, state),
            Cell::I(cell) => r#if::crossing(cell, fire, state),
            Cell::CubaLi(cell) => cuba_lif::crossing(cell, fire, state, chains),
        };
    }
    let ahead = Ahead { cell, threshold: fire.threshold, chains, state: state.clone() };
    first_rise(&ahead, horizon)
}

impl Course for Ahead<'_> {
    fn later(&self, s: f64) -> Self {
        Self { state: self.cell.moved(&self.state, s, self.chains), ..*self }
    }

    fn height(&self) -> f64 {
        self.state.v - self.threshold
    }

    fn slope(&self) -> f64 {
        self.cell.slope(&self.state, self.chains)
    }

    fn curvature(&self, s: f64) -> f64 {
        self.cell.curvature(&self.state, s, self.chains)
    }

    fn ceiling(&self, s: f64) -> f64 {
        self.cell.range(&self.state, s, self.chains).high - self.threshold
    }

    fn noise(&self) -> f64 {
        self.cell.noise(&self.state) + f64::EPSILON * self.threshold.abs()
    }

    fn pace(&self) -> f64 {
        let own = self.cell.rates().into_iter().fold(0.0, f64::max);
        own.max(self.state.drive.fastest(self.chains))
    }

    fn resolution(&self) -> f64 {
        0.5 * f64::EPSILON * self.state.time
    }
}
