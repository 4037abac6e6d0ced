//! Options of `nir man`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  nir man --output ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// The folder for the pages
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: PathBuf,
}
