//! What a chip computes, whatever computes it: populations in closed form, and the weights between them.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::rule::{
    FanIn, Fire, Floor, Form, Height, ResetTiming, Spikes, Test,
};
use nirkit_engine::clocked::semantics::{FiringNumbers, LayerNumbers, StageNumbers};
use nirkit_engine::clocked::{Comparison, Precision};
use nirkit_engine::integer::{self, Arrival, Decay, Map, Order, Register, Source};
use nirkit_engine::mixed;
use nirkit_run::Reset;

/// Numbers of a linear map, at most.
const MOST_NUMBERS: usize = 1 << 25;

/// What the integers of a layer round in each step, and the ends of its states, in the chip's units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rounding {
    /// The most by which one step of a current is off.
    pub(super) current: f64,
    /// The most by which one step of a voltage is off.
    pub(super) voltage: f64,
    /// The largest size of a current, and of a voltage.
    pub(super) ends: [f64; 2],
}

/// Neurons of one population, whatever computes them.
pub(super) struct Population {
    pub(super) name: String,
    pub(super) numbers: LayerNumbers,
    pub(super) rounding: Rounding,
}

/// Weights from somewhere to a population.
pub(super) struct Projection<'a> {
    pub(super) source: Source,
    pub(super) target: usize,
    maps: &'a [Map],
    pub(super) delay: usize,
    /// By what each weight is multiplied.
    factor: f64,
}

impl Projection<'_> {
    /// What one spike of each channel of a source adds to each neuron of a part.
    pub(super) fn map(&self, part: Part) -> Option<Vec<Vec<f64>>> {
        let sources = self.maps.first()?.sources();
        if sources.checked_mul(part.neurons)? > MOST_NUMBERS {
            return None;
        }
        let column = |source: usize| {
            let mut signal: BTreeMap<usize, i64> = BTreeMap::from([(source, 1)]);
            for map in self.maps {
                let mut next: BTreeMap<usize, i64> = BTreeMap::new();
                for (&at, &count) in &signal {
                    map.visit(at, |target, weight| {
                        *next.entry(target).or_default() += count * weight;
                    });
                }
                signal = next;
            }
            let mut column = vec![0.0; part.neurons];
            for (target, sum) in signal {
                if let Some(place) =
                    target.checked_sub(part.first).and_then(|at| column.get_mut(at))
                {
                    *place = sum as f64 * self.factor;
                }
            }
            column
        };
        Some((0..sources).map(column).collect())
    }
}

/// The part of a population that a node became.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) population: usize,
    pub(super) first: usize,
    pub(super) neurons: usize,
}

fn layer(
    synapse: Option<StageNumbers>,
    membrane: StageNumbers,
    firing: FiringNumbers,
    precision: Precision,
) -> LayerNumbers {
    LayerNumbers {
        synapse,
        membrane,
        firing: Some(firing),
        height: 1.0,
        fan_in: FanIn::Joined,
        relay: Vec::new(),
        weight_gains: Vec::new(),
        recurrent_gains: Vec::new(),
        precision,
    }
}

/// A state that keeps these shares and adds these constants.
fn stage(form: Form, kept: &[f64], constants: &[f64]) -> StageNumbers {
    let each = kept.iter().enumerate();
    StageNumbers {
        form,
        biased: true,
        numbers: each.map(|(n, &k)| [k, 1.0, constants.get(n).copied().unwrap_or(0.0)]).collect(),
        start: vec![0.0; kept.len()],
    }
}

/// What a decay keeps, and by how much one step of it is off at most.
fn kept(decay: &Decay, neurons: usize) -> (Vec<f64>, f64) {
    let power = |bits: u32| 1.0 / (1_u64 << bits.min(62)) as f64;
    match decay {
        Decay::None => (vec![1.0; neurons], 0.0),
        Decay::All => (vec![0.0; neurons], 0.0),
        Decay::Shift { bits, .. } => {
            (bits.iter().map(|&bits| 1.0 - power(u32::from(bits))).collect(), 1.0)
        }
        Decay::Factor { kept, bits, .. } => {
            (kept.iter().map(|&kept| kept as f64 * power(*bits)).collect(), 1.0)
        }
    }
}

/// The largest size that both ends of a register hold.
fn end(register: Register) -> f64 {
    register.high.min(-register.low) as f64
}

