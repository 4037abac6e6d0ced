//! Options of `nir compare`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::{SpikeReading, seconds};

use super::{ChoiceArgs, FormatArgs, LimitArgs, ReadingArgs, TimeArgs};
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Each platform is held against the first one, or against the ideal if it is asked for or nothing else
is. Reported are the spikes of each node, the cosine of the mean activities, the squared van Rossum
distance, the first difference with both voltages, and the choices that are its cause: they are
switched one at a time until the difference is gone.

Examples:
  nir compare net.nir --input x.npy --platform norse --platform snntorch --dt 1e-4
  nir compare net.nir --input x.npy --platform ideal --platform sinabs --dt 1e-4 --svg why.svg
  nir compare net.nir --input x.npy --platform lava --platform norse --format json
  nir compare net.nir --input x.npy --platform rockpool --platform xylo --dt 1e-3

A folder that `nir run --output` or the script of a network for NEST wrote can stand in the place of a
platform: its spikes are compared.

The arithmetic of a chip cannot be switched choice by choice; what it changes is said in words.

The exit code is 1 when spikes differ.")]
pub(crate) struct CompareArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The stimulus, or one for each Input as NODE=STIMULUS; see `nir run --help`
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) input: Vec<String>,
    /// A platform, or `ideal`: the graph in continuous time
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        required = true,
        value_parser = values::compared(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    /// What a spike is in the ideal: impulse:AREA or pulse:SECONDS; a pulse of one step if not given
    #[arg(long, value_name = "READING")]
    pub(crate) spike: Option<SpikeReading>,
    /// How long to run, in seconds; as long as the stimulus if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Time constant of the van Rossum distance; ten steps if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) tau: Option<f64>,
    /// Do not look for causes
    #[arg(long)]
    pub(crate) no_cause: bool,
    /// Draw input, voltages and spikes of all platforms
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
