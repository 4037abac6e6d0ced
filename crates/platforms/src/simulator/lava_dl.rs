//! lava-dl (slayer), through the converter of the NIR paper: integer states with 12-bit decay.

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{
    Fixed, Form, Format, Grid, Leak, Ratio, Rule, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Semantics, Time, Unknown, UnknownNodePolicy,
};

use super::{PLAIN_RULE, SUM};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions.
pub const VERSIONS: &[&Profile] = &[&RELEASE, &PAPER];

const RELEASE: Profile = Profile {
    name: "lava-dl",
    version: "d825ac5",
    package: "lava-dl at commit d825ac5 with torch 2.15.0 and the converter of the NIR paper",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Option(1e-4),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "ValueError: Unknown node type: {kind}",
    big_endian: None,
    semantics: Semantics {
        time: Time::Step(1e-4),
        precision: Precision::F32,
        execution: Execution::PLAIN,
        maps: Maps { recurrent_bias: false, recurrent_grid: Some(EIGHT_BIT), ..Maps::PLAIN },
        neurons: Neurons {
            r#if: Some(IF),
            cuba_lif: Some(cuba_lif(Some(EIGHT_BIT))),
            ..Neurons::NONE
        },
        unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
    },
};

/// What the authors of the NIR paper ran, before weights inside a block were rounded.
const PAPER: Profile = Profile {
    version: "paper",
    package: "lava-dl as of the NIR paper, with the paper's converter",
    evidence: "the stored activity of a Braille network, every spike equal",
    semantics: Semantics {
        maps: Maps { recurrent_grid: None, ..RELEASE.semantics.maps },
        neurons: Neurons { cuba_lif: Some(cuba_lif(None)), ..RELEASE.semantics.neurons },
        ..RELEASE.semantics
    },
    ..RELEASE
};

const KNOWN: &[&str] =
    &["Affine", "Linear", "Conv2d", "SumPool2d", "Flatten", "IF", "LIF", "CubaLIF"];

/// `quantize_8bit`: multiples of 2/64 from -256/64 to 254/64.
const EIGHT_BIT: Grid = Grid { step: 0.03125, low: -4.0, high: 3.96875 };

/// The current keeps nothing, the voltage everything.
const IF: Rule = Rule {
    synapse: Some(Stage { leak: Leak::Fixed(0.0), ..SUM }),
    fixed: Some(Fixed { scale: 4096.0, gain_grid: None }),
    ..PLAIN_RULE
};

/// `u = u (4096 - round(4096 dt / tau_syn)) / 4096 + w_in dt / tau_syn x`, the voltage likewise.
const fn cuba_lif(gain_grid: Option<Grid>) -> Rule {
    const EULER: Leak = Leak::Euler(Ratio::Quotient, Format::Stored);
    const KEEP: Stage = Stage { form: Form::Keep, leak: EULER, ..SUM };
    Rule {
        synapse: Some(Stage { gain: Terms::of(&[Term::WIn, Term::Synapse]), ..KEEP }),
        membrane: KEEP,
        fixed: Some(Fixed { scale: 64.0, gain_grid }),
        ..PLAIN_RULE
    }
}

const IMPORT: &str = "paper/nir_to_lava.py; lava/lib/dl/slayer/neuron/cuba.py";

const ONE_THRESHOLD: Demand =
    Demand::new(Requirement::Uniform("v_threshold"), "the threshold is one number for a block");

const CAPABILITIES: &[Capability] = &[
    plain("Affine", "slayer.synapse.Dense"),
    Capability {
        demands: &[Demand::new(
            Requirement::Never,
            "TypeError: zeros_like(): argument 'input' must be Tensor, not tuple",
        )],
        ..plain("Linear", "slayer.synapse.Dense")
    },
    Capability {
        demands: &[Demand::new(Requirement::Zero("bias"), "AssertionError: bias not supported")],
        ..plain("Conv2d", "slayer.synapse.Conv")
    },
    plain("SumPool2d", "slayer.synapse.Pool"),
    plain("Flatten", "Flatten"),
    Capability {
        demands: &[ONE_THRESHOLD],
        notes: &[
            "integer states in units of 1/262144",
            "a voltage of exactly the threshold spikes, for the margin is lost in single precision",
        ],
        ..plain("IF", "slayer.block.cuba with current decay 1")
    },
    Capability {
        demands: &[Demand::new(
            Requirement::Never,
            "NotImplementedError: LIF not implemented yet in lava-dl",
        )],
        ..plain("LIF", "nothing")
    },
    Capability {
        demands: &[
            ONE_THRESHOLD,
            Demand::new(Requirement::Equals("v_leak", 0.0), "AssertionError: v_leak must be 0"),
            Demand::new(Requirement::UnitGain("r", "tau_mem"), "AssertionError: r is not tau/dt"),
            Demand::new(Requirement::Uniform("tau_syn"), "AssertionError: tau_syn differs"),
            Demand::new(Requirement::Uniform("tau_mem"), "AssertionError: tau_mem differs"),
            Demand::mended(
                Requirement::ExactlyOutsideCycles(7),
                "RuntimeError: the block has 7 neurons, whatever the graph says",
            ),
        ],
        notes: &["integer states in units of 1/4096"],
        ..plain("CubaLIF", "slayer.block.cuba")
    },
];

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
