//! Prepares a step program: settles formats, rows, order and code of everything that runs.

use std::collections::BTreeMap;

use nirkit_step::range::bounds::bounds;
use nirkit_step::range::interval::Interval;
use nirkit_step::range::simplify::simplify;
use nirkit_step::{BufferId, Fault, Operation, Program};

use super::arrange::layouts;
use super::buffer::{Place, Rows};
use super::cell::graph::Graph;
use super::cell::{CellCode, Surroundings, is_narrow};
use super::join::join;
use super::layout::Layout;
use super::map::MapCode;
use super::moves::Move;
use super::number::{List, Stored};
use super::schedule::Schedule;

/// What a caller says of the runs of a program.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The buffers that are recorded.
    pub records: Vec<BufferId>,
    /// The largest integer that may enter each input, sign left out. Where there is none for an input, any number may enter.
    pub largest: Vec<Option<i64>>,
    /// Steps of a block; a number that suits the caches where there is none.
    pub block: Option<usize>,
}

/// A step program, ready to run. It does not change and can be shared between threads.
#[derive(Debug)]
pub struct Executor {
    pub(super) places: Vec<Place>,
    pub(super) starts: Vec<List>,
    pub(super) stages: Vec<Vec<Code>>,
    pub(super) records: Vec<BufferId>,
    pub(super) block: usize,
}

/// An operation, ready to run.
#[derive(Debug)]
pub(super) enum Code {
    Move(Move),
    Map(MapCode),
    Cell(CellCode),
}

impl Code {
    /// Whether it does anything: copies that nobody reads are not made.
    fn is_effective(&self) -> bool {
        !matches!(self, Self::Cell(cell) if cell.is_empty())
    }
}

/// Rows of a block may take so many bytes where they would fit the cache.
const CACHED: usize = 256 << 10;
/// They never take more than this, but for a single step.
const LARGEST: usize = 8 << 20;
/// The most steps in a block.
const LONGEST: usize = 256;

impl Executor {
    /// Prepares a program.
    ///
    /// # Errors
    ///
    /// The [faults](Program::faults) of the program, and operations whose numbers have several formats.
    pub fn new(program: &Program, options: &Options) -> Result<Self, Vec<Fault>> {
        let mut faults = program.faults();
        faults.extend(program.mixed_formats());
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut program = simplify(program);
        join(&mut program);
        Ok(Preparation::new(program, options).finish(options))
    }
}

struct Preparation {
    program: Program,
    inputs: Vec<Interval>,
    known: Vec<Interval>,
    graphs: BTreeMap<usize, Graph>,
    schedule: Schedule,
    places: Vec<Place>,
}

impl Preparation {
    fn new(program: Program, options: &Options) -> Self {
        let input = |at: usize| {
            let largest = options.largest.get(at).copied().flatten();
            let is_integer = program.inputs[at].format.is_integer();
            largest.filter(|_| is_integer).map_or(Interval::ALL, |largest| Interval {
                low: largest.saturating_neg(),
                high: largest,
            })
        };
        let inputs: Vec<Interval> = (0..program.inputs.len()).map(input).collect();
        let known = bounds(&program, &inputs, &|cell, known| {
            let graph = Graph::new(&program, cell, known);
            graph.writes().map(|(buffer, node)| (buffer, graph.range(node))).collect()
        });
        let mut graphs = BTreeMap::new();
        for (at, operation) in program.operations.iter().enumerate() {
            if let Operation::Cell(cell) = operation {
                graphs.insert(at, Graph::new(&program, cell, &|buffer| known[buffer.0]));
            }
        }
        let mut is_recorded = vec![false; program.buffers.len()];
        options.records.iter().for_each(|buffer| is_recorded[buffer.0] = true);
        let schedule = Schedule::new(&program, &graphs, &is_recorded);
        let layouts = layouts(&program, &graphs, &schedule.is_ring);
        let places = (0..program.buffers.len()).map(|at| {
            let buffer = &program.buffers[at];
            let stored = Stored::of(buffer.format());
            let is_narrow = stored == Stored::I64 && is_narrow(known[at]);
            let rows = match () {
                () if schedule.is_ring[at] => ring(&program, BufferId(at)),
                () if schedule.is_shared[at] => Rows::Block,
                () => Rows::One,
            };
            let stored = if is_narrow { Stored::I32 } else { stored };
            Place { stored, elements: buffer.len(), rows, layout: layouts[at] }
        });
        let places = places.collect();
        Self { program, inputs, known, graphs, schedule, places }
    }

