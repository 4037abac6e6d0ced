//! Makes a program of a network, or says everything that stands against it.

use std::sync::{Arc, OnceLock};

use super::decay::Decay;
use super::error::{IntegerError, PrepareErrors};
use super::fire::Reset;
use super::i32_path;
use super::map::Map;
use super::network::{Arrival, Network, Population, Projection, Source};
use super::program::{Planned, Program};
use super::projection::{Link, Way, shifted};
use super::register::{Overflow, Register};
use super::stimulus::MOST;
use crate::recorder::Executors;
use nirkit_run::ErrorList;

/// States are at most so large, so that products with a factor of [`FACTOR`] stay in 62 bits.
const STATE: i64 = 1 << 40;

/// The largest factor of a decay.
const FACTOR: i64 = 1 << 20;

/// The largest sum that may arrive in a step.
const SUM: i64 = 1 << 60;

/// Makes a program, or says everything that stands against it.
pub fn prepare(network: Network) -> Result<Program, PrepareErrors> {
    let mut errors = Vec::new();
    for population in &network.populations {
        check_population(population, &mut errors);
    }
    let mut links: Vec<Vec<Link>> = network.populations.iter().map(|_| Vec::new()).collect();
    for projection in &network.projections {
        match link(&network, projection) {
            Ok(link) => links[projection.target].push(link),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(ErrorList(errors));
    }
    // The longest delay of what leaves each source.
    let mut inputs = vec![0; network.inputs.len()];
    let mut outputs = vec![0; network.populations.len()];
    for link in links.iter().flatten() {
        let reach = match link.source {
            Source::Input(at) => &mut inputs[at],
            Source::Population(at) => &mut outputs[at],
        };
        *reach = link.delay.max(*reach);
    }
    let narrow = i32_path::plan(&network, &links);
    Ok(Program(Arc::new(Planned {
        network,
        links,
        lowered: OnceLock::new(),
        executors: Executors::default(),
        narrow,
        inputs,
        outputs,
    })))
}

fn check_population(population: &Population, errors: &mut Vec<IntegerError>) {
    let mut check = Check { population, errors };
    check.register(population.membrane.register);
    check.decay("the decay of the membrane", &population.membrane.decay);
    if !population.membrane.bias.is_empty() {
        check.numbers("the bias", &population.membrane.bias, -STATE, STATE);
    }
    for synapse in &population.synapses {
        check.register(synapse.register);
        check.decay("the decay of a synapse", &synapse.decay);
    }
    check.numbers("the threshold", &population.fire.threshold, 0, STATE);
    if let Some(floor) = &population.fire.floor {
        check.numbers("the floor", floor, -STATE, STATE);
    }
    let endless = population.fire.reset == Reset::Subtract && population.fire.limit > SUM;
    if let Some(neuron) = population.fire.threshold.iter().position(|&t| t == 0 && endless) {
        check.errors.push(IntegerError::Endless { population: population.name.clone(), neuron });
    }
    check.aliases();
}

struct Check<'a> {
    population: &'a Population,
    errors: &'a mut Vec<IntegerError>,
}

impl Check<'_> {
    fn register(&mut self, register: Register) {
        let Register { low, high, .. } = register;
        if low > 0 || high < 0 || low < -STATE || high > STATE {
            let population = self.population.name.clone();
            self.errors.push(IntegerError::Register { population, low, high });
        }
    }

    fn count(&mut self, what: &'static str, found: usize) {
        let neurons = self.population.neurons();
        if found != neurons {
            let population = self.population.name.clone();
            self.errors.push(IntegerError::Count { population, what, found, neurons });
        }
    }

    /// There is a number for each neuron, in a range.
    fn numbers(&mut self, what: &'static str, numbers: &[i64], low: i64, high: i64) {
        self.count(what, numbers.len());
        if let Some(neuron) = numbers.iter().position(|number| !(low..=high).contains(number)) {
            let population = self.population.name.clone();
            let value = numbers[neuron];
            self.errors.push(IntegerError::Range { population, what, neuron, value, low, high });
        }
    }

    fn decay(&mut self, what: &'static str, decay: &Decay) {
        if let Some(found) = decay.neurons() {
            self.count(what, found);
        }
        match decay {
            Decay::None | Decay::All => {}
            Decay::Shift { bits, .. } => {
                let bits: Vec<i64> = bits.iter().map(|&bits| i64::from(bits)).collect();
                self.numbers(what, &bits, 0, 62);
            }
            Decay::Factor { kept, .. } => self.numbers(what, kept, 0, FACTOR),
        }
    }

    fn aliases(&mut self) {
        let aliases = &self.population.aliases;
        if !aliases.is_empty() {
            self.count("the list of aliases", aliases.len());
        }
        let neurons = self.population.neurons() as i64;
        let alias = |alias: &usize| i64::try_from(*alias).unwrap_or(i64::MAX);
        for (neuron, value) in aliases
            .iter()
            .enumerate()
            .flat_map(|(n, all)| all.iter().map(alias).map(move |alias| (n, alias)))
        {
            if value >= neurons {
                let (population, what) = (self.population.name.clone(), "an alias");
                let (low, high) = (0, neurons - 1);
                let error = IntegerError::Range { population, what, neuron, value, low, high };
                self.errors.push(error);
            }
        }
    }
}

