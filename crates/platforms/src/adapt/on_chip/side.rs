//! A design as a side: each layer in closed form in the chip's own units, with what leads to it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::semantics::{FiringNumbers, LayerNumbers, StageNumbers};
use nirkit_engine::integer::Source;
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Signal, Stimulus};

use super::super::closed::closed;
use super::super::judge::Units;
use super::super::side::{Side, SideLayer, SideMap};
use super::population::{Part, Population, Projection, Rounding, of_integers, of_mixed};
use crate::chip::{Design, Emulation};

/// A design as a side, with what its integers round in each step.
pub(super) struct ChipSide {
    /// The layers.
    pub(super) side: Side,
    /// What rounds in each layer.
    pub(super) roundings: BTreeMap<String, Rounding>,
}

/// Takes a design apart into the layers of these names.
pub(super) fn side(design: &Design, units: &BTreeMap<String, Units>) -> ChipSide {
    let (populations, projections) = match &design.emulation {
        Emulation::Integer(program) => of_integers(program.network()),
        Emulation::Mixed(program) => of_mixed(program.network()),
    };
    let at: BTreeMap<&str, usize> =
        populations.iter().enumerate().map(|(at, of)| (of.name.as_str(), at)).collect();
    let layers: BTreeSet<&str> = units.values().map(|units| units.name.as_str()).collect();
    let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
    for placed in &design.placements {
        let population = at.get(placed.population.as_str()).copied();
        let is_layer = layers.contains(placed.node.as_str());
        let (Some(population), true) = (population, is_layer) else { continue };
        let part = Part { population, first: placed.first, neurons: placed.neurons };
        // A layer can be spread over several cores.
        let known = parts.entry(&placed.node).or_insert(part);
        let end = (known.first + known.neurons).max(part.first + part.neurons);
        known.first = known.first.min(part.first);
        known.neurons = end - known.first;
    }
    let mut own: Vec<Vec<(&str, Part)>> = vec![Vec::new(); populations.len()];
    for (name, part) in &parts {
        own[part.population].push((*name, *part));
    }
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); populations.len()];
    for (at, projection) in projections.iter().enumerate() {
        into[projection.target].push(at);
    }
    let constants = OnceCell::new();
    let network = Network { design, populations, projections, own, into, constants };
    let each = parts.iter();
    let layers = each.clone().map(|(name, part)| ((*name).to_owned(), network.layer(*part)));
    let roundings = each
        .map(|(name, part)| ((*name).to_owned(), network.populations[part.population].rounding));
    ChipSide { side: Side { layers: layers.collect() }, roundings: roundings.collect() }
}

struct Network<'a> {
    design: &'a Design,
    populations: Vec<Population>,
    projections: Vec<Projection<'a>>,
    /// The layers that each population holds.
    own: Vec<Vec<(&'a str, Part)>>,
    /// The projections that lead to each population.
    into: Vec<Vec<usize>>,
    /// For each population that holds no layer, the step from which on it spikes in each step without any input.
    constants: OnceCell<Vec<Option<i64>>>,
}

