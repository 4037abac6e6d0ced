//! Events counted in windows of time.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use nirkit_engine::clocked::snapped;
use nirkit_numerics::Shortest;
use nirkit_run::stimulus::Spike;

use crate::error::{Error, ErrorKind};

/// Windows of time, in each of which the events of a channel become one spike, which stands for as many as there are. It comes at
/// the beginning of its window; the first window begins at time 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// The length of a window in seconds.
    pub seconds: f64,
    /// The most that a channel counts in a window: 1 says only whether there was an event. `None` counts all.
    pub most: Option<NonZeroU32>,
}

/// Whole numbers that doubles hold.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Window {
    /// Counts events. Returns the spikes in the order of their times and channels, and how many events are left out because a
    /// channel had more than [`Self::most`].
    ///
    /// # Errors
    ///
    /// A length that is no time above 0, or so short that the windows cannot be numbered.
    pub(super) fn count(self, spikes: &[Spike]) -> Result<(Vec<Spike>, u64), Error> {
        let Self { seconds, most } = self;
        let refuse = |what: String| Err(Error::new(what).of_kind(ErrorKind::Choice));
        if !(seconds.is_finite() && seconds > 0.0) {
            return refuse(format!("a window of {} s is no time above 0", Shortest(seconds)));
        }
        let mut counts: BTreeMap<(u64, usize), f64> = BTreeMap::new();
        for spike in spikes {
            let place = snapped(spike.time / seconds).floor();
            if !(0.0..EXACT).contains(&place) {
                let (time, seconds) = (Shortest(spike.time), Shortest(seconds));
                return refuse(format!("no window of {seconds} s holds the time {time} s"));
            }
            *counts.entry((place as u64, spike.channel)).or_default() += spike.value;
        }
        let most = most.map_or(f64::INFINITY, |most| f64::from(most.get()));
        let mut left_out = 0.0;
        let of_window = |((place, channel), count): ((u64, usize), f64)| {
            left_out += (count - most).max(0.0);
            Spike { time: place as f64 * seconds, channel, value: count.min(most) }
        };
        let spikes = counts.into_iter().map(of_window).collect();
        Ok((spikes, left_out as u64))
    }

    /// Says it in words.
    pub(super) fn words(self) -> String {
        let seconds = Shortest(self.seconds);
        match self.most.map(NonZeroU32::get) {
            None => format!("counted in windows of {seconds} s"),
            Some(1) => format!("taken once for each channel and window of {seconds} s"),
            Some(most) => {
                format!("counted in windows of {seconds} s, at most {most} for each channel")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes(times: &[(f64, usize)]) -> Vec<Spike> {
        times.iter().map(|&(time, channel)| Spike { time, channel, value: 1.0 }).collect()
    }

    fn counted(
        seconds: f64,
        most: Option<u32>,
        times: &[(f64, usize)],
    ) -> (Vec<(f64, usize, f64)>, u64) {
        let window = Window { seconds, most: most.and_then(NonZeroU32::new) };
        let (counted, left_out) = window.count(&spikes(times)).unwrap();
        (counted.iter().map(|spike| (spike.time, spike.channel, spike.value)).collect(), left_out)
    }

    #[test]
    fn events_of_a_window_count_together() {
        let events = [(0.0009, 3), (0.0, 3), (0.001, 3), (0.0015, 0), (0.0005, 3), (0.0029, 0)];
        let all = vec![(0.0, 3, 3.0), (0.001, 0, 1.0), (0.001, 3, 1.0), (0.002, 0, 1.0)];
        assert_eq!(counted(0.001, None, &events), (all.clone(), 0));
        let clipped = |most: f64| -> Vec<(f64, usize, f64)> {
            all.iter().map(|&(time, channel, count)| (time, channel, count.min(most))).collect()
        };
        assert_eq!(counted(0.001, Some(2), &events), (clipped(2.0), 1));
        assert_eq!(counted(0.001, Some(1), &events), (clipped(1.0), 2));
        assert_eq!(counted(0.001, Some(1), &[]), (Vec::new(), 0));
    }

    #[test]
    fn a_time_at_a_border_begins_its_window() {
        // 0.3 / 0.1 is below 3 in doubles.
        let borders: Vec<(f64, usize)> = (0..50).map(|k| (f64::from(k) * 1e-3, 0)).collect();
        let (found, _) = counted(1e-3, None, &borders);
        assert!(found.iter().all(|&(.., count)| count == 1.0), "{found:?}");
    }

    #[test]
    fn windows_that_cannot_be_numbered_are_refused() {
        for (seconds, time) in
            [(0.0, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (1e-300, 1.0), (1.0, -1.0)]
        {
            let window = Window { seconds, most: None };
            assert!(window.count(&spikes(&[(time, 0)])).is_err(), "{seconds}, {time}");
        }
    }
}
