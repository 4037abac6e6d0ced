//! One side of an adaptation: a graph under a semantics, taken apart into layers and what leads to them.
//!
//! Everything is read from the step program: which sources reach a layer, after how many steps, and through which
//! operations. The linear map between them is worked out by the interpreter of step programs itself.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::semantics::{LayerNumbers, Semantics, layer_numbers, prepare, route};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_step::{
    Absent, Buffer, BufferId, Format, Input, Number, Numbers, Operation, Probe, Program, Read, Run,
};

use super::closed::{Closed, closed, own_delay};
use super::reads::{reads, rename, seen_by, written};

/// Numbers of a linear map, at most.
const MOST_NUMBERS: usize = 1 << 25;

/// A graph under a semantics.
#[derive(Clone, Debug)]
pub struct Side {
    /// The layers of neurons by the full name of their node.
    pub layers: BTreeMap<String, SideLayer>,
}

/// A layer and what leads to it.
#[derive(Clone, Debug)]
pub struct SideLayer {
    /// The numbers with which it computes.
    pub numbers: LayerNumbers,
    /// The same in closed form.
    pub closed: Vec<Closed>,
    /// Steps between what arrives and the spikes that follow.
    pub delay: i64,
    /// The sources (Inputs and layers), each with the steps that lie between: ascending.
    pub paths: Vec<(String, i64)>,
    /// In which step the biases before the layer begin to act, and whether there are any.
    pub onset: i64,
    /// Operations between sources and layer, in a form in which the same operations are equal.
    pub operations: Vec<Operation>,
    /// The map from the sources to the layer; `None` for maps that are too large.
    pub map: Option<SideMap>,
}

/// The linear map from the sources of a layer to what arrives.
#[derive(Clone, Debug)]
pub struct SideMap {
    /// For each source, in ascending order of the names: what arrives for one spike of each channel.
    pub columns: Vec<(String, Vec<Vec<f64>>)>,
    /// What arrives without any spike.
    pub bias: Vec<f64>,
}

impl SideMap {
    /// The map to neurons that take one number of their own whenever something arrives, whatever arrives: 1 stands for it.
    fn relayed(mut self) -> Self {
        for (neuron, bias) in self.bias.iter_mut().enumerate() {
            // A bias arrives in every step, and nothing that is added matters.
            let is_on = *bias != 0.0;
            *bias = f64::from(u8::from(is_on));
            for column in self.columns.iter_mut().flat_map(|(_, columns)| columns) {
                let arrives = column[neuron] != 0.0 && !is_on;
                column[neuron] = f64::from(u8::from(arrives));
            }
        }
        self
    }

    /// From how many channels something arrives at a neuron.
    fn sources_of(&self, neuron: usize) -> usize {
        let columns = self.columns.iter().flat_map(|(_, columns)| columns);
        columns.filter(|column| column[neuron] != 0.0).count()
    }
}

impl SideLayer {
    /// The first neuron that takes one number for all that arrives, and from how many channels something arrives there: more than one.
    pub(super) fn merges(&self) -> Option<(usize, usize)> {
        let map = self.map.as_ref().filter(|_| !self.numbers.relay.is_empty())?;
        let counts = (0..self.closed.len()).map(|neuron| (neuron, map.sources_of(neuron)));
        counts.into_iter().find(|(_, count)| *count > 1)
    }
}

