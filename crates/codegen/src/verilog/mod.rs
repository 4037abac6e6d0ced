//! Verilog-2005.
//!
//! A sequencer executes the operations of the program one after the other. Each operation is a module of its own: a cell has the datapath
//! of one neuron, through which all neurons pass; a map adds one product a cycle. Buffers are memories with a port to read and one to write.
//! Every register is as wide as the bounds of its numbers ask for, so that all results are those of 64 bits.

mod accumulate;
mod bench;
mod bounds;
mod cell;
mod dataflow;
mod design;
mod divide;
mod expr;
mod interval;
mod makefile;
mod matrix;
mod memory;
mod module;
mod moves;
mod name;
mod pass;
mod refuse;
mod report;
mod signal;
mod simplify;
mod stream;
mod top;
mod window;

use nirkit_step::Program;

use crate::vectors::Vectors;
use design::Design;

pub use report::VerilogReport;

/// What is left open by a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerilogOptions {
    /// Bits of a number that enters: two's complement, 2 to 64.
    pub input_bits: u32,
    /// The probes that the stream that leaves has, in this order; all of them if there is none.
    pub outputs: Vec<String>,
}

impl Default for VerilogOptions {
    fn default() -> Self {
        Self { input_bits: 8, outputs: Vec::new() }
    }
}

/// A network in Verilog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verilog {
    /// Names and contents of the files: the design, its memories, a test bench and a Makefile.
    pub files: Vec<(String, String)>,
    /// What it takes.
    pub report: VerilogReport,
}

/// Why there is no Verilog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerilogError {
    /// The name is none of a module.
    #[error(
        "`{0}` cannot be the name of a Verilog module: give at most 32 letters, digits and `_`, a letter first, and no word of Verilog"
    )]
    Name(String),
    /// The program contradicts itself.
    #[error("{0}")]
    Program(nirkit_step::Fault),
    /// Everything that the target cannot express.
    #[error("Verilog has integers only, and registers that hold them: {}", .0.join("; "))]
    Refused(Vec<String>),
}

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
/// let code = verilog(&program, "net", &VerilogOptions::default(), &vectors)?;
/// assert!(code.files.iter().any(|(name, text)| name == "net.v" && text.contains("module net (")));
/// // Idle, 2 beats in, 2 neurons, 2 beats out, and the end.
/// assert_eq!(code.report.cycles, 1 + 2 + 3 + 3 + 1);
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
    options: &VerilogOptions,
    vectors: &Vectors,
) -> Result<Verilog, VerilogError> {
    if !name::is_module(name) {
        return Err(VerilogError::Name(name.to_owned()));
    }
    if let Some(fault) = program.faults().into_iter().next() {
        return Err(VerilogError::Program(fault));
    }
    let mut reasons = refuse::floats(program);
    if !(2..=64).contains(&options.input_bits) {
        reasons.push(format!("inputs of {} bits: give 2 to 64", options.input_bits));
    }
    let known = |output: &&String| program.probes.iter().any(|probe| probe.name == **output);
    let lost: Vec<&String> = options.outputs.iter().filter(|output| !known(output)).collect();
    reasons.extend(lost.iter().map(|output| format!("there is no probe {output} to put out")));
    if !reasons.is_empty() {
        return Err(VerilogError::Refused(reasons));
    }
    let simple = simplify::simplify(program);
    let bounds = bounds::bounds(&simple, options.input_bits);
    let mut reasons = refuse::registers(&simple, &bounds);
    reasons.extend(bench::beyond_inputs(program, options.input_bits, vectors));
    if !reasons.is_empty() {
        return Err(VerilogError::Refused(reasons));
    }
    let design = Design::new(simple, bounds, name, options);
    let mut files = vec![
        (format!("{name}.v"), design.print()),
        (format!("{name}_tb.v"), bench::bench(&design, vectors)),
        ("Makefile".to_owned(), makefile::makefile(name)),
    ];
    files.extend(design.constants().map(|constants| (constants.file.clone(), constants.text.clone())));
    files.extend(bench::files(&design, vectors));
    Ok(Verilog { files, report: design.report() })
}
