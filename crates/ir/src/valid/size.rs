//! Stage 5: what the shapes ask for, held against the limits.

use crate::diag::{Code, Diagnostic, Place};
use crate::facts::shape::{Placed, parameter_shape};
use crate::facts::size::{elements, largest, products};
use crate::facts::unfold::Unfolded;
use crate::limits::Limits;
use crate::primitive::Primitive;

/// The parameters of one node broadcast against each other before its shape is known.
pub(super) fn check_broadcast(
    primitive: &Primitive,
    place: &Place,
    limits: &Limits,
) -> Option<Diagnostic> {
    let needed = elements(&parameter_shape(primitive)?);
    (needed > limits.layer_elements).then(|| {
        let needed = counted(needed);
        let message = format!("the parameters stand for {needed} elements together");
        too_large(place, &message, "layer_elements", limits.layer_elements)
    })
}

/// Checks the layers one by one, and their sum.
pub(super) fn check(
    unfolded: &Unfolded<'_>,
    placed: &[Option<Placed>],
    limits: &Limits,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut total = 0_u64;
    let mut within = true;
    for (leaf, placed) in unfolded.leaves.iter().zip(placed) {
        let Some(placed) = placed else { continue };
        if let Some(finding) = check_layer(&leaf.place, placed, limits) {
            findings.push(finding);
            continue;
        }
        total = total.saturating_add(elements(&placed.output));
        if within && total > limits.graph_elements {
            let message = format!("the layers up to this one put out {} elements", counted(total));
            let limit = limits.graph_elements;
            findings.push(too_large(&leaf.place, &message, "graph_elements", limit));
            within = false;
        }
    }
    findings
}

fn check_layer(place: &Place, placed: &Placed, limits: &Limits) -> Option<Diagnostic> {
    let (needed, what) = largest(placed);
    if needed > limits.layer_elements {
        let message = format!("this layer has {} elements that {what}", counted(needed));
        return Some(too_large(place, &message, "layer_elements", limits.layer_elements));
    }
    let needed = products(placed);
    (needed > limits.layer_products).then(|| {
        let message = format!("this layer computes {} products a step", counted(needed));
        too_large(place, &message, "layer_products", limits.layer_products)
    })
}

/// A number, or that it is beyond all counting.
fn counted(number: u64) -> String {
    if number == u64::MAX { format!("at least {number}") } else { number.to_string() }
}

fn too_large(place: &Place, message: &str, limit: &str, allowed: u64) -> Diagnostic {
    let message = format!("{message}, the limit `{limit}` allows {allowed}");
    Diagnostic::new(Code::TooLarge, place.clone(), message)
        .help("correct the shape, the padding or the kernel; or raise the limit if it is meant")
}
