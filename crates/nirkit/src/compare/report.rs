//! A comparison as it is written down.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::semantics::Moment;
use nirkit_ir::Primitive;
use nirkit_numerics::{Shortest, Tensor};
use nirkit_platforms::Platform;
use nirkit_platforms::compare::{
    Attribution, Cause, Choice, Difference, First, NodeDifference, cosine as cosine_of,
};
use nirkit_run::Observable;
use serde::Serialize;

use super::{Comparison, Job, Side, Way, Why};
use crate::adapt::remedy;
use crate::model::platform;

/// A comparison, as JSON has it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Steps that were taken.
    pub steps: usize,
    /// Length of a step in seconds.
    pub dt: f64,
    /// Time constant of the van Rossum distance in seconds.
    pub tau: f64,
    /// What is compared; the first is the one against which the others are held.
    pub variants: Vec<String>,
    /// Whether all run the same neurons, at least one, and all spike trains are equal.
    pub equal: bool,
    /// Each node that spikes, sources first.
    pub nodes: Vec<NodeReport>,
    /// Each of the others against the first.
    pub pairs: Vec<PairReport>,
    /// The ways in which simulators can run the graph, where chance decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Way>,
}

/// A node in all runs.
#[derive(Clone, Debug, Serialize)]
pub struct NodeReport {
    /// Full name.
    pub node: String,
    /// Spikes in each run; `None` where it did not run.
    pub spikes: Vec<Option<f64>>,
    /// Cosine of the angle between the mean activities of two runs, for each pair of runs.
    pub cosine: Vec<Vec<Option<f64>>>,
}