/// Takes a graph apart.
///
/// # Errors
///
/// What stands against a step program.
pub fn side(graph: &Graph, facts: &Facts, semantics: &Semantics) -> Result<Side, Vec<String>> {
    let program = prepare(graph, facts, semantics)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let steps = program.step_program()?;
    let route = route(graph, facts, semantics).map_err(|ending| vec![format!("{ending:?}")])?;
    let mut numbers = BTreeMap::new();
    let [order, recurrent, fused]: [BTreeSet<&String>; 3] = [
        route.order.iter().collect(),
        route.recurrent.iter().collect(),
        route.fused.iter().collect(),
    ];
    for (id, leaf) in facts.iter().filter(|(_, leaf)| order.contains(&leaf.name)) {
        let Some(primitive) = facts.primitive(graph, id) else { continue };
        let threshold = leaf.targets.iter().find_map(|&target| {
            let is_fused = fused.contains(&facts.leaf(target).name);
            facts
                .primitive(graph, target)
                .filter(|p| is_fused && matches!(p, Primitive::Threshold(_)))
        });
        let recurrent = recurrent.contains(&leaf.name);
        let found = layer_numbers(primitive, threshold, leaf, semantics, recurrent)
            .map_err(|error| vec![error.to_string()])?;
        if let Some(found) = found {
            numbers.insert(leaf.name.clone(), found);
        } else if semantics.neurons.rule(primitive, recurrent, leaf.inputs()).is_some() {
            return Err(vec![format!("the states of `{}` are integers", leaf.name)]);
        }
    }
    let flow = Flow::new(&steps, &numbers);
    let layers = numbers.iter().map(|(name, found)| (name.clone(), flow.layer(name, found)));
    Ok(Side { layers: layers.collect() })
}

/// Where signals go in a step program.
struct Flow<'a> {
    program: &'a Program,
    numbers: &'a BTreeMap<String, LayerNumbers>,
    /// The layer that each buffer belongs to.
    owner: BTreeMap<BufferId, String>,
    /// The operations that write each buffer, ascending.
    writers: BTreeMap<BufferId, Vec<usize>>,
    /// The cells that write buffers of each layer, ascending.
    cells: BTreeMap<String, Vec<usize>>,
}

/// What was found on the way back from a layer.
#[derive(Default)]
struct Trace {
    paths: BTreeSet<(String, i64)>,
    /// Operations, sources first.
    order: Vec<usize>,
    seen: BTreeSet<usize>,
    /// Buffers of the sources.
    sources: BTreeMap<String, BufferId>,
    /// Whether the way leads over a read that is empty in the first step.
    onset: i64,
}

