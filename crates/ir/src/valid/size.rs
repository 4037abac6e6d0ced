//! Stage 5: what the shapes ask for, held against the limits.

use crate::diag::{Code, Diagnostic, Place};
use crate::facts::shape::{Placed, parameter_shape};
use crate::facts::size::{elements, largest, products};
use crate::facts::unfold::Unfolded;
use crate::limits::Limits;
use crate::primitive::Primitive;

/// What the parameters of nodes stand for, counted before the shapes of the nodes are known.
#[derive(Default)]
pub(super) struct Broadcasts {
    /// Elements of the nodes up to here.
    total: u64,
}

impl Broadcasts {
    /// The parameters of one node broadcast against each other, and checking them takes the time and
    /// memory of all that they stand for.
    pub(super) fn check(
        &mut self,
        primitive: &Primitive,
        place: &Place,
        limits: &Limits,
    ) -> Option<Diagnostic> {
        let needed = elements(&parameter_shape(primitive)?);
        if needed > limits.layer_elements {
            let message = format!("the parameters stand for {} elements together", counted(needed));
            return Some(too_large(place, &message, "layer_elements", limits.layer_elements));
        }
        let total = self.total.saturating_add(needed);
        if total > limits.graph_elements {
            let message =
                format!("the parameters up to this node stand for {} elements", counted(total));
            return Some(too_large(place, &message, "graph_elements", limits.graph_elements));
        }
        self.total = total;
        None
    }
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