pub(super) fn of_integers(network: &integer::Network) -> (Vec<Population>, Vec<Projection<'_>>) {
    let shift = |bits: i32| {
        if bits >= 0 {
            (1_u64 << bits.min(62)) as f64
        } else {
            1.0 / (1_u64 << (-bits).min(62)) as f64
        }
    };
    let projections = network.projections.iter().map(|projection| {
        let synapse = &network.populations[projection.target].synapses[projection.synapse];
        let arrival = match synapse.arrival {
            Arrival::EachSpike => 1.0,
            Arrival::Sum { shift: bits } => shift(bits as i32),
        };
        Projection {
            source: projection.source,
            target: projection.target,
            maps: &projection.maps,
            delay: projection.delay,
            factor: arrival * shift(projection.shift),
        }
    });
    let populations = network.populations.iter().enumerate().map(|(at, population)| {
        let neurons = population.neurons();
        let (membrane, off) = kept(&population.membrane.decay, neurons);
        let bias: Vec<f64> = population.membrane.bias.iter().map(|&bias| bias as f64).collect();
        let synapse = population.synapses.first();
        let shifted = network.projections.iter().filter(|p| p.target == at && p.shift < 0).count();
        let (of_synapse, current) = synapse.map_or((None, 0.0), |synapse| {
            let form = match synapse.order {
                Order::ArriveThenDecay => Form::KeepBoth,
                Order::DecayThenArrive => Form::Keep,
            };
            let (kept, off) = kept(&synapse.decay, neurons);
            let stage = (synapse.decay != Decay::All).then(|| stage(form, &kept, &[]));
            (stage, off + shifted as f64)
        });
        let fire = &population.fire;
        let levels = |n: usize| {
            let floor = fire.floor.as_ref().map_or(f64::NEG_INFINITY, |floor| floor[n] as f64);
            [fire.threshold[n] as f64, 0.0, floor]
        };
        let is_minus = fire.floor.is_some();
        let subtracts = fire.reset == integer::Reset::Subtract;
        let firing = FiringNumbers {
            fire: Fire {
                test: Test::After,
                comparison: fire.comparison,
                spikes: if fire.limit == 1 || !subtracts {
                    Spikes::One
                } else {
                    Spikes::Several(fire.limit as f64)
                },
                reset: if subtracts { Reset::Subtract } else { Reset::Zero },
                timing: ResetTiming::AtOnce,
                floor: if is_minus { Floor::MinusThreshold } else { Floor::None },
                height: Height::One,
                zero_feedback: false,
            },
            levels: (0..neurons).map(levels).collect(),
        };
        let ends = [
            synapse.map_or(f64::INFINITY, |synapse| end(synapse.register)),
            end(population.membrane.register),
        ];
        Population {
            name: population.name.clone(),
            numbers: layer(of_synapse, stage(Form::Keep, &membrane, &bias), firing, Precision::F64),
            rounding: Rounding { current, voltage: off, ends },
        }
    });
    (populations.collect(), projections.collect())
}

pub(super) fn of_mixed(network: &mixed::Network) -> (Vec<Population>, Vec<Projection<'_>>) {
    let projections = network.projections.iter().map(|projection| Projection {
        source: projection.source,
        target: projection.target,
        maps: &projection.maps,
        delay: projection.delay,
        factor: 1.0,
    });
    let wide = |numbers: &[f32]| numbers.iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
    let populations = network.populations.iter().map(|population| {
        let synapse = population.synapse.as_ref();
        let synapse = synapse.map(|kept| stage(Form::Keep, &wide(kept), &[]));
        let membrane = stage(Form::Keep, &wide(&population.membrane), &wide(&population.offset));
        let firing = FiringNumbers {
            fire: Fire {
                test: Test::After,
                comparison: Comparison::Above,
                spikes: Spikes::One,
                reset: match population.reset {
                    mixed::Reset::Zero => Reset::Zero,
                    mixed::Reset::Subtract => Reset::Subtract,
                },
                timing: ResetTiming::AtOnce,
                floor: Floor::None,
                height: Height::One,
                zero_feedback: false,
            },
            levels: population
                .threshold
                .iter()
                .map(|&threshold| [f64::from(threshold), 0.0, f64::NEG_INFINITY])
                .collect(),
        };
        Population {
            name: population.name.clone(),
            numbers: layer(synapse, membrane, firing, Precision::F32),
            // Single precision is counted with the roundings of the reference.
            rounding: Rounding { current: 0.0, voltage: 0.0, ends: [f64::INFINITY; 2] },
        }
    });
    (populations.collect(), projections.collect())
}
