//! The layers as a network of integers.

use nirkit_engine::clocked::Comparison;
use nirkit_engine::integer::{
    Arrival, Assembly, Decay, Fire, Input, Map, Membrane, Network, Order, Overflow, Population,
    Projection, Register, Reset, Source, Synapse,
};
use nirkit_ir::facts::Window;

use super::super::bound;
use super::document::{Document, Layer};

/// Room for every state that single precision holds exactly: nothing is cut on a processor.
const STATE: Register = Register::signed(40, Overflow::Saturate);

/// More spikes than any state of a layer has thresholds.
const NO_LIMIT: i64 = 1 << 31;

/// The network of a document, or everything that is wrong with it.
pub(super) fn network(document: &Document) -> Result<Network, Vec<String>> {
    let mut errors = Vec::new();
    let input = &document.input;
    let channels = input.shape.iter().product();
    let mut network = Network {
        inputs: vec![Input { name: input.name.clone(), channels }],
        ..Network::default()
    };
    let (mut shape, mut pool) = (input.shape, input.pool);
    for (at, layer) in document.layers.iter().enumerate() {
        let windows = Geometry::of(shape, pool, layer);
        let Geometry { pooled, window } = match windows {
            Ok(geometry) => geometry,
            Err(error) => {
                errors.push(format!("layer {at} (`{}`): {error}", layer.layer));
                return Err(errors);
            }
        };
        shape = [window.channels_out, window.output[0], window.output[1]];
        network.populations.push(population(layer, shape));
        let mut maps: Vec<Map> = pooled.iter().map(Map::sum).collect();
        maps.push(Map::Window { window, weights: layer.weight.clone() });
        network.projections.push(Projection {
            source: at.checked_sub(1).map_or(Source::Input(0), Source::Population),
            target: at,
            synapse: 0,
            maps,
            limit: None,
            delay: 0,
            shift: 0,
            sum: None,
        });
        if layer.threshold < 1 {
            errors.push(format!("`{}`: the threshold is {}", layer.neuron, layer.threshold));
        }
        pool = layer.pool;
    }
    // Each other pool is looked at with the layer behind it.
    let [_, height, width] = shape;
    if let Some(last) = document.layers.last()
        && (pool.contains(&0) || pool[0] > height || pool[1] > width)
    {
        errors.push(format!("layer `{}`: {}", last.layer, nothing_left(pool, [height, width])));
    }
    if errors.is_empty() { Ok(network) } else { Err(errors) }
}

fn population(layer: &Layer, shape: [usize; 3]) -> Population {
    let [channels, height, width] = shape;
    let neurons = channels * height * width;
    let bias = (0..neurons).map(|neuron| layer.bias[neuron / (height * width).max(1)]);
    let synapse = Synapse {
        register: STATE,
        decay: Decay::All,
        arrival: Arrival::Sum { shift: 0 },
        order: Order::DecayThenArrive,
        observable: None,
    };
    Population {
        name: layer.neuron.clone(),
        shape: if height * width == 1 { vec![channels] } else { shape.to_vec() },
        synapses: vec![synapse],
        membrane: Membrane {
            register: STATE,
            decay: Decay::None,
            bias: bias.collect(),
            assembly: Assembly::AtOnce,
        },
        fire: Fire {
            threshold: vec![layer.threshold; neurons],
            comparison: Comparison::AtLeast,
            limit: NO_LIMIT,
            reset: Reset::Subtract,
            floor: Some(vec![layer.min_v_mem; neurons]),
        },
        aliases: Vec::new(),
    }
}

fn nothing_left(pool: [usize; 2], [height, width]: [usize; 2]) -> String {
    format!("a pool of {pool:?} over {height} × {width} pixels leaves nothing")
}

/// How pool and kernel of a layer move.
struct Geometry {
    pooled: Option<Window>,
    window: Window,
}

impl Geometry {
    /// The windows over a picture of channels, height and width.
    fn of(shape: [usize; 3], pool: [usize; 2], layer: &Layer) -> Result<Self, String> {
        let [channels, height, width] = shape;
        let pooled = (pool != [1, 1]).then(|| Window {
            channels_in: channels,
            channels_out: channels,
            groups: channels,
            kernel: pool,
            stride: pool,
            dilation: [1, 1],
            before: [0, 0],
            after: [0, 0],
            input: [height, width],
            output: [height / pool[0].max(1), width / pool[1].max(1)],
        });
        let input = pooled.as_ref().map_or([height, width], |pooled| pooled.output);
        if pool.contains(&0) || input.contains(&0) {
            return Err(nothing_left(pool, [height, width]));
        }
        let window = convolution(channels, input, layer)?;
        Ok(Self { pooled, window })
    }
}

fn convolution(channels: usize, input: [usize; 2], layer: &Layer) -> Result<Window, String> {
    let [channels_out, seen, kernel_height, kernel_width] = layer.weight_shape;
    let kernel = [kernel_height, kernel_width];
    let weights = layer.weight_shape.iter().try_fold(1_usize, |n, &axis| n.checked_mul(axis));
    if weights != Some(layer.weight.len()) || layer.bias.len() != channels_out {
        return Err(format!(
            "{} weights and {} biases do not have the shape {:?}",
            layer.weight.len(),
            layer.bias.len(),
            layer.weight_shape
        ));
    }
    if !layer.has_bias && layer.bias.iter().any(|&bias| bias != 0) {
        return Err("`has_bias` is false, and biases other than 0 are given".to_owned());
    }
    let groups = layer.groups;
    let fits = groups > 0 && seen.checked_mul(groups) == Some(channels);
    if !fits || !channels_out.is_multiple_of(groups) || seen == 0 {
        return Err(format!("{groups} groups of {seen} channels do not make {channels} channels"));
    }
    if layer.stride.contains(&0) || layer.dilation.contains(&0) || kernel.contains(&0) {
        return Err("kernel, stride and dilation are above 0".to_owned());
    }
    if layer.padding.iter().chain(&layer.dilation).chain(&layer.stride).any(|&n| n > 1 << 20) {
        return Err("padding, stride and dilation are below 2^20".to_owned());
    }
    let mut output = [0; 2];
    for axis in 0..2 {
        let padded = input[axis] + 2 * layer.padding[axis];
        let reach = layer.dilation[axis].saturating_mul(kernel[axis] - 1).saturating_add(1);
        let room = padded.checked_sub(reach);
        let room = room.ok_or_else(|| format!("a kernel of {kernel:?} over {input:?} pixels"))?;
        output[axis] = room / layer.stride[axis] + 1;
    }
    bound::window(Window {
        channels_in: channels,
        channels_out,
        groups,
        kernel,
        stride: layer.stride,
        dilation: layer.dilation,
        before: layer.padding,
        after: layer.padding,
        input,
        output,
    })
}
