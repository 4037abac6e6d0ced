//! Options of `nir show`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};

use super::{LimitArgs, SteppedArgs, TimeArgs};

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir show net.nir
  nir show net.nir --inline 4 | less
  nir show net.nir --step --platform norse --dt 1ms
  nir show net.nir --step --platform xylo --dt 1ms --quantize global")]
pub(crate) struct ShowArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Tensors with more elements than this are shown by the hash of their content; of a step program, by their length
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) inline: usize,
    /// Show what a simulator, a chip or the clocked engine computes in each step, operation by operation, with its numbers
    #[arg(long)]
    pub(crate) step: bool,
    #[command(flatten)]
    pub(crate) stepped: SteppedArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
