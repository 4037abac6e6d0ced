//! Files that have to be read whatever they look like, and files that have to be refused.

use nirkit::ir::primitive::{Delay, Lif};
use nirkit::ir::value::{Fields, Text, Value};
use nirkit::ir::{Document, Edge, Graph, Node, Primitive};
use nirkit::numerics::Tensor;

use super::super::case::Level;
use super::super::draft::Draft;
use super::super::draw::Draw;
use super::super::net::{
    Cell, all, chain, draft, drawn, input, layer, linear, output, spikes, tensor,
};
use super::super::plan::{Plans, Wants};

const STEPS: usize = 40;

fn plain(draw: &mut Draw) -> Graph {
    layer(drawn(draw, &[2, 2], 0.3, 0.9), Cell::normal(0.03).lif(&[2]), 2)
}

fn read(draw: &mut Draw, graph: Graph, asks: &str) -> Draft {
    draft(Level::ReadOrRefuse, asks, graph, spikes(draw, STEPS, &[2], 0.25))
}

/// Adds the cases.
pub(in super::super) fn read_or_refuse(plans: &mut Plans) {
    readable(plans);
    numbers(plans);
    refused(plans);
}

/// Changes the neurons of a graph.
fn with_lif(graph: &mut Graph, change: impl Fn(&mut Lif)) {
    for (_, node) in graph.nodes.iter_mut() {
        if let Primitive::Lif(lif) = &mut node.primitive {
            change(lif);
        }
    }
}

fn readable(plans: &mut Plans) {
    plans.add("read_plain", Wants::Robust, |draw: &mut Draw| {
        let net = plain(draw);
        read(draw, net, "a file as `nir` writes it")
    });
    plans.add("read_metadata", Wants::Robust, |draw: &mut Draw| {
        let mut net = plain(draw);
        for (_, node) in net.nodes.iter_mut() {
            node.metadata =
                Fields::from_iter([("note".to_owned(), Value::Text(Text::scalar("anything")))]);
        }
        read(draw, net, "nodes have metadata, which change nothing")
    });
    plans.add("read_no_version", Wants::Robust, |draw: &mut Draw| {
        let net = plain(draw);
        let mut draft = read(draw, net, "the file does not say its version");
        draft.graph.version = None;
        draft
    });
    plans.add("read_old_version", Wants::Robust, |draw: &mut Draw| {
        let net = plain(draw);
        let mut draft = read(draw, net, "an earlier version wrote the file");
        draft.graph.version = Some(Text::scalar("0.2"));
        draft
    });
    plans.add("read_no_v_reset", Wants::Robust, |draw: &mut Draw| {
        let mut net = plain(draw);
        with_lif(&mut net, |lif| lif.v_reset = None);
        read(draw, net, "files before 1.0.5 have no `v_reset`: it is 0")
    });
    plans.add("read_no_w_in", Wants::Robust, |draw: &mut Draw| {
        let cell = Cell { w_in: vec![1.0], ..Cell::normal(0.03) };
        let mut net = layer(drawn(draw, &[1, 2], 0.2, 0.9), cell.cuba_lif(&[1]), 1);
        for (_, node) in net.nodes.iter_mut() {
            if let Primitive::CubaLif(cuba) = &mut node.primitive {
                cuba.w_in = None;
            }
        }
        let frames = spikes(draw, STEPS, &[2], 0.08);
        draft(Level::ReadOrRefuse, "a CubaLIF without `w_in`: it is 1", net, frames)
    });
    for (number, name) in ["lif 1", "0", "class", "näuron", "a/b".trim_end_matches("/b"), "lif.1"]
        .into_iter()
        .enumerate()
    {
        plans.add(&format!("read_name_{}", number + 1), Wants::Robust, move |draw: &mut Draw| {
            let net = chain(vec![
                ("input", input(&[2])),
                ("fc", linear(drawn(draw, &[2, 2], 0.3, 0.9))),
                (name, Cell::normal(0.03).lif(&[2])),
                ("output", output(&[2])),
            ]);
            read(draw, net, &format!("a node is called `{name}`"))
        });
    }
    plans.add("read_ports_renamed", Wants::Robust, |draw: &mut Draw| {
        let net = chain(vec![
            ("x", input(&[2])),
            ("fc", linear(drawn(draw, &[2, 2], 0.3, 0.9))),
            ("lif", Cell::normal(0.03).lif(&[2])),
            ("y", output(&[2])),
        ]);
        let mut draft = read(draw, net, "Input and Output have other names");
        if let Some(frames) = draft.inputs.remove("input") {
            draft.inputs.insert("x".to_owned(), frames);
        }
        draft
    });
}

