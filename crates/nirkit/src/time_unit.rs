//! The unit of the times in a file: given, or of the metadata, else seconds, as NIR has them.

use std::borrow::Cow;

use nirkit_ir::Document;
use nirkit_ir::open::{self, Open, metadata_findings};
use nirkit_passes::time_unit;
pub use nirkit_passes::time_unit::TimeUnit;

use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};

/// A graph with its times in seconds.
#[derive(Clone, Debug)]
pub struct InSeconds<'a> {
    /// The graph.
    pub document: Cow<'a, Document>,
    /// The unit of the file, and where it comes from; `None` where nothing says one.
    pub unit: Option<Choice>,
    /// What has to be said: a unit that was not given, and metadata that are not understood.
    pub notes: Vec<String>,
}

/// Refuses a unit that contradicts the metadata of the graph.
pub fn check_unit(document: &Document, choices: &Choices) -> Result<(), Error> {
    match (choices.time_unit, time_unit::noted(document)) {
        (Some(given), Some(noted)) if given != noted => {
            let option = choices.voice.option("time_unit");
            let message = format!(
                "{option} is {given}: the metadata of the file say that its times are in {noted}"
            );
            let error = Error::new(message).of_kind(ErrorKind::Choice);
            Err(error.help("correct `time_unit` in the metadata of the file"))
        }
        _ => Ok(()),
    }
}

/// Brings the times of a graph into seconds.
///
/// # Errors
///
/// The unit that is given is not the one of the metadata, or times leave the range of numbers.
pub fn in_seconds<'a>(document: &'a Document, choices: &Choices) -> Result<InSeconds<'a>, Error> {
    check_unit(document, choices)?;
    let wrong = |message: String| Error::new(message).of_kind(ErrorKind::Choice);
    let noted = time_unit::noted(document);
    let option = choices.voice.option("time_unit");
    let unread = metadata_findings(document);
    let mut notes: Vec<String> = unread.iter().map(ToString::to_string).collect();
    let source = if choices.time_unit.is_some() { "given" } else { "metadata `time_unit`" };
    let unit = choices.time_unit.or(noted);
    let choice = unit.map(|unit| Choice::new("time_unit", unit, source));
    if unit != Some(TimeUnit::Millisecond) {
        return Ok(InSeconds { document: Cow::Borrowed(document), unit: choice, notes });
    }
    let mut seconds = document.clone();
    time_unit::convert(&mut seconds, TimeUnit::Millisecond, TimeUnit::Second)
        .map_err(|error| wrong(error.to_string()))?;
    let taken = match choices.time_unit {
        Some(_) => format!("the times of the file are in ms: {option}"),
        None => format!("{option} is not given; ms is taken: metadata `time_unit`"),
    };
    notes.push(format!(
        "{taken}. A simulator package takes the numbers of this file for seconds; `nir convert --time-unit ms` writes a file \
         that it reads rightly"
    ));
    Ok(InSeconds { document: Cow::Owned(seconds), unit: choice, notes })
}

/// Returns what a file leaves open, worked out in seconds; the unit of its times is asked of the file as it stands, unless
/// it is given.
pub fn open_in_seconds(document: &Document, choices: &Choices) -> Result<Open, Error> {
    let seconds = in_seconds(document, choices)?.document;
    let open = open::open(&seconds);
    let time_unit = match (choices.time_unit, seconds) {
        (Some(_), _) => Vec::new(),
        (None, Cow::Owned(_)) => open::open(document).time_unit,
        (None, Cow::Borrowed(_)) => return Ok(open),
    };
    Ok(Open { time_unit, ..open })
}
