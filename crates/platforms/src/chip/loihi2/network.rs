//! Lava's processes as a network of integers: `PyDenseModelBitAcc`, `PyConvModelFixed` and
//! `PyLifModelBitAcc`.

use std::collections::BTreeMap;

use nirkit_engine::clocked::Comparison;
use nirkit_engine::integer::{
    Arrival, Assembly, Decay, Fire, Input, Map, Matrix, Membrane, Network, Order, Overflow,
    Population, Projection, Register, Reset, Shift, Source, Synapse,
};
use nirkit_run::Observable;

use super::document::{Dense, Document, Lif, Process};
use super::weights;
use super::wiring::{End, Wiring};

/// Currents: 24 bits that wrap once, with the upper end and without the lower one.
const CURRENT: Register =
    Register { low: 1 - (1 << 23), high: 1 << 23, overflow: Overflow::WrapOnce };

/// Voltages: 24 bits that saturate.
const VOLTAGE: Register = Register::symmetric(24, Overflow::Saturate);

/// What a Conv sends: 24 bits that wrap.
const SENT: Register = Register::signed(24, Overflow::Wrap);

/// What weights alone can add up to.
const WIDE: Register = Register::symmetric(41, Overflow::Saturate);

/// What arrives and thresholds are shifted left by so many bits.
const ALIGNED: u32 = 6;

/// Decays are shares of 4096.
const UNITY: i64 = 1 << 12;

/// A larger sum can leave the 32 bits in which Lava's model computes.
const MOST_SUM: i64 = (1 << 25) - (1 << 18);

/// A larger sum leaves the 16 bits of what arrives on the chip, which Lava's model does not imitate.
const CHIP_SUM: i64 = (1 << 15) - 1;

/// A network with remarks on it.
type Built = (Network, Vec<String>);

/// The network of a document, or everything that is wrong with it.
pub(super) fn network(document: &Document, wiring: &Wiring) -> Result<Built, Vec<String>> {
    let mut builder = Builder::new(document, wiring);
    for at in 0..document.layers.len() {
        match &document.layers[at] {
            Process::Lif(lif) => builder.add_lif(at, lif),
            Process::Dense(_) | Process::Conv(_) => builder.add_relay(at),
        }
    }
    for at in 0..document.layers.len() {
        builder.add_projections(at);
    }
    builder.check_sums();
    builder.finish()
}

/// A population that a process became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    process: usize,
    population: usize,
    /// -1 for the part of a relay that takes sums below 0.
    sign: i64,
}

struct Builder<'a> {
    document: &'a Document,
    wiring: &'a Wiring,
    network: Network,
    /// The parts that each process became.
    parts: BTreeMap<usize, Vec<Part>>,
    /// The largest sum that can arrive at each population, sign left out.
    sums: Vec<i64>,
    /// What has to be said about the document.
    notes: Vec<String>,
    errors: Vec<String>,
}

