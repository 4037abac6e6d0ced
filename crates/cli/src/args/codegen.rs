//! Options of `nir codegen`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::codegen::{CodeReadout, Ports, Target};

use super::{FormatArgs, LimitArgs, ReadingArgs, SteppedArgs, TimeArgs};
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
The folder gets the code and a test bench, which replays a stimulus with everything that can be recorded:
  c99   NAME.h, NAME.c, NAME_test.c and a Makefile; `make check` in the folder builds and replays
  rust  a crate without `std`; `cargo test` in the folder builds and replays
  verilog  NAME.v, files of its memories, NAME_tb.v and a Makefile, for programs of integers, as chips have them; `make check`
        replays with Icarus Verilog, `make verilate` with Verilator, `make synth` maps with Yosys

Examples:
  nir codegen net.nir --target c99 --platform norse --dt 1ms --output net_c
  make -C net_c check
  nir codegen net.nir --target rust --platform loihi2 --dt 1ms --output net_rust
  cargo test --manifest-path net_rust/Cargo.toml
  nir codegen net.nir --target verilog --platform loihi2 --dt 1ms --ports aer --lanes 4 --output net_verilog
  nir codegen net.nir --target c99 --clocked --dt 1ms --quantize i8 --input test_x.npy --labels test_y.npy --output net_i8

`--quantize i8` or `i16` makes integers of the numbers of a simulator or of the clocked engine: weights of 8 or 16 bits with a scale
for each output channel (`i8-layer`: one for each map), states of 32 bits, or of 16 with
--state-bits 16. The report has the losses; with --input and --labels,
the accuracy before and after.")]
pub(crate) struct CodegenArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The language
    #[arg(long, value_parser = values::targets())]
    pub(crate) target: Target,
    #[command(flatten)]
    pub(crate) stepped: SteppedArgs,
    /// The folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
    /// What all names of C begin with, the name of the crate of Rust or of the module of Verilog
    #[arg(long, value_name = "NAME", default_value = "net")]
    pub(crate) name: String,
    /// With --quantize, samples from which the ranges of states are taken, and on which the accuracy is measured; as for `nir eval`
    #[arg(long, value_name = "[NODE=]SET", value_hint = ValueHint::FilePath)]
    pub(crate) input: Vec<String>,
    /// The class of each sample, counted from 0
    #[arg(long, value_name = "LABELS", value_hint = ValueHint::FilePath, requires = "input")]
    pub(crate) labels: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// How the code reads a class from the Output: count (of spikes), first (spike), voltage (the largest)
    #[arg(long, value_name = "READOUT")]
    pub(crate) readout: Option<CodeReadout>,
    /// The most bytes of constants
    #[arg(long, value_name = "BYTES")]
    pub(crate) flash: Option<usize>,
    /// The most bytes of state
    #[arg(long, value_name = "BYTES")]
    pub(crate) ram: Option<usize>,
    /// Bits of a number that enters a network of integers, two's complement [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=64))]
    pub(crate) input_bits: Option<u32>,
    /// Bits of a state after --quantize, 16 or 32: with 16, every state is proven to fit [default: 32]
    #[arg(long, value_name = "N")]
    pub(crate) state_bits: Option<u32>,
    /// What enters and leaves a design of Verilog: the number of every element, or addresses of spikes
    #[arg(long, value_name = "PORTS", default_value_t = Ports::Dense, hide_default_value = true, value_parser = values::ports())]
    pub(crate) ports: Ports,
    /// Products that a design of Verilog adds in a cycle, and neurons that pass, side by side: 1 to 64 [default: 1]
    #[arg(long, value_name = "N", default_value_t = 1, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) lanes: u32,
    /// Steps that the test bench replays
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) steps: u32,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
