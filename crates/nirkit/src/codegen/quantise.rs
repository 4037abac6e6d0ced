//! Integers for processors and hardware: a float program in fixed point, what it lost, and the accuracy before and after.

use std::collections::BTreeMap;
use std::str::FromStr;

use nirkit_codegen::{FixedPoint, FixedPointOptions, Vectors, fixed_point};
use nirkit_ir::{Document, Graph, Primitive, Value};
use nirkit_platforms::chip::{WEIGHT_SCALE, WeightScales};
use nirkit_step::Program;
use serde::Serialize;

use crate::choices::Choices;
use crate::error::{Error, ErrorKind};
use crate::eval::{Eval, LabelledSet, score};
use crate::model::{Model, frames};

/// The grid of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantize {
    /// 8 bits; a scale for each output channel, or one for each map.
    I8 {
        /// Whether each output channel has a scale.
        per_channel: bool,
    },
    /// 16 bits; a scale for each output channel, or one for each map.
    I16 {
        /// Whether each output channel has a scale.
        per_channel: bool,
    },
}

impl Quantize {
    /// The names, each with what it means.
    pub const ALL: [(&'static str, &'static str); 4] = [
        (
            "i8",
            "of simulators and clocked, in codegen: weights of 8 bits, a scale for each output channel",
        ),
        ("i16", "the same with 16 bits"),
        ("i8-layer", "weights of 8 bits, one scale for each map"),
        ("i16-layer", "the same with 16 bits"),
    ];

    fn bits(self) -> u32 {
        match self {
            Self::I8 { .. } => 8,
            Self::I16 { .. } => 16,
        }
    }

    fn per_channel(self) -> bool {
        let (Self::I8 { per_channel } | Self::I16 { per_channel }) = self;
        per_channel
    }
}

impl std::fmt::Display for Quantize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let layer = if self.per_channel() { "" } else { "-layer" };
        write!(f, "i{}{layer}", self.bits())
    }
}

impl FromStr for Quantize {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "i8" => Ok(Self::I8 { per_channel: true }),
            "i16" => Ok(Self::I16 { per_channel: true }),
            "i8-layer" => Ok(Self::I8 { per_channel: false }),
            "i16-layer" => Ok(Self::I16 { per_channel: false }),
            _ => {
                let what = format!("`{name}` is no quantisation for processors");
                let error = Error::new(what).of_kind(ErrorKind::Choice);
                Err(error.help("give `i8`, `i16`, `i8-layer` or `i16-layer`; a chip has its own: name it as the platform"))
            }
        }
    }
}

/// What the integers of a map lost.
#[derive(Clone, Debug, Serialize)]
pub struct MapLoss {
    /// The node.
    pub node: String,
    /// Number of weights.
    pub weights: usize,
    /// The smallest and the largest of the scales of its channels: integer = number times scale.
    pub scales: [f64; 2],
    /// Whether the integers were those of the file, or of a scale that was given.
    pub is_given: bool,
    /// The largest error of a weight.
    pub max_error: f64,
    /// The root of the mean of the squares of the errors.
    pub rms_error: f64,
    /// Weights other than 0 that became 0.
    pub zeroed: usize,
    /// Weights beyond the end of the grid.
    pub saturated: usize,
    /// The largest error of a bias.
    pub bias_error: f64,
}

/// What quantisation made of a program.
#[derive(Clone, Debug, Serialize)]
pub struct Quantisation {
    /// Bits of a weight.
    pub weight_bits: u32,
    /// Bits of a state.
    pub state_bits: u32,
    /// For each Input, the number for which an integer 1 stands.
    pub input_units: BTreeMap<String, f64>,
    /// For each observable, the smallest and the largest of the scales of its elements: integer = number times scale.
    pub scales: BTreeMap<String, [f64; 2]>,
    /// The losses of each map.
    pub maps: Vec<MapLoss>,
    /// The largest relative error of a factor of the neurons, such as a decay.
    pub factor_error: f64,
    /// Spikes of all nodes in the stimulus of the vectors: of floats, of integers.
    pub spikes: [f64; 2],
    /// The share of samples that get their class: with floats, with integers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy: Option<[f64; 2]>,
}

