//! How a primitive declares its fields: once, in one table that everything else walks.
//!
//! The macro `primitive!` turns a declaration into a struct, its documentation and a table of
//! [`Field`]s. Reading, writing, the text form and the documentation are written against the table
//! and know no primitive by name.

use nirkit_numerics::Tensor;

use crate::value::{Fields, Text, Value};

/// One declared field of a primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in the file, in NIR's spelling.
    pub name: &'static str,
    /// What it is, as the documentation says it.
    pub doc: &'static str,
    /// Physical unit of the numbers.
    pub unit: Unit,
    /// Which axes the tensor has.
    pub axes: Axes,
    /// Which numbers make sense.
    pub range: Range,
    /// What it means when the field is absent.
    pub presence: Presence,
}

/// Physical unit of a field. NIR's equations are free of absolute voltages and resistances; the
/// units say which numbers can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Milliseconds: what times of a file are shown in whose metadata say so. No field is declared in them.
    Millisecond,
    /// Resistance: turns a current into a voltage.
    Ohm,
    /// Voltage.
    Volt,
    /// A pure number.
    One,
    /// Counts of elements along an axis, or positions of axes.
    Count,
}

impl Unit {
    /// The unit in which a file with times in `times` has it.
    #[must_use]
    pub fn in_file(self, times: Self) -> Self {
        if self == Self::Second { times } else { self }
    }

    /// Symbol for tables; empty for pure numbers.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Ohm => "Ω",
            Self::Volt => "V",
            Self::One | Self::Count => "",
        }
    }
}

/// The axes that a field's tensor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axes {
    /// One number for each neuron or channel of the node; broadcasts as in numpy.
    Neuron,
    /// `(outputs, inputs)`.
    Matrix,
    /// `(outputs)`.
    OutputChannel,
    /// `(output channels, input channels / groups, length)`.
    Kernel1d,
    /// `(output channels, input channels / groups, height, width)`.
    Kernel2d,
    /// One whole number.
    Scalar,
    /// One whole number for both axes, or one for each.
    Pair,
    /// Lengths of the axes of a signal.
    Shape,
}

impl Axes {
    /// The axes in words, for tables.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Neuron => "neurons",
            Self::Matrix => "outputs × inputs",
            Self::OutputChannel => "outputs",
            Self::Kernel1d => "outputs × inputs/groups × length",
            Self::Kernel2d => "outputs × inputs/groups × height × width",
            Self::Scalar => "one number",
            Self::Pair => "one or two numbers",
            Self::Shape => "one number an axis",
        }
    }
}

/// The numbers that make sense for a field, besides being finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Every number.
    Any,
    /// Numbers above 0.
    Positive,
    /// Numbers from 0.
    NotNegative,
}

impl Range {
    /// Whether a number lies in the range. NaN lies in none but [`Range::Any`].
    #[must_use]
    pub fn contains(self, number: f64) -> bool {
        match self {
            Self::Any => true,
            Self::Positive => number > 0.0,
            Self::NotNegative => number >= 0.0,
        }
    }
}

/// Whether a file has to hold a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Every file has it.
    Required,
    /// A file may lack it; the text says what is then meant.
    Optional(&'static str),
}

/// Why a field could not be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// A required field is not there.
    Missing(&'static Field),
    /// The field holds something else than its declaration says.
    WrongType {
        /// The declaration.
        field: &'static Field,
        /// What the file holds, in words.
        found: String,
    },
}

/// A Rust type that a declared field can have.
pub trait FieldType: Sized {
    /// The field from what a file holds under its name.
    fn from_value(field: &'static Field, value: Option<&Value>) -> Result<Self, FieldFault>;
    /// What a file is to hold under the field's name; `None` leaves it out.
    fn to_value(&self) -> Option<Value>;
    /// The field's tensor, if it is one.
    fn as_tensor(&self) -> Option<&Tensor>;
}

impl FieldType for Tensor {
    fn from_value(field: &'static Field, value: Option<&Value>) -> Result<Self, FieldFault> {
        match value {
            Some(Value::Tensor(tensor)) if !tensor.dtype().is_complex() => Ok(tensor.clone()),
            Some(other) => Err(FieldFault::WrongType { field, found: other.describe() }),
            None => Err(FieldFault::Missing(field)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Tensor(self.clone()))
    }

    fn as_tensor(&self) -> Option<&Tensor> {
        Some(self)
    }
}

impl FieldType for Option<Tensor> {
    fn from_value(field: &'static Field, value: Option<&Value>) -> Result<Self, FieldFault> {
        value.map(|value| Tensor::from_value(field, Some(value))).transpose()
    }

