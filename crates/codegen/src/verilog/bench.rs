//! The test bench: it replays vectors twice, first without and then with stalls of the streams, and fails at the first difference. It
//! counts cycles as well.

use std::fmt::Write as _;

use nirkit_step::{Format, Number, Program};

use super::design::Design;
use super::signal::{masked, range};
use crate::name::shown;
use crate::range::interval::Interval;
use crate::{File, Vectors};

/// The numbers that enter, frame by frame.
fn entering(program: &Program, vectors: &Vectors, input: usize) -> Vec<i64> {
    let len: usize = program.inputs[input].shape.iter().product();
    let frames = vectors.inputs.get(input).map_or(&[][..], Vec::as_slice);
    let number = |at: usize| match Format::I64.round(frames.get(at).copied().unwrap_or(0.0)) {
        Number::I64(x) => x,
        _ => 0,
    };
    (0..len * vectors.steps).map(number).collect()
}

/// Returns a sentence for each input whose vectors do not fit into so many bits.
pub(crate) fn beyond_inputs(program: &Program, bits: u32, vectors: &Vectors) -> Vec<String> {
    let bounds = Interval::of_bits(bits);
    let fits = |x: &i64| (bounds.low..=bounds.high).contains(x);
    let beyond = |input: usize| {
        let lost = entering(program, vectors, input).into_iter().find(|x| !fits(x))?;
        let name = shown(&program.inputs[input].name);
        Some(format!("{name}: {lost} of the vectors does not fit into {bits} bits"))
    };
    (0..program.inputs.len()).filter_map(beyond).collect()
}

fn probed(vectors: &Vectors, probe: usize) -> Vec<i64> {
    crate::range::interval::integers(&vectors.probes[probe]).collect()
}

/// A memory file: numbers of so many bits, one a line.
fn file(numbers: impl Iterator<Item = i64>, bits: u32) -> String {
    let digits = bits.div_ceil(4) as usize;
    numbers.map(|number| format!("{:0digits$x}\n", masked(bits, number))).collect()
}

/// The memories of the test bench: what enters, what leaves, and what each probe sees.
pub(crate) fn files(design: &Design, vectors: &Vectors) -> Vec<File> {
    let (name, steps) = (&design.name, vectors.steps);
    let mut files = Vec::new();
    if !design.inputs.is_empty() {
        let frames: Vec<(usize, Vec<i64>)> = design
            .inputs
            .iter()
            .map(|&(input, len)| (len, entering(&design.program, vectors, input)))
            .collect();
        let beats = frames_in_order(&frames, steps);
        files.push(File::new(format!("{name}_stimulus.hex"), file(beats, design.input_bits)));
    }
    let len = |probe: usize| design.len(design.program.probes[probe].buffer);
    if !design.outputs.is_empty() {
        let frames: Vec<(usize, Vec<i64>)> =
            design.outputs.iter().map(|&probe| (len(probe), probed(vectors, probe))).collect();
        let beats = frames_in_order(&frames, steps);
        files.push(File::new(format!("{name}_leaving.hex"), file(beats, design.output.bits())));
    }
    for (probe, _) in observed(design) {
        let numbers = probed(vectors, probe).into_iter();
        let bits = design.bounds[design.program.probes[probe].buffer.0].bits();
        files.push(File::new(format!("{name}_probe{probe}.hex"), file(numbers, bits)));
    }
    files
}

/// Frames of several arrays, step by step.
fn frames_in_order(arrays: &[(usize, Vec<i64>)], steps: usize) -> impl Iterator<Item = i64> {
    let of_step = move |step: usize| {
        arrays.iter().flat_map(move |(len, numbers)| numbers[step * len..(step + 1) * len].iter())
    };
    (0..steps).flat_map(of_step).copied()
}

/// The probes that have elements, each with their number.
fn observed(design: &Design) -> Vec<(usize, usize)> {
    let probes = design.program.probes.iter().enumerate();
    let with_len = probes.map(|(at, probe)| (at, design.len(probe.buffer)));
    with_len.filter(|&(_, len)| len > 0).collect()
}

