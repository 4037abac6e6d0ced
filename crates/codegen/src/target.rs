//! Languages, and the one function that prints a program in any of them.

use std::fmt;
use std::str::FromStr;

use nirkit_step::{Fault, Program};

use crate::layout::Layout;
use crate::name::{self, NameError};
use crate::readout::ReadoutOf;
use crate::refusal::reasons;
use crate::verilog::{VerilogOptions, VerilogReport, verilog};
use crate::whole::{self, Prepared};
use crate::{Report, Vectors, c99, rust};

/// A language in which code is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// C99: a header, a source, a test bench, a Makefile.
    C99,
    /// Rust without `std`: a crate with a test.
    Rust,
    /// Verilog-2005: modules, memories, a test bench, a Makefile. The program has to be one of integers.
    Verilog {
        /// Bits of a number that enters: two's complement, 2 to 64.
        input_bits: u32,
    },
}

impl Target {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::C99, Self::Rust, Self::Verilog { input_bits: 8 }];

    /// Returns the name, as options have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::C99 => "c99",
            Self::Rust => "rust",
            Self::Verilog { .. } => "verilog",
        }
    }

    /// Returns what the language is, in a few words.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::C99 => "C99, without dependencies",
            Self::Rust => "Rust without `std`: a crate",
            Self::Verilog { .. } => "Verilog-2005 of integers, as chips have them",
        }
    }

    /// Returns the command that builds the code in a folder and replays the vectors.
    #[must_use]
    pub fn check(self, folder: &str) -> String {
        match self {
            Self::C99 | Self::Verilog { .. } => format!("make -C {folder} check"),
            Self::Rust => format!("cargo test --manifest-path {folder}/Cargo.toml"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no language has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no target `{name}`: give one of {}", Target::ALL.map(Target::name).join(", "))]
pub struct UnknownTarget {
    /// The name.
    pub name: String,
}

impl FromStr for Target {
    type Err = UnknownTarget;

    fn from_str(name: &str) -> Result<Self, UnknownTarget> {
        let found = Self::ALL.into_iter().find(|target| target.name() == name);
        found.ok_or_else(|| UnknownTarget { name: name.to_owned() })
    }
}

/// A file of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its place in the folder of the code; folders are separated by `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

impl File {
    pub(crate) fn new(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), text }
    }
}

/// A program as code, with the evidence for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code, a test bench that replays the vectors, and what builds both.
    pub files: Vec<File>,
    /// What the code takes of a machine.
    pub report: Report,
    /// What a design of Verilog takes.
    pub hardware: Option<VerilogReport>,
}

/// Why there is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The name of the network is none of the language.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The program contradicts itself, or does what code cannot do: all reasons.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Program(Vec<Fault>),
    /// Everything that Verilog cannot express.
    #[error("Verilog cannot express the program: {}", .0.join("; "))]
    Verilog(Vec<String>),
}

/// Prints a program in a language, under names that begin with `name` (C), in a crate (Rust) or in a module (Verilog) of this name, with a
/// test bench that replays `vectors`.
///
/// # Errors
///
/// The name is none of the language; everything in the program that code cannot express.
pub fn generate(
    program: &Program,
    name: &str,
    vectors: &Vectors,
    target: Target,
) -> Result<Code, CodeError> {
    generate_within(program, name, vectors, target, &GenerateOptions::default())
}

/// What code has beside the steps of a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GenerateOptions {
    /// Bits of an integer that enters: 8, 16, 32 or 64; as the vectors have it if not given.
    pub input_bits: Option<u32>,
    /// The probes of which `step_events` lists the channels that are not 0.
    pub outputs: Vec<String>,
    /// How a class is read.
    pub readout: Option<ReadoutOf>,
}

/// The same as [`generate`], in C and Rust with more than the steps.
///
/// # Errors
///
/// As for [`generate`].
pub fn generate_within(
    program: &Program,
    name: &str,
    vectors: &Vectors,
    target: Target,
    options: &GenerateOptions,
) -> Result<Code, CodeError> {
    if let Target::Verilog { input_bits } = target {
        let options = VerilogOptions { input_bits, ..VerilogOptions::default() };
        return verilog(program, name, vectors, &options);
    }
    name::check(name, target)?;
    let faults = program.faults();
    if !faults.is_empty() {
        return Err(CodeError::Program(faults));
    }
    let least = whole::input_bits(program, vectors);
    let wanted = options.input_bits.unwrap_or(8).max(least);
    let input_bits = [8, 16, 32].into_iter().find(|&bits| bits >= wanted).unwrap_or(64);
    let prepared = Prepared::new(program, input_bits);
    let faults = reasons(&prepared.program);
    if !faults.is_empty() {
        return Err(CodeError::Program(faults));
    }
    let any_len = target == Target::C99;
    let layout = Layout::new(&prepared, any_len);
    let (files, sizes) = match target {
        Target::Rust => rust::files(&layout, name, vectors, options),
        _ => c99::files(&layout, name, vectors, options),
    };
    let report = Report::of_printed(program, &layout, &sizes, vectors);
    Ok(Code { files, report, hardware: None })
}
