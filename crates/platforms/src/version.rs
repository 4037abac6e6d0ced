//! Platforms by name and version.

use crate::profile::Profile;
use crate::simulator;

/// Every profile, platform by platform; the first of a name is what the bare name means.
pub fn all() -> impl Iterator<Item = &'static Profile> {
    simulator::ALL.iter().copied().flatten().copied()
}

/// The profile of `name` or `name@version`.
pub fn find(title: &str) -> Result<&'static Profile, UnknownPlatform> {
    let (name, version) = match title.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (title, None),
    };
    let is_meant = |profile: &&Profile| {
        profile.name == name && version.is_none_or(|version| profile.version == version)
    };
    all().find(is_meant).ok_or_else(|| UnknownPlatform {
        title: title.to_owned(),
        known: all()
            .filter(|profile| version.is_none() || profile.name == name)
            .map(Profile::title)
            .collect(),
    })
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
