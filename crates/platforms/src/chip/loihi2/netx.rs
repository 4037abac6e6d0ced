//! The `.net` file that lava-dl's `netx.hdf5.Network` reads: a group `layer` with a group for each
//! block, numbered from 0.
//!
//! Blocks stand in one chain, so that networks with branches or recurrence have none, and neither
//! have those whose biases come from a neuron that always spikes.

use std::collections::BTreeSet;

use nirkit_ir::value::{Charset, Fields, Text, TextLength, TextStorage, Value};
use nirkit_numerics::Tensor;

use super::document::{Conv, Dense, Document, Lif, Process};
use super::wiring::{End, Wiring, takers};

/// lava-dl shifts biases by so many bits.
const BIAS_EXP: i32 = 6;

/// The tree of the file, or why there is none.
pub(super) fn tree(document: &Document, wiring: &Wiring) -> Result<Fields, String> {
    let blocks = blocks(document, wiring)?;
    let mut layers = Fields::default();
    let shape = wiring.frame.iter().map(|&axis| axis as i64);
    let input = [("shape", integers(shape)), ("type", text("input"))];
    layers.insert("0".to_owned(), group(input));
    let mut arrives = wiring.frame.clone();
    for (weights, lif) in blocks {
        let neurons = &wiring.shapes[lif];
        let Process::Lif(neuron) = &document.layers[lif] else { continue };
        let mut block = match &document.layers[weights] {
            Process::Dense(dense) => {
                if arrives.len() > 1 {
                    let count: i64 = arrives.iter().map(|&axis| axis as i64).product();
                    let flatten = [("shape", integers([count])), ("type", text("flatten"))];
                    layers.insert(layers.len().to_string(), group(flatten));
                }
                dense_block(dense)?
            }
            Process::Conv(conv) => conv_block(conv, neurons),
            Process::Lif(_) => continue,
        };
        block.insert("neuron".to_owned(), neuron_group(neuron));
        if let Some(bias) = bias(neuron, neurons.iter().product())? {
            block.insert("bias".to_owned(), bias);
        }
        layers.insert(layers.len().to_string(), Value::Group(sorted(block)));
        arrives.clone_from(neurons);
        if let Process::Dense(_) = &document.layers[weights] {
            arrives = vec![neurons.iter().product()];
        }
    }
    let simulation = group([("Ts", integers([1]))]);
    Ok(Fields::from_iter([
        ("layer".to_owned(), Value::Group(layers)),
        ("simulation".to_owned(), simulation),
    ]))
}

/// Weights and neurons in their order, if they stand in one chain.
fn blocks(document: &Document, wiring: &Wiring) -> Result<Vec<(usize, usize)>, String> {
    let (mut blocks, mut known) = (Vec::new(), BTreeSet::new());
    let takers = takers(&wiring.ends);
    let mut at = End::Input;
    while let Some(&[way]) = takers.get(&at).map(Vec::as_slice) {
        let Some((_, target)) = wiring.ends[way] else { break };
        if !known.insert(target) {
            break;
        }
        blocks.push((way, target));
        at = End::Process(target);
    }
    let whole = blocks.len() * 2 == document.layers.len();
    let all_neurons =
        blocks.iter().all(|&(_, lif)| matches!(document.layers[lif], Process::Lif(_)));
    if whole && all_neurons {
        return Ok(blocks);
    }
    Err("a .net file holds one chain of blocks; this network has branches, recurrence or a neuron \
         that always spikes (`--quantize bias-on-v` leaves that one out)"
        .to_owned())
}

fn dense_block(dense: &Dense) -> Result<Fields, String> {
    if dense.weight_exp != 0 {
        let name = &dense.name;
        return Err(format!("a .net file holds no `weight_exp`, and `{name}` has one"));
    }
    let mut stored: Vec<i64> = dense.weights.iter().flatten().copied().collect();
    super::weights::store(&mut stored, dense.num_weight_bits);
    let (targets, sources) = (dense.weights.len(), dense.weights.first().map_or(0, Vec::len));
    Ok(fields([
        ("shape", integers([targets as i64])),
        ("type", text("dense")),
        ("inFeatures", integer(sources as i64)),
        ("outFeatures", integer(targets as i64)),
        ("weight", tensor(&[targets, sources], stored)),
    ]))
}

fn conv_block(conv: &Conv, shape: &[usize]) -> Fields {
    let weights: Vec<i64> = conv.weights.iter().flatten().flatten().flatten().copied().collect();
    let first = conv.weights.first().and_then(|output| output.first());
    let kernel = [first.map_or(0, Vec::len), first.and_then(|k| k.first()).map_or(0, Vec::len)];
    let seen = conv.weights.first().map_or(0, Vec::len);
    let pair = |pair: [usize; 2]| integers(pair.map(|axis| axis as i64));
    let axes = [conv.weights.len(), seen, kernel[0], kernel[1]];
    fields([
        ("shape", integers(shape.iter().map(|&axis| axis as i64))),
        ("type", text("conv")),
        ("inChannels", integer((seen * conv.groups) as i64)),
        ("outChannels", integer(conv.weights.len() as i64)),
        ("kernelSize", pair(kernel)),
        ("stride", pair(conv.stride.axes())),
        ("padding", pair(conv.padding.axes())),
        ("dilation", pair(conv.dilation.axes())),
        ("groups", integer(conv.groups as i64)),
        ("weight", tensor(&axes, weights)),
    ])
}

fn neuron_group(lif: &Lif) -> Value {
    group([
        ("type", text("CUBA")),
        ("iDecay", integer(lif.du + 1)),
        ("vDecay", integer(lif.dv)),
        ("vThMant", integer(lif.vth)),
        ("refDelay", integer(1)),
        ("gradedSpike", integer(0)),
    ])
}

/// The mantissas of the biases, unless all are 0.
fn bias(lif: &Lif, neurons: usize) -> Result<Option<Value>, String> {
    let mantissas = lif.bias_mant.list();
    if mantissas.iter().all(|&mantissa| mantissa == 0) {
        return Ok(None);
    }
    if lif.bias_exp != BIAS_EXP {
        let (name, exp) = (&lif.name, lif.bias_exp);
        return Err(format!(
            "a .net file has biases shifted by 6 bits, those of `{name}` by {exp}"
        ));
    }
    let each = (0..neurons).map(|n| mantissas.get(n).or(mantissas.first()).map_or(0, |&m| m));
    Ok(Some(integers(each)))
}

fn fields<const N: usize>(members: [(&str, Value); N]) -> Fields {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Members by name, as h5py lists them.
fn sorted(mut fields: Fields) -> Fields {
    fields.sort_keys();
    fields
}

fn group<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Group(sorted(fields(members)))
}

/// A string that `decode('ascii')` of numpy takes.
fn text(string: &str) -> Value {
    let storage = TextStorage { length: TextLength::Fixed(string.len()), charset: Charset::Ascii };
    let text = Text::new(&[], vec![string.to_owned()], storage);
    Value::Text(text.unwrap_or_else(|| Text::scalar(string)))
}

fn integer(number: i64) -> Value {
    Tensor::scalar(number as i32).into()
}

fn integers(numbers: impl IntoIterator<Item = i64>) -> Value {
    Tensor::vector(numbers.into_iter().map(|number| number as i32).collect()).into()
}

fn tensor(shape: &[usize], numbers: Vec<i64>) -> Value {
    let numbers: Vec<i32> = numbers.into_iter().map(|number| number as i32).collect();
    let flat = Tensor::vector(numbers.clone());
    Tensor::new(shape, numbers).unwrap_or(flat).into()
}
