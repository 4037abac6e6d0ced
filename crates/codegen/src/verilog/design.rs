//! The modules of a design, and what the sequencer lets go when.

use std::collections::BTreeSet;

use nirkit_step::{Buffer, BufferId, Cell, Numbers, Operation, Program, Variable, When};

use super::accumulate::Start;
use super::cell::cell;
use super::matrix::{Matrix, matrix};
use super::module::{Constants, Module, Stored};
use super::options::{Ports, VerilogOptions};
use super::report::VerilogReport;
use super::{events, moves, stream, window};
use crate::name::{Names, shown};
use crate::range::interval::{Interval, integers};
use crate::range::simplify::written;
use crate::walk::each_variable;

/// A design.
pub(crate) struct Design {
    /// The name of the top module, with which all names begin.
    pub(crate) name: String,
    /// The simplified program.
    pub(crate) program: Program,
    pub(crate) bounds: Vec<Interval>,
    /// The name of the memory of each buffer.
    pub(crate) memories: Vec<String>,
    /// What brings buffers to their start, if any has to be.
    pub(crate) begin: Option<Module>,
    /// The operations in their order, those that put numbers out at the end.
    pub(crate) modules: Vec<Module>,
    pub(crate) input_bits: u32,
    pub(crate) ports: Ports,
    pub(crate) lanes: usize,
    /// The memory that counts events which enter.
    counts: Option<BufferId>,
    /// Name and number of elements of the inputs, in the order in which they enter.
    pub(crate) inputs: Vec<(usize, usize)>,
    /// The probes that leave.
    pub(crate) outputs: Vec<usize>,
    /// What holds every number that leaves.
    pub(crate) output: Interval,
}

impl Design {
    pub(crate) fn new(
        program: Program,
        bounds: Vec<Interval>,
        name: &str,
        options: &VerilogOptions,
    ) -> Self {
        let mut names = Names::default();
        let memories =
            program.buffers.iter().map(|buffer| names.fresh("b", &buffer.name)).collect();
        let chosen = |name: &String| program.probes.iter().position(|probe| probe.name == *name);
        let mut outputs: Vec<usize> = options.outputs.iter().filter_map(chosen).collect();
        if outputs.is_empty() {
            outputs = (0..program.probes.len()).collect();
        }
        outputs.retain(|&at| !program.buffers[program.probes[at].buffer.0].is_empty());
        let leaving = outputs.iter().map(|&at| bounds[program.probes[at].buffer.0]);
        let output = leaving.reduce(Interval::join).unwrap_or(Interval::BIT);
        let mut design = Self {
            name: name.to_owned(),
            program,
            bounds,
            memories,
            begin: None,
            modules: Vec::new(),
            input_bits: options.input_bits,
            ports: options.ports,
            lanes: options.lanes,
            counts: None,
            inputs: Vec::new(),
            outputs,
            output,
        };
        design.inputs = design.entering();
        let taken = design.count_events();
        design.begin = design.begin();
        design.modules.extend(taken);
        for (at, operation) in design.program.operations.iter().enumerate() {
            design.modules.push(design.module(at, operation));
        }
        let sends = design.sends();
        design.modules.extend(sends);
        design
    }

