//! Neurons, one kind at a time, with their parameters.

use nirkit::SpikeReading;
use nirkit::ir::Primitive;
use nirkit::ir::primitive::{Delay, I, If, Threshold};
use nirkit::numerics::Tensor;

use super::super::case::Level;
use super::super::draft::Draft;
use super::super::draw::Draw;
use super::super::net::{
    Cell, DT, affine, all, chain, current, draft, drawn, input, layer, linear, output, spikes,
    tensor,
};
use super::super::plan::{Plans, Wants};

/// Steps of a case.
const STEPS: usize = 60;

/// The weights by which a spike brings a neuron of a kind near its threshold.
pub(super) fn weights(kind: &str) -> (f64, f64) {
    match kind {
        "CubaLIF" | "CubaLI" => (0.01, 0.08),
        _ => (0.2, 0.9),
    }
}

fn one_layer(draw: &mut Draw, kind: &str, cell: &Cell, neurons: usize, asks: &str) -> Draft {
    let (low, high) = weights(kind);
    let weight = drawn(draw, &[neurons, 2], low, high);
    let graph = layer(weight, cell.of_kind(kind, &[neurons]), neurons);
    draft(Level::Primitives, asks, graph, spikes(draw, STEPS, &[2], rate(kind)))
}

/// How often a channel spikes: a current adds to the voltage for many steps.
fn rate(kind: &str) -> f64 {
    if kind == "CubaLIF" { 0.08 } else { 0.25 }
}

/// The numbers that most exports have, for a kind; an IF has `r` = 1/dt.
fn normal(kind: &str, tau: f32) -> Cell {
    let cell = Cell::normal(if kind == "CubaLIF" { 2.0 * tau } else { tau });
    if kind == "IF" { Cell { r: vec![(1.0 / DT) as f32], ..cell } } else { cell }
}

/// Adds the cases.
pub(in super::super) fn primitives(plans: &mut Plans) {
    for kind in ["LIF", "CubaLIF", "IF"] {
        let name = kind.to_lowercase();
        spiking(plans, kind, &name);
    }
    for kind in ["LI", "CubaLI"] {
        integrating(plans, kind, &kind.to_lowercase());
    }
    others(plans);
}

