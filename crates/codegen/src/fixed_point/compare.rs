//! Comparisons in integers: a number against a constant is exact, whatever the scale.

use nirkit_step::{Comparison, Expr};

use super::cell::{FAR, Fixed, Translator};
use super::column::Column;
use super::linear::Linear;
use super::quantum::Quantum;

impl<'a> Translator<'a, '_> {
    /// One of two values by a comparison.
    pub(super) fn select(
        &mut self,
        comparison: Comparison,
        [a, b]: &'a [Box<Expr>; 2],
        then: [Expr; 2],
    ) -> Expr {
        let [a_sum, b_sum] = [a, b].map(|x| self.linear(x));
        let is_constant = |sum: &Linear<'_>| sum.terms.is_empty();
        // A number against a constant: exact, since the constant is moved to the end of the integers for which the comparison holds.
        let pair = match (&a_sum.terms[..], &b_sum.terms[..]) {
            ([(term, factor)], []) | ([], [(term, factor)]) => Some((*term, factor.clone())),
            _ => None,
        };
        let is_swapped = is_constant(&a_sum);
        if let Some((term, factor)) = pair
            && (factor.all(|x| x > 0.0) || factor.all(|x| x < 0.0))
        {
            let sum = if is_swapped { &b_sum } else { &a_sum };
            let other = if is_swapped { &a_sum } else { &b_sum };
            let value = self.value(term);
            let offset = other.constant.with(&sum.constant, |to, from| to - from);
            let bound = &(&offset / &factor) * &value.scale;
            // The value stands to the left if the constant did not, and no factor turned the comparison.
            let is_left = is_swapped != factor.all(|x| x > 0.0);
            return self.against(comparison, value, &bound, is_left, then);
        }
        let common = match (self.quantum(a), self.quantum(b)) {
            (Quantum::Of(a), Quantum::Of(b)) => Column::uniform(1.0 / a.min(b)),
            (Quantum::Of(step), Quantum::Zero) | (Quantum::Zero, Quantum::Of(step)) => {
                Column::uniform(1.0 / step)
            }
            _ => self.working.clone(),
        };
        let [a, b] = [a, b].map(|x| self.at(x, &common).expr);
        Expr::select(comparison, [a, b], then)
    }

    /// Holds a value against a bound that may lie between integers.
    fn against(
        &mut self,
        comparison: Comparison,
        value: Fixed,
        bound: &Column,
        is_left: bool,
        then: [Expr; 2],
    ) -> Expr {
        // What rounding errors of double precision put beside an integer is that integer.
        let near =
            |x: f64| if (x - x.round()).abs() <= 1e-9 * x.abs().max(1.0) { x.round() } else { x };
        let bound = bound.map(near);
        let bound = match (comparison, is_left) {
            (Comparison::Above, true) | (Comparison::AtLeast, false) => bound.map(f64::floor),
            (Comparison::AtLeast, true) | (Comparison::Above, false) => bound.map(f64::ceil),
            // Between two integers lies no number.
            (Comparison::Equal, _) => bound.map(|x| if x.fract() == 0.0 { x } else { FAR }),
        };
        let bound = self.numbers("bound", &bound);
        let held = if is_left { [value.expr, bound] } else { [bound, value.expr] };
        Expr::select(comparison, held, then)
    }
}
