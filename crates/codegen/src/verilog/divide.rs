//! Division, one bit a cycle. A cell that divides takes its neurons one by one: it reads, executes its divisions in turn, and writes.

use super::expr::{Division, divider_bits};
use super::module::{Module, address_bits, count};
use super::signal::range;
use crate::range::interval::unsigned_bits;

/// Adds the divider, and the order in which a cell of so many neurons uses it. It drives `at` and `writes`.
pub(crate) fn sequence(module: &mut Module, divisions: &[Division], len: usize) {
    // The divider shifts its operands, so it has two bits at least.
    let bits = divider_bits(divisions);
    divider(module, bits, divisions);
    let phases = divisions.len() + 2;
    let (phase_bits, address) = (address_bits(phases), address_bits(len));
    let phase = |number: usize| count(phase_bits, number);
    module.line("// Phase 0 reads, each further one divides, and the last one writes.");
    module.line(&format!("assign writes = phase == {};", phase(phases - 1)));
    module.line(&format!("assign done = writes && at == {};", count(address, len - 1)));
    module.line("always @(posedge clk)");
    module.line("  if (rst || !go || done) begin");
    module.line(&format!("    at <= {};", count(address, 0)));
    module.line(&format!("    phase <= {};", phase(0)));
    module.line("  end else if (writes) begin");
    module.line(&format!("    at <= at + {};", count(address, 1)));
    module.line(&format!("    phase <= {};", phase(0)));
    module.line("  end else if (!divides || divided) begin");
    module.line(&format!("    phase <= phase + {};", phase(1)));
    module.line("  end");
    module.cycles = len as u64 * (2 + divisions.len() as u64 * (u64::from(bits) + 2));
}

/// Subtracts the denominator from the bits of the numerator, from the highest to the lowest.
fn divider(module: &mut Module, bits: u32, divisions: &[Division]) {
    let phase_bits = address_bits(divisions.len() + 2);
    let step_bits = unsigned_bits(u64::from(bits) + 1);
    let step = |number: u32| count(step_bits, number as usize);
    let pick = |of: fn(&Division) -> &super::signal::Signal| {
        let mut terms = divisions.iter().enumerate().rev();
        let last = terms.next().map(|(_, division)| of(division).at(bits)).unwrap_or_default();
        terms.fold(last, |rest, (at, division)| {
            let phase = count(phase_bits, at + 1);
            format!("phase == {phase} ? {} : ({rest})", of(division).at(bits))
        })
    };
    let (of, wide) = (range(bits), range(bits + 1));
    module.line(&format!("reg {} phase;", range(phase_bits)));
    module.line(&format!("wire divides = phase != {} && !writes;", count(phase_bits, 0)));
    module.line(&format!("wire {of} numerator = {};", pick(|division| &division.numerator)));
    module.line(&format!("wire {of} denominator = {};", pick(|division| &division.denominator)));
    module.line(&format!("reg {of} rest; reg {of} digits; reg {} digit;", range(step_bits)));
    module.line(&format!("wire {wide} raised = {{rest, digits[{}]}};", bits - 1));
    module.line(&format!("wire {wide} left = raised - {{1'b0, denominator}};"));
    module.line(&format!("wire fits = !left[{bits}];"));
    module.line(&format!("wire divided = divides && digit == {};", step(bits + 1)));
    let kept = if bits > 1 { format!("{{digits[{}:0], fits}}", bits - 2) } else { "fits".into() };
    module.line("always @(posedge clk) begin");
    module.line(&format!("  if (rst || !divides || divided) digit <= {};", step(0)));
    module.line(&format!("  else digit <= digit + {};", step(1)));
    module.line(&format!("  if (digit == {}) begin", step(0)));
    module.line(&format!("    rest <= {};", count(bits, 0)));
    module.line("    digits <= numerator;");
    module.line(&format!("  end else if (digit != {}) begin", step(bits + 1)));
    module.line(&format!("    rest <= fits ? left[{0}:0] : raised[{0}:0];", bits - 1));
    module.line(&format!("    digits <= {kept};"));
    module.line("  end");
    for (at, division) in divisions.iter().enumerate() {
        let (phase, result) = (count(phase_bits, at + 1), &division.result);
        let value = if division.is_quotient { "digits" } else { "rest" };
        module.line(&format!("  if (divided && phase == {phase}) {result} <= {value};"));
    }
    module.line("end");
}
