//! Multiplies two matrices in a row.

use nirkit_ir::primitive::{Affine, Linear, Primitive};
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Tensor;

use super::numbers::{is_held, like};
use super::wires::Wires;
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "fold_linear",
    about: "makes one matrix of two in a row; chips have one layer of weights between two layers of neurons",
    condition: "",
    needs_reset: None,
    is_usual: true,
    folds: true,
    round,
};

fn round(graph: &mut Graph, _: &Facts) -> Vec<Done> {
    let is_matrix =
        |primitive: &Primitive| matches!(primitive, Primitive::Linear(_) | Primitive::Affine(_));
    let maps = flat::nodes(graph, is_matrix);
    let mut wires = Wires::of(graph);
    let fold = |name: &String| fold(graph, &mut wires, name);
    let done = maps.iter().filter_map(fold).collect();
    wires.finish(graph);
    done
}

/// A matrix and its bias.
fn parts(primitive: &Primitive) -> Option<(&Tensor, Option<&Tensor>)> {
    match primitive {
        Primitive::Linear(p) => Some((&p.weight, None)),
        Primitive::Affine(p) => Some((&p.weight, Some(&p.bias))),
        _ => None,
    }
}

fn fold(graph: &mut Graph, wires: &mut Wires, name: &str) -> Option<Done> {
    let behind = wires.lone_target(name)?;
    if wires.arrivals(name) != 1 {
        return None;
    }
    let (first, first_bias) = parts(flat::primitive(graph, name)?)?;
    let (second, second_bias) = parts(flat::primitive(graph, &behind)?)?;
    let weight = product(second, first)?;
    let carried = match first_bias {
        Some(bias) => Some(product(second, bias)?),
        None => None,
    };
    let bias = match (carried, second_bias) {
        (Some(carried), Some(bias)) => Some(sum(&carried, bias)?),
        (carried, bias) => carried.or_else(|| bias.cloned()),
    };
    graph.nodes.get_mut(&behind)?.primitive = match bias {
        None => Primitive::Linear(Linear { weight }),
        Some(bias) => Primitive::Affine(Affine { weight, bias }),
    };
    wires.bypass(name);
    Some(Done::new(name, format!("multiplied into `{behind}`")))
}

/// `A B` for a matrix B, `A b` for a vector; the number format of A. `None` where a product is too small or too large for it.
fn product(a: &Tensor, b: &Tensor) -> Option<Tensor> {
    let &[rows, inner] = a.shape() else { return None };
    let (columns, shape) = match *b.shape() {
        [length] if length == inner => (1, vec![rows]),
        [length, columns] if length == inner => (columns, vec![rows, columns]),
        _ => return None,
    };
    let (x, y) = (a.to_f64()?, b.to_f64()?);
    let mut values = vec![0.0; rows * columns];
    let mut are_held = true;
    for row in 0..rows {
        for k in 0..inner {
            let factor = x[row * inner + k];
            for column in 0..columns {
                let (other, sum) = (y[k * columns + column], &mut values[row * columns + column]);
                let term = factor * other;
                are_held &= is_held(term, factor, other);
                *sum += term;
            }
        }
    }
    are_held.then(|| like(a, &shape, values))?
}

/// Two biases added; the second one may be one number for all outputs.
fn sum(a: &Tensor, b: &Tensor) -> Option<Tensor> {
    let b = &b.spread(a.shape())?;
    let (x, y) = (a.to_f64()?, b.to_f64()?);
    like(b, b.shape(), x.iter().zip(y.iter()).map(|(x, y)| x + y).collect())
}
