//! Weighted sums: one product a cycle in each lane.
//!
//! A source of terms ([`matrix`](super::matrix), [`window`](super::window)) puts the address of an input out together with the wires
//! `term` (whether there is one), `first` and `last` (of a sum) and `row` (whose sum it is). A cycle later the number and the weight are there
//! and are multiplied; in the next cycle the product is added. The last sum is written in that cycle.

use nirkit_step::{Comparison, Operator, Register};

use super::expr::Printed;
use super::lane::Lanes;
use super::module::{Module, Stored, address_bits, count};
use super::signal::{Signal, range};
use super::spread::Spread;
use crate::range::dataflow::{Dataflow, Leaf};
use crate::range::interval::Interval;

/// What is added up.
pub(crate) struct Terms {
    /// The input, a cycle after its address.
    pub(crate) input: Signal,
    /// Its weight in the same cycle; `None` for 1.
    pub(crate) weight: Option<Signal>,
    /// Whether the wire `visible` says that the input counts.
    pub(crate) has_outside: bool,
    /// Number of sums.
    pub(crate) len: usize,
    /// Number of sums in each lane.
    pub(crate) rows: usize,
    /// Number of terms of all sums; each lane adds a product for each.
    pub(crate) products: usize,
    /// Cycles before the first address of an input.
    pub(crate) latency: usize,
    /// What each lane has; a term has a product in each.
    pub(crate) lanes: Lanes,
    /// Where the sums of the lanes go, if they do not stand side by side.
    pub(crate) spread: Option<Spread>,
}

/// What a sum begins with.
pub(crate) enum Start<'a> {
    /// 0, or a number for each sum.
    Bias(Option<Vec<i64>>),
    /// What stands there; a register holds each sum.
    Held { register: Register, of: &'a Stored },
}

/// Adds the products up and writes the sums to `to`.
pub(crate) fn accumulate(module: &mut Module, mut terms: Terms, start: &Start<'_>, to: &Stored) {
    if terms.spread.is_some() {
        module.write("to", to, terms.len);
        let bits = to.range.bits();
        module.line(&format!("wire {} sums_words;", range(bits * terms.lanes.count() as u32)));
        terms.lanes.part("sums", bits, true);
    } else {
        terms.lanes.write(module, "to", to, terms.len);
    }
    let row = range(address_bits(terms.rows));
    module.line(&format!("reg b_term, b_first, b_last; reg {row} b_row;"));
    module.line(&format!("reg c_term, c_first, c_last; reg {row} c_row;"));
    let begun = begin(module, start, &mut terms);
    let terms = &terms;
    terms.lanes.begin(module);
    let begun = delayed(module, begun);
    // Sums are exact in the bits of the result, whatever they pass on the way; a register has to see each of them.
    let most = if matches!(start, Start::Held { .. }) { 64 } else { to.range.bits() };
    let product = multiply(module, terms, most);
    let of = range(to.range.bits());
    module.line(&format!("reg {of} sum;"));
    module.line(&format!("wire {of} held = c_first ? {} : sum;", begun.at(to.range.bits())));
    match start {
        Start::Bias(_) => {
            let mut printed = Printed::default();
            let value = printed.cut(&product, to.range.bits());
            module.line(&format!("wire {of} next_sum = held + {value};"));
            module.body.push_str(&printed.unused());
        }
        Start::Held { register, .. } => hold(module, terms, *register, &product, to),
    }
    module.line("always @(posedge clk) if (c_term) sum <= next_sum;");
    let sum = if terms.spread.is_some() { "sums" } else { "to_next" };
    module.line(&format!("assign {sum} = next_sum;"));
    terms.lanes.end(module);
    pipeline(module, terms);
    ends(module, terms, to);
}

/// Adds the register `product`, which has at most so many bits of the product.
fn multiply(module: &mut Module, terms: &Terms, most: u32) -> Signal {
    let exact = match &terms.weight {
        Some(weight) => Interval::apply(Operator::Multiply, terms.input.range, weight.range),
        None => terms.input.range,
    };
    let exact = if terms.has_outside { exact.join(Interval::point(0)) } else { exact };
    if let Some(number) = exact.single() {
        // Nothing has to be multiplied.
        let factors = std::iter::once(&terms.input).chain(&terms.weight);
        let named = factors.map(|factor| factor.name.as_str()).filter(|name| !name.is_empty());
        let named: Vec<&str> = named.chain(terms.has_outside.then_some("visible")).collect();
        module.line(&format!("wire unused_factors = &{{1'b0, {}}};", named.join(", ")));
        return Signal::constant(number);
    }
    let bits = exact.bits().min(most);
    let product = if bits == exact.bits() {
        Signal::wire("product", exact)
    } else {
        Signal::register("product", bits, exact.is_signed())
    };
    let mut printed = Printed::default();
    let mut value = match &terms.weight {
        Some(weight) => printed.product(&terms.input, weight, bits),
        None => printed.cut(&terms.input, bits),
    };
    if terms.has_outside {
        module.line("reg b_visible;");
        module.line("always @(posedge clk) b_visible <= visible;");
        value = format!("b_visible ? {value} : {}", count(bits, 0));
    }
    module.line(&format!("reg {} product;", range(bits)));
    module.line(&format!("wire {} next_product = {value};", range(bits)));
    module.line("always @(posedge clk) product <= next_product;");
    module.body.push_str(&printed.unused_as("unused_factors"));
    product
}

