//! Nengo, through the converter of the NIR paper: double precision, exact decay for a constant
//! input, voltages in units of the threshold and never below 0.

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{
    Fire, Floor, Form, Format, Height, Leak, Ratio, Rest, Rule, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{
    Dilation, Execution, Maps, Neurons, PoolPadding, Semantics, Time, Unknown, UnknownNodePolicy,
};

use super::{FIRE_TO_ZERO, NOT_ITERABLE, PLAIN_RULE};
use crate::capability::{Capability, Demand, NamedShape, Requirement};
use crate::profile::{Dt, Profile};

/// The versions.
pub const VERSIONS: &[&Profile] = &[&RELEASE];

const RELEASE: Profile = Profile {
    name: "nengo",
    version: "4.1.0",
    package: "nengo 4.1.0 with numpy 2.4.6 and the converter of the NIR paper",
    evidence: "recordings and the stored activity of both Braille networks, every spike equal",
    dt: Dt::Option(1e-3),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "Exception: Unknown object: {kind}(…",
    big_endian: None,
    semantics: Semantics {
        time: Time::Step(1e-3),
        precision: Precision::F64,
        execution: Execution::PLAIN,
        maps: Maps {
            convolution_bias: false,
            dilation: Dilation::Ignored,
            pool_padding: PoolPadding::Ignored,
            ..Maps::PLAIN
        },
        neurons: Neurons {
            li: Some(LI),
            r#if: Some(IF),
            lif: Some(LIF),
            cuba_lif: Some(CUBA_LIF),
            ..Neurons::NONE
        },
        unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
    },
};

const KNOWN: &[&str] =
    &["Affine", "Linear", "Conv2d", "SumPool2d", "Flatten", "LI", "IF", "LIF", "CubaLIF"];

/// The converter takes the first neuron's time constant for the whole layer.
const FIRST: &[&str] = &["tau"];

const EXPONENTIAL: Leak = Leak::Exponential(Ratio::Quotient, Format::Double);

/// `v -= (x / v_threshold - v) expm1(-dt / tau)`; a spike is `1 / dt` high.
const LIF: Rule = Rule {
    membrane: Stage {
        form: Form::Relax,
        leak: EXPONENTIAL,
        gain: Terms::of(&[Term::PerThreshold]),
        rest: Rest::Ignored,
    },
    first_only: FIRST,
    normalised: true,
    fire: Some(Fire { floor: Floor::Zero, height: Height::PerStep, ..FIRE_TO_ZERO }),
    ..PLAIN_RULE
};

/// `v += x / (v_threshold dt) dt`; the only neuron whose voltage can be negative.
const IF: Rule = Rule {
    membrane: Stage {
        form: Form::Add,
        leak: Leak::None,
        gain: Terms::of(&[Term::PerThreshold, Term::PerStep]),
        rest: Rest::Ignored,
    },
    fire: Some(FIRE_TO_ZERO),
    ..LIF
};

/// A `Lowpass` before a LIF: the current of a step is the filter's state of the step before.
const CUBA_LIF: Rule = Rule {
    synapse: Some(Stage {
        form: Form::Filter,
        leak: Leak::Warped(Ratio::Quotient, Format::Stored),
        gain: Terms::NONE,
        rest: Rest::Ignored,
    }),
    membrane: Stage { gain: Terms::of(&[Term::WIn, Term::R, Term::PerThreshold]), ..LIF.membrane },
    fire: Some(Fire { floor: Floor::Zero, ..FIRE_TO_ZERO }),
    ..LIF
};

/// A `Lowpass`: one step late, without `r` and `v_leak`.
const LI: Rule = Rule {
    membrane: Stage {
        form: Form::Filter,
        leak: EXPONENTIAL,
        gain: Terms::NONE,
        rest: Rest::Ignored,
    },
    first_only: FIRST,
    fire: None,
    ..PLAIN_RULE
};

/// The converter asserts without a message.
const ASSERTION: &str = "AssertionError: ";

const IMPORT: &str = "paper/03_rnn/nir_to_nengo.py";

/// Shapes that the converter has for the nodes of one network, by their names.
const CONVOLUTIONS: Requirement = Requirement::InputByName(&[
    NamedShape { name: "0", shape: &[2, 34, 34] },
    NamedShape { name: "2", shape: &[16, 16, 16] },
    NamedShape { name: "", shape: &[16, 8, 8] },
]);
const CHANNELS: Requirement = Requirement::ChannelsByName(&[("0", 2), ("2", 16), ("", 16)]);
const POOLS: Requirement = Requirement::InputByName(&[
    NamedShape { name: "4", shape: &[16, 16, 16] },
    NamedShape { name: "7", shape: &[8, 8, 8] },
]);
const FLATTENS: Requirement = Requirement::InputByName(&[
    NamedShape { name: "8", shape: &[8, 4, 4] },
    NamedShape { name: "5", shape: &[16, 8, 8] },
]);

/// Every voltage is divided by its threshold.
const THRESHOLD: Demand = Demand::at_first_step(
    Requirement::NonZero("v_threshold"),
    "FloatingPointError: invalid value encountered in …",
);

/// The time constant of the filter comes from a logarithm, which is no number below 0.
const LOGARITHM: Demand = Demand::new(
    Requirement::KeepsShare("tau_syn"),
    "TypeError: '<=' not supported between instances of 'NoneType' and 'int'",
);

/// The converter takes the first element along the first axis for a number.
const ONE_TAU: Demand = Demand::new(
    Requirement::OneAxisOf("tau"),
    "ValidationError: LIF.tau_rc: Must be a number; got '[…",
);

/// The same of a number by itself.
const fn lists(fields: &'static [&'static str]) -> Demand {
    Demand::new(Requirement::Lists(fields), "IndexError: invalid index to scalar variable.")
}

