//! What connects populations: frames, delays and maps of integers.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::facts::Window;
use nirkit_step::{
    Absent, BufferId, CellBuilder, Convolution, Dense, Expr, Format, Number, Numbers, Operation,
    Operator, Pool, ProgramBuilder, Read, Variable, When,
};

use super::super::map::Map;
use super::super::network::{Input, Source};
use crate::lowering::step_window;
use nirkit_run::recording::Request;

/// A step program in the making.
pub(crate) struct Wiring {
    pub(crate) program: ProgramBuilder,
    inputs: Vec<BufferId>,
    /// What a source put out so many steps before.
    delayed: BTreeMap<(BufferId, usize), BufferId>,
    /// The sources of which steps are kept, each with its ring.
    rings: Vec<(BufferId, BufferId)>,
}

impl Wiring {
    pub(crate) fn new<'a>(dt: Option<f64>, inputs: impl Iterator<Item = &'a Input>) -> Self {
        let mut program = ProgramBuilder::new(dt);
        let declare = |input: &Input| {
            let (name, shape) = (input.name.clone(), vec![input.channels]);
            let buffer = program.zeros(&name, input.channels, Format::I64);
            program.input(nirkit_step::Input { name, shape, format: Format::I64 });
            buffer
        };
        let inputs = inputs.map(declare).collect();
        Self { program, inputs, delayed: BTreeMap::new(), rings: Vec::new() }
    }

    fn like(&mut self, buffer: BufferId, kind: &str, len: usize) -> BufferId {
        let name = format!("{}.{kind}", self.program.name(buffer));
        self.program.zeros(&name, len, Format::I64)
    }

    pub(crate) fn push(&mut self, operation: Operation) {
        self.program.push(operation);
    }

    pub(crate) fn probe(&mut self, request: &Request, buffer: BufferId) {
        self.program.probe(format!("{}:{}", request.node, request.observable), buffer);
    }

    /// Returns the program. At the end of a step it keeps what sources put out, as long as a link sees it.
    pub(crate) fn finish(mut self) -> nirkit_step::Program {
        for &(from, ring) in &self.rings {
            self.program.push(Operation::Store { from, ring });
        }
        self.program.finish()
    }

    /// Takes what enters.
    pub(crate) fn frames(&mut self) {
        for (input, to) in self.inputs.clone().into_iter().enumerate() {
            self.push(Operation::Frame { input, to });
        }
    }

    fn source(&self, source: Source, outputs: &[BufferId]) -> BufferId {
        match source {
            Source::Input(at) => self.inputs[at],
            Source::Population(at) => outputs[at],
        }
    }

    /// Reads what sources put out in the steps before, as far as a link sees it.
    pub(crate) fn delays(
        &mut self,
        links: impl Iterator<Item = (Source, usize)>,
        outputs: &[BufferId],
    ) {
        let mut seen: BTreeMap<BufferId, BTreeSet<usize>> = BTreeMap::new();
        for (source, delay) in links.filter(|&(_, delay)| delay > 0) {
            seen.entry(self.source(source, outputs)).or_default().insert(delay);
        }
        for (source, delays) in seen {
            let rows = delays.last().copied().unwrap_or(0);
            let len = self.program.len(source);
            let ring = (rows > 1).then(|| self.like(source, "ring", rows * len));
            self.rings.extend(ring.map(|ring| (source, ring)));
            for delay in delays {
                let to = self.like(source, &format!("before{delay}"), len);
                let before = Read { buffer: source, before: Some(Absent::Start) };
                let add = Operation::Add { from: vec![before], to };
                let recall = |ring| Operation::Recall { ring, delays: vec![delay; len], to };
                self.push(ring.map_or(add, recall));
                self.delayed.insert((source, delay), to);
            }
        }
    }

    /// What a source put out so many steps before.
    pub(crate) fn seen(&self, source: Source, delay: usize, outputs: &[BufferId]) -> BufferId {
        let buffer = self.source(source, outputs);
        self.delayed.get(&(buffer, delay)).copied().unwrap_or(buffer)
    }

    /// The same with no more spikes of a channel than `most`.
    pub(crate) fn limited(&mut self, from: BufferId, most: Option<i64>) -> BufferId {
        let Some(most) = most else { return from };
        let len = self.program.len(from);
        let to = self.like(from, "limited", len);
        let most = Expr::Constant(Number::I64(most));
        let value = Expr::binary(Operator::Min, Expr::of(Variable::Buffer(from)), most);
        let mut cell = CellBuilder::new(len, When::Always);
        cell.set(Variable::Buffer(to), value);
        self.push(Operation::Cell(cell.finish()));
        to
    }

    /// What maps make of counts, one after the other.
    pub(crate) fn mapped(&mut self, from: BufferId, maps: &[Map]) -> BufferId {
        let mut from = from;
        for map in maps {
            let to = self.like(from, "sum", map.targets());
            let operation = match map {
                Map::Matrix(matrix) => {
                    let weights = dense(matrix.sources(), matrix.targets(), |source, visit| {
                        map.visit(source, &mut *visit);
                    });
                    Operation::Dense(Dense { from, weights, bias: None, to })
                }
                Map::Window { window, weights } => window_operation(from, window, weights, to),
            };
            self.push(operation);
            from = to;
        }
        from
    }
}

/// A convolution, or a sum over windows where each output channel sees its own input channel with weights of 1.
fn window_operation(from: BufferId, window: &Window, weights: &[i64], to: BufferId) -> Operation {
    let Window { channels_in, channels_out, groups, .. } = *window;
    let is_pool =
        groups == channels_in && channels_in == channels_out && weights.iter().all(|&w| w == 1);
    let window = step_window(window);
    if is_pool {
        return Operation::Pool(Pool { from, window, mean: None, to });
    }
    let weights = Numbers::I64(weights.to_vec());
    Operation::Convolution(Convolution { from, window, weights, bias: None, to })
}

/// The rows of a matrix: a weight for each source of each target. Weights between the same two add.
pub(crate) fn dense(
    sources: usize,
    targets: usize,
    visit: impl Fn(usize, &mut dyn FnMut(usize, i64)),
) -> Numbers {
    let mut weights = vec![0; sources * targets];
    for source in 0..sources {
        visit(source, &mut |target, weight| weights[target * sources + source] += weight);
    }
    Numbers::I64(weights)
}
