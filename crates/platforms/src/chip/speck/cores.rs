//! The cores: how much memory each has, what a layer needs of it, and which core holds which layer.

use nirkit_ir::Place;

use super::super::Job;
use super::super::diagnostics::Diagnostics;
use super::super::{Limit, Limits};
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

/// Words of kernel memory of each core.
const KERNEL: Limit = Limit {
    name: "kernel_words",
    what: "words of kernel memory in its largest core",
    available: &[
        16 << 10,
        16 << 10,
        16 << 10,
        32 << 10,
        32 << 10,
        64 << 10,
        64 << 10,
        16 << 10,
        16 << 10,
    ],
    source: SOURCE,
};
/// Words of neuron memory of each core.
const NEURON: Limit = Limit {
    name: "neuron_words",
    what: "words of neuron memory in its largest core",
    available: &[
        64 << 10,
        64 << 10,
        64 << 10,
        32 << 10,
        32 << 10,
        16 << 10,
        16 << 10,
        16 << 10,
        16 << 10,
    ],
    source: SOURCE,
};
/// Words of bias memory of each core.
const BIAS: Limit = Limit {
    name: "bias_words",
    what: "words of bias memory in a core",
    available: &[1 << 10; 9],
    source: SOURCE,
};
const FRAME_AXIS: Limit = of_samna("frame_axis", "pixels along an axis", &[128]);
const KERNEL_AXIS: Limit = of_samna("kernel_axis", "pixels along an axis of a kernel", &[16]);
const PADDING: Limit = of_samna("padding", "zeros on a side of a picture", &[7]);
const CHANNELS: Limit = of_samna("layer_channels", "channels of a layer", &[1024]);
const LAYER_AXIS: Limit = of_samna("layer_axis", "pixels along an axis of a layer", &[64]);

/// How much there is of everything.
pub(super) const LIMITS: Limits =
    Limits(&[KERNEL, NEURON, BIAS, FRAME_AXIS, KERNEL_AXIS, PADDING, CHANNELS, LAYER_AXIS]);

const fn of_samna(name: &'static str, what: &'static str, available: &'static [usize]) -> Limit {
    Limit { name, what, available, source: SAMNA }
}

