//! What the nodes between two populations do, as one matrix and one bias.

use nirkit_engine::integer::Map;
use nirkit_ir::Primitive;
use nirkit_ir::facts::{LeafId, Window};

use super::View;

/// Matrices with more weights than this are not put together.
const MOST_WEIGHTS: usize = 1 << 26;

/// `y = W x + b`.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// Channels that enter.
    pub sources: usize,
    /// Channels that leave.
    pub targets: usize,
    /// `weights[target * sources + source]`.
    pub weights: Vec<f64>,
    /// One number for each target.
    pub bias: Vec<f64>,
}

impl Linear {
    /// What maps do, one after the other, to so many sources; `None` for a map that is no matrix,
    /// and for a matrix that is too large to be written out.
    #[must_use]
    pub fn of(view: View<'_>, maps: &[LeafId], sources: usize) -> Option<Self> {
        let steps: Vec<Step> =
            maps.iter().map(|&map| Step::of(view, map)).collect::<Option<_>>()?;
        let targets = maps.last().map_or(sources, |&map| view.leaf(map).outputs());
        if sources.checked_mul(targets)? > MOST_WEIGHTS {
            return None;
        }
        let mut weights = vec![0.0; sources * targets];
        for source in 0..sources {
            let mut signal = vec![(source, 1.0)];
            for step in &steps {
                signal = step.apply(&signal);
            }
            for (target, weight) in signal {
                weights[target * sources + source] = weight;
            }
        }
        let mut bias = vec![0.0; sources];
        for step in &steps {
            bias = step.carry(&bias);
        }
        Some(Self { sources, targets, weights, bias })
    }

    /// How many targets each source of a chain of maps reaches with a weight other than 0, and the multiplications of
    /// a step when nothing is left out; `None` for a map that is no matrix.
    #[must_use]
    pub fn fan_out(view: View<'_>, maps: &[LeafId], sources: usize) -> Option<(Vec<usize>, usize)> {
        let steps: Vec<Step> =
            maps.iter().map(|&map| Step::of(view, map)).collect::<Option<_>>()?;
        let reach = |source: usize| {
            let start = vec![(source, 1.0)];
            steps.iter().fold(start, |signal, step| step.apply(&signal)).len()
        };
        let macs = maps.iter().map(|&map| macs(view, map)).sum();
        Some(((0..sources).map(reach).collect(), macs))
    }

    /// The weights to a target.
    #[must_use]
    pub fn row(&self, target: usize) -> &[f64] {
        &self.weights[target * self.sources..(target + 1) * self.sources]
    }
}

/// Some channels and their numbers, the others are 0.
type Sparse = Vec<(usize, f64)>;

/// A node without a state.
enum Step {
    /// Nothing changes but the shape.
    Same,
    /// A factor for each channel.
    Scale(Vec<f64>),
    /// Weights by target and source.
    Matrix { sources: usize, targets: usize, weights: Vec<f64>, bias: Vec<f64> },
    /// A kernel that moves. The entries of the map count the weights, from 1.
    Window { places: Map, weights: Vec<f64>, bias: Vec<f64> },
}

impl Step {
    fn of(view: View<'_>, map: LeafId) -> Option<Self> {
        let leaf = view.leaf(map);
        let (sources, targets) = (leaf.inputs(), leaf.outputs());
        let bias = || view.numbers(map, "bias", targets).unwrap_or_else(|| vec![0.0; targets]);
        match view.primitive(map)? {
            Primitive::Flatten(_) => Some(Self::Same),
            Primitive::Scale(_) => Some(Self::Scale(view.numbers(map, "scale", targets)?)),
            Primitive::Affine(_) | Primitive::Linear(_) => {
                let weights = view.numbers(map, "weight", sources * targets)?;
                Some(Self::Matrix { sources, targets, weights, bias: bias() })
            }
            Primitive::Conv1d(_) | Primitive::Conv2d(_) => {
                let window = leaf.window.as_ref()?;
                let weights = view.numbers(map, "weight", kernel_weights(window))?;
                let each = targets / window.channels_out.max(1);
                let bias = view
                    .numbers(map, "bias", window.channels_out)
                    .unwrap_or_else(|| vec![0.0; window.channels_out]);
                let bias = bias.iter().flat_map(|&b| std::iter::repeat_n(b, each)).collect();
                Some(Self::window(window, weights, bias))
            }
            primitive @ (Primitive::SumPool2d(_) | Primitive::AvgPool2d(_)) => {
                let window = leaf.window.as_ref()?;
                let area = window.kernel.iter().product::<usize>();
                let is_mean = matches!(primitive, Primitive::AvgPool2d(_));
                let weight = if is_mean { 1.0 / area as f64 } else { 1.0 };
                let weights = vec![weight; window.channels_out * area];
                Some(Self::window(window, weights, vec![0.0; targets]))
            }
            _ => None,
        }
    }

    fn window(window: &Window, weights: Vec<f64>, bias: Vec<f64>) -> Self {
        let count = (1..=weights.len() as i64).collect();
        Self::Window {
            places: Map::Window { window: window.clone(), weights: count },
            weights,
            bias,
        }
    }

    /// What becomes of a signal, without the bias. Targets are ascending, and each stands once.
    fn apply(&self, signal: &Sparse) -> Sparse {
        match self {
            Self::Same => signal.clone(),
            Self::Scale(factors) => signal.iter().map(|&(at, x)| (at, x * factors[at])).collect(),
            Self::Matrix { sources, targets, weights, .. } => {
                let sum = |target: usize| {
                    signal.iter().map(|&(at, x)| weights[target * sources + at] * x).sum::<f64>()
                };
                (0..*targets)
                    .map(|target| (target, sum(target)))
                    .filter(|(_, y)| *y != 0.0)
                    .collect()
            }
            Self::Window { places, weights, .. } => {
                let mut out = vec![0.0; places.targets()];
                for &(at, x) in signal {
                    places.visit(at, |target, weight| {
                        out[target] += weights[weight as usize - 1] * x;
                    });
                }
                out.into_iter().enumerate().filter(|(_, y)| *y != 0.0).collect()
            }
        }
    }

    /// What becomes of a bias, with the own one added.
    fn carry(&self, bias: &[f64]) -> Vec<f64> {
        let own = match self {
            Self::Matrix { bias, .. } | Self::Window { bias, .. } => bias.clone(),
            Self::Same | Self::Scale(_) => vec![0.0; bias.len()],
        };
        let signal = bias.iter().copied().enumerate().filter(|(_, b)| *b != 0.0).collect();
        let mut all = own;
        for (target, y) in self.apply(&signal) {
            all[target] += y;
        }
        all
    }
}

/// Multiplications of a map in a step when nothing is left out.
fn macs(view: View<'_>, map: LeafId) -> usize {
    let leaf = view.leaf(map);
    match (view.primitive(map), &leaf.window) {
        (Some(Primitive::Affine(_) | Primitive::Linear(_)), _) => leaf.inputs() * leaf.outputs(),
        (Some(Primitive::Conv1d(_) | Primitive::Conv2d(_)), Some(window)) => {
            leaf.outputs() * (kernel_weights(window) / window.channels_out.max(1))
        }
        _ => 0,
    }
}

/// Weights that the kernel of a convolution has.
#[must_use]
pub fn kernel_weights(window: &Window) -> usize {
    let seen = window.channels_in / window.groups.max(1);
    window.channels_out * seen * window.kernel.iter().product::<usize>()
}
