//! What drives a channel: a constant current and terms that decay.

use super::expoly::{CONSTANT, ChainId, Chains, LONGEST, chain, peak, prefixes};
use super::range::Range;
use super::series::{Series, ZERO};
use super::sum::Sum;
use nirkit_numerics::math::exp;

/// A term `coefficient * phi[chain](s)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) chain: ChainId,
    pub(super) coefficient: Sum,
}

/// The continuous input of a channel, `u(s)`, with `s` counted from the channel's last event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct GridInput {
    /// The constant part: currents, biases, pulses that have begun and not ended.
    pub(super) constant: Sum,
    /// The rest, in ascending order of chains, none of them the constant one.
    pub(super) terms: Vec<Term>,
}

impl GridInput {
    /// Whether the current does not change until the next event.
    #[inline]
    pub(super) fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    /// Adds a term.
    pub(super) fn add(&mut self, chain: ChainId, coefficient: Sum) {
        if chain == CONSTANT {
            return self.constant.add_sum(coefficient);
        }
        match self.terms.binary_search_by_key(&chain, |term| term.chain) {
            Ok(at) => self.terms[at].coefficient.add_sum(coefficient),
            Err(at) => self.terms.insert(at, Term { chain, coefficient }),
        }
    }

    /// The current after `s` seconds.
    pub(super) fn at(&self, s: f64, chains: &Chains) -> f64 {
        let term = |t: &Term| t.coefficient.value() * chain(chains.rates(t.chain), s);
        self.terms.iter().map(term).fold(self.constant.value(), |sum, x| sum + x)
    }

    /// The current now: of all chains only those of one rate are not 0 at `s = 0`.
    pub(super) fn now(&self, chains: &Chains) -> f64 {
        let single = self.terms.iter().filter(|t| chains.suffix(t.chain).is_none());
        single.map(|t| t.coefficient.value()).fold(self.constant.value(), |sum, x| sum + x)
    }

    /// The same current, with time counted from `s` seconds later on.
    pub(super) fn shifted(&self, s: f64, chains: &Chains) -> Self {
        let mut later =
            Self { constant: self.constant, terms: Vec::with_capacity(self.terms.len()) };
        for term in &self.terms {
            later.add_shifted(term, s, chains);
        }
        later.terms.retain(|term| term.coefficient.value().abs() >= f64::MIN_POSITIVE);
        later
    }

    /// Adds what a term has become after `s` seconds, by Leibniz' rule.
    fn add_shifted(&mut self, term: &Term, s: f64, chains: &Chains) {
        let rates = chains.rates(term.chain);
        let mut factors = [0.0; LONGEST];
        prefixes(rates, s, &mut factors);
        let coefficient = term.coefficient.value();
        // A rate of 0 is not touched by time, and its sum stays exact.
        let first =
            if rates[0] == 0.0 { term.coefficient } else { Sum::of(coefficient * factors[0]) };
        self.add(term.chain, first);
        let mut suffix = chains.suffix(term.chain);
        for factor in &factors[1..rates.len()] {
            let Some(id) = suffix else { return };
            self.add(id, Sum::of(coefficient * factor));
            suffix = chains.suffix(id);
        }
    }

    /// The derivative by time: `phi[l0..ln]' = phi[l1..ln] - l0 phi[l0..ln]`.
    pub(super) fn derivative(&self, chains: &Chains) -> Self {
        let mut derivative = Self::default();
        for term in &self.terms {
            let coefficient = term.coefficient.value();
            derivative.add(term.chain, Sum::of(-chains.rates(term.chain)[0] * coefficient));
            if let Some(suffix) = chains.suffix(term.chain) {
                derivative.add(suffix, Sum::of(coefficient));
            }
        }
        derivative
    }

    /// Bounds of the current on the next `s` seconds, which may be without end.
    ///
    /// What a constant has become behind a few nodes grows towards a limit, while another term that
    /// belongs to it decays. Taken by themselves both look worse than they are, so they are also
    /// looked at together, as what is [settled](Self::settled) and the rest.
    pub(super) fn range(&self, s: f64, chains: &Chains) -> Range {
        let range = self.range_by_terms(s, chains);
        let grows = |term: &Term| chains.rates(term.chain)[0] == 0.0;
        if self.terms.iter().any(grows) {
            range.within(self.settled(chains).range_by_terms(s, chains))
        } else {
            range
        }
    }