/// The converter compares how many channels leave with how many enter, and divides by 0.
const fn as_many(field: &'static str) -> Demand {
    Demand::new(Requirement::AsManyNumbers(field), DIVISION)
}

/// Unknown names and edges between different sizes are made to fail on purpose.
const DIVISION: &str = "ZeroDivisionError: division by zero";

/// Nothing delays what goes round such a cycle. The error comes when the simulator is made.
const INSTANT_CYCLE: Demand = Demand::new(
    Requirement::NoInstantCycle,
    "BuildError: Input graph has cycles. This usually occurs because too many connections have no \
     synapses. Try setting more synapses to '0' instead of 'None'.",
);

const CAPABILITIES: &[Capability] = &[
    Capability { demands: &[INSTANT_CYCLE], ..plain("Affine", "Node") },
    Capability { demands: &[INSTANT_CYCLE], ..plain("Linear", "Node") },
    Capability {
        demands: &[
            Demand::new(
                Requirement::PaddingInNumbers,
                "TypeError: `pad_width` must be of integral type.",
            ),
            Demand::new(
                Requirement::Lists(&["padding"]),
                "IndexError: invalid index to scalar variable.",
            ),
            Demand::new(
                CHANNELS,
                "ValidationError: init: Kernel shape (…) does not match expected shape (…)",
            ),
            Demand::new(CONVOLUTIONS, DIVISION),
            Demand::new(Requirement::KeepsShape, DIVISION),
        ],
        ..plain("Conv2d", "Convolution")
    },
    Capability {
        demands: &[
            Demand::new(Requirement::NamedOneOf(&["4", "7"]), DIVISION),
            Demand::new(Requirement::Lists(&["kernel_size"]), NOT_ITERABLE),
            Demand::new(POOLS, DIVISION),
            Demand::new(Requirement::KeepsShape, DIVISION),
        ],
        ..plain("SumPool2d", "Convolution")
    },
    Capability {
        demands: &[
            Demand::new(Requirement::NamedOneOf(&["5", "8"]), DIVISION),
            Demand::new(FLATTENS, DIVISION),
        ],
        ..plain("Flatten", "Node")
    },
    Capability { demands: &[lists(&["tau"]), as_many("tau")], ..plain("LI", "Lowpass") },
    Capability {
        demands: &[
            Demand::new(Requirement::Equals("r", 1.0), ASSERTION),
            as_many("r"),
            INSTANT_CYCLE,
            THRESHOLD,
        ],
        ..plain("IF", "a neuron type of the converter")
    },
    Capability {
        demands: &[
            Demand::new(Requirement::Equals("r", 1.0), ASSERTION),
            Demand::new(Requirement::Equals("v_leak", 0.0), ASSERTION),
            lists(&["tau"]),
            ONE_TAU,
            as_many("tau"),
            INSTANT_CYCLE,
            THRESHOLD,
        ],
        notes: &["a negative voltage is lifted to 0", "a spike is 1 / dt high"],
        ..plain("LIF", "nengo.LIF(tau_ref=0)")
    },
    Capability {
        demands: &[
            lists(&["r", "v_threshold", "tau_syn", "tau_mem"]),
            Demand::new(Requirement::Uniform("r"), ASSERTION),
            Demand::new(Requirement::Equals("v_leak", 0.0), ASSERTION),
            Demand::new(Requirement::Uniform("v_threshold"), ASSERTION),
            Demand::new(Requirement::Uniform("tau_syn"), ASSERTION),
            Demand::new(Requirement::Uniform("tau_mem"), ASSERTION),
            LOGARITHM,
            as_many("tau_mem"),
            THRESHOLD,
        ],
        notes: &["a negative voltage is lifted to 0", "one step later than its input"],
        ..plain("CubaLIF", "Lowpass and nengo.LIF(tau_ref=0)")
    },
];

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
