//! Threshold nodes as neurons that keep nothing: what the equations on a grid make of them.

use nirkit_ir::primitive::{Lif, Threshold};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Tensor;

use super::Change;

/// Replaces each Threshold by a LIF whose time constant is the step of the grid, in place; what was done.
///
/// By forward Euler, `v' = v + dt / tau (x - v)` is then `x`, so that the neuron spikes in each step in which what arrives lies
/// above its threshold, and a reset leaves no trace. On a grid of another step it is another network.
pub fn thresholds_as_neurons(graph: &mut Graph, facts: &Facts, dt: f64) -> Vec<Change> {
    let mut changes = Vec::new();
    replace(graph, facts, dt, "", &mut changes);
    changes
}

fn replace(graph: &mut Graph, facts: &Facts, dt: f64, prefix: &str, changes: &mut Vec<Change>) {
    let names: Vec<String> = graph.nodes.iter().map(|(_, name, _)| name.to_owned()).collect();
    for name in names {
        let full = format!("{prefix}{name}");
        let Some(node) = graph.nodes.get_mut(&name) else { continue };
        match &mut node.primitive {
            Primitive::Graph(inner) => replace(inner, facts, dt, &format!("{full}."), changes),
            Primitive::Threshold(threshold) => {
                let shape = facts.find(&full).map(|id| facts.leaf(id).input.clone());
                let Some(neuron) = shape.and_then(|shape| neuron(threshold, &shape, dt)) else {
                    continue;
                };
                node.primitive = Primitive::Lif(neuron);
                let what = "the Threshold became a LIF that keeps nothing from one step to the next: a spike in each step in \
                            which what arrives lies above it";
                changes.push(Change::new(&full, what));
            }
            _ => {}
        }
    }
}

/// The neuron for a Threshold over this shape.
fn neuron(threshold: &Threshold, shape: &[usize], dt: f64) -> Option<Lif> {
    let count = shape.iter().product();
    let all = |number: f64| Tensor::new(shape, vec![number; count]).ok();
    let v_threshold = match threshold.threshold.to_f64()?.as_ref() {
        [one] => all(*one)?,
        numbers if numbers.len() == count => Tensor::new(shape, numbers.to_vec()).ok()?,
        _ => threshold.threshold.spread(shape)?,
    };
    Some(Lif {
        tau: all(dt)?,
        r: all(1.0)?,
        v_leak: all(0.0)?,
        v_threshold,
        v_reset: Some(all(0.0)?),
    })
}
