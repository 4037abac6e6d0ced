//! From a file with many samples to a file for each.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nirkit_events::{Finding, Format};
use nirkit_io::ending;
use nirkit_io::text::write_text;
use serde::Serialize;

use super::Watch;
use super::convert::{Conversion, Converted, Origin, PolarityChoice, Written, convert_from};
use super::info_samples::Gathered;
use super::samples::Samples;
use crate::recording::make_folder;
use crate::{Error, ErrorKind};

/// The file with the class of each sample, as an evaluation of a folder takes it.
const LABELS: &str = "labels.csv";

/// What a conversion of samples did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConvertedSamples {
    /// Samples of the file.
    pub samples: usize,
    /// Events that were read.
    pub read: u64,
    /// The file of each sample that was converted.
    pub written: Vec<Written>,
    /// The file with the classes; `None` for a single sample, and where the classes are not stated.
    pub labels: Option<PathBuf>,
    /// Groups and datasets that nothing is taken from.
    pub unread: Vec<String>,
    /// What was chosen without being asked for, each with its reason.
    pub notes: Vec<String>,
    /// What was noticed, the gravest first.
    pub findings: Vec<Finding>,
}

impl ConvertedSamples {
    /// Whether something puts the events in doubt.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind.is_warning())
    }
}

/// Whether a name is that of a file, by its ending; otherwise it is that of a folder.
fn is_file(output: &Path) -> bool {
    let of_recordings = Format::ALL.map(Format::endings).concat();
    ending::of_file(output).is_some() || ending::ends_in(output, &of_recordings)
}

/// Converts the samples that are chosen, or all. A name with the ending of a format takes one sample; any other is that of a
/// folder, which gets a file for each sample and `labels.csv`. Each file appears complete, or not at all.
///
/// # Errors
///
/// Samples that are not there, several samples for one file, files that cannot be read or written, events that the format has
/// no room for.
pub fn convert_samples(
    set: &Samples,
    output: &Path,
    chosen: Option<&Range<usize>>,
    how: &Conversion,
    watch: Watch<'_>,
) -> Result<ConvertedSamples, Error> {
    let chosen = set.chosen(chosen)?;
    if how.polarity == Some(PolarityChoice::Split) {
        let what = "the spikes of a channel have no polarity that could be split";
        return Err(Error::new(what).of_kind(ErrorKind::Choice).help("leave `--polarity` out"));
    }
    let mut done = ConvertedSamples {
        samples: set.len(),
        read: 0,
        written: Vec::new(),
        labels: None,
        unread: set.unread().to_vec(),
        notes: Vec::new(),
        findings: Vec::new(),
    };
    let mut gathered = Gathered::default();
    let mut add = |sample: usize, converted: Converted| {
        done.read += converted.read;
        done.written.extend(converted.written);
        done.notes.extend(converted.notes);
        gathered.add(sample, converted.findings);
    };
    if is_file(output) {
        if chosen.len() != 1 {
            let what = format!("{} samples do not go into one file", chosen.len());
            return Err(Error::new(what).of_kind(ErrorKind::Choice).in_file(output).help(
                "take one of them (`--samples N`), or give the name of a folder, without an ending",
            ));
        }
        let origin = Origin::Sample(set, chosen.start);
        add(chosen.start, convert_from(&origin, output, how, watch)?);
        done.findings = gathered.list();
        return Ok(done);
    }
    let format = how.to.unwrap_or(Format::Npy);
    let how = Conversion { to: Some(format), ..how.clone() };
    if output.join(LABELS).canonicalize().ok() == set.path().canonicalize().ok() {
        let what = "the labels of the samples would take the place of the recording";
        let error = Error::new(what).of_kind(ErrorKind::Choice).in_file(set.path());
        return Err(error.help("give another folder"));
    }
    make_folder(output)?;
    let digits = set.len().saturating_sub(1).to_string().len();
    let mut labels = "file,label\n".to_owned();
    for sample in chosen.clone() {
        let name = format!("{sample:0digits$}.{}", format.endings()[0]);
        let origin = Origin::Sample(set, sample);
        add(sample, convert_from(&origin, &output.join(&name), &how, &|_, _| ())?);
        if let Some(label) = set.labels().and_then(|labels| labels.get(sample)) {
            let _ = writeln!(labels, "{name},{label}");
        }
        watch((sample + 1 - chosen.start) as u64, chosen.len() as u64);
    }
    if set.labels().is_some() {
        let file = output.join(LABELS);
        write_text(&file, &labels).map_err(Error::from)?;
        done.labels = Some(file);
    }
    done.notes.dedup();
    done.findings = gathered.list();
    Ok(done)
}
