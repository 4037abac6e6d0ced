//! Factors, and gains as products of them.

use serde::{Deserialize, Serialize};

/// A factor of a gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// The parameter `r`.
    R,
    /// The parameter `w_in`.
    WIn,
    /// `dt / tau` of the membrane.
    Membrane,
    /// `dt / tau_syn`.
    Synapse,
    /// `1 / v_threshold`.
    PerThreshold,
    /// `1 / dt`.
    PerStep,
    /// `1 - exp(-dt / tau)` of the membrane: what a constant input of 1 adds to a voltage of 0 in a
    /// step of the exact solution.
    Share,
    /// What a synaptic current of 1 adds to a voltage in a step of the exact solution, by time constants in milliseconds and
    /// with the power series of `e^x - 1` up to `ln 2`.
    Propagator,
}

impl Term {
    /// Every factor, in the order in which a product takes them.
    pub const ALL: [Self; 8] = [
        Self::R,
        Self::WIn,
        Self::Membrane,
        Self::Synapse,
        Self::PerThreshold,
        Self::PerStep,
        Self::Share,
        Self::Propagator,
    ];
}

/// A product of factors, each at most once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<Term>", try_from = "Vec<Term>")]
pub struct Terms(u8);

impl From<Terms> for Vec<Term> {
    fn from(terms: Terms) -> Self {
        terms.iter().collect()
    }
}

impl TryFrom<Vec<Term>> for Terms {
    type Error = String;

    fn try_from(terms: Vec<Term>) -> Result<Self, String> {
        let product = Self::of(&terms);
        if product.iter().count() == terms.len() {
            return Ok(product);
        }
        Err("a factor stands twice in the product".to_owned())
    }
}

impl Terms {
    /// No factor: a gain of 1.
    pub const NONE: Self = Self(0);

    /// The product of these factors.
    #[must_use]
    pub const fn of(terms: &[Term]) -> Self {
        let mut set = 0;
        let mut at = 0;
        while at < terms.len() {
            set |= 1 << terms[at] as u8;
            at += 1;
        }
        Self(set)
    }

    /// Whether a factor is in the product.
    #[must_use]
    pub fn contains(self, term: Term) -> bool {
        self.0 & Self::of(&[term]).0 != 0
    }

    /// The product with a factor, or without it.
    #[must_use]
    pub fn set(self, term: Term, present: bool) -> Self {
        let bit = Self::of(&[term]).0;
        Self(if present { self.0 | bit } else { self.0 & !bit })
    }

    /// The product of both, a factor in both counting once.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The factors.
    pub fn iter(self) -> impl Iterator<Item = Term> {
        Term::ALL.into_iter().filter(move |&term| self.contains(term))
    }
}
