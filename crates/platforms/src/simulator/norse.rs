//! Norse: forward Euler in single precision, stepwise.

use nirkit_engine::clocked::Precision;
use nirkit_engine::clocked::semantics::rule::{
    Form, Format, Leak, Ratio, Rest, Rule, Stage, Term, Terms,
};
use nirkit_engine::clocked::semantics::{
    Maps, Neurons, Pool, PoolPadding, Semantics, Time, Unknown, UnknownNodePolicy,
};

use super::{
    INTEGER_END, INTEGER_GROUPS, INTEGER_KERNEL, INTEGER_STEPS, INTEGER_STRIDE, KEEPS_SHAPE,
    NOT_ITERABLE, ONE_NUMBER_OF_GROUPS, PAIR_OF_KERNEL, PLAIN_RULE, STEPWISE, WHOLE_GROUPS,
};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions, the newest release first.
pub const VERSIONS: &[&Profile] = &[&RELEASE, &PAPER];

const RELEASE: Profile = Profile {
    name: "norse",
    version: "1.1.0",
    package: "norse 1.1.0 with nirtorch 2.6 and torch 2.15.0",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Option(1e-3),
    free_reset: &["CubaLIF"],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "the converter returns nothing for {kind}, and the executor skips the node",
    big_endian: Some(super::TORCH_BYTES),
    semantics: SEMANTICS,
};

/// What the authors of the NIR paper ran: the same steps, always reset to zero.
const PAPER: Profile = Profile {
    version: "paper",
    package: "norse as of the NIR paper, with the paper's notebooks",
    evidence: "the stored activity of both Braille networks, every spike equal",
    free_reset: &[],
    ..RELEASE
};

const SEMANTICS: Semantics = Semantics {
    time: Time::Step(1e-3),
    precision: Precision::F32,
    execution: STEPWISE,
    maps: Maps { pool: Pool::MeanTimesArea, pool_padding: PoolPadding::Ignored, ..Maps::PLAIN },
    neurons: Neurons {
        r#if: Some(PLAIN_RULE),
        lif: Some(LIF),
        cuba_lif: Some(CUBA_LIF),
        ..Neurons::NONE
    },
    unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Cut },
};

const KNOWN: &[&str] =
    &["Affine", "Linear", "Conv2d", "SumPool2d", "Flatten", "IF", "LIF", "CubaLIF", "NIRGraph"];

/// `v += dt (1 / tau) ((x + v_leak) - v)`.
const EULER: Leak = Leak::Euler(Ratio::Reciprocal, Format::Single);

const LIF: Rule = Rule {
    membrane: Stage { form: Form::Approach, leak: EULER, gain: Terms::NONE, rest: Rest::Pull },
    ..PLAIN_RULE
};

/// `i += dt (1 / tau_syn) ((v_leak - i) + w_in x)`, then `v += dt (1 / tau_mem) ((r i + v_leak) - v)`.
const CUBA_LIF: Rule = Rule {
    synapse: Some(Stage {
        form: Form::Recover,
        leak: EULER,
        gain: Terms::of(&[Term::WIn]),
        rest: Rest::Pull,
    }),
    membrane: Stage {
        form: Form::Approach,
        leak: EULER,
        gain: Terms::of(&[Term::R]),
        rest: Rest::Pull,
    },
    ..PLAIN_RULE
};

const IMPORT: &str = "norse/torch/utils/import_nir.py, _import_norse_module";

/// `torch.nn.functional.conv2d` takes no single number for a bias.
const CONV_BIAS: Demand = Demand::at_first_step(
    Requirement::Lists(&["bias"]),
    "RuntimeError: Given weight of size …, expected bias to be 1-dimensional with …",
);

const CAPABILITIES: &[Capability] = &[
    plain("Affine", "torch.nn.Linear"),
    plain("Linear", "torch.nn.Linear"),
    Capability {
        demands: &[WHOLE_GROUPS, CONV_BIAS, INTEGER_STEPS, INTEGER_GROUPS, ONE_NUMBER_OF_GROUPS],
        ..plain("Conv2d", "torch.nn.Conv2d")
    },
    Capability {
        kind: "SumPool2d",
        becomes: "torch.nn.LPPool2d(1)",
        demands: &[
            Demand::new(Requirement::Lists(&["kernel_size", "stride"]), NOT_ITERABLE),
            KEEPS_SHAPE,
            PAIR_OF_KERNEL,
            INTEGER_KERNEL,
            INTEGER_STRIDE,
        ],
        notes: &[
            "the mean times the area: some sums differ by one rounding",
            "a padding is ignored, with a warning",
        ],
        evidence: IMPORT,
    },
    Capability {
        demands: &[INTEGER_END],
        notes: &["the axes are taken as they stand, so that a batch axis is flattened too"],
        ..plain("Flatten", "torch.nn.Flatten")
    },
    plain("IF", "IAFCell"),
    plain("LIF", "LIFBoxCell"),
    Capability {
        notes: &["the synaptic current rests at v_leak too"],
        ..plain("CubaLIF", "LIBoxCell and LIFBoxCell")
    },
    Capability {
        notes: &["an executor of its own; what leaves is what the node puts out that runs last"],
        ..plain("NIRGraph", "nirtorch.GraphExecutor")
    },
];

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