impl Network<'_> {
    fn layer(&self, part: Part) -> SideLayer {
        let numbers = cut(&self.populations[part.population].numbers, part);
        let mut paths = Vec::new();
        let mut columns: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
        let (mut bias, mut onset) = (vec![0.0; part.neurons], 0);
        let mut is_known = true;
        for projection in self.into[part.population].iter().map(|&at| &self.projections[at]) {
            let Some(map) = projection.map(part) else {
                is_known = false;
                continue;
            };
            let ends = |name: &str, first: usize, count: usize| {
                let of_source = map[first..first + count].to_vec();
                let is_connected = of_source.iter().flatten().any(|&weight| weight != 0.0);
                is_connected.then(|| (name.to_owned(), of_source))
            };
            let mut found = Vec::new();
            match projection.source {
                Source::Input(at) => {
                    let (name, _) = &self.design.emulation.inputs()[at];
                    found.extend(ends(name, 0, map.len()));
                }
                Source::Population(at) if self.own[at].is_empty() => {
                    if let Some(start) = self.always_from(at) {
                        for column in &map {
                            bias.iter_mut().zip(column).for_each(|(sum, weight)| *sum += weight);
                        }
                        onset = onset.max(start + projection.delay as i64);
                    } else {
                        is_known = false;
                    }
                }
                Source::Population(at) => {
                    let own = self.own[at].iter();
                    found.extend(own.filter_map(|(name, own)| ends(name, own.first, own.neurons)));
                }
            }
            for (name, of_source) in found {
                paths.push((name.clone(), projection.delay as i64));
                match columns.get_mut(&name) {
                    None => {
                        columns.insert(name, of_source);
                    }
                    Some(known) => {
                        let both = known.iter_mut().flatten().zip(of_source.iter().flatten());
                        both.for_each(|(known, more)| *known += more);
                    }
                }
            }
        }
        paths.sort();
        paths.dedup();
        SideLayer {
            closed: closed(&numbers),
            delay: 0,
            paths,
            onset,
            operations: Vec::new(),
            map: is_known.then(|| SideMap { columns: columns.into_iter().collect(), bias }),
            numbers,
        }
    }

    /// The step from which on a population without a layer spikes in each step without any input; `None` for others.
    fn always_from(&self, population: usize) -> Option<i64> {
        let constants = self.constants.get_or_init(|| self.constant().unwrap_or_default());
        constants.get(population).copied().flatten()
    }

    /// The same for all populations, from one run.
    fn constant(&self) -> Option<Vec<Option<i64>>> {
        let steps = self.populations.len() + 4;
        let silent = |(name, shape): (String, Vec<usize>)| {
            let channels = shape.iter().product::<usize>();
            let values = vec![0.0; channels * steps];
            (name, Signal::Frames { channels, values, counts: true })
        };
        let signals = self.design.emulation.inputs().into_iter().map(silent).collect();
        let without_layer: Vec<usize> =
            (0..self.own.len()).filter(|&at| self.own[at].is_empty()).collect();
        let request = |&at: &usize| Request {
            node: self.populations[at].name.clone(),
            observable: Observable::Spikes,
        };
        let wanted: Vec<Request> = without_layer.iter().map(request).collect();
        let recording =
            self.design.emulation.record(&Stimulus { signals }, steps, 1.0, &wanted).ok()?;
        let mut constants = vec![None; self.own.len()];
        for at in without_layer {
            let name = &self.populations[at].name;
            let array = recording.get(name, Observable::Spikes).and_then(Tensor::to_f64);
            let spikes = array.unwrap_or_default();
            let first = spikes.iter().position(|&spikes| spikes != 0.0);
            // Populations of one neuron alone are told from others.
            let is_steady =
                |&first: &usize| spikes.len() == steps && spikes[first..].iter().all(|&s| s == 1.0);
            constants[at] = first.filter(is_steady).map(|first| first as i64);
        }
        Some(constants)
    }
}

/// The numbers of some neurons.
fn cut(numbers: &LayerNumbers, part: Part) -> LayerNumbers {
    let range = part.first..part.first + part.neurons;
    let stage = |stage: &StageNumbers| StageNumbers {
        form: stage.form,
        biased: stage.biased,
        numbers: stage.numbers[range.clone()].to_vec(),
        start: stage.start[range.clone()].to_vec(),
    };
    LayerNumbers {
        synapse: numbers.synapse.as_ref().map(stage),
        membrane: stage(&numbers.membrane),
        firing: numbers.firing.as_ref().map(|firing| FiringNumbers {
            fire: firing.fire,
            levels: firing.levels[range.clone()].to_vec(),
        }),
        height: numbers.height,
        fan_in: numbers.fan_in,
        relay: numbers.relay.clone(),
        weight_gains: numbers.weight_gains.clone(),
        recurrent_gains: numbers.recurrent_gains.clone(),
        precision: numbers.precision,
    }
}
