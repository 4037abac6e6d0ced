//! Columns of numbers as events: names of columns, units of time, and what is no event.

use std::io;

use super::Decode;
use crate::about::{LikelyUnit, TimeUnit, YOrigin};
use crate::error::ReadError;
use crate::finding::{Findings, Kind, Place};
use crate::reader::ReadOptions;
use crate::{About, Event};

/// Names of the column with times.
const TIMES: [&str; 6] = ["t", "ts", "timestamp", "timestamps", "time", "times"];
/// Names of the column with columns of pixels, or with channels.
const CHANNELS: [&str; 7] = ["x", "channel", "neuron", "unit", "units", "address", "addr"];
/// Names of the column with rows of pixels.
const ROWS: [&str; 1] = ["y"];
/// Names of the column with polarities.
const POLARITIES: [&str; 5] = ["p", "pol", "polarity", "polarities", "on"];

/// What a column of this name is, as a number: times, columns or channels, rows, polarities.
pub(crate) fn role(name: &str) -> Option<usize> {
    let name = name.trim().to_ascii_lowercase();
    let known: [&[&str]; 4] = [&TIMES, &CHANNELS, &ROWS, &POLARITIES];
    known.iter().position(|known| known.contains(&name.as_str()))
}

/// A number of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Real(f64),
}

/// Which column is what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roles {
    pub(crate) t: usize,
    pub(crate) x: usize,
    pub(crate) y: Option<usize>,
    pub(crate) p: Option<usize>,
}

impl Roles {
    /// Finds the columns by their names, and says what that leaves out.
    pub(crate) fn find(names: &[String], about: &mut About) -> Result<Self, ReadError> {
        let find = |known: &[&str]| {
            names.iter().position(|name| known.contains(&name.trim().to_ascii_lowercase().as_str()))
        };
        let missing = |what: &str, known: &[&str]| {
            let what = format!("no column with {what}; there are: {}", names.join(", "));
            ReadError::Unknown { what, help: format!("name a column {}", known.join(", ")) }
        };
        let is_time = |name: &&String| TIMES.contains(&name.trim().to_ascii_lowercase().as_str());
        let all: Vec<&str> = names.iter().filter(is_time).map(String::as_str).collect();
        if all.len() > 1 {
            let what = format!("{} columns have times: {}", all.len(), all.join(", "));
            return Err(ReadError::unsupported(what, "keep one of them"));
        }
        let t = find(&TIMES).ok_or_else(|| missing("times", &TIMES))?;
        let x = find(&CHANNELS).ok_or_else(|| missing("places", &CHANNELS))?;
        let roles = Self { t, x, y: find(&ROWS), p: find(&POLARITIES) };
        about.y_origin = if roles.y.is_some() { YOrigin::Unstated } else { YOrigin::NoRows };
        if roles.p.is_none() {
            about.polarity = "there is none; every event is ON";
        }
        let used = [Some(roles.t), Some(roles.x), roles.y, roles.p];
        let unread = (0..names.len()).filter(|column| !used.contains(&Some(*column)));
        let unread: Vec<&str> = unread.map(|column| names[column].as_str()).collect();
        if !unread.is_empty() {
            about.choices.push(format!("columns that are not read: {}", unread.join(", ")));
        }
        Ok(roles)
    }
}

/// The unit of times: as the user says, or what all times of the file make likely, which `look` finds out.
pub(crate) fn unit(
    about: &mut About,
    options: &ReadOptions,
    findings: &mut Findings,
    look: impl FnOnce() -> io::Result<LikelyUnit>,
) -> io::Result<TimeUnit> {
    let (unit, from) = if let Some(unit) = options.time_unit {
        (unit, "what you say")
    } else {
        let likely = look()?;
        if likely.is_doubtful() {
            let what = "times are fractions by their type and whole by their values, and are taken as microseconds \
                        (`--time-unit s` reads them as seconds, `--time-unit us` as microseconds)";
            findings.add(Kind::DoubtfulUnit, what, Place::Event(0));
        }
        let from = match likely.unit() {
            TimeUnit::Seconds => "the times, which have fractions",
            _ => "the times, which are whole numbers",
        };
        (likely.unit(), from)
    };
    about.time_unit = unit;
    about.time_unit_from = from;
    Ok(unit)
}

/// Makes events of numbers.
pub(crate) struct Maker {
    unit: TimeUnit,
    /// What the times of the events say about their unit.
    likely: LikelyUnit,
}

/// Reads columns of numbers.
pub(crate) trait Columns: Decode {
    fn maker(&mut self) -> &mut Maker;
}

