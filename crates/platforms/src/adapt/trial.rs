//! Runs both sides of an adaptation, and holds what was claimed against what happens.

use nirkit_engine::clocked::RunError;
use nirkit_engine::clocked::semantics::{Frames, Program};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request, Stimulus};

use super::bound::STEPS;
use super::{Adapted, Level, NodeVerdict, Rounded};

/// What a run says about one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeTrial {
    /// Full name of the node in the graph that came in.
    pub node: String,
    /// Spikes of the reference and of the platform.
    pub spikes: [f64; 2],
    /// Entries (neuron and step) that differ, after the lag.
    pub differ: usize,
    /// The first of them: step of the reference, and neuron.
    pub first: Option<(usize, usize)>,
    /// How far the voltage of the reference was from its threshold there.
    pub margin: Option<f64>,
    /// Whether no step of either side held more than one spike.
    pub is_single: bool,
    /// Whether the run contradicts the claim about the layer, with all layers before it in agreement.
    pub contradicted: bool,
}

/// What computes the adapted graph.
#[derive(Clone, Copy, Debug)]
pub enum Runner<'a> {
    /// A simulator.
    Program(&'a Program),
    /// A chip.
    Chip(&'a Rounded),
}

/// Why both sides cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// A program does not take the stimulus.
    #[error(transparent)]
    Program(#[from] RunError),
    /// A chip does not take the stimulus.
    #[error("{}", .0.join("; "))]
    Chip(Vec<String>),
}

/// Spikes of some nodes, step by step: by node, step and neuron.
type Trains = Vec<Vec<Vec<f64>>>;

impl Runner<'_> {
    /// Spikes of nodes.
    fn trains(
        self,
        names: &[String],
        stimulus: &Stimulus,
        steps: usize,
    ) -> Result<Trains, TrialError> {
        let mut trains = vec![Vec::new(); names.len()];
        match self {
            Self::Program(program) => {
                let mut frames = Frames::new(program, stimulus)?;
                let mut run = program.start();
                for step in 0..steps {
                    run.step(frames.at(step));
                    for (train, node) in trains.iter_mut().zip(names) {
                        let observable = Observable::Spikes;
                        let request = Request { node: node.clone(), observable };
                        train.push(run.observe(program, &request).unwrap_or_default());
                    }
                }
            }
            Self::Chip(rounded) => {
                let dt = rounded.dt.unwrap_or(1.0);
                let recording =
                    rounded.design.record_nodes(stimulus, steps, dt).map_err(TrialError::Chip)?;
                for (train, node) in trains.iter_mut().zip(names) {
                    let array = recording.get(node, Observable::Spikes).and_then(Tensor::to_f64);
                    let values = array.unwrap_or_default();
                    let width = values.len() / steps.max(1);
                    *train = match width {
                        0 => vec![Vec::new(); steps],
                        width => values.chunks(width).map(<[f64]>::to_vec).collect(),
                    };
                }
            }
        }
        Ok(trains)
    }
}

/// Runs reference and platform on a stimulus.
///
/// # Errors
///
/// A stimulus that does not fit.
pub fn trial(
    adapted: &Adapted,
    reference: &Program,
    found: Runner<'_>,
    stimulus: &Stimulus,
    steps: usize,
) -> Result<Vec<NodeTrial>, TrialError> {
    let own = |node: &NodeVerdict| {
        adapted.units.get(&node.node).map_or(&node.node, |units| &units.name).clone()
    };
    let names: Vec<String> = adapted.nodes.iter().map(|node| node.node.clone()).collect();
    let others: Vec<String> = adapted.nodes.iter().map(own).collect();
    let trains = [
        Runner::Program(reference).trains(&names, stimulus, steps)?,
        found.trains(&others, stimulus, steps)?,
    ];
    let mut trials = Vec::new();
    for (at, node) in adapted.nodes.iter().enumerate() {
        let [wanted, found] = [&trains[0][at], &trains[1][at]];
        let (mut differ, mut first) = (0, None);
        for (step, own) in wanted.iter().enumerate() {
            let other =
                usize::try_from(step as i64 + node.lag).ok().and_then(|step| found.get(step));
            let Some(other) = other else { continue };
            if own.len() != other.len() {
                differ += own.len().max(1);
                first = first.or(Some((step, 0)));
                continue;
            }
            for (neuron, (a, b)) in own.iter().zip(other).enumerate() {
                // What is no number on both sides is the same.
                if a != b && !(a.is_nan() && b.is_nan()) {
                    differ += 1;
                    first = first.or(Some((step, neuron)));
                }
            }
        }
        // A voltage that is handed on is not recorded; what it drives gets something else from the start.
        let is_silent = wanted.iter().all(Vec::is_empty);
        if is_silent && node.level == Level::Impossible {
            first = Some((0, 0));
        }
        let sum = |train: &Vec<Vec<f64>>| train.iter().flatten().sum::<f64>();
        trials.push(NodeTrial {
            node: node.node.clone(),
            spikes: [sum(wanted), sum(found)],
            differ,
            first,
            margin: None,
            is_single: [wanted, found].into_iter().flatten().flatten().all(|&count| count <= 1.0),
            contradicted: false,
        });
    }
    margins(adapted, reference, stimulus, &mut trials)?;
    Ok(trials)
}

/// Works out margins at first differences, and what is contradicted: the earliest difference of all.
fn margins(
    adapted: &Adapted,
    reference: &Program,
    stimulus: &Stimulus,
    trials: &mut [NodeTrial],
) -> Result<(), RunError> {
    let last = trials.iter().filter_map(|trial| trial.first).map(|(step, _)| step).max();
    let Some(last) = last else { return Ok(()) };
    let mut frames = Frames::new(reference, stimulus)?;
    let mut run = reference.start();
    for step in 0..=last {
        run.step(frames.at(step));
        for trial in trials.iter_mut().filter(|trial| trial.first.is_some_and(|(at, _)| at == step))
        {
            let Some((_, neuron)) = trial.first else { continue };
            let moment = run.moment(reference, &trial.node, neuron);
            // Several spikes are decided at multiples of the threshold.
            trial.margin = moment.map(|m| {
                let multiple = (m.v / m.threshold).round().max(1.0);
                let multiple = if trial.is_single { 1.0 } else { multiple };
                (m.v - multiple * m.threshold).abs()
            });
        }
    }
    // What differs first has got the same as the reference until then.
    let earliest = trials.iter().filter_map(|trial| trial.first).map(|(step, _)| step).min();
    let broken: Vec<bool> = trials
        .iter()
        .zip(&adapted.nodes)
        .map(|(trial, node)| {
            let is_first = trial.first.is_some_and(|(step, _)| Some(step) == earliest);
            match (node.level, trial.margin, node.bound) {
                // Where nothing leaks, nothing is said of later steps.
                (Level::Bounded, Some(margin), Some(bound)) => {
                    let is_claimed = trial.first.is_some_and(|(step, _)| (step as f64) < STEPS);
                    is_first && is_claimed && margin > bound
                }
                (Level::Equal | Level::Lag, ..) => is_first,
                (Level::Bounded | Level::Impossible, ..) => false,
            }
        })
        .collect();
    // A layer behind one that differs in the same step has got something else.
    let is_any_open = trials.iter().zip(&broken).any(|(trial, broken)| {
        trial.first.is_some_and(|(step, _)| Some(step) == earliest) && !broken
    });
    for (trial, broken) in trials.iter_mut().zip(broken) {
        trial.contradicted = broken && !is_any_open;
    }
    Ok(())
}
