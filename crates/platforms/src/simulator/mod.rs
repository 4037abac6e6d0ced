//! The simulators: one file of values each, and the values that several of them share.

pub mod lava;
pub mod lava_dl;
pub mod nengo;
pub mod nest;
pub mod norse;
pub mod rockpool;
pub mod sinabs;
pub mod snntorch;
pub mod spikingjelly;
pub mod spyx;

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Fold, Form, Height, Leak, ResetTiming, Rest, Rule, Spikes, Stage, Terms,
    Test,
};
use nirkit_engine::clocked::semantics::{Blocks, Cell, CellSizes, Execution, Later, Order};
use nirkit_engine::clocked::{Comparison, Feedback};
use nirkit_run::Reset;

use crate::capability::{Demand, Requirement};
use crate::profile::{BigEndian, Profile};
use nirkit_engine::clocked::semantics::When;

/// Every profile, platform by platform.
pub const ALL: [&[&Profile]; 10] = [
    norse::VERSIONS,
    snntorch::VERSIONS,
    sinabs::VERSIONS,
    rockpool::VERSIONS,
    spyx::VERSIONS,
    nengo::VERSIONS,
    lava::VERSIONS,
    lava_dl::VERSIONS,
    spikingjelly::VERSIONS,
    nest::VERSIONS,
];

/// `nirtorch.load` and its `GraphExecutor`, called once a step: a source that has its turn later is
/// seen a step late, and not at all in the first step.
const STEPWISE: Execution = Execution {
    completes: true,
    wraps_cycles: false,
    blocks: Blocks::Walked,
    doubled: None,
    order: Order::DepthFirst,
    later: Later::Before(Feedback::Absent),
    shaped_by_input: &[],
    chance: 0,
};

/// The same, called once for the whole sequence: a source that has its turn later is never seen.
const SEQUENCE: Execution = Execution { later: Later::Never, ..STEPWISE };

/// `nirtorch.nir_to_torch`: nodes in the order of their names, as their sources allow.
const DEFERRED: Execution =
    Execution { order: Order::Deferred, shaped_by_input: &["IF", "CubaLIF"], ..STEPWISE };

/// The words of `_parse_rnn_subgraph`, which snnTorch and Spyx share.
const FOUR_NODES: Cell = Cell {
    neurons: &["LIF", "CubaLIF"],
    count: "AssertionError: only 4-node RNN allowed in subgraph",
    parts: "ValueError: invalid RNN subgraph - could not find all required nodes",
    sizes: Some(CellSizes {
        output: Some("AssertionError: output size mismatch"),
        threshold: Some("AssertionError: lif size mismatch (v_threshold)"),
        weight: "AssertionError: w_rec shape mismatch",
    }),
};

/// `torch.nn.Conv1d` and `Conv2d` are made with the channels that a kernel sees for those of the input.
const WHOLE_GROUPS: Demand = Demand::new(
    Requirement::GroupsDivideKernel,
    "ValueError: in_channels must be divisible by groups",
);

/// `torch.nn.Conv1d` and `Conv2d` keep the numbers of the file, and PyTorch takes integers only.
const INTEGER_STEPS_1D: Demand = Demand::at_first_step(
    Requirement::Integers(&["stride", "padding", "dilation"]),
    "TypeError: conv1d() received an invalid combination of arguments - got (Tensor, …",
);
const INTEGER_STEPS: Demand = Demand::at_first_step(
    Requirement::Integers(&["stride", "padding", "dilation"]),
    "TypeError: conv2d() received an invalid combination of arguments - got (Tensor, …",
);
const INTEGER_GROUPS: Demand = Demand::new(
    Requirement::Integers(&["groups"]),
    "TypeError: empty(): argument 'size' failed to unpack the object at pos 2 with error \"type must be \
     tuple of ints,but got {type}\"",
);
const ONE_NUMBER_OF_GROUPS: Demand = Demand::new(
    Requirement::NumberByItself("groups"),
    "TypeError: empty(): argument 'size' failed to unpack the object at pos 2 with error \"type must be \
     tuple of ints,but got numpy.ndarray\"",
);
const INTEGER_KERNEL: Demand = Demand::at_first_step(
    Requirement::Integers(&["kernel_size"]),
    "TypeError: avg_pool2d(): argument 'kernel_size' (position 2) must be tuple of ints, but found \
     element of type {type} at pos 0",
);
const INTEGER_STRIDE: Demand = Demand::at_first_step(
    Requirement::Integers(&["stride"]),
    "TypeError: avg_pool2d(): argument 'stride' (position 3) must be tuple of ints, but found element of \
     type {type} at pos 0",
);
const INTEGER_PADDING: Demand = Demand::at_first_step(
    Requirement::Integers(&["padding"]),
    "TypeError: avg_pool2d(): argument 'padding' (position 4) must be tuple of ints, but found element \
     of type {type} at pos 0",
);
/// `LPPool2d` takes its kernel apart.
const PAIR_OF_KERNEL: Demand = Demand::at_first_step(
    Requirement::PairOrNumber("kernel_size"),
    "ValueError: not enough values to unpack (expected 2, got 1)",
);
const INTEGER_END: Demand = Demand::at_first_step(
    Requirement::Integers(&["end_dim"]),
    "TypeError: flatten(): argument 'end_dim' (position 2) must be int, not {type}",
);

/// `torch.nn.AvgPool2d` pads by half of its kernel at most.
const HALF_PADDING: Demand = Demand::at_first_step(
    Requirement::HalfPadding,
    "RuntimeError: pad should be at most half of effective kernel size, but got pad=…",
);

/// PyTorch takes arrays in the byte order of the machine only.
const TORCH_BYTES: BigEndian = BigEndian {
    says: "ValueError: given numpy array has byte order different from the native byte order",
    of_neurons: When::Import,
};

/// The words for a number by itself where Python makes a tuple of a list.
const NOT_ITERABLE: &str = "TypeError: '{type}' object is not iterable";

/// Words that depend on what follows.
const SHAPES_DIFFER: &str = "RuntimeError: …";

/// A padding or dilation that is taken otherwise, so that the shapes that follow differ.
const KEEPS_SHAPE: Demand = Demand::at_first_step(Requirement::KeepsShape, SHAPES_DIFFER);

/// A state that adds what arrives and does not leak.
pub(crate) const SUM: Stage =
    Stage { form: Form::Keep, leak: Leak::None, gain: Terms::NONE, rest: Rest::Ignored };

/// One spike above the threshold, and a reset to zero with it.
pub(crate) const FIRE_TO_ZERO: Fire = Fire {
    test: Test::After,
    comparison: Comparison::Above,
    spikes: Spikes::One,
    reset: Reset::Zero,
    timing: ResetTiming::AtOnce,
    floor: Floor::None,
    height: Height::One,
    zero_feedback: false,
};

/// A membrane without a synapse that spikes as [`FIRE_TO_ZERO`] says.
pub(crate) const PLAIN_RULE: Rule = Rule {
    synapse: None,
    membrane: SUM,
    fold: Fold::None,
    fan_in: FanIn::Joined,
    first_only: &[],
    normalised: false,
    fire: Some(FIRE_TO_ZERO),
    fixed: None,
};