/// The test bench.
pub(crate) fn bench(design: &Design, vectors: &Vectors) -> String {
    let (name, steps, report) = (&design.name, vectors.steps, design.report());
    let mut text = format!(
        "// Made by nirkit. Replays a stimulus twice, first without stalls, and compares every number with what nirkit computed.\n\
         `timescale 1ns / 1ps\n`default_nettype none\nmodule {name}_tb;\n  \
         localparam STEPS = {steps};\n  reg clk = 1'b0;\n  always #5 clk = !clk;\n  reg rst = 1'b1;\n  \
         reg start = 1'b0;\n  wire busy, done;\n  reg stalls = 1'b0;\n  reg [31:0] noise = 32'h2545f491;\n  \
         integer step = 0, since = 0, i;\n  reg is_counted = 1'b0;\n"
    );
    let (mut ports, mut stalled, mut restarted) = (String::new(), String::new(), String::new());
    if !design.inputs.is_empty() {
        let beats = report.beats_in * steps;
        let _ = write!(
            text,
            "  // What enters.\n  reg {of} stimulus [0:{last}];\n  initial $readmemh(\"{name}_stimulus.hex\", stimulus);\n  \
             integer entered = 0;\n  reg in_valid = 1'b0;\n  wire in_ready;\n  wire {of} in_data = stimulus[entered];\n  \
             always @(posedge clk) if (!rst && in_valid && in_ready) entered <= entered == {last} ? 0 : entered + 1;\n",
            of = range(design.input_bits),
            last = beats.max(1) - 1,
        );
        ports.push_str(", .in_valid(in_valid), .in_ready(in_ready), .in_data(in_data)");
        stalled.push_str("    in_valid <= !stalls || noise[3];\n");
        restarted.push_str("      in_valid <= 1'b0;\n");
    }
    if !design.outputs.is_empty() {
        leaving(design, steps, &mut text);
        ports.push_str(
            ", .out_valid(out_valid), .out_ready(out_ready), .out_data(out_data), .out_last(out_last)",
        );
        stalled.push_str("    out_ready <= !stalls || noise[7];\n");
        restarted.push_str("      out_ready <= 1'b0;\n");
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
         if (!stalls && since != (step == 0 ? {first} : {later})) begin\n        \
         $display(\"step %0d took %0d cycles, and nirkit has %0d\", step, since, step == 0 ? {first} : {later});\n        \
         $finish;\n      end\n      since = 0;\n      compare;\n      step = step + 1;\n      if (step == STEPS) begin\n        \
         if (stalls) begin\n          $display(\"{count} observables are equal in %0d steps\", STEPS);\n          \
         $finish;\n        end\n        stalls <= 1'b1;\n        step = 0;\n        rst <= 1'b1;\n        start <= 1'b0;\n      \
         end\n    end else if (!busy && !is_counted) begin\n      // The first idle cycle after the reset.\n      \
         since = 0;\n      is_counted <= 1'b1;\n    end\n    if (since > {limit}) begin\n      \
         $display(\"step %0d does not end\", step);\n      $finish;\n    end\n  end\nendmodule\n",
        first = report.first_cycles,
        later = report.cycles,
        count = design.program.probes.len(),
        limit = 100 * (report.cycles.max(report.first_cycles) + report.reset_cycles) + 1000,
    );
    text
}

/// What leaves, and how it is compared.
fn leaving(design: &Design, steps: usize, text: &mut String) {
    let (name, beats) = (&design.name, design.report().beats_out);
    let _ = write!(
        text,
        "  // What leaves.\n  reg {of} leaving [0:{last}];\n  initial $readmemh(\"{name}_leaving.hex\", leaving);\n  \
         integer left = 0;\n  wire out_valid, out_last;\n  reg out_ready = 1'b0;\n  wire {of} out_data;\n  \
         always @(posedge clk) if (!rst && out_valid && out_ready) begin\n    \
         if (out_data !== leaving[left] || out_last !== (left % {beats} == {end})) begin\n      \
         $display(\"beat %0d that leaves in step %0d: %h, and nirkit has %h\", left % {beats}, left / {beats}, out_data, leaving[left]);\n      \
         $finish;\n    end\n    left <= left == {last} ? 0 : left + 1;\n  end\n",
        of = range(design.output.bits()),
        last = beats * steps - 1,
        end = beats - 1,
    );
}

/// A task that compares what probes see after a step.
fn compare(design: &Design, text: &mut String) {
    text.push_str("  task compare;\n    begin\n");
    for (probe, len) in observed(design) {
        let found = &design.program.probes[probe];
        let memory = &design.memories[found.buffer.0];
        let here = format!("dut.{memory}.mem[i]");
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
