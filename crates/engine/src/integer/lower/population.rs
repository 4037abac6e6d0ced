//! Cells of populations of integers.

use nirkit_step::{
    BufferId, Cell, CellBuilder, Comparison as Held, Expr, Number, Numbers, Operator, Variable,
    When,
};

use super::super::decay::{Decay, Shift};
use super::super::fire::Reset;
use super::super::network::{Assembly, Order, Population, Synapse};
use super::super::register::{Overflow, Register};
use crate::clocked::Comparison;

/// What arrives at a synapse in one.
#[derive(Default)]
pub(super) struct Sums {
    /// Sums, each with the shift of its link and what holds it.
    pub(super) terms: Vec<(BufferId, i32, Option<Register>)>,
    /// Bits by which their sum is shifted left.
    pub(super) shift: u32,
}

fn integer(x: i64) -> Expr {
    Expr::Constant(Number::I64(x))
}

fn of(buffer: BufferId) -> Expr {
    Expr::of(Variable::Buffer(buffer))
}

/// A cell in the making.
struct Builder(CellBuilder);

impl Builder {
    fn new(neurons: usize) -> Self {
        Self(CellBuilder::new(neurons, When::Always))
    }

    fn set(&mut self, buffer: BufferId, value: Expr) {
        self.0.set(Variable::Buffer(buffer), value);
    }

    fn keep(&mut self, name: &str, value: Expr) -> Expr {
        Expr::of(self.0.keep(name, value))
    }

    /// Numbers of the neurons: a constant where all are the same.
    fn numbers(&mut self, name: &str, numbers: &[i64]) -> Expr {
        self.0.numbers(name, Numbers::I64(numbers.to_vec()))
    }

    /// What a register holds after an exact number was written to it.
    fn held(&mut self, register: Register, exact: Expr) -> Expr {
        let Register { low, high, overflow } = register;
        let span = high - low + 1;
        match overflow {
            Overflow::Saturate => {
                let above = Expr::binary(Operator::Max, exact, integer(low));
                Expr::binary(Operator::Min, above, integer(high))
            }
            Overflow::Wrap => {
                let from_low = Expr::binary(Operator::Modulo, exact - integer(low), integer(span));
                from_low + integer(low)
            }
            Overflow::WrapOnce => {
                let x = self.keep("exact", exact);
                let up = Expr::select(
                    Held::Above,
                    [integer(low), x.clone()],
                    [x.clone() + integer(span), x.clone()],
                );
                Expr::select(Held::Above, [x.clone(), integer(high)], [x - integer(span), up])
            }
        }
    }

    /// What a state keeps in a step.
    fn kept(&mut self, decay: &Decay, state: Expr, name: &str) -> Expr {
        match decay {
            Decay::None => state,
            Decay::All => integer(0),
            Decay::Shift { .. } => state.clone() - self.lost(decay, &state, name),
            Decay::Factor { kept, bits, shift } => {
                let product = state * self.numbers(&format!("{name}.kept"), kept);
                let bits = i64::from(*bits);
                match shift {
                    Shift::Down => Expr::binary(Operator::ShiftRight, product, integer(bits)),
                    Shift::TowardZero => product / integer(1 << bits),
                }
            }
        }
    }

    /// What a state loses in a step.
    fn lost(&mut self, decay: &Decay, state: &Expr, name: &str) -> Expr {
        match decay {
            Decay::None => integer(0),
            Decay::All => state.clone(),
            Decay::Shift { bits, at_least_one } => {
                let bits: Vec<i64> = bits.iter().map(|&bits| i64::from(bits)).collect();
                let bits = self.numbers(&format!("{name}.bits"), &bits);
                let shifted = Expr::binary(Operator::ShiftRight, state.clone(), bits);
                if !at_least_one {
                    return shifted;
                }
                let shifted = self.keep("lost", shifted);
                // A negative state never loses 0.
                let one = Expr::select(
                    Held::Above,
                    [state.clone(), integer(0)],
                    [integer(1), integer(0)],
                );
                Expr::select(Held::Equal, [shifted.clone(), integer(0)], [one, shifted])
            }
            Decay::Factor { .. } => state.clone() - self.kept(decay, state.clone(), name),
        }
    }
}

/// A sum of integers; one of 0 is left out.
fn plus(a: Expr, b: Expr) -> Expr {
    let is_zero = |x: &Expr| matches!(x, Expr::Constant(Number::I64(0)));
    match (is_zero(&a), is_zero(&b)) {
        (_, true) => a,
        (true, _) => b,
        _ => a + b,
    }
}

