//! Cells of layers.

use nirkit_step::{
    BufferId, Cell, CellBuilder, Comparison as Held, Expr, Format, Number, Operator, Variable, When,
};

use super::super::super::lower::numbers::{column, format, is_one, number, times};
use super::super::super::option::Comparison;
use super::super::super::parameter::Columns;
use super::super::super::real::Real;
use super::super::fire::Firing;
use super::super::layer::Layer;
use super::super::membrane::State;
use super::super::rule::{Floor, Form, ResetTiming, Spikes};

use nirkit_run::choice::Reset;

/// The states of a layer.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Lowered {
    pub(in super::super) v: Option<BufferId>,
    pub(in super::super) isyn: Option<BufferId>,
    pub(in super::super) relayed: Option<BufferId>,
    pub(in super::super) spikes: Option<BufferId>,
    /// Current and voltage of layers whose states are integers.
    pub(in super::super) integers: Option<[BufferId; 2]>,
}

impl<T: Real> Layer<T> {
    fn builder(&self, when: When) -> CellBuilder {
        CellBuilder::new(self.neurons, when)
    }

    /// What leaves the layer before it takes its input.
    pub(super) fn emission(&self, states: &Lowered, output: BufferId) -> Cell {
        let mut builder = self.builder(When::Always);
        let (Some(v), Some(firing)) = (states.v.map(Variable::Buffer), &self.firing) else {
            self.emit_late(&mut builder, states, output);
            return builder.finish();
        };
        if firing.has_feedthrough() {
            self.emit_late(&mut builder, states, output);
        } else {
            let spikes = firing.counted(&mut builder, v);
            self.put_out(&mut builder, states, output, spikes);
        }
        builder.finish()
    }

    fn emit_late(&self, builder: &mut CellBuilder, states: &Lowered, output: BufferId) {
        let Some(v) = states.v.map(Variable::Buffer) else { return };
        let pending_reset = self.pending_reset(builder, states, output, v);
        let current: Vec<Expr> =
            states.isyn.map(Variable::Buffer).map(Expr::of).into_iter().collect();
        self.membrane.lowered(builder, v, &current, "tau");
        self.fired(builder, states, output, v, pending_reset.as_ref());
    }

    /// What the layer does with what arrives.
    pub(super) fn intake(
        &self,
        states: &Lowered,
        output: BufferId,
        inputs: &[BufferId],
        when: When,
    ) -> Cell {
        let mut builder = self.builder(when);
        let inputs: Vec<Expr> =
            inputs.iter().map(|&input| Expr::of(Variable::Buffer(input))).collect();
        let Some(v) = states.v.map(Variable::Buffer) else { return builder.finish() };
        if self.is_late() && !self.decides_before() {
            self.absorbed(&mut builder, states, &inputs);
            return builder.finish();
        }
        let pending_reset = self.pending_reset(&mut builder, states, output, v);
        match states.relayed.map(Variable::Buffer) {
            None => self.integrated(&mut builder, states, v, &inputs),
            Some(relayed) => {
                self.integrated(&mut builder, states, v, &[Expr::of(relayed)]);
                let weights = Columns::Each([self.relay.clone()]);
                let weight = column(&mut builder, &weights, 0, "relay");
                let zero = || Expr::Constant(Number::zero(format::<T>()));
                let next = inputs.iter().rev().fold(zero(), |next, x| {
                    Expr::select(Held::Equal, [x.clone(), zero()], [next, weight.clone()])
                });
                builder.set(relayed, next);
            }
        }
        self.fired(&mut builder, states, output, v, pending_reset.as_ref());
        builder.finish()
    }

    fn absorbed(&self, builder: &mut CellBuilder, states: &Lowered, inputs: &[Expr]) {
        if let (Some(synapse), Some(isyn)) = (&self.synapse, states.isyn) {
            synapse.lowered(builder, Variable::Buffer(isyn), inputs, "tau_syn");
        }
    }

