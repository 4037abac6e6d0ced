//! Which scale each buffer has: what a number of the network is multiplied by to become its integer.
//!
//! A count has the scale that makes it a whole number. A weighted map brings its largest weight to the end of the grid. What a cell keeps
//! has the scale of what arrives, times a power of two, so that what arrives is added without a rounding.

use nirkit_step::{BufferId, Expr, Numbers, Operation, Program, Variable};

use super::FixedPointOptions;
use super::column::Column;
use super::extent::constants_beside;
use super::quantum::Quantum;
use crate::range::simplify::written;
use crate::walk::each_variable;

/// How far above the largest number that was seen a state can go.
const HEADROOM: f64 = 64.0;

/// The same of states of 16 bits and less. What arrives is then rounded, where its scale is finer than that of the state.
const NARROW_HEADROOM: f64 = 4.0;

/// How much finer the scale of a channel can be than that of its layer.
const FINEST: f64 = 256.0;

/// What scales follow from.
pub(crate) struct Scales<'a> {
    pub(crate) program: &'a Program,
    pub(crate) options: &'a FixedPointOptions,
    pub(crate) quanta: &'a [Quantum],
    pub(crate) extents: &'a [f64],
}

impl Scales<'_> {
    /// The scale of each buffer.
    pub(crate) fn settle(&self) -> Vec<Column> {
        let count = |quantum: &Quantum| match quantum {
            Quantum::Of(step) => Some(Column::uniform(1.0 / step)),
            Quantum::Zero => Some(Column::uniform(1.0)),
            Quantum::Free => None,
        };
        let mut scales: Vec<Option<Column>> = self.quanta.iter().map(count).collect();
        loop {
            let mut is_changed = false;
            for operation in &self.program.operations {
                for (buffer, scale) in self.follow(operation, &scales, false) {
                    is_changed |= scales[buffer.0].is_none();
                    scales[buffer.0].get_or_insert(scale);
                }
            }
            if is_changed {
                continue;
            }
            // A cycle begins at the first state, without anything to follow.
            let begin = self.program.operations.iter().find_map(|operation| {
                let found = self.follow(operation, &scales, true);
                found.into_iter().find(|(buffer, _)| scales[buffer.0].is_none())
            });
            match begin {
                Some((buffer, scale)) => scales[buffer.0] = Some(scale),
                None => break,
            }
        }
        scales.into_iter().map(|scale| scale.unwrap_or_else(|| Column::uniform(1.0))).collect()
    }

    /// The scales of what an operation writes, as far as those of what it reads are known; `begins` asks for some in any case.
    fn follow(
        &self,
        operation: &Operation,
        scales: &[Option<Column>],
        begins: bool,
    ) -> Vec<(BufferId, Column)> {
        let known = |buffer: &BufferId| match (&scales[buffer.0], begins) {
            (Some(scale), _) => Some(scale.clone()),
            (None, true) => Some(Column::uniform(self.power_over(*buffer, &Column::uniform(1.0)))),
            (None, false) => None,
        };
        let len = |buffer: &BufferId| self.program.buffers[buffer.0].len();
        let made = match operation {
            Operation::Dense(map) => known(&map.from).map(|from| {
                let scale = self.weighted(map.to, &map.weights, len(&map.to), &from);
                vec![(map.to, scale)]
            }),
            Operation::Convolution(map) => known(&map.from).map(|from| {
                let window = &map.window;
                let rows = self.weighted(map.to, &map.weights, window.channels_out, &from);
                let area = window.output[0] * window.output[1];
                let spread = (0..len(&map.to)).map(|at| rows.get(at / area)).collect();
                vec![(map.to, Column::each(spread))]
            }),
            Operation::Pool(pool) => known(&pool.from).map(|from| {
                let window = &pool.window;
                let [of_input, of_output] =
                    [window.input, window.output].map(|[rows, columns]| rows * columns);
                let spread = (0..len(&pool.to)).map(|at| from.get(at / of_output * of_input));
                vec![(pool.to, Column::each(spread.collect()))]
            }),
            Operation::Permute { from, order, to } => known(from).map(|from| {
                vec![(*to, Column::each(order.iter().map(|&at| from.get(at)).collect()))]
            }),
            Operation::Store { from, ring } => known(from).map(|scale| {
                let row = len(from).max(1);
                vec![(*ring, Column::each((0..len(ring)).map(|at| scale.get(at % row)).collect()))]
            }),
            Operation::Recall { ring, to, .. } => known(ring).map(|scale| {
                vec![(*to, Column::each((0..len(to)).map(|at| scale.get(at)).collect()))]
            }),
            Operation::Cell(_) => Some(self.of_cell(operation, scales, begins)),
            _ => None,
        };
        made.unwrap_or_default()
    }

    /// The scales of what a cell writes.
    fn of_cell(
        &self,
        operation: &Operation,
        scales: &[Option<Column>],
        begins: bool,
    ) -> Vec<(BufferId, Column)> {
        let Operation::Cell(cell) = operation else { return Vec::new() };
        let targets = written(operation);
        let mut read = Vec::new();
        for statement in &cell.statements {
            each_variable(&statement.value, &mut |variable| {
                if let Variable::Buffer(buffer) = variable {
                    read.push(buffer);
                }
            });
        }
        // What arrives comes first, then what the cell keeps.
        let arriving = read.iter().filter(|buffer| !targets.contains(buffer));
        let kept = read.iter().filter(|buffer| targets.contains(buffer));
        let real = |buffer: &&BufferId| self.quanta[buffer.0] == Quantum::Free;
        let found = arriving.chain(kept).filter(real).find_map(|buffer| scales[buffer.0].clone());
        let counts_only = !read.iter().any(|buffer| self.quanta[buffer.0] == Quantum::Free);
        let base = match found {
            Some(base) => base,
            None if begins || counts_only => Column::uniform(1.0),
            None => return Vec::new(),
        };
        let mut made = Vec::new();
        for &to in targets.iter().filter(|to| self.quanta[to.0] == Quantum::Free) {
            let mut writes =
                cell.statements.iter().filter(|made| made.target == Variable::Buffer(to));
            let copy = match (writes.next(), writes.next()) {
                (Some(statement), None) => match &statement.value {
                    Expr::Variable(Variable::Buffer(from)) => Some(*from),
                    _ => None,
                },
                _ => None,
            };
            match copy.map(|from| scales[from.0].clone()) {
                Some(Some(scale)) => made.push((to, scale)),
                Some(None) if !begins => {}
                _ => made.push((to, base.map(|x| x * self.power_over(to, &base)))),
            }
        }
        made
    }

    /// The power of two that brings the largest numbers of a state near the end of its register.
    fn power_over(&self, buffer: BufferId, base: &Column) -> f64 {
        let beside = constants_beside(self.program, buffer, self.quanta);
        let extent = self.extents[buffer.0].max(beside);
        let limit = 2_f64.powi(self.options.state_bits as i32 - 1);
        let reach = if extent > 0.0 { extent * base.most() } else { 128.0 };
        let (headroom, least) =
            if self.options.state_bits > 16 { (HEADROOM, 0.0) } else { (NARROW_HEADROOM, -60.0) };
        let power = (limit / (headroom * reach)).log2().floor().clamp(least, 60.0);
        2_f64.powi(power as i32)
    }

    /// The scale of each row of a map that reads numbers of a scale.
    fn weighted(&self, to: BufferId, weights: &Numbers, rows: usize, from: &Column) -> Column {
        if let Some(&scale) = self.options.scales.get(&self.program.buffers[to.0].name) {
            let of_input = from.single().unwrap_or(1.0);
            return Column::uniform(of_input / scale);
        }
        let high = ((1_i64 << (self.options.weight_bits - 1)) - 1) as f64;
        let in_row = (weights.len() / rows.max(1)).max(1);
        // A kernel is read by all pixels, which have one scale.
        let is_matrix = from.single().is_some() || self.is_dense(to);
        let source = |at: usize| if is_matrix { from.get(at) } else { from.get(0) };
        let numbers = weights.to_f64();
        let extent = |row: &[f64]| {
            row.iter().enumerate().fold(0.0_f64, |most, (at, x)| most.max((x / source(at)).abs()))
        };
        let extents: Vec<f64> = numbers.chunks(in_row).map(extent).collect();
        let all = extents.iter().fold(0.0_f64, |most, &x| most.max(x));
        if all == 0.0 {
            return Column::uniform(1.0);
        }
        if !self.options.per_channel {
            return Column::uniform(high / all);
        }
        Column::each(extents.iter().map(|&extent| high / extent.max(all / FINEST)).collect())
    }

    fn is_dense(&self, to: BufferId) -> bool {
        let writes =
            |operation: &&Operation| matches!(operation, Operation::Dense(map) if map.to == to);
        self.program.operations.iter().any(|operation| writes(&operation))
    }
}
