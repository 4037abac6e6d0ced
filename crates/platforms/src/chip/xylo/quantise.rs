//! Rockpool's quantisers, with what they lose.
//!
//! Both do what the released functions do, faults included: the hidden biases of `channel` are
//! rounded but not scaled, the output biases of `global` get the scale of the hidden neurons, and an
//! output threshold beyond 16 bits makes `global` scale the recurrent weights down too.

use nirkit_passes::quantise::{Grid, Loss, Rounding, Scale, scale};

use super::super::design::{QuantizationError, range};
use super::map::{Mapped, Neurons, Weights};
use super::network::{HIDDEN, OUTPUT};
use super::specification::{Nested, Specification};

/// The largest weight of 8 bits; the smallest is as far from 0.
const WEIGHT: i64 = 127;
/// The largest threshold of 16 bits.
const THRESHOLD: f64 = 32_767.0;

/// Every integer; the quantisers look after the ends themselves.
const WHOLE: Grid = Grid { low: -(1 << 53), high: 1 << 53, rounding: Rounding::HalfEven };

/// Quantises a network by the name of a method.
///
/// Returns the specification, what was lost, and the scales of the hidden and the output neurons.
pub(super) fn quantise(
    mapped: &Mapped,
    method: &str,
) -> (Specification, Vec<QuantizationError>, [Vec<f64>; 2]) {
    let mut quantised = if method == "global" { global(mapped) } else { channel(mapped) };
    let zeros = |neurons: &Neurons| vec![0; neurons.threshold.len()];
    let specification = Specification {
        weights_in: Nested::deep(&quantised.weights_in, &mapped.weights_in),
        weights_rec: Some(Nested::deep(&quantised.weights_rec, &mapped.weights_rec)),
        weights_out: Nested::rows(&quantised.weights_out, mapped.weights_out.targets),
        dash_mem: Some(shifts(&mapped.hidden.mem)),
        dash_mem_out: Some(shifts(&mapped.output.mem)),
        dash_syn: Some(shifts(&mapped.hidden.syn)),
        dash_syn_2: Some(zeros(&mapped.hidden)),
        dash_syn_out: Some(shifts(&mapped.output.syn)),
        threshold: Some(std::mem::take(&mut quantised.threshold)),
        threshold_out: Some(std::mem::take(&mut quantised.threshold_out)),
        bias: Some(std::mem::take(&mut quantised.bias)),
        bias_out: Some(std::mem::take(&mut quantised.bias_out)),
        weight_shift_in: 0,
        weight_shift_rec: 0,
        weight_shift_out: 0,
        aliases: Some(vec![Vec::new(); mapped.hidden.threshold.len()]),
        dt: Some(mapped.dt),
    };
    (specification, quantised.quantization_errors, quantised.scales)
}

/// Time constants in steps as shifts: the nearest power of two, `round(log2(steps))`.
///
/// `round(log2(x)) = d` means `2^(2d - 1) < x^2 < 2^(2d + 1)`, which needs no logarithm.
pub(super) fn shifts(steps: &[f64]) -> Vec<i64> {
    let shift = |&steps: &f64| {
        let (mut bits, mut bound) = (0, 2.0);
        while steps * steps > bound && bits < 62 {
            bits += 1;
            bound *= 4.0;
        }
        bits
    };
    steps.iter().map(shift).collect()
}

/// A network in integers.
#[derive(Default)]
struct Quantised {
    weights_in: Vec<i64>,
    weights_rec: Vec<i64>,
    weights_out: Vec<i64>,
    threshold: Vec<i64>,
    threshold_out: Vec<i64>,
    bias: Vec<i64>,
    bias_out: Vec<i64>,
    quantization_errors: Vec<QuantizationError>,
    /// Of the hidden and the output neurons.
    scales: [Vec<f64>; 2],
}

fn round(number: f64) -> i64 {
    WHOLE.place(number)
}

