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
/// | x | any | x |
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
    words: String,
}

impl Layout {
    fn of(events: &Events, name: &str, shape: &[usize]) -> Result<Self, Error> {
        let merged = if events.on.is_some() { ", both polarities alike" } else { "" };
        let flat = shape.iter().product();
        let has_one_row = events.y.iter().flatten().all(|&y| y == 0);
        match (events.y.is_some(), shape) {
            (false, _) => {
                Ok(Self { planes: 1, height: 1, width: flat, words: format!("channel x{merged}") })
            }
            (true, &[2, height, width]) if events.on.is_some() => {
                Ok(Self { planes: 2, height, width, words: "(p, y, x), off before on".to_owned() })
            }
            (true, &[1, height, width] | &[height, width]) => {
                Ok(Self { planes: 1, height, width, words: format!("(y, x){merged}") })
            }
            // A cochlea in a format of cameras.
            (true, &[width]) if has_one_row => Ok(Self {
                planes: 1,
                height: 1,
                width,
                words: format!("channel x, as every row is 0{merged}"),
            }),
            (true, _) => {
                let message =
                    format!("events with x and y do not fit the Input `{name}` of shape {shape:?}");
                let help = if events.on.is_some() {
                    "the Input needs the shape (2, H, W) for (p, y, x), or (1, H, W) or (H, W) for (y, x)"
                } else {
                    "the Input needs the shape (1, H, W) or (H, W) for (y, x)"
                };
                Err(Error::new(message).help(help))
            }
        }
    }

    fn channel(&self, events: &Events, at: usize) -> Option<usize> {
        let (x, y) = (events.x[at], events.y.as_ref().map_or(0, |y| y[at]));
        let plane = match &events.on {
            Some(on) if self.planes == 2 => usize::from(on[at]),
            _ => 0,
        };
        (x < self.width && y < self.height).then(|| (plane * self.height + y) * self.width + x)
    }
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
