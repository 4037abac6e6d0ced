//! Spyx: spikes are decided on the voltage of the step before, inputs count in full, resets are
//! subtractive; pictures have their channels last.

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Fold, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Stage, Term, Terms, Test,
};
use nirkit_engine::clocked::semantics::{
    Axes, Blocks, Cell, Dilation, Execution, Maps, Neurons, OpenEnd, Order, PoolPadding, Semantics,
    Time, Unknown, UnknownNodePolicy, When,
};
use nirkit_run::Reset;

use super::{FIRE_TO_ZERO, FOUR_NODES, PLAIN_RULE, STEPWISE};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{BigEndian, Dt, Profile};

/// The versions, the newest release first.
pub const VERSIONS: &[&Profile] = &[&RELEASE_1_0, &RELEASE_0_1, &PAPER];

/// JAX takes arrays in the byte order of the machine only.
const JAX_BYTES: BigEndian = BigEndian {
    says: "TypeError: Error interpreting argument to …",
    of_neurons: When::FirstStep,
};

const RELEASE_1_0: Profile = Profile {
    name: "spyx",
    version: "1.0.0",
    package: "spyx 1.0.0 with jax 0.10.2 and flax 0.12.8",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Option(1.0),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES_1_0,
    unknown: "{kind} is no part of the model, and its neighbours are joined",
    big_endian: Some(JAX_BYTES),
    semantics: SEMANTICS,
};

const RELEASE_0_1: Profile = Profile {
    version: "0.1.20",
    package: "spyx 0.1.20 with jax 0.10.2 and dm-haiku 0.0.17",
    evidence: "recordings of single layers and networks, output spikes equal",
    capabilities: CAPABILITIES_0_1,
    unknown: NO_MODULE,
    semantics: Semantics {
        unknown: Unknown { known: KNOWN_0_1, policy: UnknownNodePolicy::Refused },
        execution: CHAIN_0_1,
        maps: Maps {
            pool_padding: PoolPadding::Ignored,
            dilation: Dilation::Spread,
            flatten: Axes::ChannelsFirst,
            ..SEMANTICS.maps
        },
        neurons: Neurons {
            r#if: Some(IF),
            // Only recurrent weights come into question: a layer before a LIF does not import.
            lif: Some(Rule {
                fold: Fold::StoredWeights(Terms::of(&[Term::R, Term::Membrane])),
                ..LIF
            }),
            cuba_lif: Some(Rule {
                fire: Some(Fire { timing: ResetTiming::Twice, ..FIRE }),
                ..STORED_CUBA_LIF
            }),
            recurrent_cuba_lif: Some(STORED_CUBA_LIF),
            ..Neurons::NONE
        },
        ..SEMANTICS
    },
    ..RELEASE_1_0
};

/// What the authors of the NIR paper ran: weights scaled, biases of recurrent weights read.
const PAPER: Profile = Profile {
    version: "paper",
    package: "spyx as of the NIR paper, with the paper's notebooks",
    evidence: "the stored activity of both Braille networks, every spike equal",
    semantics: Semantics {
        maps: Maps { recurrent_bias: true, ..SEMANTICS.maps },
        neurons: Neurons {
            lif: Some(Rule { fold: Fold::Weights(Terms::of(&[Term::Membrane])), ..LIF }),
            cuba_lif: Some(SCALED_CUBA_LIF),
            ..SEMANTICS.neurons
        },
        ..SEMANTICS
    },
    ..RELEASE_1_0
};

/// `_order_edge_list`: the chain from `input` to `output` along the first edge out of each node; a
/// nested graph of four nodes is a recurrent layer.
const CHAIN: Execution = Execution {
    wraps_cycles: true,
    blocks: Blocks::Cell(Cell { neurons: &["IF", "LIF", "CubaLIF"], ..FOUR_NODES }),
    order: Order::Chain(OpenEnd::Ends),
    ..STEPWISE
};

/// The same in 0.1, which does not look whether there is an edge.
const CHAIN_0_1: Execution = Execution {
    order: Order::Chain(OpenEnd::Raises("TypeError: 'NoneType' object is not subscriptable")),
    ..CHAIN
};

