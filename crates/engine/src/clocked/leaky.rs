//! The leaky membrane of LI and LIF: `tau v' = (v_leak - v) + r x`.

use nirkit_numerics::{Tensor, math};
use nirkit_step::{CellBuilder, Expr};
use pulp::Simd;

use super::error::PrepareError;
use super::gain::Gain;
use super::lower::numbers::{column, times};
use super::neuron::{Cells, Dynamics, Lowered, Membrane};
use super::node::Site;
use super::option::Integrator;
use super::parameter::{Columns, Parameter};
use super::real::Real;
use super::simd::Vector;

/// The membrane under the choices of a run.
#[derive(Debug)]
pub(super) struct Leaky<T> {
    /// `r A / tau`: the jump that an impulse of area `A` causes.
    jump: Gain<T>,
    flow: Flow<T>,
}

#[derive(Debug)]
enum Flow<T> {
    /// `dt / tau`, `r`, `v_leak`.
    Euler(Columns<T, 3>),
    /// `exp(-dt / tau)`, `r`, `v_leak`.
    Exponential(Columns<T, 3>),
}

impl<T: Real> Leaky<T> {
    /// The membrane, and the parameter at which it rests.
    pub(super) fn new(
        site: &Site<'_>,
        tau: &Tensor,
        r: &Tensor,
        v_leak: &Tensor,
    ) -> Result<(Self, Parameter), PrepareError> {
        let tau = Parameter::of(site.leaf, "tau", tau)?;
        let r = Parameter::of(site.leaf, "r", r)?;
        let v_leak = Parameter::of(site.leaf, "v_leak", v_leak)?;
        let (dt, area) = (site.options.dt, site.options.impulse().unwrap_or(0.0));
        let jump = Gain::new("jump", site.channels(), [&tau, &r], |[tau, r]| r * area / tau);
        let all = [&tau, &r, &v_leak];
        let flow = match site.options.integrator {
            Integrator::Euler => {
                Flow::Euler(Columns::new(site.channels(), all, |[tau, r, rest]| {
                    [dt / tau, r, rest]
                }))
            }
            Integrator::Exponential => {
                Flow::Exponential(Columns::new(site.channels(), all, |[tau, r, rest]| {
                    [math::exp(-dt / tau), r, rest]
                }))
            }
        };
        Ok((Self { jump, flow }, v_leak))
    }
}

impl<T: Real> Dynamics<T> for Leaky<T> {
    const SYNAPSE: bool = false;

    fn jump(&self) -> &Gain<T> {
        &self.jump
    }

    fn flow(&self, membrane: &mut Membrane<'_, T>, current: &[T]) {
        let v = &mut *membrane.v;
        let x = &current[..v.len()];
        match &self.flow {
            Flow::Euler(columns) => columns.visit(v.len(), |neuron, [share, r, v_leak]| {
                v[neuron] += share * ((v_leak - v[neuron]) + r * x[neuron]);
            }),
            Flow::Exponential(columns) => columns.visit(v.len(), |neuron, [decay, r, v_leak]| {
                let end = v_leak + r * x[neuron];
                v[neuron] = end + (v[neuron] - end) * decay;
            }),
        }
    }

    fn lower_flow(&self, builder: &mut CellBuilder, membrane: Lowered, x: Expr) {
        let v = || Expr::of(membrane.v);
        let next = match &self.flow {
            Flow::Euler(columns) => {
                let [share, r, v_leak] = [(0, "dt/tau"), (1, "r"), (2, "v_leak")]
                    .map(|(at, name)| column(builder, columns, at, name));
                v() + share * ((v_leak - v()) + times(r, x))
            }
            Flow::Exponential(columns) => {
                let [decay, r, v_leak] = [(0, "exp(-dt/tau)"), (1, "r"), (2, "v_leak")]
                    .map(|(at, name)| column(builder, columns, at, name));
                let end = builder.keep("end", v_leak + times(r, x));
                Expr::of(end) + (v() - Expr::of(end)) * decay
            }
        };
        builder.set(membrane.v, next);
    }

    #[inline(always)]
    fn flow_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        mut cells: Cells<S, T, W>,
        x: Vector<S, T, W>,
    ) -> Cells<S, T, W> {
        let v = cells.v;
        cells.v = match &self.flow {
            Flow::Euler(columns) => {
                let [share, r, v_leak] = columns.vectors(simd, at);
                v + share * ((v_leak - v) + r * x)
            }
            Flow::Exponential(columns) => {
                let [decay, r, v_leak] = columns.vectors(simd, at);
                let end = v_leak + r * x;
                end + (v - end) * decay
            }
        };
        cells
    }
}
