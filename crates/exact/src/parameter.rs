//! Parameters of a node, one set for each channel.

use nirkit_ir::facts::Leaf;
use nirkit_numerics::{Tensor, broadcast};

use super::error::PrepareError;
use nirkit_ir::facts::WiringError;

/// Something for each channel, stored once where it is the same for all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Each<T>(Vec<T>);

impl<T: Copy + PartialEq> Each<T> {
    /// Joins equal entries.
    pub(super) fn new(mut all: Vec<T>) -> Self {
        if all.windows(2).all(|two| two[0] == two[1]) {
            all.truncate(1);
        }
        Self(all)
    }

    /// What a channel has.
    #[inline]
    pub(super) fn at(&self, channel: usize) -> &T {
        if self.0.len() == 1 { &self.0[0] } else { &self.0[channel] }
    }

    /// The stored entries: one, or one for each channel.
    pub(super) fn stored(&self) -> &[T] {
        &self.0
    }
}

/// Reads the fields of one node and remembers what is wrong with them.
pub(super) struct Fields<'a> {
    leaf: &'a Leaf,
    errors: Vec<PrepareError>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(leaf: &'a Leaf) -> Self {
        Self { leaf, errors: Vec::new() }
    }

    /// A field with one finite number for each channel.
    pub(super) fn finite(&mut self, field: &'static str, tensor: &Tensor) -> Vec<f64> {
        self.checked(field, tensor, "finite", f64::is_finite)
    }

    /// A field with one finite number above 0 for each channel.
    pub(super) fn positive(&mut self, field: &'static str, tensor: &Tensor) -> Vec<f64> {
        self.checked(field, tensor, "finite and above 0", |x| x.is_finite() && x > 0.0)
    }

    /// A field with one finite number of at least 0 for each channel.
    pub(super) fn not_negative(&mut self, field: &'static str, tensor: &Tensor) -> Vec<f64> {
        self.checked(field, tensor, "finite and at least 0", |x| x.is_finite() && x >= 0.0)
    }

    /// A field that a file may lack.
    pub(super) fn finite_or(
        &mut self,
        field: &'static str,
        tensor: Option<&Tensor>,
        default: f64,
    ) -> Vec<f64> {
        match tensor {
            Some(tensor) => self.finite(field, tensor),
            None => vec![default; self.leaf.inputs()],
        }
    }

    /// Adds what is wrong with the fields together.
    pub(super) fn fault(&mut self, error: PrepareError) {
        self.errors.push(error);
    }

    /// Full name of the node.
    pub(super) fn node(&self) -> String {
        self.leaf.name.clone()
    }

    /// Builds something for each channel, if all fields are sound.
    pub(super) fn each<T: Copy + PartialEq>(
        self,
        build: impl Fn(usize) -> T,
    ) -> Result<Each<T>, Vec<PrepareError>> {
        if self.errors.is_empty() {
            Ok(Each::new((0..self.leaf.inputs()).map(build).collect()))
        } else {
            Err(self.errors)
        }
    }

    fn checked(
        &mut self,
        field: &'static str,
        tensor: &Tensor,
        needed: &'static str,
        holds: impl Fn(f64) -> bool,
    ) -> Vec<f64> {
        let shape = &self.leaf.input;
        let values = tensor.to_f64().filter(|values| values.len() == tensor.len());
        let spread = values.and_then(|values| match *values {
            [value] => Some(vec![value; self.leaf.inputs()]),
            _ => broadcast::spread(&values, tensor.shape(), shape),
        });
        let Some(values) = spread.filter(|values| values.len() == self.leaf.inputs()) else {
            let (found, shape) = (tensor.shape().to_vec(), shape.clone());
            self.errors
                .push(WiringError::Parameter { node: self.node(), field, found, shape }.into());
            return vec![0.0; self.leaf.inputs()];
        };
        if let Some(channel) = values.iter().position(|&value| !holds(value)) {
            let value = values[channel];
            self.errors.push(PrepareError::Value {
                node: self.node(),
                field,
                channel,
                value,
                needed,
            });
        }
        values
    }
}
