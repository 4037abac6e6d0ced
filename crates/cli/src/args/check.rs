//! Options of `nir check`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

use super::{ChoiceArgs, FormatArgs, LimitArgs, TimeArgs};
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir check net.nir
  nir check *.nir
  nir check net.nir --platform norse
  nir check net.nir --platform sinabs --platform spyx@0.1.20 --dt 1e-4

The exit code is 1 when there are errors or warnings, or when a platform would refuse the graph or
lose something that matters; notes are no finding.")]
pub(crate) struct CheckArgs {
    /// One or several .nir or .nirt files, or - for the standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    /// Say what this platform would do with each node; several give a table
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::platforms(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
