//! The test bench: it replays vectors twice, first without and then with stalls of the streams, and fails at the first difference. It
//! counts cycles as well.

use std::fmt::Write as _;

use super::design::Design;
use super::replay::{Replay, file, leaving, probed, stimulus, words};
use super::signal::range;
use crate::name::shown;
use crate::{File, Vectors};

/// The probes that have elements, each with their number.
fn observed(design: &Design) -> Vec<(usize, usize)> {
    let probes = design.program.probes.iter().enumerate();
    let with_len = probes.map(|(at, probe)| (at, design.len(probe.buffer)));
    with_len.filter(|&(_, len)| len > 0).collect()
}

/// The test bench, and its memories: what enters, what leaves, and what each probe sees.
pub(crate) fn bench(design: &Design, vectors: &Vectors) -> Vec<File> {
    let (entering, leaving) = (stimulus(design, vectors), leaving(design, vectors));
    let text = print(design, vectors.steps, &entering, &leaving);
    let mut files = vec![File::new(format!("{}_tb.v", design.name), text)];
    files.extend(entering.files.into_iter().chain(leaving.files));
    for (probe, _) in observed(design) {
        let numbers = probed(vectors, probe);
        let bits = design.bounds[design.program.probes[probe].buffer.0].bits();
        let name = format!("{}_probe{probe}.hex", design.name);
        files.push(file(name, words(&numbers, bits), bits));
    }
    files
}

fn print(design: &Design, steps: usize, entering: &Replay, leaving: &Replay) -> String {
    let (name, report) = (&design.name, design.report());
    let mut text = format!(
        "// Made by nirkit. Replays a stimulus twice, first without stalls, and compares every number with what nirkit computed.\n\
         `timescale 1ns / 1ps\n`default_nettype none\nmodule {name}_tb;\n  \
         localparam STEPS = {steps};\n  reg clk = 1'b0;\n  always #5 clk = !clk;\n  reg rst = 1'b1;\n  \
         reg start = 1'b0;\n  wire busy, done;\n  reg stalls = 1'b0;\n  reg [31:0] noise = 32'h2545f491;\n  \
         integer step = 0, since = 0, i;\n  reg is_counted = 1'b0;\n  \
         // Address events that entered, those of the steps before, and what a step takes.\n  \
         integer events = 0, events_before = 0, wanted_cycles, most_cycles = 0, all_cycles = 0;\n"
    );
    let (mut stalled, mut restarted) = (String::new(), String::new());
    let ports = [entering.ports.as_str(), &leaving.ports].concat();
    text.push_str(&entering.text);
    text.push_str(&leaving.text);
    if !entering.ports.is_empty() {
        stalled.push_str("    in_valid <= !stalls || noise[3];\n");
        restarted.push_str("      in_valid <= 1'b0;\n");
    }
    let (mut ends, mut left_over) = ("", "");
    if !leaving.ports.is_empty() {
        stalled.push_str("    out_ready <= !stalls || noise[7];\n");
        restarted.push_str("      out_ready <= 1'b0;\n");
        ends = "      left_before = left;\n";
        left_over = "        if (left != 0) begin\n          \
             $display(\"beat %0d and others do not leave\", left);\n          $finish;\n        end\n";
    }
    let _ = writeln!(
        text,
        "  {name} dut (.clk(clk), .rst(rst), .start(start), .busy(busy), .done(done){ports});"
    );
    for (probe, len) in observed(design) {
        let bits = design.bounds[design.program.probes[probe].buffer.0].bits();
        let _ = write!(
            text,
            "  reg {} probe{probe} [0:{}];\n  initial $readmemh(\"{name}_probe{probe}.hex\", probe{probe});\n",
            range(bits),
            len * steps - 1,
        );
    }
    compare(design, &mut text);
    let _ = write!(
        text,
        "  always @(negedge clk) begin\n    noise <= {{noise[30:0], noise[31] ^ noise[21] ^ noise[1] ^ noise[0]}};\n    \
         start <= !rst && (!stalls || noise[5]);\n{stalled}    since = since + 1;\n    if (rst) begin\n{restarted}      \
         since = 0;\n      is_counted <= 1'b0;\n      rst <= 1'b0;\n    end else if (done) begin\n      \
         wanted_cycles = (step == 0 ? {first} : {later}) + {event} * (events - events_before);\n      \
         events_before = events;\n{ends}      \
         if (!stalls && since > most_cycles) most_cycles = since;\n      \
         if (!stalls) all_cycles = all_cycles + since;\n      \
         if (!stalls && since != wanted_cycles) begin\n        \
         $display(\"step %0d took %0d cycles, and nirkit has %0d\", step, since, wanted_cycles);\n        \
         $finish;\n      end\n      since = 0;\n      compare;\n      step = step + 1;\n      if (step == STEPS) begin\n{left_over}        \
         if (stalls) begin\n          \
         $display(\"%0d cycles in a step without stalls, at most\", most_cycles);\n          \
             $display(\"%0d cycles in %0d steps without stalls\", all_cycles, STEPS);\n          $display(\"{count} observables are equal in %0d steps\", STEPS);\n          \
         $finish;\n        end\n        stalls <= 1'b1;\n        step = 0;\n        rst <= 1'b1;\n        start <= 1'b0;\n      \
         end\n    end else if (!busy && !is_counted) begin\n      // The first idle cycle after the reset.\n      \
         since = 0;\n      is_counted <= 1'b1;\n    end\n    if (since > {limit}) begin\n      \
         $display(\"step %0d does not end\", step);\n      $finish;\n    end\n  end\nendmodule\n",
        first = report.first_cycles,
        later = report.cycles,
        event = report.cycles_per_event,
        count = design.program.probes.len(),
        limit = 100
            * (report.cycles.max(report.first_cycles)
                + report.reset_cycles
                + entering.most_events as u64)
            + 1000,
    );
    text
}

/// A task that compares what probes see after a step.
fn compare(design: &Design, text: &mut String) {
    text.push_str("  task compare;\n    begin\n");
    for (probe, len) in observed(design) {
        let found = &design.program.probes[probe];
        let here = format!("dut.{}", design.element(found.buffer, "i"));
        let wanted = format!("probe{probe}[step * {len} + i]");
        let sign = if design.bounds[found.buffer.0].is_signed() { "$signed" } else { "" };
        let _ = write!(
            text,
            "      for (i = 0; i < {len}; i = i + 1)\n        if ({here} !== {wanted}) begin\n          \
             $display(\"{}, step %0d, number %0d: %0d, and nirkit has %0d\", step, i, {sign}({here}), {sign}({wanted}));\n          \
             $finish;\n        end\n",
            shown(&found.name),
        );
    }
    text.push_str("    end\n  endtask\n");
}
