//! Which engine runs a graph, and what it lets one choose.

use clap::{Args as ClapArgs, ValueHint};
use nirkit::io::Limits;
use nirkit::seconds;

use crate::failure::Failure;
use crate::values;

#[derive(Debug, ClapArgs)]
#[group(required = true, multiple = false)]
pub(crate) struct EngineArgs {
    /// Run on a time grid
    #[arg(long)]
    pub(crate) clocked: bool,
    /// Run in continuous time, event by event
    #[arg(long)]
    pub(crate) exact: bool,
    /// Run as this platform would, spike for spike; `ideal` is --exact, `clocked` is --clocked
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::meanings(),
        hide_possible_values = true
    )]
    pub(crate) platform: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Choices of --exact")]
pub(crate) struct ExactArgs {
    /// Record voltages every so many seconds, or at the times in a .npy file
    #[arg(long, value_name = "SECONDS|TIMES.npy", value_hint = ValueHint::FilePath)]
    pub(crate) sample: Option<String>,
    /// Give up when more signals than this are on their way (ends of pulses, delays); ten million
    /// if not given
    #[arg(long, value_name = "N")]
    max_pending: Option<String>,
}

impl ExactArgs {
    pub(super) fn named(&self) -> [(&'static str, Option<&str>); 1] {
        [("max_pending", self.max_pending.as_deref())]
    }

    /// The file with the instants, if they are given by one.
    pub(crate) fn times(&self) -> Option<&std::path::Path> {
        self.sample.as_deref().filter(|sample| seconds(sample).is_err()).map(std::path::Path::new)
    }

    /// The instants at which voltages are looked at.
    pub(crate) fn instants(&self, limits: &Limits) -> Result<nirkit::Instants, Failure> {
        Ok(match &self.sample {
            None => nirkit::Instants::None,
            Some(sample) => match seconds(sample) {
                Ok(every) => nirkit::Instants::Every(every),
                Err(_) => nirkit::Instants::At(nirkit::model::read_times(sample.as_ref(), limits)?),
            },
        })
    }
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Choices of --clocked")]
pub(crate) struct ClockedArgs {
    /// Number format; f64 if not given
    #[arg(long, value_name = "FORMAT", value_parser = ["f32", "f64"])]
    precision: Option<String>,
    /// How an equation becomes a step: exponential is exact within a step; euler if not given
    #[arg(long, value_name = "NAME", value_parser = ["euler", "exponential"])]
    integrator: Option<String>,
    /// Whether neurons see their sources' output of the same or the next step; same if not given
    #[arg(long = "input-step", value_name = "STEP", value_parser = ["same", "next"])]
    input_step: Option<String>,
    /// Which synaptic current the membrane sees; old if not given
    #[arg(long, value_name = "CURRENT", value_parser = ["new", "old"])]
    synapse: Option<String>,
    /// Whether the reset acts in the same or the next step; same if not given
    #[arg(long, value_name = "STEP", value_parser = ["same", "next"])]
    reset_timing: Option<String>,
    /// How a voltage is held against the threshold; > if not given
    #[arg(long, value_name = "COMPARISON", value_parser = [">", ">="])]
    comparison: Option<String>,
    /// State before the first step; rest if not given
    #[arg(long, value_name = "STATE", value_parser = ["rest", "zero"])]
    start: Option<String>,
    /// What a recurrent edge brings in the first step; rest if not given
    #[arg(long, value_name = "WHAT", value_parser = ["rest", "absent"])]
    feedback: Option<String>,
    /// When a Threshold node spikes; crossing if not given
    #[arg(long, value_name = "WHEN", value_parser = ["crossing", "level"])]
    threshold: Option<String>,
    /// The step in which a timed spike acts; floor if not given
    #[arg(long, value_name = "ROUNDING", value_parser = ["floor", "nearest"])]
    spike_step: Option<String>,
    /// What a changing current is within a step; mean if not given
    #[arg(long, value_name = "WHAT", value_parser = ["mean", "sample"])]
    current: Option<String>,
}

impl ClockedArgs {
    pub(super) fn named(&self) -> [(&'static str, Option<&str>); 11] {
        [
            ("precision", self.precision.as_deref()),
            ("integrator", self.integrator.as_deref()),
            ("input", self.input_step.as_deref()),
            ("synapse", self.synapse.as_deref()),
            ("reset_timing", self.reset_timing.as_deref()),
            ("comparison", self.comparison.as_deref()),
            ("start", self.start.as_deref()),
            ("feedback", self.feedback.as_deref()),
            ("threshold", self.threshold.as_deref()),
            ("spike_step", self.spike_step.as_deref()),
            ("current", self.current.as_deref()),
        ]
    }
}
