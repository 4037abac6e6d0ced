//! Options of `nir eval`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::{Readout, SpikeReading, seconds};

use super::{ChoiceArgs, FormatArgs, LimitArgs, ReadingArgs, TimeArgs};
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir eval net.nir --input test_x.npy --labels test_y.npy --platform norse --platform spyx --dt 1e-4
  nir eval net.nir --input test_x.npy --labels test_y.npy --platform ideal --clocked --dt 1e-4
  nir eval net.nir --input test_x.npy --labels test_y.npy --platform norse --readout max --per-class
  nir eval net.nir --input NMNIST/Test --platform spyx --dt 1ms --duration 0.3        folders 0 to 9 with recordings

The class of a sample is the output with most spikes, or, where the output does not spike, with the largest
voltage; ties go to the lowest class. --output DIR receives what was read for each sample and class, as
counts.npy (or first.npy, max.npy, mean.npy, last.npy) of shape (samples, classes), and
<platform>.counts.npy for several platforms. Where chance decides how a platform runs the graph, every way is
evaluated: way-1.counts.npy, way-2.counts.npy, ... eval.json has the results, every choice, and the hashes
of what was read. A platform that refuses the graph is a row of the table.")]
#[command(group = clap::ArgGroup::new("meaning").required(true).multiple(true))]
pub(crate) struct EvalArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The samples: a .npy of shape (samples, T, *input shape), NIRData or an SHD file with samples, a folder with a file for each
    /// sample, or a list of files, .csv or .json with `file` and `label`; one for each Input as NODE=SET
    #[arg(long, value_name = "[NODE=]SET", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) input: Vec<String>,
    /// The class of each sample, counted from 0: a .npy, or for a folder a .csv or .json with `file` and `label`; not
    /// needed where the folder holds a folder for each class, or the samples state their classes
    #[arg(long, value_name = "LABELS", value_hint = ValueHint::FilePath)]
    pub(crate) labels: Option<PathBuf>,
    /// A platform, `ideal`: the graph in continuous time, or `clocked`, as with --clocked
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        group = "meaning",
        value_parser = values::meanings(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    /// Evaluate the graph on a time grid as well
    #[arg(long, group = "meaning")]
    pub(crate) clocked: bool,
    /// How the class is read from the output: count (of spikes), first (spike), max, mean or last (voltage); count
    /// where the output spikes, else max, if not given
    #[arg(
        long,
        value_name = "READOUT",
        value_parser = values::readouts(),
        hide_possible_values = true
    )]
    pub(crate) readout: Option<Readout>,
    /// Print the accuracy of each class, and which class was taken for which
    #[arg(long)]
    pub(crate) per_class: bool,
    /// What a spike is in the ideal and on a time grid: impulse:AREA or pulse:SECONDS
    #[arg(long, value_name = "READING")]
    pub(crate) spike: Option<SpikeReading>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// How long each sample is run, in seconds; as long as it lasts if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    /// A folder for what was read
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) output: Option<PathBuf>,
    /// Threads among which the samples are divided; their number changes no result
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
