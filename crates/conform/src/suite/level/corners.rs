//! Where simulators differ: thresholds that are met, simultaneous spikes, resets, time constants near the step.

use nirkit::SpikeReading;
use nirkit::ir::primitive::{Delay, Threshold};
use nirkit::ir::{Document, Edge, Primitive};

use super::super::case::Level;
use super::super::draft::Draft;
use super::super::draw::Draw;
use super::super::net::{
    Cell, DT, affine, all, chain, course, draft, drawn, graph, input, layer, linear, output,
    spikes, tensor,
};
use super::super::plan::{Plans, Wants};

const STEPS: usize = 60;

/// One neuron that gets this course behind a weight of 1.
fn single(neuron: Primitive, values: &[f32], asks: &str) -> Draft {
    draft(Level::Corners, asks, layer(all(&[1, 1], 1.0), neuron, 1), course(values))
}

/// An IF that adds its input: `r` is the reciprocal of a power of two, so that sums are exact.
fn counter(threshold: f32, values: &[f32], asks: &str) -> Draft {
    let dt = f64::powi(2.0, -10);
    let cell = Cell { r: vec![1024.0], v_threshold: vec![threshold], ..Cell::normal(1.0) };
    Draft {
        dt,
        spike: SpikeReading::Pulse { width: dt },
        ..single(cell.integrator(&[1]), values, asks)
    }
}

/// Adds the cases.
pub(in super::super) fn corners(plans: &mut Plans) {
    thresholds(plans);
    large_inputs(plans);
    time_constants(plans);
    for kind in ["LIF", "CubaLIF", "IF"] {
        signs(plans, kind);
    }
    edges(plans);
    delays(plans);
}

fn thresholds(plans: &mut Plans) {
    for (number, pieces) in [2_usize, 4, 8].into_iter().enumerate() {
        plans.add(&format!("equal_{}", number + 1), Wants::Sensitive("at_least"), move |_: &mut Draw| {
            let part = 1.0 / pieces as f32;
            let mut values = vec![0.0; 4];
            for _ in 0..2 {
                values.extend(vec![part; pieces]);
                values.extend([0.0; 4]);
            }
            values.extend([part; 2]);
            counter(1.0, &values, "the voltage comes to lie exactly on the threshold: NIR's spike needs more (v > threshold)")
        });
    }
    plans.several("near_above", 3, Wants::Robust, |draw: &mut Draw| {
        let (above, below) = (1.0 + draw.between(0.02, 0.1), 1.0 - draw.between(0.02, 0.1));
        let mut values = vec![0.0; 24];
        for (at, channel) in [(2, 0), (5, 1), (8, 0), (9, 1), (11, 0)] {
            values[2 * at + channel] = 1.0;
        }
        let cell = Cell { r: vec![1e3], ..Cell::normal(1.0) };
        let layer = layer(tensor(&[1, 2], vec![above, below]), cell.integrator(&[1]), 1);
        draft(
            Level::Corners,
            "the voltage comes to lie a little above the threshold, and a little below it",
            layer,
            tensor(&[12, 2], values),
        )
    });
    plans.several("threshold_zero", 2, Wants::Any, |draw: &mut Draw| {
        let cell = Cell {
            v_threshold: vec![0.0],
            v_reset: vec![draw.between(-0.8, -0.4)],
            v_leak: vec![-0.5],
            ..Cell::normal(0.02)
        };
        let mut net = layer(drawn(draw, &[1, 2], 0.3, 0.9), cell.lif(&[1]), 1);
        net.edges.truncate(3);
        draft(
            Level::Corners,
            "a threshold of 0, with rest and reset below it",
            net,
            spikes(draw, STEPS, &[2], 0.3),
        )
    });
    plans.several("threshold_negative", 2, Wants::Any, |draw: &mut Draw| {
        let cell = Cell {
            v_threshold: vec![-0.5],
            v_reset: vec![-1.5],
            v_leak: vec![-1.2],
            ..Cell::normal(0.02)
        };
        draft(
            Level::Corners,
            "voltages as in biology: threshold, rest and reset below 0",
            layer(drawn(draw, &[1, 2], 0.3, 0.7), cell.lif(&[1]), 1),
            spikes(draw, STEPS, &[2], 0.3),
        )
    });
    plans.several("reset_above_rest", 3, Wants::Robust, |draw: &mut Draw| {
        let cell = Cell { v_reset: vec![draw.between(0.5, 0.8)], ..Cell::normal(0.03) };
        draft(
            Level::Corners,
            "`v_reset` lies well above the rest, so that the next spike comes soon",
            layer(drawn(draw, &[1, 2], 0.3, 0.7), cell.lif(&[1]), 1),
            spikes(draw, STEPS, &[2], 0.2),
        )
    });
}

