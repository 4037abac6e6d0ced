//! Names of meanings: platforms, files that describe them, and the graph itself.

use std::path::Path;

use nirkit_platforms::{FileError, Platform, PlatformError};

use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::suggest::{self, did_you_mean};

/// The simulator or chip of `name`, `name@version`, or `name@` and the beginning of a version.
pub fn platform(title: &str) -> Result<Platform, Error> {
    nirkit_platforms::platform(title).map_err(|error| {
        let unknown = match error {
            PlatformError::Unknown(unknown) => unknown,
            PlatformError::File(error) => return of_file(title, error),
        };
        if is_own(title) {
            return Error::new(format!("`{title}` is no platform: it is computed from the graph alone"))
                .of_kind(ErrorKind::Choice)
                .help("nothing imports or restricts it; `run` and `eval` compute `ideal` and `clocked`, `compare` and `adapt --like` take `ideal`");
        }
        let known = unknown.known.iter().map(String::as_str);
        let names = known.clone().map(|title| title.split('@').next().unwrap_or(title));
        let meant = did_you_mean(title, names.chain(["ideal", "clocked"]).chain(known));
        let meant = meant.map_or(String::new(), |meant| format!("{meant} "));
        Error::new(format!("there is no platform `{title}`"))
            .of_kind(ErrorKind::Choice)
            .help(format!("{meant}Platforms: {}", unknown.known.join(", ")))
    })
}

/// The error for a file that describes no platform.
fn of_file(title: &str, error: FileError) -> Error {
    let path = Path::new(title);
    let meant = if path.exists() { None } else { suggest::file_beside(path, suggest::PLATFORMS) };
    let form =
        "`nir platforms --platform NAME --toml` prints a simulator in the form of such a file";
    let error = Error::all(error.reasons).of_kind(ErrorKind::Choice).about(&title);
    error.help(meant.unwrap_or_else(|| form.to_owned()))
}

/// What is to be said about a platform that a file describes.
pub(crate) fn platform_file(meaning: &str) -> Result<Option<Choice>, Error> {
    if !nirkit_platforms::file::is_file(meaning) {
        return Ok(None);
    }
    let hash = nirkit_io::sha256(Path::new(meaning)).map_err(Error::from)?.unwrap_or_default();
    let source = format!("given, with the SHA-256 {hash}");
    Ok(Some(Choice::new("platform file", meaning, source)))
}

/// Whether a meaning is the graph's own, and that of no platform: continuous time, which has two names, or a time grid.
pub(crate) fn is_own(meaning: &str) -> bool {
    is_ideal(meaning) || meaning == "clocked"
}

/// Whether a meaning is continuous time, which has two names.
pub(crate) fn is_ideal(meaning: &str) -> bool {
    matches!(meaning, "exact" | "ideal")
}

/// The name of a meaning where several stand side by side: `ideal` is continuous time.
pub(crate) fn title(meaning: &str) -> Result<String, Error> {
    Ok(match meaning {
        own if is_ideal(own) => "ideal".to_owned(),
        "clocked" => "clocked".to_owned(),
        title => match platform(title)? {
            Platform::Simulator(profile) => profile.title(),
            Platform::Chip(chip) => chip.title(),
        },
    })
}