/// Reads events to the first whose time has a fraction, or to the end, for the unit of all of them. Rows that are no events
/// do not count.
pub(crate) fn likely_unit(columns: &mut impl Columns) -> io::Result<LikelyUnit> {
    let (mut events, mut findings) = (Vec::new(), Findings::default());
    while !columns.maker().likely.is_settled() && columns.decode(&mut events, &mut findings)? {
        events.clear();
    }
    Ok(columns.maker().likely)
}

impl Maker {
    pub(crate) fn of(unit: TimeUnit) -> Self {
        Self { unit, likely: LikelyUnit::default() }
    }

    /// Makes an event, or notes why there is none.
    pub(crate) fn event(
        &mut self,
        [t, x, y, p]: [Number; 4],
        at: Place,
        findings: &mut Findings,
    ) -> Option<Event> {
        let given = t;
        let Some((t, is_exact)) = self.time(t) else {
            findings.add(Kind::Damaged, "rows whose time is no number of microseconds", at);
            return None;
        };
        let (Some(x), Some(y)) = (place(x), place(y)) else {
            let what = "rows whose place is no whole number from 0 to 65535, which are left out";
            findings.add(Kind::OutOfRange, what, at);
            return None;
        };
        let on = match p {
            Number::Whole(1) | Number::Real(1.0) => true,
            Number::Whole(0 | -1) | Number::Real(0.0 | -1.0) => false,
            _ => {
                findings.add(
                    Kind::Damaged,
                    "rows whose polarity is not 0, 1 or -1, which are left out",
                    at,
                );
                return None;
            }
        };
        if !is_exact {
            findings.add(
                Kind::Rounded,
                "times between two microseconds, rounded to the nearer one",
                at,
            );
        }
        if let Number::Real(time) = given {
            self.likely.add(time, true);
        }
        Some(Event { t, x, y, on })
    }

    /// A time in microseconds, and whether it was whole.
    fn time(&self, t: Number) -> Option<(i64, bool)> {
        let number = match (t, self.unit) {
            (Number::Whole(t), TimeUnit::Microseconds) => return Some((t, true)),
            (Number::Whole(t), TimeUnit::Milliseconds) => {
                return Some((t.checked_mul(1000)?, true));
            }
            (Number::Whole(t), TimeUnit::Seconds) => {
                return Some((t.checked_mul(1_000_000)?, true));
            }
            (Number::Whole(t), TimeUnit::Nanoseconds) => {
                let down = t.div_euclid(1000);
                let rest = t.rem_euclid(1000);
                return Some((down + i64::from(rest >= 500), rest == 0));
            }
            (Number::Real(t), unit) => t * unit.microseconds(),
        };
        // Decimal seconds have no exact double; what is as near to a whole number as doubles go is one.
        let whole = number.round();
        let spacing = f64::EPSILON * number.abs();
        let is_exact = (number - whole).abs() <= spacing && spacing < 0.5;
        (whole.abs() < 9e18).then_some((whole as i64, is_exact))
    }
}

fn place(number: Number) -> Option<u16> {
    match number {
        Number::Whole(number) => u16::try_from(number).ok(),
        Number::Real(number) => {
            (number.fract() == 0.0 && (0.0..65536.0).contains(&number)).then_some(number as u16)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(unit: TimeUnit, t: Number) -> Option<(i64, bool)> {
        Maker::of(unit).time(t)
    }

    #[test]
    fn times_become_microseconds() {
        assert_eq!(time(TimeUnit::Seconds, Number::Real(0.001_234)), Some((1234, true)));
        assert_eq!(
            time(TimeUnit::Seconds, Number::Real(1_700_000_000.123_456)),
            Some((1_700_000_000_123_456, true))
        );
        assert_eq!(time(TimeUnit::Seconds, Number::Real(1.234_567_8)), Some((1_234_568, false)));
        let between = time(TimeUnit::Seconds, Number::Real(1_234_567_890.123_456_5));
        assert!(!between.unwrap().1, "{between:?}");
        // Doubles of this size no longer tell microseconds apart.
        assert!(!time(TimeUnit::Seconds, Number::Real(9_007_199_254.740_993)).unwrap().1);
        assert_eq!(time(TimeUnit::Nanoseconds, Number::Whole(-1500)), Some((-1, false)));
        assert_eq!(time(TimeUnit::Nanoseconds, Number::Whole(2000)), Some((2, true)));
        assert_eq!(time(TimeUnit::Microseconds, Number::Real(f64::NAN)), None);
        assert_eq!(time(TimeUnit::Seconds, Number::Whole(i64::MAX)), None);
    }

    #[test]
    fn places_are_whole_numbers_that_fit() {
        assert_eq!(place(Number::Real(65535.0)), Some(65535));
        for number in
            [Number::Real(1.5), Number::Real(-1.0), Number::Whole(65536), Number::Real(f64::NAN)]
        {
            assert_eq!(place(number), None, "{number:?}");
        }
    }
}
