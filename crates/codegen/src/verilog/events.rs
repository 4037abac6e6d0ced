//! Address events: spikes enter and leave as lists of the addresses of elements.
//!
//! A list ends with a beat that has `last` and no address. What enters is counted in a memory with a number for each address, from
//! which the frames of the step are taken.

use super::module::{Module, Net, Stored, address_bits, count};
use super::moves::extended;
use super::pass::count_elements;
use super::signal::range;
use super::stream::walk;

/// A part of an address space: its first address, and the number of its elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) first: usize,
    pub(crate) len: usize,
}

/// Whether some address of the port is none of an element.
pub(crate) fn has_beyond(addresses: usize) -> bool {
    addresses < 1 << address_bits(addresses)
}

/// Counts the events of a step, one a cycle. A count stays at its largest number.
pub(crate) fn take(module: &mut Module, counts: &Stored, addresses: usize) {
    let (bits, width) = (address_bits(addresses), counts.range.bits());
    module.port("in_valid", None, Net::InValid);
    module.port("in_ready", None, Net::InReady);
    module.port("in_address", Some(bits), Net::InAddress);
    module.port("in_last", None, Net::InLast);
    let data = module.read("counts", counts, addresses).at(width);
    module.write("to", counts, addresses);
    module.line("reg pending, repeats;");
    module.line(&format!("reg {} at; reg {} earlier;", range(bits), range(width)));
    module.line("wire taken = go && in_valid;");
    let most = count(width, usize::try_from(counts.range.high).unwrap_or(usize::MAX));
    module.line("// The memory does not have the count yet that the event before wrote.");
    module.line(&format!("wire {} now = repeats ? earlier : {data};", range(width)));
    let more = format!("now + {}", count(width, 1));
    module.line(&format!("wire {} more = now == {most} ? now : {more};", range(width)));
    let known = if has_beyond(addresses) {
        module.port("in_beyond", None, Net::InBeyond);
        module.line(&format!("wire known = in_address <= {};", count(bits, addresses - 1)));
        module.line("reg beyond;");
        module.line("assign in_beyond = beyond;");
        module.line("always @(posedge clk) beyond <= !rst && taken && !in_last && !known;");
        " && known"
    } else {
        ""
    };
    module.line("assign in_ready = go;");
    module.line("assign counts_address = in_address;");
    module.line("assign to_write = pending;");
    module.line("assign to_at = at;");
    module.line("assign to_next = more;");
    module.line("assign done = taken && in_last;");
    module.line("always @(posedge clk) begin");
    module.line("  at <= in_address; earlier <= more;");
    module.line("  repeats <= pending && at == in_address;");
    module.line(&format!("  pending <= !rst && taken && !in_last{known};"));
    module.line("end");
    module.cycles = 1;
}

/// Takes the frame of an input from the counts, and brings them back to 0 where no other frame needs them.
pub(crate) fn frame(
    module: &mut Module,
    counts: &Stored,
    addresses: usize,
    part: Part,
    to: &Stored,
    clears: bool,
) {
    let data = module.read("counts", counts, addresses);
    module.write("to", to, part.len);
    if clears {
        module.write("cleared", counts, addresses);
    }
    count_elements(module, part.len, 1);
    let (bits, own) = (address_bits(addresses), address_bits(part.len));
    let place = |element: &str| placed(element, own, bits, part.first);
    module.line(&format!("assign counts_address = {};", place("at")));
    module.line("assign to_write = writes;");
    module.line("assign to_at = written;");
    module.line(&format!("assign to_next = {};", data.at(to.range.bits())));
    if clears {
        module.line("assign cleared_write = writes;");
        module.line(&format!("assign cleared_at = {};", place("written")));
        module.line(&format!("assign cleared_next = {};", count(counts.range.bits(), 0)));
    }
}

/// Puts out the elements of a buffer that are not 0, each with its address and its number. One element is looked at in a cycle.
pub(crate) fn send(module: &mut Module, from: &Stored, part: Part, addresses: usize, width: u32) {
    let data = module.read("from", from, part.len);
    module.port("out_valid", None, Net::OutValid);
    module.port("out_ready", None, Net::OutReady);
    module.port("out_address", Some(address_bits(addresses)), Net::OutAddress);
    module.port("out_data", Some(width), Net::OutData);
    let spikes = format!("{} != {}", data.at(data.bits()), count(data.bits(), 0));
    let lines = [
        format!("wire spikes = valid && {spikes};"),
        "wire passes = valid && (out_ready || !spikes);".to_owned(),
    ];
    walk(module, part.len, &lines);
    module.line("assign out_valid = spikes;");
    let address = placed("at", address_bits(part.len), address_bits(addresses), part.first);
    module.line(&format!("assign out_address = {address};"));
    module.line(&format!("assign out_data = {};", data.at(width)));
}

/// Ends the list of what leaves.
pub(crate) fn end(module: &mut Module) {
    module.port("out_valid", None, Net::OutValid);
    module.port("out_ready", None, Net::OutReady);
    module.port("out_last", None, Net::OutLast);
    // The end of the list does not depend on what is kept.
    module.line("wire unused_clock = &{1'b0, clk, rst};");
    module.line("assign out_valid = go;");
    module.line("assign out_last = go;");
    module.line("assign done = go && out_ready;");
    module.cycles = 1;
}

/// The address of an element.
fn placed(element: &str, bits: u32, to: u32, first: usize) -> String {
    let wide = extended(element, bits, to);
    if first == 0 { wide } else { format!("{wide} + {}", count(to, first)) }
}
