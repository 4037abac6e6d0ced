//! Xylo: the cycles of its core, as its makers model them, and the power that was measured.

use nirkit_engine::integer::Network;

use super::super::{Design, Emulation};
use super::{Activity, Estimate, Part};

const CYCLES: &str = "rockpool 3.1.0, syns61201/power_cycles_model.py, cycles_model";
const PAPER: &str = "Pedersen et al., Nature Communications 15:8122, 2024, notebook of the third task \
                     (277.09 µW at 6.25 MHz); Bos and Muir, arXiv:2406.15112, 2024 (291 µW)";

/// The clock of the core in hertz, as in the paper's measurement.
const CLOCK: f64 = 6.25e6;
/// Power of the chip at this clock, in watts.
const POWER: [f64; 2] = [277.09e-6, 291e-6];

/// What a run takes: least with the spikes that there are, most if every neuron spiked in each step.
pub(in super::super) fn estimate(design: &Design, activity: &Activity) -> Estimate {
    let Emulation::Integer(program) = &design.emulation else { return Estimate::default() };
    let Some(size) = Size::of(program.network(), design) else { return Estimate::default() };
    let events = |at: usize| activity.layers.get(at).map_or(0.0, |layer| layer.events as f64);
    let steps = activity.steps as f64;
    let all = [size.inputs * steps, size.hidden * steps];
    let cycles = [size.cycles([events(0), events(1)], steps), size.cycles(all, steps)];
    let time = cycles.map(|cycles| cycles / CLOCK);
    let [low, high] = cycles;
    Estimate {
        time: vec![Part {
            what: "cycles of the core",
            range: time,
            how: format!(
                "{low:.0} cycles, and {high:.0} if every neuron spiked in each step, at 6.25 MHz"
            ),
            source: CYCLES,
        }],
        energy: vec![Part {
            what: "power while the core computes",
            range: [POWER[0] * time[0], POWER[1] * time[1]],
            how: "277.09 to 291 µW for the time below".to_owned(),
            source: PAPER,
        }],
        remarks: vec![
            "no energy of an operation is published for Xylo: power was measured on networks of \
             another size, and does not follow this network's spikes",
        ],
    }
}

/// The numbers that the model of cycles asks for.
struct Size {
    inputs: f64,
    hidden: f64,
    outputs: f64,
    /// Recurrent weights of a hidden neuron that are not 0, in the mean.
    fan_out: f64,
    /// Aliases that lead to a neuron, and from a neuron, in the mean.
    aliases: f64,
}

impl Size {
    fn of(network: &Network, design: &Design) -> Option<Self> {
        let [hidden, outputs] = network.populations.as_slice() else { return None };
        let neurons = hidden.neurons() as f64;
        let is_recurrent = |wire: &&super::super::Connection| {
            wire.source == hidden.name && wire.target == hidden.name
        };
        // The model counts the first synapse; the second one works beside it.
        let synapses = design
            .connections
            .iter()
            .find(is_recurrent)
            .map_or(0, super::super::Connection::synapses);
        let aliases: usize = hidden.aliases.iter().map(Vec::len).sum();
        Some(Self {
            inputs: network.inputs.first()?.channels as f64,
            hidden: neurons,
            outputs: outputs.neurons() as f64,
            fan_out: synapses as f64 / neurons.max(1.0),
            aliases: aliases as f64 / neurons.max(1.0),
        })
    }

    /// Cycles of so many steps, in which inputs and hidden neurons had so many events.
    fn cycles(&self, [input, hidden]: [f64; 2], steps: f64) -> f64 {
        let rate = hidden / (self.hidden * steps).max(1.0);
        let aliases = self.aliases;
        let spiking = 2.0 * rate.max(aliases * aliases)
            + 3.0 * (rate * aliases).max(aliases * aliases)
            + rate
            + rate.max(aliases) * aliases;
        input * self.hidden * 3.5
            + steps * self.inputs
            + hidden * self.fan_out * 7.0
            + steps * self.hidden * 3.0
            + hidden * (1.0 + 8.0 * self.outputs)
            + steps * self.hidden * (19.0 + spiking)
            + steps * self.outputs * 12.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_those_of_the_makers_model() {
        // cycles_model of rockpool 3.1.0, times 10 steps: 12 inputs with 30 events, 40 hidden neurons
        // with 25 events and 6 recurrent weights each, 7 outputs; without and with 4 aliases.
        let mut size =
            Size { inputs: 12.0, hidden: 40.0, outputs: 7.0, fan_out: 6.0, aliases: 0.0 };
        assert!((size.cycles([30.0, 25.0], 10.0) - EXPECTED[0]).abs() < 1e-6);
        size.aliases = 0.1;
        assert!((size.cycles([30.0, 25.0], 10.0) - EXPECTED[1]).abs() < 1e-6);
        size.aliases = 0.0;
        assert!((size.cycles([120.0, 400.0], 10.0) - EXPECTED[2]).abs() < 1e-6);
    }

    const EXPECTED: [f64; 3] = [16_510.0, 16_526.0, 67_360.0];
}
