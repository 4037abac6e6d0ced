//! What connects populations: frames, delays and maps of integers.

use std::collections::BTreeMap;

use nirkit_ir::facts::Window;
use nirkit_step::{
    Absent, Buffer, BufferId, Cell, CellBuilder, Convolution, Dense, Expr, Format, Number, Numbers,
    Operation, Operator, Pool, Probe, Read, Variable, When,
};

use super::super::map::Map;
use super::super::network::{Input, Source};
use nirkit_run::recording::Request;

/// A step program in the making.
pub(crate) struct Wiring {
    pub(crate) program: nirkit_step::Program,
    names: BTreeMap<String, usize>,
    inputs: Vec<BufferId>,
    /// What a source put out so many steps before.
    delayed: BTreeMap<(BufferId, usize), BufferId>,
}

impl Wiring {
    pub(crate) fn new<'a>(dt: Option<f64>, inputs: impl Iterator<Item = &'a Input>) -> Self {
        let program = nirkit_step::Program { dt, ..nirkit_step::Program::default() };
        let (names, delayed) = (BTreeMap::new(), BTreeMap::new());
        let mut wiring = Self { program, names, inputs: Vec::new(), delayed };
        for input in inputs {
            let (name, shape) = (input.name.clone(), vec![input.channels]);
            let buffer = wiring.buffer(&name, &shape, Numbers::I64(vec![0; input.channels]));
            wiring.inputs.push(buffer);
            wiring.program.inputs.push(nirkit_step::Input { name, shape, format: Format::I64 });
        }
        wiring
    }

    /// Adds a buffer, under a name that nothing else has.
    pub(crate) fn buffer(&mut self, name: &str, shape: &[usize], start: Numbers) -> BufferId {
        let again = self.names.entry(name.to_owned()).or_insert(0);
        *again += 1;
        let name = if *again == 1 { name.to_owned() } else { format!("{name}.{again}") };
        self.program.buffers.push(Buffer { name, shape: shape.to_vec(), start });
        BufferId(self.program.buffers.len() - 1)
    }

    fn like(&mut self, buffer: BufferId, kind: &str, len: usize) -> BufferId {
        let name = format!("{}.{kind}", self.program.buffers[buffer.0].name);
        self.buffer(&name, &[len], Numbers::I64(vec![0; len]))
    }

    pub(crate) fn push(&mut self, operation: Operation) {
        self.program.operations.push(operation);
    }

    /// Adds a cell, unless it does nothing.
    pub(crate) fn push_cell(&mut self, cell: Cell) {
        if !cell.statements.is_empty() {
            self.push(Operation::Cell(cell));
        }
    }

    pub(crate) fn probe(&mut self, request: &Request, buffer: BufferId) {
        let name = format!("{}:{}", request.node, request.observable);
        self.program.probes.push(Probe { name, buffer });
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

    /// Hands on what sources put out in the steps before, as far as a link sees it.
    pub(crate) fn delays(
        &mut self,
        links: impl Iterator<Item = (Source, usize)>,
        outputs: &[BufferId],
    ) {
        let mut longest: BTreeMap<BufferId, usize> = BTreeMap::new();
        for (source, delay) in links {
            let most = longest.entry(self.source(source, outputs)).or_insert(0);
            *most = delay.max(*most);
        }
        for (source, most) in longest {
            let len = self.program.buffers[source.0].len();
            let mut last = source;
            for delay in 1..=most {
                let to = self.like(source, &format!("before{delay}"), len);
                let from = vec![Read { buffer: last, before: Some(Absent::Start) }];
                self.push(Operation::Add { from, to });
                self.delayed.insert((source, delay), to);
                last = to;
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
        let len = self.program.buffers[from.0].len();
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

/// A window in the terms of step programs.
pub(crate) fn step_window(window: &Window) -> nirkit_step::Window {
    let Window { channels_in, channels_out, groups, kernel, stride, dilation, .. } = *window;
    let (before, input, output) = (window.before, window.input, window.output);
    nirkit_step::Window {
        channels_in,
        channels_out,
        groups,
        kernel,
        stride,
        dilation,
        before,
        input,
        output,
    }
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