/// What a current does in a step but for spikes that arrive one by one: it takes the sums, and decays.
pub(super) fn decay(synapse: &Synapse, neurons: usize, current: BufferId, sums: &Sums) -> Cell {
    let mut builder = Builder::new(neurons);
    if !sums.terms.is_empty() {
        let mut sum: Option<Expr> = None;
        for &(buffer, shift, register) in &sums.terms {
            let held = match register {
                Some(register) => builder.held(register, of(buffer)),
                None => of(buffer),
            };
            let term = shifted(held, shift);
            sum = Some(match sum {
                Some(sum) => sum + term,
                None => term,
            });
        }
        let arriving = shifted(sum.unwrap_or_else(|| integer(0)), sums.shift as i32);
        let held = builder.held(synapse.register, of(current) + arriving);
        builder.set(current, held);
    }
    // The first of two cells decays alone; the second takes the sums, and decays where that comes last.
    let decays = sums.terms.is_empty() || synapse.order == Order::ArriveThenDecay;
    if decays && synapse.decay != Decay::None {
        let kept = builder.kept(&synapse.decay, of(current), "isyn");
        let next = match synapse.order {
            Order::DecayThenArrive => kept,
            Order::ArriveThenDecay => builder.held(synapse.register, kept),
        };
        builder.set(current, next);
    }
    builder.0.finish()
}

/// A number shifted left, or right toward minus infinity.
fn shifted(x: Expr, shift: i32) -> Expr {
    match shift {
        0 => x,
        1.. => x * integer(1 << shift),
        _ => Expr::binary(Operator::ShiftRight, x, integer(i64::from(-shift))),
    }
}

/// The new voltage and the spikes of a population.
pub(super) fn cell(
    population: &Population,
    v: BufferId,
    currents: &[BufferId],
    spikes: BufferId,
) -> Cell {
    let mut builder = Builder::new(population.neurons());
    let membrane = &population.membrane;
    let current = currents.iter().map(|&current| of(current)).reduce(|a, b| a + b);
    let current = current.unwrap_or_else(|| integer(0));
    let bias = match membrane.bias.as_slice() {
        [] => integer(0),
        bias => builder.numbers("bias", bias),
    };
    let next = match membrane.assembly {
        Assembly::AtOnce => {
            let kept = builder.kept(&membrane.decay, of(v), "v");
            builder.held(membrane.register, plus(plus(kept, current), bias))
        }
        Assembly::ByChange => {
            let lost = builder.lost(&membrane.decay, &of(v), "v");
            let wraps = membrane.register.overflowing(Overflow::Wrap);
            let change = builder.held(wraps, integer(0) - lost);
            let change = builder.keep("change", change);
            let change = builder.held(membrane.register, plus(change, current));
            let change = builder.keep("change", change);
            let change = builder.held(membrane.register, plus(change, bias));
            let change = builder.keep("change", change);
            builder.held(membrane.register, of(v) + change)
        }
    };
    builder.set(v, next);
    fire(&mut builder, population, v, spikes);
    builder.0.finish()
}

fn fire(builder: &mut Builder, population: &Population, v: BufferId, spikes: BufferId) {
    let fire = &population.fire;
    let most = fire.limit.max(0);
    let threshold = builder.numbers("threshold", &fire.threshold);
    let comparison = match fire.comparison {
        Comparison::Above => Held::Above,
        Comparison::AtLeast => Held::AtLeast,
    };
    let passes =
        |yes: Expr| Expr::select(comparison, [of(v), threshold.clone()], [yes, integer(0)]);
    match fire.reset {
        _ if most == 0 => builder.set(spikes, integer(0)),
        Reset::Zero => {
            builder.set(spikes, passes(integer(1)));
            let next = Expr::select(Held::Equal, [of(spikes), integer(0)], [of(v), integer(0)]);
            builder.set(v, next);
        }
        Reset::Subtract => {
            let whole = match fire.comparison {
                Comparison::Above => of(v) - integer(1),
                Comparison::AtLeast => of(v),
            };
            // A threshold of 0 fits as often as it may.
            let divisor = Expr::binary(Operator::Max, threshold.clone(), integer(1));
            let fitting = Expr::binary(Operator::Min, whole / divisor, integer(most));
            let has_zero = fire.threshold.contains(&0);
            let more = if has_zero {
                Expr::select(Held::Equal, [threshold.clone(), integer(0)], [integer(most), fitting])
            } else {
                let whole = match fire.comparison {
                    Comparison::Above => of(v) - integer(1),
                    Comparison::AtLeast => of(v),
                };
                Expr::binary(Operator::Min, whole / threshold.clone(), integer(most))
            };
            builder.set(spikes, passes(more));
            builder.set(v, of(v) - of(spikes) * threshold);
        }
    }
    if let Some(floor) = &fire.floor {
        let floor = builder.numbers("floor", floor);
        builder.set(v, Expr::binary(Operator::Max, of(v), floor));
    }
}