impl<'a> Builder<'a> {
    fn new(document: &'a Document, wiring: &'a Wiring) -> Self {
        let input = Input { name: wiring.input.clone(), channels: wiring.frame.iter().product() };
        Self {
            document,
            wiring,
            network: Network { inputs: vec![input], ..Network::default() },
            parts: BTreeMap::new(),
            sums: Vec::new(),
            notes: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// A number in a range.
    fn ranged(&mut self, name: &str, what: &str, number: i64, low: i64, high: i64) -> i64 {
        if !(low..=high).contains(&number) {
            self.errors.push(format!("`{what}` of `{name}` is {number}; it takes {low} to {high}"));
        }
        number.clamp(low, high)
    }

    fn add(&mut self, process: usize, sign: i64, population: Population) {
        let part = Part { process, population: self.network.populations.len(), sign };
        self.parts.entry(process).or_default().push(part);
        self.network.populations.push(population);
        self.sums.push(0);
    }

    fn add_lif(&mut self, at: usize, lif: &Lif) {
        let shape = self.wiring.shapes[at].clone();
        let neurons = shape.iter().product();
        let name = &lif.name;
        let du = self.ranged(name, "du", lif.du, 0, UNITY - 1);
        let dv = self.ranged(name, "dv", lif.dv, 0, UNITY - 1);
        let vth = self.ranged(name, "vth", lif.vth, 0, (1 << 17) - 1);
        let exp = self.ranged(name, "bias_exp", i64::from(lif.bias_exp), -7, 7);
        let mantissas = lif.bias_mant.list();
        if mantissas.len() != neurons && mantissas.len() != 1 {
            self.errors.push(format!(
                "`bias_mant` of `{name}` has {} numbers for {neurons} neurons",
                mantissas.len()
            ));
        }
        if let Some(&wrong) = mantissas.iter().find(|m| !(-4096..=4095).contains(*m)) {
            self.ranged(name, "bias_mant", wrong, -4096, 4095);
        }
        let shifted = |mantissa: i64| {
            if exp >= 0 { mantissa << exp } else { mantissa >> -exp }
        };
        let each = |n: usize| mantissas.get(n).or(mantissas.first()).map_or(0, |&m| shifted(m));
        let decay = |lost: i64| Decay::Factor {
            kept: vec![UNITY - lost; neurons],
            bits: 12,
            shift: Shift::TowardZero,
        };
        let is_still = mantissas.iter().all(|&m| m == 0);
        let population = Population {
            name: name.clone(),
            shape,
            synapses: vec![Synapse {
                register: CURRENT,
                decay: decay(du + 1),
                arrival: Arrival::Sum { shift: ALIGNED },
                order: Order::DecayThenArrive,
                observable: Some(Observable::U),
            }],
            membrane: Membrane {
                register: VOLTAGE,
                decay: decay(dv),
                bias: if is_still { Vec::new() } else { (0..neurons).map(each).collect() },
                assembly: Assembly::AtOnce,
            },
            fire: to_zero(vec![vth << ALIGNED; neurons]),
            aliases: Vec::new(),
        };
        self.add(at, 1, population);
    }

    /// What takes the sums of a process that leads to weights again: everything but 0 is a spike.
    fn add_relay(&mut self, at: usize) {
        let Some((_, target)) = self.wiring.ends[at] else { return };
        if let Process::Lif(_) = self.document.layers[target] {
            return;
        }
        let shape = &self.wiring.shapes[at];
        let neurons = shape.iter().product();
        let layer = &self.document.layers[at];
        let relay = |name: String| Population {
            name,
            shape: shape.clone(),
            synapses: vec![Synapse {
                register: WIDE,
                decay: Decay::All,
                arrival: Arrival::Sum { shift: 0 },
                order: Order::DecayThenArrive,
                observable: None,
            }],
            membrane: Membrane {
                register: WIDE,
                decay: Decay::All,
                bias: Vec::new(),
                assembly: Assembly::AtOnce,
            },
            fire: to_zero(vec![0; neurons]),
            aliases: Vec::new(),
        };
        let name = layer.name().to_owned();
        if let Process::Dense(Dense { weight_exp: ..0, .. }) | Process::Conv(_) = layer {
            self.errors.push(format!(
                "`{name}` leads to weights again, which is read for a Dense that is not shifted right"
            ));
        }
        let can_be_negative = match layer {
            Process::Dense(dense) => dense.weights.iter().flatten().any(|&weight| weight < 0),
            Process::Conv(_) | Process::Lif(_) => false,
        };
        let below = relay(format!("{name}.below"));
        self.add(at, 1, relay(name));
        if can_be_negative {
            self.add(at, -1, below);
        }
    }

    /// The parts that a process became.
    fn parts(&self, process: usize) -> Vec<Part> {
        self.parts.get(&process).cloned().unwrap_or_default()
    }

    /// From the parts of the source to those of the target, or to the own ones of a relay.
    fn add_projections(&mut self, at: usize) {
        let Some((source, target)) = self.wiring.ends[at] else { return };
        let sources: Vec<Source> = match source {
            End::Input => vec![Source::Input(0)],
            End::Process(source) => {
                self.parts(source).iter().map(|part| Source::Population(part.population)).collect()
            }
        };
        let own = self.parts(at);
        let targets = if own.is_empty() { self.parts(target) } else { own };
        let Some((map, shift, delay)) = self.map(at, source, target) else { return };
        for part in targets {
            for &source in &sources {
                let map = if part.sign < 0 { negated(&map) } else { map.clone() };
                self.sums[part.population] =
                    self.sums[part.population].saturating_add(largest(&map, shift));
                let is_conv = matches!(self.document.layers[at], Process::Conv(_));
                self.network.projections.push(Projection {
                    source,
                    target: part.population,
                    synapse: 0,
                    maps: vec![map],
                    // Spikes without a size: whatever is not 0 counts once.
                    limit: Some(1),
                    delay,
                    shift,
                    sum: is_conv.then_some(SENT),
                });
            }
        }
    }

    /// What a process of weights does, by how much it shifts, and after how many steps it sends.
    fn map(&mut self, at: usize, source: End, target: usize) -> Option<(Map, i32, usize)> {
        let sources = self.wiring.shape(source).iter().product();
        let layer = &self.document.layers[at];
        let (name, graded) = match layer {
            Process::Dense(dense) => (&dense.name, dense.num_message_bits),
            Process::Conv(conv) => (&conv.name, conv.num_message_bits),
            Process::Lif(_) => return None,
        };
        if graded > 0 {
            self.errors.push(format!("`{name}` takes graded spikes, and LIF sends none"));
        }
        let found: usize = self.wiring.shapes[at].iter().product();
        let wanted: usize = self.wiring.shapes[target].iter().product();
        if matches!(self.document.layers[target], Process::Lif(_)) && found != wanted {
            let to = self.document.layers[target].name();
            self.errors.push(format!("`{name}` leads to {found} neurons, `{to}` has {wanted}"));
            return None;
        }
        match layer {
            Process::Dense(dense) => self.dense(dense, sources),
            Process::Conv(conv) => {
                let window = self.wiring.windows[at].clone()?;
                let weights: Vec<i64> =
                    conv.weights.iter().flatten().flatten().flatten().copied().collect();
                if let Some(&wrong) = weights.iter().find(|w| !(-256..=255).contains(*w)) {
                    self.ranged(&conv.name, "weights", wrong, -256, 255);
                }
                Some((Map::Window { window, weights }, 0, 1))
            }
            Process::Lif(_) => None,
        }
    }

    fn dense(&mut self, dense: &Dense, sources: usize) -> Option<(Map, i32, usize)> {
        let name = &dense.name;
        let bits = self.ranged(name, "num_weight_bits", i64::from(dense.num_weight_bits), 1, 8);
        self.ranged(name, "weight_exp", i64::from(dense.weight_exp), -8, 7);
        let delay = i64::try_from(dense.delay).unwrap_or(i64::MAX);
        self.ranged(name, "delay", delay, 0, 1);
        if dense.weights.iter().any(|row| row.len() != sources) {
            let found = dense.weights.first().map_or(0, Vec::len);
            self.errors.push(format!(
                "`{name}` has weights of {} × {found}, and {sources} sources",
                dense.weights.len()
            ));
            return None;
        }
        let mut weights: Vec<i64> = dense.weights.iter().flatten().copied().collect();
        let [low, high] = weights::Signs::of(&weights).range();
        let outside = weights.iter().filter(|weight| !(low..=high).contains(weight)).count();
        if outside > 0 {
            self.notes.push(format!(
                "{outside} weights of `{name}` are beyond {low} to {high}, where Lava clips them"
            ));
        }
        weights::store(&mut weights, bits as u32);
        let matrix = Matrix::new(sources, dense.weights.len(), |source, target| {
            weights[target * sources + source]
        });
        Some((Map::Matrix(matrix), dense.weight_exp.clamp(-8, 7), dense.delay.min(1)))
    }

    fn check_sums(&mut self) {
        for (population, &sum) in self.network.populations.iter().zip(&self.sums) {
            if sum > MOST_SUM {
                self.errors.push(format!(
                    "up to {sum} can arrive at `{}` in a step; Lava's model takes {MOST_SUM}",
                    population.name
                ));
            }
        }
    }

    fn finish(self) -> Result<Built, Vec<String>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let is_wide = |(at, &sum): (usize, &i64)| {
            (sum > CHIP_SUM).then(|| {
                format!(
                    "up to {sum} can arrive at `{}` in a step; the chip has 16 bits for it, which \
                     Lava's model does not imitate",
                    self.network.populations[at].name
                )
            })
        };
        let wide = self.sums.iter().enumerate().filter_map(is_wide);
        let notes = self.notes.iter().cloned().chain(wide).collect();
        Ok((self.network, notes))
    }
}

/// One spike in a step, which sets the voltage to 0.
fn to_zero(threshold: Vec<i64>) -> Fire {
    Fire { threshold, comparison: Comparison::Above, limit: 1, reset: Reset::Zero, floor: None }
}

/// The same with all signs turned.
fn negated(map: &Map) -> Map {
    match map {
        Map::Matrix(matrix) => Map::Matrix(matrix.with_weights(|weight| -weight)),
        Map::Window { window, weights } => Map::Window {
            window: window.clone(),
            weights: weights.iter().map(|weight| -weight).collect(),
        },
    }
}

/// The largest sum that a map sends, sign left out.
fn largest(map: &Map, shift: i32) -> i64 {
    let gain = map.gain();
    if shift >= 0 { gain.saturating_mul(1 << shift) } else { gain >> -shift }
}
