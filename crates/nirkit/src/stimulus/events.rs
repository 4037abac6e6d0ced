//! Events of sensors on the channels of an Input.

use nirkit_events::{LikelyUnit, TimeUnit};
use nirkit_io::events::{EventUnit, Events};
use nirkit_run::stimulus::Spike;

use crate::error::Error;

/// Spikes of events on an Input, and how the events were read, in words.
pub(super) struct Placed {
    pub(super) spikes: Vec<Spike>,
    pub(super) told: Vec<String>,
    /// What puts the times of the events in doubt.
    pub(super) doubts: Vec<String>,
}

/// Brings events to the channels of an Input of this shape.
///
/// | events have | shape | channel |
/// |---|---|---|
/// | x, y and a polarity | (2, H, W) | (p, y, x), off before on |
/// | x and y | (1, H, W) or (H, W) | (y, x); both polarities count |
/// | x, and y that is always 0 | (N,) | x; both polarities count |
/// | x and y of a sensor of known size | (N,) for 2 H W or H W | the same in a row |
/// | x | any | x |
///
/// A sensor of known size that is a whole number of times as large as the Input, in both directions, has so many pixels made one.
///
/// Times are in `unit`, or in the unit that they most likely have; `option` is the name of the option that says it.
pub(super) fn place(
    events: &Events,
    name: &str,
    shape: &[usize],
    unit: Option<EventUnit>,
    option: &str,
) -> Result<Placed, Error> {
    let layout = Layout::of(events, name, shape)?;
    let mut told = vec![format!("the events of `{name}` enter as {}", layout.words)];
    if !events.unread.is_empty() {
        let columns = events.unread.join(", ");
        told.push(format!(
            "columns of the events of `{name}` that nothing is taken from: {columns}"
        ));
    }
    let mut found = LikelyUnit::default();
    for &time in &events.times {
        found.add(time, events.times_are_real);
    }
    let (likely, mut doubts) = (of_table(found.unit()), Vec::new());
    if unit.is_none() && found.is_doubtful() {
        doubts.push(doubtful_unit(likely, option));
    } else if unit.is_none() && !events.times.is_empty() {
        told.push(format!(
            "times of events are taken as {}: {}",
            likely.symbol(),
            if likely == EventUnit::Microseconds {
                "all are whole numbers"
            } else {
                "some are fractions"
            }
        ));
    }
    let per_second = unit.unwrap_or(likely).in_a_second();
    let mut spikes = Vec::with_capacity(events.times.len());
    let mut outside = (0_usize, None);
    for (at, &time) in events.times.iter().enumerate() {
        match layout.channel(events, at) {
            Some(channel) => spikes.push(Spike { time: time / per_second, channel, value: 1.0 }),
            None => outside = (outside.0 + 1, outside.1.or(Some(at))),
        }
    }
    if let (count, Some(first)) = outside {
        let y = events.y.as_ref().map_or(String::new(), |y| format!(", y = {}", y[first]));
        let message = format!(
            "{count} of {} events lie outside the Input `{name}` of shape {shape:?}: the first is event {first} at x = \
             {}{y}",
            events.times.len(),
            events.x[first]
        );
        return Err(Error::new(message)
            .help("crop or downsample the recording, or give the Input its size"));
    }
    Ok(Placed { spikes, told, doubts })
}

/// What is said of times that may have another unit than `likely`, which `option` says.
pub(super) fn doubtful_unit(likely: EventUnit, option: &str) -> String {
    format!(
        "times of events are fractions by their type and whole by their values, and are taken as {}: if they are seconds, \
         say so with {option}",
        likely.symbol()
    )
}

/// The unit of a table of events.
fn of_table(unit: TimeUnit) -> EventUnit {
    match unit {
        TimeUnit::Seconds => EventUnit::Seconds,
        TimeUnit::Milliseconds => EventUnit::Milliseconds,
        TimeUnit::Microseconds => EventUnit::Microseconds,
        TimeUnit::Nanoseconds => EventUnit::Nanoseconds,
    }
}

