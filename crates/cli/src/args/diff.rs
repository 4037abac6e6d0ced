//! Options of `nir diff`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

use super::{FormatArgs, LimitArgs};

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir diff a.nir b.nir
  nir diff trained.nir exported.nir --tolerance 1e-6

The exit code is 1 when the graphs differ in what they mean; a default that is written out, another
number format, another order of nodes or numbers within the tolerance are told and are no difference.")]
pub(crate) struct DiffArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) a: PathBuf,
    /// Another one
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) b: PathBuf,
    /// Numbers are equal up to this share of the larger one, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub(crate) tolerance: f64,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
