//! Probes of a layer of neurons: a matrix whose rows are a ladder of weights, so that the step in which each neuron spikes
//! tells the voltage.

use nirkit::ir::primitive::Threshold;
use nirkit::ir::{Edge, Graph, Node, Primitive};
use nirkit::numerics::Tensor;
use nirkit_engine::clocked::semantics::{Frames, Slot};

use super::candidate::Candidate;
use super::ladder::ladder;
use super::probe::Probe;
use crate::suite::Draw;
use crate::suite::net::{Cell, affine, all, chain, input, linear, output, tensor};

/// What a number is: drawn, or one that some packages ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// Drawn.
    Free,
    /// 0.
    Zero,
    /// 1.
    One,
    /// The time constant in steps.
    Steps,
    /// The number of steps in a second.
    PerStep,
    /// What `v_reset` is.
    Reset,
}

/// Which parameters a black box takes: some packages refuse all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taste {
    /// Every neuron has its own parameters.
    pub(super) each: bool,
    pub(super) v_leak: Number,
    pub(super) v_reset: Number,
    pub(super) r: Number,
    pub(super) w_in: Number,
    /// Time constants of a few steps and less.
    pub(super) short: bool,
    /// Neurons of the layer.
    pub(super) neurons: usize,
    /// What stands between the stimulus and the neurons.
    pub(super) matrix: Matrix,
}

/// What stands between a stimulus and neurons. Some packages take one of them only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matrix {
    Linear,
    /// An Affine with a bias of 0.
    Affine,
    /// Nothing: the stimulus has a channel for each neuron.
    None,
}

const FREE: Taste = Taste {
    each: true,
    v_leak: Number::Free,
    v_reset: Number::Free,
    r: Number::Free,
    w_in: Number::Free,
    short: true,
    neurons: 24,
    matrix: Matrix::Linear,
};

/// The tastes that are tried, the freest first.
pub(super) fn tastes(slot: Slot) -> Vec<Taste> {
    use Number::{Free, One, PerStep, Reset, Steps, Zero};
    let mut tastes = Vec::new();
    for (v_leak, v_reset) in [(Free, Free), (Zero, Free), (Reset, Free), (Zero, Zero)] {
        let gains = match slot {
            Slot::UnitLif => vec![(One, Free)],
            Slot::If | Slot::RecurrentIf => vec![(Free, Free), (One, Free), (PerStep, Free)],
            Slot::CubaLif | Slot::RecurrentCubaLif => {
                vec![(Free, Free), (Steps, Steps), (Steps, One), (One, One)]
            }
            _ => vec![(Free, Free), (Steps, Free), (One, Free)],
        };
        for (r, w_in) in gains {
            for each in [true, false] {
                tastes.push(Taste { each, v_leak, v_reset, r, w_in, ..FREE });
                tastes.push(Taste { each, v_leak, v_reset, r, w_in, short: false, ..FREE });
            }
        }
    }
    // Some packages look at what stands before or behind a matrix.
    let with = |matrix: Matrix| tastes.iter().map(move |taste| Taste { matrix, ..*taste });
    let others: Vec<Taste> = with(Matrix::Affine).chain(with(Matrix::None)).collect();
    tastes.extend(others);
    if slot == Slot::LoneLif {
        for taste in &mut tastes {
            taste.neurons = 1;
        }
    }
    tastes
}

/// The first probes, with the time step and the range of weights that all black boxes are asked about.
const WIDE: u64 = 6;

/// The time steps that are tried.
const STEPS: [f64; 3] = [1e-3, 1e-4, 2e-3];

/// A probe of a slot. The weights of all but the first probes lie around `middle`, an exponent of ten, if it is known.
pub(super) fn draw(slot: Slot, taste: Taste, number: u64, middle: Option<f64>) -> Option<Probe> {
    let mut draw = Draw::of_name(&format!("{slot:?}{taste:?}"), number);
    let draw = &mut draw;
    // Packages with a step of their own have one that a millisecond is not.
    let dt = STEPS[if number < WIDE { 0 } else { draw.below(STEPS.len()) }];
    let cell = cell(draw, slot, taste, dt);
    let style = number % 6;
    let (frames, about) = frames(draw, style);
    let weights = ladder(draw, taste.neurons, style, middle.filter(|_| number >= WIDE));
    let frames = if taste.matrix == Matrix::None { mapped(&frames, &weights)? } else { frames };
    let matrix = match taste.matrix {
        Matrix::Linear => Some(linear(weights)),
        Matrix::Affine => Some(affine(weights, all(&[taste.neurons], 0.0))),
        Matrix::None => None,
    };
    let graph = graph(slot, matrix, &cell, taste.neurons);
    Probe::new(graph, frames, dt, format!("{} {about}, draw {number}, dt {dt} s", slot.kind()))
}

