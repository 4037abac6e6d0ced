//! Sums of several channels that end in the same cycle and are written one after the other.

use super::module::{Module, Stored, address_bits, count};
use super::signal::range;
use crate::range::interval::unsigned_bits;

/// Where the sums of the lanes go: each lane has a channel, and the next lane has the next channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    /// Elements of a channel.
    pub(crate) plane: usize,
    /// Lanes.
    pub(crate) lanes: usize,
    /// Blocks of channels of a group, with a channel in each lane, and the channels of the last one.
    pub(crate) blocks: usize,
    pub(crate) rest: usize,
}

impl Spread {
    /// Spreads so many channels of each group.
    pub(crate) fn new(channels: usize, plane: usize, lanes: usize) -> Self {
        let blocks = channels.div_ceil(lanes);
        Self { plane, lanes, blocks, rest: channels - (blocks - 1) * lanes }
    }

    /// Writes the wide wire `sums_words` when the wire `ends` is 1, and goes on for as many cycles as there are channels. The wire
    /// `is_last` says that no sums follow.
    pub(crate) fn print(&self, module: &mut Module, to: &Stored, len: usize) {
        let Self { plane, lanes, blocks, rest } = *self;
        let (address, width) = (address_bits(len), to.range.bits());
        let (left, place, block) =
            (unsigned_bits(lanes as u64), address_bits(plane), address_bits(blocks));
        let at = |number: usize| count(address, number & ((1 << address) - 1));
        let all = range(width * lanes as u32);
        module.line("// The sums wait here while one after the other is written.");
        module.line(&format!("reg {all} waiting; reg {} left; reg is_end;", range(left)));
        module.line(&format!("reg {} waiting_at, base;", range(address)));
        module.line(&format!("reg {} place_out; reg {} block;", range(place), range(block)));
        module.line(&format!("wire plane_ends = place_out == {};", count(place, plane - 1)));
        module.line(&format!("wire last_block = block == {};", count(block, blocks - 1)));
        module.line(&format!("assign to_write = left != {};", count(left, 0)));
        module.line("assign to_at = waiting_at;");
        module.line(&format!("assign to_next = waiting{};", range(width)));
        module.line(&format!("assign done = is_end && left == {};", count(left, 1)));
        module.line("always @(posedge clk)");
        module.line("  if (rst || !go || done) begin");
        module.line(&format!("    left <= {}; is_end <= 1'b0;", count(left, 0)));
        module.line(&format!("    base <= {};", at(0)));
        module.line(&format!("    place_out <= {};", count(place, 0)));
        module.line(&format!("    block <= {};", count(block, 0)));
        module.line("  end else if (ends) begin");
        module.line("    waiting <= sums_words; waiting_at <= base; is_end <= is_last;");
        let [full, part] = [lanes, rest].map(|number| count(left, number));
        module.line(&format!("    left <= last_block ? {part} : {full};"));
        let [full, part] = [lanes, rest].map(|number| at(1 + (number - 1) * plane));
        let next = format!("last_block ? base + {part} : base + {full}");
        module.line(&format!("    base <= plane_ends ? ({next}) : base + {};", at(1)));
        let (zero, one) = (count(place, 0), count(place, 1));
        module.line(&format!("    place_out <= plane_ends ? {zero} : place_out + {one};"));
        let (zero, one) = (count(block, 0), count(block, 1));
        module.line(&format!("    if (plane_ends) block <= last_block ? {zero} : block + {one};"));
        module.line("  end else if (to_write) begin");
        module.line(&format!("    waiting <= waiting >> {width};"));
        module.line(&format!("    waiting_at <= waiting_at + {};", at(plane)));
        module.line(&format!("    left <= left - {};", count(left, 1)));
        module.line("  end");
    }
}