#[expect(clippy::too_many_lines, reason = "a list, an entry after the other")]
fn spiking(plans: &mut Plans, kind: &'static str, name: &str) {
    let add = |plans: &mut Plans,
               what: &str,
               count,
               wants,
               make: fn(&mut Draw, &'static str) -> Draft| {
        plans.several(&format!("{name}_{what}"), count, wants, move |draw: &mut Draw| {
            make(draw, kind)
        });
    };
    add(plans, "normal", 5, Wants::Robust, |draw, kind| {
        let cell = normal(kind, draw.between(0.02, 0.05));
        one_layer(
            draw,
            kind,
            &cell,
            1,
            "one neuron with the parameters of most exports: a spike adds its weight",
        )
    });
    add(plans, "gain", 4, Wants::Robust, |draw, kind| {
        let mut cell = normal(kind, draw.between(0.02, 0.05));
        let factor = draw.pick(&[0.4_f32, 0.6, 1.6, 2.5]);
        cell.r.iter_mut().for_each(|r| *r *= factor);
        one_layer(draw, kind, &cell, 1, "the gain `r` is read")
    });
    add(plans, "each", 4, Wants::Any, |draw, kind| {
        let cell = Cell::drawn(draw, kind, 3);
        one_layer(draw, kind, &cell, 3, "every neuron has its own parameters")
    });
    add(plans, "threshold", 3, Wants::Robust, |draw, kind| {
        let mut cell = normal(kind, draw.between(0.02, 0.05));
        cell.v_threshold = vec![draw.between(0.5, 0.8), draw.between(1.2, 1.8)];
        one_layer(draw, kind, &cell, 2, "every neuron has its own threshold")
    });
    add(plans, "reset", 4, Wants::Robust, |draw, kind| {
        let mut cell = normal(kind, draw.between(0.02, 0.05));
        cell.v_reset = vec![draw.pick(&[-0.6_f32, -0.3, 0.2, 0.4])];
        one_layer(draw, kind, &cell, 1, "a spike sets the voltage to `v_reset`, and not to 0")
    });
    add(plans, "reset_not_subtracted", 3, Wants::Sensitive("reset_subtract"), |draw, kind| {
        let cell = normal(kind, draw.between(0.02, 0.05));
        let mut draft = one_layer(
            draw,
            kind,
            &cell,
            1,
            "a spike sets the voltage to `v_reset`; subtraction of the threshold gives other spikes",
        );
        let (low, high) = weights(kind);
        let weight = drawn(draw, &[1, 2], 3.0 * low, 2.0 * high);
        draft.graph = nirkit::ir::Document::of_graph(layer(weight, cell.of_kind(kind, &[1]), 1));
        draft
    });
    add(plans, "current", 3, Wants::Any, |draw, kind| {
        let cell = normal(kind, draw.between(0.02, 0.05));
        let graph = layer(all(&[1, 1], 1.0), cell.of_kind(kind, &[1]), 1);
        let high = if kind == "CubaLIF" { 0.02 } else { 0.2 };
        draft(
            Level::Primitives,
            "a current that holds for some steps",
            graph,
            current(draw, STEPS, &[1], -high / 4.0, high),
        )
    });
    add(plans, "bias", 3, Wants::Any, |draw, kind| {
        let cell = normal(kind, draw.between(0.02, 0.05));
        let (low, high) = weights(kind);
        let bias = drawn(draw, &[1], low / 8.0, high / 8.0);
        let graph = chain(vec![
            ("input", input(&[2])),
            ("fc", affine(drawn(draw, &[1, 2], low, high), bias)),
            ("neurons", cell.of_kind(kind, &[1])),
            ("output", output(&[1])),
        ]);
        draft(
            Level::Primitives,
            "the bias of an Affine acts in every step",
            graph,
            spikes(draw, STEPS, &[2], 0.15),
        )
    });
    if kind == "IF" {
        return;
    }
    add(plans, "leak", 4, Wants::Robust, |draw, kind| {
        let mut cell = normal(kind, draw.between(0.02, 0.05));
        cell.v_leak = vec![draw.pick(&[-0.4_f32, 0.3, 0.5])];
        one_layer(draw, kind, &cell, 1, "the voltage rests at `v_leak`, and not at 0")
    });
    add(plans, "drives_itself", 2, Wants::Any, |draw, kind| {
        let mut cell = normal(kind, draw.between(0.01, 0.03));
        cell.v_leak = vec![draw.between(1.1, 1.6)];
        one_layer(
            draw,
            kind,
            &cell,
            1,
            "`v_leak` lies above the threshold: the neuron spikes without input, from the first instant on",
        )
    });
    if kind == "CubaLIF" {
        add(plans, "w_in", 3, Wants::Robust, |draw, kind| {
            let mut cell = normal(kind, draw.between(0.02, 0.05));
            let factor = draw.pick(&[0.4_f32, 0.6, 1.6, 2.5]);
            cell.w_in.iter_mut().for_each(|w| *w *= factor);
            one_layer(draw, kind, &cell, 1, "the gain `w_in` is read")
        });
        add(plans, "equal_taus", 2, Wants::Robust, |draw, kind| {
            let mut cell = normal(kind, draw.between(0.02, 0.04));
            cell.tau_syn.clone_from(&cell.tau);
            cell.w_in.clone_from(&cell.r);
            one_layer(draw, kind, &cell, 1, "both time constants are the same")
        });
    }
}

/// The voltage of an integrator, behind a matrix.
fn voltage(draw: &mut Draw, kind: &str, cell: &Cell, neurons: usize, asks: &str) -> Draft {
    let (low, high) = weights(kind);
    let graph =
        layer(drawn(draw, &[neurons, 2], -low, high), cell.of_kind(kind, &[neurons]), neurons);
    // Voltages are looked at where a step ends, and impulses would act there.
    let pulse = SpikeReading::Pulse { width: DT };
    Draft { spike: pulse, ..draft(Level::Primitives, asks, graph, spikes(draw, STEPS, &[2], 0.25)) }
}

