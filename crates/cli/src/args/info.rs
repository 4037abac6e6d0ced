//! Options of `nir info`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

use super::{FormatArgs, LimitArgs, TimeArgs};

#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  nir info net.nir\n  nir info net.nir --format json\n  nir info *.nir"
)]
pub(crate) struct InfoArgs {
    /// One or several .nir or .nirt files, or - for the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
