//! How the elements of each buffer lie: pictures that leave windows lie pixel by pixel, unless the order of sources matters to somebody.

use std::collections::BTreeMap;

use nirkit_step::{BufferId, Format, Operation, Program, Variable, Window};

use super::cell::graph::Graph;
use super::layout::Layout;

/// The layout of each buffer.
pub(super) fn layouts(
    program: &Program,
    graphs: &BTreeMap<usize, Graph>,
    is_ring: &[bool],
) -> Vec<Layout> {
    let mut classes = Classes::new(program.buffers.len());
    let is_float = |buffer: BufferId| program.buffers[buffer.0].format() != Format::I64;
    let by_pixel = |window: &Window| Layout::ByPixel {
        channels: window.channels_out,
        pixels: window.output[0] * window.output[1],
    };
    for (at, operation) in program.operations.iter().enumerate() {
        match operation {
            Operation::Cell(cell) => {
                let writes = cell.statements.iter().filter_map(|found| match found.target {
                    Variable::Buffer(buffer) => Some(buffer),
                    _ => None,
                });
                let mut all = writes.chain(graphs[&at].loads());
                if let Some(first) = all.next() {
                    all.for_each(|other| classes.unite(first, other));
                }
            }
            Operation::Store { from, ring } => {
                classes.unite(*from, *ring);
                classes.wish(*ring, (!is_ring[ring.0]).then_some(Layout::Plain));
            }
            Operation::Recall { ring, to, .. } => {
                classes.unite(*to, *ring);
                classes.wish(*ring, (!is_ring[ring.0]).then_some(Layout::Plain));
            }
            Operation::Dense(map) => {
                classes.wish(map.to, Some(Layout::Plain));
                classes.wish(map.from, is_float(map.from).then_some(Layout::Plain));
            }
            Operation::Deliver(map) => {
                classes.wish(map.to, Some(Layout::Plain));
                classes.wish(map.from, Some(Layout::Plain));
            }
            Operation::Convolution(map) => {
                classes.wish(map.to, Some(by_pixel(&map.window)));
                classes.wish(map.from, is_float(map.from).then_some(Layout::Plain));
            }
            Operation::Pool(map) => {
                classes.wish(map.to, Some(by_pixel(&map.window)));
                classes.wish(map.from, is_float(map.from).then_some(Layout::Plain));
            }
            _ => {}
        }
    }
    classes.settle()
}

/// Buffers whose elements lie alike, since operations take them element by element, and how they would best lie.
struct Classes {
    /// Another buffer of the class, or the buffer itself.
    next: Vec<usize>,
    wishes: Vec<(BufferId, Layout)>,
}

impl Classes {
    fn new(buffers: usize) -> Self {
        Self { next: (0..buffers).collect(), wishes: Vec::new() }
    }

    fn root(&self, mut at: usize) -> usize {
        while self.next[at] != at {
            at = self.next[at];
        }
        at
    }

    fn unite(&mut self, a: BufferId, b: BufferId) {
        let (a, b) = (self.root(a.0), self.root(b.0));
        self.next[a.max(b)] = a.min(b);
    }

    fn wish(&mut self, buffer: BufferId, layout: Option<Layout>) {
        self.wishes.extend(layout.map(|layout| (buffer, layout)));
    }

    /// Classes lie as all their buffers wish, or plainly.
    fn settle(self) -> Vec<Layout> {
        let mut settled: BTreeMap<usize, Layout> = BTreeMap::new();
        for &(buffer, wish) in &self.wishes {
            let found = settled.entry(self.root(buffer.0)).or_insert(wish);
            if *found != wish {
                *found = Layout::Plain;
            }
        }
        let layout = |at| settled.get(&self.root(at)).copied().unwrap_or(Layout::Plain);
        (0..self.next.len()).map(layout).collect()
    }
}
