//! Populations and projections as a network of integer weights and states in single precision.

use std::collections::BTreeMap;

use nirkit_engine::integer::{Input, Map, Matrix, Source};
use nirkit_engine::mixed::{Network, Population, Projection, Reset};
use nirkit_ir::facts::{Window, elements};

use super::super::bound;
use super::document::{
    Conv2dProjection, Document, ListProjection, Parameter, Population as Given,
    Projection as GivenProjection, SPIKE_LIST,
};

/// The neuron model with a synapse.
pub(super) const CURR_EXP: &str = "lif_curr_exp_no_delay";
/// The neuron model without a synapse.
pub(super) const NO_DELAY: &str = "lif_no_delay";
/// The same, for kernels that move.
pub(super) const CONV2D: &str = "lif_conv2d";

/// How a reset to 0 is called.
pub(super) const TO_ZERO: &str = "reset_to_v_reset";
/// How a reset by the threshold is called.
pub(super) const BY_SUBTRACTION: &str = "reset_by_subtraction";

/// A weight has 8 bits.
const WEIGHTS: [i64; 2] = [-128, 127];

/// The longest delay beyond the first step.
const MOST_DELAY: i64 = 7;

/// The network of a document, or everything that is wrong with it.
pub(super) fn network(document: &Document) -> Result<Network, Vec<String>> {
    let mut builder = Builder::of(document);
    for (at, population) in document.populations.iter().enumerate() {
        builder.add_population(at, population);
    }
    for projection in &document.projections {
        match projection {
            GivenProjection::List(list) => builder.add_list(list),
            GivenProjection::Conv2d(conv) => builder.add_conv(conv),
        }
    }
    if builder.errors.is_empty() { Ok(builder.network) } else { Err(builder.errors) }
}

struct Builder<'a> {
    document: &'a Document,
    /// Positions of the populations of the document, by name.
    positions: BTreeMap<&'a str, usize>,
    network: Network,
    /// Where the spikes of each population of the document come from.
    sources: Vec<Source>,
    errors: Vec<String>,
}

