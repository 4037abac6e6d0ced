//! How a class is read from what leaves a network, step by step.

use std::fmt;
use std::str::FromStr;

use nirkit_step::{Number, Program};

use crate::Vectors;

/// How a class is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Readout {
    /// The channel with most spikes.
    Count,
    /// The channel that spikes first.
    First,
    /// The channel with the largest number of all steps.
    Voltage,
}

impl Readout {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Count, Self::First, Self::Voltage];

    /// Returns the name, as options have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::First => "first",
            Self::Voltage => "voltage",
        }
    }
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Readout {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|readout| readout.name() == name);
        found.ok_or_else(|| format!("`{name}` is no readout: give `count`, `first` or `voltage`"))
    }
}

/// A readout of a probe.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadoutOf {
    /// How the class is read.
    pub readout: Readout,
    /// The name of the probe.
    pub probe: String,
    /// For integers whose channels have scales of their own, what each is multiplied by.
    pub factors: Option<Vec<i64>>,
}

/// Bits of the factors that bring channels to one scale.
const FACTOR_BITS: i32 = 30;

impl ReadoutOf {
    /// A readout of a probe whose numbers have these scales: one, or one for each channel.
    #[must_use]
    pub fn new(readout: Readout, probe: &str, scales: &[f64]) -> Self {
        let least = scales.iter().copied().fold(f64::INFINITY, f64::min);
        let differ = scales.iter().any(|&scale| scale > least);
        let factor = |scale: &f64| (2_f64.powi(FACTOR_BITS) * least / scale).round() as i64;
        let factors =
            (readout == Readout::Voltage && differ).then(|| scales.iter().map(factor).collect());
        Self { readout, probe: probe.to_owned(), factors }
    }

    /// The place of the probe.
    pub(crate) fn place(&self, program: &Program) -> Option<usize> {
        program.probes.iter().position(|probe| probe.name == self.probe)
    }

    /// The class that is read of vectors; the lowest of several.
    pub(crate) fn class(&self, program: &Program, vectors: &Vectors) -> Option<usize> {
        let at = self.place(program)?;
        let numbers = &vectors.probes[at];
        let len = program.buffers[program.probes[at].buffer.0].len();
        let number = |step: usize, channel: usize| numbers.get(step * len + channel);
        let steps = 0..vectors.steps;
        let score = |channel: usize| match self.readout {
            Readout::Count => {
                let counts = steps.clone().map(|step| number(step, channel).to_f64());
                i128::from(counts.sum::<f64>() as i64)
            }
            Readout::First => {
                let mut steps = steps.clone();
                let first = steps.find(|&step| !number(step, channel).is_zero());
                -first.map_or(i128::from(u32::MAX), |step| step as i128)
            }
            Readout::Voltage => {
                let all = steps.clone().map(|step| match number(step, channel) {
                    Number::I64(x) => {
                        let factor = self.factors.as_ref().map_or(1, |factors| factors[channel]);
                        i128::from(x) * i128::from(factor)
                    }
                    x => ordered(x.to_f64()),
                });
                all.max().unwrap_or(i128::MIN)
            }
        };
        let mut best = 0;
        for channel in 1..len {
            if score(channel) > score(best) {
                best = channel;
            }
        }
        Some(best)
    }
}

/// An integer that has the order of floats.
fn ordered(x: f64) -> i128 {
    let bits = i128::from((x + 0.0).abs().to_bits());
    if x < 0.0 { -bits } else { bits }
}
