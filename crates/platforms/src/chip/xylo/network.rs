//! A specification as a network of integers.

use nirkit_engine::clocked::Comparison;
use nirkit_engine::integer::{
    Arrival, Assembly, Decay, Fire, Input, Map, Matrix, Membrane, Network, Order, Overflow,
    Population, Projection, Register, Reset, Source, Synapse,
};
use nirkit_run::Observable;

use super::super::Limits;
use super::specification::Specification;
use super::{HIDDEN_SPIKES, INPUT_SPIKES, OUTPUT_SPIKES};

/// Name of the hidden population.
pub(super) const HIDDEN: &str = "hidden";
/// Name of the output population.
pub(super) const OUTPUT: &str = "output";

/// Every state: 16 bits that saturate.
const STATE: Register = Register::signed(16, Overflow::Saturate);

/// The shift registers of the simulator hold any byte; beyond this a state of 16 bits is gone.
const MOST_BITS: i64 = 31;

/// The network of a specification, or everything that is wrong with it.
pub(super) fn network(
    specification: &Specification,
    input: &str,
    limits: Limits,
) -> Result<Network, Vec<String>> {
    let mut check = Check::default();
    let weights_in = check.deep("weights_in", specification.weights_in.clone().into_deep());
    let rec = specification
        .weights_rec
        .clone()
        .map_or(Vec::new(), super::specification::Nested::into_deep);
    let weights_rec = check.deep("weights_rec", rec);
    let out = specification.weights_out.iter();
    let out = out.map(|row| row.iter().map(|&weight| vec![weight]).collect()).collect();
    let weights_out = check.deep("weights_out", out);
    let hidden = if weights_rec.sources > 0 { weights_rec.sources } else { weights_in.targets };
    check.sizes(&weights_in, &weights_rec, &weights_out, hidden);
    let outputs = weights_out.targets;
    let hidden_neurons = check.neurons(hidden, &Keys::hidden(specification));
    let output_neurons = check.neurons(outputs, &Keys::output(specification));
    let shifts = [
        ("weight_shift_in", specification.weight_shift_in),
        ("weight_shift_rec", specification.weight_shift_rec),
        ("weight_shift_out", specification.weight_shift_out),
    ]
    .map(|(what, shift)| check.one(what, shift, 0, 15) as i32);
    let aliases = specification.aliases.clone().unwrap_or_default();
    if !check.errors.is_empty() {
        return Err(check.errors);
    }
    let mut projections = Vec::new();
    let skipped = hidden - weights_out.sources;
    let [of_input, of_hidden, of_output] = [INPUT_SPIKES, HIDDEN_SPIKES, OUTPUT_SPIKES]
        .map(|limit| i64::try_from(limits.of(&limit).most()).unwrap_or(i64::MAX));
    let bundles = [
        (&weights_in, Source::Input(0), 0, of_input, 0, hidden),
        (&weights_rec, Source::Population(0), 1, of_hidden, 0, hidden),
        (&weights_out, Source::Population(0), 1, of_hidden, 1, outputs),
    ];
    for ((weights, source, delay, limit, target, targets), shift) in bundles.into_iter().zip(shifts)
    {
        let (sources, skipped) = match source {
            Source::Input(_) => (weights.sources, 0),
            Source::Population(_) => (hidden, if target == 1 { skipped } else { 0 }),
        };
        for synapse in 0..weights.synapses {
            let weight = |source: usize, target: usize| {
                source.checked_sub(skipped).map_or(0, |row| weights.get(row, target, synapse))
            };
            let maps = vec![Map::Matrix(Matrix::new(sources, targets, weight))];
            let limit = Some(limit);
            projections.push(Projection {
                source,
                target,
                synapse,
                maps,
                limit,
                delay,
                shift,
                sum: None,
            });
        }
    }
    let aliases = if aliases.iter().all(Vec::is_empty) { Vec::new() } else { aliases };
    Ok(Network {
        inputs: vec![Input { name: input.to_owned(), channels: weights_in.sources }],
        populations: vec![
            population(HIDDEN, hidden_neurons, of_hidden, aliases),
            population(OUTPUT, output_neurons, of_output, Vec::new()),
        ],
        projections,
    })
}

/// The numbers of a population.
struct Neurons {
    threshold: Vec<i64>,
    bias: Vec<i64>,
    mem: Vec<u8>,
    /// One list for each synapse.
    syn: Vec<Vec<u8>>,
}

fn population(name: &str, neurons: Neurons, limit: i64, aliases: Vec<Vec<usize>>) -> Population {
    let decay = |bits: Vec<u8>| Decay::Shift { bits, at_least_one: true };
    let synapse = |(bits, observable)| Synapse {
        register: STATE,
        decay: decay(bits),
        arrival: Arrival::EachSpike,
        order: Order::ArriveThenDecay,
        observable: Some(observable),
    };
    let named = neurons.syn.into_iter().zip([Observable::Isyn, Observable::Isyn2]);
    Population {
        name: name.to_owned(),
        shape: vec![neurons.threshold.len()],
        synapses: named.map(synapse).collect(),
        membrane: Membrane {
            register: STATE,
            decay: decay(neurons.mem),
            bias: neurons.bias,
            assembly: Assembly::ByChange,
        },
        fire: Fire {
            threshold: neurons.threshold,
            comparison: Comparison::AtLeast,
            limit,
            reset: Reset::Subtract,
            floor: None,
        },
        aliases,
    }
}

