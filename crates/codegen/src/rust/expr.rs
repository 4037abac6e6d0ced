//! Expressions of cells.

use nirkit_step::{Cell, Comparison, Expr, Format, Number, Operator, Variable};

use super::{Printer, type_of};

/// How tightly the parts of an expression hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    /// A choice or a cast.
    Loose,
    Sum,
    Product,
    /// With a sign or a star before it.
    Prefixed,
    Atom,
}

/// An expression of Rust.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) text: String,
    tightness: Tightness,
    pub(super) format: Format,
}

impl Value {
    /// An expression that holds together whatever stands beside it.
    pub(super) fn atom(text: impl Into<String>, format: Format) -> Self {
        Self::new(text.into(), Tightness::Atom, format)
    }

    /// An expression that begins with a sign or a star.
    pub(super) fn prefixed(text: impl Into<String>, format: Format) -> Self {
        Self::new(text.into(), Tightness::Prefixed, format)
    }

    fn new(text: String, tightness: Tightness, format: Format) -> Self {
        Self { text, tightness, format }
    }

    /// The expression, in parentheses unless it holds together so tightly.
    fn at_least(&self, tightness: Tightness) -> String {
        if self.tightness >= tightness { self.text.clone() } else { format!("({})", self.text) }
    }

    /// The expression before a method.
    pub(super) fn receiver(&self) -> String {
        self.at_least(Tightness::Atom)
    }

    fn is_select(&self) -> bool {
        self.text.starts_with("if ")
    }
}

/// A number, as Rust reads it back.
pub(super) fn literal(number: Number) -> Value {
    let format = number.format();
    let name = type_of(format);
    let float = |x: f64, digits: String| match x {
        x if x.is_nan() => Value::atom(format!("{name}::NAN"), format),
        f64::INFINITY => Value::atom(format!("{name}::INFINITY"), format),
        f64::NEG_INFINITY => Value::atom(format!("{name}::NEG_INFINITY"), format),
        x if x.is_sign_negative() => Value::prefixed(format!("{digits}_{name}"), format),
        _ => Value::atom(format!("{digits}_{name}"), format),
    };
    match number {
        Number::F32(x) => float(f64::from(x), format!("{x:?}")),
        Number::F64(x) => float(x, format!("{x:?}")),
        Number::I64(i64::MIN) => Value::atom("i64::MIN", format),
        Number::I64(x) if x < 0 => Value::prefixed(format!("{x}_i64"), format),
        Number::I64(x) => Value::atom(format!("{x}_i64"), format),
    }
}

/// A number in an array, whose type says the format.
pub(super) fn element(number: Number) -> String {
    match number {
        Number::I64(i64::MIN) => "i64::MIN".to_owned(),
        Number::I64(x) => x.to_string(),
        Number::F32(x) if x.is_finite() => format!("{x:?}"),
        Number::F64(x) if x.is_finite() => format!("{x:?}"),
        number => literal(number).text,
    }
}

/// A number in another format.
pub(super) fn convert(x: Value, to: Format) -> Value {
    match (x.format, to) {
        (from, to) if from == to => x,
        (Format::F32, Format::F64) => Value::atom(format!("f64::from({})", x.text), to),
        (Format::F64, Format::I64) => Value::atom(format!("arithmetic::to_i64({})", x.text), to),
        (Format::F32, Format::I64) => convert(convert(x, Format::F64), to),
        (_, to) => {
            let text = format!("{} as {}", x.at_least(Tightness::Prefixed), type_of(to));
            Value::new(text, Tightness::Loose, to)
        }
    }
}

