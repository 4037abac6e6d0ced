//! Expressions of cells.

use nirkit_step::{Cell, Comparison, Expr, Format, Number, Operator, Variable};

use super::{Printer, type_of};

/// A number, as C reads it back.
pub(super) fn literal(number: Number) -> String {
    let ending = |x: f64, text: String, ending: &str, huge: &str| match x {
        x if x.is_nan() => format!("({huge} - {huge})"),
        f64::INFINITY => huge.to_owned(),
        f64::NEG_INFINITY => format!("(-{huge})"),
        x if x.is_sign_negative() => format!("({text}{ending})"),
        _ => format!("{text}{ending}"),
    };
    match number {
        Number::F32(x) => ending(f64::from(x), format!("{x:?}"), "f", "HUGE_VALF"),
        Number::F64(x) => ending(x, format!("{x:?}"), "", "HUGE_VAL"),
        Number::I64(i64::MIN) => "INT64_MIN".to_owned(),
        Number::I64(x) if x < 0 => format!("(INT64_C({x}))"),
        Number::I64(x) => format!("INT64_C({x})"),
    }
}

impl Printer<'_> {
    /// Prints an expression with its format. `locals` are the names and formats of the cell's locals.
    pub(super) fn expr(
        &self,
        at: usize,
        cell: &Cell,
        locals: &[Option<(String, Format)>],
        expr: &Expr,
    ) -> (String, Format) {
        let of = |expr: &Expr| self.expr(at, cell, locals, expr);
        match expr {
            Expr::Constant(number) => (literal(*number), number.format()),
            Expr::Variable(variable) => self.variable(at, cell, locals, *variable),
            Expr::Floor(x) => whole("nir_floor", of(x)),
            Expr::Truncate(x) => whole("nir_trunc", of(x)),
            Expr::Convert(format, x) => {
                let (x, from) = of(x);
                (convert(x, from, *format), *format)
            }
            Expr::Binary(operator, a, b) => {
                let ((a, format), (b, _)) = (of(a), of(b));
                (binary(*operator, &a, &b, format), format)
            }
            Expr::Select { comparison, held: [a, b], then: [yes, no] } => {
                let sign = match comparison {
                    Comparison::Above => ">",
                    Comparison::AtLeast => ">=",
                    Comparison::Equal => "==",
                };
                let ((a, _), (b, _), (yes, format), (no, _)) = (of(a), of(b), of(yes), of(no));
                (format!("(({a} {sign} {b}) ? {yes} : {no})"), format)
            }
        }
    }

    fn variable(
        &self,
        at: usize,
        cell: &Cell,
        locals: &[Option<(String, Format)>],
        variable: Variable,
    ) -> (String, Format) {
        match variable {
            Variable::Buffer(buffer) => {
                (format!("{}[i]", self.member(buffer)), self.format(buffer))
            }
            Variable::Parameter(number) => {
                let format = cell.parameters[number].numbers.format();
                (format!("parameter_{at}_{number}[i]"), format)
            }
            Variable::Local(number) => {
                let found = locals.get(number).cloned().flatten();
                found.unwrap_or_else(|| ("0.0".to_owned(), Format::F64))
            }
        }
    }
}

/// A number in another format.
pub(super) fn convert(x: String, from: Format, to: Format) -> String {
    match (from, to) {
        (from, to) if from == to => x,
        (Format::I64, to) => format!("({})({x})", type_of(to)),
        (_, Format::I64) => format!("nir_to_i64((double)({x}))"),
        (_, to) => format!("({})({x})", type_of(to)),
    }
}

/// A function of doubles applied to a number.
fn whole(function: &str, (x, format): (String, Format)) -> (String, Format) {
    let text = match format {
        Format::I64 => x,
        Format::F64 => format!("{function}({x})"),
        Format::F32 => format!("(float){function}((double){x})"),
    };
    (text, format)
}

pub(super) fn binary(operator: Operator, a: &str, b: &str, format: Format) -> String {
    let kind = format.name();
    // Sums and products of integers wrap around, as those of unsigned numbers do.
    let wrapping = |sign: &str| format!("(int64_t)((uint64_t)({a}) {sign} (uint64_t)({b}))");
    let is_integer = format.is_integer();
    match operator {
        Operator::Add if is_integer => wrapping("+"),
        Operator::Subtract if is_integer => wrapping("-"),
        Operator::Multiply if is_integer => wrapping("*"),
        Operator::Divide if is_integer => format!("nir_div_i64({a}, {b})"),
        Operator::Add => format!("({a} + {b})"),
        Operator::Subtract => format!("({a} - {b})"),
        Operator::Multiply => format!("({a} * {b})"),
        Operator::Divide => format!("({a} / {b})"),
        Operator::Min => format!("nir_min_{kind}({a}, {b})"),
        Operator::Max => format!("nir_max_{kind}({a}, {b})"),
        Operator::Modulo if is_integer => format!("nir_mod_i64({a}, {b})"),
        Operator::ShiftRight if is_integer => format!("nir_shr_i64({a}, {b})"),
        // Nothing is lowered to these.
        Operator::Modulo | Operator::ShiftRight => literal(Number::zero(format)),
    }
}
