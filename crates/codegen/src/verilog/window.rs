//! Convolutions and sums over windows: counters walk through the window of each element that leaves.

use nirkit_step::{Convolution, Pool, Window};

use super::accumulate::{Start, Terms, accumulate};
use super::lane::{Lanes, lanes_of};
use super::module::{Module, Stored, address_bits, count};
use super::signal::range;
use super::spread::Spread;
use crate::range::interval::{integers, unsigned_bits};

/// Prints a convolution. Lanes are channels that see the same.
pub(crate) fn convolution(
    module: &mut Module,
    of: &Convolution,
    from: &Stored,
    to: &Stored,
    lanes: usize,
) {
    let window = &of.window;
    let weights: Vec<i64> = integers(&of.weights).collect();
    let seen = window.channels_in / window.groups;
    let fed = window.channels_out / window.groups;
    let products = seen * window.kernel[0] * window.kernel[1];
    // While sums are added, those before are written: no more of them than there are products.
    let lanes = lanes_of(fed.min(products), lanes);
    let side_by_side = |numbers: Vec<i64>| channels(&numbers, fed, window.channels_out, lanes);
    let bias = of.bias.as_ref().map(|bias| side_by_side(integers(bias).collect()));
    let weights = side_by_side(weights);
    print(module, window, [seen, fed], Some(&weights), &Start::Bias(bias), [from, to], lanes);
}

/// Prints sums over windows of each channel.
pub(crate) fn pool(module: &mut Module, of: &Pool, from: &Stored, to: &Stored) {
    print(module, &of.window, [1, 1], None, &Start::Bias(None), [from, to], 1);
}

/// Numbers of channels, in words of a number of each lane. Groups have so many channels; where a lane has none, there are those of
/// another one.
fn channels(numbers: &[i64], fed: usize, all: usize, lanes: usize) -> Vec<i64> {
    let each = numbers.len() / all;
    let mut words = Vec::new();
    for group in numbers.chunks(fed * each) {
        for block in group.chunks(lanes * each) {
            for at in 0..each {
                let mut word: Vec<i64> = block.chunks(each).map(|channel| channel[at]).collect();
                word.resize(lanes, word[0]);
                words.extend(word);
            }
        }
    }
    words
}

fn print(
    module: &mut Module,
    window: &Window,
    [seen, fed]: [usize; 2],
    weights: Option<&[i64]>,
    start: &Start<'_>,
    [from, to]: [&Stored; 2],
    lanes: usize,
) {
    let input = module.read("from", from, window.inputs());
    let blocks = fed.div_ceil(lanes);
    let plane = window.output[0] * window.output[1];
    let rows = window.channels_out / fed * blocks * plane;
    let walk = Walk { window, seen, blocks, rows, address: address_bits(window.inputs()) };
    let has_memory = weights.is_some_and(|all| all.iter().any(|weight| *weight != all[0]));
    let has_outside = walk.print(module, weights.map_or(0, <[i64]>::len) / lanes, has_memory);
    let spread = (lanes > 1).then(|| Spread::new(fed, plane, lanes));
    let mut lanes = Lanes::new(lanes);
    let weight = weights.map(|weights| lanes.constants(module, "weight", weights, "place"));
    let products = rows * seen * window.kernel[0] * window.kernel[1];
    let len = window.outputs();
    let terms =
        Terms { input, weight, has_outside, len, rows, products, latency: 0, lanes, spread };
    accumulate(module, terms, start, to);
}

/// The counters of a window that walks over pictures.
struct Walk<'a> {
    window: &'a Window,
    /// Channels that an element sees, and blocks of channels that see the same.
    seen: usize,
    blocks: usize,
    /// Sums of a lane.
    rows: usize,
    /// Bits of an address of the pictures.
    address: u32,
}