    fn integrated(
        &self,
        builder: &mut CellBuilder,
        states: &Lowered,
        v: Variable,
        inputs: &[Expr],
    ) {
        let Some(isyn) = states.isyn.map(Variable::Buffer) else {
            self.membrane.lowered(builder, v, inputs, "tau");
            return;
        };
        if !self.is_late() {
            self.absorbed(builder, states, inputs);
        }
        self.membrane.lowered(builder, v, &[Expr::of(isyn)], "tau");
        if self.is_late() {
            self.absorbed(builder, states, inputs);
        }
    }

    /// The reset that is pending from the step before, taken where it is due before the leak.
    fn pending_reset(
        &self,
        builder: &mut CellBuilder,
        states: &Lowered,
        output: BufferId,
        v: Variable,
    ) -> Option<Expr> {
        let firing = self.firing.as_ref().filter(|firing| firing.has_pending_reset())?;
        let pending_reset = if firing.has_feedthrough() {
            let counted = firing.counted(builder, v);
            Expr::of(builder.keep("pending_reset", counted))
        } else {
            Expr::of(Variable::Buffer(states.spikes.unwrap_or(output)))
        };
        if firing.resets_before_leak() {
            firing.reset_by(builder, v, &pending_reset);
        }
        Some(pending_reset)
    }

    /// Tests, resets and limits the voltage, and writes what leaves unless it was written before.
    fn fired(
        &self,
        builder: &mut CellBuilder,
        states: &Lowered,
        output: BufferId,
        v: Variable,
        pending_reset: Option<&Expr>,
    ) {
        let Some(firing) = &self.firing else {
            builder.set(Variable::Buffer(output), Expr::of(v));
            return;
        };
        let zero = Expr::Constant(Number::zero(format::<T>()));
        let pending_reset = pending_reset.unwrap_or(&zero);
        if firing.resets_after_input() {
            firing.reset_by(builder, v, pending_reset);
        }
        if firing.has_feedthrough() {
            let spikes = firing.counted(builder, v);
            self.put_out(builder, states, output, spikes);
            let spikes = Expr::of(Variable::Buffer(states.spikes.unwrap_or(output)));
            firing.reset_at_once(builder, v, &spikes, pending_reset);
        }
        firing.limited(builder, v);
    }

    /// Writes spikes, and what leaves for them.
    fn put_out(&self, builder: &mut CellBuilder, states: &Lowered, output: BufferId, spikes: Expr) {
        let Some(counted) = states.spikes.map(Variable::Buffer) else {
            builder.set(Variable::Buffer(output), spikes);
            return;
        };
        builder.set(counted, spikes);
        let height = Expr::Constant(number(self.height));
        builder.set(Variable::Buffer(output), Expr::of(counted) * height);
    }
}

impl<T: Real> State<T> {
    /// Adds the step of a state that gets these inputs, the first in full and the others added to it.
    fn lowered(&self, builder: &mut CellBuilder, state: Variable, inputs: &[Expr], tau: &str) {
        let Some((first, others)) = inputs.split_first() else { return };
        let name = |what: &str| format!("{tau}.{what}");
        let a = column(builder, &self.columns, 0, &name("factor"));
        let gain = column(builder, &self.columns, 1, &name("gain"));
        let rest = column(builder, &self.columns, 2, &name("rest"));
        let s = || Expr::of(state);
        let x = |input: &Expr| times(gain.clone(), input.clone());
        let next = match self.form {
            Form::Keep | Form::Late => times(a.clone(), s()) + x(first),
            Form::KeepBoth => s() + x(first),
            Form::Approach => s() + a.clone() * ((x(first) + rest.clone()) - s()),
            Form::Recover => s() + a.clone() * ((rest.clone() - s()) + x(first)),
            Form::Relax => s() - ((x(first) + rest.clone()) - s()) * a.clone(),
            Form::Add => s() + times(x(first), a.clone()),
            Form::Filter => {
                let one = Expr::Constant(format::<T>().round(1.0));
                a.clone() * s() + (one - a.clone()) * x(first)
            }
            Form::ApproachSteps => s() + (x(first) - (s() - rest.clone())) / a.clone(),
            Form::KeepSteps => (s() - (s() - rest.clone()) / a.clone()) + x(first),
            Form::Charge => (times(a.clone(), s()) + rest.clone()) + x(first),
        };
        builder.set(state, next);
        for other in others {
            builder.set(state, s() + x(other));
        }
        if self.form == Form::KeepBoth {
            builder.set(state, times(s(), a));
        }
        if self.biased {
            builder.set(state, s() + rest);
        }
    }
}

