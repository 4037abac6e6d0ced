//! Counters of time that wrap around.

/// What a counter did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It went on, or a little back.
    Steady,
    /// It wrapped around.
    Around,
}

/// Continues a counter of so many bits beyond its range.
///
/// A step back by more than half of the range is a wrap-around; a smaller one is time that goes back. After a wrap-around,
/// a step forward by more than half of the range is one back across it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    range: i64,
    last: Option<i64>,
    turns: i64,
}

impl Clock {
    /// A counter of so many bits, at most 62.
    pub(crate) const fn new(bits: u32) -> Self {
        Self { range: 1 << bits, last: None, turns: 0 }
    }

    /// Returns a count in the time that goes on, and what the counter did.
    pub(crate) fn read(&mut self, count: i64) -> (i64, Turn) {
        let last = self.last.replace(count).unwrap_or(count);
        let mut turn = Turn::Steady;
        if last - count > self.range / 2 {
            self.turns += 1;
            turn = Turn::Around;
        } else if count - last > self.range / 2 && self.turns > 0 {
            self.turns -= 1;
        }
        (count.saturating_add(self.turns.saturating_mul(self.range)), turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_goes_on_beyond_its_range() {
        let mut clock = Clock::new(12);
        let read: Vec<i64> = [0, 2000, 4000, 4095, 3, 4090, 5, 2000, 1000, 3000, 4095, 0]
            .map(|count| clock.read(count).0)
            .into();
        assert_eq!(read, [0, 2000, 4000, 4095, 4099, 4090, 4101, 6096, 5096, 7096, 8191, 8192]);
    }

    #[test]
    fn the_first_count_is_taken_as_it_stands() {
        let mut clock = Clock::new(12);
        assert_eq!(clock.read(4000), (4000, Turn::Steady));
        assert_eq!(clock.read(10), (4106, Turn::Around));
    }
}