    fn to_value(&self) -> Option<Value> {
        self.clone().map(Value::Tensor)
    }

    fn as_tensor(&self) -> Option<&Tensor> {
        self.as_ref()
    }
}

/// Zero padding of a convolution: numbers, or PyTorch's `"same"` or `"valid"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Zeros on each side: one number for all axes, or one for each.
    Amount(Tensor),
    /// A rule by name; the validator holds it to `"same"` and `"valid"`.
    Rule(Text),
}

impl FieldType for Padding {
    fn from_value(field: &'static Field, value: Option<&Value>) -> Result<Self, FieldFault> {
        match value {
            Some(Value::Text(text)) => Ok(Self::Rule(text.clone())),
            other => Tensor::from_value(field, other).map(Self::Amount),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Amount(tensor) => Value::Tensor(tensor.clone()),
            Self::Rule(text) => Value::Text(text.clone()),
        })
    }

    fn as_tensor(&self) -> Option<&Tensor> {
        match self {
            Self::Amount(tensor) => Some(tensor),
            Self::Rule(_) => None,
        }
    }
}

/// What the macro `primitive!` gives to every declared primitive.
pub trait Declared: Sized {
    /// The kind in the file: `LIF`.
    const KIND: &'static str;
    /// One paragraph of documentation, with the equation.
    const DOC: &'static str;
    /// The declared fields, in the order of the declaration.
    const FIELDS: &'static [Field];

    /// Takes the declared fields out of what a file holds; all faults at once.
    fn from_fields(fields: &Fields) -> Result<Self, Vec<FieldFault>>;
    /// The declared fields that are present, in the order of the declaration.
    fn values(&self) -> Vec<(&'static Field, Value)>;
    /// The declared field at a position, if it is a tensor and present.
    fn tensor(&self, at: usize) -> Option<&Tensor>;
}

/// Takes one field, or remembers why not.
pub(crate) fn take<T: FieldType>(
    fields: &Fields,
    field: &'static Field,
    faults: &mut Vec<FieldFault>,
) -> Option<T> {
    T::from_value(field, fields.get(field.name)).map_err(|fault| faults.push(fault)).ok()
}

/// Declares a primitive: a struct, its table of fields, and the walk over them.
macro_rules! primitive {
    (
        $(#[doc = $doc:literal])*
        $name:ident = $kind:literal {
            $(
                $(#[doc = $field_doc:literal])*
                $field:ident: $type:ty [$unit:ident, $axes:ident, $range:ident, $presence:expr]
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $( $(#[doc = $field_doc])* pub $field: $type ),* }

        impl $crate::field::Declared for $name {
            const KIND: &'static str = $kind;
            const DOC: &'static str = concat!($($doc, "\n"),*);
            const FIELDS: &'static [$crate::field::Field] = {
                #[allow(unused_imports, reason = "a primitive may have required fields only")]
                use $crate::field::Presence::{Optional, Required};
                &[$( $crate::field::Field {
                    name: stringify!($field),
                    doc: concat!($($field_doc),*),
                    unit: $crate::field::Unit::$unit,
                    axes: $crate::field::Axes::$axes,
                    range: $crate::field::Range::$range,
                    presence: $presence,
                } ),*]
            };

            fn from_fields(
                fields: &$crate::value::Fields,
            ) -> Result<Self, Vec<$crate::field::FieldFault>> {
                let mut faults = Vec::new();
                let mut declared = Self::FIELDS.iter();
                $( let $field = declared
                    .next()
                    .and_then(|field| $crate::field::take(fields, field, &mut faults)); )*
                match ($($field,)*) {
                    ($(Some($field),)*) if faults.is_empty() => Ok(Self { $($field),* }),
                    _ => Err(faults),
                }
            }

            fn values(&self) -> Vec<(&'static $crate::field::Field, $crate::value::Value)> {
                let values = [$( $crate::field::FieldType::to_value(&self.$field) ),*];
                Self::FIELDS
                    .iter()
                    .zip(values)
                    .filter_map(|(field, value)| Some((field, value?)))
                    .collect()
            }

            fn tensor(&self, at: usize) -> Option<&nirkit_numerics::Tensor> {
                [$( $crate::field::FieldType::as_tensor(&self.$field) ),*].get(at).copied().flatten()
            }
        }
    };
}
pub(crate) use primitive;