/// A projection, ready to run.
fn link(network: &Network, projection: &Projection) -> Result<Link, IntegerError> {
    let ends = Ends::of(network, projection)?;
    let synapse = &ends.target.synapses[projection.synapse];
    let way = match (synapse.arrival, projection.maps.as_slice()) {
        (Arrival::EachSpike, [Map::Matrix(matrix)]) => {
            let wrap = synapse.register.overflowing(Overflow::Wrap);
            Way::EachSpike(
                matrix.with_weights(|weight| wrap.hold(shifted(weight, projection.shift))),
            )
        }
        (Arrival::EachSpike, _) => {
            let (from, target) = ends.names();
            return Err(IntegerError::NotOneMatrix { from, target });
        }
        (Arrival::Sum { .. }, maps) => {
            Way::Sum { maps: maps.to_vec(), shift: projection.shift, register: projection.sum }
        }
    };
    let Projection { source, synapse, delay, limit, .. } = *projection;
    Ok(Link { source, synapse, delay, limit, way })
}

/// The two ends of a projection.
struct Ends<'a> {
    from: &'a str,
    target: &'a Population,
    /// Channels of the source.
    channels: usize,
    /// The most spikes of a channel in a step.
    most: i64,
}

impl<'a> Ends<'a> {
    /// The ends, if the projection fits them.
    fn of(network: &'a Network, projection: &Projection) -> Result<Self, IntegerError> {
        let count = network.populations.len();
        let missing = |target: String, what, index, count| IntegerError::Missing {
            target,
            what,
            index,
            count,
        };
        let Some(target) = network.populations.get(projection.target) else {
            let target = projection.target;
            return Err(missing(target.to_string(), "population", target, count));
        };
        if projection.synapse >= target.synapses.len() {
            let (index, count) = (projection.synapse, target.synapses.len());
            return Err(missing(target.name.clone(), "synapse", index, count));
        }
        let (from, channels, most) = match projection.source {
            Source::Input(at) => {
                let count = network.inputs.len();
                let input = network.inputs.get(at);
                let input =
                    input.ok_or_else(|| missing(target.name.clone(), "input", at, count))?;
                (input.name.as_str(), input.channels, MOST)
            }
            Source::Population(at) => {
                let source = network.populations.get(at);
                let source =
                    source.ok_or_else(|| missing(target.name.clone(), "population", at, count))?;
                (source.name.as_str(), source.neurons(), source.fire.limit)
            }
        };
        let ends = Self { from, target, channels, most };
        if matches!(projection.source, Source::Population(at) if at >= projection.target)
            && projection.delay == 0
        {
            let (from, target) = ends.names();
            return Err(IntegerError::TooEarly { from, target });
        }
        ends.check_channels(projection)?;
        ends.check_width(projection)?;
        Ok(ends)
    }

    fn names(&self) -> (String, String) {
        (self.from.to_owned(), self.target.name.clone())
    }

    fn check_channels(&self, projection: &Projection) -> Result<(), IntegerError> {
        let mut found = self.channels;
        let misfit = |found, expected| {
            let (from, target) = self.names();
            Err(IntegerError::Channels { from, target, found, expected })
        };
        for map in &projection.maps {
            if map.sources() != found {
                return misfit(found, map.sources());
            }
            found = map.targets();
        }
        let expected = self.target.neurons();
        if found == expected { Ok(()) } else { misfit(found, expected) }
    }

    /// Nothing that can arrive in a step leaves the range of the engine.
    fn check_width(&self, projection: &Projection) -> Result<(), IntegerError> {
        let most = projection.limit.map_or(self.most, |limit| limit.min(self.most));
        let bound =
            projection.maps.iter().try_fold(most, |bound, map| bound.checked_mul(map.gain()));
        let shift = projection.shift.unsigned_abs()
            + match self.target.synapses[projection.synapse].arrival {
                Arrival::EachSpike => 0,
                Arrival::Sum { shift } => shift,
            };
        let fits = bound.is_some_and(|bound| shift < 60 && bound <= SUM >> shift);
        let (from, target) = self.names();
        if fits { Ok(()) } else { Err(IntegerError::TooWide { from, target }) }
    }
}