/// A scale for each target neuron: its largest weight becomes 127.
fn channel(mapped: &Mapped) -> Quantised {
    let hidden = Channels::of(&[&mapped.weights_in, &mapped.weights_rec], &mapped.hidden);
    let output = Channels::of(&[&mapped.weights_out], &mapped.output);
    let bias_out = mapped.output.bias.iter().zip(&output.first);
    let mut quantised = Quantised {
        weights_in: hidden.quantise(&mapped.weights_in),
        weights_rec: hidden.quantise(&mapped.weights_rec),
        weights_out: output.quantise(&mapped.weights_out),
        threshold: hidden.thresholds(&mapped.hidden),
        threshold_out: output.thresholds(&mapped.output),
        bias: mapped.hidden.bias.iter().map(|&bias| round(bias)).collect(),
        bias_out: bias_out.map(|(&bias, &scale)| round(bias * scale.unwrap_or(1.0))).collect(),
        ..Quantised::default()
    };
    let scales = [&hidden.scales, &output.scales]
        .map(|scales| scales.iter().map(|scale| scale.unwrap_or(1.0)).collect::<Vec<_>>());
    quantised.report(mapped, &scales);
    quantised
}

/// The scales of the neurons of a population.
struct Channels {
    /// The scale that brings the largest weight to 127; `None` without weights.
    first: Vec<Option<f64>>,
    /// The same, or a smaller one where the threshold would leave its register.
    scales: Vec<Option<f64>>,
}

impl Channels {
    fn of(weights: &[&Weights], neurons: &Neurons) -> Self {
        let scale = |neuron: usize| {
            scale::symmetric(weights.iter().flat_map(|weights| weights.column(neuron)), WEIGHT)
        };
        let is_large =
            |threshold: f64, scale: f64| WHOLE.rounding.round(threshold * scale).abs() > THRESHOLD;
        let own = |neuron: usize| {
            let own = scale(neuron)?;
            let of_file = neurons.scale[neuron].filter(|&scale| fits(scale, own));
            let of_file = of_file.filter(|&scale| !is_large(neurons.threshold[neuron], scale));
            Some(of_file.unwrap_or(own))
        };
        let first: Vec<Option<f64>> = (0..neurons.threshold.len()).map(own).collect();
        let limited = |(scale, &threshold): (&Option<f64>, &f64)| {
            let scale = (*scale)?;
            Some(if is_large(threshold, scale) { THRESHOLD / threshold } else { scale })
        };
        let scales = first.iter().zip(&neurons.threshold).map(limited).collect();
        Self { first, scales }
    }

    fn quantise(&self, weights: &Weights) -> Vec<i64> {
        let scale = |at: usize| self.scales[at % weights.targets].unwrap_or(1.0);
        weights.values.iter().enumerate().map(|(at, &weight)| round(weight * scale(at))).collect()
    }

    fn thresholds(&self, neurons: &Neurons) -> Vec<i64> {
        let scaled = neurons.threshold.iter().zip(&self.scales);
        scaled.map(|(&threshold, scale)| round(threshold * scale.unwrap_or(1.0))).collect()
    }
}

