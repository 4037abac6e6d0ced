//! snnTorch: a time step of 0.1 ms in the code, inputs in full and thresholds scaled instead, a reset
//! in the step of the spike that settles what the step before left over.

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Fold, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{
    Blocks, Execution, Maps, Neurons, Pool, PoolPadding, Semantics, Time, Unknown,
    UnknownNodePolicy,
};
use nirkit_run::Reset;

use super::{
    DEFERRED, FIRE_TO_ZERO, FOUR_NODES, HALF_PADDING, INTEGER_END, INTEGER_GROUPS, INTEGER_KERNEL,
    INTEGER_PADDING, INTEGER_STEPS, INTEGER_STEPS_1D, INTEGER_STRIDE, KEEPS_SHAPE, NOT_ITERABLE,
    ONE_NUMBER_OF_GROUPS, PAIR_OF_KERNEL, PLAIN_RULE, STEPWISE, WHOLE_GROUPS,
};
use crate::capability::{Capability, Demand, Level, Requirement};
use crate::profile::{Dt, Profile};

/// The versions, the newest release first; then what was put together by hand.
pub const VERSIONS: &[&Profile] = &[&RELEASE_1_0, &RELEASE_0_9, &RELEASE_0_8, &RSYNAPTIC, &PAPER];

/// The time step that is written into the code, in seconds.
const DT: f64 = 1e-4;

const RELEASE_1_0: Profile = Profile {
    name: "snntorch",
    version: "1.0.0",
    package: "snntorch 1.0.0 with nirtorch 2.6 and torch 2.15.0",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Fixed(DT),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES_1_0,
    unknown: "ValueError: Unknown node type {class}, mapping does not exist in node_map",
    big_endian: Some(super::TORCH_BYTES),
    semantics: Semantics {
        time: Time::Step(DT),
        precision: Precision::F32,
        execution: Execution { wraps_cycles: true, ..DEFERRED },
        maps: Maps { pool: Pool::MeanTimesArea, pool_padding: PoolPadding::Ignored, ..Maps::PLAIN },
        neurons: NEURONS,
        unknown: Unknown { known: KNOWN_1_0, policy: UnknownNodePolicy::Refused },
    },
};

const RELEASE_0_9: Profile = Profile {
    version: "0.9.4",
    package: "snntorch 0.9.4 with nirtorch 2.6 and torch 2.15.0",
    capabilities: CAPABILITIES_0_9,
    unknown: "the converter returns nothing for {kind}, and the executor skips the node",
    semantics: Semantics {
        execution: Execution { wraps_cycles: true, blocks: Blocks::Cell(FOUR_NODES), ..STEPWISE },
        unknown: Unknown { known: KNOWN_0_9, policy: UnknownNodePolicy::Cut },
        ..RELEASE_1_0.semantics
    },
    ..RELEASE_1_0
};

const RELEASE_0_8: Profile = Profile {
    version: "0.8.1",
    package: "snntorch 0.8.1 with nirtorch 2.6 and torch 2.15.0",
    capabilities: CAPABILITIES_0_8,
    semantics: Semantics {
        maps: Maps::PLAIN,
        unknown: Unknown { known: KNOWN_0_8, policy: UnknownNodePolicy::Cut },
        ..RELEASE_0_9.semantics
    },
    ..RELEASE_0_9
};

/// The modules of the release put together by hand, as the notebooks of the NIR paper do, because
/// the import of recurrent graphs fails: the reset of `RSynaptic` acts one step late.
const RSYNAPTIC: Profile = Profile {
    version: "1.0.0-rsynaptic",
    package: "RSynaptic and Synaptic of snntorch 1.0.0, put together by hand",
    evidence: "recordings of both Braille networks, every spike equal",
    free_reset: &["CubaLIF"],
    unbiased_reset: None,
    capabilities: CAPABILITIES_BY_HAND,
    unknown: "the notebooks build Affine, Linear and CubaLIF only, not {kind}",
    semantics: Semantics {
        neurons: Neurons {
            cuba_lif: Some(SYNAPTIC),
            recurrent_cuba_lif: Some(Rule {
                fire: Some(Fire { timing: ResetTiming::AfterInput, ..SETTLED }),
                ..SYNAPTIC
            }),
            ..Neurons::NONE
        },
        execution: Execution::PLAIN,
        unknown: Unknown {
            known: &["Affine", "Linear", "CubaLIF"],
            policy: UnknownNodePolicy::Refused,
        },
        ..RELEASE_1_0.semantics
    },
    ..RELEASE_1_0
};

/// What the authors of the NIR paper ran: the same with the reset in the step of the spike.
const PAPER: Profile = Profile {
    version: "paper",
    package: "snntorch as of the NIR paper, put together by hand in the paper's notebooks",
    evidence: "the stored activity of both Braille networks, every spike equal",
    unbiased_reset: Some(Reset::Subtract),
    semantics: Semantics {
        neurons: Neurons {
            cuba_lif: Some(SYNAPTIC),
            recurrent_cuba_lif: Some(SYNAPTIC),
            ..Neurons::NONE
        },
        ..RSYNAPTIC.semantics
    },
    ..RSYNAPTIC
};

