//! What code takes of a machine.

use nirkit_step::{Numbers, Operation, Program};

use crate::layout::Layout;
use crate::stored::{Listed, Stored, same};
use crate::whole::Prepared;

/// Bytes and operations of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
}

/// Bytes of constants, in the narrowest type that holds them.
fn size(numbers: &Numbers) -> usize {
    numbers.len() * Stored::of(numbers).bytes()
}

impl Report {
    /// Counts what a program takes.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        Self::of_prepared(program, &Prepared::new(program, 8), true)
    }

    /// Counts a matrix, of which all weights are kept, or those that are not 0.
    fn matrix(&mut self, weights: &Numbers, listed: Option<Listed>) {
        self.most_products += listed.as_ref().map_or(weights.len(), |listed| listed.weights.len());
        self.constants += listed.map_or_else(|| size(weights), |listed| listed.bytes());
    }

    /// Counts what a program takes that is printed so.
    pub(crate) fn of_prepared(program: &Program, prepared: &Prepared<'_>, any_len: bool) -> Self {
        let mut report = Self::default();
        let len = |id: nirkit_step::BufferId| program.buffers[id.0].len();
        report.state = Layout::new(prepared, any_len).state_bytes();
        for buffer in &program.buffers {
            if buffer.start.uniform().is_none() {
                report.constants += size(&buffer.start);
            }
        }
        for operation in &program.operations {
            match operation {
                Operation::Dense(dense) => {
                    let lens = (len(dense.to), len(dense.from));
                    report.matrix(&dense.weights, Listed::of(&dense.weights, lens.0, lens.1));
                    report.constants += dense.bias.as_ref().map_or(0, size);
                }
                Operation::Deliver(deliver) => {
                    let lens = (len(deliver.to), len(deliver.from));
                    let listed = Listed::of(&deliver.weights, lens.0, lens.1);
                    // Of a program with floats, all weights are kept.
                    report.matrix(&deliver.weights, listed.filter(|_| prepared.stored.is_some()));
                }
                Operation::Convolution(convolution) => {
                    let window = &convolution.window;
                    let area = window.kernel[0] * window.kernel[1];
                    let seen = window.channels_in / window.groups;
                    report.most_products += window.outputs() * seen * area;
                    report.constants += size(&convolution.weights);
                    report.constants += convolution.bias.as_ref().map_or(0, size);
                }
                Operation::Scale { factors, to, .. } => {
                    report.most_products += len(*to);
                    report.constants += size(factors);
                }
                Operation::Permute { order, .. } => report.constants += 4 * order.len(),
                Operation::Cell(cell) => {
                    report.neurons += cell.neurons;
                    report.constants +=
                        cell.parameters.iter().map(|found| size(&found.numbers)).sum::<usize>();
                    let each: usize =
                        cell.statements.iter().map(|statement| statement.value.operations()).sum();
                    report.cell_operations += each * cell.neurons;
                }
                Operation::Recall { delays, .. } => {
                    report.constants += if same(delays).is_some() { 0 } else { 4 * delays.len() };
                }
                Operation::Frame { .. }
                | Operation::Store { .. }
                | Operation::Add { .. }
                | Operation::Truth { .. }
                | Operation::Pool(_) => {}
            }
        }
        report
    }
}
