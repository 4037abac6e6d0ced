//! Why the work could not be done: one or several messages, each with what to do.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde::Serialize;

use crate::args::Format;
use crate::json::{List, Versioned};
use nirkit::escape;

/// Everything that stood in the way.
#[derive(Debug)]
pub(crate) struct Failure {
    messages: Vec<Message>,
    /// Whether the JSON of the result holds the messages already.
    in_result: bool,
}

/// One reason.
#[derive(Debug, Serialize)]
pub(crate) struct Message {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// Made for the terminal, in several lines and with colours perhaps.
    #[serde(skip)]
    drawn: bool,
}

impl Message {
    fn new(error: String, help: Option<String>) -> Self {
        Self { error, help, drawn: false }
    }
}

impl Failure {
    /// A failure for one reason.
    pub(crate) fn new(error: impl Display) -> Self {
        Self::with_help(error, None::<String>)
    }

    /// A failure for one reason, with what to do about it.
    pub(crate) fn with_help(error: impl Display, help: Option<impl Display>) -> Self {
        let help = help.map(|help| help.to_string());
        Self { messages: vec![Message::new(error.to_string(), help)], in_result: false }
    }

    /// A failure for a reason that was made for the terminal.
    pub(crate) fn drawn(error: String) -> Self {
        Self { messages: vec![Message { error, help: None, drawn: true }], in_result: false }
    }

    /// A failure for several reasons, each with what to do about it.
    pub(crate) fn several(reasons: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let messages = reasons.into_iter().map(|(error, help)| Message::new(error, help));
        Self { messages: messages.collect(), in_result: false }
    }

    /// Adds the reasons of another failure.
    pub(crate) fn join(&mut self, other: Self) {
        self.messages.extend(other.messages);
    }

    /// Returns the reasons.
    pub(crate) fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Says that the JSON of the result holds the reasons, so that they are not printed there again.
    #[must_use]
    pub(crate) fn in_result(self) -> Self {
        Self { in_result: true, ..self }
    }

    /// Prints every reason: text on the standard error, JSON on the standard output. Where nobody
    /// listens, the exit code says it all the same.
    pub(crate) fn print(&self, format: Format) {
        let mut stderr = io::stderr();
        for message in &self.messages {
            let drawn = message.drawn;
            let error =
                if drawn { message.error.as_str().into() } else { escape::line(&message.error) };
            let _ = writeln!(stderr, "error: {error}");
            if let Some(help) = &message.help {
                let _ = writeln!(stderr, "  help: {}", escape::line(help));
            }
        }
        let errors = Versioned::of(List::new("errors", &self.messages));
        if format == Format::Json
            && !self.in_result
            && let Ok(json) = serde_json::to_string_pretty(&errors)
        {
            let _ = writeln!(io::stdout(), "{}", escape::json(&json));
        }
    }
}

impl From<nirkit::Error> for Failure {
    fn from(error: nirkit::Error) -> Self {
        let reasons = error.reasons().iter();
        Self::several(reasons.map(|reason| (reason.message.clone(), reason.help.clone())))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error)
    }
}
