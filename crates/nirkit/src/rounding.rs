//! Spikes that depend on the order in which a package adds.
//!
//! A package leaves the order of the additions in a matrix product to a library, which chooses it by
//! the shape and the processor. Where a sum falls next to a threshold, the last bit decides, and the
//! file does not say which way. This module runs a graph again with other orders and compares.

use nirkit_engine::clocked::semantics::Sums;
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request};
use serde::Serialize;

use crate::error::Error;

/// A node whose spikes depend on the order of additions.
#[derive(Clone, Debug, Serialize)]
pub struct Affected {
    /// The node.
    pub node: String,
    /// Entries of the recording that differ between two orders.
    pub entries: usize,
    /// Entries of the recording in all.
    pub of: usize,
    /// The first step in which one differs.
    pub first_step: usize,
    /// Which entries differ: truth values, in the shape of the recording.
    #[serde(skip)]
    pub mask: Tensor,
}

/// Runs with every other order of additions than that of a recording, and compares the spikes of each node.
///
/// Two of the orders are the ends of what the roundings of one product allow. Behind a second product,
/// or a spike that differs, an entry that is the same in all of them can still differ in a package.
pub(crate) fn affected(
    arrays: &[(Request, Tensor)],
    taken: Sums,
    run: impl Fn(Sums) -> Result<Vec<(Request, Tensor)>, Error>,
) -> Result<Vec<Affected>, Error> {
    let is_spikes = |request: &Request| request.observable == Observable::Spikes;
    let mut masks: Vec<Vec<bool>> = arrays
        .iter()
        .map(|(request, tensor)| vec![false; if is_spikes(request) { tensor.len() } else { 0 }])
        .collect();
    // One recording beside the own one is held at a time.
    for sums in Sums::ALL.into_iter().filter(|&sums| sums != taken) {
        for ((mask, (_, own)), (_, other)) in masks.iter_mut().zip(arrays).zip(&run(sums)?) {
            for (at, differs) in mask.iter_mut().enumerate() {
                let [own, other] = [own, other].map(|tensor| tensor.get_f64(at).map(f64::to_bits));
                *differs |= own != other;
            }
        }
    }
    let mut affected = Vec::new();
    for ((request, tensor), mask) in arrays.iter().zip(masks) {
        let Some(first) = mask.iter().position(|&differs| differs) else { continue };
        let steps = tensor.shape().first().copied().unwrap_or(1);
        affected.push(Affected {
            node: request.node.clone(),
            entries: mask.iter().filter(|&&differs| differs).count(),
            of: mask.len(),
            first_step: first / (mask.len() / steps.max(1)).max(1),
            mask: Tensor::new(tensor.shape(), mask).map_err(|e| Error::new(e.to_string()))?,
        });
    }
    Ok(affected)
}

/// Spikes of one neuron in one step from which on a recording is doubted.
const MANY: f64 = 100.0;

/// A sentence for each node that puts out so many spikes in a step that the last bit of a sum can
/// decide about one of them.
#[must_use]
pub(crate) fn doubts(arrays: &[(Request, Tensor)]) -> Vec<String> {
    let spikes = arrays.iter().filter(|(request, _)| request.observable == Observable::Spikes);
    let most = spikes.map(|(request, tensor)| {
        let values = (0..tensor.len()).filter_map(|at| tensor.get_f64(at));
        (&request.node, values.filter(|value| value.is_finite()).fold(0.0, f64::max))
    });
    let many = most.filter(|&(_, most)| most >= MANY);
    many.map(|(node, most)| {
        format!(
            "`{node}` puts out up to {most} spikes in a step; the order in which the package adds \
             can decide about one of them"
        )
    })
    .collect()
}