/// An operator applied to two numbers of one format.
pub(super) fn binary(operator: Operator, a: &Value, b: &Value) -> Value {
    let format = a.format;
    let infix = |sign: &str, own: Tightness, right: Tightness| {
        Value::new(format!("{} {sign} {}", a.at_least(own), b.at_least(right)), own, format)
    };
    let sum = |sign: &str| infix(sign, Tightness::Sum, Tightness::Product);
    let product = |sign: &str| infix(sign, Tightness::Product, Tightness::Prefixed);
    // Sums and products of integers wrap around.
    let method =
        |name: &str| Value::atom(format!("{}.wrapping_{name}({})", a.receiver(), b.text), format);
    let function = |name: &str| {
        let name = format!("arithmetic::{name}_{}", format.name());
        Value::atom(format!("{name}({}, {})", a.text, b.text), format)
    };
    let is_integer = format.is_integer();
    match operator {
        Operator::Add if is_integer => method("add"),
        Operator::Subtract if is_integer => method("sub"),
        Operator::Multiply if is_integer => method("mul"),
        Operator::Divide if is_integer => function("divide"),
        Operator::Modulo if is_integer => function("modulo"),
        Operator::ShiftRight if is_integer => function("shift_right"),
        Operator::Add => sum("+"),
        Operator::Subtract => sum("-"),
        Operator::Multiply => product("*"),
        Operator::Divide => product("/"),
        Operator::Min => function("min"),
        Operator::Max => function("max"),
        // A remainder of floating-point numbers is refused, a shift of them is 0.
        Operator::Modulo | Operator::ShiftRight => literal(Number::zero(format)),
    }
}

/// What is known of a cell while it is printed.
pub(super) struct Seen<'a> {
    /// Place of the operation.
    pub(super) at: usize,
    pub(super) cell: &'a Cell,
    /// Names and formats of the locals that are written already.
    pub(super) locals: Vec<Option<Value>>,
}

impl Printer<'_> {
    /// Prints an expression of a cell.
    pub(super) fn expr(&self, seen: &Seen<'_>, expr: &Expr) -> Value {
        let of = |expr: &Expr| self.expr(seen, expr);
        match expr {
            Expr::Constant(number) => literal(*number),
            Expr::Variable(variable) => self.variable(seen, *variable),
            Expr::Floor(x) => whole("floor", of(x)),
            Expr::Truncate(x) => whole("truncate", of(x)),
            Expr::Convert(format, x) => convert(of(x), *format),
            Expr::Binary(operator, a, b) => binary(*operator, &of(a), &of(b)),
            Expr::Select { comparison, held: [a, b], then: [yes, no] } => {
                let sign = match comparison {
                    Comparison::Above => ">",
                    Comparison::AtLeast => ">=",
                    Comparison::Equal => "==",
                };
                let (a, b, yes, no) = (of(a), of(b), of(yes), of(no));
                let [a, b] = [a, b].map(|x| x.at_least(Tightness::Sum));
                let head = format!("if {a} {sign} {b} {{ {} }}", yes.text);
                let text = if no.is_select() {
                    format!("{head} else {}", no.text)
                } else {
                    format!("{head} else {{ {} }}", no.text)
                };
                Value::new(text, Tightness::Loose, yes.format)
            }
        }
    }

    fn variable(&self, seen: &Seen<'_>, variable: Variable) -> Value {
        match variable {
            Variable::Buffer(buffer) => self.element(buffer),
            Variable::Parameter(number) => {
                let numbers = &seen.cell.parameters[number].numbers;
                let text = format!("constants::PARAMETER_{}_{number}[i]", seen.at);
                super::constants::read(&text, numbers)
            }
            Variable::Local(number) => {
                let found = seen.locals.get(number).cloned().flatten();
                found.unwrap_or_else(|| literal(Number::F64(0.0)))
            }
        }
    }
}

/// A function of doubles applied to a number.
fn whole(function: &str, x: Value) -> Value {
    let format = x.format;
    if format.is_integer() {
        return x;
    }
    let x = convert(x, Format::F64);
    let whole = Value::atom(format!("arithmetic::{function}({})", x.text), Format::F64);
    convert(whole, format)
}
