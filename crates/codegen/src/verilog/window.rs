//! Convolutions and sums over windows: counters walk through the window of each element that leaves.

use nirkit_step::{Convolution, Pool, Window};

use super::accumulate::{Start, Terms, accumulate};
use super::interval::{integers, unsigned_bits};
use super::module::{Module, Stored, address_bits, count};
use super::signal::range;

/// Prints a convolution.
pub(crate) fn convolution(module: &mut Module, of: &Convolution, from: &Stored, to: &Stored) {
    let window = &of.window;
    let weights: Vec<i64> = integers(&of.weights).collect();
    let seen = window.channels_in / window.groups;
    let fed = window.channels_out / window.groups;
    let bias = of.bias.as_ref().map(|bias| integers(bias).collect());
    print(module, window, [seen, fed], Some(&weights), &Start::Bias(bias), [from, to]);
}

/// Prints sums over windows of each channel.
pub(crate) fn pool(module: &mut Module, of: &Pool, from: &Stored, to: &Stored) {
    print(module, &of.window, [1, 1], None, &Start::Bias(None), [from, to]);
}

fn print(
    module: &mut Module,
    window: &Window,
    [seen, fed]: [usize; 2],
    weights: Option<&[i64]>,
    start: &Start<'_>,
    [from, to]: [&Stored; 2],
) {
    let input = module.read("from", from, window.inputs());
    let walk = Walk { window, seen, fed, address: address_bits(window.inputs()) };
    let has_memory = weights.is_some_and(|all| all.iter().any(|weight| *weight != all[0]));
    let has_outside = walk.print(module, weights.map_or(0, <[i64]>::len), has_memory);
    let weight = weights.map(|weights| module.constants("weight", weights, "place"));
    let rows = window.outputs();
    let terms = rows * seen * window.kernel[0] * window.kernel[1];
    let terms = Terms { input, weight, has_outside, rows, terms, latency: 0 };
    accumulate(module, &terms, start, to);
}