const KNOWN_1_0: &[&str] = &[
    "Affine",
    "Linear",
    "Conv1d",
    "Conv2d",
    "SumPool2d",
    "AvgPool2d",
    "Flatten",
    "IF",
    "LIF",
    "CubaLIF",
    "NIRGraph",
];
const KNOWN_0_9: &[&str] =
    &["Affine", "Linear", "Conv2d", "AvgPool2d", "Flatten", "IF", "LIF", "CubaLIF", "NIRGraph"];
const KNOWN_0_8: &[&str] =
    &["Affine", "Linear", "Conv2d", "SumPool2d", "Flatten", "IF", "LIF", "CubaLIF", "NIRGraph"];

const NEURONS: Neurons =
    Neurons { r#if: Some(IF), lif: Some(LIF), cuba_lif: Some(SYNAPTIC), ..Neurons::NONE };

/// The reset in the step of the spike, computed from the difference of two resets.
const SETTLED: Fire = Fire { timing: ResetTiming::Settled, ..FIRE_TO_ZERO };

/// `1 - dt / tau` in the precision of the file, cut to 0 to 1.
const EULER: Leak = Leak::Clipped(Ratio::Quotient, Format::Stored);

/// `Leaky` with its default of 0.9: an IF leaks 10 % in each step.
const IF: Rule = Rule {
    membrane: Stage {
        form: Form::Keep,
        leak: Leak::Fixed(0.9),
        gain: Terms::NONE,
        rest: Rest::Ignored,
    },
    fire: Some(Fire { reset: Reset::Subtract, ..SETTLED }),
    ..PLAIN_RULE
};

/// `v = (1 - dt / tau) v + x`, with the threshold divided by `r dt / tau`.
const LIF: Rule = Rule {
    membrane: Stage { form: Form::Keep, leak: EULER, gain: Terms::NONE, rest: Rest::Ignored },
    fold: Fold::Threshold(Terms::of(&[Term::R, Term::Membrane])),
    fire: Some(Fire { timing: ResetTiming::SettledEarly, ..FIRE_TO_ZERO }),
    ..PLAIN_RULE
};

/// `i = (1 - dt / tau_syn) i + x`, then `v = (1 - dt / tau_mem) v + i`; a recurrent input is added
/// after the one from outside.
const SYNAPTIC: Rule = Rule {
    synapse: Some(Stage { form: Form::Keep, leak: EULER, gain: Terms::NONE, rest: Rest::Ignored }),
    fold: Fold::OwnThreshold(Terms::of(&[Term::WIn, Term::Synapse])),
    fan_in: FanIn::OneByOne,
    fire: Some(SETTLED),
    ..LIF
};

const IMPORT: &str = "snntorch/import_nir.py, _nir_to_snntorch_module";

const NO_LEAK: Demand = Demand::new(
    Requirement::AllClose("v_leak", Level::Number(0.0)),
    "AssertionError: v_leak not supported",
);
const ONE_THRESHOLD: Demand = Demand::new(
    Requirement::Uniform("v_threshold"),
    "AssertionError: v_threshold must be same for all neurons",
);
const NO_R: Demand = Demand::new(
    Requirement::AllClose("r", Level::Steps("tau_mem")),
    "AssertionError: r not supported in CubaLIF",
);
const ONE_DIVIDED: Demand = Demand::new(
    Requirement::OneDividedThreshold,
    "AssertionError: CubaLIF v_thr must be same for all neurons",
);
const NO_CYCLE_0_9: Demand = Demand::at_first_step(
    Requirement::NoCycle,
    "TypeError: unsupported operand type(s) for /: 'NoneType' and 'Tensor'",
);
const NO_RLEAKY: Demand =
    Demand::new(Requirement::NoCycle, "NotImplementedError: LIF in subgraph not supported");
const LAST: Demand = Demand::at_first_step(Requirement::Last, "TypeError: …tuple…");
const BROKEN_SYNAPTIC: Demand = Demand::at_first_step(
    Requirement::Never,
    "TypeError: unsupported operand type(s) for *: 'Tensor' and 'NoneType'",
);
const ONE_R: Demand =
    Demand::new(Requirement::Uniform("r"), "AssertionError: r must be same for all neurons");
const UNIT_R: Demand =
    Demand::new(Requirement::Equals("r", 1.0), "AssertionError: r != 1 not supported");
const LIST_FIELDS: &[&str] = &["kernel_size", "stride", "padding"];
const LISTS: Demand = Demand::new(Requirement::Lists(LIST_FIELDS), NOT_ITERABLE);
const LISTS_OF_SUM: Demand =
    Demand::new(Requirement::Lists(&["kernel_size", "stride"]), NOT_ITERABLE);

/// `torch.Tensor` takes no single number for values.
const BIASES: Demand = Demand::new(
    Requirement::Lists(&["bias"]),
    "TypeError: new(): data must be a sequence (got {type})",
);
const AFFINE: Capability = Capability { demands: &[BIASES], ..plain("Affine", "torch.nn.Linear") };

/// `_default_map_conv1d` of nirtorch hands the channels over the other way round.
const WHOLE_GROUPS_OUT: Demand = Demand::new(
    Requirement::GroupsDivideKernel,
    "ValueError: out_channels must be divisible by groups",
);

const CAPABILITIES_1_0: &[Capability] = &[
    AFFINE,
    plain("Linear", "torch.nn.Linear"),
    Capability {
        demands: &[
            BIASES,
            WHOLE_GROUPS_OUT,
            INTEGER_STEPS_1D,
            INTEGER_GROUPS,
            ONE_NUMBER_OF_GROUPS,
        ],
        ..plain("Conv1d", "torch.nn.Conv1d")
    },
    Capability {
        demands: &[BIASES, WHOLE_GROUPS, INTEGER_STEPS, INTEGER_GROUPS, ONE_NUMBER_OF_GROUPS],
        ..plain("Conv2d", "torch.nn.Conv2d")
    },
    Capability {
        demands: &[LISTS_OF_SUM, KEEPS_SHAPE, PAIR_OF_KERNEL, INTEGER_KERNEL, INTEGER_STRIDE],
        notes: &["a padding is ignored"],
        ..plain("SumPool2d", "torch.nn.LPPool2d(1)")
    },
    Capability {
        demands: &[LISTS, HALF_PADDING, INTEGER_KERNEL, INTEGER_STRIDE, INTEGER_PADDING],
        ..plain("AvgPool2d", "torch.nn.AvgPool2d")
    },
    Capability { demands: &[INTEGER_END], ..plain("Flatten", "torch.nn.Flatten") },
    leaky_if(&[ONE_THRESHOLD, ONE_R, UNIT_R, LAST]),
    leaky_lif(&[NO_LEAK, ONE_THRESHOLD]),
    synaptic(&[NO_LEAK, NO_R, ONE_DIVIDED]),
    plain("NIRGraph", "torch.fx.GraphModule"),
];

const CAPABILITIES_0_9: &[Capability] = &[
    AFFINE,
    plain("Linear", "torch.nn.Linear"),
    Capability {
        demands: &[WHOLE_GROUPS, INTEGER_STEPS, INTEGER_GROUPS, ONE_NUMBER_OF_GROUPS],
        ..plain("Conv2d", "torch.nn.Conv2d")
    },
    Capability {
        demands: &[LISTS, INTEGER_KERNEL, INTEGER_STRIDE, INTEGER_PADDING],
        ..plain("AvgPool2d", "torch.nn.AvgPool2d")
    },
    Capability { demands: &[INTEGER_END], ..plain("Flatten", "torch.nn.Flatten") },
    leaky_if(&[ONE_THRESHOLD, ONE_R, UNIT_R]),
    leaky_lif(&[NO_LEAK, ONE_THRESHOLD, NO_RLEAKY]),
    synaptic(&[NO_LEAK, NO_R, ONE_DIVIDED, NO_CYCLE_0_9]),
    plain("NIRGraph", "nirtorch.GraphExecutor"),
];

const CAPABILITIES_0_8: &[Capability] = &[
    AFFINE,
    plain("Linear", "torch.nn.Linear"),
    Capability {
        demands: &[WHOLE_GROUPS, INTEGER_STEPS, INTEGER_GROUPS, ONE_NUMBER_OF_GROUPS],
        ..plain("Conv2d", "torch.nn.Conv2d")
    },
    Capability {
        demands: &[LISTS, INTEGER_KERNEL, INTEGER_STRIDE, INTEGER_PADDING],
        ..plain("SumPool2d", "torch.nn.AvgPool2d(divisor_override=1)")
    },
    Capability { demands: &[INTEGER_END], ..plain("Flatten", "torch.nn.Flatten") },
    leaky_if(&[ONE_THRESHOLD, ONE_R, UNIT_R]),
    leaky_lif(&[NO_LEAK, ONE_THRESHOLD, NO_RLEAKY]),
    synaptic(&[NO_LEAK, NO_R, ONE_DIVIDED, NO_CYCLE_0_9, BROKEN_SYNAPTIC]),
    plain("NIRGraph", "nirtorch.GraphExecutor"),
];

const CAPABILITIES_BY_HAND: &[Capability] = &[
    plain("Affine", "torch.nn.Linear"),
    plain("Linear", "torch.nn.Linear"),
    synaptic(&[NO_LEAK, NO_R, ONE_DIVIDED]),
];

const fn leaky_if(demands: &'static [Demand]) -> Capability {
    Capability {
        demands,
        notes: &["leaks 10 % in each step, for lack of a leak that could be given"],
        ..plain("IF", "Leaky(beta=0.9, reset_mechanism='subtract')")
    }
}

const fn leaky_lif(demands: &'static [Demand]) -> Capability {
    Capability {
        demands,
        notes: &["voltages are 1 / (r dt / tau) times as large as in the file"],
        ..plain("LIF", "Leaky(reset_mechanism='zero')")
    }
}

const fn synaptic(demands: &'static [Demand]) -> Capability {
    Capability { demands, ..plain("CubaLIF", "Synaptic(reset_mechanism='zero')") }
}

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
