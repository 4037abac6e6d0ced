//! Numbers of an engine in the terms of step programs.

use nirkit_step::{CellBuilder, Expr, Format, Number, Numbers};

use super::super::parameter::Columns;
use super::super::real::Real;

/// The format of the numbers of an engine.
pub(in super::super) fn format<T: Real>() -> Format {
    if size_of::<T>() == size_of::<f32>() { Format::F32 } else { Format::F64 }
}

/// A number of an engine.
pub(in super::super) fn number<T: Real>(x: T) -> Number {
    format::<T>().round(x.wide())
}

/// Numbers of an engine.
pub(in super::super) fn numbers<T: Real>(values: &[T]) -> Numbers {
    match format::<T>() {
        Format::F32 => values.iter().map(|x| x.wide() as f32).collect(),
        Format::F64 | Format::I64 => values.iter().map(|x| x.wide()).collect(),
    }
}

pub(in super::super) fn is_one(expr: &Expr) -> bool {
    matches!(expr, Expr::Constant(number) if number.to_f64() == 1.0)
}

/// A product; a factor of 1 changes no bit, and is left out.
pub(in super::super) fn times(a: Expr, b: Expr) -> Expr {
    match (is_one(&a), is_one(&b)) {
        (true, _) => b,
        (_, true) => a,
        _ => a * b,
    }
}

/// Numbers of channels, one each.
pub(in super::super) fn spread<T: Real>(columns: &Columns<T, 1>, channels: usize) -> Numbers {
    match columns {
        Columns::Uniform([value]) => Numbers::filled(number(*value), channels),
        Columns::Each([values]) => numbers(&values[..channels]),
    }
}

/// A coefficient of a cell: a constant where all neurons share it, to the bit.
pub(in super::super) fn column<T: Real, const K: usize>(
    builder: &mut CellBuilder,
    columns: &Columns<T, K>,
    at: usize,
    name: &str,
) -> Expr {
    match columns {
        Columns::Uniform(values) => Expr::Constant(number(values[at])),
        Columns::Each(columns) => {
            let values = numbers(&columns[at][..builder.neurons()]);
            builder.numbers(name, values)
        }
    }
}
