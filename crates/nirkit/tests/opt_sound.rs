//! `opt` ends in no error where `check` has none, with parameters of any shape that stands for all neurons.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use nirkit::ir::field::Axes;
use nirkit::ir::{Fields, Graph, Primitive, Value, validate};
use nirkit::numerics::Tensor;
use nirkit::passes::optimise::{PASSES, Pass, optimise};
use nirkit_testing::{Bytes, Case, Numbers};

/// A parameter with some of its axes given up for one number: all, the leading ones, or one in the middle.
fn shorter(tensor: &Tensor, draw: &mut Numbers) -> Option<Tensor> {
    let number = tensor.get_f64(0)?;
    let shape = match draw.below(4) {
        0 => return None,
        1 => Vec::new(),
        2 => {
            tensor.shape()[draw.below(tensor.rank()).min(tensor.rank().checked_sub(1)?)..].to_vec()
        }
        _ => {
            let one = draw.below(tensor.rank());
            let axes = tensor.shape().iter().enumerate();
            axes.map(|(axis, &length)| if axis == one { 1 } else { length }).collect()
        }
    };
    let count: usize = shape.iter().product();
    let values = (0..count).map(|at| number * (1.0 + 0.1 * at as f64)).collect();
    Tensor::new(&shape, values).ok()
}

fn shorten(graph: &mut Graph, draw: &mut Numbers) {
    for (_, node) in graph.nodes.iter_mut() {
        if let Primitive::Graph(inner) = &mut node.primitive {
            shorten(inner, draw);
            continue;
        }
        let mut fields = Fields::default();
        for (field, value) in node.primitive.values() {
            let short = match &value {
                Value::Tensor(tensor) if field.axes == Axes::Neuron => shorter(tensor, draw),
                _ => None,
            };
            fields.insert(field.name.to_owned(), short.map_or(value, Value::Tensor));
        }
        node.primitive = Primitive::from_fields(node.primitive.kind(), fields).0;
    }
}

#[test]
fn no_pass_makes_a_sound_network_unsound_whatever_the_shapes_of_its_parameters() {
    let usual: Vec<&Pass> = PASSES.iter().filter(|pass| pass.is_usual).collect();
    let mut sets: Vec<Vec<&Pass>> = PASSES.iter().map(|pass| vec![pass]).collect();
    sets.extend(PASSES.iter().map(|pass| vec![&PASSES[0], pass]));
    sets.extend([usual, PASSES.iter().collect()]);
    let mut draw = Numbers(17);
    let (mut networks, mut done) = (0, BTreeSet::new());
    for _ in 0..250 {
        let bytes = draw.bytes(150);
        let Some(case) = Case::read(&mut Bytes(&bytes)) else { continue };
        let mut graph = case.graph;
        shorten(&mut graph, &mut draw);
        if validate(&graph).facts.is_none() {
            continue;
        }
        networks += 1;
        for passes in &sets {
            let mut changed = graph.clone();
            let names: Vec<&str> = passes.iter().map(|pass| pass.name).collect();
            let rewrites = optimise(&mut changed, passes);
            let rewrites =
                rewrites.unwrap_or_else(|found| panic!("{names:?}: {found:?}\n{graph:?}"));
            let validation = validate(&changed);
            assert!(validation.facts.is_some(), "{names:?}: {:?}\n{graph:?}", validation.findings);
            done.extend(rewrites.iter().map(|rewrite| rewrite.pass));
        }
    }
    assert!(networks > 120, "only {networks} networks");
    for pass in ["fold_scale", "fold_gain", "unit_threshold", "average_to_sum", "unnest"] {
        assert!(done.contains(pass), "{pass} found nothing to do: {done:?}");
    }
}
