//! Cells of layers whose states are integers.

use nirkit_step::{
    BufferId, Cell, CellBuilder, Comparison, Expr, Format, Number, Numbers, Variable, When,
};

use super::super::fixed::FixedLayer;
use super::cell::Lowered;

/// The share that stays has so many parts.
const PARTS: i64 = 4096;

impl FixedLayer {
    /// Declares the states: current and voltage as integers, and the voltage in the units of the file.
    pub(super) fn lowered(
        &self,
        name: &str,
        shape: &[usize],
        mut buffer: impl FnMut(&str, &[usize], Numbers) -> BufferId,
    ) -> Lowered {
        let neurons = self.neurons;
        let integers = || Numbers::filled(Number::I64(0), neurons);
        let current = buffer(&format!("{name}.current"), shape, integers());
        let voltage = buffer(&format!("{name}.voltage"), shape, integers());
        let mut real = |kind: &str| {
            let zeros = Numbers::filled(Number::F32(0.0), neurons);
            Some(buffer(&format!("{name}.{kind}"), shape, zeros))
        };
        let (v, isyn, integers) = (real("v"), real("isyn"), Some([current, voltage]));
        Lowered { v, isyn, relayed: None, spikes: None, integers }
    }

    /// A step; the gain applies to the first input.
    pub(super) fn cell(
        &self,
        states: &Lowered,
        output: BufferId,
        inputs: &[BufferId],
        when: When,
        format: Format,
    ) -> Cell {
        let mut cell = CellBuilder::new(self.neurons, when);
        let (Some(v), Some(isyn), Some([current, voltage])) =
            (states.v, states.isyn, states.integers)
        else {
            return cell.finish();
        };
        let [v, isyn, current, voltage] = [v, isyn, current, voltage].map(Variable::Buffer);
        let single = |x: f32| Expr::Constant(Number::F32(x));
        let integer = |x: i64| Expr::Constant(Number::I64(x));
        let to = |format: Format, x: Expr| Expr::Convert(format, Box::new(x));
        let input = |input: &BufferId| {
            let x = Expr::of(Variable::Buffer(*input));
            if format == Format::F32 { x } else { to(Format::F32, x) }
        };
        let mut x = single(0.0);
        for (at, arriving) in inputs.iter().map(input).enumerate() {
            x = if at == 0 { single(self.gain) * arriving } else { x + arriving };
        }
        let units = self.units as f32;
        let decayed =
            |state: Variable, share: i64| Expr::of(state) * integer(share) / integer(PARTS);
        let in_units = |state: Expr| {
            let double = to(Format::F64, state) / Expr::Constant(Number::F64(self.units));
            to(Format::F32, double)
        };
        let arrived = Expr::of(cell.keep("arrived", to(Format::I64, single(units) * x)));
        cell.set(current, decayed(current, self.keep[0]) + arrived);
        cell.set(isyn, in_units(Expr::of(current)));
        let seen = to(Format::I64, single(units) * Expr::of(isyn));
        cell.set(voltage, decayed(voltage, self.keep[1]) + seen);
        cell.set(v, in_units(Expr::of(voltage)));
        let held = [to(Format::F32, Expr::of(voltage)), single(self.threshold)];
        let one_or_zero = [1.0, 0.0].map(|x| Expr::Constant(format.round(x)));
        let output = Variable::Buffer(output);
        cell.set(output, Expr::select(Comparison::AtLeast, held, one_or_zero));
        let zero = Expr::Constant(Number::zero(format));
        let then = [Expr::of(voltage), integer(0)];
        cell.set(voltage, Expr::select(Comparison::Equal, [Expr::of(output), zero], then));
        cell.finish()
    }
}
