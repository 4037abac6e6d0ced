//! Programs of floating-point numbers as programs of integers, for processors without floats and for hardware.
//!
//! Each buffer gets a scale: its integers stand for numbers of the network times the scale. Weights come to a grid of 8 or 16 bits, one
//! scale for each output channel or for each layer. Counts, such as spikes, stay exact. States have a register of 32 bits or less,
//! in which they stay at the end beyond which they would go. Thresholds are moved to the integer at which the comparison is the same.

mod bound;
mod cell;
mod column;
mod compare;
mod constant;
mod extent;
mod linear;
mod map;
mod narrow;
mod quantum;
mod refuse;
mod scale;

use std::collections::BTreeMap;

use nirkit_passes::quantise::Loss;
use nirkit_step::{Buffer, Format, Input, Numbers, Operation, Program};

use crate::range::simplify::simplify;
use column::Column;
use quantum::quanta;
use scale::Scales;

/// What is left open when a program becomes one of integers.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPointOptions {
    /// Bits of a weight: 2 to 16.
    pub weight_bits: u32,
    /// Bits of a state: 8 to 32.
    pub state_bits: u32,
    /// Bits of a number that enters.
    pub input_bits: u32,
    /// Whether each output channel of a map has a scale of its own; else each map has one.
    pub per_channel: bool,
    /// The numbers for which an integer 1 of each input stands; 1 of inputs beyond the end.
    pub input_units: Vec<f64>,
    /// For maps by the name of the buffer that they write: what the integers of its weights are multiplied by.
    pub scales: BTreeMap<String, f64>,
}

impl Default for FixedPointOptions {
    fn default() -> Self {
        Self {
            weight_bits: 8,
            state_bits: 32,
            input_bits: 8,
            per_channel: true,
            input_units: Vec::new(),
            scales: BTreeMap::new(),
        }
    }
}

/// What a map lost.
#[derive(Clone, Debug, PartialEq)]
pub struct MapLoss {
    /// The buffer that the map writes, which has the name of its node.
    pub name: String,
    /// The loss of the weights, in their own units.
    pub weights: Loss,
    /// The largest error of a bias.
    pub bias_error: f64,
    /// The smallest and the largest scale of its weights.
    pub scales: [f64; 2],
    /// Whether the integers were given by a scale.
    pub is_given: bool,
}

/// A program of integers, and what was lost.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPoint {
    /// The program.
    pub program: Program,
    /// For each buffer of the program, what its numbers are multiplied by: one number, or one for each element.
    pub scales: Vec<Vec<f64>>,
    /// What each map lost.
    pub maps: Vec<MapLoss>,
    /// The largest relative error of a factor of the cells, such as a decay.
    pub factor_error: f64,
    /// What has to be said.
    pub notes: Vec<String>,
}

/// How far from an integer a weight over its scale may be: half precision moves 127 by as much.
const OFF: f64 = 0.06;

