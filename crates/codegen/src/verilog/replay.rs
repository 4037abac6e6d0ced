//! The streams of the test bench: the beats that enter, and those that have to leave.

use std::fmt::Write as _;

use nirkit_step::{Format, Number, Program};

use super::design::Design;
use super::events::has_beyond;
use super::module::address_bits;
use super::options::{Ports, VerilogOptions};
use super::signal::{masked, range};
use crate::name::shown;
use crate::range::interval::{Interval, integers};
use crate::{File, Vectors};

/// The most events that a test bench replays.
const MOST_EVENTS: u64 = 1 << 22;

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

/// Returns a sentence for each input whose vectors do not fit into the stream.
pub(crate) fn beyond_inputs(
    program: &Program,
    options: &VerilogOptions,
    vectors: &Vectors,
) -> Vec<String> {
    let bits = options.input_bits;
    let bounds = Interval::of_bits(bits);
    let is_dense = options.ports == Ports::Dense;
    let mut events = 0_u64;
    let mut reasons = Vec::new();
    for input in 0..program.inputs.len() {
        let numbers = entering(program, vectors, input);
        let name = shown(&program.inputs[input].name);
        if let Some(lost) = numbers.iter().find(|x| !(bounds.low..=bounds.high).contains(x)) {
            reasons.push(format!("{name}: {lost} of the vectors does not fit into {bits} bits"));
        } else if let Some(lost) = numbers.iter().find(|x| **x < 0 && !is_dense) {
            reasons.push(format!("{name}: {lost} of the vectors is no count of address events"));
        }
        events = numbers.iter().fold(events, |all, x| all.saturating_add(x.unsigned_abs()));
    }
    if !is_dense && reasons.is_empty() && events > MOST_EVENTS {
        reasons.push(format!(
            "the vectors have {events} address events, and a test bench replays {MOST_EVENTS}"
        ));
    }
    reasons
}

/// The numbers of a probe after each step.
pub(crate) fn probed(vectors: &Vectors, probe: usize) -> Vec<i64> {
    integers(&vectors.probes[probe]).collect()
}

/// A memory file: words of so many bits, one a line.
pub(crate) fn file(name: String, words: impl Iterator<Item = u128>, bits: u32) -> File {
    let digits = bits.div_ceil(4) as usize;
    File::new(name, words.map(|word| format!("{word:0digits$x}\n")).collect())
}

/// Numbers in two's complement of so many bits.
pub(crate) fn words(numbers: &[i64], bits: u32) -> impl Iterator<Item = u128> + '_ {
    numbers.iter().map(move |&number| u128::from(masked(bits, number)))
}

/// What the test bench has of a stream.
#[derive(Default)]
pub(crate) struct Replay {
    pub(crate) files: Vec<File>,
    /// Declarations, and what happens at each beat.
    pub(crate) text: String,
    /// Connections of the ports, each after a comma.
    pub(crate) ports: String,
    /// Most events that enter in a step.
    pub(crate) most_events: usize,
}

/// Numbers of arrays in a step, one after the other.
fn of_step(arrays: &[(usize, Vec<i64>)], step: usize) -> Vec<i64> {
    let part = |(len, numbers): &(usize, Vec<i64>)| numbers[step * len..(step + 1) * len].to_vec();
    arrays.iter().flat_map(part).collect()
}

/// What enters.
pub(crate) fn stimulus(design: &Design, vectors: &Vectors) -> Replay {
    let mut made = Replay::default();
    if design.inputs.is_empty() {
        return made;
    }
    let array = |&(input, len): &(usize, usize)| (len, entering(&design.program, vectors, input));
    let arrays: Vec<(usize, Vec<i64>)> = design.inputs.iter().map(array).collect();
    let (name, elements) = (&design.name, design.elements_in());
    let address = address_bits(elements);
    let bits = if design.ports == Ports::Dense { design.input_bits } else { address + 1 };
    let mut beats = Vec::new();
    for step in 0..vectors.steps {
        let numbers = of_step(&arrays, step);
        if design.ports == Ports::Dense {
            beats.extend(words(&numbers, bits));
            continue;
        }
        let events = events(&numbers, step, Interval::of_bits(design.input_bits).high);
        made.most_events = made.most_events.max(events.len());
        beats.extend(events.into_iter().map(|at| at as u128));
        beats.push(1 << address);
    }
    let last = beats.len().max(1) - 1;
    made.files.push(file(format!("{name}_stimulus.hex"), beats.into_iter(), bits));
    let _ = write!(
        made.text,
        "  // What enters.\n  reg {of} stimulus [0:{last}];\n  initial $readmemh(\"{name}_stimulus.hex\", stimulus);\n  \
         integer entered = 0;\n  reg in_valid = 1'b0;\n  wire in_ready;\n  wire {of} beat = stimulus[entered];\n  \
         always @(posedge clk) if (!rst && in_valid && in_ready) entered <= entered == {last} ? 0 : entered + 1;\n",
        of = range(bits),
    );
    made.ports.push_str(", .in_valid(in_valid), .in_ready(in_ready)");
    if design.ports == Ports::Dense {
        made.ports.push_str(", .in_data(beat)");
        return made;
    }
    let _ = writeln!(
        made.text,
        "  always @(posedge clk) if (!rst && in_valid && in_ready && !beat[{address}]) events <= events + 1;"
    );
    let place = range(address);
    let _ = write!(made.ports, ", .in_address(beat{place}), .in_last(beat[{address}])");
    if has_beyond(elements) {
        let _ = write!(
            made.text,
            "  wire in_beyond;\n  reg is_beyond = 1'b0;\n  always @(posedge clk) begin\n    \
             is_beyond <= !rst && in_valid && in_ready && !beat[{address}] && beat{place} >= {elements};\n    \
             if (!rst && in_beyond !== is_beyond) begin\n      \
             $display(\"step %0d: in_beyond is %b after beat %0d that enters\", step, in_beyond, entered);\n      \
             $finish;\n    end\n  end\n",
        );
        made.ports.push_str(", .in_beyond(in_beyond)");
    }
    made
}