fn numbers(plans: &mut Plans) {
    plans.add("read_double_weights", Wants::Robust, |draw: &mut Draw| {
        let weight: Vec<f64> = (0..4).map(|_| f64::from(draw.between(0.3, 0.9))).collect();
        let weight = Tensor::new(&[2, 2], weight).unwrap_or_else(|_| all(&[2, 2], 0.5));
        let net = layer(weight, Cell::normal(0.03).lif(&[2]), 2);
        read(draw, net, "weights in double precision")
    });
    plans.add("read_integer_weights", Wants::Robust, |draw: &mut Draw| {
        let weight: Vec<i64> = (0..4).map(|_| draw.below(3) as i64).collect();
        let weight = Tensor::new(&[2, 2], weight).unwrap_or_else(|_| all(&[2, 2], 1.0));
        let cell = Cell { v_threshold: vec![2.3], ..Cell::normal(0.05) };
        let net = layer(weight, cell.lif(&[2]), 2);
        read(draw, net, "weights are whole numbers")
    });
    plans.add("read_one_channel", Wants::Robust, |draw: &mut Draw| {
        let net = layer(drawn(draw, &[1, 1], 0.5, 0.9), Cell::normal(0.03).lif(&[1]), 1);
        draft(
            Level::ReadOrRefuse,
            "one channel and one neuron",
            net,
            spikes(draw, STEPS, &[1], 0.3),
        )
    });
    plans.add("read_wide", Wants::Any, |draw: &mut Draw| {
        let net = layer(drawn(draw, &[32, 16], -0.3, 0.4), Cell::normal(0.03).lif(&[32]), 32);
        draft(Level::ReadOrRefuse, "a layer of 32 neurons", net, spikes(draw, STEPS, &[16], 0.2))
    });
}

/// Adds a graph that has to be refused.
fn refuse(plans: &mut Plans, name: &str, why: &'static str, change: impl Fn(&mut Graph) + 'static) {
    plans.add(&format!("refuse_{name}"), Wants::Any, move |draw: &mut Draw| {
        let mut net = plain(draw);
        change(&mut net);
        Draft { refusal: Some(why.to_owned()), ..read(draw, net, why) }
    });
}

fn refused(plans: &mut Plans) {
    refuse(plans, "tau_zero", "a time constant is 0", |net| {
        with_lif(net, |lif| lif.tau = all(&[2], 0.0));
    });
    refuse(plans, "tau_negative", "a time constant is below 0", |net| {
        with_lif(net, |lif| lif.tau = tensor(&[2], vec![0.03, -0.03]));
    });
    refuse(plans, "tau_nan", "a time constant is not a number", |net| {
        with_lif(net, |lif| lif.tau = tensor(&[2], vec![0.03, f32::NAN]));
    });
    refuse(plans, "weight_nan", "a weight is not a number", |net| {
        net.nodes.insert("fc", Node::new(linear(tensor(&[2, 2], vec![0.5, f32::NAN, 0.5, 0.5]))));
    });
    refuse(plans, "weight_infinite", "a weight is infinite", |net| {
        net.nodes
            .insert("fc", Node::new(linear(tensor(&[2, 2], vec![0.5, f32::INFINITY, 0.5, 0.5]))));
    });
    refuse(plans, "shape", "a matrix with three columns gets two channels", |net| {
        net.nodes.insert("fc", Node::new(linear(all(&[2, 3], 0.5))));
    });
    refuse(plans, "rows", "a matrix with three rows leads to two neurons", |net| {
        net.nodes.insert("fc", Node::new(linear(all(&[3, 2], 0.5))));
    });
    refuse(
        plans,
        "parameter_shape",
        "a layer has two time constants and three thresholds",
        |net| {
            with_lif(net, |lif| lif.v_threshold = all(&[3], 1.0));
        },
    );
    refuse(plans, "edge_to_nothing", "an edge leads to a node that is not there", |net| {
        net.edges.push(Edge::new("neurons", "nowhere"));
    });
    refuse(plans, "edge_from_nothing", "an edge comes from a node that is not there", |net| {
        net.edges.push(Edge::new("nowhere", "neurons"));
    });
    refuse(plans, "delay_negative", "a delay is below 0", |net| {
        net.nodes.insert("delay", Node::new(Primitive::Delay(Delay { delay: all(&[2], -0.001) })));
        net.edges = [("input", "delay"), ("delay", "fc"), ("fc", "neurons"), ("neurons", "output")]
            .map(|(source, target)| Edge::new(source, target))
            .to_vec();
    });
    refuse(
        plans,
        "cycle_without_state",
        "two matrices feed each other: the cycle has no state",
        |net| {
            net.nodes.insert("back", Node::new(linear(all(&[2, 2], 0.5))));
            net.edges.push(Edge::new("fc", "back"));
            net.edges.push(Edge::new("back", "fc"));
        },
    );
    plans.add("refuse_unknown_kind", Wants::Any, |draw: &mut Draw| {
        let mut net = plain(draw);
        let unknown = nirkit::ir::primitive::Unknown {
            kind: "Izhikevich".to_owned(),
            fields: Fields::default(),
        };
        net.nodes.insert("neurons", Node::new(Primitive::Unknown(unknown)));
        let why = "NIR has no node of this kind";
        Draft { refusal: Some(why.to_owned()), ..read(draw, net, why) }
    });
    plans.add("refuse_lone_node", Wants::Any, |draw: &mut Draw| {
        let net = plain(draw);
        let why = "the file holds one node and no graph";
        let mut draft = Draft { refusal: Some(why.to_owned()), ..read(draw, net, why) };
        draft.graph = Document { root: Node::new(Cell::normal(0.03).lif(&[2])), ..draft.graph };
        draft
    });
}
