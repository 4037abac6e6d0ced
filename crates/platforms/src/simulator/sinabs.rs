//! Sinabs: time constants as numbers of steps, several spikes a step, subtractive resets; whole
//! sequences layer by layer.

use nirkit_engine::clocked::semantics::rule::{
    Fire, Floor, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Stage, Terms,
};
use nirkit_engine::clocked::semantics::{
    Maps, Neurons, Pool, PoolPadding, Semantics, Time, Unknown, UnknownNodePolicy,
};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_run::Reset;

use super::{
    FIRE_TO_ZERO, INTEGER_END, KEEPS_SHAPE, NOT_ITERABLE, PLAIN_RULE, SEQUENCE, WHOLE_GROUPS,
};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions; the first is the one that pip takes beside a current `nir`.
pub const VERSIONS: &[&Profile] = &[&RELEASE_2, &RELEASE_3];

const RELEASE_2: Profile = Profile {
    name: "sinabs",
    version: "2.0.3",
    package: "sinabs 2.0.3 with nirtorch 2.6 and torch 2.15.0",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Counted,
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES_2,
    unknown: "the converter returns nothing for {kind}, and the executor skips the node",
    big_endian: Some(super::TORCH_BYTES),
    semantics: SEMANTICS,
};

const RELEASE_3: Profile = Profile {
    version: "3.1.3",
    package: "sinabs 3.1.3 with nirtorch 2.6 and torch 2.15.0",
    evidence: "bit for bit the recordings of 2.0.3, but for Conv1d, whose import fails",
    capabilities: CAPABILITIES_3,
    ..RELEASE_2
};

const SEMANTICS: Semantics = Semantics {
    time: Time::Counted,
    precision: Precision::F32,
    execution: SEQUENCE,
    maps: Maps { pool: Pool::MeanTimesArea, pool_padding: PoolPadding::Ignored, ..Maps::PLAIN },
    neurons: Neurons { li: Some(LI), r#if: Some(IF), lif: Some(LIF), ..Neurons::NONE },
    unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Cut },
};

const KNOWN: &[&str] =
    &["Affine", "Conv1d", "Conv2d", "SumPool2d", "Flatten", "LI", "IF", "LIF", "NIRGraph"];

/// As many spikes as thresholds fit into a voltage above 0; a voltage of exactly the threshold spikes.
/// A threshold below 0 gives spikes below 0, one of 0 gives no numbers.
const FIRE: Fire = Fire {
    comparison: Comparison::AtLeast,
    spikes: Spikes::Quotient,
    reset: Reset::Subtract,
    timing: ResetTiming::AtOnce,
    ..FIRE_TO_ZERO
};

/// The voltage never falls below the negative threshold.
const IF: Rule = Rule { fire: Some(Fire { floor: Floor::MinusThreshold, ..FIRE }), ..PLAIN_RULE };

/// `v = exp(-1 / (tau / dt)) v + x`: the input is not scaled at all.
const LEAKY: Stage = Stage {
    form: Form::Keep,
    leak: Leak::Exponential(Ratio::Steps, Format::Single),
    gain: Terms::NONE,
    rest: Rest::Ignored,
};

const LIF: Rule = Rule { membrane: LEAKY, fire: Some(FIRE), ..PLAIN_RULE };
const LI: Rule = Rule { membrane: LEAKY, fire: None, ..PLAIN_RULE };

const IMPORT: &str = "sinabs/nir.py, _import_sinabs_module";

const NO_LEAK: Demand =
    Demand::new(Requirement::Equals("v_leak", 0.0), "ValueError: `v_leak` must be 0");
const OF_POOL: &[Demand] =
    &[Demand::new(Requirement::Lists(&["kernel_size", "stride"]), NOT_ITERABLE), KEEPS_SHAPE];
/// The code asks Python's `any` of an array, which takes rows of one element only.
const AMBIGUOUS: &str = "ValueError: The truth value of an array with more than one element is \
                         ambiguous. Use a.any() or a.all()";
const NO_AXES: &str = "AttributeError: '{type}' object has no attribute 'unsqueeze'";
const OF_LI: &[Demand] = &[
    Demand::new(Requirement::Lists(&["v_leak"]), NO_AXES),
    Demand::new(Requirement::OneLongAxis("v_leak"), AMBIGUOUS),
    NO_LEAK,
    Demand::new(Requirement::Equals("r", 1.0), "ValueError: `r` must be 1"),
];
const OF_LIF: &[Demand] = &[
    Demand::new(Requirement::Lists(&["v_leak"]), NO_AXES),
    Demand::new(Requirement::OneLongAxis("v_leak"), AMBIGUOUS),
    NO_LEAK,
];
const OF_CONVOLUTION: &[Demand] = &[WHOLE_GROUPS];

const CONV1D_2: Capability =
    Capability { demands: OF_CONVOLUTION, ..plain("Conv1d", "torch.nn.Conv1d") };
const CONV1D_3: Capability = Capability {
    demands: &[
        WHOLE_GROUPS,
        Demand::new(
            Requirement::Never,
            "AttributeError: 'numpy.ndarray' object has no attribute 'detach'",
        ),
    ],
    ..CONV1D_2
};

const CAPABILITIES_2: &[Capability] = &capabilities(CONV1D_2);
const CAPABILITIES_3: &[Capability] = &capabilities(CONV1D_3);

const fn capabilities(conv1d: Capability) -> [Capability; 9] {
    [
        plain("Affine", "torch.nn.Linear"),
        conv1d,
        Capability { demands: OF_CONVOLUTION, ..plain("Conv2d", "torch.nn.Conv2d") },
        Capability {
            kind: "SumPool2d",
            becomes: "SumPool2d (torch.nn.LPPool2d(1))",
            demands: OF_POOL,
            notes: &[
                "the mean times the area: some sums differ by one rounding",
                "a padding is ignored",
            ],
            evidence: IMPORT,
        },
        Capability {
            demands: &[INTEGER_END],
            ..plain("Flatten", "torch.nn.Flatten, axes counted behind the batch")
        },
        Capability { demands: OF_LI, ..plain("LI", "ExpLeakSqueeze") },
        Capability {
            notes: &["the voltage is cut at the negative threshold"],
            ..plain("IF", "IAFSqueeze")
        },
        Capability { demands: OF_LIF, ..plain("LIF", "LIFSqueeze(norm_input=False)") },
        Capability {
            notes: &["an executor of its own, over the whole sequence"],
            ..plain("NIRGraph", "nirtorch.GraphExecutor")
        },
    ]
}

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