fn cell(draw: &mut Draw, slot: Slot, taste: Taste, dt: f64) -> Cell {
    let count = if taste.each { taste.neurons } else { 1 };
    let mut several = |of: &mut dyn FnMut(&mut Draw) -> f32| -> Vec<f32> {
        (0..count).map(|_| of(draw)).collect()
    };
    let short = taste.short;
    let mut tau = |draw: &mut Draw| {
        let steps = if short && draw.chance(0.25) {
            draw.between(0.4, 2.5)
        } else {
            draw.between(2.6, 40.0)
        };
        (f64::from(steps) * dt) as f32
    };
    let (taus, tau_syn) = (several(&mut tau), several(&mut tau));
    let v_reset = several(&mut |draw| draw.between(-0.4, 0.3));
    let v_leak = several(&mut |draw| draw.between(-0.3, 0.4));
    let free = several(&mut |draw| draw.between(0.3, 8.0));
    let w_in = several(&mut |draw| draw.between(0.3, 8.0));
    let v_threshold = several(&mut |draw| draw.between(0.5, 1.7));
    let pick = |number: Number, free: Vec<f32>, tau: &[f32]| -> Vec<f32> {
        match number {
            Number::Zero => vec![0.0; count],
            Number::One => vec![1.0; count],
            Number::Steps => tau.iter().map(|&tau| (f64::from(tau) / dt) as f32).collect(),
            Number::PerStep => vec![(1.0 / dt) as f32; count],
            Number::Free | Number::Reset => free,
        }
    };
    let v_reset = pick(taste.v_reset, v_reset, &taus);
    let v_leak = if taste.v_leak == Number::Reset {
        v_reset.clone()
    } else {
        pick(taste.v_leak, v_leak, &taus)
    };
    let r = if slot == Slot::UnitLif { vec![1.0] } else { pick(taste.r, free, &taus) };
    let w_in = pick(taste.w_in, w_in, &tau_syn);
    Cell { tau: taus, tau_syn, r, w_in, v_leak, v_threshold, v_reset }
}

/// A stimulus of two channels.
fn frames(draw: &mut Draw, style: u64) -> (Tensor, &'static str) {
    let steps = 20;
    let mut values = vec![0.0_f32; 2 * steps];
    let about = match style {
        0 => {
            values[2] = 1.0;
            "one pulse"
        }
        1 => {
            for step in 1..steps {
                values[2 * step] = 1.0;
            }
            "a constant input"
        }
        2 => {
            for (at, value) in values.iter_mut().enumerate().skip(2) {
                *value = if at % 2 == 0 { draw.between(-0.5, 1.0) } else { 0.0 };
            }
            "a current of either sign"
        }
        3 => {
            values[2] = 1.0;
            values[6] = 1.0;
            values[21] = 1.0;
            "pulses and inhibition"
        }
        _ => {
            for value in values.iter_mut().skip(2) {
                *value = f32::from(u8::from(draw.chance(0.4)));
            }
            "random spikes"
        }
    };
    (tensor(&[steps, 2], values), about)
}

/// The frames behind a matrix.
fn mapped(frames: &Tensor, weights: &Tensor) -> Option<Tensor> {
    let (frames, rows) = (frames.to_f32()?, weights.to_f32()?);
    let neurons = rows.len() / 2;
    let products = frames
        .chunks(2)
        .flat_map(|frame| rows.chunks(2).map(|row| row[0] * frame[0] + row[1] * frame[1]));
    Some(tensor(&[frames.len() / 2, neurons], products.collect()))
}

