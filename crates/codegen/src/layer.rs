//! What each layer of a program takes: bytes, and operations of a step.

use nirkit_step::{BufferId, Numbers, Operation, Program, Run, When, Window};

use crate::Vectors;
use crate::layout::Layout;
use crate::range::simplify::written;
use crate::stored::Listed;

/// What needs a constant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// The operation at this place of the program.
    Operation(usize),
    /// A buffer, which starts with these numbers.
    Start(usize),
    /// The readout.
    #[default]
    Readout,
}

/// The bytes of constants.
pub(crate) type Sizes = Vec<(Place, usize)>;

/// What the operations that write one node take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The name of the node.
    pub name: String,
    /// What its first operation is: `input`, `matrix`, `convolution`, `pool`, `neurons`, `sum` or `move`.
    pub kind: &'static str,
    /// Bytes of its weights and parameters.
    pub constants: usize,
    /// Bytes of the state that it writes first. Memory that is shared counts where it is written first.
    pub state: usize,
    /// Operations of a step in which all its inputs are active: products with their sums, sums of pools, and the arithmetic operations
    /// and comparisons of neurons.
    pub most_operations: u64,
    /// Those of all steps of the vectors.
    pub recorded_operations: u64,
}

/// Counts the layers of a program that is printed.
pub(crate) fn layers(layout: &Layout<'_>, sizes: &Sizes, vectors: &Vectors) -> Vec<Layer> {
    let program = layout.program;
    let mut made = Layers { program, layers: Vec::new() };
    let costs: Vec<Cost> =
        program.operations.iter().map(|operation| Cost::of(program, operation, layout)).collect();
    let places: Vec<usize> =
        program.operations.iter().map(|operation| made.place(operation)).collect();
    for (&place, cost) in places.iter().zip(&costs) {
        // Of a first step and of those that follow, the larger one.
        if cost.when != When::First {
            made.layers[place].most_operations += cost.most();
        }
    }
    for (place, layer) in made.layers.iter_mut().enumerate() {
        let firsts = places.iter().zip(&costs).filter(|(at, _)| **at == place);
        let of = |wanted: When| -> u64 {
            firsts
                .clone()
                .filter(|(_, cost)| cost.when == wanted)
                .map(|(_, cost)| cost.most())
                .sum()
        };
        layer.most_operations += of(When::First).saturating_sub(of(When::Later));
    }
    recorded(program, vectors, |run, at| {
        made.layers[places[at]].recorded_operations += costs[at].now(run);
    });
    for &(place, bytes) in sizes {
        let at = match place {
            Place::Operation(at) => Some(places[at]),
            Place::Start(buffer) => made.writer(BufferId(buffer)).map(|at| places[at]),
            Place::Readout => None,
        };
        if let Some(at) = at {
            made.layers[at].constants += bytes;
        }
    }
    for (buffers, bytes) in layout.members() {
        let first = buffers.iter().filter_map(|&buffer| made.writer(buffer)).min();
        if let Some(at) = first {
            made.layers[places[at]].state += bytes;
        }
    }
    made.layers
}

/// Calls a function before each operation of each step of vectors.
fn recorded(program: &Program, vectors: &Vectors, mut watch: impl FnMut(&Run<'_>, usize)) {
    let mut run = Run::new(program);
    for step in 0..vectors.steps {
        run.step_watched(&vectors.frames_of(program, step), &mut watch);
    }
}

struct Layers<'a> {
    program: &'a Program,
    layers: Vec<Layer>,
}

impl Layers<'_> {
    /// The place of the layer of an operation, which is added if it is new.
    fn place(&mut self, operation: &Operation) -> usize {
        let names = written(operation).into_iter().map(|to| &self.program.buffers[to.0].name);
        let name = names.min_by_key(|name| name.len()).cloned().unwrap_or_default();
        if let Some(at) = self.layers.iter().position(|layer| layer.name == name) {
            return at;
        }
        let (kind, constants, state) = (kind(operation), 0, 0);
        let (most_operations, recorded_operations) = (0, 0);
        self.layers.push(Layer {
            name,
            kind,
            constants,
            state,
            most_operations,
            recorded_operations,
        });
        self.layers.len() - 1
    }

    /// The first operation that writes a buffer.
    fn writer(&self, buffer: BufferId) -> Option<usize> {
        self.program.operations.iter().position(|operation| written(operation).contains(&buffer))
    }
}

