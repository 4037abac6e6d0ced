//! Options of `nir view`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum, ValueHint};
use nirkit::{Readout, SpikeReading, seconds};

use super::{ChoiceArgs, FormatArgs, LimitArgs, ReadingArgs, TimeArgs};
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir view net.nir --output net.svg
  nir view net.nir --output net.svg --direction right --collapse
  nir view net.nir --output net.html   a page to look around in, with parameters, findings and all platforms
  nir view net.nir --output net.html --platform norse --platform spyx --dt 1ms
  nir view net.nir --output net.html --input x.npy --platform ideal --platform spyx    with runs side by side
  nir view net.nir --output net.html --input test_x.npy --labels test_y.npy --platform norse --platform spyx --dt 1ms
                                       with the classes that each platform finds: confusion matrices and their samples
  nir view out --output sweep.html     accuracy by platform and choices, of a sweep into the folder out
  nir view out --output map.svg        the same as a picture
  nir view net.nir                     the page, opened in a browser; where the output is no terminal, as the next one
  nir view net.nir --output -          layer by layer as text

Errors and warnings of `nir check` are marked at their nodes; the exit code is 0 all the same.")]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub(crate) struct ViewArgs {
    /// A .nir or .nirt file, - for the standard input, or a folder of `nir sweep`, of which heat maps are drawn
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The picture to write, SVG, or the page, HTML; - writes layer by layer as text
    #[arg(long, value_name = "FILE.svg|FILE.html", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// Open the picture or page; without --output a page in a temporary file. This is the default on a terminal
    #[arg(long)]
    pub(crate) open: bool,
    /// A platform whose verdicts the page shows; all platforms if none is given. With --input, a platform that runs, or `ideal`; for samples also `clocked`
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::meanings(),
        hide_possible_values = true
    )]
    pub(crate) platform: Vec<String>,
    /// A stimulus, or one for each Input as NODE=STIMULUS: the page shows runs of the platforms; see `nir run --help`. With
    /// --labels or --eval, samples as `nir eval` takes them
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath, requires = "platform")]
    pub(crate) input: Vec<String>,
    /// The classes of the samples, as `nir eval` takes them: the page shows what each platform finds
    #[arg(long, value_name = "LABELS", value_hint = ValueHint::FilePath, requires = "input")]
    pub(crate) labels: Option<PathBuf>,
    /// Show what each platform finds for samples that state their classes; --labels does so too
    #[arg(long, requires = "input")]
    pub(crate) eval: bool,
    /// How the class is read from the output: count, first, max, mean or last; see `nir eval --help`
    #[arg(
        long,
        value_name = "READOUT",
        value_parser = values::readouts(),
        hide_possible_values = true,
        requires = "input"
    )]
    pub(crate) readout: Option<Readout>,
    /// Threads among which samples are divided; their number changes no result
    #[arg(long, value_name = "N", requires = "input")]
    pub(crate) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) choices: ChoiceArgs,
    /// What a spike is in the ideal: impulse:AREA or pulse:SECONDS; a pulse of one step if not given
    #[arg(long, value_name = "READING", requires = "input")]
    pub(crate) spike: Option<SpikeReading>,
    /// How long to run, in seconds; as long as the stimulus if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "input")]
    pub(crate) duration: Option<f64>,
    /// Do not look for causes of differences
    #[arg(long, requires = "input")]
    pub(crate) no_cause: bool,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Where the data flow to
    #[arg(long, value_enum, default_value_t)]
    pub(crate) direction: DirectionName,
    /// Draw each nested graph as one box, without the nodes in it
    #[arg(long)]
    pub(crate) collapse: bool,
    /// Draw all nodes; without it, repeated blocks of chains are folded in drawings of more than 40 nodes
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Where the data of a drawing flow to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DirectionName {
    /// From top to bottom
    #[default]
    Down,
    /// From left to right
    Right,
}
