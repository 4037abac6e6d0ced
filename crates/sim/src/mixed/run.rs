//! Runs: what changes from step to step.

use std::collections::VecDeque;
use std::sync::Arc;

use nirkit_numerics::Tensor;

use super::network::{Population, Projection, Reset};
use super::program::{Planned, Program, Subject};
use crate::clocked::Recording;
use crate::integer::{Frames, RunError, Source};
use crate::recording::{Observable, Request};
use crate::stimulus::Stimulus;

/// A run of a program: one sample. A clone goes on from where the run stands.
#[derive(Clone, Debug)]
pub struct Run {
    planned: Arc<Planned>,
    states: Vec<State>,
    /// Spikes of each input, the newest first.
    inputs: Vec<VecDeque<Vec<i64>>>,
    /// Spikes of each population, the newest first.
    outputs: Vec<VecDeque<Vec<i64>>>,
}

/// What changes in a population.
#[derive(Clone, Debug)]
struct State {
    /// The currents, or what arrived in the last step.
    i: Vec<f32>,
    v: Vec<f32>,
}

impl Run {
    pub(super) fn new(planned: Arc<Planned>) -> Self {
        let network = &planned.network;
        let silent = |channels: usize, delay: usize| vec![vec![0; channels]; delay + 1].into();
        let inputs = network.inputs.iter().zip(&planned.inputs);
        let outputs = network.populations.iter().zip(&planned.outputs);
        let state = |population: &Population| {
            let zeros = vec![0.0; population.neurons()];
            State { i: zeros.clone(), v: zeros }
        };
        Self {
            states: network.populations.iter().map(state).collect(),
            inputs: inputs.map(|(input, &delay)| silent(input.channels, delay)).collect(),
            outputs: outputs.map(|(source, &delay)| silent(source.neurons(), delay)).collect(),
            planned,
        }
    }

    /// Takes a step; `frame(input)` has the spikes that enter an input, none where it is short.
    pub fn step<'a>(&mut self, frame: impl Fn(usize) -> &'a [i64]) {
        for (at, history) in self.inputs.iter_mut().enumerate() {
            history.rotate_right(1);
            if let Some(newest) = history.front_mut() {
                newest.fill(0);
                newest.iter_mut().zip(frame(at)).for_each(|(count, &given)| *count = given);
            }
        }
        // Spikes arrive a step later at the earliest, so that the order of the turns does not matter.
        for history in &mut self.outputs {
            history.rotate_right(1);
        }
        let planned = Arc::clone(&self.planned);
        for (at, population) in planned.network.populations.iter().enumerate() {
            let sums = self.sums(&planned, at, population.neurons());
            if let Some(newest) = self.outputs[at].front_mut() {
                population.update(&mut self.states[at], &sums, newest);
            }
        }
    }

    /// What arrives at each neuron of a population.
    fn sums(&self, planned: &Planned, at: usize, neurons: usize) -> Vec<i64> {
        let mut sums = vec![0; neurons];
        for projection in planned.network.projections.iter().filter(|p| p.target == at) {
            let seen = match projection.source {
                Source::Input(input) => &self.inputs[input][projection.delay],
                Source::Population(source) => &self.outputs[source][projection.delay],
            };
            for (sum, arrived) in sums.iter_mut().zip(projection.bring(seen)) {
                *sum += arrived;
            }
        }
        sums
    }

    /// The numbers of a request after the last step; `None` for what there is not.
    #[must_use]
    pub fn observe(&self, program: &Program, request: &Request) -> Option<Vec<f64>> {
        program.subject(request).map(|subject| self.read(subject))
    }

    fn read(&self, Subject(at, observable): Subject) -> Vec<f64> {
        let wide = |numbers: &[f32]| numbers.iter().map(|&number| f64::from(number)).collect();
        match observable {
            Observable::Spikes => self.outputs[at][0].iter().map(|&count| count as f64).collect(),
            Observable::V => wide(&self.states[at].v),
            _ => wide(&self.states[at].i),
        }
    }
}

impl Projection {
    /// The sums that counts of spikes become.
    fn bring(&self, counts: &[i64]) -> Vec<i64> {
        let mut signal = counts.to_vec();
        for map in &self.maps {
            let mut sums = vec![0; map.targets()];
            for (source, &count) in signal.iter().enumerate().filter(|&(_, &count)| count != 0) {
                map.visit(source, |target, weight| sums[target] += count * weight);
            }
            signal = sums;
        }
        signal
    }
}

impl Population {
    /// Updates all neurons; `spikes` is overwritten.
    fn update(&self, state: &mut State, sums: &[i64], spikes: &mut [i64]) {
        for neuron in 0..sums.len() {
            let sum = sums[neuron] as f32;
            let kept = self.synapse.as_ref().map(|kept| kept[neuron] * state.i[neuron]);
            let i = kept.map_or(sum, |kept| kept + sum);
            let v = self.membrane[neuron] * state.v[neuron] + i + self.offset[neuron];
            let threshold = self.threshold[neuron];
            let fires = v > threshold;
            state.i[neuron] = i;
            state.v[neuron] = match self.reset {
                _ if !fires => v,
                Reset::Zero => 0.0,
                Reset::Subtract => v - threshold,
            };
            spikes[neuron] = i64::from(fires);
        }
    }
}