fn large_inputs(plans: &mut Plans) {
    plans.several("several_thresholds", 3, Wants::Any, |draw: &mut Draw| {
        let mut values = vec![0.0; 24];
        for at in [3, 11, 17] {
            values[at] = draw.between(2.3, 4.7);
        }
        let cell = Cell { r: vec![1e3], ..Cell::normal(1.0) };
        // A pulse drives the ideal over the threshold again and again within the step.
        single(
            cell.integrator(&[1]),
            &values,
            "an input of several thresholds in one step: the ideal spikes several times",
        )
    });
    plans.several("impulse_of_several", 3, Wants::Any, |draw: &mut Draw| {
        let mut values = vec![0.0; 24];
        for at in [3, 11, 17] {
            values[at] = f32::from(2 + draw.below(4) as u8);
        }
        let cell = Cell { r: vec![1.0], v_threshold: vec![1.5], ..Cell::normal(1.0) };
        Draft {
            spike: SpikeReading::Impulse { area: 1.0 },
            ..single(cell.integrator(&[1]), &values, "several spikes arrive at one instant: their sum acts once, one spike and one reset")
        }
    });
    plans.several("simultaneous", 4, Wants::Robust, |draw: &mut Draw| {
        let channels = 4;
        let mut values = vec![0.0_f32; 40 * channels];
        for at in [4, 12, 13, 25, 33] {
            for channel in 0..channels {
                values[at * channels + channel] = f32::from(u8::from(draw.chance(0.8)));
            }
        }
        let cell = Cell::normal(0.03);
        let weight = drawn(draw, &[1, channels], -0.4, 0.9);
        draft(
            Level::Corners,
            "spikes on several channels in one step are added before the test",
            layer(weight, cell.lif(&[1]), 1),
            tensor(&[40, channels], values),
        )
    });
}