/// A loop: its name, and its length.
struct Loop(&'static str, usize);

impl Walk<'_> {
    /// The loops, the innermost first.
    fn loops(&self) -> [Loop; 5] {
        let Window { kernel, output, .. } = self.window;
        [
            Loop("kernel_column", kernel[1]),
            Loop("kernel_row", kernel[0]),
            Loop("seen", self.seen),
            Loop("column", output[1]),
            Loop("line", output[0]),
        ]
    }

    /// Prints counters, addresses and ends; whether some places of the window lie outside of the picture.
    fn print(&self, module: &mut Module, weights: usize, has_memory: bool) -> bool {
        let rows = self.rows;
        let (fed, row) = (unsigned_bits(rows as u64), address_bits(rows));
        module.line(&format!("reg {} fed;", range(fed)));
        module.line(&format!("wire term = go && fed != {};", count(fed, rows)));
        module.line(&format!("wire {} row = fed{};", range(row), range(row)));
        let mut carry = "1'b1".to_owned();
        for Loop(name, len) in self.loops() {
            let bits = address_bits(len);
            module.line(&format!("reg {} {name};", range(bits)));
            let ends = format!("{name} == {}", count(bits, len - 1));
            module.line(&format!("wire {name}_ends = {carry} && {ends};"));
            carry = format!("{name}_ends");
        }
        let [columns, lines, seen, ..] = self.loops();
        let begins = [columns, lines, seen]
            .map(|Loop(name, len)| format!("{name} == {}", count(address_bits(len), 0)));
        module.line(&format!("wire first = {};", begins.join(" && ")));
        module.line("wire last = seen_ends;");
        let inside: Vec<String> =
            [0, 1].into_iter().filter_map(|axis| self.axis(module, axis)).collect();
        let has_outside = !inside.is_empty();
        if has_outside {
            module.line(&format!("wire visible = {};", inside.join(" && ")));
        }
        self.steps(module, fed, weights, has_memory);
        has_outside
    }

    /// Prints the place of the window in an axis; when it lies inside of the picture, if that is not always so.
    fn axis(&self, module: &mut Module, axis: usize) -> Option<String> {
        let Window { before, input, .. } = self.window;
        let name = ["y", "x"][axis];
        module.line(&format!("reg {} {name}_base, {name}_offset;", range(self.address)));
        let bits = self.checked_bits(axis)?;
        let most = self.most(axis);
        let (low, high) = (before[axis], before[axis] + input[axis]);
        module.line(&format!("reg {0} {name}_from, {name}_by;", range(bits)));
        module.line(&format!("wire {} {name} = {name}_from + {name}_by;", range(bits)));
        let mut inside = Vec::new();
        if low > most {
            // The window sees nothing but what lies before the picture.
            module.line(&format!("wire unused_{name} = &{{1'b0, {name}}};"));
            inside.push("1'b0".to_owned());
        } else if low > 0 {
            inside.push(format!("{name} >= {}", count(bits, low)));
        }
        if most >= high {
            inside.push(format!("{name} < {}", count(bits, high)));
        }
        Some(format!("({})", inside.join(" && ")))
    }

    /// Prints the address of the input, and what each counter moves.
    fn steps(&self, module: &mut Module, fed: u32, weights: usize, has_memory: bool) {
        let Window { before, input, .. } = self.window;
        let place = |number: usize| count(self.address, number & ((1 << self.address) - 1));
        let plane = input[0] * input[1];
        let offset = place(before[0] * input[1] + before[1]);
        module.line(&format!("reg {} plane, group;", range(self.address)));
        module.line(&format!(
            "assign from_address = plane + y_base + y_offset + x_base + x_offset - {offset};"
        ));
        let shared = address_bits(self.blocks);
        module.line(&format!("reg {} shared;", range(shared)));
        let is_last = format!("shared == {}", count(shared, self.blocks - 1));
        module.line(&format!("wire group_ends = line_ends && {is_last};"));
        let weight_bits = address_bits(weights);
        if has_memory {
            module.line(&format!("reg {0} place, kernel;", range(weight_bits)));
        }
        let counters = self.counters(fed, shared);
        module.line("always @(posedge clk)");
        module.line("  if (rst || !go || done) begin");
        for Counter { name, bits, .. } in &counters {
            module.line(&format!("    {name} <= {};", count(*bits, 0)));
        }
        module.line(&format!("    plane <= {0}; group <= {0};", place(0)));
        if has_memory {
            module.line(&format!("    place <= {0}; kernel <= {0};", count(weight_bits, 0)));
        }
        module.line("  end else if (term) begin");
        for counter in &counters {
            counter.print(module);
        }
        let next = format!("group + {}", place(self.seen * plane));
        module.line(&format!(
            "    if (kernel_row_ends) plane <= group_ends ? {next} : seen_ends ? group : plane + {};",
            place(plane)
        ));
        module.line(&format!("    if (group_ends) group <= {next};"));
        if has_memory {
            let next = format!("place + {}", count(weight_bits, 1));
            module.line(&format!("    place <= seen_ends && !line_ends ? kernel : {next};"));
            module.line(&format!("    if (line_ends) kernel <= {next};"));
        }
        module.line("  end");
    }

    /// Everything that counts.
    fn counters(&self, fed: u32, shared: u32) -> Vec<Counter> {
        let Window { stride, dilation, input, .. } = self.window;
        let counter = |name: &str, bits: u32, when: &str, ends: &str, step: usize| {
            let [name, when, ends] = [name, when, ends].map(str::to_owned);
            Counter { name, bits, when, ends, step }
        };
        let mut counters = vec![
            counter("fed", fed, "last", "", 1),
            counter("shared", shared, "line_ends", "group_ends", 1),
        ];
        let mut when = "";
        for Loop(name, len) in self.loops() {
            counters.push(counter(name, address_bits(len), when, &format!("{name}_ends"), 1));
            when = match name {
                "kernel_column" => "kernel_column_ends",
                "kernel_row" => "kernel_row_ends",
                "seen" => "seen_ends",
                _ => "column_ends",
            };
        }
        // An axis of the kernel moves the offset, the same axis of the pictures that leave the base.
        let axes = [
            (0, "y", ["kernel_column_ends", "kernel_row_ends"], ["column_ends", "line_ends"]),
            (1, "x", ["", "kernel_column_ends"], ["seen_ends", "column_ends"]),
        ];
        for (axis, name, [inner, inner_ends], [outer, outer_ends]) in axes {
            let row = if axis == 0 { input[1] } else { 1 };
            let mut add = |part: &str, bits: u32, when: &str, ends: &str, step: usize| {
                counters.push(counter(&format!("{name}_{part}"), bits, when, ends, step));
            };
            add("offset", self.address, inner, inner_ends, dilation[axis] * row);
            add("base", self.address, outer, outer_ends, stride[axis] * row);
            if let Some(bits) = self.checked_bits(axis) {
                add("by", bits, inner, inner_ends, dilation[axis]);
                add("from", bits, outer, outer_ends, stride[axis]);
            }
        }
        counters
    }

    /// The last place in an axis at which the window looks.
    fn most(&self, axis: usize) -> usize {
        let Window { kernel, stride, dilation, output, .. } = self.window;
        (output[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis]
    }

    /// Bits of the place in an axis, where the window can leave the picture.
    fn checked_bits(&self, axis: usize) -> Option<u32> {
        let Window { before, input, .. } = self.window;
        let most = self.most(axis);
        let is_checked = before[axis] > 0 || most >= before[axis] + input[axis];
        is_checked.then(|| unsigned_bits(most as u64))
    }
}

/// A register that counts.
struct Counter {
    name: String,
    bits: u32,
    /// The wire that says when it moves; empty for always.
    when: String,
    /// The wire that says that it begins anew; empty for never.
    ends: String,
    step: usize,
}

impl Counter {
    fn print(&self, module: &mut Module) {
        let Self { name, bits, when, ends, step } = self;
        let step = count(*bits, step & ((1_usize << bits) - 1));
        let next = if ends.is_empty() {
            format!("{name} + {step}")
        } else {
            format!("{ends} ? {} : {name} + {step}", count(*bits, 0))
        };
        let when = if when.is_empty() { String::new() } else { format!("if ({when}) ") };
        module.line(&format!("    {when}{name} <= {next};"));
    }
}
