//! What leads from the output of a node to the neurons of a layer.

use std::borrow::Cow;

use nirkit_ir::primitive::Primitive;
use nirkit_numerics::Tensor;

use super::super::super::parameter::Parameter;
use super::super::super::window::Windowed;
use super::super::error::SemanticsError;
use super::super::map::Site;
use super::super::taken;
use super::{Synapse, is_port};

/// A way from a number to a neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Way {
    /// Number of the channel where it begins.
    from: u32,
    weight: f64,
    /// Seconds that it takes.
    delay: f64,
}

/// The ways that lead to each neuron.
pub(super) struct Table {
    rows: Vec<Vec<Way>>,
}

/// The products that a map makes for each of its outputs: numbers of inputs, with weights.
struct Products {
    starts: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

impl Table {
    /// Each channel leads to the neuron of its number.
    pub(super) fn identity(neurons: usize) -> Self {
        let way = |n: usize| vec![Way { from: n as u32, weight: 1.0, delay: 0.0 }];
        Self { rows: (0..neurons).map(way).collect() }
    }

    /// Adds what the bias of a node brings to each neuron.
    pub(super) fn add_bias(
        &self,
        primitive: &Primitive,
        site: &Site<'_>,
        bias: &mut [f64],
    ) -> Result<(), SemanticsError> {
        let Some(own) = own_bias(primitive, site)? else { return Ok(()) };
        for (sum, row) in bias.iter_mut().zip(&self.rows) {
            for way in row {
                let bias = own[way.from as usize];
                if bias != 0.0 && way.delay > 0.0 {
                    let node = site.leaf.name.clone();
                    return Err(SemanticsError::DelayedBias { node });
                }
                *sum += way.weight * bias;
            }
        }
        Ok(())
    }

    /// The ways from the input of a node, through the node; `None` where the node changes nothing.
    pub(super) fn behind(
        &self,
        primitive: &Primitive,
        site: &Site<'_>,
    ) -> Result<Option<Self>, SemanticsError> {
        if is_port(Some(primitive)) {
            return Ok(None);
        }
        if let Primitive::Delay(p) = primitive {
            let delay = Parameter::of(site.leaf, "delay", &p.delay)?;
            let later = |way: &Way| Way { delay: way.delay + delay.at(way.from as usize), ..*way };
            let rows = self.rows.iter().map(|row| row.iter().map(later).collect());
            return Ok(Some(Self { rows: rows.collect() }));
        }
        let products = Products::of(primitive, site)?;
        let rows = self.rows.iter().map(|row| {
            let mut ways: Vec<Way> = Vec::new();
            for way in row {
                ways.extend(products.of_output(way.from as usize).iter().map(|&(from, weight)| {
                    Way { from, weight: way.weight * weight, delay: way.delay }
                }));
            }
            if row.len() > 1 {
                join(&mut ways);
            }
            ways
        });
        Ok(Some(Self { rows: rows.collect() }))
    }

