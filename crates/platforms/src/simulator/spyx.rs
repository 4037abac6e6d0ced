//! Spyx: spikes are decided on the voltage of the step before, inputs count in full, resets are
//! subtractive; pictures have their channels last.

use nirkit_sim::Reset;
use nirkit_sim::clocked::Precision;
use nirkit_sim::clocked::scheme::rule::{
    FanIn, Fire, Fold, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Stage, Term, Terms, Test,
};
use nirkit_sim::clocked::scheme::{
    Axes, Blocks, Cell, Execution, Fate, Maps, Neurons, OpenEnd, Order, Scheme, Time, Unknown,
};

use super::{FIRE_TO_ZERO, FOUR_NODES, NO_NEURONS, PLAIN_MAPS, PLAIN_RULE, STEPWISE};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions, the newest release first.
pub const VERSIONS: &[&Profile] = &[&RELEASE_1_0, &RELEASE_0_1, &PAPER];

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
    scheme: SCHEME,
};

const RELEASE_0_1: Profile = Profile {
    version: "0.1.20",
    package: "spyx 0.1.20 with jax 0.10.2 and dm-haiku 0.0.17",
    evidence: "recordings of single layers and networks, output spikes equal",
    capabilities: CAPABILITIES_0_1,
    scheme: Scheme {
        execution: CHAIN_0_1,
        neurons: Neurons {
            r#if: None,
            lif: None,
            cuba_lif: Some(Rule {
                fire: Some(Fire { timing: ResetTiming::Twice, ..FIRE }),
                ..SCALED_CUBA_LIF
            }),
            recurrent_cuba_lif: Some(SCALED_CUBA_LIF),
            ..NO_NEURONS
        },
        ..SCHEME
    },
    ..RELEASE_1_0
};

/// What the authors of the NIR paper ran: weights scaled, biases of recurrent weights read.
const PAPER: Profile = Profile {
    version: "paper",
    package: "spyx as of the NIR paper, with the paper's notebooks",
    evidence: "the stored activity of both Braille networks, every spike equal",
    scheme: Scheme {
        maps: Maps { recurrent_bias: true, ..SCHEME.maps },
        neurons: Neurons {
            lif: Some(Rule { fold: Fold::Weights(Terms::of(&[Term::Membrane])), ..LIF }),
            cuba_lif: Some(SCALED_CUBA_LIF),
            ..SCHEME.neurons
        },
        ..SCHEME
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

const SCHEME: Scheme = Scheme {
    time: Time::Step(1.0),
    precision: Precision::F32,
    execution: CHAIN,
    maps: Maps { recurrent_bias: false, flatten: Axes::ChannelsLast, ..PLAIN_MAPS },
    neurons: Neurons { r#if: Some(IF), lif: Some(LIF), cuba_lif: Some(CUBA_LIF), ..NO_NEURONS },
    unknown: Unknown { known: KNOWN, fate: Fate::Bypassed },
};

const KNOWN: &[&str] =
    &["Affine", "Linear", "Conv2d", "SumPool2d", "Flatten", "LI", "IF", "LIF", "CubaLIF", "NIRGraph"];

/// The spike of a step is decided before its input is looked at.
const FIRE: Fire = Fire {
    test: Test::Before,
    reset: Reset::Subtract,
    timing: ResetTiming::BeforeLeak,
    ..FIRE_TO_ZERO
};

/// `1 - dt / tau`.
const EULER: Leak = Leak::Euler(Ratio::Quotient, Format::Stored);
const KEEP: Stage = Stage { form: Form::Keep, leak: EULER, gain: Terms::NONE, rest: Rest::Ignored };

/// `v = ((1 - dt / tau) v + x) - s v_threshold`.
const LIF: Rule = Rule {
    membrane: KEEP,
    fan_in: FanIn::OneByOne,
    fire: Some(Fire { timing: ResetTiming::AfterInput, ..FIRE }),
    ..PLAIN_RULE
};

const IF: Rule = Rule { membrane: Stage { leak: Leak::None, ..KEEP }, ..LIF };

/// `v -= s v_threshold`, then `i = (1 - dt / tau_syn) i + x`, then `v = (1 - dt / tau_mem) v + i`.
const CUBA_LIF: Rule = Rule { synapse: Some(KEEP), fire: Some(FIRE), ..LIF };

/// The same with the weights multiplied by `w_in dt / tau_syn`.
const SCALED_CUBA_LIF: Rule =
    Rule { fold: Fold::Weights(Terms::of(&[Term::WIn, Term::Synapse])), ..CUBA_LIF };

const IMPORT: &str = "spyx/nir.py, _build_model";

const PLAIN_KERNEL: &[Demand] = &[
    Demand::new(Requirement::Equals("dilation", 1.0), "the dilation is not read"),
    Demand::new(Requirement::Equals("groups", 1.0), "the groups are not read"),
];
const NO_PADDING: &[Demand] = &[Demand::new(
    Requirement::Zero("padding"),
    "a padding becomes `SAME`, so that the shapes that follow differ",
)];
const NO_LI: &[Demand] = &[Demand::new(Requirement::Never, "ValueError: LI without a Threshold")];
const NO_W_IN: Demand = Demand::new(
    Requirement::Never,
    "UnboundLocalError: local variable 'w_in' referenced before assignment",
);

const CAPABILITIES_1_0: &[Capability] = &capabilities(&[], &[NO_CYCLE]);
const CAPABILITIES_0_1: &[Capability] = &capabilities(&[NO_W_IN], &[NO_W_IN]);

const NO_CYCLE: Demand =
    Demand::new(Requirement::NoCycle, "there is no recurrent layer of IF neurons");

const fn capabilities(lif: &'static [Demand], r#if: &'static [Demand]) -> [Capability; 10] {
    [
        plain("Affine", "nnx.Linear"),
        plain("Linear", "nnx.Linear without bias"),
        Capability { demands: PLAIN_KERNEL, ..plain("Conv2d", "nnx.Conv, channels last") },
        Capability { demands: NO_PADDING, ..plain("SumPool2d", "spyx.nn.sum_pool") },
        Capability {
            notes: &["channels come last, and the weights that follow are not reordered"],
            ..plain("Flatten", "a reshape")
        },
        Capability { demands: NO_LI, ..plain("LI", "nothing by itself") },
        Capability { demands: r#if, ..plain("IF", "spyx.nn.IF") },
        Capability { demands: lif, ..plain("LIF", "spyx.nn.LIF or RLIF") },
        plain("CubaLIF", "spyx.nn.CuBaLIF or RCuBaLIF"),
        Capability {
            notes: &["four nodes with a neuron and a matrix are a recurrent layer, whatever its edges"],
            ..plain("NIRGraph", "spyx.nn.RIF, RLIF or RCuBaLIF")
        },
    ]
}

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
