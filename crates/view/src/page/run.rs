//! Runs of the graph on platforms, side by side, as the page has them: bounded in size.

use std::collections::BTreeMap;

use serde::Serialize;

use super::base64::{base64, leb128};
use super::detail::Rounded;

/// Spikes of all layers and runs that are embedded one by one; of layers beyond their share, the density.
const MOST_SPIKES: usize = 120_000;
/// Rows and columns of a density.
const DENSITY: [usize; 2] = [64, 240];
/// Counts over time of all layers and runs, and of one.
const MOST_BINS: usize = 60_000;
const MOST_BINS_EACH: usize = 300;
/// Steps of a voltage that are embedded.
const MOST_VOLTAGE: usize = 3000;
/// Layers that are embedded.
const MOST_LAYERS: usize = 120;

/// Runs of one graph on one stimulus.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    /// Steps that were taken.
    pub steps: usize,
    /// Length of a step in seconds.
    pub dt: f64,
    /// What ran; the first is the one against which the others are held.
    pub sides: Vec<String>,
    /// What enters, then the nodes that spike, sources first.
    pub layers: Vec<Layer>,
    /// Voltages of some neurons.
    pub voltages: Vec<Voltage>,
    /// Each of the others against the first.
    pub pairs: Vec<Pair>,
    /// The choices of the runs: name, value, where it comes from.
    pub choices: Vec<[String; 3]>,
    /// What has to be said.
    pub notes: Vec<String>,
}

/// The spikes of a node in all runs.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Full name of the node.
    pub node: String,
    /// Channels of the node.
    pub channels: usize,
    /// Whether it is what enters, which is the same in all runs and stands there once.
    pub is_input: bool,
    /// For each run the spikes in ascending order of step and channel; `None` where the node did not run.
    pub sides: Vec<Option<Vec<Spike>>>,
}

/// Spikes of a channel in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spike {
    /// The step.
    pub step: usize,
    /// The channel, in C order.
    pub channel: usize,
    /// How many; of what enters, how much.
    pub count: f64,
}

/// The voltage of a neuron in all runs.
#[derive(Clone, Debug)]
pub struct Voltage {
    /// Full name of the node.
    pub node: String,
    /// The neuron, in C order.
    pub neuron: usize,
    /// For each run the voltage of each step, in thresholds; `None` where the neuron did not run.
    pub sides: Vec<Option<Vec<f64>>>,
}

/// A run against the first one.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// Position of the run.
    pub side: usize,
    /// Whether all spike trains are equal.
    pub equal: bool,
    /// Squared van Rossum distance.
    pub distance: f64,
    /// The first difference of each node that has one; the first of all comes first.
    pub firsts: Vec<First>,
    /// The choices that differ and matter, with what both choose.
    pub choices: Vec<[String; 3]>,
    /// The smallest sets of choices that account for the first difference, each for itself.
    pub cause: Vec<String>,
    /// What else is to be said: nodes that run in one of the two only, why there is no cause.
    pub remarks: Vec<String>,
    /// What may make the two agree.
    pub help: Option<String>,
}

/// The first difference at a node.
#[derive(Clone, Debug, Serialize)]
pub struct First {
    /// Full name of the node.
    pub node: String,
    /// The step.
    pub step: usize,
    /// The neuron, in C order.
    pub neuron: usize,
    /// Numbers of spikes that differ at this node.
    pub entries: usize,
    /// In both runs: spikes, voltage and threshold.
    pub moments: [Option<[f64; 3]>; 2],
}

/// The runs in the page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RunsData {
    steps: usize,
    dt: f64,
    sides: Vec<String>,
    layers: Vec<LayerData>,
    voltages: Vec<VoltageData>,
    pairs: Vec<Pair>,
    choices: Vec<[String; 3]>,
    notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct LayerData {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<usize>,
    channels: usize,
    input: bool,
    sides: Vec<Option<SideData>>,
}

#[derive(Clone, Debug, Serialize)]
struct SideData {
    total: Rounded,
    /// Sums over stretches of equal length.
    bins: Vec<Rounded>,
    /// Steps since the spike before, channel and count of each spike, as LEB128 in base 64.
    #[serde(skip_serializing_if = "Option::is_none")]
    spikes: Option<String>,
    /// In the place of spikes that are too many: a byte for each cell, from 0 to 255 for the most spikes in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    density: Option<Density>,
}

