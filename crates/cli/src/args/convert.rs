//! Options of `nir convert`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum, ValueHint};
use nirkit::seconds;

use super::{FormatArgs, LimitArgs, TimeArgs, TimeUnitName};
use crate::stdio::ToArgs;

/// How datasets are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompressionName {
    /// Not at all
    None,
    /// Deflate, as the reference does
    Gzip,
    /// LZF: faster, larger
    Lzf,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir convert net.nir net.nirt                    to text; large tensors go to net.nirt.tensors
  nir convert net.nirt net.nir                    and back
  nir convert old.nir new.nir --repair            mend what can be mended and list it
  nir convert ms.nir s.nir --time-unit ms         times in milliseconds become seconds
  nir convert net.nir ms.nir --output-time-unit ms   and the other way round
  nir convert net.nir small.nir --compression gzip --level 9
  curl -s URL | nir convert - - --to nirt         from the standard input to the standard output

The exit code is 1 when --repair leaves errors; the file is written all the same.")]
pub(crate) struct ConvertArgs {
    /// The file to read: .nir or .nirt, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) input: PathBuf,
    /// The file to write; the ending .nirt makes it text; - is the standard output, with --to
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Mend what can be mended, list what was done, and what is left
    #[arg(long)]
    pub(crate) repair: bool,
    /// Unit of the time constants and delays in the file that is written; that of the input if not given
    #[arg(long, value_enum, value_name = "UNIT")]
    pub(crate) output_time_unit: Option<TimeUnitName>,
    /// Put the events of NIRData on a grid with steps of this length
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "events")]
    pub(crate) grid: Option<f64>,
    /// Make events of the grids of NIRData
    #[arg(long)]
    pub(crate) events: bool,
    /// Compression of the datasets of a .nir file; gzip if not given
    #[arg(long, value_enum)]
    pub(crate) compression: Option<CompressionName>,
    /// Effort of gzip, 0 to 9; 4 if not given
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u8).range(0..=9)
    )]
    pub(crate) level: Option<u8>,
    #[command(flatten)]
    pub(crate) to: ToArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
