//! What code takes of a machine.

use nirkit_step::{Operation, Program, When};

use crate::Vectors;
use crate::c99;
use crate::layer::{Layer, Sizes, layers};
use crate::layout::Layout;
use crate::stored::Listed;
use crate::whole::{self, Prepared};

/// Bytes and operations of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Bytes of weights and parameters, which stay where they are.
    pub constants: usize,
    /// Bytes of the state, which the caller owns.
    pub state: usize,
    /// Products of weighted maps in a step in which every input is active.
    pub most_products: usize,
    /// Neurons of all cells of the step program; a chip has cells beside its neurons, which limit or delay spikes.
    pub neurons: usize,
    /// Arithmetic operations and comparisons of the cells in a step.
    pub cell_operations: usize,
    /// What each node takes, in the order in which they are computed.
    pub layers: Vec<Layer>,
}

impl Report {
    /// Counts what a program takes as C, and what it does for vectors.
    #[must_use]
    pub fn of(program: &Program, vectors: &Vectors) -> Self {
        let prepared = Prepared::new(program, whole::input_bits(program, vectors));
        let layout = Layout::new(&prepared, true);
        Self::of_printed(program, &layout, &c99::sizes(&layout), vectors)
    }

    /// Counts a program that is printed so, with constants of these sizes.
    pub(crate) fn of_printed(
        program: &Program,
        layout: &Layout<'_>,
        sizes: &Sizes,
        vectors: &Vectors,
    ) -> Self {
        let mut report = Self {
            constants: sizes.iter().map(|(_, bytes)| bytes).sum(),
            state: layout.state_bytes(),
            layers: layers(layout, sizes, vectors),
            ..Self::default()
        };
        let len = |id: nirkit_step::BufferId| program.buffers[id.0].len();
        let kept = |weights: &nirkit_step::Numbers, rows, columns, may_list| {
            let listed = Listed::of(weights, rows, columns).filter(|_| may_list);
            listed.map_or(weights.len(), |listed| listed.weights.len())
        };
        // Of the first step and of those that follow, the larger one.
        let (mut first, mut later) = (0, 0);
        for operation in &program.operations {
            match operation {
                Operation::Dense(map) => {
                    report.most_products += kept(&map.weights, len(map.to), len(map.from), true);
                }
                Operation::Deliver(map) => {
                    // Of a program with floats, all weights are kept.
                    let may_list = layout.stored.is_some();
                    report.most_products +=
                        kept(&map.weights, len(map.to), len(map.from), may_list);
                }
                Operation::Convolution(map) => {
                    let fed = (map.window.channels_out / map.window.groups) as u64;
                    let products: u64 = crate::layer::windows(&map.window, fed).iter().sum();
                    report.most_products += products as usize;
                }
                Operation::Scale { to, .. } => report.most_products += len(*to),
                Operation::Cell(cell) => {
                    let each = cell.statements.iter().map(|statement| statement.value.operations());
                    let all = each.sum::<usize>() * cell.neurons;
                    report.neurons += cell.neurons;
                    first += if cell.when == When::Later { 0 } else { all };
                    later += if cell.when == When::First { 0 } else { all };
                }
                _ => {}
            }
        }
        report.cell_operations = first.max(later);
        report
    }

    /// Operations of a step at most: those of all layers.
    #[must_use]
    pub fn most_operations(&self) -> u64 {
        self.layers.iter().map(|layer| layer.most_operations).sum()
    }
}