    /// Inputs with their number of elements: of frames each time that one is taken, of events each once.
    fn entering(&self) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for operation in &self.program.operations {
            let Operation::Frame { input, to } = operation else { continue };
            if self.ports == Ports::Dense || !found.iter().any(|(known, _)| known == input) {
                found.push((*input, self.len(*to)));
            }
        }
        found
    }

    /// Adds the memory that counts events, and what fills it, if events enter.
    fn count_events(&mut self) -> Option<Module> {
        let addresses = self.elements_in();
        if self.ports == Ports::Dense || addresses == 0 {
            return None;
        }
        let counts = BufferId(self.program.buffers.len());
        let start = Numbers::I64(vec![0; addresses]);
        let name = "events of the step".to_owned();
        self.program.buffers.push(Buffer { name, shape: vec![addresses], start });
        self.bounds.push(Interval { low: 0, high: Interval::of_bits(self.input_bits).high });
        self.memories.push("events".to_owned());
        self.counts = Some(counts);
        let mut module =
            Module::new(&self.name, "events", "Counts the events of a step.".to_owned());
        events::take(&mut module, &self.stored(counts), addresses);
        Some(module)
    }

    /// Numbers that enter, or addresses.
    pub(crate) fn elements_in(&self) -> usize {
        self.inputs.iter().map(|(_, len)| len).sum()
    }

    /// Numbers that leave, or addresses.
    pub(crate) fn elements_out(&self) -> usize {
        let len = |&at: &usize| self.len(self.program.probes[at].buffer);
        self.outputs.iter().map(len).sum()
    }

    pub(crate) fn len(&self, buffer: BufferId) -> usize {
        self.program.buffers[buffer.0].len()
    }

    fn stored(&self, buffer: BufferId) -> Stored {
        Stored { buffer, range: self.bounds[buffer.0] }
    }

    /// The name of a buffer as a comment has it.
    pub(crate) fn shown(&self, buffer: BufferId) -> String {
        shown(&self.program.buffers[buffer.0].name)
    }

    /// What brings buffers to their start: those of which a step reads what an earlier one left, and those that it leaves alone.
    fn begin(&self) -> Option<Module> {
        let starts: Vec<_> = (0..self.program.buffers.len())
            .map(BufferId)
            .filter(|&buffer| self.len(buffer) > 0 && needs_start(&self.program, buffer))
            .map(|buffer| (self.stored(buffer), &self.program.buffers[buffer.0].start))
            .collect();
        if starts.is_empty() {
            return None;
        }
        let mut module =
            Module::new(&self.name, "begin", "Brings buffers to their start.".to_owned());
        stream::begin(&mut module, &starts);
        Some(module)
    }

    /// The module of an operation.
    fn module(&self, at: usize, operation: &Operation) -> Module {
        let shown = |buffer: BufferId| self.shown(buffer);
        let new =
            |kind: &str, about: String| Module::new(&self.name, &format!("{kind}{at}"), about);
        let ends = |from: BufferId, to: BufferId| {
            let about = format!("Computes {} from {}.", shown(to), shown(from));
            (about, self.stored(from), self.stored(to))
        };
        match operation {
            Operation::Frame { input, to } => {
                let mut module = new("frame", format!("Takes the frame of {}.", shown(*to)));
                self.frame(&mut module, at, *input, *to);
                module
            }
            Operation::Dense(dense) => {
                let (about, from, to) = ends(dense.from, dense.to);
                let mut module = new("dense", about);
                let found = Matrix::of_dense(dense, self.len(dense.to), self.len(dense.from));
                let bias = dense.bias.as_ref().map(|bias| integers(bias).collect());
                matrix(&mut module, &found, &from, &Start::Bias(bias), &to, true, self.lanes);
                module
            }
            Operation::Deliver(deliver) => {
                let (about, from, to) = ends(deliver.from, deliver.to);
                let mut module = new("deliver", about);
                let found =
                    Matrix::of_deliver(deliver, self.len(deliver.to), self.len(deliver.from));
                let register = deliver.register;
                let held = Interval { low: register.low, high: register.high };
                // A product of 0 changes nothing that is in the register already.
                let skips_zeros = held.contains(to.range);
                let start = Start::Held { register, of: &to };
                matrix(&mut module, &found, &from, &start, &to, skips_zeros, self.lanes);
                module
            }
            Operation::Convolution(found) => {
                let (about, from, to) = ends(found.from, found.to);
                let mut module = new("convolution", about);
                window::convolution(&mut module, found, &from, &to, self.lanes);
                module
            }
            Operation::Pool(found) => {
                let (about, from, to) = ends(found.from, found.to);
                let mut module = new("pool", about);
                window::pool(&mut module, found, &from, &to);
                module
            }
            Operation::Permute { from, order, to } => {
                let (about, source, target) = ends(*from, *to);
                let mut module = new("permute", about);
                moves::permute(&mut module, order, &source, self.len(*from), &target);
                module
            }
            Operation::Store { from, ring } => {
                let (about, source, target) = ends(*from, *ring);
                let mut module = new("store", about);
                moves::store(&mut module, &source, self.len(*from), &target, self.len(*ring));
                module
            }
            Operation::Recall { ring, delays, to } => {
                let (about, source, target) = ends(*ring, *to);
                let mut module = new("recall", about);
                moves::recall(&mut module, &source, self.len(*ring), delays, &target);
                module
            }
            Operation::Cell(found) => {
                cell(&self.name, &format!("cell{at}"), found, &self.bounds, shown, self.lanes)
            }
            // Simplified programs have no others.
            _ => new("nothing", String::new()),
        }
    }

    /// Prints what takes the frame of an input, in the operation of this number.
    fn frame(&self, module: &mut Module, at: usize, input: usize, to: BufferId) {
        let (stored, len) = (self.stored(to), self.len(to));
        let Some(counts) = self.counts else {
            return stream::load(module, self.input_bits, &stored, len);
        };
        let before = self.inputs.iter().take_while(|(known, _)| *known != input);
        let part = events::Part { first: before.map(|(_, len)| len).sum(), len };
        let later = &self.program.operations[at + 1..];
        let again = |operation: &Operation| matches!(operation, Operation::Frame { input: of, .. } if *of == input);
        let clears = !later.iter().any(again);
        events::frame(module, &self.stored(counts), self.elements_in(), part, &stored, clears);
    }

    /// The modules that put numbers out.
    fn sends(&self) -> Vec<Module> {
        let bits = self.output.bits();
        let (mut modules, mut first) = (Vec::new(), 0);
        for (at, &probe) in self.outputs.iter().enumerate() {
            let probe = &self.program.probes[probe];
            let about = format!("Puts {} out.", shown(&probe.name));
            let mut module = Module::new(&self.name, &format!("send{at}"), about);
            let (stored, len) = (self.stored(probe.buffer), self.len(probe.buffer));
            match self.ports {
                Ports::Dense => {
                    let is_last = at + 1 == self.outputs.len();
                    stream::send(&mut module, &stored, len, bits, is_last);
                }
                Ports::Aer => {
                    let part = events::Part { first, len };
                    events::send(&mut module, &stored, part, self.elements_out(), bits);
                }
            }
            first += len;
            modules.push(module);
        }
        if self.ports == Ports::Aer && first > 0 {
            let about = "Ends the list of what leaves.".to_owned();
            let mut module = Module::new(&self.name, "end", about);
            events::end(&mut module);
            modules.push(module);
        }
        modules
    }

    /// All modules but the top one.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Module> {
        self.begin.iter().chain(&self.modules)
    }

    /// The memories of constants.
    pub(crate) fn constants(&self) -> impl Iterator<Item = &Constants> {
        self.all().flat_map(|module| &module.constants)
    }

    pub(crate) fn report(&self) -> VerilogReport {
        // An operation that is left out takes the cycle in which that is seen.
        let cycles = |skipped: When| -> u64 {
            let taken = |module: &Module| if module.when == skipped { 1 } else { module.cycles };
            2 + self.modules.iter().map(taken).sum::<u64>()
        };
        // The last word of a memory can have more elements than its buffer.
        let bits = |(buffer, bounds): (usize, &Interval)| {
            let (buffer, bits) = (BufferId(buffer), u64::from(bounds.bits()));
            bits * self.len(buffer).next_multiple_of(self.lanes(buffer)) as u64
        };
        let is_dense = self.ports == Ports::Dense;
        let beats = |elements: usize, ends: usize| if is_dense { elements } else { ends };
        let (entering, leaving) = (self.elements_in(), self.elements_out());
        VerilogReport {
            ports: self.ports,
            lanes: self.lanes,
            constant_bits: self.constants().map(|constants| constants.bits).sum(),
            memory_bits: self.bounds.iter().enumerate().map(bits).sum(),
            cycles: cycles(When::First),
            first_cycles: cycles(When::Later),
            reset_cycles: self.begin.as_ref().map_or(1, |begin| begin.cycles),
            cycles_per_event: u64::from(self.counts.is_some()),
            beats_in: beats(entering, usize::from(entering > 0)),
            beats_out: beats(leaving, if leaving > 0 { leaving + 1 } else { 0 }),
            output_bits: self.output.bits(),
        }
    }
}