/// Turns a program of floating-point numbers into one of integers. `samples` are stimuli from which the ranges of states are taken: for
/// each the frames of each input, one after the other.
///
/// ```
/// use nirkit_codegen::{FixedPointOptions, fixed_point};
///
/// let text = "\
/// step-program 1
/// input in: f32[1]
/// buffer x: f32[1] = 0
/// buffer lif.v: f32[1] = 0
/// buffer lif: f32[1] = 0
/// probe lif:spikes = lif
/// x = frame(in)
/// cell 1 {
///   lif.v = 0.9 * lif.v + 0.3 * x
///   lif = lif.v > 1 ? 1 : 0
///   lif.v = lif.v - lif
/// }
/// ";
/// let program = nirkit_step::parse(text)?;
/// let made = fixed_point(&program, &[vec![vec![1.0; 20]]], &FixedPointOptions::default()).unwrap();
/// let (mut real, mut whole) = (nirkit_step::Run::new(&program), nirkit_step::Run::new(&made.program));
/// for _ in 0..20 {
///     real.step(&[vec![1.0]]);
///     whole.step(&[vec![1.0]]);
///     assert_eq!(real.observe("lif:spikes"), whole.observe("lif:spikes"));
/// }
/// # Ok::<(), nirkit_step::ParseError>(())
/// ```
///
/// # Errors
///
/// A sentence for each part of the program that cannot become integers.
pub fn fixed_point(
    program: &Program,
    samples: &[Vec<Vec<f64>>],
    options: &FixedPointOptions,
) -> Result<FixedPoint, Vec<String>> {
    let faults = program.faults();
    if !faults.is_empty() {
        return Err(faults.iter().map(ToString::to_string).collect());
    }
    let simple = simplify(program);
    let reasons = refuse::refuse(&simple);
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let (options, notes) = checked(&simple, options)?;
    let units: Vec<f64> = (0..simple.inputs.len())
        .map(|at| options.input_units.get(at).copied().unwrap_or(1.0))
        .collect();
    let high = (1_i64 << (options.weight_bits - 1)) - 1;
    let mut quanta = quanta(&simple, &units, high);
    for (at, buffer) in simple.buffers.iter().enumerate() {
        // Integers that are given keep the scale that is given.
        if options.scales.contains_key(&buffer.name) {
            quanta[at] = quantum::Quantum::Free;
        }
    }
    let extents = extent::extents(&simple, samples);
    let scales = Scales { program: &simple, options: &options, quanta: &quanta, extents: &extents };
    let scales = scales.settle();
    if options.state_bits < 32 {
        let reasons = narrow::too_coarse(&simple, &quanta, &scales, options.state_bits);
        if !reasons.is_empty() {
            return Err(reasons);
        }
    }
    let mut made = Maker { options: &options, scales: &scales, maps: Vec::new() };
    let mut whole = made.program(&simple);
    let limit = 2_f64.powi(options.state_bits as i32 - 1) - 1.0;
    let input = 2_f64.powi(options.input_bits as i32 - 1);
    let mut most = bound::most(&whole, &quanta, &scales, limit, input);
    let beyond = whole.buffers.iter().zip(&most).filter(|(_, most)| **most > 2_f64.powi(58));
    let reasons: Vec<String> = beyond
        .map(|(buffer, _)| format!("{}: sums can leave 64 bits", crate::name::shown(&buffer.name)))
        .collect();
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut factor_error = 0.0;
    let mut known = cell::Known {
        quanta: &quanta,
        scales: &scales,
        most: &mut most,
        limit,
        error: &mut factor_error,
    };
    for operation in &mut whole.operations {
        if let Operation::Cell(found) = operation {
            *found = cell::translate(found, &mut known);
        }
    }
    let maps = made.maps;
    let reasons = narrow::too_wide(&whole, &options);
    if options.state_bits < 32 && !reasons.is_empty() {
        return Err(reasons);
    }
    let scales = scales.iter().map(|scale| scale.iter().collect()).collect();
    Ok(FixedPoint { program: whole, scales, maps, factor_error, notes })
}

/// The options, with the scales that hold; what is said of the others.
fn checked(
    program: &Program,
    options: &FixedPointOptions,
) -> Result<(FixedPointOptions, Vec<String>), Vec<String>> {
    let (mut options, mut notes, mut reasons) = (options.clone(), Vec::new(), Vec::new());
    let reads_pixels = program.operations.iter().any(|operation| {
        matches!(operation, Operation::Pool(_)) || matches!(operation, Operation::Convolution(_))
    });
    // Windows add elements, which have to have one scale.
    options.per_channel &= !reads_pixels || windows_read_counts(program, &options);
    let lowest = -(1_i64 << (options.weight_bits - 1)) as f64;
    for operation in &program.operations {
        let (to, weights) = match operation {
            Operation::Dense(map) => (map.to, &map.weights),
            Operation::Convolution(map) => (map.to, &map.weights),
            _ => continue,
        };
        let name = &program.buffers[to.0].name;
        let Some(&scale) = options.scales.get(name) else { continue };
        let integers = weights.to_f64().into_iter().map(|x| x / scale);
        let is_integer = |x: f64| (x - x.round()).abs() <= OFF;
        if !integers.clone().all(is_integer) {
            notes.push(format!("{name}: its weights are no integers times {scale}, so that they get a scale of our own"));
            options.scales.remove(name);
        } else if integers.clone().any(|x| x.round() < lowest || x.round() > -lowest - 1.0) {
            let most = integers.fold(0.0_f64, |most, x| most.max(x.abs()));
            reasons.push(format!(
                "{name}: its integers reach {most:.0}, which {} bits cannot hold: give more bits, or leave its scale out",
                options.weight_bits
            ));
        }
    }
    if reasons.is_empty() { Ok((options, notes)) } else { Err(reasons) }
}

