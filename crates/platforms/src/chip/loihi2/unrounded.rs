//! Loihi 2 without roundings: Lava's Dense and LIF processes, each Dense one step late.

use nirkit_engine::clocked::semantics::rule::{Fold, Rest, Rule, Stage, Term, Terms};
use nirkit_engine::clocked::semantics::{Maps, Neurons};

use super::super::unrounded::{KEEP, LATE, PLAIN, profile};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::Profile;

/// The chip without roundings.
pub(in crate::chip) const UNROUNDED: Profile = Profile {
    capabilities: CAPABILITIES,
    ..profile(
        ("loihi2", "0.10.0"),
        &Neurons { r#if: Some(IF), lif: Some(LIF), cuba_lif: Some(CUBA_LIF), ..Neurons::NONE },
        Maps { truth_only: true, ..LATE },
        &[
            "Affine",
            "Linear",
            "Conv1d",
            "Conv2d",
            "Scale",
            "SumPool2d",
            "AvgPool2d",
            "Flatten",
            "IF",
            "LIF",
            "CubaLIF",
            "NIRGraph",
        ],
    )
};

const IF: Rule = Rule { fold: Fold::Weights(Terms::of(&[Term::R])), ..PLAIN };

/// `v = (1 - dt / tau) v + x`, with weights times `r dt / tau`.
const LIF: Rule = Rule {
    membrane: Stage { rest: Rest::Pull, ..KEEP },
    fold: Fold::Weights(Terms::of(&[Term::R, Term::Membrane])),
    ..PLAIN
};

/// `u = (1 - dt / tau_syn) u + x`, then `v = (1 - dt / tau_mem) v + u`.
const CUBA_LIF: Rule = Rule {
    synapse: Some(KEEP),
    fold: Fold::Weights(Terms::of(&[Term::WIn, Term::Synapse, Term::R, Term::Membrane])),
    ..LIF
};

const CAPABILITIES: &[Capability] = &[
    of("IF", &[]),
    of("LIF", &[uniform("tau"), short("tau")]),
    of("CubaLIF", &[uniform("tau_mem"), uniform("tau_syn"), short("tau_mem"), short("tau_syn")]),
];

const fn of(kind: &'static str, demands: &'static [Demand]) -> Capability {
    Capability { kind, becomes: "", demands, notes: &[], evidence: "" }
}

/// A population has one decay.
const fn uniform(field: &'static str) -> Demand {
    Demand::new(Requirement::Uniform(field), "")
}

/// A state cannot lose more than itself.
const fn short(field: &'static str) -> Demand {
    Demand::new(Requirement::AtLeastSteps(field, 1.0), "")
}
