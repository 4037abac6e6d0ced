//! Spikes of layers and what they set off, in tables.

use nirkit::platforms::chip::cost::{Activity, Layer, Traffic};
use nirkit::platforms::phrase::brief;

use crate::render::table::table;

/// Spikes of the layers.
pub(crate) fn layers(activity: &Activity) -> String {
    let row = |layer: &Layer| {
        let places = (layer.neurons * activity.steps).max(1) as f64;
        vec![
            layer.name.clone(),
            layer.neurons.to_string(),
            layer.spikes.to_string(),
            brief(layer.spikes as f64 / places),
        ]
    };
    let head = ["layer", "neurons", "spikes", "a neuron and step"];
    format!("{} steps\n{}", activity.steps, table(&head, activity.layers.iter().map(row)))
}

/// What the spikes set off, with the dense multiplications for each synaptic operation if that is known.
pub(crate) fn traffic(activity: &Activity, macs_per_operation: Option<f64>) -> String {
    let row = |traffic: &Traffic| {
        vec![
            format!("{} -> {}", traffic.source, traffic.target),
            traffic.spikes.to_string(),
            traffic.synaptic_operations.to_string(),
            traffic.macs.to_string(),
        ]
    };
    let macs: u64 = activity.traffic.iter().map(|traffic| traffic.macs).sum();
    let operations = activity.synaptic_operations().to_string();
    let all = vec!["all".to_owned(), String::new(), operations, macs.to_string()];
    let head = ["connection", "spikes that arrive", "synaptic operations", "dense MACs"];
    let rows = activity.traffic.iter().map(row).chain([all]);
    let ratio = macs_per_operation.map_or(String::new(), |ratio| {
        format!("a processor without events computes {} MACs for each of them\n", brief(ratio))
    });
    format!("{}{ratio}", table(&head, rows))
}
