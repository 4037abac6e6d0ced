//! The program `nir`.

#[cfg(target_os = "linux")]
mod closed;
mod memory;

use std::process::ExitCode;

fn main() -> ExitCode {
    nirkit_cli::main_with(std::env::args_os()).into()
}
