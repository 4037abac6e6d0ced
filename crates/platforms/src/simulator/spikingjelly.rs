//! `SpikingJelly`: parameters that fit the time step or none at all, hard resets to `v_reset`, a voltage of
//! exactly the threshold spikes.

use nirkit_engine::clocked::semantics::rule::{
    Fire, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Stage, Terms,
};
use nirkit_engine::clocked::semantics::{
    Execution, Maps, Neurons, Pool, PoolPadding, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_run::Reset;

use super::{DEFERRED, FIRE_TO_ZERO, HALF_PADDING, KEEPS_SHAPE, NOT_ITERABLE, PLAIN_RULE, SUM};
use crate::capability::{Capability, Demand, Level, Requirement};
use crate::profile::{Dt, Profile};

/// The versions.
pub const VERSIONS: &[&Profile] = &[&RELEASE];

const RELEASE: Profile = Profile {
    name: "spikingjelly",
    version: "2.0.0",
    package: "spikingjelly 2.0.0 with nirtorch 2.6 and torch 2.15.0, step_mode='s'",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Option(1e-4),
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "ValueError: Unknown node type {class}, mapping does not exist in node_map",
    big_endian: Some(super::TORCH_BYTES),
    semantics: Semantics {
        time: Time::Step(1e-4),
        precision: Precision::F32,
        execution: Execution { shaped_by_input: &["IF", "LIF", "CubaLIF"], ..DEFERRED },
        maps: Maps { pool: Pool::MeanTimesArea, pool_padding: PoolPadding::Ignored, ..Maps::PLAIN },
        neurons: Neurons {
            r#if: Some(IF),
            lif: Some(LIF),
            unit_lif: Some(UNIT_LIF),
            cuba_lif: Some(CUBA_LIF),
            ..Neurons::NONE
        },
        unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
    },
};

const KNOWN: &[&str] = &[
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

const FIRE: Fire = Fire {
    comparison: Comparison::AtLeast,
    reset: Reset::VReset,
    timing: ResetTiming::AtOnce,
    ..FIRE_TO_ZERO
};

/// `v = v + x`, from `v_reset` on.
const IF: Rule =
    Rule { membrane: Stage { rest: Rest::Reset, ..SUM }, fire: Some(FIRE), ..PLAIN_RULE };

/// `1 - dt / tau` in double precision.
const EULER: Leak = Leak::Euler(Ratio::Quotient, Format::Double);

/// `v = v - (v - v_reset) / (tau / dt) + x`, for `r = tau / dt`.
const LIF: Rule = Rule {
    membrane: Stage { form: Form::KeepSteps, leak: EULER, gain: Terms::NONE, rest: Rest::Reset },
    ..IF
};

/// `v = v + (x - (v - v_reset)) / (tau / dt)`, for `r = 1`.
const UNIT_LIF: Rule = Rule { membrane: Stage { form: Form::ApproachSteps, ..LIF.membrane }, ..IF };

/// `i = (1 - dt / tau_syn) i + x`, then `v = (1 - dt / tau_mem) v + i`.
const CUBA_LIF: Rule = Rule {
    synapse: Some(Stage { form: Form::Keep, leak: EULER, gain: Terms::NONE, rest: Rest::Ignored }),
    membrane: Stage { form: Form::Keep, leak: EULER, gain: Terms::NONE, rest: Rest::Reset },
    ..IF
};

const IMPORT: &str = "spikingjelly/activation_based/nir_exchange/from_nir.py, _NodeMapper";

const NO_GROUPS: Demand = Demand::new(
    Requirement::Equals("groups", 1.0),
    "NotImplementedError: Grouped convolutions are not supported by NIR exchange.",
);
/// Weights that need a gradient cannot be integers.
const FLOATS: Demand = Demand::new(
    Requirement::FloatingPoint("weight"),
    "RuntimeError: data set to a tensor that requires gradients must be floating point or complex \
     dtype",
);
/// `torch.from_numpy` takes no single number.
const BIASES: Demand =
    Demand::new(Requirement::Lists(&["bias"]), "TypeError: expected np.ndarray (got {type})");
const FLOAT_BIAS: Demand = Demand { what: Requirement::FloatingPoint("bias"), ..FLOATS };
const CONVOLUTION: &[Demand] = &[NO_GROUPS, FLOATS, BIASES, FLOAT_BIAS];

const OF_IF: &[Demand] = &[
    uniform("r", "ValueError: nir.IF.r must be uniform across all neurons."),
    Demand::new(
        Requirement::Close("r", &[Level::PerStep]),
        "ValueError: nir.IF.r must equal 1 / dt.",
    ),
    uniform("v_threshold", "ValueError: nir.IF.v_threshold must be uniform across all neurons."),
    uniform("v_reset", "ValueError: nir.IF.v_reset must be uniform across all neurons."),
];

const OF_LIF: &[Demand] = &[
    uniform("tau", "ValueError: nir.LIF.tau must be uniform across all neurons."),
    Demand::new(
        Requirement::MoreSteps("tau", 1.0),
        "ValueError: nir.LIF.tau / dt must be finite and greater than 1.",
    ),
    uniform("r", "ValueError: nir.LIF.r must be uniform across all neurons."),
    Demand::new(
        Requirement::Close("r", &[Level::Number(1.0), Level::Steps("tau")]),
        "ValueError: nir.LIF.r must equal 1 or tau / dt.",
    ),
    uniform("v_reset", "ValueError: nir.LIF.v_reset must be uniform across all neurons."),
    uniform("v_leak", "ValueError: nir.LIF.v_leak must be uniform across all neurons."),
    Demand::new(
        Requirement::Close("v_leak", &[Level::Field("v_reset")]),
        "ValueError: nir.LIF.v_leak must equal v_reset.",
    ),
    uniform("v_threshold", "ValueError: nir.LIF.v_threshold must be uniform across all neurons."),
];

/// The words for time constants below a time step.
const SHORT: &str = "ValueError: nir.CubaLIF time constants must be at least dt.";

const OF_CUBA_LIF: &[Demand] = &[
    uniform("tau_syn", "ValueError: nir.CubaLIF.tau_syn must be uniform across all neurons."),
    uniform("tau_mem", "ValueError: nir.CubaLIF.tau_mem must be uniform across all neurons."),
    Demand::new(Requirement::AtLeastSteps("tau_syn", 1.0), SHORT),
    Demand::new(Requirement::AtLeastSteps("tau_mem", 1.0), SHORT),
    uniform("r", "ValueError: nir.CubaLIF.r must be uniform across all neurons."),
    Demand::new(
        Requirement::Close("r", &[Level::Steps("tau_mem")]),
        "ValueError: nir.CubaLIF.r must equal tau_mem / dt.",
    ),
    uniform("w_in", "ValueError: nir.CubaLIF.w_in must be uniform across all neurons."),
    Demand::new(
        Requirement::Close("w_in", &[Level::Steps("tau_syn")]),
        "ValueError: nir.CubaLIF.w_in must equal tau_syn / dt.",
    ),
    uniform("v_leak", "ValueError: nir.CubaLIF.v_leak must be uniform across all neurons."),
    Demand::new(
        Requirement::Close("v_leak", &[Level::Number(0.0)]),
        "ValueError: nir.CubaLIF.v_leak must equal 0.",
    ),
    uniform(
        "v_threshold",
        "ValueError: nir.CubaLIF.v_threshold must be uniform across all neurons.",
    ),
    uniform("v_reset", "ValueError: nir.CubaLIF.v_reset must be uniform across all neurons."),
];

const fn uniform(field: &'static str, reason: &'static str) -> Demand {
    Demand::new(Requirement::Uniform(field), reason)
}

/// Numbers of the file become numbers of Python, and PyTorch takes integers only.
const OF_MEAN: &[Demand] = &[
    HALF_PADDING,
    Demand::at_first_step(
        Requirement::Integers(&["kernel_size"]),
        "TypeError: avg_pool2d(): argument 'kernel_size' (position 2) must be tuple of ints, …",
    ),
    Demand::at_first_step(
        Requirement::Integers(&["stride"]),
        "TypeError: avg_pool2d(): argument 'stride' (position 3) must be tuple of ints, …",
    ),
    Demand::at_first_step(
        Requirement::Integers(&["padding"]),
        "TypeError: avg_pool2d(): argument 'padding' (position 4) must be tuple of ints, …",
    ),
];

const CAPABILITIES: &[Capability] = &[
    Capability { demands: &[FLOATS, BIASES, FLOAT_BIAS], ..plain("Affine", "layer.Linear") },
    Capability { demands: &[FLOATS], ..plain("Linear", "layer.Linear without bias") },
    Capability { demands: CONVOLUTION, ..plain("Conv1d", "layer.Conv1d") },
    Capability { demands: CONVOLUTION, ..plain("Conv2d", "layer.Conv2d") },
    Capability {
        demands: &[
            Demand::new(Requirement::Lists(&["kernel_size", "stride"]), NOT_ITERABLE),
            KEEPS_SHAPE,
        ],
        notes: &[
            "the mean times the area: some sums differ by one rounding",
            "a padding is ignored",
        ],
        ..plain("SumPool2d", "torch.nn.LPPool2d(1)")
    },
    Capability { demands: OF_MEAN, ..plain("AvgPool2d", "layer.AvgPool2d") },
    Capability {
        notes: &["the axes are counted behind the batch"],
        ..plain("Flatten", "layer.Flatten")
    },
    Capability { demands: OF_IF, ..plain("IF", "neuron.IFNode") },
    Capability { demands: OF_LIF, ..plain("LIF", "neuron.LIFNode") },
    Capability { demands: OF_CUBA_LIF, ..plain("CubaLIF", "neuron.CUBALIFNode") },
    plain("NIRGraph", "torch.fx.GraphModule"),
];

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
