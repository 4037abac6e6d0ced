//! Counts voltages in thresholds.

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::Tensor;

use super::numbers::{all_are, like, spread};
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "unit_threshold",
    about: "counts voltages in thresholds, so that every `v_threshold` is 1, for platforms with one threshold a layer",
    condition: "",
    needs_reset: None,
    is_usual: false,
    folds: true,
    round,
};

/// The fields of a spiking neuron that are in volts or multiply into them.
struct Levels<'a> {
    r: &'a mut Tensor,
    v_leak: Option<&'a mut Tensor>,
    v_threshold: &'a mut Tensor,
    v_reset: Option<&'a mut Tensor>,
}

fn levels(primitive: &mut Primitive) -> Option<Levels<'_>> {
    Some(match primitive {
        Primitive::If(p) => Levels {
            r: &mut p.r,
            v_leak: None,
            v_threshold: &mut p.v_threshold,
            v_reset: p.v_reset.as_mut(),
        },
        Primitive::Lif(p) => Levels {
            r: &mut p.r,
            v_leak: Some(&mut p.v_leak),
            v_threshold: &mut p.v_threshold,
            v_reset: p.v_reset.as_mut(),
        },
        Primitive::CubaLif(p) => Levels {
            r: &mut p.r,
            v_leak: Some(&mut p.v_leak),
            v_threshold: &mut p.v_threshold,
            v_reset: p.v_reset.as_mut(),
        },
        _ => return None,
    })
}

fn round(graph: &mut Graph, facts: &Facts) -> Vec<Done> {
    let is_wanted = |primitive: &Primitive| {
        let threshold = match primitive {
            Primitive::If(p) => &p.v_threshold,
            Primitive::Lif(p) => &p.v_threshold,
            Primitive::CubaLif(p) => &p.v_threshold,
            _ => return false,
        };
        let is_positive = |values: &[f64]| values.iter().all(|&value| value > 0.0);
        !all_are(threshold, 1.0) && threshold.to_f64().is_some_and(|values| is_positive(&values))
    };
    let neurons = flat::nodes(graph, is_wanted).into_iter();
    neurons.filter_map(|name| count_in_thresholds(graph, facts, name)).collect()
}

fn count_in_thresholds(graph: &mut Graph, facts: &Facts, name: String) -> Option<Done> {
    let shape = facts.leaf(facts.find(&name)?).input.clone();
    let levels = levels(&mut graph.nodes.get_mut(&name)?.primitive)?;
    let unit = spread(levels.v_threshold, &shape)?;
    let in_units = |tensor: &Tensor| {
        let values = spread(tensor, &shape)?;
        like(tensor, &shape, values.iter().zip(&unit).map(|(value, unit)| value / unit).collect())
    };
    let changed = [Some(levels.r), levels.v_leak, levels.v_reset];
    let mut counted = Vec::new();
    for tensor in changed.into_iter().flatten() {
        counted.push((in_units(tensor)?, tensor));
    }
    *levels.v_threshold = levels.v_threshold.filled(1.0)?;
    for (values, tensor) in counted {
        *tensor = values;
    }
    Some(Done::new(name, "voltages are counted in thresholds"))
}