/// Adds `next_sum`: what a register holds of `held` and the product. An input that is 0 leaves it as it is.
fn hold(module: &mut Module, terms: &Terms, register: Register, product: &Signal, to: &Stored) {
    let flow = held(register, product.range, to.range);
    let result = flow.writes().map(|(_, node)| node).next().unwrap_or(0);
    let mut printed = Printed::new(&flow, std::iter::once(result), |leaf| match leaf {
        Leaf::Wire("product") => product.clone(),
        _ => Signal::wire("held", to.range),
    });
    module.body.push_str(&printed.text);
    let value = printed.result(result, to.range);
    module.line("reg counts;");
    module.line(&format!("wire {} next_sum = counts ? {value} : held;", range(to.range.bits())));
    module.body.push_str(&printed.unused());
    let bits = terms.input.bits();
    let (input, zero) = (terms.input.at(bits), count(bits, 0));
    module.line(&format!("always @(posedge clk) counts <= {input} != {zero};"));
}

/// Adds what goes along with a product, and the end of each sum.
fn pipeline(module: &mut Module, terms: &Terms) {
    module.line("always @(posedge clk) begin");
    module.line("  b_first <= first; b_last <= last; b_row <= row;");
    module.line("  c_first <= b_first; c_last <= b_last; c_row <= b_row;");
    module.line("  if (rst || !go || done) begin");
    module.line("    b_term <= 1'b0; c_term <= 1'b0;");
    module.line("  end else begin");
    module.line("    b_term <= term; c_term <= b_term;");
    module.line("  end");
    module.line("end");
    module.cycles = (terms.products + 2 + terms.latency) as u64;
}

/// Adds what happens to a sum when it ends.
fn ends(module: &mut Module, terms: &Terms, to: &Stored) {
    let last = count(address_bits(terms.rows), terms.rows - 1);
    if let Some(spread) = &terms.spread {
        module.line("wire ends = c_term && c_last;");
        module.line(&format!("wire is_last = c_row == {last};"));
        spread.print(module, to, terms.len);
        module.cycles += spread.rest as u64;
    } else {
        module.line("assign to_write = c_term && c_last;");
        module.line("assign to_at = c_row;");
        module.line(&format!("assign done = to_write && c_row == {last};"));
    }
}

/// What a sum begins with, in the cycle before the first product is added.
fn begin(module: &mut Module, start: &Start<'_>, terms: &mut Terms) -> Signal {
    match start {
        Start::Bias(None) => Signal::constant(0),
        Start::Bias(Some(bias)) => terms.lanes.constants(module, "bias", bias, "row"),
        Start::Held { of, .. } => {
            let signal = terms.lanes.read(module, "held", of, terms.len);
            module.line("assign held_address = row;");
            signal
        }
    }
}

/// A number a cycle later.
fn delayed(module: &mut Module, signal: Signal) -> Signal {
    if signal.name.is_empty() {
        return signal;
    }
    module.line(&format!("reg {} begin_data;", range(signal.bits())));
    module.line(&format!("always @(posedge clk) begin_data <= {};", signal.name));
    Signal::wire("begin_data", signal.range)
}

/// What a register holds after a product was added to what it held.
fn held(register: Register, product: Interval, result: Interval) -> Dataflow {
    let mut flow = Dataflow::default();
    let before = flow.leaf(Leaf::Wire("held"), result);
    let product = flow.leaf(Leaf::Wire("product"), product);
    let exact = flow.binary(Operator::Add, before, product);
    let [low, high] = [register.low, register.high].map(|end| flow.constant(end));
    let value = if register.wraps {
        let is_near = passes_once(register, flow.range(exact));
        let span = flow.constant(register.high - register.low + 1);
        if is_near {
            let [down, up] = [Operator::Subtract, Operator::Add]
                .map(|operator| flow.binary(operator, exact, span));
            let upper = flow.select(Comparison::Above, [exact, high], [down, exact]);
            flow.select(Comparison::Above, [low, exact], [up, upper])
        } else {
            let from_low = flow.binary(Operator::Subtract, exact, low);
            let within = flow.binary(Operator::Modulo, from_low, span);
            flow.binary(Operator::Add, within, low)
        }
    } else {
        let above = flow.binary(Operator::Max, exact, low);
        flow.binary(Operator::Min, above, high)
    };
    flow.write(nirkit_step::BufferId(0), value);
    flow
}

/// Whether a register that wraps needs no division: its span is a power of two, or a sum passes an end once at most.
pub(crate) fn wraps_simply(register: Register, sum: Interval) -> bool {
    let span = register.high - register.low + 1;
    !register.wraps || (span as u64).is_power_of_two() || passes_once(register, sum)
}

fn passes_once(register: Register, sum: Interval) -> bool {
    let span = register.high - register.low + 1;
    register.low - span <= sum.low && sum.high <= register.high + span
}
