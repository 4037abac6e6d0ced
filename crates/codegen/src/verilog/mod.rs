//! Verilog-2005.
//!
//! A sequencer executes the operations of the program one after the other. Each operation is a module of its own: a cell has the datapath
//! of one neuron, through which all neurons pass; a map adds one product a cycle. Lanes are several of these side by side. Buffers are
//! memories with a port to read and one to write.
//! Every register is as wide as the bounds of its numbers ask for, so that all results are those of 64 bits.

mod accumulate;
mod bench;
mod cell;
mod design;
mod divide;
mod events;
mod expr;
mod lane;
mod makefile;
mod matrix;
mod memory;
mod module;
mod moves;
mod name;
mod options;
mod pass;
mod ports;
mod refuse;
mod replay;
mod report;
mod signal;
mod spread;
mod stream;
mod top;
mod window;

use nirkit_step::Program;

use crate::name::check;
use crate::range::{bounds, simplify};
use crate::{Code, CodeError, File, Report, Target, Vectors};
use design::Design;

pub(crate) use name::is_word;
pub use options::{Ports, UnknownPorts, VerilogOptions};
pub(crate) use refuse::floats;
pub use report::VerilogReport;

/// Prints a program of integers as Verilog, in a module called `name`, with a test bench that replays the vectors.
///
/// ```
/// let text = "\
/// step-program 1
/// input in: i64[2]
/// buffer x: i64[2] = 0
/// buffer lif.v: i64[2] = 0
/// buffer lif: i64[2] = 0
/// probe lif:spikes = lif
/// x = frame(in)
/// cell 2 {
///   lif.v = min(lif.v - (lif.v >> 3) + x * 40, 127)
///   lif = lif.v >= 100 ? 1 : 0
///   lif.v = lif == 0 ? lif.v : 0
/// }
/// ";
/// use nirkit_codegen::{Vectors, VerilogOptions, verilog};
/// let program = nirkit_step::parse(text)?;
/// let vectors = Vectors::record(&program, Vectors::spikes(&program, 20, 2), 20);
/// let code = verilog(&program, "net", &vectors, &VerilogOptions::default())?;
/// assert!(code.files.iter().any(|file| file.path == "net.v" && file.text.contains("module net (")));
/// // Idle, 2 beats in, 2 neurons, 2 beats out, and the end.
/// let cycles = code.hardware.map(|report| report.cycles);
/// assert_eq!(cycles, Some(1 + 2 + 3 + 3 + 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The name is none of a module; the program contradicts itself, or has numbers or registers that the target cannot express. All reasons
/// are given.
pub fn verilog(
    program: &Program,
    name: &str,
    vectors: &Vectors,
    options: &VerilogOptions,
) -> Result<Code, CodeError> {
    let input_bits = options.input_bits;
    check(name, Target::Verilog { input_bits })?;
    let faults = program.faults();
    if !faults.is_empty() {
        return Err(CodeError::Program(faults));
    }
    let mut reasons = floats(program);
    if !(2..=64).contains(&input_bits) {
        reasons.push(format!("inputs of {input_bits} bits: give 2 to 64"));
    }
    if !(1..=64).contains(&options.lanes) {
        reasons.push(format!("{} lanes: give 1 to 64", options.lanes));
    }
    let is_known = |output: &String| program.probes.iter().any(|probe| probe.name == *output);
    let lost = options.outputs.iter().filter(|output| !is_known(output));
    reasons.extend(lost.map(|output| format!("there is no probe {output} to put out")));
    if !reasons.is_empty() {
        return Err(CodeError::Verilog(reasons));
    }
    let simple = simplify::simplify(program);
    let bounds = bounds::bounds(&simple, input_bits);
    let mut reasons = refuse::registers(&simple, &bounds);
    reasons.extend(replay::beyond_inputs(program, options, vectors));
    if !reasons.is_empty() {
        return Err(CodeError::Verilog(reasons));
    }
    let design = Design::new(simple, bounds, name, options);
    let mut files = vec![
        File::new(format!("{name}.v"), design.print()),
        File::new("Makefile", makefile::makefile(name)),
        File::new("measure.sh", makefile::measure(&design.report())),
    ];
    let constants = design.constants();
    files.extend(constants.map(|constants| File::new(&constants.file, constants.text.clone())));
    files.extend(bench::bench(&design, vectors));
    Ok(Code { files, report: Report::of(program, vectors), hardware: Some(design.report()) })
}
