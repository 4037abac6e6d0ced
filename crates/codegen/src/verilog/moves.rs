//! Operations that move numbers without changing them.

use super::module::{Module, Net, Stored, address_bits, count};
use super::pass::count_elements;
use super::signal::range;
use crate::range::interval::Interval;

/// Writes elements in another order.
pub(crate) fn permute(
    module: &mut Module,
    order: &[usize],
    from: &Stored,
    len: usize,
    to: &Stored,
) {
    let data = module.read("from", from, len);
    module.write("to", to, order.len());
    count_elements(module, order.len(), 2);
    let order: Vec<i64> = order.iter().map(|&at| at as i64).collect();
    let order = module.constants("order", &order, "at");
    module.line(&format!("assign from_address = {};", order.at(address_bits(len))));
    moved(module, &data.at(to.range.bits()));
}

/// Keeps elements in the row of this step.
pub(crate) fn store(module: &mut Module, from: &Stored, len: usize, ring: &Stored, all: usize) {
    let data = module.read("from", from, len);
    let bits = address_bits(all);
    module.port("base", Some(bits), Net::Row(all / len, len));
    module.port("to_write", None, Net::Write(ring.buffer));
    module.port("to_at", Some(bits), Net::WriteAddress(ring.buffer));
    module.port("to_next", Some(ring.range.bits()), Net::WriteData(ring.buffer));
    count_elements(module, len, 1);
    module.line("assign from_address = at;");
    module.line("assign to_write = writes;");
    let place = extended("written", address_bits(len), bits);
    module.line(&format!("assign to_at = base + {place};"));
    module.line(&format!("assign to_next = {};", data.at(ring.range.bits())));
}

/// Reads elements that were stored some steps before.
pub(crate) fn recall(
    module: &mut Module,
    ring: &Stored,
    all: usize,
    delays: &[usize],
    to: &Stored,
) {
    let len = delays.len();
    let rows = all / len;
    let bits = address_bits(all);
    let data = module.read("ring", ring, all);
    module.port("base", Some(bits), Net::Row(rows, len));
    module.write("to", to, len);
    // How far back an element lies; a whole turn is none.
    let back: Vec<i64> = delays.iter().map(|&delay| (delay % rows * len) as i64).collect();
    let is_uniform = back.iter().all(|&distance| distance == back[0]);
    count_elements(module, len, if is_uniform { 1 } else { 2 });
    let back = module.constants("back", &back, "at");
    let element = if is_uniform { "at" } else { "written_1" };
    let element = extended(element, address_bits(len), bits);
    if back.range == Interval::point(0) {
        module.line(&format!("assign ring_address = base + {element};"));
    } else {
        let wide = range(bits + 1);
        let distance = back.at(bits + 1);
        module.line(&format!("wire {wide} row = {{1'b0, base}} - {distance};"));
        let turned = format!("row{} + {}", range(bits), count(bits, all & ((1 << bits) - 1)));
        let row = format!("row[{bits}] ? {turned} : row{}", range(bits));
        module.line(&format!("wire {} begin_at = {row};", range(bits)));
        module.line(&format!("assign ring_address = begin_at + {element};"));
    }
    moved(module, &data.at(to.range.bits()));
}

fn moved(module: &mut Module, value: &str) {
    module.line("assign to_write = writes;");
    module.line("assign to_at = written;");
    module.line(&format!("assign to_next = {value};"));
}

/// A wire with zeros in front.
pub(crate) fn extended(wire: &str, bits: u32, to: u32) -> String {
    if to > bits { format!("{{{}'d0, {wire}}}", to - bits) } else { wire.to_owned() }
}
