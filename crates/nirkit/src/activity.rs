//! Spikes and synaptic operations of a run on a grid, as they follow from the graph.
//!
//! For what a network costs on a chip, with energy and time, see [`Lowered::cost`](crate::lower::Lowered::cost).

use std::collections::BTreeMap;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Document, Facts, Graph, Primitive};
use nirkit_platforms::Platform;
use nirkit_platforms::chip::View;
use nirkit_platforms::chip::cost::{Activity, Layer, Traffic};
use nirkit_platforms::chip::layers::{Layers, Link};
use nirkit_platforms::chip::linear::Linear;
use nirkit_run::{Observable, Signal};

use crate::error::{Error, ErrorKind};
use crate::model::{Bound, Model, platform, seen};
use crate::run::{Record, Run};

/// What a run sets off, and what has to be said about the count.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Operations {
    /// Spikes of layers and what they set off, over all samples.
    pub activity: Activity,
    /// What is not counted, and why.
    pub notes: Vec<String>,
}

/// The connections of a graph between nodes that spike.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    found: Vec<Connection>,
    notes: Vec<String>,
}

#[derive(Clone, Debug)]
struct Connection {
    source: String,
    target: String,
    fan_out: Vec<usize>,
    macs: usize,
}

impl Connections {
    pub(crate) fn of(graph: &Graph, facts: &Facts) -> Self {
        let view = View { graph, facts };
        let layers = Layers::of(view);
        let mut all = Self::default();
        if layers.is_tangled {
            all.notes.push(
                "there are thousands of ways between neurons; some are not counted".to_owned(),
            );
        }
        for link in layers.links.iter().chain(&layers.results) {
            let is_weighted = link.maps.iter().any(|&map| is_weighted(view, map));
            let is_result = matches!(view.primitive(link.target), Some(Primitive::Output(_)));
            if !is_result || is_weighted {
                all.add(view, &layers, link);
            }
        }
        all
    }

    fn add(&mut self, view: View<'_>, layers: &Layers, link: &Link) {
        // A Delay hands on what its own sources send.
        if matches!(view.primitive(link.source), Some(Primitive::Delay(_))) {
            for before in layers.into(link.source) {
                let maps = [before.maps.as_slice(), &link.maps].concat();
                if before.source != link.source {
                    self.add(
                        view,
                        layers,
                        &Link { source: before.source, target: link.target, maps },
                    );
                }
            }
            return;
        }
        if matches!(view.primitive(link.target), Some(Primitive::Delay(_))) {
            return;
        }
        let name = |leaf: LeafId| view.leaf(leaf).name.clone();
        let (source, target) = (name(link.source), name(link.target));
        match Linear::fan_out(view, &link.maps, view.leaf(link.source).outputs()) {
            Some((fan_out, macs)) => {
                self.found.push(Connection { source, target, fan_out, macs });
            }
            None => self.notes.push(format!(
                "what `{source}` sends to `{target}` passes a node that is no matrix, and is not counted"
            )),
        }
    }
}

/// Whether a node puts out spikes by its kind.
pub(crate) fn spikes(graph: &Graph, facts: &Facts, name: &str) -> bool {
    use Primitive::{CubaLif, If, Lif, Threshold};
    let primitive = facts.find(name).and_then(|leaf| facts.primitive(graph, leaf));
    matches!(primitive, Some(If(_) | Lif(_) | CubaLif(_) | Threshold(_)))
}

/// Whether a node keeps something from step to step, or spikes.
fn is_stateful(graph: &Graph, facts: &Facts, name: &str) -> bool {
    let primitive = facts.find(name).and_then(|leaf| facts.primitive(graph, leaf));
    primitive.is_some_and(|primitive| !primitive.is_stateless()) || spikes(graph, facts, name)
}

fn is_weighted(view: View<'_>, map: LeafId) -> bool {
    use Primitive::{Affine, Conv1d, Conv2d, Linear};
    matches!(view.primitive(map), Some(Affine(_) | Linear(_) | Conv1d(_) | Conv2d(_)))
}

/// Events of a layer, channel by channel, over all steps and samples.
struct Counts {
    spikes: Vec<u64>,
    events: u64,
}

