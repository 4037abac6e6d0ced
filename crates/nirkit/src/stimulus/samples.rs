//! Stimuli in files with a list of spikes for each of many samples.

use std::ops::Range;

use nirkit_io::Limits;
use nirkit_io::events::{EventUnit, Events};
use nirkit_io::spike_lists::{SpikeList, SpikeLists};

use crate::error::{Error, ErrorKind};
use crate::events::check_chosen;

/// Bytes of a spike in memory while it is brought to the channels of an Input.
const SPIKE: u64 = 64;

/// Samples of a file.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    /// The spikes of each sample.
    pub(super) samples: Vec<Events>,
    /// The number of the first one in the file.
    pub(super) first: usize,
    /// Samples of the file.
    all: usize,
    /// The unit of the times, unless the user says another one.
    pub(super) unit: EventUnit,
}

impl Lists {
    /// Says how the samples are read, with times in `unit`.
    pub(super) fn told(&self, unit: EventUnit, is_given: bool) -> String {
        let from = match (is_given, self.unit) {
            (true, _) => "as you say",
            (false, EventUnit::Seconds) => "as in SHD",
            (false, _) => "as they are whole numbers",
        };
        format!(
            "{} of {} samples of a file with a list of spikes for each; their times are taken as {}, {from}",
            self.samples.len(),
            self.all,
            unit.symbol()
        )
    }
}

/// Reads the samples that are chosen, or all.
///
/// # Errors
///
/// Samples that are not there, more spikes than `dataset_bytes` allows in memory, times and channels that are none.
pub(super) fn read(
    file: &SpikeLists,
    chosen: Option<&Range<usize>>,
    limits: &Limits,
) -> Result<Lists, Error> {
    let chosen = chosen.cloned().unwrap_or(0..file.len());
    check_chosen(&chosen, file.len())?;
    let spikes: u64 = chosen.clone().map(|sample| file.spikes(sample)).sum();
    if spikes > limits.dataset_bytes / SPIKE {
        let what = format!("{} samples have {spikes} spikes, more than fit", chosen.len());
        let help =
            "take a part of the samples (`--samples FROM:TO`), or raise `--limit dataset_bytes`";
        return Err(Error::new(what).of_kind(ErrorKind::Stimulus).help(help));
    }
    let one = |sample: usize| {
        let list = file.sample(sample).map_err(|mut error| {
            // The name of the file is said once, by whoever knows all files.
            error.file = None;
            Error::from(error)
        })?;
        events(&list).map_err(|error| error.about(&format!("sample {sample}")))
    };
    let samples = chosen.clone().map(one).collect::<Result<_, _>>()?;
    let is_real = file.type_of_times().is_float();
    let unit = if is_real { EventUnit::Seconds } else { EventUnit::Microseconds };
    Ok(Lists { samples, first: chosen.start, all: file.len(), unit })
}

/// The spikes of a sample as events with one coordinate.
fn events(list: &SpikeList) -> Result<Events, Error> {
    let wrong = |what: String| {
        Error::new(what)
            .of_kind(ErrorKind::Stimulus)
            .help("spikes have finite times from 0 on, and channels counted from 0")
    };
    let complex = || wrong("times or channels are complex numbers".to_owned());
    let times = list.times.to_decimals().ok_or_else(complex)?.into_owned();
    let is_time = |time: &f64| time.is_finite() && *time >= 0.0;
    if let Some(at) = times.iter().position(|time| !is_time(time)) {
        return Err(wrong(format!("spike {at} has the time {}", times[at])));
    }
    let units = list.units.to_f64().ok_or_else(complex)?;
    let is_channel = |unit: &f64| unit.fract() == 0.0 && (0.0..4_294_967_296.0).contains(unit);
    if let Some(at) = units.iter().position(|unit| !is_channel(unit)) {
        return Err(wrong(format!("spike {at} is on the channel {}", units[at])));
    }
    let x = units.iter().map(|&unit| unit as usize).collect();
    Ok(Events { times, times_are_real: false, x, ..Events::default() })
}
