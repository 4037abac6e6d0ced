//! What a stimulus costs on a chip, in tables.

use nirkit::platforms::chip::cost::{self, Cost, Dense, Estimate, Part};
use nirkit::platforms::phrase::range;

use crate::render::activity::{layers, traffic};
use crate::render::table::table;

/// The cost in tables.
pub(super) fn print(cost: &Cost) -> String {
    let Cost { activity, estimate, dense } = cost;
    [layers(activity), traffic(activity, dense.macs_per_operation), estimates(estimate, dense)]
        .into_iter()
        .map(|part| format!("\n{part}"))
        .collect()
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