/// How places become channels.
struct Layout {
    planes: usize,
    height: usize,
    width: usize,
    /// Pixels of each direction that become one.
    factor: usize,
    words: String,
}

impl Layout {
    fn of(events: &Events, name: &str, shape: &[usize]) -> Result<Self, Error> {
        let merged = if events.on.is_some() { ", both polarities alike" } else { "" };
        let planar = |planes, height, width, words: String| {
            let factor = factor(events, height, width);
            let words = match factor {
                1 => words,
                factor => format!("{words}; {factor} x {factor} pixels are one"),
            };
            Ok(Self { planes, height, width, factor, words })
        };
        let row = |words: &str, width| {
            Ok(Self { planes: 1, height: 1, width, factor: 1, words: format!("{words}{merged}") })
        };
        let has_one_row = events.y.iter().flatten().all(|&y| y == 0);
        match (events.y.is_some(), shape) {
            (false, _) => row("channel x", shape.iter().product()),
            (true, &[2, height, width]) if events.on.is_some() => {
                planar(2, height, width, "(p, y, x), off before on".to_owned())
            }
            (true, &[1, height, width] | &[height, width]) => {
                planar(1, height, width, format!("(y, x){merged}"))
            }
            (true, &[channels]) => match in_a_row(events, channels) {
                Some((2, height, width)) => {
                    let words =
                        format!("(p, y, x) of (2, {height}, {width}) in a row, off before on");
                    planar(2, height, width, words)
                }
                Some((_, height, width)) => planar(
                    1,
                    height,
                    width,
                    format!("(y, x) of ({height}, {width}) in a row{merged}"),
                ),
                // A cochlea in a format of cameras.
                None if has_one_row => row("channel x, as every row is 0", channels),
                None => Err(misfit(events, name, shape)),
            },
            (true, _) => Err(misfit(events, name, shape)),
        }
    }

    fn channel(&self, events: &Events, at: usize) -> Option<usize> {
        let (x, y) = (events.x[at], events.y.as_ref().map_or(0, |y| y[at]));
        let (x, y) = (x / self.factor, y / self.factor);
        let plane = match &events.on {
            Some(on) if self.planes == 2 => usize::from(on[at]),
            _ => 0,
        };
        (x < self.width && y < self.height).then(|| (plane * self.height + y) * self.width + x)
    }
}

/// How many times a sensor of known size is as large as an Input in both directions; 1 where it is no whole number of times.
fn factor(events: &Events, height: usize, width: usize) -> usize {
    let Some((columns, rows)) = events.size else { return 1 };
    let factor = columns.checked_div(width).unwrap_or(1).max(1);
    if (factor * width, factor * height) == (columns, rows) { factor } else { 1 }
}

/// The planes, rows and columns that channels in a row stand for, where the size of the sensor is known: all of its pixels, or
/// those that are left when squares of them are made one.
fn in_a_row(events: &Events, channels: usize) -> Option<(usize, usize, usize)> {
    let (columns, rows) = events.size.filter(|&(_, rows)| rows > 1)?;
    // Not both of 2 a / k^2 and a / l^2 are the same number, as the root of 2 is no fraction.
    let planes = if events.on.is_some() { &[2, 1][..] } else { &[1] };
    let factors =
        (1..=columns.min(rows)).filter(|factor| columns % factor == 0 && rows % factor == 0);
    factors
        .flat_map(|factor| {
            planes.iter().map(move |&planes| (planes, rows / factor, columns / factor))
        })
        .find(|&(planes, height, width)| planes * height * width == channels)
}