/// Runs a stimulus for so many steps of `dt` seconds; spikes are integers, states have single
/// precision, and arrays have the shape (T, *shape).
pub fn record(
    program: &Program,
    stimulus: &Stimulus,
    steps: usize,
    dt: f64,
    requests: &[Request],
) -> Result<Recording, Vec<RunError>> {
    let frames = Frames::new(program.inputs(), stimulus, steps, dt)?;
    let find = |request: &Request| {
        program.subject(request).ok_or_else(|| RunError::NoSuchState(request.clone()))
    };
    let (found, missing): (Vec<_>, Vec<_>) = requests.iter().map(find).partition(Result::is_ok);
    if !missing.is_empty() {
        return Err(missing.into_iter().filter_map(Result::err).collect());
    }
    let subjects: Vec<Subject> = found.into_iter().flatten().collect();
    let too_large = |_| vec![RunError::TooLarge { steps }];
    let mut run = program.start();
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); subjects.len()];
    for (&subject, samples) in subjects.iter().zip(&mut samples) {
        let room = run.read(subject).len().saturating_mul(steps);
        samples.try_reserve_exact(room).map_err(|_| vec![RunError::TooLarge { steps }])?;
    }
    for step in 0..steps {
        run.step(|input| frames.at(input, step));
        for (&subject, samples) in subjects.iter().zip(&mut samples) {
            samples.extend(run.read(subject));
        }
    }
    let arrays = requests.iter().zip(subjects).zip(samples).map(|((request, subject), samples)| {
        let shape = program.network().populations[subject.0].shape.as_slice();
        let shape = [&[steps], shape].concat();
        let tensor = if subject.1 == Observable::Spikes {
            Tensor::new(&shape, samples.iter().map(|&count| count as i64).collect())
        } else {
            Tensor::new(&shape, samples.iter().map(|&number| number as f32).collect())
        };
        Ok((request.clone(), tensor.map_err(too_large)?))
    });
    Ok(Recording { arrays: arrays.collect::<Result<_, Vec<RunError>>>()? })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Network, Program, prepare};
    use super::*;
    use crate::integer::{Input, Map, Matrix};
    use crate::stimulus::Signal;

    /// One neuron with a synapse that keeps a half, a membrane that keeps a quarter, and a weight.
    fn program(reset: Reset, weight: i64, recurrent: i64) -> Program {
        let matrix = |weight: i64| vec![Map::Matrix(Matrix::new(1, 1, |_, _| weight))];
        let projection =
            |source, weight| Projection { source, target: 0, maps: matrix(weight), delay: 1 };
        let network = Network {
            inputs: vec![Input { name: "in".to_owned(), channels: 1 }],
            populations: vec![Population {
                name: "n".to_owned(),
                shape: vec![1],
                synapse: Some(vec![0.5]),
                membrane: vec![0.25],
                offset: vec![1.0],
                threshold: vec![10.0],
                reset,
            }],
            projections: vec![
                projection(Source::Input(0), weight),
                projection(Source::Population(0), recurrent),
            ],
        };
        prepare(network).unwrap()
    }

    fn trace(program: &Program, input: &[f64], observable: Observable) -> Vec<f64> {
        let signal = Signal::Frames { channels: 1, values: input.to_vec(), counts: true };
        let stimulus = Stimulus { signals: BTreeMap::from([("in".to_owned(), signal)]) };
        let request = Request { node: "n".to_owned(), observable };
        let found = record(program, &stimulus, input.len(), 1.0, &[request]).unwrap();
        found.arrays[0].1.to_f64().unwrap().into_owned()
    }

    /// Worked out by hand: v = v / 4 + i + 1, i = i / 2 + 8 x a step later.
    #[test]
    fn a_spike_arrives_a_step_later_and_the_offset_acts_at_once() {
        let program = program(Reset::Subtract, 8, 0);
        let input = [1.0, 1.0, 0.0, 0.0];
        assert_eq!(trace(&program, &input, Observable::Isyn), [0.0, 8.0, 12.0, 6.0]);
        // 1; 0.25 + 9 = 9.25; 2.3125 + 13 = 15.3125, less 10; 1.328125 + 7.
        assert_eq!(trace(&program, &input, Observable::V), [1.0, 9.25, 5.3125, 8.328_125]);
        assert_eq!(trace(&program, &input, Observable::Spikes), [0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_neuron_inhibits_itself_a_step_later() {
        let program = program(Reset::Zero, 8, -20);
        let input = [1.0, 1.0, 0.0, 0.0];
        // The spike of the third step takes 20 off the current of the fourth.
        assert_eq!(trace(&program, &input, Observable::V), [1.0, 9.25, 0.0, 6.0 - 20.0 + 1.0]);
    }

    #[test]
    fn a_projection_in_the_same_step_is_refused() {
        let mut network = program(Reset::Zero, 1, 1).network().clone();
        network.projections[0].delay = 0;
        network.populations[0].offset.clear();
        assert_eq!(prepare(network).unwrap_err().0.len(), 2);
    }
}
