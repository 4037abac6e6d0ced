//! The parameters of a layer of neurons and of each neuron, and the precision in which the file holds them.

use nirkit_ir::facts::Leaf;
use nirkit_ir::{Primitive, Value};
use nirkit_numerics::Width;

use super::super::error::SemanticsError;
use crate::clocked::parameter::Parameter;

/// The parameters of a layer of neurons; those that a primitive does not have are neutral.
#[derive(Clone, Debug)]
pub(in super::super) struct Parameters {
    pub(in super::super) tau_mem: Parameter,
    pub(in super::super) tau_syn: Parameter,
    pub(in super::super) r: Parameter,
    pub(in super::super) w_in: Parameter,
    pub(in super::super) v_leak: Parameter,
    pub(in super::super) v_threshold: Parameter,
    pub(in super::super) v_reset: Parameter,
    pub(super) widths: Widths,
}

/// In which numbers the file holds the parameters that programs compute with before a run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Widths {
    pub(super) tau: [Width; 2],
    pub(super) r: Width,
    pub(super) w_in: Width,
    pub(super) v_threshold: Width,
}

impl Parameters {
    /// The parameters of a node; of those in `first_only`, the first neuron's number for all.
    pub(in super::super) fn of(
        primitive: &Primitive,
        leaf: &Leaf,
        first_only: &[&str],
    ) -> Result<Self, SemanticsError> {
        let values = primitive.values();
        let tensor = |name: &str| {
            values.iter().find(|(field, _)| field.name == name).and_then(|(_, value)| match value {
                Value::Tensor(tensor) => Some(tensor),
                _ => None,
            })
        };
        let read = |name: &'static str, default: f64| -> Result<Parameter, SemanticsError> {
            let parameter = Parameter::or(leaf, name, tensor(name), default)?;
            let is_cut = first_only.contains(&name);
            Ok(if is_cut { Parameter::Uniform(parameter.at(0)) } else { parameter })
        };
        let tau_name = if tensor("tau").is_some() { "tau" } else { "tau_mem" };
        let width =
            |name: &str| tensor(name).map_or(Width::Single, |tensor| Width::of(tensor.dtype()));
        let widths = Widths {
            tau: [width(tau_name), width("tau_syn")],
            r: width("r"),
            // The reference multiplies `w_in` by ones like the thresholds.
            w_in: tensor("w_in")
                .map_or(Width::Half, |tensor| Width::of(tensor.dtype()))
                .max(width("v_threshold")),
            v_threshold: width("v_threshold"),
        };
        Ok(Self {
            tau_mem: read(tau_name, 1.0)?,
            tau_syn: read("tau_syn", 1.0)?,
            r: read("r", 1.0)?,
            w_in: read("w_in", 1.0)?,
            v_leak: read("v_leak", 0.0)?,
            v_threshold: read("v_threshold", 1.0)?,
            v_reset: read("v_reset", 0.0)?,
            widths,
        })
    }

    /// The same with the thresholds of another node, which a program takes for those of this one.
    pub(in super::super) fn with_thresholds(
        mut self,
        primitive: &Primitive,
        leaf: &Leaf,
    ) -> Result<Self, SemanticsError> {
        if let Primitive::Threshold(p) = primitive {
            self.v_threshold = Parameter::of(leaf, "threshold", &p.threshold)?;
            self.widths.v_threshold = Width::of(p.threshold.dtype());
        }
        Ok(self)
    }

    /// All parameters, in the order in which [`Numbers`] takes them.
    pub(in super::super) fn all(&self) -> [&Parameter; 7] {
        let Self { tau_mem, tau_syn, r, w_in, v_leak, v_threshold, v_reset, .. } = self;
        [tau_mem, tau_syn, r, w_in, v_leak, v_threshold, v_reset]
    }

    /// The numbers of a neuron.
    pub(in super::super) fn numbers(&self, neuron: usize) -> Numbers {
        Numbers::new(self.all().map(|parameter| parameter.at(neuron)))
    }
}

/// The parameters of one neuron.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Numbers {
    pub(in super::super) tau: [f64; 2],
    pub(super) r: f64,
    pub(super) w_in: f64,
    pub(super) v_leak: f64,
    pub(in super::super) v_threshold: f64,
    pub(in super::super) v_reset: f64,
}

impl Numbers {
    /// The numbers of [`Parameters::all`].
    pub(in super::super) fn new(numbers: [f64; 7]) -> Self {
        let [tau_mem, tau_syn, r, w_in, v_leak, v_threshold, v_reset] = numbers;
        Self { tau: [tau_mem, tau_syn], r, w_in, v_leak, v_threshold, v_reset }
    }

    /// The numbers with a current in the place of `v_leak`.
    pub(in super::super) fn driven_by(self, current: f64) -> Self {
        Self { v_leak: current, ..self }
    }
}

/// Which of the two states of a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Which {
    Membrane,
    Synapse,
}

impl Which {
    /// Its place in the time constants of a neuron.
    pub(super) fn index(self) -> usize {
        usize::from(self == Self::Synapse)
    }
}