/// The choices of a platform without those of the quantisation, which are returned beside them.
pub(super) fn apart(choices: &Choices) -> Result<(Choices, Option<Quantize>, WeightScales), Error> {
    let how = choices.other("quantize").map(str::parse).transpose()?;
    let scales = choices.other("weight_scale").map(str::parse::<WeightScales>).transpose();
    let scales = scales.map_err(|what| Error::new(what).of_kind(ErrorKind::Choice))?;
    if scales.is_some() && how.is_none() {
        let error = Error::new("scales of weights are given, and nothing makes integers of them");
        return Err(error.of_kind(ErrorKind::Choice).help("quantize to `i8` or `i16`"));
    }
    let mut rest = choices.clone();
    rest.others.retain(|(name, _)| name != "quantize" && name != "weight_scale");
    Ok((rest, how, scales.unwrap_or_default()))
}

/// What a quantisation is made for.
pub(super) struct Quantiser<'a> {
    pub(super) model: &'a Model,
    pub(super) graph: &'a Document,
    pub(super) how: Quantize,
    pub(super) scales: &'a WeightScales,
    pub(super) set: Option<&'a LabelledSet>,
    pub(super) input_bits: u32,
    pub(super) state_bits: u32,
    /// The frames of each input in the vectors.
    pub(super) stimulus: &'a [Vec<f64>],
}

/// Samples from which the ranges of states are taken, at most.
const SAMPLES: usize = 32;