fn misfit(events: &Events, name: &str, shape: &[usize]) -> Error {
    let size = events.size.map_or(String::new(), |(columns, rows)| {
        format!(" of a sensor of {columns} x {rows} pixels")
    });
    let message =
        format!("events with x and y{size} do not fit the Input `{name}` of shape {shape:?}");
    let mut help = if events.on.is_some() {
        "the Input needs the shape (2, H, W) for (p, y, x), or (1, H, W) or (H, W) for (y, x)"
    } else {
        "the Input needs the shape (1, H, W) or (H, W) for (y, x)"
    }
    .to_owned();
    if shape.len() == 1 && events.size.is_none() {
        help += "; for an Input of one axis the file has to state the size of the sensor: `nir events convert IN \
                 OUT.aedat4 --size WxH` writes one that does";
    }
    Error::new(message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> Events {
        Events {
            times: vec![6.0, 70.0],
            x: vec![3, 2],
            y: Some(vec![0, 1]),
            on: Some(vec![true, false]),
            ..Events::default()
        }
    }

    fn channels(events: &Events, shape: &[usize]) -> Result<Vec<usize>, String> {
        let placed = place(events, "in", shape, None, "`--event-times`")
            .map_err(|error| error.to_string())?;
        Ok(placed.spikes.iter().map(|spike| spike.channel).collect())
    }

    #[test]
    fn the_shape_of_the_input_decides() {
        assert_eq!(channels(&camera(), &[2, 3, 4]), Ok(vec![15, 6]));
        assert_eq!(channels(&camera(), &[1, 3, 4]), Ok(vec![3, 6]));
        assert_eq!(channels(&camera(), &[3, 4]), Ok(vec![3, 6]));
        assert!(channels(&camera(), &[24]).unwrap_err().contains("do not fit the Input `in`"));
        let of_size = |columns, rows| Events { size: Some((columns, rows)), ..camera() };
        assert_eq!(channels(&of_size(4, 3), &[24]), Ok(vec![15, 6]));
        assert_eq!(channels(&of_size(4, 3), &[12]), Ok(vec![3, 6]));
        assert!(channels(&of_size(4, 3), &[6]).unwrap_err().contains("a sensor of 4 x 3 pixels"));
        // 2 x 2 pixels are one: (3, 0) becomes (1, 0), and (2, 1) too.
        for (shape, expected) in [
            (&[2, 2, 2][..], vec![5, 1]),
            (&[1, 2, 2], vec![1, 1]),
            (&[2, 2], vec![1, 1]),
            (&[8], vec![5, 1]),
            (&[4], vec![1, 1]),
        ] {
            assert_eq!(channels(&of_size(4, 4), shape), Ok(expected), "{shape:?}");
        }
        // 5 columns are no whole number of 2.
        assert!(channels(&of_size(5, 4), &[2, 2, 2]).unwrap_err().contains("lie outside"));
        let cochlea = Events { y: None, on: None, ..camera() };
        assert_eq!(channels(&cochlea, &[24]), Ok(vec![3, 2]));
        let stored_as_a_camera = Events { y: Some(vec![0, 0]), ..camera() };
        assert_eq!(channels(&stored_as_a_camera, &[24]), Ok(vec![3, 2]));
        let said = channels(&camera(), &[2, 3, 3]).unwrap_err();
        assert!(
            said.contains("1 of 2 events lie outside") && said.contains("x = 3, y = 0"),
            "{said}"
        );
    }

    #[test]
    fn times_have_a_unit() {
        let time =
            |unit| place(&camera(), "in", &[3, 4], unit, "`--event-times`").unwrap().spikes[1].time;
        assert_eq!(time(None), 70.0 / 1e6);
        assert_eq!(time(Some(EventUnit::Milliseconds)), 0.07);
        let doubts = |times: Vec<f64>, unit| {
            let events = Events { times, times_are_real: true, ..camera() };
            place(&events, "in", &[3, 4], unit, "`--event-times`").unwrap().doubts
        };
        let said = doubts(vec![1.0, 2.0], None).join("");
        assert!(said.contains("say so with `--event-times`"), "{said}");
        assert!(doubts(vec![1.0, 2.5], None).is_empty());
        assert!(doubts(vec![1.0, 2.0], Some(EventUnit::Seconds)).is_empty());
    }
}
