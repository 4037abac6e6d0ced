//! Speck without roundings: sinabs' integrate-and-fire neurons.

use nirkit_engine::clocked::Comparison;
use nirkit_engine::clocked::semantics::rule::{Fire, Floor, Rule, Spikes};
use nirkit_engine::clocked::semantics::{Maps, Neurons};
use nirkit_run::Reset;

use super::super::unrounded::profile;
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::Profile;
use crate::simulator::{FIRE_TO_ZERO, PLAIN_RULE};

/// The chip without roundings.
pub(in crate::chip) const UNROUNDED: Profile = Profile {
    capabilities: CAPABILITIES,
    ..profile(
        ("speck", "2f"),
        &Neurons { r#if: Some(IF), ..Neurons::NONE },
        Maps::PLAIN,
        &["Affine", "Linear", "Conv2d", "IF", "SumPool2d", "AvgPool2d", "Flatten"],
    )
};

/// As many spikes as thresholds fit into the voltage, which never falls below the negative threshold.
const IF: Rule = Rule {
    fire: Some(Fire {
        comparison: Comparison::AtLeast,
        spikes: Spikes::Quotient,
        reset: Reset::Subtract,
        floor: Floor::MinusThreshold,
        ..FIRE_TO_ZERO
    }),
    ..PLAIN_RULE
};

const CAPABILITIES: &[Capability] = &[Capability {
    kind: "IF",
    becomes: "",
    demands: &[Demand::new(Requirement::Uniform("v_threshold"), "")],
    notes: &[],
    evidence: "",
}];
