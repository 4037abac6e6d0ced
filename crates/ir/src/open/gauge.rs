//! The first neuron of a file, by which it is told in numbers what a choice changes.

use nirkit_numerics::Tensor;

use crate::facts::unfold::UnfoldedLeaf;
use crate::primitive::Primitive;

/// The first neuron of the first node that has a voltage.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    pub(super) name: String,
    /// Time constants in seconds, where it has them.
    tau_syn: Option<f64>,
    tau_mem: Option<f64>,
    w_in: f64,
    r: f64,
    /// Threshold and value after a spike, if it spikes.
    pub(super) v_threshold: Option<f64>,
    pub(super) v_reset: f64,
}

impl Gauge {
    /// The gauge of a node; `None` if it has no voltage.
    fn of(leaf: &UnfoldedLeaf<'_>) -> Option<Self> {
        let plain = Self {
            name: super::on_a_line(&leaf.name),
            tau_syn: None,
            tau_mem: None,
            w_in: 1.0,
            r: 1.0,
            v_threshold: None,
            v_reset: 0.0,
        };
        let w_in = |w_in: &Option<Tensor>| w_in.as_ref().and_then(number).unwrap_or(1.0);
        let v_reset = |v_reset: &Option<Tensor>| v_reset.as_ref().and_then(number).unwrap_or(0.0);
        Some(match leaf.primitive {
            Primitive::I(p) => Self { r: number(&p.r)?, ..plain },
            Primitive::If(p) => Self {
                r: number(&p.r)?,
                v_threshold: number(&p.v_threshold),
                v_reset: v_reset(&p.v_reset),
                ..plain
            },
            Primitive::Li(p) => Self { tau_mem: number(&p.tau), r: number(&p.r)?, ..plain },
            Primitive::Lif(p) => Self {
                tau_mem: number(&p.tau),
                r: number(&p.r)?,
                v_threshold: number(&p.v_threshold),
                v_reset: v_reset(&p.v_reset),
                ..plain
            },
            Primitive::CubaLi(p) => Self {
                tau_syn: number(&p.tau_syn),
                tau_mem: number(&p.tau_mem),
                w_in: w_in(&p.w_in),
                r: number(&p.r)?,
                ..plain
            },
            Primitive::CubaLif(p) => Self {
                tau_syn: number(&p.tau_syn),
                tau_mem: number(&p.tau_mem),
                w_in: w_in(&p.w_in),
                r: number(&p.r)?,
                v_threshold: number(&p.v_threshold),
                v_reset: v_reset(&p.v_reset),
                ..plain
            },
            _ => return None,
        })
    }

    /// The gauge of a file; `None` if no node has a voltage.
    pub(super) fn first(leaves: &[UnfoldedLeaf<'_>]) -> Option<Self> {
        leaves.iter().find_map(Self::of)
    }

    /// Whether a pulse of this length and height 1 moves the voltage of a neuron without a leak by 1.
    pub(super) fn counts_steps(&self, dt: f64) -> bool {
        self.tau_mem.is_none() && self.tau_syn.is_none() && (self.r * dt - 1.0).abs() <= 1e-6
    }

    /// What an input of this area does to the neuron.
    pub(super) fn input(&self, area: f64) -> String {
        let (name, threshold) = (&self.name, self.v_threshold);
        let of = threshold
            .map_or(String::new(), |threshold| format!(" (threshold {})", short(threshold)));
        match (self.tau_syn, self.tau_mem) {
            (Some(tau_syn), _) => {
                format!("it moves the current of `{name}` by {}", short(self.w_in * area / tau_syn))
            }
            (None, Some(tau)) => {
                format!("it moves v of `{name}` by {}{of}", short(self.r * area / tau))
            }
            (None, None) => format!("it moves v of `{name}` by {}{of}", short(self.r * area)),
        }
    }

    /// What a step of this length does to the neuron.
    pub(super) fn step(&self, dt: f64) -> String {
        let gain = self.input(dt).replacen("it moves", "a spike of one step moves", 1);
        match self.tau_mem {
            Some(tau) => {
                let kept = nirkit_numerics::math::exp(-dt / tau);
                format!("{gain}, and {} % of v leaks in a step", short(100.0 * (1.0 - kept)))
            }
            None => gain,
        }
    }
}

/// The first number of a tensor.
pub(super) fn number(tensor: &Tensor) -> Option<f64> {
    tensor.get_f64(0)
}

/// A number for people: three digits, without zeros at the end.
pub(super) fn short(value: f64) -> String {
    format!("{value:.2e}").parse::<f64>().unwrap_or(value).to_string()
}
