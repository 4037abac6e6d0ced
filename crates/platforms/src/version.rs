//! Platforms by name and version.

use std::path::Path;

use crate::chip::{self, Chip};
use crate::file::{self, FileError};
use crate::profile::Profile;
use crate::simulator;

/// A simulator or a chip.
#[derive(Clone, Copy, Debug)]
pub enum Platform {
    /// A simulator, said in a profile.
    Simulator(&'static Profile),
    /// A chip, which graphs are lowered to.
    Chip(&'static Chip),
}

/// The platform of `name` or `name@version`, or that which a file describes.
pub fn platform(title: &str) -> Result<Platform, PlatformError> {
    if file::is_file(title) {
        return Ok(file::read(Path::new(title))?);
    }
    Ok(brought(title)?)
}

/// The platform of `name` or `name@version`, simulator or chip.
pub(crate) fn brought(title: &str) -> Result<Platform, UnknownPlatform> {
    let (name, version) = split(title);
    let is_meant = |chip: &&Chip| chip.name == name && is_version(chip.version, version);
    if let Some(&chip) = chip::ALL.iter().find(|chip| is_meant(chip)) {
        return Ok(Platform::Chip(chip));
    }
    let with_chips = |mut unknown: UnknownPlatform| {
        let chips =
            chip::ALL.iter().filter(|chip| !has_other_versions(name, version) || chip.name == name);
        unknown.known.extend(chips.map(|chip| chip.title()));
        unknown
    };
    find(title).map(Platform::Simulator).map_err(with_chips)
}

/// There is no platform of a name, or none can be read from its file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// No platform has the name.
    #[error(transparent)]
    Unknown(#[from] UnknownPlatform),
    /// The file does not describe a platform.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Name and version of `name` or `name@version`.
fn split(title: &str) -> (&str, Option<&str>) {
    title.split_once('@').map_or((title, None), |(name, version)| (name, Some(version)))
}

/// Whether a version is meant by what is given: nothing, the version, or its beginning up to a full stop.
fn is_version(version: &str, given: Option<&str>) -> bool {
    given.is_none_or(|given| {
        let rest = version.strip_prefix(given);
        rest.is_some_and(|rest| rest.is_empty() || (!given.is_empty() && rest.starts_with('.')))
    })
}

/// Every profile, platform by platform; the first of a name is what the bare name means.
pub fn all() -> impl Iterator<Item = &'static Profile> {
    simulator::ALL.iter().copied().flatten().copied()
}

/// The profile of `name` or `name@version`.
pub fn find(title: &str) -> Result<&'static Profile, UnknownPlatform> {
    let (name, version) = split(title);
    let is_meant =
        |profile: &&Profile| profile.name == name && is_version(profile.version, version);
    all().find(is_meant).ok_or_else(|| UnknownPlatform {
        title: title.to_owned(),
        known: all()
            .filter(|profile| !has_other_versions(name, version) || profile.name == name)
            .map(Profile::title)
            .collect(),
    })
}

/// Whether a version is asked for of a platform that has others.
fn has_other_versions(name: &str, version: Option<&str>) -> bool {
    let is_chip = || chip::ALL.iter().any(|chip| chip.name == name);
    version.is_some() && (all().any(|profile| profile.name == name) || is_chip())
}

/// There is no such platform, or no such version of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no platform `{title}`; choose one of {}", known.join(", "))]
pub struct UnknownPlatform {
    /// What was asked for.
    pub title: String,
    /// What there is.
    pub known: Vec<String>,
}