/// The counters of a window that walks over pictures.
struct Walk<'a> {
    window: &'a Window,
    /// Channels that an element sees, and channels that see the same.
    seen: usize,
    fed: usize,
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
        let window = self.window;
        let rows = window.outputs();
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
        let Window { kernel, stride, dilation, before, input, output, .. } = self.window;
        let name = ["y", "x"][axis];
        let most = (output[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis];
        let bits = unsigned_bits(most as u64).max(1);
        let place = range(self.address);
        module.line(&format!("reg {place} {name}_base, {name}_offset;"));
        let (low, high) = (before[axis], before[axis] + input[axis]);
        let mut inside = Vec::new();
        if low > 0 || most >= high {
            module.line(&format!("reg {0} {name}_from, {name}_by;", range(bits)));
            module.line(&format!("wire {} {name} = {name}_from + {name}_by;", range(bits)));
        }
        if low > 0 {
            let low = if low > most { "1'b0".to_owned() } else { format!("{name} >= {}", count(bits, low)) };
            inside.push(low);
        }
        if most >= high {
            inside.push(format!("{name} < {}", count(bits, high)));
        }
        (!inside.is_empty()).then(|| format!("({})", inside.join(" && ")))
    }

    /// Prints what each counter moves.
    fn steps(&self, module: &mut Module, fed: u32, weights: usize, has_memory: bool) {
        let Window { stride, dilation, before, input, .. } = self.window;
        let at = self.address;
        let place = |number: usize| count(at, number & ((1 << at) - 1));
        let plane = input[0] * input[1];
        let offset = before[0] * input[1] + before[1];
        module.line(&format!("reg {} plane, group;", range(at)));
        module.line(&format!(
            "assign from_address = plane + y_base + y_offset + x_base + x_offset - {};",
            place(offset)
        ));
        let shared = address_bits(self.fed);
        module.line(&format!("reg {} shared;", range(shared)));
        let weight_bits = address_bits(weights);
        if has_memory {
            module.line(&format!("reg {0} place, kernel;", range(weight_bits)));
        }
        let checked = [0, 1].map(|axis| self.is_checked(axis));
        module.line("always @(posedge clk)");
        module.line("  if (rst || !go || done) begin");
        module.line(&format!("    fed <= {};", count(fed, 0)));
        for Loop(name, len) in self.loops() {
            module.line(&format!("    {name} <= {};", count(address_bits(len), 0)));
        }
        for (axis, name) in ["y", "x"].into_iter().enumerate() {
            module.line(&format!("    {name}_base <= {0}; {name}_offset <= {0};", place(0)));
            if let Some(bits) = checked[axis] {
                module.line(&format!("    {name}_from <= {0}; {name}_by <= {0};", count(bits, 0)));
            }
        }
        module.line(&format!("    plane <= {0}; group <= {0};", place(0)));
        module.line(&format!("    shared <= {};", count(shared, 0)));
        if has_memory {
            module.line(&format!("    place <= {0}; kernel <= {0};", count(weight_bits, 0)));
        }
        module.line("  end else if (term) begin");
        module.line(&format!("    if (last) fed <= fed + {};", count(fed, 1)));
        let mut carry = String::new();
        for Loop(name, len) in self.loops() {
            let bits = address_bits(len);
            let next = format!("{name} <= {name}_ends ? {} : {name} + {};", count(bits, 0), count(bits, 1));
            module.line(&format!("    {carry}{next}"));
            carry = format!("if ({name}_ends) ");
        }
        // An axis of the kernel, and the same axis of the pictures that leave.
        let walk = |module: &mut Module, axis: usize, inner: [&str; 2], outer: [&str; 2]| {
            let name = ["y", "x"][axis];
            let row = if axis == 0 { input[1] } else { 1 };
            let mut moves = vec![("offset", "base", at, dilation[axis] * row, stride[axis] * row)];
            if let Some(bits) = checked[axis] {
                moves.push(("by", "from", bits, dilation[axis], stride[axis]));
            }
            for (small, large, bits, by, stride) in moves {
                let step = |number: usize| count(bits, number & ((1_usize << bits) - 1));
                for ([when, ends], part, by) in [(inner, small, by), (outer, large, stride)] {
                    let next = format!("{name}_{part} <= {ends} ? {} : {name}_{part} + {};", step(0), step(by));
                    module.line(&format!("    {when}{next}"));
                }
            }
        };
        walk(module, 1, ["", "kernel_column_ends"], ["if (seen_ends) ", "column_ends"]);
        walk(module, 0, ["if (kernel_column_ends) ", "kernel_row_ends"], ["if (column_ends) ", "line_ends"]);
        module.line("    if (kernel_row_ends) begin");
        module.line(&format!("      plane <= seen_ends ? group : plane + {};", place(plane)));
        module.line("    end");
        module.line("    if (line_ends) begin");
        let (last, next) = (count(shared, self.fed - 1), place(self.seen * plane));
        module.line(&format!("      shared <= shared == {last} ? {} : shared + {};", count(shared, 0), count(shared, 1)));
        module.line(&format!("      if (shared == {last}) begin group <= group + {next}; plane <= group + {next}; end"));
        module.line("    end");
        if has_memory {
            let one = count(weight_bits, 1);
            module.line(&format!("    place <= seen_ends && !line_ends ? kernel : place + {one};"));
            module.line(&format!("    if (line_ends) kernel <= place + {one};"));
        }
        module.line("  end");
    }

    /// Bits of the place in an axis, where it has to be checked.
    fn is_checked(&self, axis: usize) -> Option<u32> {
        let Window { kernel, stride, dilation, before, input, output, .. } = self.window;
        let most = (output[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis];
        let is_checked = before[axis] > 0 || most >= before[axis] + input[axis];
        is_checked.then(|| unsigned_bits(most as u64))
    }
}
