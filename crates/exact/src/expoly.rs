//! Exponential polynomials, written so that equal and nearly equal rates lose no digits.
//!
//! Between events every signal is a sum of terms `s^k e^{-l s}`. Partial fractions of such sums have
//! coefficients like `1 / (l1 - l2)` and break down where two time constants are nearly equal. Here
//! a term is a *chain* instead: the convolution of one exponential for each stage that a signal
//! passed through,
//!
//! ```text
//! phi[l0](s)           = e^{-l0 s}
//! phi[l0, .., ln](s)   = integral over 0..s of phi[l0, .., l(n-1)](x) e^{-ln (s - x)} dx
//! ```
//!
//! (up to its sign the divided difference of `e^{-l s}` over the rates). Three facts make it the
//! natural basis:
//!
//! * a stage `x' = -a x + K u` maps `c phi[L]` to `K c phi[L, a]`: no case for resonance;
//! * time moves on by `phi[l0..ln](s + d) = sum_k phi[l0..lk](d) phi[lk..ln](s)` (Leibniz' rule for
//!   divided differences): only suffixes of a chain appear;
//! * chains are positive, so neither rule subtracts: there is no cancellation to lose digits by.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_numerics::math::{exp, exp_m1};

/// Most rates of a chain, the stages of the receiving neuron included.
pub(super) const LONGEST: usize = 12;

/// The rates of a chain as bits. Rates are not negative, so bits sort as numbers do.
pub(super) type Rates = Vec<u64>;

/// Handle of a chain in a [`Chains`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ChainId(u32);

/// The chain of the single rate 0: a constant.
pub(super) const CONSTANT: ChainId = ChainId(0);

/// All chains that can occur in a program.
///
/// They are numbered in ascending order of their rates, so that sums over them run in an order that
/// depends on nothing but the rates.
#[derive(Clone, Debug)]
pub(super) struct Chains {
    rates: Vec<Vec<f64>>,
    /// The chain without its first rate.
    suffix: Vec<Option<ChainId>>,
    /// The chain with one more rate at its end.
    longer: BTreeMap<(ChainId, u64), ChainId>,
    single: BTreeMap<u64, ChainId>,
}

impl Chains {
    /// The table of these chains and everything that they are put together from: a chain is built
    /// rate by rate from its beginning, and time splits suffixes off it.
    pub(super) fn new(wanted: &BTreeSet<Rates>) -> Self {
        let mut all = BTreeSet::from([vec![0]]);
        for rates in wanted {
            for begin in 0..rates.len() {
                all.extend((begin..rates.len()).map(|end| rates[begin..=end].to_vec()));
            }
        }
        let all: Vec<Rates> = all.into_iter().collect();
        let find = |rates: &[u64]| {
            all.binary_search_by(|other| other.as_slice().cmp(rates))
                .ok()
                .map(|at| ChainId(at as u32))
        };
        let mut table = Self {
            rates: all
                .iter()
                .map(|r| r.iter().map(|&bits| f64::from_bits(bits)).collect())
                .collect(),
            suffix: all.iter().map(|rates| find(&rates[1..])).collect(),
            longer: BTreeMap::new(),
            single: BTreeMap::new(),
        };
        for (at, rates) in all.iter().enumerate() {
            let id = ChainId(at as u32);
            match rates.as_slice() {
                [only] => drop(table.single.insert(*only, id)),
                [start @ .., last] => {
                    table.longer.extend(find(start).map(|start| ((start, *last), id)));
                }
                [] => {}
            }
        }
        table
    }

    /// The rates of a chain, in 1/s.
    pub(super) fn rates(&self, id: ChainId) -> &[f64] {
        &self.rates[id.0 as usize]
    }

    /// The chain without its first rate; `None` for chains of one rate.
    pub(super) fn suffix(&self, id: ChainId) -> Option<ChainId> {
        self.suffix[id.0 as usize]
    }

    /// The chain of a single rate, if it can occur.
    pub(super) fn single(&self, rate: f64) -> Option<ChainId> {
        self.single.get(&rate.to_bits()).copied()
    }

    /// The chain with these rates behind it, if it can occur.
    pub(super) fn extended(&self, id: ChainId, rates: &[f64]) -> Option<ChainId> {
        rates.iter().try_fold(id, |id, rate| self.longer.get(&(id, rate.to_bits())).copied())
    }
}