impl<'a> Builder<'a> {
    fn of(document: &'a Document) -> Self {
        Self {
            document,
            positions: BTreeMap::new(),
            network: Network::default(),
            sources: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn add_population(&mut self, at: usize, given: &'a Given) {
        let name = &given.name;
        if elements(&given.axes()) != given.size as u64 {
            let (shape, size) = (&given.shape, given.size);
            let message =
                format!("`populations[{at}].shape` ({name}) is {shape:?} and `size` {size}");
            self.errors.push(message);
        }
        if self.positions.contains_key(name.as_str()) {
            self.errors.push(format!("two populations have the name `{name}`"));
        }
        self.positions.entry(name).or_insert(at);
        if given.axes().iter().product::<usize>() != given.size {
            let (shape, size) = (&given.shape, given.size);
            self.errors.push(format!("`{name}` has {size} neurons, and not the shape {shape:?}"));
        }
        if given.neuron_model == SPIKE_LIST {
            self.sources.push(Source::Input(self.network.inputs.len()));
            self.network.inputs.push(Input { name: name.clone(), channels: given.size });
            return;
        }
        self.sources.push(Source::Population(self.network.populations.len()));
        let has_synapse = given.neuron_model == CURR_EXP;
        if !has_synapse && ![NO_DELAY, CONV2D].contains(&&*given.neuron_model) {
            self.errors.push(format!(
                "`{name}` has the neuron model `{}`; {SPIKE_LIST}, {NO_DELAY}, {CONV2D} and \
                 {CURR_EXP} are read",
                given.neuron_model
            ));
        }
        let population = Population {
            name: name.clone(),
            shape: given.axes(),
            synapse: has_synapse.then(|| self.synapse(given)),
            membrane: self.numbers(given, "alpha_decay", None),
            offset: self.numbers(given, "i_offset", Some(0.0)),
            threshold: self.numbers(given, "threshold", None),
            reset: self.reset(given),
        };
        self.check_known(given);
        self.network.populations.push(population);
    }

    /// What the currents keep, which is the same for both signs of weights.
    fn synapse(&mut self, given: &Given) -> Vec<f32> {
        let [above, below] = ["exc_decay", "inh_decay"].map(|key| self.numbers(given, key, None));
        if above != below {
            let name = &given.name;
            self.errors.push(format!("`{name}`: `exc_decay` and `inh_decay` differ"));
        }
        above
    }

    /// The numbers of a parameter, one for each neuron.
    fn numbers(&mut self, given: &Given, key: &str, default: Option<f64>) -> Vec<f32> {
        let (name, size) = (&given.name, given.size);
        let numbers = match given.params.get(key) {
            Some(Parameter::One(number)) => vec![*number; size],
            Some(Parameter::Each(numbers)) if numbers.len() == size => numbers.clone(),
            Some(Parameter::Each(numbers)) => {
                let found = numbers.len();
                self.errors
                    .push(format!("`{name}`: `{key}` has {found} numbers for {size} neurons"));
                vec![0.0; size]
            }
            Some(Parameter::Word(word)) => {
                self.errors.push(format!("`{name}`: `{key}` is \"{word}\" and no number"));
                vec![0.0; size]
            }
            None => {
                if default.is_none() {
                    self.errors.push(format!("`{name}` has no parameter `{key}`"));
                }
                vec![default.unwrap_or(0.0); size]
            }
        };
        let numbers: Vec<f32> = numbers.into_iter().map(|number| number as f32).collect();
        if let Some(wrong) = numbers.iter().find(|number| !number.is_finite()) {
            self.errors.push(format!("`{name}`: `{key}` holds {wrong}, in single precision"));
        }
        numbers
    }

    fn reset(&mut self, given: &Given) -> Reset {
        match given.params.get("reset") {
            Some(Parameter::Word(word)) if word == TO_ZERO => Reset::Zero,
            Some(Parameter::Word(word)) if word == BY_SUBTRACTION => Reset::Subtract,
            _ => {
                let name = &given.name;
                let message = format!("`{name}`: `reset` is {TO_ZERO} or {BY_SUBTRACTION}");
                self.errors.push(message);
                Reset::Subtract
            }
        }
    }

    /// Parameters that are not computed with have the value that means nothing.
    fn check_known(&mut self, given: &Given) {
        const READ: &[&str] =
            &["alpha_decay", "i_offset", "threshold", "reset", "exc_decay", "inh_decay"];
        for (key, value) in &given.params {
            let means_nothing =
                ["t_refrac", "v_reset"].contains(&&**key) && *value == Parameter::One(0.0);
            if !READ.contains(&&**key) && !means_nothing {
                let name = &given.name;
                self.errors.push(format!("`{name}`: `{key}` is not computed with; leave it out"));
            }
        }
    }

    /// Source and target of a projection, with their shapes.
    fn ends(&mut self, pre: &str, post: &str) -> Option<(Source, usize, Vec<usize>, Vec<usize>)> {
        let find = |name: &str| self.positions.get(name).copied();
        let (Some(from), Some(to)) = (find(pre), find(post)) else {
            self.errors.push(format!("a projection from `{pre}` to `{post}` names no population"));
            return None;
        };
        let Source::Population(target) = self.sources[to] else {
            self.errors.push(format!("a projection leads to `{post}`, which a stimulus fills"));
            return None;
        };
        let shapes = [from, to].map(|at| self.document.populations[at].axes());
        let [before, after] = shapes;
        Some((self.sources[from], target, before, after))
    }

    fn check_weights(&mut self, pre: &str, post: &str, mut weights: impl Iterator<Item = i64>) {
        let [low, high] = WEIGHTS;
        if let Some(wrong) = weights.find(|weight| !(low..=high).contains(weight)) {
            self.errors.push(format!(
                "a weight from `{pre}` to `{post}` is {wrong}; it takes {low} to {high}"
            ));
        }
    }

    /// One projection for each delay. Synapses with the same ends add up.
    fn add_list(&mut self, list: &ListProjection) {
        let (pre, post) = (&list.pre, &list.post);
        let Some((source, target, before, after)) = self.ends(pre, post) else { return };
        let (sources, targets) = (before.iter().product(), after.iter().product());
        let pairs = match bound::pairs(sources, targets) {
            Ok(pairs) => pairs,
            Err(error) => return self.errors.push(format!("from `{pre}` to `{post}`: {error}")),
        };
        self.check_weights(pre, post, list.connections.iter().map(|connection| connection[2]));
        let mut delays: Vec<i64> =
            list.connections.iter().map(|connection| connection[3]).collect();
        delays.sort_unstable();
        delays.dedup();
        for &delay in &delays {
            let mut weights = vec![0_i64; pairs];
            for &[from, to, weight, of] in &list.connections {
                let at = |index: i64, count: usize| {
                    usize::try_from(index).ok().filter(|&index| index < count)
                };
                let (Some(from), Some(to)) = (at(from, sources), at(to, targets)) else {
                    self.errors.push(format!(
                        "a synapse from `{pre}` to `{post}` leads from {from} to {to}, beyond \
                         {sources} and {targets} neurons"
                    ));
                    return;
                };
                if of == delay {
                    weights[to * sources + from] += weight;
                }
            }
            if !(0..=MOST_DELAY).contains(&delay) {
                self.errors.push(format!(
                    "a synapse from `{pre}` to `{post}` has a delay of {delay}; it takes 0 to \
                     {MOST_DELAY}"
                ));
                return;
            }
            let matrix = Matrix::new(sources, targets, |from, to| weights[to * sources + from]);
            let (maps, delay) = (vec![Map::Matrix(matrix)], delay as usize + 1);
            self.network.projections.push(Projection { source, target, maps, delay });
        }
    }

    fn add_conv(&mut self, conv: &Conv2dProjection) {
        let (pre, post) = (&conv.pre, &conv.post);
        let Some((source, target, before, after)) = self.ends(pre, post) else { return };
        let all = conv.weights.iter().flatten().flatten().flatten().copied();
        self.check_weights(pre, post, all);
        match windows(conv, before.iter().product()) {
            Ok((maps, shape))
                if shape.iter().product::<usize>() == after.iter().product::<usize>() =>
            {
                self.network.projections.push(Projection { source, target, maps, delay: 1 });
            }
            Ok((_, shape)) => self.errors.push(format!(
                "the kernel from `{pre}` to `{post}` leads to {shape:?}, not to {after:?}"
            )),
            Err(error) => self.errors.push(format!("from `{pre}` to `{post}`: {error}")),
        }
    }
}

/// The pool and the kernel of a projection, and the shape of what they lead to.
fn windows(conv: &Conv2dProjection, sources: usize) -> Result<(Vec<Map>, [usize; 3]), String> {
    let p = &conv.params;
    let weights = &conv.weights;
    let outputs = weights.first().map_or(0, Vec::len);
    let first = weights.first().and_then(|input| input.first());
    let kernel = [first.map_or(0, Vec::len), first.and_then(|k| k.first()).map_or(0, Vec::len)];
    let is_even = weights.iter().all(|input| {
        input.len() == outputs
            && input.iter().all(|plane| {
                plane.len() == kernel[0] && plane.iter().all(|row| row.len() == kernel[1])
            })
    });
    if !is_even || kernel.contains(&0) {
        return Err("the weights are no array of four axes".to_owned());
    }
    let (channels, pool) = (weights.len(), [p.pool_x, p.pool_y]);
    if elements(&[channels, p.in_height, p.in_width]) != sources as u64 {
        return Err(format!(
            "the kernel takes {channels} × {} × {}, and there are {sources} neurons",
            p.in_height, p.in_width
        ));
    }
    if pool.contains(&0) || [p.stride_x, p.stride_y].contains(&0) {
        return Err("strides and pools are at least 1".to_owned());
    }
    let pooled = [p.in_height / pool[0], p.in_width / pool[1]];
    let plain = Window {
        channels_in: channels,
        channels_out: channels,
        groups: channels,
        kernel: pool,
        stride: pool,
        dilation: [1, 1],
        before: [0, 0],
        after: [0, 0],
        input: [p.in_height, p.in_width],
        output: pooled,
    };
    let (before, after) = ([p.pad_top, p.pad_left], [p.pad_bottom, p.pad_right]);
    let stride = [p.stride_x, p.stride_y];
    let places = |axis: usize| {
        let room = pooled[axis].checked_add(before[axis])?.checked_add(after[axis])?;
        Some(room.checked_sub(kernel[axis])? / stride[axis] + 1)
    };
    let (Some(rows), Some(columns)) = (places(0), places(1)) else {
        return Err("the kernel does not fit into the picture".to_owned());
    };
    let window = bound::window(Window {
        channels_in: channels,
        channels_out: outputs,
        groups: 1,
        kernel,
        stride,
        dilation: [1, 1],
        before,
        after,
        input: pooled,
        output: [rows, columns],
    })?;
    let turned: Vec<i64> = (0..outputs)
        .flat_map(|output| weights.iter().flat_map(move |input| input[output].iter().flatten()))
        .copied()
        .collect();
    let mut maps = vec![Map::Window { window, weights: turned }];
    if pool != [1, 1] {
        maps.insert(0, Map::sum(&plain));
    }
    Ok((maps, [outputs, rows, columns]))
}
