//! Counts of a recording: rates, polarities, pixels, a histogram in time. Memory does not grow with the number of events.

use crate::Event;
use crate::filter::Grid;

/// What the events of a recording amount to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Events.
    pub events: u64,
    /// Those of them that are ON.
    pub on: u64,
    /// The earliest and the latest time in microseconds.
    pub times: Option<(i64, i64)>,
    /// The largest column and row.
    pub corner: Option<(u16, u16)>,
    /// Events of each pixel; `None` where the places are spread too far apart to be counted.
    pub pixels: Option<Grid<u32>>,
    /// Events in time.
    pub histogram: Histogram,
}

impl Summary {
    /// Begins to count.
    #[must_use]
    pub fn new() -> Self {
        Self { pixels: Some(Grid::default()), ..Self::default() }
    }

    /// Counts events.
    pub fn add(&mut self, events: &[Event]) {
        for event in events {
            self.on += u64::from(event.on);
            let (first, last) = self.times.unwrap_or((event.t, event.t));
            self.times = Some((first.min(event.t), last.max(event.t)));
            let (x, y) = self.corner.unwrap_or_default();
            self.corner = Some((x.max(event.x), y.max(event.y)));
            if let Some(pixels) = &mut self.pixels {
                match pixels.at(event.x, event.y) {
                    Some(count) => *count = count.saturating_add(1),
                    None => self.pixels = None,
                }
            }
            self.histogram.add(event.t);
        }
        self.events += events.len() as u64;
    }

    /// Returns the time from the earliest to the latest event in seconds.
    #[must_use]
    pub fn duration(&self) -> f64 {
        // Their difference can be beyond what 64 bits hold.
        self.times.map_or(0.0, |(first, last)| (i128::from(last) - i128::from(first)) as f64 / 1e6)
    }

    /// Returns events in a second, on average; `None` where all have one time.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let duration = self.duration();
        (duration > 0.0).then(|| self.events as f64 / duration)
    }

    /// Returns how many pixels have events, and the one with most: column, row, events.
    #[must_use]
    pub fn busiest(&self) -> Option<(u64, (u16, u16, u32))> {
        let pixels = self.pixels.as_ref()?;
        let busy = pixels.cells().filter(|(_, _, count)| **count > 0);
        let mut found: Option<(u64, (u16, u16, u32))> = None;
        for (x, y, &count) in busy {
            let (pixels, best) = found.unwrap_or((0, (x, y, count)));
            found = Some((pixels + 1, if count > best.2 { (x, y, count) } else { best }));
        }
        found
    }
}

/// Events in stretches of time of one length, which doubles whenever there would be too many of them.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    /// Stretches begin at multiples of `1 << shift` microseconds.
    shift: u32,
    /// The number of the first stretch.
    first: i64,
    counts: Vec<u64>,
}

/// Stretches at most.
const MOST: usize = 64;

impl Histogram {
    /// Counts an event.
    pub fn add(&mut self, t: i64) {
        if self.counts.is_empty() {
            self.first = t >> self.shift;
        }
        loop {
            let place = t >> self.shift;
            let last = self.first.saturating_add(self.counts.len().saturating_sub(1) as i64);
            let (low, high) = (self.first.min(place), last.max(place));
            if high.checked_sub(low).is_some_and(|span| span < MOST as i64) {
                let missing = (self.first - low) as usize;
                self.counts.splice(0..0, std::iter::repeat_n(0, missing));
                self.first = low;
                let index = (place - low) as usize;
                if index >= self.counts.len() {
                    self.counts.resize(index + 1, 0);
                }
                self.counts[index] += 1;
                return;
            }
            self.double();
        }
    }

    /// Makes one stretch of two.
    fn double(&mut self) {
        let mut counts = Vec::with_capacity(MOST);
        let first = self.first >> 1;
        for (index, count) in self.counts.iter().enumerate() {
            let place = (((self.first + index as i64) >> 1) - first) as usize;
            if place == counts.len() {
                counts.push(0);
            }
            counts[place] += count;
        }
        (self.first, self.counts, self.shift) = (first, counts, self.shift + 1);
    }

    /// Returns the length of a stretch in microseconds.
    #[must_use]
    pub fn width(&self) -> i64 {
        1 << self.shift.min(62)
    }

    /// Returns the time at which the first stretch begins, in microseconds.
    #[must_use]
    pub fn start(&self) -> i64 {
        self.first << self.shift.min(62)
    }

    /// Returns the events of each stretch.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_keeps_all_events_whatever_their_times() {
        let mut histogram = Histogram::default();
        let times = [0, 1, 63, 64, -5, 1_000_000, 999_999, i64::MAX, i64::MIN];
        for (index, t) in times.into_iter().enumerate() {
            histogram.add(t);
            assert_eq!(histogram.counts().iter().sum::<u64>(), index as u64 + 1);
            assert!(histogram.counts().len() <= MOST);
        }
    }

    #[test]
    fn a_stretch_has_the_events_of_its_time() {
        let mut histogram = Histogram::default();
        for t in 100..356 {
            histogram.add(t);
        }
        assert_eq!((histogram.width(), histogram.start()), (4, 100));
        assert_eq!(histogram.counts(), [4; 64]);
        // One more needs stretches of twice the length.
        histogram.add(356);
        assert_eq!((histogram.width(), histogram.start()), (8, 96));
        assert_eq!(histogram.counts()[..2], [4, 8]);
        assert_eq!(histogram.counts()[32], 5);
    }

    #[test]
    fn rates_and_pixels_are_counted() {
        let mut summary = Summary::new();
        summary.add(&[
            Event::new(0, 1, 2, true),
            Event::new(500_000, 3, 4, false),
            Event::new(1_000_000, 3, 4, true),
        ]);
        assert_eq!((summary.events, summary.on), (3, 2));
        assert_eq!(summary.rate(), Some(3.0));
        assert_eq!(summary.busiest(), Some((2, (3, 4, 2))));
        assert_eq!(summary.corner, Some((3, 4)));
    }
}