/// `phi[a, b](s)`, in the form that is accurate for all rates: with `d = |a - b| s`,
/// `s e^{-min(a, b) s} (1 - e^{-d}) / d`.
#[inline]
pub(super) fn pair(a: f64, b: f64, s: f64) -> f64 {
    let (slow, gap) = (a.min(b), (a - b).abs());
    let x = gap * s;
    let tail = if slow == 0.0 { 1.0 } else { exp(-slow * s) };
    if x == 0.0 { s * tail } else { tail * (-exp_m1(-x) / gap) }
}

/// Writes `phi[l0](s), phi[l0, l1](s), .., phi[l0..ln](s)` for the given rates.
pub(super) fn prefixes(rates: &[f64], s: f64, out: &mut [f64; LONGEST]) {
    match *rates {
        [] => {}
        [a] => out[0] = exp(-a * s),
        [a, b] => (out[0], out[1]) = (exp(-a * s), pair(a, b, s)),
        [_, _, _] => row::<3>(rates, s, out),
        [_, _, _, _] => row::<4>(rates, s, out),
        _ => row::<LONGEST>(rates, s, out),
    }
}

/// Writes the first row of a table, which is no larger than it has to be.
fn row<const N: usize>(rates: &[f64], s: f64, out: &mut [f64; LONGEST]) {
    let table = Table::<N>::new(rates, s);
    out[..N].copy_from_slice(&table.0[0]);
}

/// The value of one chain.
pub(super) fn chain(rates: &[f64], s: f64) -> f64 {
    let mut out = [0.0; LONGEST];
    prefixes(rates, s, &mut out);
    out[rates.len().clamp(1, LONGEST) - 1]
}

/// An upper bound of a chain on `[0, s]`; `s` may be infinite.
///
/// Convolving with `e^{-l x}` multiplies the largest value by at most the integral of the
/// exponential, which is at most `1 / l` and at most `s`. The slowest rate gives the first factor, 1.
pub(super) fn peak(rates: &[f64], s: f64) -> f64 {
    let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
    let mut skipped = false;
    rates.iter().fold(1.0, |bound, &rate| {
        if rate <= slowest && !skipped {
            skipped = true;
            return bound;
        }
        bound * s.min(1.0 / rate)
    })
}

/// `phi[li..lj](s)` for all `i <= j`: the exponential of the matrix with `-l` on its diagonal and 1
/// beside it.
///
/// `N` is at least the number of rates; what is beyond them means nothing.
struct Table<const N: usize>([[f64; N]; N]);

impl<const N: usize> Table<N> {
    /// Taylor's series for a time that is short against all differences of rates, then doubling.
    ///
    /// Both only ever add positive numbers: rates are taken relative to the slowest one, and in the
    /// series relative to the fastest one (the exponential of what was taken away is a factor).
    fn new(rates: &[f64], s: f64) -> Self {
        let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
        let mut relative = [0.0; N];
        for (to, rate) in relative.iter_mut().zip(rates) {
            *to = rate - slowest;
        }
        let relative = &relative[..rates.len().min(N)];
        let spread = relative.iter().copied().fold(0.0, f64::max);
        let mut doublings = 0;
        let mut step = s;
        while spread * step > 1.0 && doublings < 1100 {
            step *= 0.5;
            doublings += 1;
        }
        let mut table = Self::series(relative, spread, step);
        for _ in 0..doublings {
            step *= 2.0;
            table = table.doubled(relative, step);
        }
        table.scale(exp(-slowest * s));
        table
    }

    /// The series for `spread * step <= 1`; 20 terms leave less than a rounding.
    fn series(rates: &[f64], spread: f64, step: f64) -> Self {
        let len = rates.len();
        let mut term = [[0.0; N]; N];
        for (i, row) in term.iter_mut().enumerate() {
            row[i] = 1.0;
        }
        let mut sum = Self(term);
        for k in 1..20 + len {
            let factor = 1.0 / k as f64;
            #[expect(clippy::needless_range_loop, reason = "rows of two tables side by side")]
            for i in 0..len {
                // From the right, so that each entry still sees its left neighbour of order k - 1.
                for j in (i..len).rev() {
                    let beside = if j > i { term[i][j - 1] * step } else { 0.0 };
                    term[i][j] = (term[i][j] * (spread - rates[j]) * step + beside) * factor;
                    sum.0[i][j] += term[i][j];
                }
            }
        }
        sum.scale(exp(-spread * step));
        sum
    }

