//! The perfect integrator of I and IF: `v' = r x`. Both integrators follow it exactly.

use nirkit_numerics::Tensor;
use nirkit_step::{CellBuilder, Expr};
use pulp::Simd;

use super::error::PrepareError;
use super::lower::numbers::{column, times};
use super::neuron::{Cells, Dynamics, Lowered, Membrane};
use super::node::Site;
use super::parameter::{Columns, Parameter};
use super::real::Real;
use super::simd::Vector;

/// The membrane under the choices of a run.
#[derive(Debug)]
pub(super) struct Perfect<T> {
    /// `r A`: the jump that an impulse of area `A` causes.
    jump: Columns<T, 1>,
    /// `r dt`: the rise in a step under a current of 1.
    rise: Columns<T, 1>,
}

impl<T: Real> Perfect<T> {
    /// The membrane, and the parameter at which it rests, which is 0.
    pub(super) fn new(site: &Site<'_>, r: &Tensor) -> Result<(Self, Parameter), PrepareError> {
        let r = Parameter::of(site.leaf, "r", r)?;
        let (dt, area) = (site.options.dt, site.options.impulse().unwrap_or(0.0));
        let jump = Columns::new(site.channels(), [&r], |[r]| [r * area]);
        let rise = Columns::new(site.channels(), [&r], |[r]| [r * dt]);
        Ok((Self { jump, rise }, Parameter::Uniform(0.0)))
    }
}

impl<T: Real> Dynamics<T> for Perfect<T> {
    const SYNAPSE: bool = false;

    fn jump(&self, membrane: &mut Membrane<'_, T>, impulses: &[T]) {
        add(&self.jump, membrane.v, impulses);
    }

    fn flow(&self, membrane: &mut Membrane<'_, T>, current: &[T]) {
        add(&self.rise, membrane.v, current);
    }

    fn lower_jump(&self, builder: &mut CellBuilder, membrane: Lowered, impulses: Expr) {
        let jump = column(builder, &self.jump, 0, "jump");
        builder.set(membrane.v, Expr::of(membrane.v) + times(jump, impulses));
    }

    fn lower_flow(&self, builder: &mut CellBuilder, membrane: Lowered, x: Expr) {
        let rise = column(builder, &self.rise, 0, "r*dt");
        builder.set(membrane.v, Expr::of(membrane.v) + times(rise, x));
    }

    #[inline(always)]
    fn step_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        mut cells: Cells<S, T, W>,
        impulses: Option<Vector<S, T, W>>,
        current: Vector<S, T, W>,
    ) -> Cells<S, T, W> {
        if let Some(impulses) = impulses {
            let [jump] = self.jump.vectors(simd, at);
            cells.v = cells.v + jump * impulses;
        }
        let [rise] = self.rise.vectors(simd, at);
        cells.v = cells.v + rise * current;
        cells
    }
}

/// Adds the input times its gain.
fn add<T: Real>(gain: &Columns<T, 1>, v: &mut [T], input: &[T]) {
    let input = &input[..v.len()];
    gain.visit(v.len(), |neuron, [gain]| v[neuron] += gain * input[neuron]);
}
