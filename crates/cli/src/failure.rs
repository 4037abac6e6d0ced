//! Why the work could not be done: one or several messages, each with what to do.

use std::fmt::Display;
use std::io;

use serde::Serialize;

use crate::args::Format;

/// Everything that stood in the way.
#[derive(Debug)]
pub(crate) struct Failure {
    messages: Vec<Message>,
    /// The reader of our output went away, which is no failure of ours.
    broken_pipe: bool,
}

/// One reason.
#[derive(Debug, Serialize)]
struct Message {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl Failure {
    /// A failure for one reason.
    pub(crate) fn new(error: impl Display) -> Self {
        Self::with_help(error, None::<String>)
    }

    /// A failure for one reason, with what to do about it.
    pub(crate) fn with_help(error: impl Display, help: Option<impl Display>) -> Self {
        let help = help.map(|help| help.to_string());
        Self { messages: vec![Message { error: error.to_string(), help }], broken_pipe: false }
    }

    /// A failure for several reasons, each with what to do about it.
    pub(crate) fn several(reasons: impl IntoIterator<Item = (String, Option<String>)>) -> Self {
        let messages = reasons.into_iter().map(|(error, help)| Message { error, help }).collect();
        Self { messages, broken_pipe: false }
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    /// Prints every reason: text on the standard error, JSON on the standard output.
    #[expect(clippy::print_stderr, reason = "this is the one place that reports failures")]
    #[expect(clippy::print_stdout, reason = "a reader of JSON waits for the result there")]
    pub(crate) fn print(&self, format: Format) {
        for message in &self.messages {
            eprintln!("error: {}", message.error);
            if let Some(help) = &message.help {
                eprintln!("  help: {help}");
            }
        }
        if format == Format::Json
            && let Ok(json) = serde_json::to_string_pretty(&Errors { errors: &self.messages })
        {
            println!("{json}");
        }
    }
}

#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [Message],
}

impl From<nirkit::Error> for Failure {
    fn from(error: nirkit::Error) -> Self {
        Self::several(error.messages())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { broken_pipe, ..Self::new(error) }
    }
}