/// The lists of a population, with their names.
struct Keys<'a> {
    threshold: (&'static str, Option<&'a Vec<i64>>),
    bias: (&'static str, Option<&'a Vec<i64>>),
    mem: (&'static str, Option<&'a Vec<i64>>),
    syn: Vec<(&'static str, Option<&'a Vec<i64>>)>,
}

impl<'a> Keys<'a> {
    fn hidden(s: &'a Specification) -> Self {
        Self {
            threshold: ("threshold", s.threshold.as_ref()),
            bias: ("bias", s.bias.as_ref()),
            mem: ("dash_mem", s.dash_mem.as_ref()),
            syn: vec![("dash_syn", s.dash_syn.as_ref()), ("dash_syn_2", s.dash_syn_2.as_ref())],
        }
    }

    fn output(s: &'a Specification) -> Self {
        Self {
            threshold: ("threshold_out", s.threshold_out.as_ref()),
            bias: ("bias_out", s.bias_out.as_ref()),
            mem: ("dash_mem_out", s.dash_mem_out.as_ref()),
            syn: vec![("dash_syn_out", s.dash_syn_out.as_ref())],
        }
    }
}

/// Weights by source, target and synapse.
#[derive(Default)]
struct Deep {
    sources: usize,
    targets: usize,
    synapses: usize,
    values: Vec<i64>,
}

impl Deep {
    fn get(&self, source: usize, target: usize, synapse: usize) -> i64 {
        if target >= self.targets {
            return 0;
        }
        self.values[(source * self.targets + target) * self.synapses + synapse]
    }
}

/// Collects what is wrong with a specification.
#[derive(Default)]
struct Check {
    errors: Vec<String>,
}

impl Check {
    /// A number in a range.
    fn one(&mut self, what: &str, number: i64, low: i64, high: i64) -> i64 {
        if !(low..=high).contains(&number) {
            self.errors.push(format!("`{what}` holds {number}; it takes {low} to {high}"));
        }
        number.clamp(low, high)
    }

    /// Nested lists of equal lengths.
    fn deep(&mut self, what: &str, nested: Vec<Vec<Vec<i64>>>) -> Deep {
        let (sources, targets) = (nested.len(), nested.first().map_or(0, Vec::len));
        let synapses = nested.first().and_then(|row| row.first()).map_or(1, Vec::len);
        let is_even = nested
            .iter()
            .all(|row| row.len() == targets && row.iter().all(|w| w.len() == synapses));
        if !is_even || synapses == 0 || synapses > 2 {
            self.errors
                .push(format!("`{what}` is no array of sources × targets × 1 or 2 synapses"));
            return Deep::default();
        }
        let values: Vec<i64> = nested.into_iter().flatten().flatten().collect();
        if let Some(&weight) = values.iter().find(|weight| !(-128..=127).contains(*weight)) {
            self.one(what, weight, -128, 127);
        }
        Deep { sources, targets, synapses, values }
    }

    fn sizes(&mut self, weights_in: &Deep, rec: &Deep, out: &Deep, hidden: usize) {
        let mut size = |is_met: bool, message: String| {
            if !is_met {
                self.errors.push(message);
            }
        };
        size(
            rec.sources == 0 || rec.targets == hidden,
            format!("`weights_rec` has the shape {} × {}", rec.sources, rec.targets),
        );
        size(
            weights_in.targets <= hidden,
            format!("`weights_in` leads to {} of {hidden} hidden neurons", weights_in.targets),
        );
        size(
            out.sources <= hidden,
            format!("`weights_out` comes from {} of {hidden} hidden neurons", out.sources),
        );
        size(out.synapses == 1, "`weights_out` has one synapse".to_owned());
    }

    /// A list of one number for each neuron; zeros where it is absent.
    fn list(
        &mut self,
        (what, list): (&str, Option<&Vec<i64>>),
        neurons: usize,
        [low, high]: [i64; 2],
    ) -> Vec<i64> {
        let Some(list) = list else { return vec![0; neurons] };
        if list.len() != neurons {
            let message = format!("`{what}` has {} numbers for {neurons} neurons", list.len());
            self.errors.push(message);
            return vec![0; neurons];
        }
        if let Some(&wrong) = list.iter().find(|number| !(low..=high).contains(*number)) {
            self.one(what, wrong, low, high);
        }
        list.iter().map(|&number| number.clamp(low, high)).collect()
    }

    fn neurons(&mut self, neurons: usize, keys: &Keys<'_>) -> Neurons {
        const WORD: [i64; 2] = [-32_768, 32_767];
        let mut bits = |key| -> Vec<u8> {
            let bits = self.list(key, neurons, [0, MOST_BITS]);
            bits.into_iter().map(|bits| bits as u8).collect()
        };
        let (mem, syn) = (bits(keys.mem), keys.syn.iter().map(|&key| bits(key)).collect());
        Neurons {
            threshold: self.list(keys.threshold, neurons, [0, WORD[1]]),
            bias: self.list(keys.bias, neurons, WORD),
            mem,
            syn,
        }
    }
}