impl Quantiser<'_> {
    /// Makes a program of integers, and measures what was lost.
    pub(super) fn quantise(&self, program: &Program) -> Result<(FixedPoint, Quantisation), Error> {
        let samples = match self.set {
            Some(set) => self.samples(program, set)?,
            None => vec![self.stimulus.to_vec()],
        };
        let units = self.units(program, &samples);
        let options = FixedPointOptions {
            weight_bits: self.how.bits(),
            per_channel: self.how.per_channel(),
            state_bits: self.state_bits,
            input_bits: self.input_bits,
            input_units: units.clone(),
            scales: self.given(program)?,
        };
        let refused = |reasons: Vec<String>| {
            let reasons: Vec<String> =
                reasons.iter().map(|reason| format!("no integers: {reason}")).collect();
            let help = if self.state_bits < 32 {
                "states of 32 bits hold more: leave `--state-bits` out"
            } else {
                "`--clocked` computes with floats only, which become integers; chips have integers of their own"
            };
            Error::all(reasons).of_kind(ErrorKind::Choice).help(help)
        };
        let made = fixed_point(program, &samples, &options).map_err(refused)?;
        let named = |units: &[f64]| {
            program
                .inputs
                .iter()
                .zip(units)
                .map(|(input, &unit)| (input.name.clone(), unit))
                .collect()
        };
        let maps = made.maps.iter().map(|map| MapLoss {
            node: map.name.clone(),
            weights: map.weights.numbers,
            scales: map.scales,
            is_given: map.is_given,
            max_error: map.weights.max_error,
            rms_error: map.weights.rms_error(),
            zeroed: map.weights.zeroed,
            saturated: map.weights.saturated,
            bias_error: map.bias_error,
        });
        let ends = |buffer: usize| {
            let scales = &made.scales[buffer];
            let low = scales.iter().copied().fold(f64::INFINITY, f64::min);
            [low, scales.iter().copied().fold(0.0, f64::max)]
        };
        let scales = program.probes.iter().map(|of| (of.name.clone(), ends(of.buffer.0))).collect();
        let found = Quantisation {
            weight_bits: options.weight_bits,
            state_bits: options.state_bits,
            input_units: named(&units),
            scales,
            maps: maps.collect(),
            factor_error: made.factor_error,
            spikes: self.spikes(program, &made, &units),
            accuracy: self.accuracy(program, &made, &units)?,
        };
        Ok((made, found))
    }

    /// The frames of the first samples of a set.
    fn samples(&self, program: &Program, set: &LabelledSet) -> Result<Vec<Vec<Vec<f64>>>, Error> {
        let mut made = Vec::new();
        let engine = self.model.engine();
        set.each(self.model, |bounds| {
            for bound in bounds {
                for sample in &bound.stimulus.samples {
                    if made.len() < SAMPLES {
                        let (steps, dt) = self.model.grid_of(bound)?;
                        made.push(frames(&program.inputs, sample, steps, dt, engine.spike_step())?);
                    }
                }
            }
            Ok(())
        })?;
        Ok(made)
    }

    /// The number for which an integer 1 of each input stands: 1 for counts, else what brings the largest number to the end.
    fn units(&self, program: &Program, samples: &[Vec<Vec<f64>>]) -> Vec<f64> {
        let end = ((1_i64 << (self.input_bits - 1)) - 1) as f64;
        let unit = |at: usize| {
            let numbers = || samples.iter().filter_map(|sample| sample.get(at)).flatten();
            let most = numbers().fold(0.0_f64, |most, x| most.max(x.abs()));
            if most == 0.0 || (most <= end && numbers().all(|x| x.fract() == 0.0)) {
                1.0
            } else {
                most / end
            }
        };
        (0..program.inputs.len()).map(unit).collect()
    }

    /// The scales of integers that are given, by the names of buffers: those of a node for spikes and for currents.
    fn given(&self, program: &Program) -> Result<BTreeMap<String, f64>, Error> {
        let mut found = BTreeMap::new();
        if *self.scales != WeightScales::Own
            && let Some(graph) = self.graph.graph()
        {
            of_metadata(graph, "", &mut found);
        }
        if let WeightScales::Given(given) = self.scales {
            for (node, &scale) in given {
                let is_known = program.buffers.iter().any(|buffer| buffer.name == *node);
                if !is_known {
                    let what =
                        format!("a scale is given for `{node}`, which is no map of the network");
                    return Err(Error::new(what).of_kind(ErrorKind::Choice));
                }
                found.insert(node.clone(), scale);
            }
        }
        let impulses: Vec<(String, f64)> =
            found.iter().map(|(node, &scale)| (format!("{node}.impulse"), scale)).collect();
        found.extend(impulses);
        Ok(found)
    }

    /// Spikes of all nodes in the stimulus of the vectors, with floats and with integers.
    fn spikes(&self, program: &Program, made: &FixedPoint, units: &[f64]) -> [f64; 2] {
        let len = |at: usize| program.inputs[at].shape.iter().product::<usize>().max(1);
        let steps = self.stimulus.iter().enumerate().map(|(at, x)| x.len() / len(at)).max();
        let steps = steps.unwrap_or(0);
        let whole = whole_frames(self.stimulus, units);
        let of = |program: &Program, frames: Vec<Vec<f64>>, scales: &[Vec<f64>]| {
            let vectors = Vectors::record(program, frames, steps);
            let pairs = program.probes.iter().zip(&vectors.probes);
            let spiking = pairs.filter(|(probe, _)| probe.name.ends_with(":spikes"));
            let total = |(probe, numbers): (&nirkit_step::Probe, &nirkit_step::Numbers)| {
                let scale = scales.get(probe.buffer.0).and_then(|scale| scale.first());
                numbers.to_f64().iter().sum::<f64>() / scale.copied().unwrap_or(1.0)
            };
            spiking.map(total).sum()
        };
        [of(program, self.stimulus.to_vec(), &[]), of(&made.program, whole, &made.scales)]
    }

    /// The accuracy with floats and with integers.
    fn accuracy(
        &self,
        program: &Program,
        made: &FixedPoint,
        units: &[f64],
    ) -> Result<Option<[f64; 2]>, Error> {
        let Some(set) = self.set else { return Ok(None) };
        let of = |program: &Program, scales: Vec<Vec<f64>>, units: Vec<f64>| {
            let model = self.model.stepped(program.clone(), scales, units);
            score(&model, set, &Eval::new()).map(|score| score.accuracy)
        };
        let before = of(program, Vec::new(), Vec::new())?;
        Ok(Some([before, of(&made.program, made.scales.clone(), units.to_vec())?]))
    }
}

/// Frames in integers.
fn whole_frames(frames: &[Vec<f64>], units: &[f64]) -> Vec<Vec<f64>> {
    let whole =
        |(frame, unit): (&Vec<f64>, &f64)| frame.iter().map(|x| (x / unit).round()).collect();
    frames.iter().zip(units).map(whole).collect()
}

/// The scales in the metadata of nodes, by their full names.
fn of_metadata(graph: &Graph, within: &str, found: &mut BTreeMap<String, f64>) {
    for (_, name, node) in graph.nodes.iter() {
        let full = if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
        if let Primitive::Graph(inner) = &node.primitive {
            of_metadata(inner, &full, found);
        }
        if let Some(Value::Tensor(scale)) = node.metadata.get(WEIGHT_SCALE)
            && let Some(scale) = scale.to_f64()
            && let [scale] = scale[..]
            && scale.is_finite()
            && scale > 0.0
        {
            found.insert(full, scale);
        }
    }
}
