//! Holds two sides against each other: what is the same for all inputs, and what cannot be.
//!
//! Nothing is run here. The judgement follows from coefficients, levels, operations and delays of both step programs.

use std::collections::BTreeMap;

use nirkit_engine::clocked::semantics::rule::{Fire, Floor, Spikes};
use nirkit_run::Reset;

use super::bound::{Drift, Extra, far_weights};
use super::closed::{Closed, fire};
use super::effect::{Effect, effect};
use super::lag::{Lags, lags};
use super::reason::Reason;
use super::side::{Side, SideLayer};
use crate::phrase::brief;

/// How far a claim goes, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The same spikes in the same steps, for every input.
    Equal,
    /// The same spikes a constant number of steps later or earlier, for every input.
    Lag,
    /// The same spikes, as long as no voltage comes nearer to its threshold than a bound.
    Bounded,
    /// Not possible.
    Impossible,
}

impl Level {
    /// The level in a word, as on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Lag => "lag",
            Self::Bounded => "bounded",
            Self::Impossible => "impossible",
        }
    }

    /// All levels.
    pub const ALL: [Self; 4] = [Self::Equal, Self::Lag, Self::Bounded, Self::Impossible];
}

/// What holds for one layer, if what arrives is the same.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeVerdict {
    /// Full name of the node in the graph that came in.
    pub node: String,
    /// How far the claim goes.
    pub level: Level,
    /// How many steps later its spikes are.
    pub lag: i64,
    /// How near to its threshold a voltage of the reference may come without another spike, in its own units;
    /// `None` where the spikes are the same anyway, or nothing can be said.
    pub bound: Option<f64>,
    /// What stands against it.
    pub reasons: Vec<Reason>,
}

/// A layer of the adapted graph for one of the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// The name of its node in the adapted graph.
    pub name: String,
    /// Voltages of the platform for a voltage of 1.
    pub scale: Vec<f64>,
    /// The voltage that is 0 on the platform.
    pub shift: Vec<f64>,
}

/// What holds for each layer of the reference.
#[must_use]
pub fn judge(reference: &Side, found: &Side, units: &BTreeMap<String, Units>) -> Vec<NodeVerdict> {
    let found = &renamed(found, units);
    let lags = lags(reference, found, units);
    let each = reference.layers.iter();
    each.map(|(name, wanted)| {
        let pair = units.get(name).and_then(|units| Some((units, found.layers.get(&units.name)?)));
        match pair {
            Some((units, found)) => Pair { name, wanted, found, units, lags: &lags }.verdict(),
            None => NodeVerdict {
                node: name.clone(),
                level: Level::Impossible,
                lag: 0,
                bound: None,
                reasons: vec![Reason::new(
                    "the platform has no such layer",
                    "take another platform",
                )],
            },
        }
    })
    .collect()
}

/// A side whose sources have the names that they have in the reference.
pub(super) fn renamed(found: &Side, units: &BTreeMap<String, Units>) -> Side {
    let names: BTreeMap<&str, &str> =
        units.iter().map(|(name, units)| (units.name.as_str(), name.as_str())).collect();
    let mut found = found.clone();
    let rename = |name: &mut String| {
        if let Some(own) = names.get(name.as_str()) {
            *name = (*own).to_owned();
        }
    };
    for layer in found.layers.values_mut() {
        layer.paths.iter_mut().for_each(|(name, _)| rename(name));
        layer.paths.sort();
        if let Some(map) = &mut layer.map {
            map.columns.iter_mut().for_each(|(name, _)| rename(name));
        }
    }
    found
}

pub(super) struct Pair<'a> {
    pub(super) name: &'a str,
    pub(super) wanted: &'a SideLayer,
    pub(super) found: &'a SideLayer,
    pub(super) units: &'a Units,
    pub(super) lags: &'a Lags,
}

/// A share of a synapse that hands on what arrives as good as at once.
const VANISHING: f64 = 4e-9;
/// How far two coefficients may be apart that are the same but for rounding.
const CLOSE: f64 = 2e-6;

fn near(a: f64, b: f64) -> bool {
    a == b || ((a - b).is_finite() && (a - b).abs() <= CLOSE * (1.0 + a.abs().max(b.abs())))
}