impl<T: Real> Firing<T> {
    fn threshold_of(&self, builder: &mut CellBuilder) -> Expr {
        column(builder, &self.levels, 0, "threshold")
    }

    /// How many spikes a voltage is worth.
    fn counted(&self, builder: &mut CellBuilder, v: Variable) -> Expr {
        let threshold = self.threshold_of(builder);
        let own = format::<T>();
        let constant = |x: f64| Expr::Constant(own.round(x));
        let double = |x: f64| Expr::Constant(Number::F64(x));
        let v = || Expr::of(v);
        let ratio = if is_one(&threshold) { v() } else { v() / threshold.clone() };
        let ratio = Expr::Convert(Format::F64, Box::new(ratio));
        let back = |x: Expr| Expr::Convert(own, Box::new(x));
        let comparison = match self.fire.comparison {
            Comparison::Above => Held::Above,
            Comparison::AtLeast => Held::AtLeast,
        };
        match self.fire.spikes {
            Spikes::One => {
                Expr::select(comparison, [v(), threshold], [constant(1.0), constant(0.0)])
            }
            Spikes::Several(most) => {
                let fit = Expr::binary(Operator::Min, Expr::Floor(Box::new(ratio)), double(most));
                Expr::select(comparison, [v(), threshold], [back(fit), constant(0.0)])
            }
            Spikes::Quotient => {
                let is_positive =
                    Expr::select(Held::Above, [v(), constant(0.0)], [constant(1.0), constant(0.0)]);
                is_positive * back(Expr::Truncate(Box::new(ratio)))
            }
            Spikes::FloorQuotient(most) => {
                let is_above =
                    Expr::select(Held::AtLeast, [v(), threshold], [double(1.0), double(0.0)]);
                let fit = builder.keep("fit", is_above * Expr::Floor(Box::new(ratio)));
                let fit = || Expr::of(fit);
                let beyond =
                    Expr::select(Held::Above, [fit(), double(most)], [double(1.0), double(0.0)]);
                back(fit() - (fit() - double(most)) * beyond)
            }
        }
    }

    fn reset_by(&self, builder: &mut CellBuilder, v: Variable, spikes: &Expr) {
        let next = match self.fire.reset {
            Reset::Zero | Reset::VReset => {
                let reset = column(builder, &self.levels, 1, "reset");
                let zero = Expr::Constant(Number::zero(format::<T>()));
                Expr::select(Held::Equal, [spikes.clone(), zero], [Expr::of(v), reset])
            }
            Reset::Subtract => {
                let threshold = self.threshold_of(builder);
                Expr::of(v) - times(spikes.clone(), threshold)
            }
        };
        builder.set(v, next);
    }

    fn reset_at_once(
        &self,
        builder: &mut CellBuilder,
        v: Variable,
        spikes: &Expr,
        pending_reset: &Expr,
    ) {
        match self.fire.timing {
            ResetTiming::AtOnce => self.reset_by(builder, v, spikes),
            ResetTiming::Settled | ResetTiming::SettledEarly => {
                let unit = match self.fire.reset {
                    Reset::Subtract => self.threshold_of(builder),
                    Reset::Zero | Reset::VReset => Expr::of(v),
                };
                let next = Expr::of(v) - (spikes.clone() - pending_reset.clone()) * unit;
                builder.set(v, next);
            }
            ResetTiming::BeforeLeak
            | ResetTiming::AfterInput
            | ResetTiming::Twice
            | ResetTiming::Never => {}
        }
    }

    fn limited(&self, builder: &mut CellBuilder, v: Variable) {
        if self.fire.floor == Floor::None {
            return;
        }
        let low = column(builder, &self.levels, 2, "floor");
        let zero = Expr::Constant(Number::zero(format::<T>()));
        let above = builder.keep("above", Expr::of(v) - low.clone());
        let above = || Expr::of(above);
        let lifted = Expr::select(Held::AtLeast, [zero.clone(), above()], [zero, above()]);
        builder.set(v, lifted + low);
    }
}