/// The memory of each core. Where lists differ in length, the shortest one counts.
pub(super) fn cores(limits: Limits) -> Vec<Memory> {
    let [kernel, neuron, bias] = [KERNEL, NEURON, BIAS].map(|limit| limits.of(&limit).available);
    let cores = kernel.iter().zip(neuron).zip(bias);
    cores.map(|((&kernel, &neuron), &bias)| Memory { kernel, neuron, bias }).collect()
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
pub(super) fn place(
    job: &Job<'_>,
    chain: &Chain,
    document: &mut Document,
    diagnostics: &mut Diagnostics<'_>,
) {
    let needs: Vec<Memory> = document
        .layers
        .iter()
        .zip(&chain.links)
        .map(|(layer, link)| Memory::of(layer, &job.leaf(link.neurons).output))
        .collect();
    for ((layer, link), needs) in document.layers.iter().zip(&chain.links).zip(&needs) {
        let place = job.place(link.weights);
        check_layer(layer, &job.leaf(link.neurons).output, &place, diagnostics);
        check_memory(*needs, &place, diagnostics);
    }
    let shape = document.input.shape;
    let (limit, cores) = (diagnostics.limits().of(&FRAME_AXIS), cores(diagnostics.limits()));
    if shape[1].max(shape[2]) > limit.most() {
        let help = "pool the input before it enters";
        diagnostics.exceed(job.place(chain.input), &limit, shape[1].max(shape[2]), help);
    }
    match matched(&needs, &cores) {
        Some(cores) => {
            for (layer, core) in document.layers.iter_mut().zip(cores) {
                layer.core = Some(core);
            }
        }
        None if document.layers.len() > cores.len() => {
            let (has, needs) = (cores.len(), document.layers.len());
            let message = format!("has {has} cores, the graph needs {needs}");
            let help = "merge layers, or spread them over two chips";
            diagnostics.misfit(Place::root(), &message, SOURCE, help);
        }
        None => {
            let message = "has no way to give each layer a core with enough memory";
            let help = "take smaller kernels, fewer channels or smaller pictures";
            diagnostics.misfit(Place::root(), message, SOURCE, help);
        }
    }
}

fn check_memory(needs: Memory, place: &Place, diagnostics: &mut Diagnostics<'_>) {
    let rooms = [(KERNEL, needs.kernel), (NEURON, needs.neuron), (BIAS, needs.bias)];
    for (limit, needed) in rooms {
        let limit = diagnostics.limits().of(&limit);
        if needed > limit.most() {
            let help = "take smaller kernels, fewer channels or smaller pictures";
            diagnostics.exceed(place.clone(), &limit, needed, help);
        }
    }
}

/// What the registers of a core cannot say.
fn check_layer(layer: &Layer, neurons: &[usize], place: &Place, diagnostics: &mut Diagnostics<'_>) {
    let [features, _, height, width] = layer.weight_shape;
    if height != width {
        let message = format!("has square kernels, not {height} × {width}");
        diagnostics.misfit(place.clone(), &message, SOURCE, "fill the kernel up with zeros");
    }
    if layer.groups != 1 {
        let message = format!("has no groups of channels, the convolution has {}", layer.groups);
        diagnostics.misfit(place.clone(), &message, SAMNA, "write the other weights as zeros");
    }
    if layer.dilation != [1, 1] {
        let message = format!("has no dilation, the convolution has {:?}", layer.dilation);
        diagnostics.misfit(place.clone(), &message, SAMNA, "fill the kernel up with zeros");
    }
    if layer.stride.iter().any(|stride| ![1, 2, 4, 8].contains(stride)) {
        let message = format!("has strides of 1, 2, 4 and 8, not {:?}", layer.stride);
        diagnostics.misfit(place.clone(), &message, SAMNA, "take another stride");
    }
    if layer.pool.iter().any(|pool| ![1, 2, 4].contains(pool)) || layer.pool[0] != layer.pool[1] {
        let message = format!("has square pools of 1, 2 and 4, not {:?}", layer.pool);
        diagnostics.misfit(place.clone(), &message, SAMNA, "take another pool");
    }
    let axis = neurons.iter().skip(1).copied().max().unwrap_or(1);
    let rooms = [
        (KERNEL_AXIS, height.max(width)),
        (PADDING, layer.padding[0].max(layer.padding[1])),
        (CHANNELS, features),
        (LAYER_AXIS, axis),
    ];
    for (limit, needed) in rooms {
        let limit = diagnostics.limits().of(&limit);
        if needed > limit.most() {
            diagnostics.exceed(place.clone(), &limit, needed, "take a smaller one");
        }
    }
}

/// A core for each layer, by augmenting paths; `None` if there is no such assignment.
fn matched(needs: &[Memory], cores: &[Memory]) -> Option<Vec<usize>> {
    let mut layer_of = vec![None; cores.len()];
    for layer in 0..needs.len() {
        if !find(needs, cores, layer, &mut layer_of, &mut vec![false; cores.len()]) {
            return None;
        }
    }
    (0..needs.len()).map(|layer| layer_of.iter().position(|&of| of == Some(layer))).collect()
}

/// Gives a layer a core, moving others if need be.
fn find(
    needs: &[Memory],
    cores: &[Memory],
    layer: usize,
    layer_of: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for core in 0..cores.len() {
        if tried[core] || !needs[layer].fits(cores[core]) {
            continue;
        }
        tried[core] = true;
        let is_free = match layer_of[core] {
            None => true,
            Some(other) => find(needs, cores, other, layer_of, tried),
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
        let core = |kernel: usize, neuron: usize| Memory {
            kernel: kernel << 10,
            neuron: neuron << 10,
            bias: 1,
        };
        let small = core(16, 16);
        let (wide, deep) = (core(16, 64), core(64, 16));
        let all = cores(LIMITS);
        // Small layers come first and would sit on the cores that the others need.
        let needs = [small, small, small, wide, wide, wide, deep, deep];
        let found = matched(&needs, &all).unwrap();
        assert!(needs.iter().zip(&found).all(|(needs, &at)| needs.fits(all[at])));
        assert_eq!(matched(&[wide, wide, wide, wide], &all), None);
    }
}