fn integrating(plans: &mut Plans, kind: &'static str, name: &str) {
    plans.several(&format!("{name}_normal"), 3, Wants::Any, move |draw: &mut Draw| {
        let cell = normal(kind, draw.between(0.02, 0.05));
        voltage(draw, kind, &cell, 1, "the voltage leaves the network")
    });
    plans.several(&format!("{name}_each"), 3, Wants::Any, move |draw: &mut Draw| {
        let cell = Cell::drawn(draw, kind, 3);
        voltage(draw, kind, &cell, 3, "every integrator has its own parameters")
    });
    plans.several(&format!("{name}_into_lif"), 3, Wants::Any, move |draw: &mut Draw| {
        let (first, second) = (normal(kind, draw.between(0.02, 0.05)), normal("LIF", 0.03));
        let (low, high) = weights(kind);
        let graph = chain(vec![
            ("input", input(&[2])),
            ("fc", linear(drawn(draw, &[1, 2], low, high))),
            ("li", first.of_kind(kind, &[1])),
            ("fc2", linear(all(&[1, 1], 0.2))),
            ("lif", second.lif(&[1])),
            ("output", output(&[1])),
        ]);
        draft(
            Level::Primitives,
            "the voltage of an integrator drives a neuron",
            graph,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
}

#[expect(clippy::too_many_lines, reason = "a list, an entry after the other")]
fn others(plans: &mut Plans) {
    plans.several("i_normal", 3, Wants::Any, |draw: &mut Draw| {
        let i = Primitive::I(I { r: drawn(draw, &[2], 100.0, 900.0) });
        let graph = layer(drawn(draw, &[2, 2], -0.5, 0.9), i, 2);
        let frames = spikes(draw, STEPS, &[2], 0.25);
        Draft {
            spike: SpikeReading::Pulse { width: DT },
            ..draft(Level::Primitives, "an integrator keeps its voltage", graph, frames)
        }
    });
    plans.several("if_impulse", 4, Wants::Any, |draw: &mut Draw| {
        let neuron = Primitive::If(If {
            r: all(&[2], draw.pick(&[1.0, 1.0, 0.5, 2.0])),
            v_threshold: drawn(draw, &[2], 0.8, 1.3),
            v_reset: Some(all(&[2], 0.0)),
        });
        let graph = layer(drawn(draw, &[2, 2], 0.2, 0.7), neuron, 2);
        let frames = spikes(draw, STEPS, &[2], 0.25);
        Draft {
            spike: SpikeReading::Impulse { area: 1.0 },
            ..draft(
                Level::Primitives,
                "a spike is an impulse of area 1: it adds `r` times its weight",
                graph,
                frames,
            )
        }
    });
    plans.several("threshold", 4, Wants::Any, |draw: &mut Draw| {
        let cell = normal("LI", draw.between(0.02, 0.05));
        let threshold = Threshold { threshold: drawn(draw, &[2], 0.4, 1.2) };
        let graph = chain(vec![
            ("input", input(&[2])),
            ("fc", linear(drawn(draw, &[2, 2], -0.3, 0.9))),
            ("li", cell.li(&[2])),
            ("threshold", Primitive::Threshold(threshold)),
            ("output", output(&[2])),
        ]);
        draft(
            Level::Primitives,
            "a Threshold spikes where its input rises above the level, without a reset",
            graph,
            spikes(draw, STEPS, &[2], 0.3),
        )
    });
    plans.several("delay", 5, Wants::Any, |draw: &mut Draw| {
        let steps: Vec<f32> = (0..2).map(|_| (draw.below(6) as f64 * DT) as f32).collect();
        let cell = normal("LIF", draw.between(0.02, 0.05));
        let graph = chain(vec![
            ("input", input(&[2])),
            ("delay", Primitive::Delay(Delay { delay: tensor(&[2], steps) })),
            ("fc", linear(drawn(draw, &[1, 2], 0.3, 0.9))),
            ("lif", cell.lif(&[1])),
            ("output", output(&[1])),
        ]);
        draft(
            Level::Primitives,
            "every channel has its own delay, a whole number of steps",
            graph,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    plans.several("linear_negative", 3, Wants::Robust, |draw: &mut Draw| {
        let cell = normal("LIF", draw.between(0.02, 0.05));
        let graph = layer(drawn(draw, &[2, 4], -0.6, 0.9), cell.lif(&[2]), 2);
        draft(
            Level::Primitives,
            "weights of either sign; rows are outputs",
            graph,
            spikes(draw, STEPS, &[4], 0.2),
        )
    });
    plans.several("affine_each", 3, Wants::Any, |draw: &mut Draw| {
        let cell = normal("LIF", draw.between(0.02, 0.05));
        let weight: Tensor = drawn(draw, &[2, 3], 0.1, 0.7);
        let graph = chain(vec![
            ("input", input(&[3])),
            ("fc", affine(weight, drawn(draw, &[2], -0.05, 0.05))),
            ("lif", cell.lif(&[2])),
            ("output", output(&[2])),
        ]);
        draft(
            Level::Primitives,
            "every output has its own bias",
            graph,
            spikes(draw, STEPS, &[3], 0.2),
        )
    });
}