fn time_constants(plans: &mut Plans) {
    for (number, steps) in [0.5_f32, 1.0, 1.5, 2.0, 3.0].into_iter().enumerate() {
        plans.add(&format!("short_tau_{}", number + 1), Wants::Any, move |draw: &mut Draw| {
            let tau = (f64::from(steps) * DT) as f32;
            let cell = Cell { r: vec![steps.max(1.0)], ..Cell::normal(tau) };
            draft(
                Level::Corners,
                &format!("the time constant is {steps} steps"),
                layer(drawn(draw, &[1, 2], 0.5, 1.3), cell.lif(&[1]), 1),
                spikes(draw, STEPS, &[2], 0.4),
            )
        });
        plans.add(&format!("short_synapse_{}", number + 1), Wants::Any, move |draw: &mut Draw| {
            let mut cell = Cell::normal(0.02);
            cell.tau_syn = vec![(f64::from(steps) * DT) as f32];
            cell.w_in = vec![steps.max(1.0)];
            draft(
                Level::Corners,
                &format!("the time constant of the synapse is {steps} steps"),
                layer(drawn(draw, &[1, 2], 0.1, 0.6), cell.cuba_lif(&[1]), 1),
                spikes(draw, STEPS, &[2], 0.3),
            )
        });
    }
    plans.several("long_tau", 3, Wants::Robust, |draw: &mut Draw| {
        let tau = draw.pick(&[0.5_f32, 2.0, 10.0]);
        draft(
            Level::Corners,
            "the time constant is much longer than the stimulus: hardly anything leaks",
            layer(drawn(draw, &[1, 2], 0.2, 0.6), Cell::normal(tau).lif(&[1]), 1),
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    plans.several("other_step", 4, Wants::Robust, |draw: &mut Draw| {
        let dt = draw.pick(&[1e-4, 5e-4, 2e-3, 1e-2]);
        let tau = 30.0 * dt;
        let cell = Cell { r: vec![30.0], ..Cell::normal(tau as f32) };
        Draft {
            dt,
            spike: SpikeReading::Impulse { area: dt },
            ..draft(
                Level::Corners,
                "the step is not 1 ms; time constants are in seconds",
                layer(drawn(draw, &[1, 2], 0.3, 0.9), cell.lif(&[1]), 1),
                spikes(draw, STEPS, &[2], 0.25),
            )
        }
    });
    plans.several("tau_in_double", 2, Wants::Robust, |draw: &mut Draw| {
        let mut net = layer(drawn(draw, &[1, 2], 0.3, 0.9), Cell::normal(0.03).lif(&[1]), 1);
        for (_, node) in net.nodes.iter_mut() {
            if let Primitive::Lif(lif) = &mut node.primitive {
                for field in [&mut lif.tau, &mut lif.r, &mut lif.v_threshold] {
                    if let Some(values) = field.to_f64() {
                        *field = nirkit::numerics::Tensor::vector(values.into_owned());
                    }
                }
            }
        }
        draft(
            Level::Corners,
            "parameters in double precision",
            net,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
}

fn signs(plans: &mut Plans, kind: &'static str) {
    let name = kind.to_lowercase();
    let (low, high) = super::primitives::weights(kind);
    let cell = move |draw: &mut Draw| {
        let cell = Cell::normal(draw.between(0.02, 0.04));
        if kind == "IF" { Cell { r: vec![1e3], ..cell } } else { cell }
    };
    plans.several(&format!("{name}_below_zero"), 2, Wants::Robust, move |draw: &mut Draw| {
        let weight =
            tensor(&[1, 2], vec![draw.between(2.0 * low, high), draw.between(-2.0 * high, -high)]);
        let layer = layer(weight, cell(draw).of_kind(kind, &[1]), 1);
        draft(
            Level::Corners,
            "inhibition drives the voltage far below 0, and nothing stops it there",
            layer,
            spikes(draw, 80, &[2], 0.3),
        )
    });
    plans.add(&format!("{name}_negative_gain"), Wants::Any, move |draw: &mut Draw| {
        let mut negative = cell(draw);
        negative.r.iter_mut().for_each(|r| *r = -*r);
        let layer =
            layer(drawn(draw, &[1, 2], -2.0 * high, low / 2.0), negative.of_kind(kind, &[1]), 1);
        draft(Level::Corners, "`r` is negative", layer, spikes(draw, STEPS, &[2], 0.3))
    });
    plans.add(&format!("{name}_silent"), Wants::Any, move |draw: &mut Draw| {
        let layer =
            layer(drawn(draw, &[1, 2], low / 8.0, low / 6.0), cell(draw).of_kind(kind, &[1]), 1);
        draft(
            Level::Corners,
            "the input is too weak for any spike",
            layer,
            spikes(draw, 20, &[2], 0.2),
        )
    });
}

fn edges(plans: &mut Plans) {
    plans.several("edge_twice", 2, Wants::Any, |draw: &mut Draw| {
        let mut net = layer(drawn(draw, &[1, 2], 0.15, 0.4), Cell::normal(0.03).lif(&[1]), 1);
        net.edges.insert(1, Edge::new("fc", "neurons"));
        draft(
            Level::Corners,
            "an edge that stands twice acts twice",
            net,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    plans.several("edges_in_any_order", 3, Wants::Robust, |draw: &mut Draw| {
        let mut net = layer(drawn(draw, &[1, 2], 0.3, 0.9), Cell::normal(0.03).lif(&[1]), 1);
        net.edges.reverse();
        draft(
            Level::Corners,
            "the order of the edges in the file means nothing",
            net,
            spikes(draw, STEPS, &[2], 0.25),
        )
    });
    plans.several("nodes_in_any_order", 3, Wants::Robust, |draw: &mut Draw| {
        let cell = Cell::normal(0.03);
        let net = graph(
            vec![
                ("z", cell.lif(&[1])),
                ("output", output(&[1])),
                ("a", cell.lif(&[1])),
                ("m", linear(all(&[1, 1], 1.2))),
                ("input", input(&[2])),
                ("b", linear(drawn(draw, &[1, 2], 0.4, 0.9))),
            ],
            &[("z", "m"), ("input", "b"), ("b", "z"), ("m", "a"), ("a", "output")],
        );
        draft(
            Level::Corners,
            "names and order of the nodes mean nothing",
            net,
            spikes(draw, STEPS, &[2], 0.3),
        )
    });
    plans.several("start", 2, Wants::Sensitive("start_zero"), |draw: &mut Draw| {
        let cell = Cell { v_leak: vec![0.9], v_reset: vec![0.0], ..Cell::normal(0.02) };
        let values: Vec<f32> = (0..30).map(|_| draw.between(0.005, 0.02)).collect();
        single(
            cell.lif(&[1]),
            &values,
            "the voltage starts at rest, near the threshold, and not at 0",
        )
    });
    plans.several("bias_from_start", 2, Wants::Any, |draw: &mut Draw| {
        let net = chain(vec![
            ("input", input(&[1])),
            ("fc", affine(all(&[1, 1], 0.0), all(&[1], draw.between(0.08, 0.2)))),
            ("lif", Cell::normal(0.04).lif(&[1])),
            ("output", output(&[1])),
        ]);
        draft(
            Level::Corners,
            "a bias acts from the first step on, without any input",
            net,
            course(&[0.0; 40]),
        )
    });
}

fn delays(plans: &mut Plans) {
    let delayed = |draw: &mut Draw, delay: f32, asks: &str| {
        let net = chain(vec![
            ("input", input(&[1])),
            ("fc", linear(all(&[1, 1], draw.between(0.5, 0.9)))),
            ("delay", Primitive::Delay(Delay { delay: all(&[1], delay) })),
            ("lif", Cell::normal(0.03).lif(&[1])),
            ("output", output(&[1])),
        ]);
        draft(Level::Corners, asks, net, spikes(draw, STEPS, &[1], 0.3))
    };
    plans.several("delay_none", 2, Wants::Robust, move |draw: &mut Draw| {
        delayed(draw, 0.0, "a delay of 0 passes within the instant")
    });
    plans.several("delay_long", 2, Wants::Robust, move |draw: &mut Draw| {
        delayed(draw, 0.02, "a delay of twenty steps")
    });
    plans.several("delay_fraction", 3, Wants::Any, move |draw: &mut Draw| {
        let delay = draw.between(0.2 * DT, 0.8 * DT);
        delayed(draw, delay, "a delay that is no whole number of steps")
    });
    plans.several("threshold_of_input", 2, Wants::Any, |draw: &mut Draw| {
        let net = chain(vec![
            ("input", input(&[1])),
            ("threshold", Primitive::Threshold(Threshold { threshold: all(&[1], 0.5) })),
            ("output", output(&[1])),
        ]);
        let values: Vec<f32> = (0..30).map(|_| draw.pick(&[0.2_f32, 0.4, 0.6, 0.9])).collect();
        draft(
            Level::Corners,
            "a Threshold spikes once for each rise of a current above its level",
            net,
            course(&values),
        )
    });
    plans.several("scalars", 3, Wants::Robust, |draw: &mut Draw| {
        let mut net = layer(drawn(draw, &[3, 2], 0.2, 0.9), Cell::normal(0.03).lif(&[3]), 3);
        for (_, node) in net.nodes.iter_mut() {
            if let Primitive::Lif(lif) = &mut node.primitive {
                let full = lif.v_threshold.clone();
                for field in [&mut lif.tau, &mut lif.r, &mut lif.v_leak] {
                    if let Some(value) = field.get_f64(0) {
                        *field = nirkit::numerics::Tensor::scalar(value as f32);
                    }
                }
                lif.v_threshold = full;
            }
        }
        Draft {
            graph: Document::of_graph(net.clone()),
            ..draft(
                Level::Corners,
                "one number stands for all neurons of a layer",
                net,
                spikes(draw, STEPS, &[2], 0.2),
            )
        }
    });
}