/// Whether all windows read counts.
fn windows_read_counts(program: &Program, options: &FixedPointOptions) -> bool {
    let high = (1_i64 << (options.weight_bits - 1)) - 1;
    let units = vec![1.0; program.inputs.len()];
    let quanta = quanta(program, &units, high);
    program.operations.iter().all(|operation| match operation {
        Operation::Pool(pool) => quanta[pool.from.0] != quantum::Quantum::Free,
        Operation::Convolution(map) => quanta[map.from.0] != quantum::Quantum::Free,
        _ => true,
    })
}

/// What makes the operations of a program ones of integers; cells stay as they are.
struct Maker<'a> {
    options: &'a FixedPointOptions,
    scales: &'a [Column],
    maps: Vec<MapLoss>,
}

impl Maker<'_> {
    fn program(&mut self, from: &Program) -> Program {
        let whole = |(at, buffer): (usize, &Buffer)| {
            let start = buffer.start.iter().enumerate();
            let integer = |(place, x): (usize, nirkit_step::Number)| {
                (x.to_f64() * self.scales[at].get(place)).round() as i64
            };
            Buffer { start: Numbers::I64(start.map(integer).collect()), ..buffer.clone() }
        };
        let buffers = from.buffers.iter().enumerate().map(whole).collect();
        let input = |input: &Input| Input { format: Format::I64, ..input.clone() };
        let inputs = from.inputs.iter().map(input).collect();
        let operations = from.operations.iter().map(|made| self.operation(from, made)).collect();
        Program { dt: from.dt, inputs, buffers, probes: from.probes.clone(), operations }
    }

    fn operation(&mut self, program: &Program, operation: &Operation) -> Operation {
        let mut made = operation.clone();
        let bits = self.options.weight_bits;
        match &mut made {
            Operation::Dense(map) => {
                let columns = program.buffers[map.from.0].len().max(1);
                let (source, target) = (&self.scales[map.from.0], &self.scales[map.to.0]);
                let (weights, loss) = map::weights(
                    &map.weights,
                    bits,
                    |at| source.get(at % columns),
                    |at| target.get(at / columns),
                );
                map.weights = weights;
                let error = whole_bias(&mut map.bias, target);
                self.lost(program, map.to.0, loss, error);
            }
            Operation::Convolution(map) => {
                let window = &map.window;
                let kernel = (map.weights.len() / window.channels_out.max(1)).max(1);
                let area = window.output[0] * window.output[1];
                let (source, target) = (&self.scales[map.from.0], &self.scales[map.to.0]);
                let (weights, loss) = map::weights(
                    &map.weights,
                    bits,
                    |_| source.get(0),
                    |at| target.get(at / kernel * area),
                );
                map.weights = weights;
                let error = whole_bias(&mut map.bias, target);
                self.lost(program, map.to.0, loss, error);
            }
            _ => {}
        }
        made
    }

    fn lost(&mut self, program: &Program, to: usize, weights: Loss, bias_error: f64) {
        let name = program.buffers[to].name.clone();
        let ends = self.scales[to]
            .iter()
            .fold([f64::INFINITY, 0.0_f64], |[low, high], x| [low.min(x), high.max(x)]);
        let is_given = self.options.scales.contains_key(&name);
        self.maps.push(MapLoss { name, weights, bias_error, scales: ends, is_given });
    }
}

/// Makes integers of a bias, and returns the largest error.
fn whole_bias(bias: &mut Option<Numbers>, target: &Column) -> f64 {
    let Some(numbers) = bias else { return 0.0 };
    let (integers, error) = map::bias(numbers, target);
    *numbers = integers;
    error
}
