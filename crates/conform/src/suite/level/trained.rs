//! Networks that were trained: digits, as spikes.
//!
//! The networks are ours. The images are two samples of the test part of "Optical Recognition of Handwritten Digits"
//! (E. Alpaydin, 1998, UCI; CC BY 4.0); they were scaled to 0 to 1 and turned into spikes.

use std::collections::BTreeMap;

use nirkit::SpikeReading;
use nirkit::io::{Limits, array::read_array_bytes, nir::read_bytes};
use nirkit::ir::Document;
use nirkit::numerics::Tensor;

use super::super::case::Level;
use super::super::draft::Draft;
use super::super::net::tensor;
use super::super::plan::{Plans, Wants};

/// Length of a step for which the networks were trained.
const DT: f64 = 1e-4;

/// A network with samples.
struct Trained {
    name: &'static str,
    asks: &'static str,
    graph: &'static [u8],
    samples: &'static [u8],
}

const TRAINED: [Trained; 3] = [
    Trained {
        name: "digits_mlp",
        asks: "two layers of LIF that were trained on digits",
        graph: include_bytes!("../../../data/digits_mlp.nir"),
        samples: include_bytes!("../../../data/digits_mlp.npy"),
    },
    Trained {
        name: "digits_scnn",
        asks: "two convolutions with IF and pools that were trained on digits; the training reset by subtraction",
        graph: include_bytes!("../../../data/digits_scnn.nir"),
        samples: include_bytes!("../../../data/digits_scnn.npy"),
    },
    Trained {
        name: "digits_srnn",
        asks: "a recurrent layer of CubaLIF that was trained on digits",
        graph: include_bytes!("../../../data/digits_srnn_zero.nir"),
        samples: include_bytes!("../../../data/digits_srnn_zero.npy"),
    },
];

/// Adds the cases.
pub(in super::super) fn trained(plans: &mut Plans) {
    for network in &TRAINED {
        for sample in 0..2 {
            let name = format!("{}_{}", network.name, sample + 1);
            plans.add(&name, Wants::Any, move |_: &mut _| draft(network, sample));
        }
    }
}

fn draft(network: &'static Trained, sample: usize) -> Draft {
    // What is brought along can be read: a test makes every case.
    let graph = read_bytes(network.graph.to_vec(), &Limits::default());
    let graph = graph.unwrap_or_else(|_| Document::of_graph(nirkit::ir::Graph::default()));
    let samples = read_array_bytes(network.samples, &Limits::default());
    let frames = samples.ok().map_or_else(|| tensor(&[0, 1], Vec::new()), |all| one(&all, sample));
    Draft {
        name: String::new(),
        level: Level::Trained,
        asks: network.asks.to_owned(),
        steps: frames.shape().first().copied().unwrap_or(0),
        graph,
        inputs: BTreeMap::from([("input".to_owned(), frames)]),
        dt: DT,
        spike: SpikeReading::Impulse { area: DT },
        refusal: None,
    }
}

/// One of several samples.
fn one(samples: &Tensor, sample: usize) -> Tensor {
    let shape = samples.shape().get(1..).unwrap_or_default();
    let each: usize = shape.iter().product();
    let values = samples.to_f32().unwrap_or_default();
    tensor(shape, values.get(sample * each..(sample + 1) * each).unwrap_or_default().to_vec())
}