    fn finish(self, options: &Options) -> Executor {
        let stages: Vec<Vec<Code>> = self
            .schedule
            .stages
            .iter()
            .map(|stage| stage.iter().map(|&at| self.code(at)).filter(Code::is_effective).collect())
            .filter(|stage: &Vec<Code>| !stage.is_empty())
            .collect();
        let rows = |place: &Place| match place.rows {
            Rows::Block => place.width() * place.stored.bytes(),
            _ => 0,
        };
        let rows: usize = self.places.iter().map(rows).sum();
        let weights: usize = stages
            .iter()
            .flatten()
            .map(|code| if let Code::Map(map) = code { map.bytes() } else { 0 })
            .sum();
        // Weights are read once a block, rows once a step: where weights are large, more steps pay.
        let budget = weights.clamp(CACHED, LARGEST);
        let block = options.block.unwrap_or((budget / rows.max(1)).min(LONGEST)).max(1);
        let starts = self.places.iter().enumerate().map(|(at, place)| {
            let numbers = List::new(&self.program.buffers[at].start, place.stored);
            match place.rows {
                // The rows lie one after the other, each padded.
                Rows::Ring { elements, .. } => {
                    let (width, elements) = (place.width(), elements.max(1));
                    let len = place.count(0) * width;
                    numbers.arranged(len, |at| {
                        at / elements * width + place.layout.place(at % elements)
                    })
                }
                _ => numbers.arranged(place.width(), |at| place.layout.place(at)),
            }
        });
        let starts = starts.collect();
        Executor { starts, places: self.places, stages, records: options.records.clone(), block }
    }

    fn code(&self, at: usize) -> Code {
        let operation = &self.program.operations[at];
        let load = |buffer| self.schedule.load(at, buffer);
        let is_first = |buffer| self.schedule.is_first(at, buffer);
        let known = &self.known;
        if let Some(map) =
            MapCode::new(&self.program, operation, &self.places, known, &self.schedule, at)
        {
            return Code::Map(map);
        }
        let places = &self.places;
        Code::Move(match operation {
            Operation::Cell(cell) => {
                let place = cell.statements.iter().find_map(|statement| match statement.target {
                    nirkit_step::Variable::Buffer(buffer) => Some(places[buffer.0]),
                    _ => None,
                });
                let layout = place.map_or(Layout::Plain, |place| place.layout);
                let width = super::buffer::padded(cell.neurons);
                return Code::Cell(CellCode::new(
                    cell,
                    &self.graphs[&at],
                    &Surroundings {
                        stored: &|buffer| places[buffer.0].stored,
                        load: &load,
                        is_first: &is_first,
                        is_needed: &|buffer| self.schedule.is_needed[buffer.0],
                        arrange: &|list| list.arranged(width, |at| layout.place(at)),
                    },
                ));
            }
            Operation::Frame { input, to } => {
                let bounds = self.inputs[*input];
                let format = self.program.inputs[*input].format;
                let bounds = (bounds != Interval::ALL).then_some([bounds.low, bounds.high]);
                Move::Frame { input: *input, format, to: *to, bounds }
            }
            Operation::Permute { from, order, to } => {
                let (from_layout, layout) = (places[from.0].layout, places[to.0].layout);
                let mut found = vec![0; order.len()];
                for (at, &source) in order.iter().enumerate() {
                    found[layout.place(at)] = from_layout.place(source) as u32;
                }
                Move::Permute { from: load(*from), to: *to, order: found }
            }
            Operation::Store { from, ring } => {
                Move::Store { from: load(*from), ring: load(*ring), rows: self.rows(*ring, *from) }
            }
            Operation::Recall { ring, delays, to } => {
                let rows = self.rows(*ring, *to);
                let is_stored = !load(*ring).previous;
                let layout = places[to.0].layout;
                let mut found = vec![0; delays.len()];
                for (at, &delay) in delays.iter().enumerate() {
                    // What stands in the row of this step was stored in it, or as many steps before as there are rows.
                    found[layout.place(at)] = match delay % rows {
                        0 if is_stored => 0,
                        0 => rows,
                        delay => delay,
                    };
                }
                Move::Recall { ring: load(*ring), to: *to, delays: found, rows }
            }
            // Simplified programs have no others.
            _ => Move::Permute { from: load(BufferId(0)), to: BufferId(0), order: Vec::new() },
        })
    }

    /// Rows of a ring, each as long as another buffer.
    fn rows(&self, ring: BufferId, row: BufferId) -> usize {
        let len = |buffer: BufferId| self.program.buffers[buffer.0].len();
        (len(ring) / len(row).max(1)).max(1)
    }
}

/// The rows of a ring, which is stored to once in a step.
fn ring(program: &Program, ring: BufferId) -> Rows {
    let stored = program.operations.iter().find_map(|operation| match operation {
        Operation::Store { from, ring: found } if *found == ring => Some(*from),
        _ => None,
    });
    let len = |buffer: BufferId| program.buffers[buffer.0].len();
    let elements = stored.map_or(0, len);
    Rows::Ring { rows: (len(ring) / elements.max(1)).max(1), elements }
}
