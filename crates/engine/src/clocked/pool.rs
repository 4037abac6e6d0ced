//! Sums over windows, or means: what SumPool2d and AvgPool2d compute.

use nirkit_step::{BufferId, Operation};

use super::error::PrepareError;
use super::map::{Map, Mapped};
use super::node::Site;
use super::real::Real;
use super::time_block::Pass;
use super::window::Windowed;
use crate::lowering::step_window;

/// Windows that add what they see, and divide it where they make means.
#[derive(Debug)]
pub(super) struct Pool<T> {
    windows: Windowed<T>,
    /// The number by which sums are divided.
    area: Option<f64>,
}

impl<T: Real> Pool<T> {
    /// The windows of a node, which add.
    pub(super) fn sum(site: &Site<'_>) -> Result<Mapped<Self>, PrepareError> {
        let windows = site.leaf.window.as_ref().and_then(Windowed::sum);
        let windows = windows.ok_or_else(|| site.foreign())?;
        Ok(Mapped(Self { windows, area: None }))
    }

    /// The windows of a node, which divide the sum by the number of elements of a window.
    pub(super) fn mean(site: &Site<'_>) -> Result<Mapped<Self>, PrepareError> {
        let Mapped(Self { windows, .. }) = Self::sum(site)?;
        let area = Some(windows.area() as f64);
        Ok(Mapped(Self { windows, area }))
    }

    fn divide(&self, sums: &mut [T]) {
        if let Some(area) = self.area.map(T::round) {
            for sum in sums {
                *sum = *sum / area;
            }
        }
    }
}

impl<T: Real> Map<T> for Pool<T> {
    fn apply(&self, input: &[T], output: &mut [T]) {
        self.windows.apply(input, output);
        self.divide(output);
    }

    fn lowered(&self, [from, to]: [BufferId; 2], _: usize, _: bool) -> Operation {
        let window = step_window(self.windows.window());
        let mean = self.area.map(|area| [area, 1.0]);
        Operation::Pool(nirkit_step::Pool { from, window, mean, to })
    }

    fn takes_events(&self) -> bool {
        self.windows.takes_events()
    }

    fn run_block(&self, pass: &mut Pass<'_, T>, _: bool) {
        self.windows.run_block(pass, &[]);
        if self.area.is_some() {
            for row in pass.rows.clone() {
                self.divide(pass.buffer_pool.row_mut(pass.out, row));
            }
        }
    }
}