impl<'a> Flow<'a> {
    fn new(program: &'a Program, numbers: &'a BTreeMap<String, LayerNumbers>) -> Self {
        let mut owner = BTreeMap::new();
        for (at, buffer) in program.buffers.iter().enumerate() {
            let base = ["", ".v", ".isyn", ".relayed", ".spikes"].iter().find_map(|end| {
                let name = buffer.name.strip_suffix(end)?;
                numbers.contains_key(name).then(|| name.to_owned())
            });
            if let Some(base) = base {
                owner.insert(BufferId(at), base);
            }
        }
        let mut writers: BTreeMap<BufferId, Vec<usize>> = BTreeMap::new();
        let mut cells: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, operation) in program.operations.iter().enumerate() {
            for buffer in written(operation) {
                writers.entry(buffer).or_default().push(at);
                if let (Operation::Cell(_), Some(owner)) = (operation, owner.get(&buffer)) {
                    let of_owner = cells.entry(owner.clone()).or_default();
                    if of_owner.last() != Some(&at) {
                        of_owner.push(at);
                    }
                }
            }
        }
        Self { program, numbers, owner, writers, cells }
    }

    fn layer(&self, name: &str, numbers: &LayerNumbers) -> SideLayer {
        let is_own = |buffer: &BufferId| self.owner.get(buffer).is_some_and(|owner| owner == name);
        let mut trace = Trace::default();
        let mut arriving: Vec<BufferId> = Vec::new();
        for &at in self.cells.get(name).map_or(&[][..], Vec::as_slice) {
            let Operation::Cell(cell) = &self.program.operations[at] else { continue };
            for buffer in seen_by(cell).into_iter().filter(|buffer| !is_own(buffer)) {
                if !arriving.contains(&buffer) {
                    arriving.push(buffer);
                    self.back(Read { buffer, before: None }, at, 0, &mut trace);
                }
            }
        }
        let operations = self.same_form(&trace, &arriving);
        let map = self.map(&trace, &arriving, numbers.membrane.numbers.len());
        SideLayer {
            closed: closed(numbers),
            delay: own_delay(numbers),
            map: if numbers.relay.is_empty() { map } else { map.map(SideMap::relayed) },
            numbers: numbers.clone(),
            paths: trace.paths.into_iter().collect(),
            onset: trace.onset,
            operations,
        }
    }

    /// Follows what is read back to where it comes from.
    fn back(&self, read: Read, reader: usize, delay: i64, trace: &mut Trace) {
        let writers = self.writers.get(&read.buffer).map_or(&[][..], Vec::as_slice);
        let is_before = read.before.is_some() || writers.iter().all(|&writer| writer >= reader);
        if read.before == Some(Absent::Nothing) {
            trace.onset = trace.onset.max(delay + 1);
        }
        let delay = delay + i64::from(is_before);
        if let Some(source) = self.owner.get(&read.buffer) {
            trace.paths.insert((source.clone(), delay));
            trace.sources.insert(source.clone(), read.buffer);
            return;
        }
        for &writer in writers {
            let operation = &self.program.operations[writer];
            if let Operation::Frame { input, .. } = operation {
                let name = self.program.inputs[*input].name.clone();
                trace.paths.insert((name.clone(), delay));
                trace.sources.insert(name, read.buffer);
                continue;
            }
            // A cycle without neurons ends where it closes.
            if delay > self.program.operations.len() as i64 {
                continue;
            }
            for read in reads(operation) {
                self.back(read, writer, delay, trace);
            }
            if trace.seen.insert(writer) {
                trace.order.push(writer);
            }
        }
    }

    /// The operations of a trace, with buffers by their order, and without what changes no number.
    fn same_form(&self, trace: &Trace, arriving: &[BufferId]) -> Vec<Operation> {
        let mut names: BTreeMap<BufferId, BufferId> = BTreeMap::new();
        for (at, buffer) in trace.sources.values().enumerate() {
            names.insert(*buffer, BufferId(at));
        }
        let mut found = Vec::new();
        let mut next = names.len();
        for &at in &trace.order {
            let operation = &self.program.operations[at];
            let alias = match operation {
                Operation::Add { from, .. } if from.len() == 1 => Some(from[0].buffer),
                Operation::Permute { from, order, .. } => {
                    order.iter().enumerate().all(|(at, &from)| at == from).then_some(*from)
                }
                _ => None,
            };
            if let Some(alias) = alias {
                let alias = names.get(&alias).copied().unwrap_or(alias);
                for to in written(operation) {
                    names.insert(to, alias);
                }
                continue;
            }
            let mut copy = operation.clone();
            let known = |buffer: &mut BufferId| {
                if let Some(name) = names.get(buffer) {
                    *buffer = *name;
                }
            };
            let to = BufferId(next);
            next += 1;
            match &mut copy {
                Operation::Add { from, to: own } => {
                    for read in from.iter_mut() {
                        known(&mut read.buffer);
                        read.before = None;
                    }
                    *own = to;
                }
                Operation::Truth { from, to: own }
                | Operation::Scale { from, to: own, .. }
                | Operation::Permute { from, to: own, .. } => {
                    known(from);
                    *own = to;
                }
                Operation::Dense(dense) => {
                    known(&mut dense.from);
                    dense.to = to;
                    dense.bias = dense.bias.take().filter(|bias| !is_zero(bias));
                }
                Operation::Convolution(convolution) => {
                    known(&mut convolution.from);
                    convolution.to = to;
                    convolution.bias = convolution.bias.take().filter(|bias| !is_zero(bias));
                }
                Operation::Pool(pool) => {
                    known(&mut pool.from);
                    pool.to = to;
                    // Dividing and multiplying by the same power of two changes nothing.
                    let is_power =
                        |x: f64| x.is_normal() && x > 0.0 && x.to_bits().trailing_zeros() >= 52;
                    let is_exact = |[a, b]: [f64; 2]| a == b && is_power(a);
                    pool.mean = pool.mean.filter(|&mean| !is_exact(mean));
                }
                Operation::Frame { .. }
                | Operation::Deliver(_)
                | Operation::Store { .. }
                | Operation::Recall { .. }
                | Operation::Cell(_) => {}
            }
            for own in written(operation) {
                names.insert(own, to);
            }
            found.push(copy);
        }
        let from = arriving.iter().map(|buffer| names.get(buffer).copied().unwrap_or(*buffer));
        let from = from.map(|buffer| Read { buffer, before: None }).collect();
        found.push(Operation::Add { from, to: BufferId(next) });
        found
    }

    /// The map from the sources of a trace to what arrives.
    fn map(&self, trace: &Trace, arriving: &[BufferId], neurons: usize) -> Option<SideMap> {
        let channels = |buffer: &BufferId| self.program.buffers[buffer.0].len();
        let all: usize = trace.sources.values().map(channels).sum();
        if all.checked_mul(neurons)? > MOST_NUMBERS {
            return None;
        }
        let format = self.program.inputs.first().map_or(Format::F32, |input| input.format);
        let inputs = trace.sources.iter().map(|(name, buffer)| Input {
            name: name.clone(),
            shape: vec![channels(buffer)],
            format,
        });
        // A program of its own, with what the trace needs and nothing else.
        let mut buffers: Vec<Buffer> = Vec::new();
        let mut names: BTreeMap<BufferId, BufferId> = BTreeMap::new();
        let mut own = |buffer: BufferId| {
            *names.entry(buffer).or_insert_with(|| {
                buffers.push(self.program.buffers[buffer.0].clone());
                BufferId(buffers.len() - 1)
            })
        };
        let sources = trace.sources.values().enumerate();
        let mut operations: Vec<Operation> =
            sources.map(|(input, &to)| Operation::Frame { input, to: own(to) }).collect();
        for &at in &trace.order {
            let mut operation = self.program.operations[at].clone();
            if let Operation::Add { from, .. } = &mut operation {
                for read in from.iter_mut() {
                    read.before = None;
                }
            }
            rename(&mut operation, &mut own);
            operations.push(operation);
        }
        let from = arriving.iter().map(|&buffer| Read { buffer: own(buffer), before: None });
        let from = from.collect();
        let to = BufferId(buffers.len());
        let start = Numbers::filled(Number::zero(format), neurons);
        buffers.push(Buffer { name: "\0arriving".into(), shape: vec![neurons], start });
        operations.push(Operation::Add { from, to });
        let program = Program {
            inputs: inputs.collect(),
            buffers,
            operations,
            probes: vec![Probe { name: "x".into(), buffer: to }],
            dt: self.program.dt,
        };
        let mut frames: Vec<Vec<f64>> =
            trace.sources.values().map(|b| vec![0.0; channels(b)]).collect();
        let mut run = Run::new(&program);
        run.step(&frames);
        let bias = run.observe("x")?;
        // Weights are read without biases, which would round them.
        let mut plain = program.clone();
        for operation in &mut plain.operations {
            match operation {
                Operation::Dense(dense) => dense.bias = None,
                Operation::Convolution(convolution) => convolution.bias = None,
                _ => {}
            }
        }
        let mut run = Run::new(&plain);
        let mut columns = Vec::new();
        for (source, name) in trace.sources.keys().enumerate() {
            let height = self.numbers.get(name).map_or(1.0, |numbers| numbers.height);
            let mut of_source = Vec::new();
            for channel in 0..frames[source].len() {
                frames[source][channel] = height;
                run.step(&frames);
                frames[source][channel] = 0.0;
                of_source.push(run.observe("x")?);
            }
            columns.push((name.clone(), of_source));
        }
        Some(SideMap { columns, bias })
    }
}

fn is_zero(numbers: &Numbers) -> bool {
    (0..numbers.len()).all(|at| numbers.get(at).to_f64() == 0.0)
}
