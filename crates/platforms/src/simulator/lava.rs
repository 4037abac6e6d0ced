//! Lava in floating point: `Dense` and `LIF` processes, each `Dense` one step late, gains folded into
//! its weights.

use nirkit_engine::clocked::semantics::rule::{
    Fold, Form, Format, Leak, Ratio, Rest, Rule, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Precision, Timing};

use super::{PLAIN_RULE, SUM};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions.
pub const VERSIONS: &[&Profile] = &[&RELEASE, &PAPER];

const RELEASE: Profile = Profile {
    name: "lava",
    version: "0.10.0",
    package: "lava-nc 0.10.0, processes put together as the NIR paper's converter does",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Option(1e-4),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "ValueError: Unknown node type: {kind}",
    big_endian: None,
    semantics: Semantics {
        time: Time::Step(1e-4),
        precision: Precision::F64,
        execution: Execution { doubled: Some(TWICE), ..Execution::PLAIN },
        maps: Maps { arrival: Timing::Next, truth_only: true, ..Maps::PLAIN },
        neurons: Neurons {
            r#if: Some(PLAIN_RULE),
            lif: Some(LIF),
            lone_lif: Some(LONE_LIF),
            cuba_lif: Some(CUBA_LIF),
            ..Neurons::NONE
        },
        unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
    },
};

/// A connection of a port can be made once.
const TWICE: &str =
    "DuplicateConnectionError: (DuplicateConnectionError(...), 'Cannot connect same ports twice.')";

/// What the authors of the NIR paper ran: one step earlier than the release of today.
const PAPER: Profile = Profile {
    version: "paper",
    package: "lava-nc as of the NIR paper, with the paper's converter",
    evidence: "the stored voltages and spikes of a single LIF",
    semantics: Semantics {
        maps: Maps { arrival: Timing::Same, ..RELEASE.semantics.maps },
        ..RELEASE.semantics
    },
    ..RELEASE
};

const KNOWN: &[&str] = &["Affine", "Linear", "IF", "LIF", "CubaLIF"];

/// `1 - dt / tau`.
const EULER: Leak = Leak::Euler(Ratio::Quotient, Format::Double);
const KEEP: Stage = Stage { form: Form::Keep, leak: EULER, ..SUM };

/// `v = (1 - dt / tau) v + x` with the weights multiplied by `r dt / tau`.
const LIF: Rule = Rule {
    membrane: KEEP,
    fold: Fold::Weights(Terms::of(&[Term::R, Term::Membrane])),
    ..PLAIN_RULE
};

/// What the converter makes of a single neuron: a `Dense` of its own for `dt / tau`, without `r`.
const LONE_LIF: Rule = Rule {
    membrane: Stage {
        leak: Leak::Euler(Ratio::Quotient, Format::Stored),
        rest: Rest::Ignored,
        ..KEEP
    },
    fold: Fold::Relay(Terms::of(&[Term::Membrane])),
    ..PLAIN_RULE
};

/// `u = (1 - dt / tau_syn) u + x`, then `v = (1 - dt / tau_mem) v + u`.
const CUBA_LIF: Rule = Rule {
    synapse: Some(KEEP),
    fold: Fold::Weights(Terms::of(&[Term::WIn, Term::Synapse, Term::R, Term::Membrane])),
    ..LIF
};

const IMPORT: &str = "paper/nir_to_lava.py; lava/proc/lif/models.py, lava/proc/dense/models.py";

const ONE_THRESHOLD: Demand = Demand::new(
    Requirement::Uniform("v_threshold"),
    "ValueError: vth is one number for a population",
);

/// The population has the size of the field.
const AS_MANY: Demand = Demand::new(
    Requirement::AsManyNumbers("v_threshold"),
    "AssertionError: Shapes (…) and (…) are incompatible.",
);

/// A neuron waits for its input before it puts out; a `Dense` puts out first.
const WAITS: Demand = Demand::or_never_ends(
    Requirement::MatrixInCycle,
    "the first step never ends: each process waits for what another one puts out",
);

const CAPABILITIES: &[Capability] = &[
    Capability {
        notes: &["one step late; an input counts as 1 if it is not 0"],
        ..plain("Affine", "Dense, the bias as a channel that is always on")
    },
    Capability {
        notes: &["one step late; an input counts as 1 if it is not 0"],
        ..plain("Linear", "Dense")
    },
    Capability { demands: &[ONE_THRESHOLD, AS_MANY, WAITS], ..plain("IF", "LIF(du=1, dv=0)") },
    Capability {
        demands: &[
            ONE_THRESHOLD,
            AS_MANY,
            WAITS,
            Demand::new(
                Requirement::Uniform("tau"),
                "ValueError: dv is one number for a population",
            ),
        ],
        notes: &["a single neuron gets a second Dense, and one more step of delay"],
        ..plain("LIF", "LIF(du=1)")
    },
    Capability {
        demands: &[
            ONE_THRESHOLD,
            AS_MANY,
            WAITS,
            Demand::new(
                Requirement::Uniform("tau_syn"),
                "ValueError: du is one number for a population",
            ),
            Demand::new(
                Requirement::Uniform("tau_mem"),
                "ValueError: dv is one number for a population",
            ),
        ],
        ..plain("CubaLIF", "LIF")
    },
];

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