#[derive(Clone, Debug, Serialize)]
struct Density {
    rows: usize,
    columns: usize,
    most: Rounded,
    cells: String,
}

#[derive(Clone, Debug, Serialize)]
struct VoltageData {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<usize>,
    neuron: usize,
    /// The step of the first value.
    start: usize,
    sides: Vec<Option<Vec<Rounded>>>,
}

impl Runs {
    /// Takes the runs into the page, and says what is left out.
    pub(super) fn data(
        &self,
        node_of: &BTreeMap<String, usize>,
        shown: &dyn Fn(&str) -> String,
        left_out: &mut Vec<String>,
    ) -> RunsData {
        if self.layers.len() > MOST_LAYERS {
            let more = self.layers.len() - MOST_LAYERS;
            left_out.push(format!("the spikes of {more} further nodes"));
        }
        let layers = &self.layers[..self.layers.len().min(MOST_LAYERS)];
        let trains: usize = layers.iter().map(|layer| layer.sides.len()).sum();
        let all: usize = layers.iter().flat_map(|l| l.sides.iter().flatten()).map(Vec::len).sum();
        let share = if all <= MOST_SPIKES { usize::MAX } else { MOST_SPIKES / trains.max(1) };
        let bins = (MOST_BINS / trains.max(1)).clamp(10, MOST_BINS_EACH).min(self.steps.max(1));
        let mut dense = 0;
        let layer = |layer: &Layer| {
            let mut side = |spikes: &Vec<Spike>| {
                let is_dense = spikes.len() > share;
                dense += usize::from(is_dense);
                SideData {
                    total: Rounded(spikes.iter().map(|spike| spike.count).sum()),
                    bins: self.bins(spikes, bins),
                    spikes: (!is_dense).then(|| packed(spikes)),
                    density: is_dense.then(|| self.density(spikes, layer.channels)),
                }
            };
            LayerData {
                name: shown(&layer.node),
                node: node_of.get(&layer.node).copied(),
                channels: layer.channels,
                input: layer.is_input,
                sides: layer.sides.iter().map(|spikes| spikes.as_ref().map(&mut side)).collect(),
            }
        };
        let layers = layers.iter().map(layer).collect();
        if dense > 0 {
            left_out.push(format!(
                "single spikes of {dense} recordings with more than {share} spikes each: their density is shown"
            ));
        }
        let voltages: Vec<VoltageData> =
            self.voltages.iter().map(|voltage| self.voltage(voltage, node_of, shown)).collect();
        if self.steps > MOST_VOLTAGE && !voltages.is_empty() {
            left_out.push(format!(
                "voltages of steps far from the first difference: {MOST_VOLTAGE} of {} are kept",
                self.steps
            ));
        }
        RunsData {
            steps: self.steps,
            dt: self.dt,
            sides: self.sides.iter().map(|side| shown(side)).collect(),
            layers,
            voltages,
            pairs: self.pairs.iter().map(|pair| pair.shown(shown)).collect(),
            choices: self.choices.iter().map(|c| c.each_ref().map(|text| shown(text))).collect(),
            notes: self.notes.iter().map(|note| shown(note)).collect(),
        }
    }

    /// Sums over `count` stretches of the run.
    fn bins(&self, spikes: &[Spike], count: usize) -> Vec<Rounded> {
        let mut bins = vec![0.0; count];
        for spike in spikes {
            if let Some(bin) = bins.get_mut(spike.step * count / self.steps.max(1)) {
                *bin += spike.count;
            }
        }
        bins.into_iter().map(Rounded).collect()
    }

    fn density(&self, spikes: &[Spike], channels: usize) -> Density {
        let [rows, columns] = [channels.clamp(1, DENSITY[0]), self.steps.clamp(1, DENSITY[1])];
        let mut sums = vec![0.0_f64; rows * columns];
        for spike in spikes {
            let row = (spike.channel * rows / channels.max(1)).min(rows - 1);
            let column = (spike.step * columns / self.steps.max(1)).min(columns - 1);
            sums[row * columns + column] += spike.count;
        }
        let most = sums.iter().copied().fold(0.0, f64::max);
        let code = |sum: &f64| if most > 0.0 { (sum / most * 255.0).ceil() as u8 } else { 0 };
        let cells: Vec<u8> = sums.iter().map(code).collect();
        Density { rows, columns, most: Rounded(most), cells: base64(&cells) }
    }

