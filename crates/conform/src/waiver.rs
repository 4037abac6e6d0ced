//! Waivers: cases that a driver is excused from, each with a reason.

use std::path::Path;

use nirkit::io::text::read_document;
use nirkit::{Error, ErrorKind};
use serde::Deserialize;

use crate::score::Verdict;

/// Waivers, as a file has them.
///
/// ```toml
/// format = 1
///
/// [[waivers]]
/// case = "conv1d_*"
/// reason = "the chip has no convolution along one axis"
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// Number of the form.
    format: u32,
    /// The waivers; the first that fits a case counts.
    #[serde(default)]
    waivers: Vec<Waiver>,
}

/// Cases that are excused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiver {
    /// Name of a case; a `*` stands for anything.
    case: String,
    /// Why.
    reason: String,
}

impl Waivers {
    /// Reads waivers from a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, and a waiver without a reason.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |message: String| Error::new(message).of_kind(ErrorKind::Read).in_file(path);
        let text = read_document(path)?;
        let waivers: Self =
            toml::from_str(&text).map_err(|error| failed(error.message().replace('\n', " ")))?;
        if waivers.format != 1 {
            return Err(failed(format!("this program reads the form 1, not {}", waivers.format)));
        }
        let bare = waivers.waivers.iter().filter(|waiver| waiver.reason.trim().is_empty());
        let errors: Vec<Error> = bare
            .map(|waiver| failed(format!("the waiver of `{}` has no reason", waiver.case)))
            .collect();
        if errors.is_empty() { Ok(waivers) } else { Err(Error::several(errors)) }
    }

    /// Puts waivers into verdicts that need them. Returns what is wrong with the waivers: those that fit no case, and those
    /// whose cases are all right.
    pub fn apply(&self, verdicts: &mut [Verdict]) -> Vec<String> {
        let mut useless = Vec::new();
        for Waiver { case, reason } in &self.waivers {
            let (mut fits, mut needed) = (0, 0);
            for verdict in verdicts.iter_mut().filter(|verdict| matches(case, &verdict.case)) {
                fits += 1;
                if !verdict.class.is_right() {
                    needed += 1;
                    verdict.waiver.get_or_insert_with(|| reason.clone());
                }
            }
            if fits == 0 {
                useless.push(format!("the waiver of `{case}` fits no case"));
            } else if needed == 0 {
                useless
                    .push(format!("the waiver of `{case}` is not needed: all its cases are right"));
            }
        }
        useless
    }
}

/// Whether a name is meant by a pattern in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("conv1d_*", "conv1d_3"));
        assert!(matches("*", "a") && matches("a", "a") && matches("*_x_*", "a_x_b"));
        assert!(!matches("a", "ab") && !matches("conv1d_*", "conv2d_1") && !matches("*b", "a"));
    }
}
