//! The perfect integrator of I and IF: `v' = r x`. Both integrators follow it exactly.

use nirkit_numerics::Tensor;
use nirkit_step::{CellBuilder, Expr};
use pulp::Simd;

use super::error::PrepareError;
use super::gain::Gain;
use super::neuron::{Cells, Dynamics, Lowered, Membrane};
use super::node::Site;
use super::parameter::Parameter;
use super::real::Real;
use super::simd::Vector;

/// The membrane under the choices of a run.
#[derive(Debug)]
pub(super) struct Perfect<T> {
    /// `r A`: the jump that an impulse of area `A` causes.
    jump: Gain<T>,
    /// `r dt`: the rise in a step under a current of 1.
    rise: Gain<T>,
}

impl<T: Real> Perfect<T> {
    /// The membrane, and the parameter at which it rests, which is 0.
    pub(super) fn new(site: &Site<'_>, r: &Tensor) -> Result<(Self, Parameter), PrepareError> {
        let r = Parameter::of(site.leaf, "r", r)?;
        let (dt, area) = (site.options.dt, site.options.impulse().unwrap_or(0.0));
        let jump = Gain::new("jump", site.channels(), [&r], |[r]| r * area);
        let rise = Gain::new("r*dt", site.channels(), [&r], |[r]| r * dt);
        Ok((Self { jump, rise }, Parameter::Uniform(0.0)))
    }
}

impl<T: Real> Dynamics<T> for Perfect<T> {
    const SYNAPSE: bool = false;

    fn jump(&self) -> &Gain<T> {
        &self.jump
    }

    fn flow(&self, membrane: &mut Membrane<'_, T>, current: &[T]) {
        self.rise.add(membrane.v, current);
    }

    fn lower_flow(&self, builder: &mut CellBuilder, membrane: Lowered, x: Expr) {
        self.rise.lower(builder, membrane.v, x);
    }

    #[inline(always)]
    fn flow_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        mut cells: Cells<S, T, W>,
        current: Vector<S, T, W>,
    ) -> Cells<S, T, W> {
        cells.v = self.rise.add_vector(simd, at, cells.v, current);
        cells
    }
}
