//! How Rust writes integers of the width that their bounds ask for.

use nirkit_step::{Format, Operator};

use super::expr::{Value, binary};
use crate::whole::Syntax;

/// How Rust writes integers.
pub(super) struct Rust;

impl Syntax for Rust {
    fn kind(&self, bits: u32) -> String {
        format!("i{bits}")
    }

    fn constant(&self, number: i64, bits: u32) -> String {
        format!("{number}_i{bits}")
    }

    fn cast(&self, number: &str, from: u32, to: u32) -> String {
        match from.cmp(&to) {
            std::cmp::Ordering::Equal => number.to_owned(),
            std::cmp::Ordering::Less => format!("i{to}::from({number})"),
            std::cmp::Ordering::Greater if is_enclosed(number) => format!("{number} as i{to}"),
            std::cmp::Ordering::Greater => format!("({number}) as i{to}"),
        }
    }

    fn declare(&self, name: &str, bits: u32, number: &str) -> String {
        // The compiler warns of brackets around all of it.
        let number = if is_enclosed(number) { &number[1..number.len() - 1] } else { number };
        format!("let {name}: i{bits} = {number};")
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        format!("(if {condition} {{ {yes} }} else {{ {no} }})")
    }

    fn wrapping(&self, sign: char, a: &str, b: &str) -> String {
        let name = match sign {
            '+' => "add",
            '-' => "sub",
            _ => "mul",
        };
        format!("i64::wrapping_{name}({a}, {b})")
    }

    fn divide(&self, a: &str, b: &str) -> String {
        let [a, b] = [a, b].map(|x| Value::atom(x, Format::I64));
        binary(Operator::Divide, &a, &b).text
    }

    fn modulo(&self, a: &str, b: &str) -> String {
        let [a, b] = [a, b].map(|x| Value::atom(x, Format::I64));
        binary(Operator::Modulo, &a, &b).text
    }

    fn shift(&self, a: &str, by: u32, _: u32) -> String {
        format!("({a} >> {by})")
    }

    fn shift_by(&self, a: &str, by: &str) -> String {
        let [a, b] = [a, by].map(|x| Value::atom(x, Format::I64));
        binary(Operator::ShiftRight, &a, &b).text
    }
}

/// Whether brackets enclose all of an expression.
fn is_enclosed(number: &str) -> bool {
    let within = number.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let mut depth = 0_i32;
    within.is_some_and(|within| {
        within.chars().all(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth >= 0
        })
    })
}