/// A run against the first one.
#[derive(Clone, Debug, Serialize)]
pub struct PairReport {
    /// The first run.
    pub a: String,
    /// The other.
    pub b: String,
    /// Whether both run the same neurons, at least one, and all spike trains are equal.
    pub equal: bool,
    /// Squared van Rossum distance, summed over all neurons of all nodes.
    pub distance: f64,
    /// Node by node.
    pub nodes: Vec<PairNodeReport>,
    /// Nodes that spike in one of the two only, because the other does not run them.
    pub missing: Vec<String>,
    /// The first difference of all.
    pub first: Option<FirstReport>,
    /// The cause, if it could be told.
    pub cause: Option<CauseReport>,
    /// Why it could not.
    pub no_cause: Option<String>,
    /// What the chips of the pair do otherwise than the graph, in words.
    pub departures: Vec<String>,
    /// The command that may make the two agree, where spikes differ and one of them is a simulator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// A node in two runs.
#[derive(Clone, Debug, Serialize)]
pub struct PairNodeReport {
    /// Full name.
    pub node: String,
    /// Spikes in both.
    pub spikes: [f64; 2],
    /// Numbers of spikes, of a neuron in a step, that differ.
    pub entries: usize,
    /// Cosine of the angle between the mean activities.
    pub cosine: f64,
    /// Squared van Rossum distance.
    pub distance: f64,
    /// The first difference at this node.
    pub first: Option<FirstReport>,
}

/// A first difference.
#[derive(Clone, Debug, Serialize)]
pub struct FirstReport {
    /// The step, counted from 0.
    pub step: usize,
    /// Its beginning in seconds.
    pub time: f64,
    /// Full name of the node.
    pub node: String,
    /// The neuron, in C order.
    pub neuron: usize,
    /// The neuron in both runs.
    pub moments: [Option<MomentReport>; 2],
}

/// A neuron in a step.
#[derive(Clone, Debug, Serialize)]
pub struct MomentReport {
    /// Spikes that it put out.
    pub spikes: f64,
    /// The voltage that was held against the threshold; in the ideal, that at the end of the step.
    pub v: f64,
    /// The threshold in the units of this voltage.
    pub threshold: f64,
}

/// Because of which choices two runs part.
#[derive(Clone, Debug, Serialize)]
pub struct CauseReport {
    /// Squared van Rossum distance between the ideal and the ideal on a grid, where one of the two
    /// is the ideal: what leaving continuous time does by itself.
    pub grid_distance: Option<f64>,
    /// The choices that differ and matter.
    pub choices: Vec<ChoiceReport>,
    /// The smallest sets of choices that account for the first difference, each for itself. Where
    /// one of the two is the ideal, the difference from the ideal on a grid.
    pub first: Vec<Vec<&'static str>>,
    /// The choices that take away most of the distance, one after the other.
    pub total: Vec<AttributionReport>,
}

/// A choice in which two runs differ.
#[derive(Clone, Debug, Serialize)]
pub struct ChoiceReport {
    /// Its name.
    pub choice: &'static str,
    /// What each of the two chooses.
    pub values: [String; 2],
}

/// What a choice accounts for.
#[derive(Clone, Debug, Serialize)]
pub struct AttributionReport {
    /// Its name.
    pub choice: &'static str,
    /// The share of the distance that it takes away by itself; negative if it adds to it.
    pub alone: f64,
    /// The share that it takes away together with those before it.
    pub together: f64,
}

impl Report {
    /// What is to be said of a comparison.
    #[must_use]
    pub fn of(job: &Job<'_>, comparison: &Comparison, ways: Vec<Way>) -> Self {
        let sides = &comparison.sides;
        let pairs: Vec<PairReport> = sides
            .split_first()
            .map(|(first, others)| {
                let both = others.iter().zip(&comparison.pairs);
                both.map(|(other, pair)| {
                    PairReport::of(job, [first, other], &pair.difference, pair.why.as_ref())
                })
                .collect()
            })
            .unwrap_or_default();
        let spikes: Vec<BTreeMap<&str, &Tensor>> = sides.iter().map(spikes_of).collect();
        Self {
            steps: job.steps,
            dt: job.dt,
            tau: job.memory,
            variants: sides.iter().map(|side| side.title.clone()).collect(),
            equal: pairs.iter().all(|pair| pair.equal),
            nodes: nodes(job, sides).into_iter().map(|n| NodeReport::of(n, &spikes)).collect(),
            pairs,
            ways,
        }
    }
}

/// Names of all nodes that spike in any run, in the order of the runs that have them.
fn nodes(job: &Job<'_>, sides: &[Side]) -> Vec<String> {
    // An Output spikes in the ideal alone.
    let mut runs: BTreeMap<&str, usize> = BTreeMap::new();
    for spikes in sides.iter().map(spikes_of) {
        for node in spikes.into_keys() {
            *runs.entry(node).or_default() += 1;
        }
    }
    let (mut names, mut known) = (Vec::new(), BTreeSet::new());
    for (request, _) in sides.iter().flat_map(|side| &side.recording().arrays) {
        let node = request.node.as_str();
        let is_shared = runs.get(node).is_some_and(|&runs| runs > 1);
        if (is_shared || is_neuron(job, node)) && known.insert(node) {
            names.push(node.to_owned());
        }
    }
    names
}

/// The spikes of a run by node.
fn spikes_of(side: &Side) -> BTreeMap<&str, &Tensor> {
    let spikes = side.recording().arrays.iter();
    let spikes = spikes.filter(|(request, _)| request.observable == Observable::Spikes);
    spikes.map(|(request, array)| (request.node.as_str(), array)).collect()
}

impl NodeReport {
    fn of(node: String, spikes: &[BTreeMap<&str, &Tensor>]) -> Self {
        let of_node = |spikes: &BTreeMap<&str, &Tensor>| totals(spikes.get(node.as_str())?);
        let means: Vec<Option<Vec<f64>>> = spikes.iter().map(of_node).collect();
        let spikes = means.iter().map(|mean| Some(mean.as_ref()?.iter().sum())).collect();
        let cosine =
            |a: &Option<Vec<f64>>, b: &Option<Vec<f64>>| Some(cosine_of(a.as_ref()?, b.as_ref()?));
        let row = |a| means.iter().map(|b| cosine(a, b)).collect();
        let cosine = means.iter().map(row).collect();
        Self { node, spikes, cosine }
    }
}

/// Spikes of each neuron of a node.
fn totals(spikes: &Tensor) -> Option<Vec<f64>> {
    let neurons: usize = spikes.shape().iter().skip(1).product();
    let mut totals = vec![0.0; neurons];
    for row in spikes.to_f64()?.chunks(neurons.max(1)) {
        totals.iter_mut().zip(row).for_each(|(total, spikes)| *total += spikes);
    }
    Some(totals)
}

/// The command that makes a graph with which one of two computes what the other does: the second like the first, unless
/// only the first is a simulator.
fn adapted(job: &Job<'_>, a: &str, b: &str) -> Option<String> {
    let is_simulator = |title: &str| matches!(platform(title), Ok(Platform::Simulator(_)));
    let is_reference = |title: &str| is_simulator(title) || title == "ideal";
    let (target, reference) = if is_simulator(b) && is_reference(a) {
        (b, a)
    } else if is_simulator(a) && is_reference(b) {
        (a, b)
    } else {
        return None;
    };
    // What was settled here may not be what the other command would settle.
    let reset = if reference == "ideal" { Some(job.ideal_reset) } else { job.reset };
    let reset = reset.map_or(String::new(), |reset| format!(" --reset {reset}"));
    Some(remedy(target, reference, &format!(" --dt {}{reset}", Shortest(job.dt))))
}

impl PairReport {
    fn of(job: &Job<'_>, sides: [&Side; 2], difference: &Difference, why: Option<&Why>) -> Self {
        let (mut cause, mut no_cause, mut departures) = (None, None, Vec::new());
        match why {
            Some(Why::Cause { grid, cause: found }) => {
                cause = Some(CauseReport::of(grid.as_ref(), found));
            }
            Some(Why::Unknown(error)) => no_cause = Some(error.to_string()),
            Some(Why::Chip(words)) => departures.clone_from(words),
            None => {}
        }
        let [a, b] = sides.map(|side| side.title.clone());
        let first = |first: &First| FirstReport::of(job, first);
        let missing = missing(job, sides);
        let equal =
            difference.first.is_none() && missing.is_empty() && !difference.nodes.is_empty();
        let help = if equal { None } else { adapted(job, &a, &b) };
        Self {
            a,
            b,
            equal,
            distance: difference.distance(),
            nodes: difference.nodes.iter().map(|node| PairNodeReport::of(job, node)).collect(),
            missing,
            first: difference.first.as_ref().map(first),
            cause,
            no_cause,
            departures,
            help,
        }
    }
}

/// Neurons that run in one of the two only.
fn missing(job: &Job<'_>, sides: [&Side; 2]) -> Vec<String> {
    let runs = |side: &Side, name: &str| side.recording().get(name, Observable::Spikes).is_some();
    let names = job.facts.leaves().iter().map(|leaf| &leaf.name);
    let neurons = names.filter(|name| is_neuron(job, name));
    neurons.filter(|name| runs(sides[0], name) != runs(sides[1], name)).cloned().collect()
}

/// Whether a node of this name can spike.
fn is_neuron(job: &Job<'_>, name: &str) -> bool {
    let primitive = job.facts.find(name).and_then(|id| job.facts.primitive(job.graph, id));
    primitive.is_some_and(|primitive| {
        matches!(
            primitive,
            Primitive::If(_)
                | Primitive::Lif(_)
                | Primitive::CubaLif(_)
                | Primitive::Li(_)
                | Primitive::Threshold(_)
        )
    })
}

impl PairNodeReport {
    fn of(job: &Job<'_>, node: &NodeDifference) -> Self {
        Self {
            node: node.node.clone(),
            spikes: node.counts,
            entries: node.entries,
            cosine: node.cosine,
            distance: node.distance,
            first: node.first.as_ref().map(|first| FirstReport::of(job, first)),
        }
    }
}

impl FirstReport {
    fn of(job: &Job<'_>, first: &First) -> Self {
        let moment = |moment: Option<Moment>| {
            moment.map(|Moment { spikes, v, threshold }| MomentReport { spikes, v, threshold })
        };
        Self {
            step: first.step,
            time: first.step as f64 * job.dt,
            node: first.node.clone(),
            neuron: first.neuron,
            moments: first.moments.map(moment),
        }
    }
}

impl CauseReport {
    fn of(grid: Option<&Difference>, cause: &Cause) -> Self {
        let names = |set: &Vec<Choice>| set.iter().map(|choice| choice.name()).collect();
        let choice = |(choice, values): &(Choice, [String; 2])| ChoiceReport {
            choice: choice.name(),
            values: values.clone(),
        };
        let attribution = |attribution: &Attribution| AttributionReport {
            choice: attribution.choice.name(),
            alone: attribution.alone,
            together: attribution.together,
        };
        Self {
            grid_distance: grid.map(Difference::distance),
            choices: cause.differing.iter().map(choice).collect(),
            first: cause.first.iter().map(names).collect(),
            total: cause.total.iter().map(attribution).collect(),
        }
    }
}
