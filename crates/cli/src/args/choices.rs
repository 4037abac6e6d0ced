//! What a file leaves open, as options.

use clap::Args as ClapArgs;
use nirkit::settle::Voice;
use nirkit::{Choices, Reset, SpikeReading, seconds};

use super::{ClockedArgs, LimitArgs, TimeArgs};
use crate::failure::Failure;
use crate::values;

/// The choices with those that are given by name.
pub(super) fn with<'a>(
    choices: Choices,
    named: impl IntoIterator<Item = (&'static str, Option<&'a str>)>,
) -> Choices {
    let given = named.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.fold(choices, |choices, (name, value)| choices.set(name, value))
}

/// What whoever runs a platform can choose.
#[derive(Debug, ClapArgs)]
pub(crate) struct ChoiceArgs {
    /// Time step in seconds, or with a unit: 1e-4, 100us, 1ms
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) dt: Option<f64>,
    /// What happens to a neuron that spikes: v_reset, zero, subtract
    #[arg(long, value_name = "RESET", value_parser = values::resets(), hide_possible_values = true)]
    pub(crate) reset: Option<Reset>,
    #[command(flatten)]
    pub(crate) chip: ChipArgs,
}

impl ChoiceArgs {
    /// Whether nothing is given.
    pub(crate) fn is_empty(&self) -> bool {
        let of_chips = self.chip.named();
        self.dt.is_none()
            && self.reset.is_none()
            && of_chips.iter().all(|(_, given)| given.is_none())
    }

    /// What is given of what a file leaves open.
    pub(crate) fn choices(&self, limits: &LimitArgs, times: &TimeArgs) -> Result<Choices, Failure> {
        let choices = Choices::new().dt(self.dt).reset(self.reset).limits(limits.limits()?);
        let choices = choices.time_unit(times.unit());
        Ok(with(choices, self.chip.named()).voice(Voice::COMMAND))
    }
}

/// Whose steps are meant, and under which choices.
#[derive(Debug, ClapArgs)]
pub(crate) struct SteppedArgs {
    /// The simulator or chip whose steps they are
    #[arg(
        long,
        value_name = "NAME[@VERSION]|FILE",
        value_parser = values::platforms(),
        hide_possible_values = true,
        conflicts_with = "clocked"
    )]
    platform: Option<String>,
    /// The steps are those of the clocked engine
    #[arg(long)]
    clocked: bool,
    /// What a spike is, for --clocked: pulse:SECONDS, impulse:AREA
    #[arg(long, value_name = "READING", requires = "clocked")]
    spike: Option<SpikeReading>,
    #[command(flatten)]
    choices: ChoiceArgs,
    #[command(flatten)]
    of_clocked: ClockedArgs,
}

impl SteppedArgs {
    /// Whether nothing is given.
    pub(crate) fn is_empty(&self) -> bool {
        let of_clocked = self.of_clocked.named();
        self.meaning().is_none()
            && self.spike.is_none()
            && self.choices.is_empty()
            && of_clocked.iter().all(|(_, given)| given.is_none())
    }

    /// Whose steps they are.
    pub(crate) fn meaning(&self) -> Option<&str> {
        if self.clocked { Some("clocked") } else { self.platform.as_deref() }
    }

    /// What is given of what a file leaves open.
    pub(crate) fn choices(&self, limits: &LimitArgs, times: &TimeArgs) -> Result<Choices, Failure> {
        let choices = self.choices.choices(limits, times)?.spike(self.spike);
        Ok(with(choices, self.of_clocked.named()))
    }
}

/// What only chips let one choose.
#[derive(Debug, ClapArgs)]
pub(crate) struct ChipArgs {
    /// How a chip makes integers of numbers; `nir platforms --platform CHIP` lists the ways
    #[arg(
        long,
        value_name = "NAME",
        help_heading = "Choices of chips",
        value_parser = values::quantisers(),
        hide_possible_values = true
    )]
    quantize: Option<String>,
    /// Scales of weights that are integers already: file (`quant_weight_scale` in the metadata of a node, the default),
    /// own (the chip's own choice), or NODE=SCALE,...
    #[arg(long, value_name = "SCALES", help_heading = "Choices of chips")]
    weight_scale: Option<String>,
}

impl ChipArgs {
    pub(super) fn named(&self) -> [(&'static str, Option<&str>); 2] {
        [("quantize", self.quantize.as_deref()), ("weight_scale", self.weight_scale.as_deref())]
    }
}

/// What only simulators let one choose.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Choices of simulators")]
pub(crate) struct SimulatorArgs {
    /// In which order matrix products are added: forward, backward, wide (in double precision, rounded once), high or
    /// low (the most and the least that roundings can make of them); forward if not given
    #[arg(long, value_name = "ORDER")]
    sums: Option<String>,
    /// Which of several ways to run is taken, counted from 1, where chance decides; the others are not run then
    #[arg(long, value_name = "N")]
    pub(crate) way: Option<String>,
    /// Run with the other orders of additions as well, and list the spikes that change
    #[arg(long)]
    pub(crate) check_rounding: bool,
}

impl SimulatorArgs {
    pub(super) fn named(&self) -> [(&'static str, Option<&str>); 2] {
        [("sums", self.sums.as_deref()), ("way", self.way.as_deref())]
    }
}
