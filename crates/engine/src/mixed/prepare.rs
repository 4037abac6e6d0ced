//! Makes a program of a network, or says everything that stands against it.

use std::sync::{Arc, OnceLock};

use super::network::{Network, Population, Projection};
use super::plan::plan;
use super::program::{Planned, Program};
use crate::integer::{IntegerError, PrepareErrors, Source};
use crate::recorder::Executors;
use nirkit_run::ErrorList;

/// The largest sum that may arrive in a step, if every source spikes as often as it can.
const SUM: i64 = 1 << 60;

/// The most spikes of a channel of an input in a step.
const MOST: i64 = (1 << 16) - 1;

/// Makes a program, or says everything that stands against it.
pub fn prepare(network: Network) -> Result<Program, PrepareErrors> {
    let mut errors = Vec::new();
    for population in &network.populations {
        check_population(population, &mut errors);
    }
    for projection in &network.projections {
        errors.extend(check_projection(&network, projection).err());
    }
    if !errors.is_empty() {
        return Err(ErrorList(errors));
    }
    let plan = plan(&network);
    let (lowered, executors) = (OnceLock::new(), Executors::default());
    Ok(Program(Arc::new(Planned { network, lowered, executors, plan })))
}

fn check_population(population: &Population, errors: &mut Vec<IntegerError>) {
    let neurons = population.neurons();
    let lists = [
        ("the decay of a synapse", population.synapse.as_ref()),
        ("the decay of the membrane", Some(&population.membrane)),
        ("the offset", Some(&population.offset)),
        ("the threshold", Some(&population.threshold)),
    ];
    for (what, list) in lists {
        let Some(found) = list.map(Vec::len).filter(|&found| found != neurons) else { continue };
        let population = population.name.clone();
        errors.push(IntegerError::Count { population, what, found, neurons });
    }
}

/// The two ends are there, and fit.
fn check_projection(network: &Network, projection: &Projection) -> Result<(), IntegerError> {
    let missing =
        |target: String, what, index, count| IntegerError::Missing { target, what, index, count };
    let count = network.populations.len();
    let Some(target) = network.populations.get(projection.target) else {
        let index = projection.target;
        return Err(missing(index.to_string(), "population", index, count));
    };
    let found = match projection.source {
        Source::Input(at) => {
            let input = network.inputs.get(at);
            input
                .map(|input| (input.name.clone(), input.channels, MOST))
                .ok_or_else(|| missing(target.name.clone(), "input", at, network.inputs.len()))?
        }
        Source::Population(at) => {
            let source = network.populations.get(at);
            source
                .map(|source| (source.name.clone(), source.neurons(), 1))
                .ok_or_else(|| missing(target.name.clone(), "population", at, count))?
        }
    };
    let (from, mut channels, most) = found;
    let (name, mut bound) = (target.name.clone(), Some(most));
    if projection.delay == 0 {
        return Err(IntegerError::TooEarly { from, target: name });
    }
    for map in &projection.maps {
        if map.sources() != channels {
            let (found, expected) = (channels, map.sources());
            return Err(IntegerError::Channels { from, target: name, found, expected });
        }
        channels = map.targets();
        bound = bound.and_then(|bound: i64| bound.checked_mul(map.gain()));
    }
    if channels != target.neurons() {
        let (found, expected) = (channels, target.neurons());
        return Err(IntegerError::Channels { from, target: name, found, expected });
    }
    if bound.is_none_or(|bound| bound > SUM) {
        return Err(IntegerError::TooWide { from, target: name });
    }
    Ok(())
}
