//! SpiNNaker 2 without roundings: py-spinnaker2's neurons, each spike one step late.

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{Fire, Rest, Rule, Stage, Term, Terms};
use nirkit_engine::clocked::semantics::{Neurons, Semantics};
use nirkit_run::Reset;

use super::super::unrounded::{KEEP, LATE, lasts_a_step, profile, takes};
use crate::capability::Capability;
use crate::profile::Profile;
use crate::simulator::{FIRE_TO_ZERO, PLAIN_RULE, SUM};

/// The chip without roundings.
pub(in crate::chip) const UNROUNDED: Profile = {
    let whole = profile(
        ("spinnaker2", "paper"),
        &Neurons { r#if: Some(IF), lif: Some(LIF), cuba_lif: Some(CUBA_LIF), ..Neurons::NONE },
        LATE,
        &[
            "Affine",
            "Linear",
            "Conv2d",
            "SumPool2d",
            "AvgPool2d",
            "Flatten",
            "IF",
            "LIF",
            "CubaLIF",
            "NIRGraph",
        ],
    );
    Profile {
        capabilities: CAPABILITIES,
        free_reset: &["IF", "LIF", "CubaLIF"],
        semantics: Semantics { precision: Precision::F32, ..whole.semantics },
        ..whole
    }
};

const FIRE: Fire = Fire { reset: Reset::Subtract, ..FIRE_TO_ZERO };

const IF: Rule =
    Rule { membrane: Stage { gain: Terms::of(&[Term::R]), ..SUM }, fire: Some(FIRE), ..PLAIN_RULE };

/// `v = (1 - dt / tau) v + (dt / tau) r x`, and `v_leak` as an offset.
const LIF: Rule = Rule {
    membrane: Stage { gain: Terms::of(&[Term::R, Term::Membrane]), rest: Rest::Pull, ..KEEP },
    ..IF
};

/// `i = (1 - dt / tau_syn) i + (dt / tau_syn) w_in x` before the membrane of the LIF.
const CUBA_LIF: Rule =
    Rule { synapse: Some(Stage { gain: Terms::of(&[Term::WIn, Term::Synapse]), ..KEEP }), ..LIF };

const CAPABILITIES: &[Capability] = &[
    takes("IF", &[]),
    takes("LIF", &[lasts_a_step("tau")]),
    takes("CubaLIF", &[lasts_a_step("tau_mem"), lasts_a_step("tau_syn")]),
];
