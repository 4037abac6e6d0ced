//! What a lowering is given.

use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::{Facts, Graph, Node, Place, Primitive};
use nirkit_run::Reset;

use super::{Chip, View, WeightScales};

/// A graph on its way to a chip.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The chip.
    pub chip: &'a Chip,
    /// The graph.
    pub graph: &'a Graph,
    /// Its facts.
    pub facts: &'a Facts,
    /// The time step in seconds, if it is known.
    pub dt: Option<f64>,
    /// The reset that is asked for.
    pub reset: Option<Reset>,
    /// How numbers become integers.
    pub quantiser: &'static Quantiser,
    /// Scales of weights that are integers already.
    pub weight_scales: &'a WeightScales,
}

/// A way to make integers of the numbers of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiser {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it does, in a sentence without a full stop.
    pub what: &'static str,
}

/// There is no such way to make integers of numbers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{chip} knows no quantisation `{name}`; choose one of {}", known.join(", "))]
pub struct UnknownQuantiser {
    /// Name of the chip.
    pub chip: &'static str,
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub known: Vec<&'static str>,
}

impl Quantiser {
    /// The one of this name, or the chip's first.
    pub(super) fn find(chip: &Chip, name: Option<&str>) -> Result<&'static Self, UnknownQuantiser> {
        let found = match name {
            None => chip.quantisers.first(),
            Some(name) => chip.quantisers.iter().find(|quantiser| quantiser.name == name),
        };
        found.ok_or_else(|| UnknownQuantiser {
            chip: chip.name,
            name: name.unwrap_or_default().to_owned(),
            known: chip.quantisers.iter().map(|quantiser| quantiser.name).collect(),
        })
    }
}

impl<'a> Job<'a> {
    /// The graph with its facts.
    #[must_use]
    pub fn view(&self) -> View<'a> {
        View { graph: self.graph, facts: self.facts }
    }

    /// What a leaf computes.
    #[must_use]
    pub fn primitive(&self, leaf: LeafId) -> Option<&'a Primitive> {
        self.view().primitive(leaf)
    }

    /// A leaf by its handle.
    #[must_use]
    pub fn leaf(&self, leaf: LeafId) -> &'a Leaf {
        self.view().leaf(leaf)
    }

    /// The node of a leaf.
    #[must_use]
    pub fn node(&self, leaf: LeafId) -> Option<&'a Node> {
        self.view().node(leaf)
    }

    /// The place of a leaf in the graph.
    #[must_use]
    pub fn place(&self, leaf: LeafId) -> Place {
        self.view().place(leaf)
    }

    /// The numbers of a field of a leaf, one for each of so many neurons; `None` where the node
    /// does not have the field.
    #[must_use]
    pub fn numbers(&self, leaf: LeafId, field: &str, neurons: usize) -> Option<Vec<f64>> {
        self.view().numbers(leaf, field, neurons)
    }

    /// Whether a leaf is a neuron that spikes: IF, LIF or CubaLIF.
    pub(super) fn spikes(&self, leaf: LeafId) -> bool {
        let primitive = self.primitive(leaf);
        matches!(primitive, Some(Primitive::If(_) | Primitive::Lif(_) | Primitive::CubaLif(_)))
    }

    /// The leaves of kinds that the chip does not have, each with what its tools say.
    pub(super) fn foreign(&self) -> impl Iterator<Item = (LeafId, &'a Primitive, String)> {
        let is_port =
            |primitive: &Primitive| matches!(primitive, Primitive::Input(_) | Primitive::Output(_));
        let leaves = self.facts.iter().filter_map(|(id, _)| Some((id, self.primitive(id)?)));
        leaves
            .filter(move |(_, primitive)| !is_port(primitive))
            .filter(|(_, primitive)| self.chip.capability(primitive.kind()).is_none())
            .map(|(id, primitive)| {
                (id, primitive, self.chip.unknown.replace("{kind}", primitive.kind()))
            })
    }
}
