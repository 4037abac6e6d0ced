//! The program `nir`.

mod memory;

use std::process::ExitCode;

fn main() -> ExitCode {
    nirkit_cli::main_with(std::env::args_os()).into()
}
