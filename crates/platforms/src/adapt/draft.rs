//! Parameters of a layer while they are looked for: one number a neuron for each field.

use nirkit_ir::Primitive;
use nirkit_ir::primitive::{CubaLif, If, Lif};
use nirkit_numerics::{DType, Tensor};

use super::search::Grain;

/// Kinds of neurons that can be drafted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Integrate and fire.
    If,
    /// The same with a leak.
    Lif,
    /// The same with a synapse.
    CubaLif,
}

impl Kind {
    /// The kind in a file.
    #[must_use]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::If => "IF",
            Self::Lif => "LIF",
            Self::CubaLif => "CubaLIF",
        }
    }

    /// The time constant of the membrane; `None` for neurons without a leak.
    #[must_use]
    pub(super) fn tau(self) -> Option<&'static str> {
        match self {
            Self::If => None,
            Self::Lif => Some("tau"),
            Self::CubaLif => Some("tau_mem"),
        }
    }
}

/// The parameters of a layer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Draft {
    /// What the layer is in the file.
    pub(super) kind: Kind,
    /// The numbers of the fields, in [`Draft::FIELDS`]' order.
    pub(super) fields: [Vec<f64>; 7],
    /// In which numbers the file holds them.
    pub(super) grain: Grain,
    /// Lengths of the axes of the fields.
    pub(super) shape: Vec<usize>,
}

/// Places of the fields.
pub(super) const TAU: usize = 0;
pub(super) const TAU_SYN: usize = 1;
pub(super) const R: usize = 2;
pub(super) const W_IN: usize = 3;
pub(super) const LEAK: usize = 4;
pub(super) const THRESHOLD: usize = 5;
pub(super) const RESET: usize = 6;

impl Draft {
    /// The names of the fields; the first is `tau` in a LIF.
    pub(super) const FIELDS: [&'static str; 7] =
        ["tau_mem", "tau_syn", "r", "w_in", "v_leak", "v_threshold", "v_reset"];

    /// The parameters of a node with a signal of this shape; `None` for what is no spiking neuron.
    #[must_use]
    pub(super) fn of(primitive: &Primitive, shape: &[usize]) -> Option<Self> {
        let kind = match primitive {
            Primitive::If(_) => Kind::If,
            Primitive::Lif(_) => Kind::Lif,
            Primitive::CubaLif(_) => Kind::CubaLif,
            _ => return None,
        };
        let neurons = shape.iter().product();
        let mut fields = [1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0].map(|number| vec![number; neurons]);
        let mut is_wide = false;
        for (field, tensor) in primitive.tensors() {
            let name = if field.name == "tau" { "tau_mem" } else { field.name };
            let at = Self::FIELDS.iter().position(|known| *known == name)?;
            is_wide |= tensor.dtype() == DType::F64;
            let values = tensor.to_f64()?;
            fields[at] = match values.as_ref() {
                [value] => vec![*value; neurons],
                _ => tensor.spread(shape)?.to_f64()?.into_owned(),
            };
        }
        let grain = if is_wide { Grain::Double } else { Grain::Single };
        Some(Self { kind, fields, grain, shape: shape.to_vec() })
    }

    /// The same with numbers for one field.
    #[must_use]
    pub(super) fn with(&self, field: usize, numbers: &[f64]) -> Self {
        let mut changed = self.clone();
        changed.fields[field] = numbers.iter().map(|&x| self.grain.round(x)).collect();
        changed
    }

    /// How many times the gain of another one the gain of each neuron is; 1 where the other has none.
    #[must_use]
    pub(super) fn gain_over(&self, other: &Self) -> Vec<f64> {
        let gain = |draft: &Self, at: usize| {
            [R, W_IN].iter().filter_map(|&field| draft.fields[field].get(at)).product::<f64>()
        };
        let ratio = |at| {
            let (gain, other) = (gain(self, at), gain(other, at));
            if other == 0.0 { 1.0 } else { gain / other }
        };
        (0..self.fields[R].len()).map(ratio).collect()
    }

    /// The node of a file.
    #[must_use]
    pub(super) fn primitive(&self) -> Option<Primitive> {
        let tensor = |field: usize| match self.grain {
            Grain::Single => {
                let numbers = self.fields[field].iter().map(|&x| x as f32).collect();
                Tensor::new::<f32>(&self.shape, numbers).ok()
            }
            Grain::Double => Tensor::new(&self.shape, self.fields[field].clone()).ok(),
        };
        Some(match self.kind {
            Kind::If => Primitive::If(If {
                r: tensor(R)?,
                v_threshold: tensor(THRESHOLD)?,
                v_reset: Some(tensor(RESET)?),
            }),
            Kind::Lif => Primitive::Lif(Lif {
                tau: tensor(TAU)?,
                r: tensor(R)?,
                v_leak: tensor(LEAK)?,
                v_threshold: tensor(THRESHOLD)?,
                v_reset: Some(tensor(RESET)?),
            }),
            Kind::CubaLif => Primitive::CubaLif(CubaLif {
                tau_syn: tensor(TAU_SYN)?,
                tau_mem: tensor(TAU)?,
                r: tensor(R)?,
                v_leak: tensor(LEAK)?,
                v_threshold: tensor(THRESHOLD)?,
                v_reset: Some(tensor(RESET)?),
                w_in: Some(tensor(W_IN)?),
            }),
        })
    }
}