    fn voltage(
        &self,
        voltage: &Voltage,
        node_of: &BTreeMap<String, usize>,
        shown: &dyn Fn(&str) -> String,
    ) -> VoltageData {
        let firsts = self.pairs.iter().flat_map(|pair| &pair.firsts);
        let here = |first: &&First| first.node == voltage.node && first.neuron == voltage.neuron;
        let around = firsts.filter(here).map(|first| first.step).min().unwrap_or(0);
        let last = self.steps.saturating_sub(MOST_VOLTAGE);
        let start = around.saturating_sub(MOST_VOLTAGE / 2).min(last);
        let part = |values: &Vec<f64>| {
            values.iter().skip(start).take(MOST_VOLTAGE).map(|&v| Rounded(v)).collect()
        };
        VoltageData {
            name: shown(&voltage.node),
            node: node_of.get(&voltage.node).copied(),
            neuron: voltage.neuron,
            start,
            sides: voltage.sides.iter().map(|values| values.as_ref().map(part)).collect(),
        }
    }
}

impl Pair {
    fn shown(&self, shown: &dyn Fn(&str) -> String) -> Self {
        let all = |texts: &[String]| texts.iter().map(|text| shown(text)).collect();
        let first = |first: &First| First { node: shown(&first.node), ..first.clone() };
        Self {
            firsts: self.firsts.iter().map(first).collect(),
            choices: self.choices.iter().map(|c| c.each_ref().map(|text| shown(text))).collect(),
            cause: all(&self.cause),
            remarks: all(&self.remarks),
            help: self.help.as_deref().map(shown),
            ..self.clone()
        }
    }
}

/// Spikes as bytes: steps since the spike before, channel, count, each as unsigned LEB128. A count that is no whole number is 1.
fn packed(spikes: &[Spike]) -> String {
    let (mut bytes, mut before) = (Vec::with_capacity(spikes.len() * 3), 0);
    for spike in spikes {
        let is_whole = spike.count.fract() == 0.0 && (1.0..1e6).contains(&spike.count);
        let count = if is_whole { spike.count as usize } else { 1 };
        for number in [spike.step.saturating_sub(before), spike.channel, count] {
            leb128(number, &mut bytes);
        }
        before = spike.step;
    }
    base64(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spike(step: usize, channel: usize) -> Spike {
        Spike { step, channel, count: 1.0 }
    }

    #[test]
    fn spikes_are_packed_as_differences_of_steps() {
        let spikes = [spike(2, 1), Spike { count: 3.0, ..spike(2, 300) }, spike(130, 0)];
        let bytes = [2, 1, 1, 0, 0xac, 0x02, 3, 0x80, 0x01, 0, 1];
        assert_eq!(packed(&spikes), base64(&bytes));
    }

    #[test]
    fn sums_over_stretches_keep_every_spike() {
        let runs = Runs { steps: 10, ..Runs::default() };
        let spikes: Vec<Spike> = (0..10).map(|step| spike(step, 0)).collect();
        let bins: Vec<f64> = runs.bins(&spikes, 3).iter().map(|bin| bin.0).collect();
        assert_eq!(bins, [4.0, 3.0, 3.0]);
        assert_eq!(runs.density(&spikes, 1).columns, 10);
    }

    #[test]
    fn many_spikes_become_a_density_and_that_is_said() {
        let spikes: Vec<Spike> = (0..=MOST_SPIKES).map(|at| spike(at / 10, at % 10)).collect();
        let layer = |sides| Layer { node: "lif".to_owned(), channels: 10, is_input: false, sides };
        let layers = vec![layer(vec![Some(spikes), Some(vec![spike(3, 3)])])];
        let runs = Runs { steps: 12_001, layers, ..Runs::default() };
        let mut left_out = Vec::new();
        let data = runs.data(&BTreeMap::new(), &str::to_owned, &mut left_out);
        let sides: Vec<bool> =
            data.layers[0].sides.iter().flatten().map(|side| side.density.is_some()).collect();
        assert_eq!(sides, [true, false]);
        assert_eq!(left_out.len(), 1, "{left_out:?}");
    }
}
