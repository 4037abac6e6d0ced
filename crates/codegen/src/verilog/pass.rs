//! The order in which an operation visits elements: one a cycle, each read in one cycle and written in the next.

use super::module::{Module, address_bits, count};
use super::signal::range;
use crate::range::interval::unsigned_bits;

/// Counts elements. The body gets the wires and registers
///
/// * `reads` and `at`: whether an element is read in this cycle, and which,
/// * `writes` and `written`: the same of what was read so many cycles ago,
///
/// and the output `done`.
pub(crate) fn count_elements(module: &mut Module, len: usize, latency: u32) {
    let (bits, address) = (unsigned_bits(len as u64), address_bits(len));
    let (of, to) = (range(bits), range(address));
    let stage = |at: u32| if at == latency { String::new() } else { format!("_{at}") };
    module.line(&format!("reg {of} fed;"));
    module.line(&format!("wire reads = go && fed != {};", count(bits, len)));
    module.line(&format!("wire {to} at = fed{};", range(address)));
    for at in 1..=latency {
        module.line(&format!("reg writes{0}; reg {to} written{0};", stage(at)));
    }
    module.line(&format!("assign done = writes && written == {};", count(address, len - 1)));
    module.line("always @(posedge clk) begin");
    for at in 1..=latency {
        let from = if at == 1 { "at".to_owned() } else { format!("written{}", stage(at - 1)) };
        module.line(&format!("  written{} <= {from};", stage(at)));
    }
    module.line("  if (rst || !go || done) begin");
    module.line(&format!("    fed <= {};", count(bits, 0)));
    for at in 1..=latency {
        module.line(&format!("    writes{} <= 1'b0;", stage(at)));
    }
    module.line("  end else begin");
    module.line(&format!("    if (reads) fed <= fed + {};", count(bits, 1)));
    for at in 1..=latency {
        let from = if at == 1 { "reads".to_owned() } else { format!("writes{}", stage(at - 1)) };
        module.line(&format!("    writes{} <= {from};", stage(at)));
    }
    module.line("  end");
    module.line("end");
    module.cycles = len as u64 + u64::from(latency);
}
