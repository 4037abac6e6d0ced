//! sinabs' discretisation: one scale for weights, biases and thresholds of a layer, in single
//! precision.

use nirkit_ir::primitive::Primitive;
use nirkit_passes::quantise::{Grid, Loss, Rounding, Scale, scale};

use super::super::Job;
use super::super::design::{Approximation, QuantizationError};
use super::chain::{Chain, Link};
use super::document::{Document, Input, Layer};
use crate::phrase::range;

const WEIGHT_BITS: u32 = 8;
const STATE_BITS: u32 = 16;

/// Every integer that single precision holds; nothing is cut after the scale is found.
const WHOLE: Grid = Grid { low: -(1 << 24), high: 1 << 24, rounding: Rounding::HalfEven };

/// The layers of a chain in integers, with what was lost.
pub(super) fn quantise(job: &Job<'_>, chain: &Chain) -> (Document, Quantised) {
    let mut layers = Vec::new();
    let mut done = Quantised::default();
    let mut area = chain.pool.area;
    for link in &chain.links {
        let real = Real::of(job, link, area);
        layers.push(real.layer(job, link, &mut done));
        done.approximations.extend(real.treated(job, link));
        area = link.pool.area;
    }
    let name = job.leaf(chain.input).name.clone();
    let input = Input { name, shape: chain.shape, pool: chain.pool.kernel };
    (Document::new(input, layers), done)
}

/// What became of the numbers.
#[derive(Default)]
pub(super) struct Quantised {
    pub(super) quantization_errors: Vec<QuantizationError>,
    pub(super) approximations: Vec<Approximation>,
    /// Full names of the nodes whose weights keep the integers of the file.
    pub(super) kept: Vec<String>,
}

/// The numbers of a layer, in single precision.
struct Real {
    shape: [usize; 4],
    weight: Vec<f32>,
    bias: Option<Vec<f32>>,
    threshold: f32,
    /// The scale under which the weights are the integers of the file.
    of_file: Option<f32>,
}

impl Real {
    fn of(job: &Job<'_>, link: &Link, area: usize) -> Self {
        let (weights, neurons) = (job.leaf(link.weights), job.leaf(link.neurons));
        let shape = match (&weights.window, link.sees) {
            (Some(window), _) => [
                window.channels_out,
                window.channels_in / window.groups,
                window.kernel[0],
                window.kernel[1],
            ],
            (None, [channels, height, width]) => [weights.outputs(), channels, height, width],
        };
        let single = |field, len| -> Option<Vec<f32>> {
            let numbers = job.numbers(link.weights, field, len)?;
            Some(numbers.into_iter().map(|number| number as f32).collect())
        };
        let mut weight = single("weight", shape.iter().product()).unwrap_or_default();
        // A mean is a sum whose weights are divided afterwards.
        if area != 1 {
            for weight in &mut weight {
                *weight /= area as f32;
            }
        }
        let thresholds = job.numbers(link.neurons, "v_threshold", neurons.outputs());
        let threshold = thresholds.and_then(|all| all.first().copied()).unwrap_or(1.0) as f32;
        let of_file = job.weight_scale(link.weights).map(|scale| (area as f64 / scale) as f32);
        Self { shape, weight, bias: single("bias", shape[0]), threshold, of_file }
    }

    /// The one scale of the layer.
    fn scale(&self) -> f32 {
        let bias = self.bias.as_deref().unwrap_or(&[0.0]);
        let bias = if bias.iter().any(|&bias| bias != 0.0) {
            scale::asymmetric(bias, WEIGHT_BITS)
        } else {
            f32::INFINITY
        };
        let thresholds = [-self.threshold, self.threshold];
        scale::asymmetric(&self.weight, WEIGHT_BITS)
            .min(bias)
            .min(scale::asymmetric(&thresholds, STATE_BITS))
    }

    fn layer(&self, job: &Job<'_>, link: &Link, done: &mut Quantised) -> Layer {
        let own = self.scale();
        // The largest weight may be a rounding beyond its end.
        let of_file = self.of_file.filter(|&scale| scale <= own * (1.0 + 1e-6));
        let scale = of_file.unwrap_or(own);
        let name = &job.leaf(link.weights).name;
        done.kept.extend(of_file.map(|_| name.clone()));
        let mut place = |what, numbers: &[f32]| {
            let numbers: Vec<f64> = numbers.iter().map(|&number| f64::from(number)).collect();
            let (integers, loss): (Vec<i64>, Loss) = WHOLE.quantise(&numbers, Scale::Single(scale));
            let scales = [f64::from(scale); 2];
            done.quantization_errors.push(QuantizationError {
                layer: name.clone(),
                what,
                loss,
                scales,
            });
            integers
        };
        let weight = place("weight", &self.weight);
        let bias = self.bias.as_ref().map(|bias| place("bias", bias));
        let threshold = place("threshold", &[self.threshold])[0];
        let min_v_mem = WHOLE.place(Scale::Single(scale).apply(f64::from(-self.threshold)));
        let window = job.leaf(link.weights).window.as_ref();
        Layer {
            layer: name.clone(),
            neuron: job.leaf(link.neurons).name.clone(),
            weight_shape: self.shape,
            weight,
            has_bias: bias.is_some(),
            bias: bias.unwrap_or_else(|| vec![0; self.shape[0]]),
            stride: window.map_or([1, 1], |window| window.stride),
            padding: window.map_or([0, 0], |window| window.before),
            dilation: window.map_or([1, 1], |window| window.dilation),
            groups: window.map_or(1, |window| window.groups),
            threshold,
            min_v_mem,
            scale: f64::from(scale),
            pool: link.pool.kernel,
            core: None,
        }
    }

    fn treated(&self, job: &Job<'_>, link: &Link) -> Option<Approximation> {
        let bias = self.bias.as_ref()?;
        let nonzero = bias.iter().filter(|&&bias| bias != 0.0).count();
        let wide: Vec<f64> = bias.iter().map(|&bias| f64::from(bias)).collect();
        let is_map = !matches!(job.primitive(link.weights), Some(Primitive::Linear(_)));
        (nonzero > 0 && is_map).then(|| Approximation {
            layer: job.leaf(link.weights).name.clone(),
            what: "bias",
            how: format!("added in each step with the scale of the weights, {}", range(&wide)),
        })
    }
}
