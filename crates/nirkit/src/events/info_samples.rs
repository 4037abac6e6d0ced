//! What is in a file with many samples.

use std::collections::BTreeMap;
use std::ops::Range;

use nirkit_events::{About, Event, Finding, Kind, Place, ReadError, Summary};
use serde::Serialize;

use super::info::HistogramInfo;
use super::samples::Samples;
use super::{Watch, of_read};
use crate::Error;

/// What is in a file with many samples. Times are in microseconds, durations in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SamplesInfo {
    /// How the samples are read; `None` without a sample.
    pub about: Option<About>,
    /// Samples of the file.
    pub samples: usize,
    /// The samples that were looked at: the first, and the one behind the last.
    pub looked_at: (usize, usize),
    /// How many samples each class has; `None` where the file states no classes.
    pub classes: Option<Vec<ClassInfo>>,
    /// Events of all samples.
    pub events: u64,
    /// Events of a sample.
    pub events_per_sample: Spread,
    /// Seconds from the earliest to the latest event of a sample.
    pub duration: Spread,
    /// Events in a second, on average.
    pub rate: Option<f64>,
    /// The largest channel.
    pub last_channel: Option<u16>,
    /// Channels with events.
    pub active_channels: u64,
    /// The channel with most events, and how many.
    pub busiest: Option<(u16, u32)>,
    /// Events in time, of all samples together.
    pub histogram: HistogramInfo,
    /// Groups and datasets that nothing is taken from.
    pub unread: Vec<String>,
    /// What was noticed, the gravest first.
    pub findings: Vec<Finding>,
}

/// A class of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClassInfo {
    /// The class.
    pub label: i64,
    /// Its samples.
    pub samples: u64,
}

/// The least, the mean and the most of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// The mean.
    pub mean: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    fn of(numbers: &[f64]) -> Self {
        if numbers.is_empty() {
            return Self::default();
        }
        Self {
            least: numbers.iter().copied().fold(f64::INFINITY, f64::min),
            mean: numbers.iter().sum::<f64>() / numbers.len() as f64,
            most: numbers.iter().copied().fold(0.0, f64::max),
        }
    }
}

impl SamplesInfo {
    /// Whether something puts the events in doubt.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind.is_warning())
    }
}

/// Reads the samples that are chosen, or all, and says what is in them.
///
/// # Errors
///
/// Samples that are not there, damage of the file.
pub fn info_samples(
    set: &Samples,
    chosen: Option<&Range<usize>>,
    watch: Watch<'_>,
) -> Result<SamplesInfo, Error> {
    let chosen = set.chosen(chosen)?;
    let (mut all, mut about) = (Summary::new(), None);
    let (mut counts, mut durations) = (Vec::new(), Vec::new());
    let mut findings = Gathered::default();
    let mut events: Vec<Event> = Vec::new();
    for sample in chosen.clone() {
        let mut reader = set.reader(sample)?;
        let (mut count, mut times) = (0_u64, None::<(i64, i64)>);
        let failed = |error| of_read(&ReadError::Io(error), set.path());
        while reader.read(&mut events).map_err(failed)? {
            all.add(&events);
            count += events.len() as u64;
            for &Event { t, .. } in &events {
                let (first, last) = times.unwrap_or((t, t));
                times = Some((first.min(t), last.max(t)));
            }
        }
        counts.push(count as f64);
        durations.push(times.map_or(0.0, |(first, last)| (last - first) as f64 / 1e6));
        findings.add(sample, reader.findings());
        about.get_or_insert_with(|| reader.about().clone());
        watch((sample + 1 - chosen.start) as u64, chosen.len() as u64);
    }
    let total: f64 = durations.iter().sum();
    let busy = all.busiest();
    Ok(SamplesInfo {
        about,
        samples: set.len(),
        looked_at: (chosen.start, chosen.end),
        classes: set.labels().map(|labels| classes(&labels[chosen])),
        events: all.events,
        events_per_sample: Spread::of(&counts),
        duration: Spread::of(&durations),
        rate: (total > 0.0).then(|| all.events as f64 / total),
        last_channel: all.corner.map(|(channel, _)| channel),
        active_channels: busy.map_or(0, |(channels, _)| channels),
        busiest: busy.map(|(_, (channel, _, count))| (channel, count)),
        histogram: HistogramInfo::of(&all.histogram),
        unread: set.unread().to_vec(),
        findings: findings.list(),
    })
}

/// How many samples each class has, in the order of the classes.
fn classes(labels: &[i64]) -> Vec<ClassInfo> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    for &label in labels {
        *counts.entry(label).or_default() += 1;
    }
    counts.into_iter().map(|(label, samples)| ClassInfo { label, samples }).collect()
}

/// Findings of several samples: the same one is counted together.
#[derive(Default)]
pub(super) struct Gathered(BTreeMap<(Kind, String), (u64, Place, usize)>);

impl Gathered {
    pub(super) fn add(&mut self, sample: usize, findings: Vec<Finding>) {
        for Finding { kind, what, count, first } in findings {
            self.0.entry((kind, what)).or_insert((0, first, sample)).0 += count;
        }
    }

    /// Returns everything noticed, the gravest first, with the sample in which it was met first.
    pub(super) fn list(self) -> Vec<Finding> {
        let finding =
            |((kind, what), (count, first, sample)): ((Kind, String), (u64, Place, usize))| {
                Finding { kind, what: format!("{what} (first in sample {sample})"), count, first }
            };
        self.0.into_iter().map(finding).collect()
    }
}