/// Whether the first thing that a step does to a buffer is not to write all of it.
fn needs_start(program: &Program, buffer: BufferId) -> bool {
    for operation in &program.operations {
        if reads(operation).contains(&buffer) {
            return true;
        }
        if written(operation).contains(&buffer) {
            return match operation {
                Operation::Store { .. } => true,
                Operation::Cell(cell) => cell.when != When::Always,
                _ => false,
            };
        }
    }
    true
}

/// The buffers that an operation of a simplified program reads, or may read before it writes them.
fn reads(operation: &Operation) -> Vec<BufferId> {
    match operation {
        Operation::Dense(dense) => vec![dense.from],
        Operation::Deliver(deliver) => vec![deliver.from, deliver.to],
        Operation::Convolution(convolution) => vec![convolution.from],
        Operation::Pool(pool) => vec![pool.from],
        Operation::Permute { from, .. } | Operation::Store { from, .. } => vec![*from],
        Operation::Recall { ring, .. } => vec![*ring],
        Operation::Cell(cell) => read_first(cell),
        _ => Vec::new(),
    }
}

/// The buffers that a cell reads before it writes them.
fn read_first(cell: &Cell) -> Vec<BufferId> {
    let (mut found, mut written) = (Vec::new(), BTreeSet::new());
    for statement in &cell.statements {
        each_variable(&statement.value, &mut |variable| match variable {
            Variable::Buffer(buffer) if !written.contains(&buffer) => found.push(buffer),
            _ => {}
        });
        if let Variable::Buffer(buffer) = statement.target {
            written.insert(buffer);
        }
    }
    found
}
