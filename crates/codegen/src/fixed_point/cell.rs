//! Cells in integers: each value is a sum of integers times whole multipliers, shifted right where those are fractions.

use nirkit_step::{Cell, CellBuilder, Expr, Number, Numbers, Operator, Variable};

use super::column::Column;
use super::constant::constant;
use super::linear::Linear;
use super::quantum::{Quantum, quantum};

/// Bits of a multiplier, at most.
const MULTIPLIER_BITS: i32 = 30;

/// A term stays below this number, so that a sum of many fits 64 bits.
const MOST_OF_TERM: f64 = (1_u64 << 58) as f64;

/// What a comparison has in the place of a number that is never reached.
pub(super) const FAR: f64 = (1_u64 << 61) as f64;

/// What is known of the buffers.
pub(crate) struct Known<'a> {
    pub(crate) quanta: &'a [Quantum],
    pub(crate) scales: &'a [Column],
    /// The largest distance from 0 of the integers of each buffer.
    pub(crate) most: &'a mut [f64],
    /// The largest number that a state holds.
    pub(crate) limit: f64,
    /// The largest relative error of a multiplier so far.
    pub(crate) error: &'a mut f64,
}

/// An integer value, its scale, and its largest distance from 0.
#[derive(Clone)]
pub(super) struct Fixed {
    pub(super) expr: Expr,
    pub(super) scale: Column,
    pub(super) most: f64,
}

/// A local: what it was, and what it is now.
#[derive(Clone)]
struct Local {
    quantum: Quantum,
    constant: Option<Column>,
    value: Option<Fixed>,
}

pub(super) struct Translator<'a, 'k> {
    cell: &'a Cell,
    known: &'a mut Known<'k>,
    locals: Vec<Local>,
    builder: CellBuilder,
    /// The scale of what is neither a count nor a buffer.
    pub(super) working: Column,
}

/// Returns a cell of integers.
pub(crate) fn translate(cell: &Cell, known: &mut Known<'_>) -> Cell {
    let targets = cell.statements.iter().filter_map(|statement| match statement.target {
        Variable::Buffer(buffer) if known.quanta[buffer.0] == Quantum::Free => {
            Some(known.scales[buffer.0].clone())
        }
        _ => None,
    });
    let finest = targets.reduce(|a, b| if b.most() > a.most() { b } else { a });
    let working = finest.unwrap_or_else(|| read_scale(cell, known));
    let empty = Local { quantum: Quantum::Free, constant: None, value: None };
    let locals = vec![empty; cell.locals.len()];
    let builder = CellBuilder::new(cell.neurons, cell.when);
    let mut translator = Translator { cell, known, locals, builder, working };
    for statement in &cell.statements {
        translator.statement(statement.target, &statement.value);
    }
    translator.builder.finish()
}

/// The finest scale of what a cell reads.
fn read_scale(cell: &Cell, known: &Known<'_>) -> Column {
    let mut finest = Column::uniform(1.0);
    for statement in &cell.statements {
        crate::walk::each_variable(&statement.value, &mut |variable| {
            if let Variable::Buffer(buffer) = variable
                && known.scales[buffer.0].most() > finest.most()
            {
                finest = known.scales[buffer.0].clone();
            }
        });
    }
    finest
}

