//! The membrane with an exponential synapse of `CubaLI` and `CubaLIF`:
//! `tau_syn i' = -i + w_in x`, `tau_mem v' = (v_leak - v) + r i`.

use nirkit_numerics::{Tensor, math};
use nirkit_step::{CellBuilder, Expr};
use pulp::Simd;

use super::error::PrepareError;
use super::gain::Gain;
use super::lower::numbers::{column, times};
use super::neuron::{Cells, Dynamics, Lowered, Membrane};
use super::node::Site;
use super::option::{Integrator, Synapse};
use super::parameter::{Columns, Parameter};
use super::real::Real;
use super::simd::Vector;

/// Membrane and synapse under the choices of a run.
#[derive(Debug)]
pub(super) struct Cuba<T> {
    /// `w_in A / tau_syn`: the jump of the current that an impulse of area `A` causes.
    jump: Gain<T>,
    flow: Flow<T>,
}

#[derive(Debug)]
enum Flow<T> {
    /// `dt / tau_syn`, `w_in`, `dt / tau_mem`, `r`, `v_leak`.
    Euler(Columns<T, 5>, Synapse),
    /// `exp(-dt / tau_syn)`, `w_in`, `exp(-dt / tau_mem)`, `r`, `v_leak`, and
    /// [`passage`] times `r`.
    Exponential(Columns<T, 6>),
}

/// The fields of the two primitives that share the equation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    pub(super) tau_syn: &'a Tensor,
    pub(super) tau_mem: &'a Tensor,
    pub(super) r: &'a Tensor,
    pub(super) v_leak: &'a Tensor,
    pub(super) w_in: Option<&'a Tensor>,
}

impl<T: Real> Cuba<T> {
    /// The membrane, and the parameter at which it rests.
    pub(super) fn new(
        site: &Site<'_>,
        fields: Fields<'_>,
    ) -> Result<(Self, Parameter), PrepareError> {
        let leaf = site.leaf;
        let tau_syn = Parameter::of(leaf, "tau_syn", fields.tau_syn)?;
        let tau_mem = Parameter::of(leaf, "tau_mem", fields.tau_mem)?;
        let r = Parameter::of(leaf, "r", fields.r)?;
        let v_leak = Parameter::of(leaf, "v_leak", fields.v_leak)?;
        let w_in = Parameter::or(leaf, "w_in", fields.w_in, 1.0)?;
        let area = site.options.impulse().unwrap_or(0.0);
        let jump = Gain::new("jump", site.channels(), [&tau_syn, &w_in], |[tau_syn, w_in]| {
            w_in * area / tau_syn
        });
        let flow = Flow::new(site, [&tau_syn, &w_in, &tau_mem, &r, &v_leak]);
        Ok((Self { jump, flow }, v_leak))
    }
}

impl<T: Real> Flow<T> {
    fn new(site: &Site<'_>, parameters: [&Parameter; 5]) -> Self {
        let (channels, dt) = (site.channels(), site.options.dt);
        match site.options.integrator {
            Integrator::Euler => {
                let columns = Columns::new(channels, parameters, |[syn, w_in, mem, r, v_leak]| {
                    [dt / syn, w_in, dt / mem, r, v_leak]
                });
                Self::Euler(columns, site.options.synapse)
            }
            Integrator::Exponential => Self::Exponential(Columns::new(
                channels,
                parameters,
                |[syn, w_in, mem, r, leak]| {
                    let (decay_syn, decay_mem) = (math::exp(-dt / syn), math::exp(-dt / mem));
                    [decay_syn, w_in, decay_mem, r, leak, r * passage(dt, syn, mem)]
                },
            )),
        }
    }
}

/// What a decaying current of 1 has added to the voltage after `s` seconds, for `r = 1`:
/// `alpha (e^(-beta s) - e^(-alpha s)) / (alpha - beta)` with `alpha = 1 / tau_mem` and
/// `beta = 1 / tau_syn`.
///
/// Written as `alpha s e^(-m s) sinh(h s) / (h s)` with the mean `m` and half the difference `h` of
/// the two rates, it does not cancel when they are close, and holds when they are equal.
fn passage(s: f64, tau_syn: f64, tau_mem: f64) -> f64 {
    let (alpha, beta) = (1.0 / tau_mem, 1.0 / tau_syn);
    let (mean, half) = (0.5 * (alpha + beta), 0.5 * (alpha - beta));
    let reach = half * s;
    if reach.abs() > 1.0 {
        // Far apart: nothing cancels, and the hyperbolic sine could overflow.
        return alpha * (math::exp(-beta * s) - math::exp(-alpha * s)) / (alpha - beta);
    }
    // The series of sinh(x)/x differs from 1 by less than rounding below this.
    let ratio = if reach.abs() < 1e-8 { 1.0 } else { math::sinh(reach) / reach };
    alpha * s * math::exp(-mean * s) * ratio
}

impl<T: Real> Dynamics<T> for Cuba<T> {
    const SYNAPSE: bool = true;