    /// Adds the ways as synapses; `steps` says how many steps a delay in seconds is.
    pub(super) fn synapses(
        &self,
        steps: impl Fn(f64) -> Result<u32, SemanticsError>,
        synapses: &mut Vec<Synapse>,
    ) -> Result<(), SemanticsError> {
        for (target, row) in self.rows.iter().enumerate() {
            for &Way { from, weight, delay } in row {
                let steps = if delay == 0.0 { 1 } else { steps(delay)? };
                synapses.push(Synapse { steps, source: from, target: target as u32, weight });
            }
        }
        Ok(())
    }
}

/// Makes one way of those that begin at the same channel and take as long.
fn join(ways: &mut Vec<Way>) {
    ways.sort_by_key(|way| (way.from, way.delay.to_bits()));
    ways.dedup_by(|next, kept| {
        let is_alike = next.from == kept.from && next.delay == kept.delay;
        if is_alike {
            kept.weight += next.weight;
        }
        is_alike
    });
}

impl Products {
    /// The products of a map.
    fn of(primitive: &Primitive, site: &Site<'_>) -> Result<Self, SemanticsError> {
        let numbers =
            |weight: &Tensor| weight.to_f64().map(Cow::into_owned).ok_or_else(|| site.foreign());
        match primitive {
            Primitive::Affine(p) => Ok(Self::matrix(&numbers(&p.weight)?, site)),
            Primitive::Linear(p) => Ok(Self::matrix(&numbers(&p.weight)?, site)),
            Primitive::Conv1d(p) => Self::window(primitive, site, Some(numbers(&p.weight)?), 1.0),
            Primitive::Conv2d(p) => Self::window(primitive, site, Some(numbers(&p.weight)?), 1.0),
            Primitive::SumPool2d(_) => Self::window(primitive, site, None, 1.0),
            Primitive::AvgPool2d(_) => {
                let area = site.leaf.window.as_ref().map_or(1, |window| {
                    let [height, width] = window.kernel;
                    height * width
                });
                Self::window(primitive, site, None, area as f64)
            }
            Primitive::Scale(p) => {
                let scale = Parameter::of(site.leaf, "scale", &p.scale)?;
                let channels = site.leaf.inputs();
                Ok(Self {
                    starts: (0..=channels).collect(),
                    entries: (0..channels).map(|n| (n as u32, scale.at(n))).collect(),
                })
            }
            other => Err(site.unknown(other.kind())),
        }
    }

    /// The products of a matrix of shape (outputs, inputs); there are none with a weight of 0.
    fn matrix(weights: &[f64], site: &Site<'_>) -> Self {
        let inputs = site.leaf.inputs().max(1);
        let (mut starts, mut entries) = (vec![0], Vec::new());
        for row in weights.chunks(inputs) {
            let nonzero = row.iter().enumerate().filter(|(_, weight)| **weight != 0.0);
            entries.extend(nonzero.map(|(input, &weight)| (input as u32, weight)));
            starts.push(entries.len());
        }
        Self { starts, entries }
    }

    /// The products of a window; without weights, each is 1 divided by `area`.
    fn window(
        primitive: &Primitive,
        site: &Site<'_>,
        weights: Option<Vec<f64>>,
        area: f64,
    ) -> Result<Self, SemanticsError> {
        let window = taken::window(primitive, site)?;
        let windowed = match weights {
            Some(weights) => Windowed::<f64>::new(&window, weights),
            None => Windowed::<f64>::sum(&window),
        };
        let windowed = windowed.ok_or_else(|| site.foreign())?;
        let connections = windowed.connections();
        let outputs = site.leaf.outputs();
        let mut starts = vec![0; outputs + 1];
        for &(_, target, _) in &connections {
            starts[target as usize + 1] += 1;
        }
        for output in 0..outputs {
            starts[output + 1] += starts[output];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0.0); connections.len()];
        for (source, target, weight) in connections {
            let next = &mut next[target as usize];
            entries[*next] = (source as u32, weight / area);
            *next += 1;
        }
        Ok(Self { starts, entries })
    }

    /// The products of an output.
    fn of_output(&self, output: usize) -> &[(u32, f64)] {
        &self.entries[self.starts[output]..self.starts[output + 1]]
    }
}

/// The bias of each output of a node; `None` where it has none.
fn own_bias(primitive: &Primitive, site: &Site<'_>) -> Result<Option<Vec<f64>>, SemanticsError> {
    let bias = match primitive {
        Primitive::Affine(p) => &p.bias,
        Primitive::Conv1d(p) => &p.bias,
        Primitive::Conv2d(p) => &p.bias,
        _ => return Ok(None),
    };
    let values = bias.to_f64().ok_or_else(|| site.foreign())?;
    let outputs = site.leaf.outputs();
    if values.is_empty() || !outputs.is_multiple_of(values.len()) {
        return Err(site.foreign());
    }
    // A channel of a convolution has one number for all of its pixels.
    let plane = outputs / values.len();
    Ok(Some((0..outputs).map(|output| values[output / plane]).collect()))
}