const SEMANTICS: Semantics = Semantics {
    time: Time::Step(1.0),
    precision: Precision::F32,
    execution: CHAIN,
    maps: Maps {
        recurrent_bias: false,
        pool_padding: PoolPadding::Same,
        dilation: Dilation::Ignored,
        flatten: Axes::ChannelsLast,
        ..Maps::PLAIN
    },
    neurons: Neurons {
        threshold_li: Some(PSU_LIF),
        r#if: Some(IF),
        lif: Some(LIF),
        cuba_lif: Some(CUBA_LIF),
        ..Neurons::NONE
    },
    unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Bypassed },
};

const KNOWN: &[&str] = &[
    "Affine",
    "Linear",
    "Conv2d",
    "SumPool2d",
    "Flatten",
    "LI",
    "IF",
    "LIF",
    "CubaLIF",
    "NIRGraph",
];

/// The spike of a step is decided before its input is looked at.
const FIRE: Fire = Fire {
    test: Test::Before,
    reset: Reset::Subtract,
    timing: ResetTiming::BeforeLeak,
    ..FIRE_TO_ZERO
};

/// `1 - dt / tau`, cut to 0 to 1.
const EULER: Leak = Leak::Clipped(Ratio::Quotient, Format::Stored);
const KEEP: Stage = Stage { form: Form::Keep, leak: EULER, gain: Terms::NONE, rest: Rest::Ignored };

/// `v = ((1 - dt / tau) v + x) - s v_threshold`.
const LIF: Rule = Rule {
    membrane: KEEP,
    fan_in: FanIn::OneByOne,
    fire: Some(Fire { timing: ResetTiming::AfterInput, ..FIRE }),
    ..PLAIN_RULE
};

const IF: Rule = Rule { membrane: Stage { leak: Leak::None, ..KEEP }, ..LIF };

/// `v = (1 - dt / tau) v + x` and a spike above the threshold, without a reset: an LI with the Threshold
/// after it.
const PSU_LIF: Rule = Rule {
    membrane: KEEP,
    fire: Some(Fire { timing: ResetTiming::Never, ..FIRE_TO_ZERO }),
    ..PLAIN_RULE
};

/// `v -= s v_threshold`, then `i = (1 - dt / tau_syn) i + x`, then `v = (1 - dt / tau_mem) v + i`.
const CUBA_LIF: Rule = Rule { synapse: Some(KEEP), fire: Some(FIRE), ..LIF };

/// The same with the weights multiplied by `w_in dt / tau_syn`.
const SCALED_CUBA_LIF: Rule =
    Rule { fold: Fold::Weights(Terms::of(&[Term::WIn, Term::Synapse])), ..CUBA_LIF };

/// The same in the precision of the file.
const STORED_CUBA_LIF: Rule =
    Rule { fold: Fold::StoredWeights(Terms::of(&[Term::WIn, Term::Synapse])), ..CUBA_LIF };

const IMPORT: &str = "spyx/nir.py, _build_model";

/// The kernel is taken to see all channels.
const NO_GROUPS: Demand = Demand::at_first_step(
    Requirement::Equals("groups", 1.0),
    "ValueError: conv_general_dilated lhs feature dimension size divided by feature_group_count must \
     equal the rhs input feature dimension size, but …",
);
const PADDING_PAIR: Demand =
    Demand::new(Requirement::Lists(&["padding"]), "IndexError: invalid index to scalar variable.");
/// A dilation is not read, and a padding of a pool becomes `SAME`, so that the shapes that follow can
/// differ.
const KEEPS_SHAPE: Demand = Demand::at_first_step(
    Requirement::KeepsShape,
    "TypeError: …got incompatible shapes for broadcasting…",
);
/// A window of one number is one along the channels, and what follows is spread over what comes out.
const ALONG_CHANNELS: &str =
    "a window of one number is one along the channels, which is not computed here";
const PAIR_OF_KERNEL: Demand =
    Demand::at_first_step(Requirement::AtLeastNumbers("kernel_size", 2), ALONG_CHANNELS);