    /// The table for twice the time, which is `step`.
    ///
    /// The diagonal is taken afresh: squaring it would double its relative error each time.
    fn doubled(&self, rates: &[f64], step: f64) -> Self {
        let len = rates.len();
        let mut twice = [[0.0; N]; N];
        #[expect(clippy::needless_range_loop, reason = "entries are sums over rows and columns")]
        for i in 0..len {
            twice[i][i] = exp(-rates[i] * step);
            for j in i + 1..len {
                twice[i][j] = (i..=j).map(|k| self.0[i][k] * self.0[k][j]).sum();
            }
        }
        Self(twice)
    }

    fn scale(&mut self, factor: f64) {
        self.0.as_flattened_mut().iter_mut().for_each(|entry| *entry *= factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 4e-15, "{found:e} is not {expected:e}");
    }

    #[test]
    fn chains_of_equal_rates_are_powers_over_factorials() {
        assert_close(chain(&[50.0; 2], 0.03), 0.03 * exp(-1.5));
        assert_close(chain(&[50.0; 3], 0.03), 0.00045 * exp(-1.5));
        assert_close(chain(&[0.0; 5], 0.3), 0.3_f64.powi(4) / 24.0);
    }

    #[test]
    fn chains_of_distant_rates_are_partial_fractions() {
        let (a, b, c, s) = (1.0, 10.0, 100.0, 0.7);
        let expected = exp(-a * s) / ((b - a) * (c - a))
            + exp(-b * s) / ((a - b) * (c - b))
            + exp(-c * s) / ((a - c) * (b - c));
        assert_close(chain(&[a, b, c], s), expected);
        assert_close(chain(&[c, a, b], s), expected);
        assert_close(chain(&[0.0, 1e6], 1.0), 1e-6);
        assert_close(chain(&[0.0, 1e6, 3e6], 1.0), 1e-6 / 3e6);
    }

    #[test]
    fn nearly_equal_rates_agree_with_the_expansion_around_equality() {
        // phi[l, l + d](s) = s e^{-l s} (1 - d s / 2 + ..); phi[l, l, l + d] = s^2/2 e^{-l s} (1 - d s / 3 + ..)
        let (l, d, s) = (100.0, 1e-9, 0.02);
        assert_close(chain(&[l, l + d], s), s * exp(-l * s) * (1.0 - d * s / 2.0));
        assert_close(chain(&[l, l, l + d], s), s * s / 2.0 * exp(-l * s) * (1.0 - d * s / 3.0));
    }

    #[test]
    fn time_moves_on_by_leibniz_rule() {
        let rates = [30.0, 30.0, 31.0, 500.0];
        let (d, s) = (0.011, 0.023);
        let moved: f64 = (0..4).map(|k| chain(&rates[..=k], d) * chain(&rates[k..], s)).sum();
        assert_close(moved, chain(&rates, d + s));
    }

    #[test]
    fn the_bound_holds() {
        for s in [1e-4, 1e-3, 0.1, 10.0] {
            for rates in [&[0.0, 20.0][..], &[5.0, 7.0, 9.0], &[0.0, 0.0, 3.0]] {
                assert!(chain(rates, s) <= peak(rates, s), "{rates:?} at {s}");
            }
        }
    }

    #[test]
    fn a_table_knows_suffixes_and_extensions() {
        let bits = |rates: &[f64]| rates.iter().map(|r| r.to_bits()).collect::<Rates>();
        let table = Chains::new(&[bits(&[2.0, 3.0])].into());
        assert_eq!(table.rates(CONSTANT), [0.0]);
        let single = table.single(2.0).unwrap();
        let long = table.extended(single, &[3.0]).unwrap();
        assert_eq!(table.rates(long), [2.0, 3.0]);
        assert_eq!(table.suffix(long), table.single(3.0));
        assert_eq!(table.extended(long, &[3.0]), None);
    }
}
