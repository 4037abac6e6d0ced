//! What a stimulus costs on a chip, in tables.

use nirkit::platforms::chip::cost::{self, Activity, Cost, Dense, Estimate, Layer, Part, Traffic};
use nirkit::platforms::phrase::{brief, range};

use crate::render::table::table;

/// The cost in tables.
pub(super) fn print(cost: &Cost) -> String {
    let Cost { activity, estimate, dense } = cost;
    [layers(activity), traffic(activity, dense), estimates(estimate, dense)]
        .into_iter()
        .map(|part| format!("\n{part}"))
        .collect()
}

fn layers(activity: &Activity) -> String {
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

fn traffic(activity: &Activity, dense: &Dense) -> String {
    let row = |traffic: &Traffic| {
        vec![
            format!("{} -> {}", traffic.source, traffic.target),
            traffic.spikes.to_string(),
            traffic.synaptic_operations.to_string(),
            traffic.macs.to_string(),
        ]
    };
    let operations = activity.synaptic_operations().to_string();
    let all = vec!["all".to_owned(), String::new(), operations, dense.macs.to_string()];
    let head = ["connection", "spikes that arrive", "synaptic operations", "dense MACs"];
    let rows = activity.traffic.iter().map(row).chain([all]);
    let ratio = dense.macs_per_operation.map_or(String::new(), |ratio| {
        format!("a processor without events computes {} MACs for each of them\n", brief(ratio))
    });
    format!("{}{ratio}", table(&head, rows))
}

fn estimates(estimate: &Estimate, dense: &Dense) -> String {
    let part = |unit: &'static str| {
        move |part: &Part| {
            let Part { what, range, how, source } = part;
            vec![(*what).to_owned(), spread(*range, unit), how.clone(), (*source).to_owned()]
        }
    };
    let sum = |what: &str, parts: &[Part], unit| {
        let total = cost::total(parts).filter(|_| parts.len() > 1)?;
        Some(vec![what.to_owned(), spread(total, unit), "together".to_owned(), String::new()])
    };
    let processor = vec![
        "dense MACs on a processor".to_owned(),
        spread(dense.energy, "J"),
        format!("{} times 4.6 to 84.6 pJ", dense.macs),
        dense.source.to_owned(),
    ];
    let rows = (estimate.energy.iter().map(part("J")))
        .chain(sum("energy", &estimate.energy, "J"))
        .chain(estimate.time.iter().map(part("s")))
        .chain(sum("time", &estimate.time, "s"))
        .chain([processor]);
    let remarks: String = estimate.remarks.iter().map(|remark| format!("{remark}\n")).collect();
    format!("{}{remarks}", table(&["estimate", "from ... to", "how", "figures from"], rows))
}

/// A range in a unit with a prefix.
fn spread([low, high]: [f64; 2], unit: &str) -> String {
    const PREFIXES: [(f64, &str); 5] =
        [(1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p")];
    let fits = |&&(size, _): &&(f64, &str)| high >= size;
    let (size, prefix) = PREFIXES.iter().find(fits).copied().unwrap_or((1e-12, "p"));
    format!("{} {prefix}{unit}", range(&[low / size, high / size]))
}
