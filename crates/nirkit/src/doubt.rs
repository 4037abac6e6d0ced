//! What makes the result of a run doubtful, to be said with it.

use nirkit_engine::clocked::{Integrator, Options};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::{Shortest, Tensor};
use nirkit_run::Request;

/// Time constants that are shorter than a step of Euler's method, one sentence for each field.
#[must_use]
pub(crate) fn short_time_constants(graph: &Graph, facts: &Facts, options: &Options) -> Vec<String> {
    if options.integrator != Integrator::Euler {
        return Vec::new();
    }
    let mut said = Vec::new();
    for (id, leaf) in facts.iter() {
        let Some(primitive) = facts.primitive(graph, id) else { continue };
        for (field, tau) in time_constants(primitive) {
            let least = tau
                .to_f64()
                .map_or(f64::INFINITY, |tau| tau.iter().copied().fold(f64::INFINITY, f64::min));
            if options.dt > least {
                said.push(format!(
                    "the step of {} s is longer than `{field}` of `{}`, {} s: Euler's method \
                     swings there, and diverges beyond twice the time constant",
                    Shortest(options.dt),
                    leaf.name,
                    Shortest(least)
                ));
            }
        }
    }
    said
}

fn time_constants(primitive: &Primitive) -> Vec<(&'static str, &Tensor)> {
    match primitive {
        Primitive::Li(p) => vec![("tau", &p.tau)],
        Primitive::Lif(p) => vec![("tau", &p.tau)],
        Primitive::CubaLi(p) => vec![("tau_mem", &p.tau_mem), ("tau_syn", &p.tau_syn)],
        Primitive::CubaLif(p) => vec![("tau_mem", &p.tau_mem), ("tau_syn", &p.tau_syn)],
        _ => Vec::new(),
    }
}

/// Recordings that hold NaN or infinity, one sentence for each.
#[must_use]
pub(crate) fn not_finite<'a>(
    arrays: impl IntoIterator<Item = &'a (Request, Tensor)>,
) -> Vec<String> {
    let arrays = arrays.into_iter().filter(|(_, tensor)| !tensor.is_finite());
    let said = arrays.map(|(request, tensor)| {
        let rows = tensor.shape().first().copied().unwrap_or(1).max(1);
        let row = (tensor.len() / rows).max(1);
        let first = tensor.to_f64().and_then(|values| values.iter().position(|v| !v.is_finite()));
        format!(
            "`{}:{}` holds NaN or infinity from row {} of {rows} on",
            request.node,
            request.observable,
            first.unwrap_or(0) / row
        )
    });
    said.collect()
}