    fn range_by_terms(&self, s: f64, chains: &Chains) -> Range {
        self.terms.iter().fold(Range::point(self.constant.value()), |range, term| {
            let rates = chains.rates(term.chain);
            let low = if let [rate] = *rates { least(rate * s) } else { 0.0 };
            range.plus(Range { low, high: peak(rates, s) }.times(term.coefficient.value()))
        })
    }

    /// The same current with chains from 0 taken apart,
    /// `phi[0, l1..ln] = 1 / (l1 .. ln) - sum_k phi[lk..ln] / (l1 .. lk)`.
    ///
    /// The parts are those that Leibniz' rule has added since the chain began, so that what belongs
    /// together becomes one term and cancels. This loses digits where `s` is short against the time
    /// constants, and serves for bounds only.
    fn settled(&self, chains: &Chains) -> Self {
        let mut settled = Self { constant: self.constant, terms: Vec::new() };
        for term in &self.terms {
            let rates = chains.rates(term.chain);
            if rates[0] != 0.0 || rates[1..].contains(&0.0) {
                settled.add(term.chain, term.coefficient);
                continue;
            }
            let (mut share, mut suffix) = (term.coefficient.value(), chains.suffix(term.chain));
            for &rate in &rates[1..] {
                let Some(part) = suffix else { break };
                share /= rate;
                settled.add(part, Sum::of(-share));
                suffix = chains.suffix(part);
            }
            settled.add(CONSTANT, Sum::of(share));
        }
        settled
    }

    /// The Taylor series in `s / step`.
    pub(super) fn series(&self, step: f64, chains: &Chains) -> Series {
        let mut series = ZERO;
        series[0] = self.now(chains);
        let (mut derivative, mut factor) = (self.clone(), 1.0);
        for (k, coefficient) in series.iter_mut().enumerate().skip(1) {
            if derivative.is_constant() {
                break;
            }
            derivative = derivative.derivative(chains);
            factor *= step / k as f64;
            *coefficient = factor * derivative.now(chains);
        }
        series
    }

    /// The first derivative from this order on that is not 0 now; 0 if there is none.
    pub(super) fn trend(&self, order: usize, chains: &Chains) -> f64 {
        let mut drive = self.clone();
        for k in 0..order + 2 * LONGEST {
            if k >= order && drive.now(chains) != 0.0 {
                return drive.now(chains);
            }
            drive = drive.derivative(chains);
        }
        0.0
    }

    /// What the current does to `v` in `s` seconds: each chain with the receiver's own rates behind
    /// it, without the receiver's gain. The constant part is left to the receiver.
    pub(super) fn response(&self, own: &[f64], s: f64, chains: &Chains) -> f64 {
        let mut rates = [0.0; LONGEST];
        let term = |t: &Term| {
            let driving = chains.rates(t.chain);
            let len = driving.len() + own.len();
            rates[..driving.len()].copy_from_slice(driving);
            rates[driving.len()..len].copy_from_slice(own);
            t.coefficient.value() * chain(&rates[..len], s)
        };
        self.terms.iter().map(term).fold(0.0, |sum, x| sum + x)
    }

    /// The fastest rate of all terms, in 1/s.
    pub(super) fn fastest(&self, chains: &Chains) -> f64 {
        let rates = self.terms.iter().flat_map(|term| chains.rates(term.chain));
        rates.copied().fold(0.0, f64::max)
    }

    /// A measure for the rounding errors of the current.
    pub(super) fn magnitude(&self) -> f64 {
        let terms = self.terms.iter().map(|term| term.coefficient.value().abs());
        terms.fold(self.constant.value().abs(), |sum, x| sum + x)
    }
}

/// `e^{-x}`, or 0, which is a lower bound too, where it hardly differs from 0.
fn least(x: f64) -> f64 {
    if x < 40.0 { exp(-x) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A constant behind two stages, switched on long ago: what has become of it is constant, and is
    /// known to be, so that nobody looks for a crossing for ever.
    #[test]
    fn what_has_settled_is_bounded_by_what_it_is() {
        let bits = [0.0, 250.0, 0.5_f64].map(f64::to_bits).to_vec();
        let chains = Chains::new(&BTreeSet::from([bits]));
        let chain = chains.extended(CONSTANT, &[250.0, 0.5]).unwrap();
        let mut drive = GridInput::default();
        drive.add(chain, Sum::of(-125.0));
        let settled = drive.shifted(1e4, &chains);
        assert_eq!(settled.terms.len(), 3);
        let Range { low, high } = settled.range(f64::INFINITY, &chains);
        assert!((low + 1.0).abs() < 1e-14 && (high + 1.0).abs() < 1e-14, "{low} to {high}");
    }
}
