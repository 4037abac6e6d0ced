//! A pool was lost on the way: a node declares a part of the height and width that arrive.

use nirkit_numerics::Tensor;

use super::{Mended, errors};
use crate::diag::{Code, Diagnostic, Severity};
use crate::facts::count::counts;
use crate::facts::shape::declared_input;
use crate::graph::{Edge, Graph, Node};
use crate::limits::Limits;
use crate::primitive::{Primitive, SumPool2d};
use crate::valid::survey::{Survey, survey_plain};

/// The graph with a pool before the first node that declares a smaller plane than arrives, if then at least as
/// much fits. There is no repair: what the pool did, the file does not say.
pub(super) fn suppose(graph: &Graph, before: &Survey, limits: &Limits) -> Option<Mended> {
    let (mut pooled, mut lost) = (graph.clone(), Vec::new());
    let mut survey = before.clone();
    let rounds = super::rounds(before);
    // What arrives at a node depends on the pools before it.
    while let Some(next) = shrunk(&pooled, &survey, &lost) {
        if lost.len() == rounds {
            return None;
        }
        insert(&mut pooled, &next);
        lost.push(next);
        survey = survey_plain(&pooled, limits);
    }
    let first = lost.first()?;
    let (with, without) = (errors(&survey), errors(before));
    // What follows was made for what arrives: the declared shape is just wrong.
    if with > without {
        return None;
    }
    let [height, width] = first.window;
    let message = format!(
        "`{}` declares {:?}, {:?} arrives: a pool of {height} x {width} is missing before it",
        first.name, first.declared, first.arrives
    );
    let place = before.leaf(std::slice::from_ref(&first.name))?.place.clone();
    let mut finding = Diagnostic::new(Code::MissingPool, place.field(first.field), message).help(
        "NIR has no MaxPool2d, and exporters leave it out without a word: export the network with SumPool2d or \
         AvgPool2d instead, or put one in if that is what was trained",
    );
    for other in &lost[1..] {
        let place = before.leaf(std::slice::from_ref(&other.name))?.place.field(other.field);
        let [height, width] = other.window;
        finding = finding.label(place, format!("here a pool of {height} x {width}"));
    }
    if with == without {
        finding.severity = Severity::Warning;
    }
    Some(Mended { graph: pooled, finding, done: String::new() })
}

/// A node before which a pool is missing.
struct Lost {
    name: String,
    field: &'static str,
    declared: Vec<usize>,
    arrives: Vec<usize>,
    window: [usize; 2],
}

/// The first node of the root graph that declares a whole part of the plane that arrives.
fn shrunk(graph: &Graph, survey: &Survey, known: &[Lost]) -> Option<Lost> {
    let top = survey.leaves.iter().filter(|leaf| leaf.is_top_level());
    // From the source on: a lost pool changes what arrives at all that follows.
    let mut found: Vec<Lost> = top
        .filter_map(|leaf| {
            let name = leaf.place.nodes.first()?;
            let primitive = &graph.nodes.get(name)?.primitive;
            let declared = counts(declared_input(primitive)?)?;
            let arrives = survey.arriving(leaf)?;
            let (field, declared) = match primitive {
                Primitive::Flatten(_) => ("input_type", declared),
                Primitive::Conv2d(_) => {
                    ("input_shape", [&arrives[..1.min(arrives.len())], &declared].concat())
                }
                _ => return None,
            };
            let window = window(&declared, arrives)?;
            let is_new = known.iter().all(|other| other.name != *name);
            is_new.then(|| Lost {
                name: name.clone(),
                field,
                declared,
                arrives: arrives.clone(),
                window,
            })
        })
        .collect();
    found.sort_by_key(|lost| std::cmp::Reverse(lost.arrives[1] * lost.arrives[2]));
    found.into_iter().next()
}

/// The window of a pool that makes one shape of the other, with as large steps.
fn window(declared: &[usize], arrives: &[usize]) -> Option<[usize; 2]> {
    let (&[channels, height, width], &[same, tall, wide]) = (declared, arrives) else {
        return None;
    };
    let (down, across) = (tall.checked_div(height)?, wide.checked_div(width)?);
    let is_pool = down * across > 1 && tall / down == height && wide / across == width;
    (channels == same && is_pool && down <= LARGEST && across <= LARGEST).then_some([down, across])
}

/// Pools of networks are not larger than this.
const LARGEST: usize = 8;

/// Puts a pool before a node.
fn insert(graph: &mut Graph, lost: &Lost) {
    let pool = graph.free_name(&format!("pool_{}", lost.name));
    let window = Tensor::vector(lost.window.iter().map(|&axis| axis as i64).collect());
    let padding = Tensor::vector(vec![0_i64; 2]);
    let primitive = SumPool2d { kernel_size: window.clone(), stride: window, padding };
    graph.nodes.insert(pool.clone(), Node::new(Primitive::SumPool2d(primitive)));
    for edge in graph.edges.iter_mut().filter(|edge| edge.target == lost.name) {
        edge.target.clone_from(&pool);
    }
    graph.edges.push(Edge::new(pool, lost.name.clone()));
}
