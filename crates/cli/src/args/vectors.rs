//! Options of `nir vectors`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueHint};
use nirkit::seconds;

use super::{Format, FormatArgs};

#[derive(Debug, ClapArgs)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  nir vectors net.nir --dt 0.1ms --output vectors
  nir vectors --primitive CubaLIF --output vectors
  nir vectors verify vectors

Each case is a folder: graph, stimulus, exact answer, answers on a grid, tolerances. An importer's tests write
answer.0.npy, (T, *shape), beside them, or refused.txt; `verify` judges them. A file that is called verify is ./verify."
)]
pub(crate) struct VectorsArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<VectorsVerb>,
    /// A .nir or .nirt file that the cases are about
    #[arg(required_unless_present = "primitive", conflicts_with = "primitive", value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// A primitive that the cases are about
    #[arg(long, value_name = "NAME")]
    pub(crate) primitive: Option<String>,
    /// Length of a step in seconds, or with a unit, where the file does not say it
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "primitive")]
    pub(crate) dt: Option<f64>,
    /// Steps of a stimulus of a file
    #[arg(long, value_name = "N", default_value = "100", conflicts_with = "primitive")]
    pub(crate) steps: NonZeroUsize,
    /// A folder that does not exist yet
    #[arg(long, value_name = "DIR", required = true, value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VectorsVerb {
    /// Judge the answers that lie beside the cases
    Verify(VerifyArgs),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct VerifyArgs {
    /// A folder that `nir vectors` or `nir conform write` wrote, with answers
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

impl VectorsArgs {
    /// The form of the result.
    pub(crate) fn format(&self) -> Format {
        match &self.verb {
            Some(VectorsVerb::Verify(args)) => args.format.format,
            None => self.format.format,
        }
    }
}
