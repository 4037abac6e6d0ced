//! AvgPool2d: sums over windows, divided by the number of elements of the window, with the zeros
//! around the input among them.

use nirkit_step::{BufferId, Operation, Pool};

use super::error::PrepareError;
use super::map::{Map, Mapped};
use super::node::Site;
use super::real::Real;
use super::time_block::Pass;
use super::window::Windowed;
use crate::lowering::step_window;

/// The windows.
#[derive(Debug)]
pub(super) struct AvgPool2d<T>(Windowed<T>);

/// An AvgPool2d.
pub(super) fn plan<T: Real>(site: &Site<'_>) -> Result<Mapped<AvgPool2d<T>>, PrepareError> {
    let window = site.leaf.window.as_ref().and_then(Windowed::sum);
    window.map(|window| Mapped(AvgPool2d(window))).ok_or_else(|| site.foreign())
}

impl<T: Real> Map<T> for AvgPool2d<T> {
    fn apply(&self, input: &[T], output: &mut [T]) {
        self.0.apply(input, output);
        let area = T::round(self.0.area() as f64);
        for sum in output {
            *sum = *sum / area;
        }
    }

    fn lowered(&self, [from, to]: [BufferId; 2], _: usize, _: bool) -> Operation {
        let window = step_window(self.0.window());
        Operation::Pool(Pool { from, window, mean: Some([self.0.area() as f64, 1.0]), to })
    }

    fn takes_events(&self) -> bool {
        self.0.takes_events()
    }

    fn run_block(&self, pass: &mut Pass<'_, T>, _: bool) {
        self.0.run_block(pass, &[]);
        let area = T::round(self.0.area() as f64);
        for row in pass.rows.clone() {
            for sum in pass.buffer_pool.row_mut(pass.out, row) {
                *sum = *sum / area;
            }
        }
    }
}
