//! The cores: how much memory each has, what a layer needs of it, and which core holds which layer.

use nirkit_ir::Place;

use super::super::Job;
use super::super::tell::{Limit, Tell};
use super::chain::Chain;
use super::document::{Document, Layer};

pub(super) const SOURCE: &str = "sinabs 2.0.3, dynapcnn/chips/dynapcnn.py, get_constraints";
const SAMNA: &str = "samna's description of Speck";

/// Words of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    pub(super) kernel: usize,
    pub(super) neuron: usize,
    pub(super) bias: usize,
}

/// The nine cores.
pub(super) const CORES: [Memory; 9] = [
    core(16, 64),
    core(16, 64),
    core(16, 64),
    core(32, 32),
    core(32, 32),
    core(64, 16),
    core(64, 16),
    core(16, 16),
    core(16, 16),
];

const fn core(kernel: usize, neuron: usize) -> Memory {
    Memory { kernel: kernel * 1024, neuron: neuron * 1024, bias: 1024 }
}

impl Memory {
    /// What a layer needs, whose neurons have this shape. Addresses are made of bits, so that lengths
    /// are rounded up to powers of two.
    pub(super) fn of(layer: &Layer, neurons: &[usize]) -> Self {
        let [features, channels, height, width] = layer.weight_shape;
        let (rows, columns) = match *neurons {
            [_, rows, columns] => (rows, columns),
            _ => (1, 1),
        };
        let power = |n: usize| n.max(1).checked_next_power_of_two().unwrap_or(usize::MAX);
        let kernel = power(height.saturating_mul(width)).saturating_mul(power(features));
        let neuron = power(rows).saturating_mul(power(columns));
        Self {
            kernel: kernel.saturating_mul(channels),
            neuron: neuron.saturating_mul(features),
            bias: if layer.has_bias { features } else { 0 },
        }
    }

    fn fits(self, core: Self) -> bool {
        self.kernel <= core.kernel && self.neuron <= core.neuron && self.bias <= core.bias
    }
}

/// Gives each layer a core, and tells what has no room.
pub(super) fn place(job: &Job<'_>, chain: &Chain, document: &mut Document, tell: &mut Tell<'_>) {
    let needs: Vec<Memory> = document
        .layers
        .iter()
        .zip(&chain.links)
        .map(|(layer, link)| Memory::of(layer, &job.leaf(link.neurons).output))
        .collect();
    for ((layer, link), needs) in document.layers.iter().zip(&chain.links).zip(&needs) {
        let place = job.place(link.weights);
        check_layer(layer, &job.leaf(link.neurons).output, &place, tell);
        check_memory(*needs, &place, tell);
    }
    let shape = document.input.shape;
    if shape[1].max(shape[2]) > 128 {
        let limit = Limit { what: "pixels along an axis", available: 128, source: SAMNA };
        let help = "pool the input before it enters";
        tell.exceed(job.place(chain.input), &limit, shape[1].max(shape[2]), help);
    }
    match matched(&needs) {
        Some(cores) => {
            for (layer, core) in document.layers.iter_mut().zip(cores) {
                layer.core = Some(core);
            }
        }
        None if document.layers.len() > CORES.len() => {
            let limit = Limit { what: "cores", available: CORES.len(), source: SOURCE };
            let help = "merge layers, or spread them over two chips";
            tell.exceed(Place::root(), &limit, document.layers.len(), help);
        }
        None => {
            let message = "has no way to give each layer a core with enough memory";
            let help = "take smaller kernels, fewer channels or smaller pictures";
            tell.misfit(Place::root(), message, SOURCE, help);
        }
    }
}

fn check_memory(needs: Memory, place: &Place, tell: &mut Tell<'_>) {
    let rooms = [
        ("words of kernel memory in its largest core", needs.kernel, 64 * 1024),
        ("words of neuron memory in its largest core", needs.neuron, 64 * 1024),
        ("words of bias memory in a core", needs.bias, 1024),
    ];
    for (what, needed, available) in rooms {
        if needed > available {
            let limit = Limit { what, available, source: SOURCE };
            let help = "take smaller kernels, fewer channels or smaller pictures";
            tell.exceed(place.clone(), &limit, needed, help);
        }
    }
}

/// What the registers of a core cannot say.
fn check_layer(layer: &Layer, neurons: &[usize], place: &Place, tell: &mut Tell<'_>) {
    let [features, _, height, width] = layer.weight_shape;
    if height != width {
        let message = format!("has square kernels, not {height} × {width}");
        tell.misfit(place.clone(), &message, SOURCE, "fill the kernel up with zeros");
    }
    if layer.groups != 1 {
        let message = format!("has no groups of channels, the convolution has {}", layer.groups);
        tell.misfit(place.clone(), &message, SAMNA, "write the other weights as zeros");
    }
    if layer.dilation != [1, 1] {
        let message = format!("has no dilation, the convolution has {:?}", layer.dilation);
        tell.misfit(place.clone(), &message, SAMNA, "fill the kernel up with zeros");
    }
    if layer.stride.iter().any(|stride| ![1, 2, 4, 8].contains(stride)) {
        let message = format!("has strides of 1, 2, 4 and 8, not {:?}", layer.stride);
        tell.misfit(place.clone(), &message, SAMNA, "take another stride");
    }
    if layer.pool.iter().any(|pool| ![1, 2, 4].contains(pool)) || layer.pool[0] != layer.pool[1] {
        let message = format!("has square pools of 1, 2 and 4, not {:?}", layer.pool);
        tell.misfit(place.clone(), &message, SAMNA, "take another pool");
    }
    let axis = neurons.iter().skip(1).copied().max().unwrap_or(1);
    let rooms = [
        ("pixels along an axis of a kernel", height.max(width), 16),
        ("zeros on a side of a picture", layer.padding[0].max(layer.padding[1]), 7),
        ("channels of a layer", features, 1024),
        ("pixels along an axis of a layer", axis, 64),
    ];
    for (what, needed, available) in rooms {
        if needed > available {
            let limit = Limit { what, available, source: SAMNA };
            tell.exceed(place.clone(), &limit, needed, "take a smaller one");
        }
    }
}

/// A core for each layer, by augmenting paths; `None` if there is no such assignment.
fn matched(needs: &[Memory]) -> Option<Vec<usize>> {
    let mut layer_of = [None; CORES.len()];
    for layer in 0..needs.len() {
        if !find(needs, layer, &mut layer_of, &mut [false; CORES.len()]) {
            return None;
        }
    }
    (0..needs.len()).map(|layer| layer_of.iter().position(|&of| of == Some(layer))).collect()
}

/// Gives a layer a core, moving others if need be.
fn find(
    needs: &[Memory],
    layer: usize,
    layer_of: &mut [Option<usize>; CORES.len()],
    tried: &mut [bool; CORES.len()],
) -> bool {
    for core in 0..CORES.len() {
        if tried[core] || !needs[layer].fits(CORES[core]) {
            continue;
        }
        tried[core] = true;
        let is_free = match layer_of[core] {
            None => true,
            Some(other) => find(needs, other, layer_of, tried),
        };
        if is_free {
            layer_of[core] = Some(layer);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_makes_room_for_another() {
        let small = core(16, 16);
        let (wide, deep) = (core(16, 64), core(64, 16));
        // Small layers come first and would sit on the cores that the others need.
        let needs = [small, small, small, wide, wide, wide, deep, deep];
        let cores = matched(&needs).unwrap();
        assert!(needs.iter().zip(&cores).all(|(needs, &at)| needs.fits(CORES[at])));
        assert_eq!(matched(&[wide, wide, wide, wide]), None);
    }
}
