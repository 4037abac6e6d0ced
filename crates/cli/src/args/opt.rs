//! Options of `nir opt`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::seconds;

use super::{FormatArgs, LimitArgs, TimeArgs};
use crate::stdio::ToArgs;
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir opt --list                                      the passes, and which of them are usual
  nir opt net.nir flat.nir                            the usual ones
  nir opt net.nir out.nir --pass unnest --pass fold_gain   gains into the weights, for Norse
  nir opt net.nir out.nir --pass average_to_sum --pass fold_scale
  nir opt net.nir out.nir --for spyx --dt 1e-4        the form that a platform takes, with no number fitted
  nir opt net.nir out.nir --time-scale 0.1            for a package that runs with steps of 0.1 ms

Passes run in the order in which they are given. Each keeps the output spikes of the ideal, up to
the rounding of the numbers that it multiplies; voltages may change their unit.")]
pub(crate) struct OptArgs {
    /// The file to read: .nir or .nirt, or - for the standard input
    #[arg(required_unless_present = "list", value_hint = ValueHint::FilePath)]
    pub(crate) input: Option<PathBuf>,
    /// The file to write; the ending .nirt makes it text; - is the standard output, with --to
    #[arg(required_unless_present = "list", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// A pass; several run one after the other
    #[arg(
        long = "pass",
        value_name = "NAME",
        value_parser = values::passes(),
        hide_possible_values = true
    )]
    pub(crate) passes: Vec<String>,
    /// Bring the graph into the form that a platform takes, in the place of passes: what `nir adapt` does before it
    /// fits numbers
    #[arg(long = "for", value_name = "NAME[@VERSION]|FILE", conflicts_with = "passes")]
    pub(crate) target: Option<String>,
    /// With `--for`: time step in seconds, or with a unit: 1e-4, 100us, 1ms
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "target")]
    pub(crate) dt: Option<f64>,
    /// Multiply all time constants and delays by this factor before the passes: a network that was trained
    /// with steps of 1 ms does in steps of 0.1 ms what it did, with 0.1
    #[arg(long, value_name = "FACTOR")]
    pub(crate) time_scale: Option<f64>,
    /// List the passes
    #[arg(long, conflicts_with_all = ["passes", "target", "dt", "time_scale", "input", "output", "to", "time_unit", "limits"])]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) to: ToArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