impl Model {
    /// Runs a stimulus, and counts spikes, synaptic operations and dense multiplications on the edges of the graph that
    /// the model was made of. A synaptic operation is a spike at a weight that is not 0.
    ///
    /// # Errors
    ///
    /// A model in continuous time, which has no steps, and a chip, whose lowering counts; otherwise as
    /// [`run_bound`](Self::run_bound).
    pub fn operations(
        &self,
        graph: &Document,
        bound: &Bound,
        run: &Run<'_>,
    ) -> Result<Operations, Error> {
        let refuse = |what: &str, help: &str| {
            Error::new(format!("{what} counts no synaptic operations"))
                .of_kind(ErrorKind::Choice)
                .help(help)
        };
        if self.is_continuous() {
            return Err(refuse(
                "continuous time",
                "count them on a grid: `clocked`, or a simulator",
            ));
        }
        let platform = platform(self.title()).ok();
        if matches!(platform, Some(Platform::Chip(_))) {
            return Err(refuse(self.title(), "`nir lower --input` counts what happens on a chip"));
        }
        let (seen, facts, _) = seen(graph, platform.as_slice(), self.limits())?;
        let connections = Connections::of(&seen, &facts);
        let run = run.clone().record(Record::Spikes).sums_only(false).check_rounding(false);
        let recording = self.run_bound(bound, &run)?;
        let (steps, samples) = (recording.steps.unwrap_or(0), bound.stimulus.samples.len());
        let mut notes = connections.notes.clone();
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        let mut layers = Vec::new();
        for (name, shape) in self.inputs() {
            let counted = entering(bound, name, shape.iter().product(), &mut notes);
            layers.push(layer(name, &counted, true));
            counts.insert(name.clone(), counted);
        }
        for (request, array) in &recording.arrays {
            if request.observable == Observable::Spikes && spikes(&seen, &facts, &request.node) {
                let neurons = self.shape(&request.node).map_or(1, |shape| shape.iter().product());
                let counted = Counts::of(&array.to_f64().unwrap_or_default(), neurons);
                layers.push(layer(&request.node, &counted, false));
                counts.insert(request.node.clone(), counted);
            }
        }
        let mut traffic = Vec::new();
        let runs = |name: &str| self.recordable().iter().any(|request| request.node == name);
        for connection in &connections.found {
            if let Some(idle) = [&connection.source, &connection.target]
                .into_iter()
                .find(|node| is_stateful(&seen, &facts, node) && !runs(node))
            {
                notes.push(format!(
                    "`{idle}` does not run, so what `{}` sends to `{}` is not counted",
                    connection.source, connection.target
                ));
                continue;
            }
            let Some(counted) = counts.get(&connection.source) else {
                notes.push(format!(
                    "`{}` puts out no spikes, so what it sends to `{}` is not counted",
                    connection.source, connection.target
                ));
                continue;
            };
            let reached = counted.spikes.iter().zip(&connection.fan_out);
            traffic.push(Traffic {
                source: connection.source.clone(),
                target: connection.target.clone(),
                spikes: counted.spikes.iter().sum(),
                synaptic_operations: reached
                    .map(|(spikes, &fan_out)| spikes * fan_out as u64)
                    .sum(),
                macs: (connection.macs * steps * samples) as u64,
            });
        }
        let dt = recording.dt;
        Ok(Operations { activity: Activity { steps: steps * samples, dt, layers, traffic }, notes })
    }
}

fn layer(name: &str, counts: &Counts, is_input: bool) -> Layer {
    Layer {
        name: name.to_owned(),
        neurons: counts.spikes.len(),
        is_input,
        spikes: counts.spikes.iter().sum(),
        events: counts.events,
    }
}

impl Counts {
    /// Counts values by channel, the last axis of which has so many. What is no count counts once.
    fn of(values: &[f64], channels: usize) -> Self {
        let mut counts = Self { spikes: vec![0; channels], events: 0 };
        for frame in values.chunks(channels.max(1)) {
            for (sum, &value) in counts.spikes.iter_mut().zip(frame) {
                let is_count = value > 0.0 && value.fract() == 0.0;
                *sum += if is_count { value as u64 } else { u64::from(value != 0.0) };
                counts.events += u64::from(value != 0.0);
            }
        }
        counts
    }
}

/// What enters an Input.
fn entering(bound: &Bound, name: &str, channels: usize, notes: &mut Vec<String>) -> Counts {
    let mut counts = Counts { spikes: vec![0; channels], events: 0 };
    let mut is_current = false;
    for sample in &bound.stimulus.samples {
        match sample.signals.get(name) {
            Some(Signal::Frames { values, counts: are_counts, .. }) => {
                let found = Counts::of(values, channels);
                counts.spikes.iter_mut().zip(found.spikes).for_each(|(sum, own)| *sum += own);
                counts.events += found.events;
                is_current |= !are_counts;
            }
            Some(Signal::Spikes { spikes, .. }) => {
                for spike in spikes {
                    counts.spikes[spike.channel] += 1;
                    counts.events += 1;
                }
            }
            Some(Signal::Current { .. }) => is_current = true,
            None => {}
        }
    }
    if is_current {
        notes.push(format!(
            "a current enters `{name}`: each number of a frame that is not 0 counts once"
        ));
    }
    counts
}
