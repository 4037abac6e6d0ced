//! Convolutions along one axis or two: a window and a bias. One axis is two of which the first has
//! length 1.

use nirkit_numerics::Tensor;
use nirkit_step::{BufferId, Operation};

use super::bias::Bias;
use super::error::PrepareError;
use super::lower::numbers::numbers;
use super::map::Map;
use super::node::Site;
use super::real::Real;
use super::time_block::Pass;
use super::window::Windowed;
use crate::lowering::step_window;

/// The kernels and the bias.
#[derive(Debug)]
pub(super) struct Convolution<T> {
    kernels: Windowed<T>,
    bias: Bias<T>,
}

impl<T: Real> Convolution<T> {
    /// The convolution with these weights and this bias.
    pub(super) fn new(
        weight: &Tensor,
        bias: &Tensor,
        site: &Site<'_>,
    ) -> Result<Self, PrepareError> {
        let window = site.leaf.window.as_ref().ok_or_else(|| site.foreign())?;
        let weights = T::elements(weight).ok_or_else(|| site.foreign())?.into_owned();
        let kernels = Windowed::new(window, weights).ok_or_else(|| site.foreign())?;
        let bias = Bias::new(bias, site, kernels.plane())?;
        Ok(Self { kernels, bias })
    }
}

impl<T: Real> Map<T> for Convolution<T> {
    fn apply(&self, input: &[T], output: &mut [T]) {
        self.kernels.apply(input, output);
    }

    fn lowered(&self, [from, to]: [BufferId; 2], _: usize, with_constant: bool) -> Operation {
        Operation::Convolution(nirkit_step::Convolution {
            from,
            window: step_window(self.kernels.window()),
            weights: numbers(self.kernels.weights()),
            bias: self.bias.lowered(with_constant),
            to,
        })
    }

    fn add_constant(&self, output: &mut [T]) {
        self.bias.add(output);
    }

    fn takes_events(&self) -> bool {
        self.kernels.takes_events()
    }

    fn run_block(&self, pass: &mut Pass<'_, T>, with_constant: bool) {
        self.kernels.run_block(pass, self.bias.of_targets(with_constant));
    }

    fn bytes(&self) -> usize {
        self.kernels.bytes()
    }
}
