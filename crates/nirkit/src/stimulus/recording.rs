//! Recordings of event sensors as stimuli, told by what they hold.

use std::path::Path;

use nirkit_events::{
    About, Event, Finding, Kind, ReadError, ReadOptions, Reader, TimeUnit, YOrigin,
};
use nirkit_io::Limits;
use nirkit_io::events::{EventUnit, Events};

use crate::error::{Error, ErrorKind};

/// Bytes of an event in memory while it is brought to the channels of an Input.
const EVENT: u64 = 64;

/// What is said of a recording.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// What was chosen and noticed in reading it.
    pub(super) notes: Vec<String>,
    /// What puts its events in doubt.
    pub(super) doubts: Vec<String>,
    /// Whether a unit was given, and its times are in it.
    pub(super) takes_unit: bool,
    /// Whether the unit of its times is a guess, and another one is as likely.
    pub(super) has_doubtful_unit: bool,
}

/// Reads a recording; what was chosen and noticed in reading it, in words.
///
/// Times whose unit the file does not state are in `unit`, if one is given.
pub(super) fn read(
    path: &Path,
    limits: &Limits,
    unit: Option<EventUnit>,
) -> Result<(Events, Told), Error> {
    // Formats are gone back in, which pipes and devices do not allow.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(no_stimulus());
    }
    let open = |options: &ReadOptions| Reader::open(path, options);
    read_with(open, limits, unit).map_err(|error| error.unwrap_or_else(no_stimulus))
}

/// Reads a recording in memory; `None` if it is none.
pub(super) fn of_bytes(
    bytes: &[u8],
    limits: &Limits,
    unit: Option<EventUnit>,
) -> Result<Option<(Events, Told)>, Error> {
    let open = |options: &ReadOptions| Reader::of_bytes(bytes.to_vec(), options);
    match read_with(open, limits, unit) {
        Ok(read) => Ok(Some(read)),
        Err(None) => Ok(None),
        Err(Some(error)) => Err(error),
    }
}

/// Reads what `open` opens; an error without words if it is no recording.
fn read_with(
    open: impl Fn(&ReadOptions) -> Result<Reader, ReadError>,
    limits: &Limits,
    unit: Option<EventUnit>,
) -> Result<(Events, Told), Option<Error>> {
    let options = ReadOptions { expansion: limits.expansion, ..ReadOptions::default() };
    let open = |options: &ReadOptions| open(options).map_err(|error| refuse(&error));
    let mut reader = open(&options)?;
    let unit = unit.filter(|_| reader.about().format.states_no_time_unit());
    if let Some(unit) = unit {
        reader = open(&ReadOptions { time_unit: Some(of_option(unit)), ..options })?;
    }
    let most = limits.dataset_bytes / EVENT;
    let events = reader.read_all(most).map_err(|error| {
        let help = "convert a part of it: `nir events convert --time-window FROM:TO`, or raise `--limit dataset_bytes`";
        Error::new(error.to_string()).of_kind(ErrorKind::Stimulus).help(help)
    })?;
    let told = Told { takes_unit: unit.is_some(), ..tell(&reader, &events) };
    Ok((of(&events, reader.about()), told))
}

/// The unit of times that an option says.
fn of_option(unit: EventUnit) -> TimeUnit {
    match unit {
        EventUnit::Seconds => TimeUnit::Seconds,
        EventUnit::Milliseconds => TimeUnit::Milliseconds,
        EventUnit::Microseconds => TimeUnit::Microseconds,
        EventUnit::Nanoseconds => TimeUnit::Nanoseconds,
    }
}

/// Columns of events, with times from the first event on.
fn of(events: &[Event], about: &About) -> Events {
    let first = first(events);
    Events {
        times: events.iter().map(|event| event.t.saturating_sub(first) as f64).collect(),
        times_are_real: false,
        x: events.iter().map(|event| usize::from(event.x)).collect(),
        y: (about.y_origin != YOrigin::NoRows)
            .then(|| events.iter().map(|event| usize::from(event.y)).collect()),
        on: Some(events.iter().map(|event| event.on).collect()),
        unread: Vec::new(),
        size: about.size.map(|size| (usize::from(size.width), usize::from(size.height))),
    }
}

/// The earliest time.
fn first(events: &[Event]) -> i64 {
    events.iter().map(|event| event.t).min().unwrap_or_default()
}

fn tell(reader: &Reader, events: &[Event]) -> Told {
    let about = reader.about();
    let mut notes = vec![format!(
        "a recording in {} ({}) with {} events; times count from the earliest, at {} us; {}",
        about.format.title(),
        about.decided_by,
        events.len(),
        first(events),
        about.y_origin.words()
    )];
    if about.format.states_no_time_unit() {
        notes.push(format!(
            "times of events are taken as {}, from {}",
            about.time_unit.symbol(),
            about.time_unit_from
        ));
    }
    notes.extend(about.choices.iter().cloned());
    let (doubts, others): (Vec<_>, Vec<_>) =
        reader.findings().into_iter().partition(|finding| finding.kind.is_warning());
    notes.extend(others.iter().map(ToString::to_string));
    let is_of_unit = |finding: &&Finding| finding.kind == Kind::DoubtfulUnit;
    Told {
        notes,
        has_doubtful_unit: doubts.iter().any(|finding| is_of_unit(&finding)),
        doubts: doubts
            .iter()
            .filter(|finding| !is_of_unit(finding))
            .map(ToString::to_string)
            .collect(),
        takes_unit: false,
    }
}

fn no_stimulus() -> Error {
    Error::new("this is no stimulus")
        .of_kind(ErrorKind::Stimulus)
        .help("give a .npy, .csv, .h5 or .json file, or a recording that `nir events info` reads")
}

/// The error of a recording that cannot be read; `None` for what is none.
fn refuse(error: &ReadError) -> Option<Error> {
    match error {
        ReadError::Unknown { .. } => None,
        error => {
            let kind = match error {
                ReadError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    ErrorKind::Missing
                }
                _ => ErrorKind::Stimulus,
            };
            let made = Error::new(error.to_string()).of_kind(kind);
            Some(match error.help() {
                Some(help) => made.help(help),
                None => made,
            })
        }
    }
}
