//! Rockpool (Torch): exponential decay after the input, several spikes a step, subtractive resets;
//! whole sequences module by module, recurrence only inside a module.

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Form, Format, Leak, Ratio, ResetTiming, Rest, Rule, Spikes, Stage, Terms,
};
use nirkit_engine::clocked::semantics::{
    Blocks, Cell, CellSizes, Execution, Later, Maps, Neurons, Semantics, Time, Unknown,
    UnknownNodePolicy,
};
use nirkit_engine::clocked::{Comparison, Feedback, Precision};
use nirkit_run::Reset;

use super::{FIRE_TO_ZERO, PLAIN_RULE, SEQUENCE};
use crate::capability::{Capability, Demand, Requirement};
use crate::profile::{Dt, Profile};

/// The versions.
pub const VERSIONS: &[&Profile] = &[&RELEASE, &PAPER];

const RELEASE: Profile = Profile {
    name: "rockpool",
    version: "3.1.0",
    package: "rockpool 3.1.0 with nirtorch 2.6 and torch 2.15.0",
    evidence: "recordings of single layers and networks, every spike equal",
    dt: Dt::Derived,
    free_reset: &[],
    unbiased_reset: None,
    capabilities: CAPABILITIES,
    unknown: "NotImplementedError: Cannot convert {class} to rockpool module",
    big_endian: Some(super::TORCH_BYTES),
    semantics: SEMANTICS,
};

/// What the authors of the NIR paper ran, as far as it is understood.
const PAPER: Profile = Profile {
    version: "paper",
    package: "rockpool as of the NIR paper, with the paper's notebooks",
    evidence: "the stored voltages and spikes of a single LIF; of the stored activity of a Braille \
               network, 37 of 10,240 entries differ",
    capabilities: CAPABILITIES_PAPER,
    semantics: Semantics {
        neurons: Neurons { lif: Some(LIF), ..SEMANTICS.neurons },
        unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
        execution: Execution {
            later: Later::Before(Feedback::Absent),
            ..RELEASE.semantics.execution
        },
        ..RELEASE.semantics
    },
    ..RELEASE
};

const SEMANTICS: Semantics = Semantics {
    time: Time::PerLayer,
    precision: Precision::F32,
    execution: Execution { blocks: Blocks::Cell(CELL), ..SEQUENCE },
    maps: Maps { recurrent_bias: false, ..Maps::PLAIN },
    neurons: Neurons { li: Some(LI), cuba_lif: Some(CUBA_LIF), ..Neurons::NONE },
    unknown: Unknown { known: KNOWN, policy: UnknownNodePolicy::Refused },
};

const KNOWN: &[&str] = &["Affine", "Linear", "LI", "LIF", "CubaLIF", "NIRGraph"];

/// `exp(-dt (1 / tau))`.
const DECAY: Leak = Leak::Exponential(Ratio::Reciprocal, Format::Single);

/// `i = exp(-dt / tau_syn) (i + x)`, then `v = (exp(-dt / tau_mem) v + i) + v_leak`; the state starts
/// at 0 and `v_leak` is a current.
const CUBA_LIF: Rule = Rule {
    synapse: Some(Stage {
        form: Form::KeepBoth,
        leak: DECAY,
        gain: Terms::NONE,
        rest: Rest::Ignored,
    }),
    membrane: Stage { form: Form::Keep, leak: DECAY, gain: Terms::NONE, rest: Rest::Bias },
    fan_in: FanIn::OneByOne,
    fire: Some(Fire {
        comparison: Comparison::AtLeast,
        spikes: Spikes::FloorQuotient(65536.0),
        reset: Reset::Subtract,
        timing: ResetTiming::AtOnce,
        zero_feedback: true,
        ..FIRE_TO_ZERO
    }),
    ..PLAIN_RULE
};

/// `v = exp(-dt / tau) v + x`, as the CubaLIF without a synapse.
const LIF: Rule = Rule { synapse: None, ..CUBA_LIF };

/// The time constant is cut to whole seconds, and 0 seconds keep nothing.
const LI: Rule = Rule {
    membrane: Stage {
        form: Form::KeepBoth,
        leak: Leak::WholeSeconds(Ratio::Reciprocal, Format::Single),
        gain: Terms::NONE,
        rest: Rest::Ignored,
    },
    fire: None,
    ..PLAIN_RULE
};

const IMPORT: &str = "rockpool/nn/modules/torch/nir.py, _convert_nir_to_rockpool";

const CAPABILITIES: &[Capability] = &[
    plain("Affine", "LinearTorch"),
    plain("Linear", "LinearTorch"),
    OF_LI,
    Capability {
        demands: &[Demand::new(
            Requirement::Never,
            "AttributeError: 'LIF' object has no attribute 'tau_mem'",
        )],
        ..plain("LIF", "LIFNeuronTorch")
    },
    OF_CUBA_LIF,
    NESTED,
];
const CAPABILITIES_PAPER: &[Capability] = &[
    plain("Affine", "LinearTorch"),
    plain("Linear", "LinearTorch"),
    OF_LI,
    plain("LIF", "LIFNeuronTorch"),
    OF_CUBA_LIF,
    NESTED,
];

const OF_LI: Capability = Capability {
    demands: &[
        Demand::new(
            Requirement::AtLeastNumbers("tau", 2),
            "AttributeError: '{type}' object has no attribute 'int'",
        ),
        Demand::new(
            Requirement::OneAxisOf("tau"),
            "TypeError: All elements in a shape tuple must be integers. Instead I found an element of type \
             Tensor.",
        ),
    ],
    notes: &["the time constant is cut to whole seconds: below 1 s the output is 0"],
    ..plain("LI", "ExpSynTorch")
};

const OF_CUBA_LIF: Capability = Capability {
    demands: &[
        Demand::new(
            Requirement::Lists(&["v_threshold"]),
            "TypeError: '>' not supported between instances of 'builtin_function_or_method' and 'int'",
        ),
        Demand::new(
            Requirement::OneAxisOf("v_threshold"),
            "TypeError: '>' not supported between instances of 'builtin_function_or_method' and 'int'",
        ),
        Demand::at_first_step(
            Requirement::AsManyNumbers("v_threshold"),
            "ValueError: Input has wrong neuron dimension. It is …, must be …",
        ),
    ],
    notes: &["v_leak becomes a current that is added in every step"],
    ..plain("CubaLIF", "LIFTorch")
};

/// Four nodes with a CubaLIF and weights; nothing else of a nested graph is looked at.
const CELL: Cell = Cell {
    neurons: &["CubaLIF"],
    count: NO_GRAPH,
    parts: NO_GRAPH,
    sizes: Some(CellSizes {
        output: None,
        threshold: None,
        weight: "ValueError: The shape provided for this Parameter does not match the provided \
                 initialisation data.…",
    }),
};
const NO_GRAPH: &str =
    "NotImplementedError: Cannot convert <class 'nir.ir.graph.NIRGraph'> to rockpool module";

const NESTED: Capability = Capability {
    notes: &["one recurrent module; the bias of the recurrent weights is dropped"],
    ..plain("NIRGraph", "LIFTorch(has_rec=True)")
};

/// A kind of node without demands.
const fn plain(kind: &'static str, becomes: &'static str) -> Capability {
    Capability { kind, becomes, demands: &[], notes: &[], evidence: IMPORT }
}