fn graph(slot: Slot, matrix: Option<Primitive>, cell: &Cell, neurons: usize) -> Graph {
    let shape = [neurons];
    let mut nodes = vec![("input", input(if matrix.is_some() { &[2] } else { &shape }))];
    nodes.extend(matrix.map(|matrix| ("fc", matrix)));
    nodes.push(("n", cell.of_kind(slot.kind(), &shape)));
    if slot == Slot::ThresholdLi {
        let threshold = match cell.v_threshold.as_slice() {
            [one] => all(&shape, *one),
            several => tensor(&shape, several.to_vec()),
        };
        nodes.push(("threshold", Primitive::Threshold(Threshold { threshold })));
    }
    nodes.push(("output", output(&shape)));
    let mut graph = chain(nodes);
    if is_recurrent(slot) {
        graph.nodes.insert("w_rec", Node::new(linear(all(&[neurons, neurons], 0.0))));
        graph.edges.push(Edge::new("n", "w_rec"));
        graph.edges.push(Edge::new("w_rec", "n"));
    }
    graph
}

/// Whether neurons of a slot are part of a cycle.
pub(super) fn is_recurrent(slot: Slot) -> bool {
    matches!(slot, Slot::RecurrentIf | Slot::RecurrentLif | Slot::RecurrentCubaLif)
}

/// The probe with thresholds between the voltages of two candidates, where they differ before any spike, or equal to voltages in
/// which they agree; `None` if that makes no difference.
pub(super) fn sharpen(probe: &Probe, a: &Candidate, b: &Candidate) -> Option<Probe> {
    let [of_a, of_b] = [a, b].map(|candidate| voltages(probe, candidate));
    let (of_a, of_b) = (of_a?, of_b?);
    let neurons = of_a.first()?.len();
    let mut thresholds: Vec<Option<f32>> = vec![None; neurons];
    let agree = of_a == of_b;
    for (va, vb) in of_a.iter().zip(&of_b) {
        for (neuron, threshold) in thresholds.iter_mut().enumerate() {
            let (x, y) = (va[neuron]?, vb[neuron]?);
            let low = x.min(y) as f32;
            if agree {
                // What the file can say, and no earlier voltage passes.
                if f64::from(low) == x && low > 1e-6 && threshold.is_none_or(|known| low > known) {
                    *threshold = Some(low);
                }
            } else if threshold.is_none() && x != y && low > 1e-6 {
                *threshold = Some(low);
            }
        }
    }
    let found = thresholds.iter().flatten().copied().next()?;
    let is_uniform = is_uniform(probe.graph());
    let sharp = probe.with_graph(|graph| {
        for (_, node) in graph.nodes.iter_mut() {
            let field = match &mut node.primitive {
                Primitive::If(node) => &mut node.v_threshold,
                Primitive::Lif(node) => &mut node.v_threshold,
                Primitive::CubaLif(node) => &mut node.v_threshold,
                Primitive::Threshold(node) => &mut node.threshold,
                _ => continue,
            };
            let values =
                thresholds.iter().map(|own| if is_uniform { found } else { own.unwrap_or(found) });
            *field = tensor(&[neurons], values.collect());
        }
    })?;
    (a.outcome(&sharp) != b.outcome(&sharp)).then_some(sharp)
}

fn is_uniform(graph: &Graph) -> bool {
    graph.nodes.iter().all(|(_, _, node)| match &node.primitive {
        Primitive::If(node) => same(&node.v_threshold),
        Primitive::Lif(node) => same(&node.v_threshold),
        Primitive::CubaLif(node) => same(&node.v_threshold),
        Primitive::Threshold(node) => same(&node.threshold),
        _ => true,
    })
}

fn same(field: &Tensor) -> bool {
    field.to_f64().is_some_and(|values| values.windows(2).all(|pair| pair[0] == pair[1]))
}

/// The voltages that are held against the threshold, step by step, as shares of the threshold times what the file has; they
/// end where a neuron spikes.
fn voltages(probe: &Probe, candidate: &Candidate) -> Option<Vec<Vec<Option<f64>>>> {
    let program = candidate.program(probe)?;
    let mut frames = Frames::new(&program, &probe.stimulus).ok()?;
    let mut run = program.start();
    let neurons = probe.facts.find(&probe.watched).map(|id| probe.facts.leaf(id).outputs())?;
    let mut steps = Vec::new();
    for step in 0..probe.steps {
        run.step(frames.at(step));
        let moments = (0..neurons)
            .map(|neuron| run.moment(&program, &probe.watched, neuron).map(|moment| moment.v));
        steps.push(moments.collect());
    }
    Some(steps)
}

/// Neurons of a slot with parameters that a taste allows.
pub(super) fn neuron(
    draw: &mut Draw,
    slot: Slot,
    taste: Taste,
    dt: f64,
    shape: &[usize],
) -> Primitive {
    cell(draw, slot, taste, dt).of_kind(slot.kind(), shape)
}
