//! NEST, for which there is no reader of NIR: a network is what `nir lower --platform nest` hands over. Neurons are
//! integrated exactly on the grid, spikes are impulses, and every connection takes a step or more.

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Height, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Stage,
    Term, Terms, Test,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy, Wiring,
};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_run::Reset;

use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions.
pub const VERSIONS: &[&Profile] = &[&RELEASE];

const RELEASE: Profile = Profile {
    name: "nest",
    version: "3.10.0",
    package: "nest-simulator 3.10.0 (x86-64) with the network that nir lower hands over",
    evidence: "recordings of the released package, every spike equal",
    dt: Dt::Option(1e-4),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "NEST has no model for {kind}",
    big_endian: None,
    semantics: Semantics {
        time: Time::Step(1e-4),
        precision: Precision::F64,
        execution: Execution::PLAIN,
        maps: Maps { wiring: Wiring::Connections, ..Maps::PLAIN },
        neurons: Neurons {
            li: Some(LI),
            lif: Some(LIF),
            cuba_lif: Some(CUBA_LIF),
            ..Neurons::NONE
        },
        unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
    },
};

const KNOWN: &[&str] = &[
    "Affine",
    "Linear",
    "Scale",
    "Conv1d",
    "Conv2d",
    "SumPool2d",
    "AvgPool2d",
    "Flatten",
    "Delay",
    "NIRGraph",
    "LI",
    "LIF",
    "CubaLIF",
];

/// `t_ref = 0`: a neuron whose voltage is at the threshold or above it spikes, and starts again from `v_reset`.
const FIRE: Fire = Fire {
    test: Test::After,
    comparison: Comparison::AtLeast,
    spikes: Spikes::One,
    reset: Reset::VReset,
    timing: ResetTiming::AtOnce,
    floor: Floor::None,
    height: Height::One,
    zero_feedback: false,
};

/// `v = (P33 v + P30 (v_leak + r b)) + x`, with `C_m` as many pF as `tau_m` has ms. A spike is an impulse of area `dt`: it
/// adds `r w dt / tau`.
const LIF: Rule = Rule {
    synapse: None,
    membrane: Stage {
        form: Form::Charge,
        leak: Leak::Nearest(Ratio::Milliseconds),
        gain: Terms::NONE,
        rest: Rest::PullByTau,
    },
    fold: Fold::Weights(Terms::of(&[Term::R, Term::Membrane])),
    fan_in: FanIn::Joined,
    first_only: &[],
    normalised: false,
    fire: Some(FIRE),
    fixed: None,
};

/// The same without a threshold.
const LI: Rule = Rule { fire: None, ..LIF };

/// `v = (P22 v + P20 v_leak) + P21 i`, then `i = P11 i + x`: the current of a spike is there from the next step on.
const CUBA_LIF: Rule = Rule {
    synapse: Some(Stage {
        form: Form::Late,
        leak: Leak::Apart(Ratio::Milliseconds),
        gain: Terms::NONE,
        rest: Rest::Ignored,
    }),
    membrane: Stage { gain: Terms::of(&[Term::Propagator]), rest: Rest::Pull, ..LIF.membrane },
    fold: Fold::Weights(Terms::of(&[Term::R, Term::WIn, Term::Synapse])),
    ..LIF
};

/// NEST counts time in tics of a microsecond.
const STEP: Demand = Demand::new(
    Requirement::WholeMicroseconds,
    "The resolution must be a multiple of the tic, which is a microsecond",
);

const LEVELS: Demand = Demand::new(
    Requirement::Below("v_reset", "v_threshold"),
    "Reset potential must be smaller than threshold.",
);

/// Only spikes leave a neuron of NEST.
const VOLTAGE: Demand =
    Demand::new(Requirement::Last, "a voltage is recorded, and drives no other neuron");

const IMPULSE: &str = "a spike is an impulse of area dt";
const AT_THRESHOLD: &str = "spikes at the threshold and above it";
const CURRENT: &str = "v_leak and biases are a constant current";
const PRODUCT: &str = "part of the weight of a connection, of a step or more";

const CAPABILITIES: &[Capability] = &[
    Capability { notes: &[PRODUCT], ..plain("Affine", "connections and a constant current") },
    Capability { notes: &[PRODUCT], ..plain("Linear", "connections") },
    Capability { notes: &[PRODUCT], ..plain("Scale", "connections") },
    Capability { notes: &[PRODUCT], ..plain("Conv1d", "connections and a constant current") },
    Capability { notes: &[PRODUCT], ..plain("Conv2d", "connections and a constant current") },
    Capability { notes: &[PRODUCT], ..plain("SumPool2d", "connections") },
    Capability { notes: &[PRODUCT], ..plain("AvgPool2d", "connections") },
    plain("Flatten", "nothing"),
    plain("NIRGraph", "what stands in it"),
    Capability {
        notes: &["the nearest number of steps, at least 1"],
        ..plain("Delay", "the delay of connections")
    },
    Capability {
        demands: &[STEP, VOLTAGE],
        notes: &[IMPULSE, CURRENT],
        ..plain("LI", "iaf_psc_delta without a threshold")
    },
    Capability {
        demands: &[STEP, LEVELS],
        notes: &[IMPULSE, AT_THRESHOLD, CURRENT],
        ..plain("LIF", "iaf_psc_delta(t_ref=0)")
    },
    Capability {
        demands: &[STEP, LEVELS],
        notes: &[
            IMPULSE,
            AT_THRESHOLD,
            "one step later than its input",
            "isyn is r i, and a bias is a spike in each step",
            "a tau_syn that equals tau_mem is one unit in the last place longer",
        ],
        ..plain("CubaLIF", "iaf_psc_exp_multisynapse(t_ref=0) with one receptor")
    },
];

const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: "nir lower --platform nest" }
}
