//! Families of nodes, which share a colour.

use nirkit_ir::Primitive;
use serde::Serialize;

/// What kind of thing a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Input and Output.
    Port,
    /// Weights without a window: Affine, Linear, Scale.
    Map,
    /// Convolutions and pools.
    Window,
    /// Nodes that spike: LIF, IF, `CubaLIF`, Threshold.
    Neuron,
    /// Nodes with a state that do not spike: I, LI, `CubaLI`.
    Integrator,
    /// Everything else: Delay, Flatten, unknown kinds.
    Other,
    /// Nested graphs.
    Graph,
    /// Repeated blocks of a chain.
    Folded,
}

impl Family {
    /// All families, in the order of the legend.
    pub(crate) const ALL: [Self; 8] = [
        Self::Port,
        Self::Map,
        Self::Window,
        Self::Neuron,
        Self::Integrator,
        Self::Other,
        Self::Graph,
        Self::Folded,
    ];

    /// The family of a node.
    pub(crate) fn of(primitive: &Primitive) -> Self {
        match primitive {
            Primitive::Input(_) | Primitive::Output(_) => Self::Port,
            Primitive::Affine(_) | Primitive::Linear(_) | Primitive::Scale(_) => Self::Map,
            Primitive::Conv1d(_)
            | Primitive::Conv2d(_)
            | Primitive::SumPool2d(_)
            | Primitive::AvgPool2d(_) => Self::Window,
            Primitive::If(_)
            | Primitive::Lif(_)
            | Primitive::CubaLif(_)
            | Primitive::Threshold(_) => Self::Neuron,
            Primitive::I(_) | Primitive::Li(_) | Primitive::CubaLi(_) => Self::Integrator,
            Primitive::Delay(_) | Primitive::Flatten(_) | Primitive::Unknown(_) => Self::Other,
            Primitive::Graph(_) => Self::Graph,
        }
    }

    /// What the legend says.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Port => "Input, Output",
            Self::Map => "weights",
            Self::Window => "convolution, pool",
            Self::Neuron => "neuron",
            Self::Integrator => "integrator",
            Self::Other => "other",
            Self::Graph => "nested graph",
            Self::Folded => "repeated block",
        }
    }

    /// Fill and outline: tints and shades of the colours of Okabe and Ito (2008), which people with any kind of colour vision
    /// can tell apart.
    pub(crate) fn colours(self) -> (&'static str, &'static str) {
        match self {
            Self::Port => ("#f0f0f0", "#555555"),
            Self::Map => ("#cfe6f7", "#0072b2"),
            Self::Window => ("#c5ebdf", "#007a5a"),
            Self::Neuron => ("#fbe3b3", "#a86f00"),
            Self::Integrator => ("#f3dbe9", "#a5527f"),
            Self::Other => ("#ffffff", "#555555"),
            Self::Graph => ("#fafafa", "#888888"),
            Self::Folded => ("#ebe7f5", "#5a4b91"),
        }
    }
}
