//! Xylo without roundings: Rockpool's neurons, with decays by shifts, which are Euler's for powers of two.

use nirkit_engine::clocked::Comparison;
use nirkit_engine::clocked::semantics::rule::{Fire, Form, Rest, Rule, Spikes, Stage};
use nirkit_engine::clocked::semantics::{Maps, Neurons};
use nirkit_run::Reset;

use super::super::unrounded::{KEEP, profile, takes};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::Profile;
use crate::simulator::{FIRE_TO_ZERO, PLAIN_RULE};

/// The chip without roundings.
pub(in crate::chip) const UNROUNDED: Profile = Profile {
    capabilities: CAPABILITIES,
    ..profile(
        ("xylo", "syns61201"),
        &Neurons { cuba_lif: Some(CUBA_LIF), ..Neurons::NONE },
        Maps::PLAIN,
        &["Affine", "Linear", "CubaLIF", "NIRGraph"],
    )
};

/// `i = (1 - dt / tau_syn) (i + x)`, then `v = (1 - dt / tau_mem) v + i + v_leak`; gains are not read.
const CUBA_LIF: Rule = Rule {
    synapse: Some(Stage { form: Form::KeepBoth, ..KEEP }),
    membrane: Stage { rest: Rest::Bias, ..KEEP },
    fire: Some(Fire {
        comparison: Comparison::AtLeast,
        spikes: Spikes::Several(31.0),
        reset: Reset::Subtract,
        ..FIRE_TO_ZERO
    }),
    ..PLAIN_RULE
};

/// A shift of 0 leaves nothing of a state, and 15 is the longest.
const CAPABILITIES: &[Capability] = &[
    takes(
        "CubaLIF",
        &[
            Demand::new(Requirement::AtLeastSteps("tau_mem", 2.0), ""),
            Demand::new(Requirement::AtMostSteps("tau_mem", 32_768.0), ""),
            Demand::new(Requirement::AtLeastSteps("tau_syn", 2.0), ""),
            Demand::new(Requirement::AtMostSteps("tau_syn", 32_768.0), ""),
        ],
    ),
    // The biases of maps are dropped.
    takes("Affine", &[Demand::new(Requirement::Zero("bias"), "")]),
];