fn kind(operation: &Operation) -> &'static str {
    match operation {
        Operation::Frame { .. } => "input",
        Operation::Dense(_) | Operation::Deliver(_) | Operation::Scale { .. } => "matrix",
        Operation::Convolution(_) => "convolution",
        Operation::Pool(_) => "pool",
        Operation::Cell(_) => "neurons",
        Operation::Add { .. } => "sum",
        Operation::Truth { .. }
        | Operation::Permute { .. }
        | Operation::Store { .. }
        | Operation::Recall { .. } => "move",
    }
}

/// Operations of an operation in a step.
struct Cost {
    when: When,
    /// Those of every step.
    always: u64,
    /// What is read, and those of each of its elements that is not 0.
    active: Option<(BufferId, Vec<u64>)>,
}

impl Cost {
    fn of(program: &Program, operation: &Operation, layout: &Layout<'_>) -> Self {
        let len = |id: BufferId| program.buffers[id.0].len();
        let mut made = Self { when: When::Always, always: 0, active: None };
        let bias = |bias: &Option<Numbers>, to: BufferId| {
            let is_zero =
                bias.as_ref().is_none_or(|bias| bias.iter().all(nirkit_step::Number::is_zero));
            if is_zero { 0 } else { len(to) as u64 }
        };
        match operation {
            Operation::Dense(map) => {
                made.active =
                    Some((map.from, columns(&map.weights, len(map.to), len(map.from), true)));
                made.always = bias(&map.bias, map.to);
            }
            Operation::Deliver(map) => {
                // Of a program with floats, all weights are kept.
                let is_listed = layout.stored.is_some();
                let each = columns(&map.weights, len(map.to), len(map.from), is_listed);
                made.active = Some((map.from, each));
            }
            Operation::Convolution(map) => {
                let fed = map.window.channels_out / map.window.groups;
                made.active = Some((map.from, windows(&map.window, fed as u64)));
                made.always = bias(&map.bias, map.to);
            }
            Operation::Pool(pool) => {
                made.active = Some((pool.from, windows(&pool.window, 1)));
                made.always = if pool.mean.is_some() { 2 * len(pool.to) as u64 } else { 0 };
            }
            Operation::Scale { to, .. } => made.always = len(*to) as u64,
            Operation::Add { from, to } => {
                made.always = (from.len().saturating_sub(1) * len(*to)) as u64;
            }
            Operation::Cell(cell) => {
                let each = cell.statements.iter().map(|statement| statement.value.operations());
                made.always = (each.sum::<usize>() * cell.neurons) as u64;
                made.when = cell.when;
            }
            Operation::Frame { .. }
            | Operation::Truth { .. }
            | Operation::Permute { .. }
            | Operation::Store { .. }
            | Operation::Recall { .. } => {}
        }
        made
    }

    fn most(&self) -> u64 {
        self.always + self.active.iter().flat_map(|(_, each)| each).sum::<u64>()
    }

    /// Those of the step that a run is in.
    fn now(&self, run: &Run<'_>) -> u64 {
        let is_off = match self.when {
            When::Always => false,
            When::First => run.steps() > 0,
            When::Later => run.steps() == 0,
        };
        if is_off {
            return 0;
        }
        let active = self.active.iter().flat_map(|(from, each)| {
            run.buffer(*from).iter().zip(each).filter(|(x, _)| !x.is_zero()).map(|(_, each)| each)
        });
        self.always + active.sum::<u64>()
    }
}

/// The weights of each column that are kept.
fn columns(weights: &Numbers, rows: usize, columns: usize, may_list: bool) -> Vec<u64> {
    match Listed::of(weights, rows, columns).filter(|_| may_list) {
        Some(listed) => listed.firsts.windows(2).map(|ends| (ends[1] - ends[0]) as u64).collect(),
        None => vec![rows as u64; columns],
    }
}

/// For each pixel that enters, the windows that see it, times the channels that it feeds.
pub(crate) fn windows(window: &Window, fed: u64) -> Vec<u64> {
    let seen = |axis: usize| -> Vec<u64> {
        (0..window.input[axis])
            .map(|pixel| {
                let begins = |element: &usize| {
                    let at =
                        (pixel + window.before[axis]).checked_sub(element * window.dilation[axis]);
                    at.is_some_and(|at| {
                        at % window.stride[axis] == 0
                            && at / window.stride[axis] < window.output[axis]
                    })
                };
                (0..window.kernel[axis]).filter(begins).count() as u64
            })
            .collect()
    };
    let (rows, columns) = (seen(0), seen(1));
    let channel: Vec<u64> =
        rows.iter().flat_map(|row| columns.iter().map(move |column| row * column * fed)).collect();
    channel.repeat(window.channels_in)
}