const PAIR_OF_STRIDE: Demand = Demand::at_first_step(
    Requirement::AtLeastNumbers("stride", 2),
    "TypeError: add got incompatible shapes for broadcasting: …",
);
/// A state has the shape of a parameter.
const STATE: &str = "TypeError: …";
/// The state of a `CuBaLIF` is twice as long along every axis, and is halved along the last.
const STATE_DOUBLED: Demand = Demand::at_first_step(
    Requirement::OneDoubledAxis("tau_syn"),
    "ValueError: Incompatible shapes for broadcasting: shapes=[(…), (…)]",
);
const OF_LI: &[Demand] = &[
    Demand::new(
        Requirement::LeadsTo(&["Threshold"]),
        "ValueError: nir.LI without a following nir.Threshold has no Spyx module (Spyx only emits LI \
         as the membrane half of a PSU_LIF).",
    ),
    Demand::at_first_step(Requirement::FullShape("tau"), STATE),
];
/// The gain of the weights is worked out with the `w_in` of what follows, or of nothing.
const W_IN: Demand =
    Demand::new(Requirement::LeadsTo(&["CubaLIF"]), "UnboundLocalError: …local variable 'w_in'…");

const OF_IF: &[Demand] = &[Demand::at_first_step(Requirement::FullShape("r"), STATE)];
const OF_LIF: &[Demand] = &[Demand::at_first_step(Requirement::FullShape("tau"), STATE)];
const OF_CUBA_LIF: &[Demand] = &[
    Demand::at_first_step(Requirement::Lists(&["tau_syn"]), ODD_STATE),
    STATE_DOUBLED,
    Demand::at_first_step(Requirement::FullShape("tau_syn"), STATE),
];
/// A state of a single number cannot be halved.
const ODD_STATE: &str = "ValueError: array split does not result in an equal division: rest is 1";

const CAPABILITIES_1_0: &[Capability] = &[
    plain("Affine", "nnx.Linear"),
    plain("Linear", "nnx.Linear without bias"),
    Capability {
        demands: &[PADDING_PAIR, NO_GROUPS, KEEPS_SHAPE],
        notes: &["the dilation is not read"],
        ..plain("Conv2d", "nnx.Conv, channels last")
    },
    Capability {
        demands: &[PAIR_OF_STRIDE, PAIR_OF_KERNEL, KEEPS_SHAPE],
        notes: &["any padding but 0 becomes `SAME`"],
        ..plain("SumPool2d", "spyx.nn.sum_pool")
    },
    Capability {
        notes: &["channels come last, and the weights that follow are not reordered"],
        ..plain("Flatten", "a reshape")
    },
    Capability { demands: OF_LI, ..plain("LI", "spyx.nn.PSU_LIF, with the Threshold after it") },
    Capability { demands: OF_IF, ..plain("IF", "spyx.nn.IF") },
    Capability { demands: OF_LIF, ..plain("LIF", "spyx.nn.LIF or RLIF") },
    Capability { demands: OF_CUBA_LIF, ..plain("CubaLIF", "spyx.nn.CuBaLIF or RCuBaLIF") },
    NESTED,
];

/// What another kind becomes, and what comes of it.
const NO_MODULE: &str = "TypeError: 'NoneType' object is not callable";

const KNOWN_0_1: &[&str] =
    &["Affine", "Linear", "Conv2d", "SumPool2d", "Flatten", "IF", "LIF", "CubaLIF", "NIRGraph"];

/// The state is made and halved while the parameters are initialised.
const OF_CUBA_LIF_0_1: &[Demand] = &[
    Demand::new(Requirement::Lists(&["tau_syn"]), ODD_STATE),
    STATE_DOUBLED,
    Demand::at_first_step(Requirement::FullShape("tau_syn"), STATE),
];

const CAPABILITIES_0_1: &[Capability] = &[
    Capability { demands: &[W_IN], ..plain("Affine", "hk.Linear") },
    Capability { demands: &[W_IN], ..plain("Linear", "hk.Linear without bias") },
    Capability { demands: &[PADDING_PAIR, W_IN], ..plain("Conv2d", "hk.Conv2D") },
    Capability {
        demands: &[KEEPS_SHAPE],
        notes: &["a padding is ignored"],
        ..plain("SumPool2d", "spyx.nn.sum_pool")
    },
    plain("Flatten", "hk.Flatten"),
    plain("IF", "spyx.nn.IF"),
    plain("LIF", "spyx.nn.LIF or RLIF"),
    Capability { demands: OF_CUBA_LIF_0_1, ..plain("CubaLIF", "spyx.nn.CuBaLIF or RCuBaLIF") },
    NESTED,
];

const NESTED: Capability = Capability {
    notes: &["four nodes with a neuron and a matrix are a recurrent layer, whatever its edges"],
    ..plain("NIRGraph", "spyx.nn.RIF, RLIF or RCuBaLIF")
};

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