/// One scale for the hidden neurons and one for the output neurons, biases included.
fn global(mapped: &Mapped) -> Quantised {
    let hidden = [&mapped.weights_in.values, &mapped.weights_rec.values, &mapped.hidden.bias];
    let output = [&mapped.weights_out.values, &mapped.output.bias];
    let own = scale::symmetric(hidden.into_iter().flatten(), WEIGHT).unwrap_or(1.0);
    let mut scale = common(&mapped.hidden, own).unwrap_or(own);
    let own = scale::symmetric(output.into_iter().flatten(), WEIGHT).unwrap_or(1.0);
    let mut scale_out = common(&mapped.output, own).unwrap_or(own);
    let by = |numbers: &[f64], scale: f64| WHOLE.quantise(numbers, Scale::Double(scale)).0;
    let mut quantised = Quantised {
        weights_in: by(&mapped.weights_in.values, scale),
        weights_rec: by(&mapped.weights_rec.values, scale),
        weights_out: by(&mapped.weights_out.values, scale_out),
        threshold: by(&mapped.hidden.threshold, scale),
        threshold_out: by(&mapped.output.threshold, scale_out),
        bias: by(&mapped.hidden.bias, scale),
        bias_out: by(&mapped.output.bias, scale),
        ..Quantised::default()
    };
    let again = |integers: &mut Vec<i64>, factor: f64| {
        for integer in integers {
            *integer = round(*integer as f64 * factor);
        }
    };
    if let Some(factor) = too_large(&quantised.threshold) {
        again(&mut quantised.threshold, factor);
        again(&mut quantised.weights_in, factor);
        again(&mut quantised.weights_rec, factor);
        scale *= factor;
    }
    if let Some(factor) = too_large(&quantised.threshold_out) {
        again(&mut quantised.threshold_out, factor);
        again(&mut quantised.weights_out, factor);
        again(&mut quantised.weights_rec, factor);
        scale_out *= factor;
    }
    let scales = [
        vec![scale; mapped.hidden.threshold.len()],
        vec![scale_out; mapped.output.threshold.len()],
    ];
    quantised.report(mapped, &scales);
    quantised
}

/// Whether weights fit their bits under a scale of the file; the largest may be a rounding beyond its end.
fn fits(of_file: f64, own: f64) -> bool {
    of_file <= own * (1.0 + 1e-6)
}

/// The one scale under which all weights of a population are the integers of the file; `None` where there is none, or
/// weights or thresholds do not fit.
fn common(neurons: &Neurons, own: f64) -> Option<f64> {
    let scale = (*neurons.scale.first()?)?;
    let is_one = neurons.scale.iter().all(|other| other.is_some_and(|other| other - scale == 0.0));
    let largest = scale::extent(&neurons.threshold) * scale;
    (is_one && fits(scale, own) && largest <= THRESHOLD).then_some(scale)
}

/// The factor that brings the largest threshold back to 16 bits, if it is beyond.
fn too_large(thresholds: &[i64]) -> Option<f64> {
    let largest = thresholds.iter().max().map_or(0.0, |&largest| largest as f64);
    (largest.abs() > THRESHOLD).then(|| THRESHOLD / largest)
}

impl Quantised {
    /// Says what was lost under the scales of the hidden and the output neurons.
    fn report(&mut self, mapped: &Mapped, scales: &[Vec<f64>; 2]) {
        let [hidden, output] = scales;
        self.scales.clone_from(scales);
        let rounded = |layer: &str, what, numbers: &[f64], integers: &[i64], scales: &[f64]| {
            let mut loss = Loss::default();
            for (at, (&number, &integer)) in numbers.iter().zip(integers).enumerate() {
                loss.add(number, integer, scales[at % scales.len()]);
            }
            QuantizationError { layer: layer.to_owned(), what, loss, scales: range(scales) }
        };
        let weights = [&mapped.weights_in, &mapped.weights_rec, &mapped.weights_out];
        let [weights_in, weights_rec, weights_out] = weights.map(|weights| &weights.values);
        let thresholds = [&mapped.hidden.threshold, &mapped.output.threshold];
        self.quantization_errors = vec![
            rounded(HIDDEN, "weights_in", weights_in, &self.weights_in, hidden),
            rounded(HIDDEN, "weights_rec", weights_rec, &self.weights_rec, hidden),
            rounded(HIDDEN, "threshold", thresholds[0], &self.threshold, hidden),
            rounded(OUTPUT, "weights_out", weights_out, &self.weights_out, output),
            rounded(OUTPUT, "threshold_out", thresholds[1], &self.threshold_out, output),
        ];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_rounded_logarithms() {
        // numpy.round(numpy.log2([1.1, 1.4, 1.42, 5.6, 5.7, 16, 22.6, 22.7]))
        let steps = [1.1, 1.4, 1.42, 5.6, 5.7, 16.0, 22.6, 22.7];
        assert_eq!(shifts(&steps), [0, 0, 1, 2, 3, 4, 4, 5]);
    }
}
