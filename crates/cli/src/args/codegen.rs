//! Options of `nir codegen`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::codegen::Target;

use super::{FormatArgs, LimitArgs, SteppedArgs, TimeArgs};
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
  cargo test --manifest-path net_rust/Cargo.toml")]
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
    /// Bits of a number that enters a design of Verilog, two's complement [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=64))]
    pub(crate) input_bits: Option<u32>,
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
