//! The one shape that dynapcnn takes: a chain of convolution, neurons and pool, again and again.

use nirkit_ir::facts::{LeafId, Window};
use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Place, facts::Leaf};
use nirkit_run::Reset;

use super::super::Job;
use super::super::diagnostics::Diagnostics;
use crate::check::Verdict;
use crate::phrase::{brief, range};

/// A graph as a chain.
pub(super) struct Chain {
    pub(super) input: LeafId,
    /// Channels, height and width of the input.
    pub(super) shape: [usize; 3],
    /// The pool before the first layer.
    pub(super) pool: Pool,
    pub(super) links: Vec<Link>,
}

/// Weights, neurons and the pool behind them.
pub(super) struct Link {
    pub(super) weights: LeafId,
    pub(super) neurons: LeafId,
    /// Channels, height and width that the weights see.
    pub(super) sees: [usize; 3],
    pub(super) pool: Pool,
}

/// Pools in a row, as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pool {
    pub(super) kernel: [usize; 2],
    /// By what the weights that follow are divided: the area of the pools that take a mean.
    pub(super) area: usize,
}

const NO_POOL: Pool = Pool { kernel: [1, 1], area: 1 };

/// Says everything that dynapcnn refuses or loses; the chain if there is one.
pub(super) fn check(job: &Job<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Chain> {
    check_kinds(job, diagnostics);
    for (id, _) in job.facts.iter() {
        check_node(job, id, diagnostics);
    }
    let (input, shape) = check_input(job, diagnostics)?;
    let order = walk(job, input, diagnostics)?;
    let mut chain = Chain { input, shape, pool: NO_POOL, links: Vec::new() };
    let (mut weights, mut sees) = (None, shape);
    for leaf in order {
        let place = job.place(leaf);
        match job.primitive(leaf)? {
            Primitive::SumPool2d(_) | Primitive::AvgPool2d(_) if weights.is_none() => {
                let pool = chain.links.last_mut().map_or(&mut chain.pool, |link| &mut link.pool);
                add_pool(job, leaf, pool, diagnostics);
                sees = three(&job.leaf(leaf).output, sees);
            }
            Primitive::Conv2d(_) | Primitive::Affine(_) | Primitive::Linear(_)
                if weights.is_none() =>
            {
                weights = Some(leaf);
            }
            Primitive::If(_) if weights.is_some() => {
                let Some(of) = weights.take() else { continue };
                chain.links.push(Link { weights: of, neurons: leaf, sees, pool: NO_POOL });
                sees = three(&job.leaf(leaf).output, sees);
            }
            Primitive::Flatten(_) | Primitive::Output(_) => {}
            primitive => {
                let says = format!(
                    "TypeError: {} cannot stand here; a layer is a convolution (or Affine), IF, \
                     then pools",
                    primitive.kind()
                );
                let is_matrix = matches!(primitive, Primitive::Affine(_) | Primitive::Linear(_));
                let help = if is_matrix && weights.is_some() {
                    "`nir opt IN OUT --pass fold_linear` makes one matrix of two in a row"
                } else {
                    "bring the nodes into this order"
                };
                diagnostics.refuse(place, &says, help);
            }
        }
    }
    if let Some(leaf) = weights {
        diagnostics.refuse(
            job.place(leaf),
            "MissingLayer: no IF stands behind these weights",
            "add an IF",
        );
    }
    if chain.links.last().is_some_and(|link| link.pool != NO_POOL) {
        let says = "a pool behind the last neurons is not read out";
        diagnostics.refuse(Place::root(), says, "leave the last pool out");
    }
    if chain.links.is_empty() {
        diagnostics.refuse(
            Place::root(),
            "there are no neurons",
            "Speck runs convolutions with IF neurons",
        );
    }
    (!diagnostics.has_refused()).then_some(chain)
}

/// Nodes of kinds that the chip does not have.
fn check_kinds(job: &Job<'_>, diagnostics: &mut Diagnostics<'_>) {
    for (id, _) in job.facts.iter().filter(|(_, leaf)| !leaf.is_top_level()) {
        let says = "the NIR import returns nothing for NIRGraph";
        let help = "`nir opt IN OUT --pass unnest` replaces it by what is in it";
        diagnostics.refuse(job.place(id), says, help);
    }
    for (id, primitive, says) in job.foreign().filter(|&(id, ..)| job.leaf(id).is_top_level()) {
        let help = match primitive {
            Primitive::Lif(_) | Primitive::CubaLif(_) => {
                "Speck's neurons have no leak; train with IF neurons"
            }
            Primitive::Scale(_) => {
                "`nir opt IN OUT --pass fold_scale` multiplies it into the weights beside it"
            }
            _ => "Speck has convolutions, sum pools and IF neurons",
        };
        diagnostics.refuse(job.place(id), &says, help);
    }
}

/// The one Input, which is a picture.
fn check_input(job: &Job<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<(LeafId, [usize; 3])> {
    let inputs: Vec<LeafId> = job.facts.inputs(job.graph).collect();
    let [input] = inputs.as_slice() else {
        let says = format!("the graph has {} Inputs, Speck has one", inputs.len());
        diagnostics.refuse(Place::root(), &says, "join the Inputs to one");
        return None;
    };
    let shape = &job.leaf(*input).output;
    let Ok(axes) = <[usize; 3]>::try_from(shape.as_slice()) else {
        let says = format!(
            "InputConfigurationError: input_shape expected to have length 3 or None but \
             input_shape={shape:?} given"
        );
        let help = "give the Input the axes channels, height and width, and a Flatten behind it";
        diagnostics.refuse(job.place(*input), &says, help);
        return None;
    };
    Some((*input, axes))
}

/// The nodes behind the Input, one behind the other.
fn walk(job: &Job<'_>, input: LeafId, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<LeafId>> {
    let mut order = Vec::new();
    let mut at = input;
    while let [next] = job.leaf(at).targets.as_slice() {
        if job.leaf(*next).sources.len() != 1 || order.contains(next) {
            break;
        }
        order.push(*next);
        at = *next;
    }
    let is_whole = order.len() + 1 == job.facts.leaves().len()
        && matches!(job.primitive(at), Some(Primitive::Output(_)));
    if !is_whole {
        let says = format!(
            "`{}` has {} targets and {} sources; layers stand in one chain without branches and \
             cycles",
            job.leaf(at).name,
            job.leaf(at).targets.len(),
            job.leaf(at).sources.len(),
        );
        let help = "Speck has no recurrence; choose another chip, or unroll the graph";
        diagnostics.refuse(job.place(at), &says, help);
        return None;
    }
    Some(order)
}

/// Adds a pool to those that stand before it.
fn add_pool(job: &Job<'_>, leaf: LeafId, pool: &mut Pool, diagnostics: &mut Diagnostics<'_>) {
    let Some(window) = &job.leaf(leaf).window else { return };
    let place = job.place(leaf);
    let Window { kernel, stride, before, after, .. } = window;
    if before != &[0, 0] || after != &[0, 0] {
        let says = "ValueError: Padding is not supported for the pooling layers";
        diagnostics.refuse(place.field("padding"), says, "pad the convolution instead");
    }
    if kernel != stride {
        let says = format!(
            "ValueError: Stride length {stride:?} should be the same as pooling kernel size {kernel:?}"
        );
        diagnostics.refuse(place.field("stride"), &says, "stride the convolution instead");
    }
    for (all, kernel) in pool.kernel.iter_mut().zip(kernel) {
        *all *= kernel;
    }
    if matches!(job.primitive(leaf), Some(Primitive::AvgPool2d(_))) {
        pool.area *= kernel.iter().product::<usize>();
    }
}

/// Parameters that are read otherwise than the graph says.
fn check_node(job: &Job<'_>, id: LeafId, diagnostics: &mut Diagnostics<'_>) {
    let (place, leaf) = (job.place(id), job.leaf(id));
    match job.primitive(id) {
        Some(primitive @ (Primitive::AvgPool2d(_) | Primitive::Linear(_))) => {
            let message = "is built from this node here; sinabs' NIR import leaves it out";
            let help = if let Primitive::Linear(_) = primitive {
                "`nir opt IN OUT --pass add_bias` makes an Affine of it"
            } else {
                "`nir opt IN OUT --pass average_to_sum --pass fold_scale` makes a SumPool2d of it, \
                 with smaller weights behind it"
            };
            diagnostics.lose(Verdict::Reinterpreted, place, message, help);
        }
        Some(Primitive::If(_)) => check_neurons(job, id, leaf, &place, diagnostics),
        _ => {}
    }
}

fn check_neurons(
    job: &Job<'_>,
    id: LeafId,
    leaf: &Leaf,
    place: &Place,
    diagnostics: &mut Diagnostics<'_>,
) {
    let numbers = |field| job.numbers(id, field, leaf.outputs()).unwrap_or_default();
    let (threshold, r, v_reset) = (numbers("v_threshold"), numbers("r"), numbers("v_reset"));
    if let Some(&first) = threshold.first()
        && threshold.iter().any(|&other| other != first)
    {
        let message = format!(
            "takes the first neuron's v_threshold = {} for all, which have {}",
            brief(first),
            range(&threshold)
        );
        let help = "`nir opt IN OUT --pass unit_threshold --pass fold_gain` moves them into the weights \
             before the neurons";
        diagnostics.lose(Verdict::Ignored, place.field("v_threshold"), &message, help);
    }
    if threshold.first().is_some_and(|&first| first <= 0.0) {
        let says = "a threshold must be above 0";
        diagnostics.refuse(
            place.field("v_threshold"),
            says,
            "give the neurons a threshold above 0",
        );
    }
    if r.iter().any(|&r| r != 1.0) {
        let message = format!("ignores r = {}", range(&r));
        let help =
            "`nir opt IN OUT --pass fold_gain` multiplies it into the weights before the neurons";
        diagnostics.lose(Verdict::Ignored, place.field("r"), &message, help);
    }
    if v_reset.iter().any(|&v_reset| v_reset != 0.0) {
        let message = format!("ignores v_reset = {}: it subtracts the threshold", range(&v_reset));
        let help = "train with a reset by subtraction";
        diagnostics.lose(Verdict::Ignored, place.field("v_reset"), &message, help);
    }
    if matches!(job.reset, Some(Reset::Zero | Reset::VReset)) {
        diagnostics.reset(place.clone(), "subtracts the threshold, whatever reset is asked for");
    }
}

/// Three axes of a signal; one that was flattened keeps the axes that it had.
fn three(shape: &[usize], before: [usize; 3]) -> [usize; 3] {
    match *shape {
        [channels, height, width] => [channels, height, width],
        [channels] => [channels, 1, 1],
        _ => before,
    }
}
