//! What enters and leaves, a number a beat, and the start values.

use nirkit_step::Numbers;

use super::module::{Module, Net, Stored, address_bits, count};
use super::pass::count_elements;
use super::signal::range;
use crate::range::interval::integers;

/// Takes the frame of an input.
pub(crate) fn load(module: &mut Module, input_bits: u32, to: &Stored, len: usize) {
    module.port("in_valid", None, Net::InValid);
    module.port("in_ready", None, Net::InReady);
    module.port("in_data", Some(input_bits), Net::InData);
    module.write("to", to, len);
    let bits = address_bits(len);
    module.line(&format!("reg {} at;", range(bits)));
    module.line("assign in_ready = go;");
    module.line("assign to_write = go && in_valid;");
    module.line("assign to_at = at;");
    let data = super::signal::Signal::register("in_data", input_bits, true);
    module.line(&format!("assign to_next = {};", data.at(to.range.bits())));
    module.line(&format!("assign done = to_write && at == {};", count(bits, len - 1)));
    module.line("always @(posedge clk)");
    module.line(&format!("  if (rst || !go || done) at <= {};", count(bits, 0)));
    module.line(&format!("  else if (to_write) at <= at + {};", count(bits, 1)));
    module.cycles = len as u64;
}

/// Puts the numbers of a buffer out.
pub(crate) fn send(module: &mut Module, from: &Stored, len: usize, out_bits: u32, is_last: bool) {
    let data = module.read("from", from, len);
    module.port("out_valid", None, Net::OutValid);
    module.port("out_ready", None, Net::OutReady);
    module.port("out_data", Some(out_bits), Net::OutData);
    if is_last {
        module.port("out_last", None, Net::OutLast);
    }
    let last = walk(module, len, &["wire passes = valid && out_ready;".to_owned()]);
    module.line("assign out_valid = valid;");
    module.line(&format!("assign out_data = {};", data.at(out_bits)));
    if is_last {
        module.line(&format!("assign out_last = valid && {last};"));
    }
}

/// Shows the elements of the buffer `from` one after the other: `valid` says that the element `at` is there, and it makes room for the
/// next in a cycle in which the net `passes` is high, which `lines` define. Returns the condition that `at` is the last element.
pub(super) fn walk(module: &mut Module, len: usize, lines: &[String]) -> String {
    let bits = address_bits(len);
    let last = format!("at == {}", count(bits, len - 1));
    module.line(&format!("reg {} at; reg valid;", range(bits)));
    for line in lines {
        module.line(line);
    }
    module.line(&format!("wire {} next = passes ? at + {} : at;", range(bits), count(bits, 1)));
    module.line("assign from_address = next;");
    module.line(&format!("assign done = passes && {last};"));
    module.line("always @(posedge clk)");
    module.line("  if (rst || !go || done) begin");
    module.line(&format!("    at <= {}; valid <= 1'b0;", count(bits, 0)));
    module.line("  end else begin");
    module.line("    at <= next; valid <= 1'b1;");
    module.line("  end");
    module.cycles = len as u64 + 1;
    last
}

/// Writes the numbers with which buffers start, all at the same time.
pub(crate) fn begin(module: &mut Module, buffers: &[(Stored, &Numbers)]) {
    let longest = buffers.iter().map(|(_, start)| start.len()).max().unwrap_or(0);
    count_elements(module, longest, 1);
    for (stored, start) in buffers {
        let name = format!("w{}", stored.buffer.0);
        let (len, bits) = (start.len(), address_bits(start.len()));
        module.write(&name, stored, len);
        let longest_bits = address_bits(longest);
        let ends = if len < longest {
            format!(" && written < {}", count(longest_bits, len))
        } else {
            String::new()
        };
        let numbers: Vec<i64> = integers(start).collect();
        let place = |wire: &str| {
            if bits == longest_bits { wire.to_owned() } else { format!("{wire}{}", range(bits)) }
        };
        let value = module.constants(&format!("start{}", stored.buffer.0), &numbers, &place("at"));
        module.line(&format!("assign {name}_write = writes{ends};"));
        module.line(&format!("assign {name}_at = {};", place("written")));
        module.line(&format!("assign {name}_next = {};", value.at(stored.range.bits())));
    }
}
