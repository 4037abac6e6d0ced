//! Loihi 2 without roundings: Lava's Dense and LIF processes, each Dense one step late.

use nirkit_engine::clocked::semantics::rule::{Fold, Rest, Rule, Stage, Term, Terms};
use nirkit_engine::clocked::semantics::{Maps, Neurons};

use super::super::unrounded::{KEEP, LATE, lasts_a_step, profile, takes};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::Profile;
use crate::simulator::PLAIN_RULE;

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

const IF: Rule = Rule { fold: Fold::Weights(Terms::of(&[Term::R])), ..PLAIN_RULE };

/// `v = (1 - dt / tau) v + x`, with weights times `r dt / tau`.
const LIF: Rule = Rule {
    membrane: Stage { rest: Rest::Pull, ..KEEP },
    fold: Fold::Weights(Terms::of(&[Term::R, Term::Membrane])),
    ..PLAIN_RULE
};

/// `u = (1 - dt / tau_syn) u + x`, then `v = (1 - dt / tau_mem) v + u`.
const CUBA_LIF: Rule = Rule {
    synapse: Some(KEEP),
    fold: Fold::Weights(Terms::of(&[Term::WIn, Term::Synapse, Term::R, Term::Membrane])),
    ..LIF
};

const CAPABILITIES: &[Capability] = &[
    takes("IF", &[]),
    takes("LIF", &[uniform("tau"), lasts_a_step("tau")]),
    takes(
        "CubaLIF",
        &[uniform("tau_mem"), uniform("tau_syn"), lasts_a_step("tau_mem"), lasts_a_step("tau_syn")],
    ),
];

/// A population has one decay.
const fn uniform(field: &'static str) -> Demand {
    Demand::new(Requirement::Uniform(field), "")
}
