//! What is in a recording.

use std::path::Path;

use nirkit_events::{About, Finding, Histogram, ReadError, ReadOptions, Reader, Summary};
use serde::Serialize;

use super::{Watch, of_read, open};
use crate::Error;

/// What is in a recording. Times are in microseconds on the clock of the file, durations in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Info {
    /// What the recording says about itself.
    pub about: About,
    /// Events.
    pub events: u64,
    /// Those of them that are ON.
    pub on: u64,
    /// Those of them that are OFF.
    pub off: u64,
    /// The earliest time.
    pub first: Option<i64>,
    /// The latest time.
    pub last: Option<i64>,
    /// Seconds from the earliest to the latest event.
    pub duration: f64,
    /// Events in a second, on average.
    pub rate: Option<f64>,
    /// The largest column and row.
    pub corner: Option<(u16, u16)>,
    /// Pixels with events; `None` where they are too many to be counted.
    pub active_pixels: Option<u64>,
    /// The pixel with most events: column, row, events.
    pub busiest: Option<(u16, u16, u32)>,
    /// Events in time.
    pub histogram: HistogramInfo,
    /// What was noticed, the gravest first.
    pub findings: Vec<Finding>,
}

/// Events in stretches of time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistogramInfo {
    /// The time at which the first stretch begins.
    pub start: i64,
    /// The length of a stretch.
    pub width: i64,
    /// Events of each stretch.
    pub counts: Vec<u64>,
}

impl HistogramInfo {
    pub(super) fn of(histogram: &Histogram) -> Self {
        Self {
            start: histogram.start(),
            width: histogram.width(),
            counts: histogram.counts().to_vec(),
        }
    }
}

impl Info {
    /// Whether something puts the events in doubt.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind.is_warning())
    }
}

/// Reads a recording from beginning to end, and says what is in it.
///
/// # Errors
///
/// As for [`super::open`], and what the system refuses. Damage is a finding.
pub fn info(path: &Path, options: &ReadOptions, watch: Watch<'_>) -> Result<Info, Error> {
    let (summary, about, findings) = summarise(open(path, options)?, path, watch)?;
    let (busy, histogram) = (summary.busiest(), &summary.histogram);
    Ok(Info {
        about,
        events: summary.events,
        on: summary.on,
        off: summary.events - summary.on,
        first: summary.times.map(|(first, _)| first),
        last: summary.times.map(|(_, last)| last),
        duration: summary.duration(),
        rate: summary.rate(),
        corner: summary.corner,
        active_pixels: busy.map(|(pixels, _)| pixels),
        busiest: busy.map(|(_, busiest)| busiest),
        histogram: HistogramInfo::of(histogram),
        findings,
    })
}

/// Counts the events of a recording, which is in the file of a path.
pub(super) fn summarise(
    mut reader: Reader,
    path: &Path,
    watch: Watch<'_>,
) -> Result<(Summary, About, Vec<Finding>), Error> {
    let (mut summary, mut events) = (Summary::new(), Vec::new());
    while reader.read(&mut events).map_err(|error| of_read(&ReadError::Io(error), path))? {
        summary.add(&events);
        let (read, all) = reader.progress();
        watch(read, all);
    }
    Ok((summary, reader.about().clone(), reader.findings()))
}
