//! Options of `nir run`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueHint};
use nirkit::settle::Voice;
use nirkit::{Choices, Reset, SpikeReading, seconds};

use super::choices::with;
use super::{
    ChipArgs, ClockedArgs, EngineArgs, ExactArgs, FormatArgs, LimitArgs, ReadingArgs,
    SimulatorArgs, TimeArgs,
};
use crate::failure::Failure;
use crate::values;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Stimuli (--input; - is the standard input, known by its content):
  x.npy    (T, *input shape), one frame a step; with --batch (B, T, *input shape)
  x.h5     NIRData: events with times, or a grid
  x.json   {\"T\": 0.1, \"inputs\": {\"input\": {\"shape\": [2], \"kind\": \"spikes\", \"spikes\": [[0.01, 0]]}}}

Results (--output):
  DIR      <node>.<observable>.npy, time first, and run.json with every choice that was made;
           with --exact <node>.spikes.csv with the times of the spikes
  FILE.h5  the same as NIRData, which the reference reads

Examples:
  nir run net.nir --clocked --dt 1e-4 --input x.npy --output out
  nir run net.nir --clocked --dt 1e-4 --input x.npy --record lif1:v,lif1:spikes --output out
  nir run net.nir --clocked --dt 1e-4 --reset subtract --integrator exponential --input x.json
  nir run net.nir --exact --spike impulse:1e-4 --reset subtract --input x.json --output out
  nir run net.nir --exact --input x.json --record all --sample 1e-3 --output out
  nir run net.nir --platform norse --dt 1e-4 --input x.npy --record all --output out
  nir run net.nir --platform norse --dt 1e-4 --input x.npy --record lif1:v,lif1:spikes --svg run.svg
  nir run net.nir --platform xylo --quantize global --dt 1e-3 --input x.npy --output out
  nir run --config net.xylo.json --platform xylo --input x.npy --output out")]
pub(crate) struct RunArgs {
    /// A .nir or .nirt file, or - for the standard input
    #[arg(required_unless_present = "config", value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
    /// The stimulus, or one for each Input as NODE=STIMULUS
    #[arg(long, value_name = "[NODE=]STIMULUS", value_hint = ValueHint::FilePath, required = true)]
    pub(crate) input: Vec<String>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// Time step in seconds; the length of a frame under --exact
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) dt: Option<f64>,
    /// What happens to a neuron that spikes: v_reset, zero, subtract
    #[arg(long, value_name = "RESET", value_parser = values::resets(), hide_possible_values = true)]
    pub(crate) reset: Option<Reset>,
    /// What a spike is to the node that receives it: impulse:AREA or pulse:SECONDS
    #[arg(long, value_name = "READING")]
    pub(crate) spike: Option<SpikeReading>,
    /// Run what a chip is given, from a document that `nir lower` wrote, instead of a graph
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        requires = "platform",
        conflicts_with = "file"
    )]
    pub(crate) config: Option<PathBuf>,
    /// How long to run, in seconds; as long as the stimulus if not given
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<f64>,
    /// What to record: all, or NODE:spikes,NODE:v,NODE:isyn,NODE:output (what a package returns), with `\,` for a comma in a name; the
    /// spikes of all nodes if not given
    #[arg(long, value_name = "LIST")]
    pub(crate) record: Option<String>,
    /// A folder, or a file that ends in .h5
    #[arg(long, value_name = "DIR|FILE.h5", value_hint = ValueHint::AnyPath)]
    pub(crate) output: Option<PathBuf>,
    /// Draw the stimulus and what was recorded
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
    /// The sample of a batch that is drawn, counted from 0
    #[arg(
        long,
        value_name = "N",
        requires = "svg",
        requires = "batch",
        default_value = "0",
        hide_default_value = true
    )]
    pub(crate) svg_sample: usize,
    /// The first axis of the stimulus is a batch
    #[arg(long)]
    pub(crate) batch: bool,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Count spikes, synaptic operations and dense multiplications, layer by layer
    #[arg(long, conflicts_with = "config")]
    pub(crate) operations: bool,
    /// Threads among which a batch is divided; their number changes no result
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    #[command(flatten)]
    pub(crate) exact: ExactArgs,
    #[command(flatten)]
    pub(crate) clocked: ClockedArgs,
    #[command(flatten)]
    pub(crate) simulator: SimulatorArgs,
    #[command(flatten)]
    pub(crate) chip: ChipArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) times: TimeArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

impl RunArgs {
    /// The file that is run: a graph, or what a chip is given.
    pub(crate) fn file(&self) -> &Path {
        self.file.as_deref().or(self.config.as_deref()).unwrap_or(Path::new(""))
    }

    /// What is given of what a file leaves open.
    pub(crate) fn choices(&self) -> Result<Choices, Failure> {
        let choices = Choices::new().dt(self.dt).reset(self.reset).spike(self.spike);
        let choices = choices.time_unit(self.times.unit());
        let named = self.clocked.named().into_iter().chain(self.exact.named());
        let named = named.chain(self.simulator.named()).chain(self.chip.named());
        Ok(with(choices, named).limits(self.limits.limits()?).voice(Voice::COMMAND))
    }
}