impl<'a> Translator<'a, '_> {
    fn statement(&mut self, target: Variable, value: &'a Expr) {
        match target {
            Variable::Buffer(buffer) => {
                let scale = self.known.scales[buffer.0].clone();
                let fixed = self.at(value, &scale);
                let held = hold(fixed, self.known.limit);
                let most = &mut self.known.most[buffer.0];
                *most = most.max(held.most);
                self.builder.set(target, held.expr);
            }
            Variable::Local(at) => {
                let constants = self.constants();
                let constant = constant(self.cell, &constants, value);
                let quantum = self.quantum(value);
                let fixed = constant.is_none().then(|| {
                    let fixed = self.value(value);
                    let fixed = hold(fixed, MOST_OF_TERM);
                    let name = &self.cell.locals[at];
                    let kept = self.builder.keep(name, fixed.expr.clone());
                    Fixed { expr: Expr::of(kept), ..fixed }
                });
                self.locals[at] = Local { quantum, constant, value: fixed };
            }
            Variable::Parameter(_) => {}
        }
    }

    fn constants(&self) -> Vec<Option<Column>> {
        self.locals.iter().map(|local| local.constant.clone()).collect()
    }

    pub(super) fn quantum(&self, expr: &Expr) -> Quantum {
        let locals: Vec<(Quantum, Option<Column>)> =
            self.locals.iter().map(|local| (local.quantum, local.constant.clone())).collect();
        quantum(self.cell, self.known.quanta, &locals, expr)
    }

    pub(super) fn linear(&self, expr: &'a Expr) -> Linear<'a> {
        Linear::of(self.cell, &self.constants(), expr)
    }

    /// Whole numbers of neurons.
    pub(super) fn numbers(&mut self, name: &str, numbers: &Column) -> Expr {
        let whole = |x: f64| x.clamp(-FAR, FAR) as i64;
        let neurons = self.builder.neurons();
        let each = (0..neurons).map(|at| whole(numbers.get(at))).collect();
        self.builder.numbers(name, Numbers::I64(each))
    }

    /// A variable, as it is.
    fn variable(&self, variable: Variable) -> Option<Fixed> {
        match variable {
            Variable::Buffer(buffer) => {
                let (scale, most) =
                    (self.known.scales[buffer.0].clone(), self.known.most[buffer.0]);
                Some(Fixed { expr: Expr::of(variable), scale, most })
            }
            Variable::Local(at) => self.locals[at].value.clone(),
            Variable::Parameter(_) => None,
        }
    }

    /// A value under a scale of its own.
    pub(super) fn value(&mut self, expr: &'a Expr) -> Fixed {
        let alone = self.linear(expr).alone();
        if let Some(Expr::Variable(variable)) = alone
            && let Some(found) = self.variable(*variable)
        {
            return found;
        }
        if let Quantum::Of(step) = self.quantum(expr) {
            return self.at(expr, &Column::uniform(1.0 / step));
        }
        let working = self.working.clone();
        self.at(expr, &working)
    }

    /// A value under a scale.
    pub(super) fn at(&mut self, expr: &'a Expr, scale: &Column) -> Fixed {
        let linear = self.linear(expr);
        let mut sum: Option<Fixed> = None;
        for (term, coefficient) in &linear.terms {
            let term = self.term(term, coefficient, scale);
            sum = Some(match sum {
                None => term,
                Some(Fixed { expr, most, .. }) => {
                    let most = most + term.most;
                    Fixed { expr: expr + term.expr, scale: scale.clone(), most }
                }
            });
        }
        let constant = (&linear.constant * scale).map(f64::round);
        match sum {
            Some(sum) if constant.is(0.0) => sum,
            Some(Fixed { expr, most, .. }) => {
                let added = self.numbers("offset", &constant);
                let most = most + constant.most();
                Fixed { expr: expr + added, scale: scale.clone(), most }
            }
            None => {
                let most = constant.most().min(FAR);
                let expr = self.numbers("value", &constant);
                Fixed { expr, scale: scale.clone(), most }
            }
        }
    }

    /// A term under a scale.
    fn term(&mut self, term: &'a Expr, coefficient: &Column, scale: &Column) -> Fixed {
        match term {
            Expr::Variable(variable) => {
                let found = self.variable(*variable).unwrap_or_else(zero);
                self.times(found, coefficient, scale)
            }
            Expr::Select { comparison, held, then } if coefficient.all(|x| x > 0.0) => {
                let within = coefficient * scale;
                let [yes, no] = then.each_ref().map(|part| self.at(part, &within));
                let most = yes.most.max(no.most);
                let expr = self.select(*comparison, held, [yes.expr, no.expr]);
                Fixed { expr, scale: scale.clone(), most }
            }
            Expr::Binary(operator @ (Operator::Min | Operator::Max), a, b)
                if coefficient.all(|x| x > 0.0) =>
            {
                self.limited(*operator, [a, b], &(coefficient * scale), scale)
            }
            _ => {
                let found = self.nonlinear(term);
                self.times(found, coefficient, scale)
            }
        }
    }

    /// A value that is no sum, under a scale of its own.
    fn nonlinear(&mut self, term: &'a Expr) -> Fixed {
        match term {
            Expr::Binary(Operator::Multiply, a, b) => {
                let [a, b] = [a, b].map(|x| self.value(x));
                let room = MOST_OF_TERM.sqrt();
                let (a, b) = if a.most * b.most > MOST_OF_TERM {
                    (hold(a, room), hold(b, room))
                } else {
                    (a, b)
                };
                Fixed { expr: a.expr * b.expr, scale: &a.scale * &b.scale, most: a.most * b.most }
            }
            Expr::Floor(x) => self.whole(x, true),
            Expr::Truncate(x) => self.whole(x, false),
            Expr::Select { comparison, held, then } => {
                let scale = match self.quantum(term) {
                    Quantum::Of(step) => Column::uniform(1.0 / step),
                    _ => self.working.clone(),
                };
                let [yes, no] = then.each_ref().map(|part| self.at(part, &scale));
                let most = yes.most.max(no.most);
                let expr = self.select(*comparison, held, [yes.expr, no.expr]);
                Fixed { expr, scale, most }
            }
            Expr::Binary(operator @ (Operator::Min | Operator::Max), a, b) => {
                let scale = match self.quantum(term) {
                    Quantum::Of(step) => Column::uniform(1.0 / step),
                    _ => self.working.clone(),
                };
                self.limited(*operator, [a, b], &scale, &scale)
            }
            // Others are refused before.
            _ => zero(),
        }
    }

    /// The smaller or the larger of two values under a scale.
    fn limited(
        &mut self,
        operator: Operator,
        [a, b]: [&'a Expr; 2],
        within: &Column,
        scale: &Column,
    ) -> Fixed {
        let end = if operator == Operator::Min { f64::INFINITY } else { f64::NEG_INFINITY };
        let constants = self.constants();
        let is_end = |x: &Expr| constant(self.cell, &constants, x).is_some_and(|x| x.is(end));
        // The end of the numbers limits nothing.
        let only = if is_end(a) { Some(b) } else { is_end(b).then_some(a) };
        if let Some(only) = only {
            return Fixed { scale: scale.clone(), ..self.at(only, within) };
        }
        let [a, b] = [a, b].map(|x| self.at(x, within));
        let most = a.most.max(b.most);
        Fixed { expr: Expr::binary(operator, a.expr, b.expr), scale: scale.clone(), most }
    }

    /// The whole number of a value, downwards or towards zero, as a count.
    fn whole(&mut self, x: &'a Expr, downwards: bool) -> Fixed {
        let linear = self.linear(x);
        let (value, unit) = match &linear.terms[..] {
            [(term, coefficient)]
                if linear.constant.is(0.0)
                    && coefficient.all(|x| x > 0.0)
                    && matches!(term, Expr::Variable(_)) =>
            {
                let value = self.value(term);
                let unit = &value.scale / coefficient;
                (value, unit)
            }
            _ => {
                let value = self.value(x);
                let unit = value.scale.clone();
                (value, unit)
            }
        };
        let unit = unit.map(|x| x.round().max(1.0));
        let most = value.most / unit.iter().fold(f64::INFINITY, f64::min) + 1.0;
        let unit = self.numbers("unit", &unit);
        let value = Expr::of(self.builder.keep("measured", value.expr));
        let dividend = if downwards {
            value.clone() - Expr::binary(Operator::Modulo, value, unit.clone())
        } else {
            value
        };
        Fixed { expr: dividend / unit, scale: Column::uniform(1.0), most }
    }

    /// A value times a coefficient, under a scale.
    fn times(&mut self, value: Fixed, coefficient: &Column, scale: &Column) -> Fixed {
        let ratio = &(coefficient * scale) / &value.scale;
        let most_ratio = ratio.most();
        if most_ratio == 0.0 || !most_ratio.is_finite() {
            return Fixed { scale: scale.clone(), ..zero() };
        }
        let value = if value.most * most_ratio > MOST_OF_TERM {
            hold(value, (MOST_OF_TERM / most_ratio).max(1.0).floor())
        } else {
            value
        };
        let most = (value.most * most_ratio).ceil() + 1.0;
        if ratio.is(1.0) {
            return Fixed { expr: value.expr, scale: scale.clone(), most: value.most };
        }
        let room = 62 - value.most.max(1.0).log2().ceil() as i32;
        let of_ratio = most_ratio.log2().floor() as i32 + 1;
        let finest = (MULTIPLIER_BITS.min(room) - of_ratio).clamp(0, 60);
        let is_exact = |bits: i32| ratio.all(|x| (x * 2_f64.powi(bits)).fract() == 0.0);
        let bits = (0..finest).find(|&bits| is_exact(bits)).unwrap_or(finest);
        let power = 2_f64.powi(bits);
        let factors = ratio.map(|x| (x * power).round());
        let error =
            ratio.with(
                &factors,
                |x, factor| {
                    if x == 0.0 { 0.0 } else { (factor / power / x - 1.0).abs() }
                },
            );
        *self.known.error = self.known.error.max(error.most());
        let product = match factors.single() {
            Some(factor) if factor - 1.0 == 0.0 => value.expr,
            _ => value.expr * self.numbers("factor", &factors),
        };
        let whole = |x: i64| Expr::Constant(Number::I64(x));
        let expr = if bits > 0 {
            let half = whole(1 << (bits - 1));
            Expr::binary(Operator::ShiftRight, product + half, whole(i64::from(bits)))
        } else {
            product
        };
        Fixed { expr, scale: scale.clone(), most }
    }
}

/// 0.
fn zero() -> Fixed {
    let expr = Expr::Constant(Number::I64(0));
    Fixed { expr, scale: Column::uniform(1.0), most: 0.0 }
}

/// A value that stays at an end beyond which it would go.
fn hold(value: Fixed, limit: f64) -> Fixed {
    if value.most <= limit {
        return value;
    }
    let [low, high] = [-limit, limit].map(|x| Expr::Constant(Number::I64(x as i64)));
    let raised = Expr::binary(Operator::Max, value.expr, low);
    let expr = Expr::binary(Operator::Min, raised, high);
    Fixed { expr, scale: value.scale, most: limit }
}