impl Pair<'_> {
    fn verdict(&self) -> NodeVerdict {
        let mut reasons = Vec::new();
        self.decays(&mut reasons);
        self.constants(&mut reasons);
        self.starts(&mut reasons);
        self.firing(&mut reasons);
        if let Some(reason) = far_weights(self.wanted, self.found, self.units) {
            reasons.push(reason);
        }
        if let Some((neuron, sources)) = self.found.merges().filter(|_| !self.is_same()) {
            reasons.push(Reason::new(
                format!(
                    "neuron {neuron} gets one number there whenever something arrives, whatever its weight, and {sources} channels lead to it"
                ),
                "train with layers of several neurons, or with one channel into a layer of one",
            ));
        }
        reasons.extend(self.lags.reasons(self.name).iter().cloned());
        let lag = self.lags.of(self.name);
        let is_equal = reasons.is_empty() && self.is_same();
        let low = |neuron: &Closed| neuron.threshold <= 0.0;
        // Where one spike sets the voltage, the origin of the voltage does not matter.
        let is_anywhere = fire(&self.wanted.numbers)
            .is_some_and(|fire| fire.spikes == Spikes::One && fire.reset != Reset::Subtract);
        let is_low = |wanted: &Closed| low(wanted) && !is_anywhere;
        if !is_equal && self.each().any(|(wanted, found, ..)| is_low(wanted) || low(found)) {
            reasons.push(Reason::new(
                "a threshold is not above 0, and the platforms do different things then",
                "train with thresholds above 0",
            ));
        }
        let drift = (!is_equal && reasons.is_empty())
            .then(|| Drift::of(self.wanted, self.found, self.units, |_| Extra::default()))
            .flatten();
        reasons.extend(drift.as_ref().and_then(|drift| drift.too_far(self.wanted, self.found)));
        let bound = drift.filter(|_| reasons.is_empty()).map(|drift| drift.bound);
        let level = match (reasons.is_empty(), is_equal, lag) {
            (false, ..) => Level::Impossible,
            (true, true, 0) => Level::Equal,
            (true, true, _) => Level::Lag,
            (true, false, _) if bound.is_some() => Level::Bounded,
            (true, false, _) => {
                reasons.push(Reason::new(
                    "the map before the layer is too large to be compared",
                    "run both and compare them",
                ));
                Level::Impossible
            }
        };
        NodeVerdict { node: self.name.to_owned(), level, lag, bound, reasons }
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (&Closed, &Closed, f64, f64)> {
        let units = self.units.scale.iter().zip(&self.units.shift);
        let both = self.wanted.closed.iter().zip(&self.found.closed);
        both.zip(units).map(|((wanted, found), (scale, shift))| (wanted, found, *scale, *shift))
    }

    fn decays(&self, reasons: &mut Vec<Reason>) {
        for (wanted, found, ..) in self.each() {
            let [a, b] = [wanted.membrane.k, found.membrane.k];
            if !near(a, b) {
                reasons.push(Reason::decay("voltage", a, b));
                break;
            }
        }
        for (wanted, found, ..) in self.each() {
            let reason = match (wanted.synapse, found.synapse) {
                (Some(a), Some(b)) if !near(a.k, b.k) => Reason::decay("current", a.k, b.k),
                (Some(a), None) if a.k != 0.0 => Reason::no_synapse(),
                (None, Some(b)) if b.k.abs() > VANISHING => Reason::decay("current", 0.0, b.k),
                _ => continue,
            };
            reasons.push(reason);
            break;
        }
    }

    /// Constant inputs: biases, and what rests leave in every step.
    fn constants(&self, reasons: &mut Vec<Reason>) {
        let bias = |layer: &SideLayer, n: usize| layer.map.as_ref().map_or(0.0, |map| map.bias[n]);
        for (n, (wanted, found, scale, shift)) in self.each().enumerate() {
            let currents = [(wanted, self.wanted), (found, self.found)].map(|(neuron, layer)| {
                let (g, c) = neuron.synapse.map_or((1.0, 0.0), |s| (s.g, s.c));
                let k = neuron.synapse.map_or(0.0, |s| s.k);
                (neuron.membrane.g * (g * bias(layer, n) + c), neuron.membrane.c, 1.0 - k)
            });
            let [(of_synapse, of_rest, gap), (other_synapse, other_rest, other_gap)] = currents;
            let of_rest = of_rest - (1.0 - wanted.membrane.k) * shift;
            let unit = found.threshold.abs().max(f64::MIN_POSITIVE);
            let differ = |a: f64, b: f64| (scale * a - b).abs() > CLOSE * unit;
            let level = |synapse: f64, gap: f64, rest: f64| {
                if gap == 0.0 { rest } else { synapse / gap + rest }
            };
            let totals =
                [level(of_synapse, gap, of_rest), level(other_synapse, other_gap, other_rest)];
            if differ(of_synapse, other_synapse) || differ(of_rest, other_rest) {
                let vanishes = 1.0 - other_gap <= VANISHING && 1.0 - gap <= VANISHING;
                if differ(totals[0], totals[1]) {
                    let what = format!(
                        "a constant input of {} a step is {} there",
                        brief(totals[0]),
                        brief(totals[1] / scale)
                    );
                    reasons.push(Reason::new(what, "train without biases and with `v_leak` = 0"));
                    return;
                }
                if !vanishes {
                    reasons.push(Reason::transient());
                    return;
                }
            }
        }
    }

    pub(super) fn starts(&self, reasons: &mut Vec<Reason>) {
        for (wanted, found, scale, shift) in self.each() {
            if !near(scale * (wanted.start[0] - shift), found.start[0]) {
                reasons.push(Reason::start(wanted.start[0], found.start[0] / scale + shift));
                return;
            }
        }
    }

    pub(super) fn firing(&self, reasons: &mut Vec<Reason>) {
        let (wanted, found) = match (fire(&self.wanted.numbers), fire(&self.found.numbers)) {
            (Some(wanted), Some(found)) => (wanted, found),
            (None, None) => return,
            _ => {
                let what = "one puts out spikes and the other its voltage";
                reasons.push(Reason::new(what, "take a platform with such neurons"));
                return;
            }
        };
        let (is, other) = (effect(&wanted), effect(&found));
        let keeps_all = self.each().all(|(wanted, ..)| wanted.membrane.k == 1.0);
        // A voltage that is forgotten in each step has no use for a reset.
        let keeps_none = self
            .each()
            .all(|(wanted, found, ..)| wanted.membrane.k == 0.0 && found.membrane.k == 0.0);
        let in_its_step = |effect| matches!(effect, Effect::To | Effect::Off);
        let is_forgotten = keeps_none && in_its_step(is) && in_its_step(other);
        let is_alike = is == other
            || is_forgotten
            || (keeps_all
                && matches!(
                    (is, other),
                    (Effect::Off, Effect::OffLate) | (Effect::OffLate, Effect::Off)
                ));
        if !is_alike {
            let instead = match other {
                Effect::To => "train with a reset to zero",
                Effect::Off | Effect::OffPending => {
                    "train with a reset that subtracts the threshold"
                }
                _ => "train with the reset of the platform",
            };
            let what = format!("a reset {} there; the reference {}", other.words(), is.words());
            reasons.push(Reason::new(what, instead));
        } else if other == Effect::To && !is_forgotten {
            for (wanted, found, scale, shift) in self.each() {
                if !near(scale * (wanted.reset - shift), found.reset) {
                    let what = format!(
                        "a reset goes to {}, not {}",
                        brief(found.reset / scale + shift),
                        brief(wanted.reset)
                    );
                    reasons.push(Reason::new(what, "train with a reset to zero"));
                    break;
                }
            }
        }
        if wanted.spikes != found.spikes
            && (wanted.spikes == Spikes::One) != (found.spikes == Spikes::One)
        {
            reasons.push(if wanted.spikes == Spikes::One {
                Reason::new(
                    "several spikes can fall into one step there; the reference has one at most",
                    "train with several spikes a step, or keep what arrives in a step below a threshold",
                )
            } else {
                Reason::new(
                    "one spike falls into a step at most there; the reference can have several",
                    "train with one spike a step",
                )
            });
        }
        self.floors(&wanted, &found, reasons);
        for (wanted, found, scale, shift) in self.each() {
            if !near(scale * (wanted.threshold - shift), found.threshold) {
                let what = format!(
                    "the threshold is {} there, not {}",
                    brief(found.threshold / scale + shift),
                    brief(wanted.threshold)
                );
                reasons.push(Reason::new(
                    what,
                    "train with the same threshold for all neurons of a layer",
                ));
                break;
            }
        }
    }

    fn floors(&self, wanted: &Fire, found: &Fire, reasons: &mut Vec<Reason>) {
        let alike = self.each().all(|(wanted, found, scale, shift)| {
            let floor = scale * (wanted.floor - shift);
            near(floor, found.floor)
        });
        if alike || self.is_never_low() {
            return;
        }
        let words = |fire: &Fire| match fire.floor {
            Floor::None => "has no lowest voltage",
            Floor::Zero => "lifts a voltage below 0 to 0",
            Floor::MinusThreshold => "lifts a voltage below the negative threshold to it",
        };
        let what = format!("the platform {}; the reference {}", words(found), words(wanted));
        reasons.push(Reason::new(what, "train with the lowest voltage of the platform"));
    }

    /// Whether no input can bring the voltage below 0.
    pub(super) fn is_never_low(&self) -> bool {
        let Some(map) = &self.wanted.map else { return false };
        let rises =
            map.columns.iter().flat_map(|(_, columns)| columns).flatten().all(|&x| x >= 0.0);
        let subtracts =
            fire(&self.wanted.numbers).is_some_and(|fire| fire.reset == Reset::Subtract);
        let of_neurons = self.wanted.closed.iter().all(|neuron| {
            neuron.membrane.k >= 0.0
                && neuron.membrane.c >= 0.0
                && neuron.gain() >= 0.0
                && neuron.start[0] >= 0.0
                && (subtracts || neuron.reset >= 0.0)
        });
        rises && of_neurons && map.bias.iter().all(|&x| x >= 0.0)
    }
}