    fn jump(&self) -> &Gain<T> {
        &self.jump
    }

    fn flow(&self, membrane: &mut Membrane<'_, T>, current: &[T]) {
        let neurons = membrane.v.len();
        let (v, i) = (&mut *membrane.v, &mut membrane.isyn[..neurons]);
        let x = &current[..neurons];
        match &self.flow {
            Flow::Euler(columns, synapse) => {
                let sees_new = *synapse == Synapse::New;
                columns.visit(neurons, |neuron, [syn, w_in, mem, r, v_leak]| {
                    let old = i[neuron];
                    let new = old + syn * (w_in * x[neuron] - old);
                    let seen = if sees_new { new } else { old };
                    v[neuron] += mem * ((v_leak - v[neuron]) + r * seen);
                    i[neuron] = new;
                });
            }
            Flow::Exponential(columns) => {
                columns.visit(neurons, |neuron, [syn, w_in, mem, r, v_leak, passage]| {
                    let end = w_in * x[neuron];
                    let above = i[neuron] - end;
                    let target = v_leak + r * end;
                    v[neuron] = (target + (v[neuron] - target) * mem) + passage * above;
                    i[neuron] = end + above * syn;
                });
            }
        }
    }

    fn lower_flow(&self, builder: &mut CellBuilder, membrane: Lowered, x: Expr) {
        let (v, i) = (|| Expr::of(membrane.v), || Expr::of(membrane.isyn));
        match &self.flow {
            Flow::Euler(columns, synapse) => {
                let names = ["dt/tau_syn", "w_in", "dt/tau_mem", "r", "v_leak"];
                let mut at = 0..;
                let [syn, w_in, mem, r, v_leak] =
                    names.map(|name| column(builder, columns, at.next().unwrap_or(0), name));
                let new = builder.keep("new", i() + syn * (times(w_in, x) - i()));
                let seen = if *synapse == Synapse::New { Expr::of(new) } else { i() };
                builder.set(membrane.v, v() + mem * ((v_leak - v()) + times(r, seen)));
                builder.set(membrane.isyn, Expr::of(new));
            }
            Flow::Exponential(columns) => {
                let names =
                    ["exp(-dt/tau_syn)", "w_in", "exp(-dt/tau_mem)", "r", "v_leak", "passage"];
                let mut at = 0..;
                let [syn, w_in, mem, r, v_leak, passage] =
                    names.map(|name| column(builder, columns, at.next().unwrap_or(0), name));
                let end = builder.keep("end", times(w_in, x));
                let above = builder.keep("above", i() - Expr::of(end));
                let target = builder.keep("target", v_leak + times(r, Expr::of(end)));
                let (end, above, target) =
                    (|| Expr::of(end), || Expr::of(above), || Expr::of(target));
                let next = (target() + (v() - target()) * mem) + passage * above();
                builder.set(membrane.v, next);
                builder.set(membrane.isyn, end() + above() * syn);
            }
        }
    }

    #[inline(always)]
    fn flow_vector<S: Simd, const W: usize>(
        &self,
        simd: S,
        at: usize,
        cells: Cells<S, T, W>,
        x: Vector<S, T, W>,
    ) -> Cells<S, T, W> {
        let Cells { v, isyn: old } = cells;
        match &self.flow {
            Flow::Euler(columns, synapse) => {
                let [syn, w_in, mem, r, v_leak] = columns.vectors(simd, at);
                let new = old + syn * (w_in * x - old);
                let seen = if *synapse == Synapse::New { new } else { old };
                Cells { v: v + mem * ((v_leak - v) + r * seen), isyn: new }
            }
            Flow::Exponential(columns) => {
                let [syn, w_in, mem, r, v_leak, passage] = columns.vectors(simd, at);
                let end = w_in * x;
                let above = old - end;
                let target = v_leak + r * end;
                let v = (target + (v - target) * mem) + passage * above;
                Cells { v, isyn: end + above * syn }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passage_is_continuous_where_the_rates_meet_and_where_the_form_changes() {
        // python: from decimal import *, 50 digits, of the f64 arguments
        // f = lambda s, a, b: (1/b)*((-s/a).exp() - (-s/b).exp())/(1/b - 1/a)
        let cases = [
            (1e-3, 5e-3, 2e-2, 0.044_166_223_807_577_384),
            (1e-3, 1e-2, 1.000_000_1e-2, 0.090_483_733_207_641_3),
            (1e-1, 5e-3, 1e-2, 4.539_786_860_886_239_4e-5),
        ];
        for (s, tau_syn, tau_mem, expected) in cases {
            let found = passage(s, tau_syn, tau_mem);
            assert!((found / expected - 1.0).abs() < 1e-14, "{found} {expected}");
        }
        // Equal rates: s/tau e^(-s/tau), at s = tau: 1/e.
        assert!((passage(0.02, 0.02, 0.02) - 0.367_879_441_171_442_33).abs() < 1e-15);
    }
}
