//! The primitives of NIR: a closed list, one file each.
//!
//! A new primitive is a file with a declaration, a line in each list of this module, and whatever
//! exhaustive matches the compiler then asks for.

mod affine;
mod avg_pool2d;
mod conv1d;
mod conv2d;
mod cuba_li;
mod cuba_lif;
mod delay;
mod flatten;
mod i;
mod r#if;
mod input;
mod li;
mod lif;
mod linear;
mod output;
mod scale;
mod sum_pool2d;
mod threshold;

pub use affine::Affine;
pub use avg_pool2d::AvgPool2d;
pub use conv1d::Conv1d;
pub use conv2d::Conv2d;
pub use cuba_li::CubaLi;
pub use cuba_lif::CubaLif;
pub use delay::Delay;
pub use flatten::Flatten;
pub use i::I;
pub use r#if::If;
pub use input::Input;
pub use li::Li;
pub use lif::Lif;
pub use linear::Linear;
pub use output::Output;
pub use scale::Scale;
pub use sum_pool2d::SumPool2d;
pub use threshold::Threshold;

use nirkit_numerics::Tensor;

use crate::field::{Declared, Field, FieldFault};
use crate::graph::Graph;
use crate::value::{Fields, Value};

/// Kind of a nested graph in the file.
pub const GRAPH_KIND: &str = "NIRGraph";

/// A node of a kind that this crate does not know, or that lacks what its kind declares.
///
/// It is kept verbatim for the way back, the validator says what is wrong with it, and it cannot
/// run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The kind that the file gives.
    pub kind: String,
    /// Everything that the file holds for the node, but its kind and metadata.
    pub fields: Fields,
}

/// Lists every declared primitive once; `$then!` receives the list.
macro_rules! with_primitives {
    ($then:ident) => {
        $then! {
            Input, Output, Affine, Linear, Scale, Conv1d, Conv2d, SumPool2d, AvgPool2d, Flatten,
            Delay, Threshold, I, Li, If, Lif, CubaLi, CubaLif
        }
    };
}

macro_rules! define_primitive {
    ($($name:ident),*) => {
        /// What a node computes.
        ///
        /// The list is closed on purpose: a new primitive is a breaking change, and the compiler
        /// then names every place that has to learn it.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Primitive {
            $(
                #[doc = concat!("See [`", stringify!($name), "`](struct@", stringify!($name), ").")]
                $name($name),
            )*
            /// A nested graph.
            Graph(Graph),
            /// Something that is kept but not understood.
            Unknown(Unknown),
        }

        impl Primitive {
            /// The primitive of a kind, from what a file holds for the node.
            ///
            /// A kind that is not known, or a node with faulty fields, becomes
            /// [`Primitive::Unknown`] with all its fields. What is left over of a known node is
            /// returned beside it. Nested graphs are not built here.
            #[must_use]
            pub fn from_fields(kind: &str, fields: Fields) -> (Self, Fields) {
                match kind {
                    $(<$name as Declared>::KIND => match $name::from_fields(&fields) {
                        Ok(primitive) => {
                            (Self::$name(primitive), left_over($name::FIELDS, fields))
                        }
                        Err(_) => (Self::Unknown(Unknown { kind: kind.to_owned(), fields }), Fields::default()),
                    },)*
                    _ => (Self::Unknown(Unknown { kind: kind.to_owned(), fields }), Fields::default()),
                }
            }

            /// The kind in the file: `LIF`, `NIRGraph`.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$name(_) => <$name as Declared>::KIND,)*
                    Self::Graph(_) => GRAPH_KIND,
                    Self::Unknown(unknown) => &unknown.kind,
                }
            }

            /// The declared fields that are present, in the order of the declaration; empty for
            /// nested graphs and unknown nodes.
            #[must_use]
            pub fn values(&self) -> Vec<(&'static Field, Value)> {
                match self {
                    $(Self::$name(primitive) => primitive.values(),)*
                    Self::Graph(_) | Self::Unknown(_) => Vec::new(),
                }
            }

            /// Those of the declared fields that are tensors, in the order of the declaration.
            pub fn tensors(&self) -> impl Iterator<Item = (&'static Field, &Tensor)> {
                let fields: &'static [Field] = match self {
                    $(Self::$name(_) => <$name as Declared>::FIELDS,)*
                    Self::Graph(_) | Self::Unknown(_) => &[],
                };
                let fields = fields.iter().enumerate();
                fields.filter_map(|(at, field)| Some((field, self.tensor(at)?)))
            }

            fn tensor(&self, at: usize) -> Option<&Tensor> {
                match self {
                    $(Self::$name(primitive) => primitive.tensor(at),)*
                    Self::Graph(_) | Self::Unknown(_) => None,
                }
            }
        }

        /// What a file has to hold for a node of this kind; `None` for kinds without a
        /// declaration.
        #[must_use]
        pub fn declaration(kind: &str) -> Option<Declaration> {
            match kind {
                $(<$name as Declared>::KIND => Some(Declaration {
                    kind: <$name as Declared>::KIND,
                    doc: <$name as Declared>::DOC,
                    fields: <$name as Declared>::FIELDS,
                    faults: |fields| $name::from_fields(fields).err().unwrap_or_default(),
                }),)*
                _ => None,
            }
        }

        /// The kinds of all declared primitives, in the order of the documentation.
        pub const KINDS: &[&str] = &[$(<$name as Declared>::KIND),*];
    };
}

with_primitives!(define_primitive);

/// The declaration of a primitive, for those who walk all of them.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The kind in the file.
    pub kind: &'static str,
    /// One paragraph of documentation, with the equation.
    pub doc: &'static str,
    /// The declared fields.
    pub fields: &'static [Field],
    /// What is wrong with the fields that a file holds for a node of this kind.
    pub faults: fn(&Fields) -> Vec<FieldFault>,
}

impl Primitive {
    /// The nested graph, if it is one.
    #[must_use]
    pub fn as_graph(&self) -> Option<&Graph> {
        match self {
            Self::Graph(graph) => Some(graph),
            _ => None,
        }
    }

    /// Whether the node's output follows its input at once, without a state in between.
    ///
    /// A `Delay` counts as having a state: its output is an input of the past.
    #[must_use]
    pub fn is_stateless(&self) -> bool {
        match self {
            Self::Input(_)
            | Self::Output(_)
            | Self::Affine(_)
            | Self::Linear(_)
            | Self::Scale(_)
            | Self::Conv1d(_)
            | Self::Conv2d(_)
            | Self::SumPool2d(_)
            | Self::AvgPool2d(_)
            | Self::Flatten(_)
            | Self::Threshold(_) => true,
            Self::Delay(_)
            | Self::I(_)
            | Self::Li(_)
            | Self::If(_)
            | Self::Lif(_)
            | Self::CubaLi(_)
            | Self::CubaLif(_)
            | Self::Graph(_)
            | Self::Unknown(_) => false,
        }
    }

    /// Whether the node puts out spikes of its own (LIF, IF, CubaLIF, Threshold).
    #[must_use]
    pub fn is_spiking(&self) -> bool {
        matches!(self, Self::If(_) | Self::Lif(_) | Self::CubaLif(_) | Self::Threshold(_))
    }
}

/// What a file holds beside the declared fields.
fn left_over(declared: &[Field], mut fields: Fields) -> Fields {
    fields.retain(|name, _| declared.iter().all(|field| field.name != name));
    fields
}
