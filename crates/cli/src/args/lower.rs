//! Options of `nir lower`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::seconds;

use super::{ChoiceArgs, FormatArgs, LimitArgs, ReadingArgs, TimeArgs};
use crate::load::Set;
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir lower net.nir --platform xylo --dt 1e-3
  nir lower net.nir --platform xylo --dt 1e-3 --quantize global --output net.xylo.json
  nir lower net.nir --platform xylo --dt 1e-3 --input x.npy
  nir lower net.nir --platform nest --dt 1e-4 --output folder

With --input, the stimulus is run: its spikes and synaptic operations are counted, and energy and time
are estimated from published figures.

For NEST, the output is a folder: a script that builds and runs the network, and its connections as
arrays of numpy.

The exit code is 1 when the graph does not fit; nothing is written then.")]
pub(crate) struct LowerArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The chip, or nest
    #[arg(
        long,
        value_name = "CHIP[@VERSION]",
        value_parser = values::lowered(),
        hide_possible_values = true
    )]
    pub(crate) platform: String,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    /// A stimulus whose cost is told, or one for each Input as NODE=STIMULUS
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath)]
    pub(crate) input: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// How long the stimulus is run, in seconds; as long as it lasts if not given
    #[arg(long, value_name = "SECONDS", requires = "input", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    /// A file for what the chip's own tools read: .json, or .net for Loihi 2; - is the standard output; a folder for NEST
    #[arg(long, value_name = "FILE|FOLDER", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

impl LowerArgs {
    /// The stimulus whose cost is told.
    pub(crate) fn set(&self) -> Set<'_> {
        Set { inputs: &self.input, reading: &self.reading, batch: false }
    }
}