/// The addresses of the events of a step. In odd steps those of an address come together, in even ones apart; some steps have an
/// address that is none. Where a count is the largest one, there are more events than that.
fn events(numbers: &[i64], step: usize, most: i64) -> Vec<usize> {
    let times = |number: i64| if number == most && most < 1 << 16 { number + 3 } else { number };
    let mut found = Vec::new();
    if has_beyond(numbers.len()) && step % 3 == 1 {
        found.push((1 << address_bits(numbers.len())) - 1);
    }
    if step % 2 == 1 {
        for (at, &number) in numbers.iter().enumerate() {
            found.extend((0..times(number)).map(|_| at));
        }
    } else {
        let rounds = numbers.iter().map(|&number| times(number)).max().unwrap_or(0);
        for round in 0..rounds {
            let left = numbers.iter().enumerate().rev();
            found.extend(left.filter(|&(_, &number)| round < times(number)).map(|(at, _)| at));
        }
    }
    found
}

/// What leaves, and how it is compared.
pub(crate) fn leaving(design: &Design, vectors: &Vectors) -> Replay {
    let mut made = Replay::default();
    if design.outputs.is_empty() {
        return made;
    }
    let len = |probe: usize| design.len(design.program.probes[probe].buffer);
    let arrays: Vec<(usize, Vec<i64>)> =
        design.outputs.iter().map(|&probe| (len(probe), probed(vectors, probe))).collect();
    let (name, width, address) =
        (&design.name, design.output.bits(), address_bits(design.elements_out()));
    let is_dense = design.ports == Ports::Dense;
    // A word has whether a beat is the last one, its address, and its number.
    let bits = width + 1 + if is_dense { 0 } else { address };
    let mut beats = Vec::new();
    for step in 0..vectors.steps {
        let numbers = of_step(&arrays, step);
        let word = |last: bool, at: usize, number: i64| {
            let at = if is_dense { 0 } else { at as u128 };
            u128::from(last) << (bits - 1) | at << width | u128::from(masked(width, number))
        };
        let end = numbers.len() - 1;
        for (at, &number) in numbers.iter().enumerate().filter(|(_, x)| is_dense || **x != 0) {
            beats.push(word(is_dense && at == end, at, number));
        }
        beats.extend((!is_dense).then(|| word(true, 0, 0)));
    }
    let last = beats.len() - 1;
    made.files.push(file(format!("{name}_leaving.hex"), beats.into_iter(), bits));
    let differs = if is_dense {
        "out_data !== wanted_data || out_last !== wanted_last".to_owned()
    } else {
        let _ = write!(
            made.text,
            "  wire {} out_address;\n  wire {} wanted_address = wanted{place};\n",
            range(address),
            range(address),
            place = format_args!("[{}:{width}]", bits - 2),
        );
        made.ports.push_str(", .out_address(out_address)");
        "out_last !== wanted_last || (!wanted_last && (out_data !== wanted_data || out_address !== wanted_address))".to_owned()
    };
    let mut text = String::new();
    let _ = write!(
        text,
        "  // What leaves.\n  reg {of} leaving [0:{last}];\n  initial $readmemh(\"{name}_leaving.hex\", leaving);\n  \
         integer left = 0, left_before = 0;\n  wire out_valid, out_last;\n  reg out_ready = 1'b0;\n  wire {wide} out_data;\n  \
         wire {of} wanted = leaving[left];\n  wire {wide} wanted_data = wanted{wide};\n  wire wanted_last = wanted[{end}];\n",
        of = range(bits),
        wide = range(width),
        end = bits - 1,
    );
    let (shown, shown_of) = if is_dense { ("%h", "") } else { ("%h of %0d", ", out_address") };
    let _ = write!(
        made.text,
        "  always @(posedge clk) if (!rst && out_valid && out_ready) begin\n    if ({differs}) begin\n      \
         $display(\"beat %0d that leaves in step %0d: {shown}, and nirkit has {shown}\", left - left_before, step, out_data{shown_of}, \
         wanted_data{wanted_of});\n      $finish;\n    end\n    left <= left == {last} ? 0 : left + 1;\n  end\n",
        wanted_of = shown_of.replace("out", "wanted"),
    );
    made.text.insert_str(0, &text);
    made.ports.push_str(
        ", .out_valid(out_valid), .out_ready(out_ready), .out_data(out_data), .out_last(out_last)",
    );
    made
}
