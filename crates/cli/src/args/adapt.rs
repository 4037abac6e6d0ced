//! Options of `nir adapt`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueHint};
use nirkit::{Reset, seconds};

use super::{FormatArgs, LimitArgs, ReadingArgs, TimeArgs};
use crate::stdio::ToArgs;
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir adapt net.nir norse.nir --for norse --like snntorch --dt 1e-4
  nir adapt net.nir spyx.nir --for spyx --like sinabs --dt 1e-4 --input x.npy --check bounded
  nir adapt net.nir folder --for all --like snntorch --dt 1e-4 --input test_x.npy --labels test_y.npy --batch

The claim about each layer holds for all inputs: equal (in bits), lag (equal, some steps later), bounded (equal as long
as no voltage comes nearer to its threshold than a bound), impossible (with the reason). It follows from the step
programs of both, and is then held against runs. `--for all` writes a file for each platform into a folder; with labels
it prints the accuracy before and after.

The exit code is 1 when the claim is weaker than `--check` asks for.")]
pub(crate) struct AdaptArgs {
    /// The file to read: .nir or .nirt, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) input_file: PathBuf,
    /// The file to write; a folder with `--for all`; - is the standard output, with --to
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// The platform that the graph is made for, or `all`
    #[arg(long = "for", value_name = "NAME[@VERSION]|FILE|all")]
    pub(crate) target: String,
    /// What it is to compute: a platform on the original, or `ideal`, the equations on a grid; the metadata
    /// `nirkit.reference` if not given
    #[arg(long, value_name = "NAME[@VERSION]|FILE|ideal")]
    pub(crate) like: Option<String>,
    /// A stimulus on which both are run besides generated ones
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath)]
    pub(crate) input: Vec<String>,
    /// The stimulus holds several samples
    #[arg(long, requires = "input")]
    pub(crate) batch: bool,
    /// The class of each sample: with `--for all`, the accuracy before and after is printed
    #[arg(long, value_name = "LABELS.npy", value_hint = ValueHint::FilePath, requires = "batch")]
    pub(crate) labels: Option<PathBuf>,
    /// The weakest claim with which the exit code is 0: equal, lag, bounded
    #[arg(long, value_name = "LEVEL", value_parser = ["equal", "lag", "bounded"])]
    pub(crate) check: Option<String>,
    /// Time step in seconds, or with a unit: 1e-4, 100us, 1ms
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) dt: Option<f64>,
    /// What happens to a neuron that spikes, where a platform has the choice: v_reset, zero, subtract
    #[arg(long, value_name = "RESET", value_parser = values::resets(), hide_possible_values = true)]
    pub(crate) reset: Option<Reset>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) to: ToArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}
