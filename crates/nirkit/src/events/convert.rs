//! From one format of recordings to another, with filters.

use std::path::{Path, PathBuf};

use nirkit_events::filter::{Crop, HotPixels, Polarity};
use nirkit_events::{
    About, Compression, Event, Finding, Format, ReadError, ReadOptions, Reader, Size, WriteError,
    WriteOptions, Writer, YOrigin,
};
use nirkit_io::ending::ending;
use nirkit_io::stage_seekable;
use serde::Serialize;

use super::info::summarise;
use super::samples::Samples;
use super::{Watch, filters, of_read, of_write, open};
use crate::{Error, ErrorKind};

/// What becomes of polarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolarityChoice {
    /// A file for each: `NAME.on.ENDING` and `NAME.off.ENDING`.
    Split,
    /// Every event becomes ON.
    Merge,
    /// Only events that are ON are kept.
    On,
    /// Only events that are OFF are kept.
    Off,
}

/// How a recording is converted. Filters are applied in the order of the fields.
#[derive(Clone, Debug, Default)]
pub struct Conversion {
    /// What the user says about the recording.
    pub reading: ReadOptions,
    /// The format that is written; otherwise the ending of the name says it.
    pub to: Option<Format>,
    /// How packets of AEDAT 4.0 are compressed; LZ4 if not given.
    pub compression: Option<Compression>,
    /// Keeps events from the first of these seconds on and before the second, counted from the first event.
    pub time_window: Option<(f64, f64)>,
    /// Takes out pixels with more than so many events in a second, on average over the recording.
    pub hot_pixels: Option<f64>,
    /// Counts rows from the other side.
    pub flip_y: bool,
    /// Keeps a rectangle.
    pub crop: Option<Crop>,
    /// Makes one pixel of a square of so many columns and rows.
    pub downsample: Option<std::num::NonZeroU16>,
    /// Takes out events that come less than so many seconds after the last one of their pixel.
    pub refractory: Option<f64>,
    /// What becomes of polarities.
    pub polarity: Option<PolarityChoice>,
    /// Lets times begin at 0.
    pub rebase: bool,
    /// Ends after so many events.
    pub max_events: Option<u64>,
}

/// What a conversion did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Converted {
    /// What the recording says about itself.
    pub about: About,
    /// Events that were read.
    pub read: u64,
    /// What was written.
    pub written: Vec<Written>,
    /// What was chosen without being asked for, each with its reason.
    pub notes: Vec<String>,
    /// What was noticed in the recording, the gravest first.
    pub findings: Vec<Finding>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Written {
    /// The file.
    pub file: PathBuf,
    /// Its format.
    pub format: Format,
    /// The size of the sensor that it states.
    pub size: Option<Size>,
    /// Its events.
    pub events: u64,
    /// What was done to the events, in order.
    pub steps: Vec<Step>,
}

/// What a filter did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What it is.
    pub what: String,
    /// Events that it took out.
    pub removed: u64,
}

impl Converted {
    /// Whether something puts the events in doubt.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind.is_warning())
    }
}

/// Returns the format that the name of a file says by its ending.
///
/// # Errors
///
/// An ending that stands for several formats, or for none that is written.
pub fn format_of_name(path: &Path) -> Result<Format, Error> {
    let ending = ending(path);
    let formats: Vec<Format> = Format::WRITTEN
        .into_iter()
        .filter(|format| format.endings().contains(&ending.as_str()))
        .collect();
    let options = |formats: &[Format]| {
        let options: Vec<String> =
            formats.iter().map(|format| format!("`--to {}`", format.name())).collect();
        options.join(" or ")
    };
    match formats[..] {
        [format] => Ok(format),
        [] => Err(Error::new(format!("{} says no format that is written", path.display()))
            .of_kind(ErrorKind::Choice)
            .help(format!("give {}", options(&Format::WRITTEN)))),
        _ => {
            let titles: Vec<&str> = formats.iter().map(|format| format.title()).collect();
            let what = format!("{}: .{ending} is {}", path.display(), titles.join(" or "));
            Err(Error::new(what)
                .of_kind(ErrorKind::Choice)
                .help(format!("give {}", options(&formats))))
        }
    }
}

/// Refuses a name whose ending says another format than the one that is written.
fn refuse_other_ending(path: &Path, format: Format) -> Result<(), Error> {
    let ending = ending(path);
    let is_of = |format: Format| format.endings().contains(&ending.as_str());
    if is_of(format) || !Format::ALL.into_iter().any(is_of) {
        return Ok(());
    }
    let name = path.with_extension(format.endings()[0]);
    let what = format!("{}: .{ending} is not {}", path.display(), format.title());
    Err(Error::new(what)
        .of_kind(ErrorKind::Choice)
        .help(format!("write {}, or leave `--to` out", name.display())))
}

/// Converts a recording. The file that is written appears complete, or not at all.
///
/// # Errors
///
/// Files that cannot be read or written, events that the format has no room for, choices that cannot be followed.
pub fn convert(
    input: &Path,
    output: &Path,
    how: &Conversion,
    watch: Watch<'_>,
) -> Result<Converted, Error> {
    convert_from(&Origin::File(input), output, how, watch)
}

/// Where a recording is.
pub(super) enum Origin<'a> {
    /// In a file of its own.
    File(&'a Path),
    /// A sample of a file with many.
    Sample(&'a Samples, usize),
}

impl Origin<'_> {
    fn open(&self, options: &ReadOptions) -> Result<Reader, Error> {
        match self {
            Self::File(path) => open(path, options),
            Self::Sample(set, sample) => set.reader(*sample),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Sample(set, _) => set.path(),
        }
    }
}

/// Converts a recording, wherever it is.
pub(super) fn convert_from(
    input: &Origin<'_>,
    output: &Path,
    how: &Conversion,
    watch: Watch<'_>,
) -> Result<Converted, Error> {
    let format = how.to.map_or_else(|| format_of_name(output), Ok)?;
    refuse_other_ending(output, format)?;
    if how.compression.is_some() && format != Format::Aedat4 {
        let what = format!("a compression (`--compression`) has no effect on {}", format.title());
        return Err(Error::new(what)
            .of_kind(ErrorKind::Choice)
            .help("leave it out; it belongs to aedat4"));
    }
    let outputs = outputs(output, how.polarity);
    refuse_same(input.path(), &outputs)?;
    let hot = how.hot_pixels.map(|rate| hot_pixels(input, how, rate, watch)).transpose()?;
    let (mut written, mut staged, mut last) = (Vec::new(), Vec::new(), None);
    for (path, polarity) in outputs {
        let pass = Pass { input, how, format, hot: hot.as_ref(), polarity };
        let (file, done, read) = pass.run(&path, watch)?;
        written.push(done);
        staged.push(file);
        last = Some(read);
    }
    for file in staged {
        file.finish().map_err(Error::from)?;
    }
    let (about, read, findings) = last.ok_or_else(|| Error::new("nothing is written"))?;
    let mut notes = Vec::new();
    if about.y_origin == YOrigin::Bottom && !how.flip_y {
        notes.push(format!(
            "rows count from the bottom in {}, and are written as they are; `--flip-y` counts them from the top",
            about.format.title()
        ));
    }
    if format == Format::Nmnist && written.iter().any(|written| written.events == 0) {
        let what = "N-MNIST has no header, so that a file without events has no bytes";
        notes.push(format!("{what}; `--from nmnist` reads it"));
    }
    Ok(Converted { about, read, written, notes, findings })
}

/// The files that are written, and the polarity of their events.
fn outputs(output: &Path, polarity: Option<PolarityChoice>) -> Vec<(PathBuf, Option<Polarity>)> {
    let one = |polarity| vec![(output.to_path_buf(), polarity)];
    match polarity {
        None => one(None),
        Some(PolarityChoice::Merge) => one(Some(Polarity::Merge)),
        Some(PolarityChoice::On) => one(Some(Polarity::On)),
        Some(PolarityChoice::Off) => one(Some(Polarity::Off)),
        Some(PolarityChoice::Split) => [("on", Polarity::On), ("off", Polarity::Off)]
            .map(|(word, polarity)| (with_word(output, word), Some(polarity)))
            .to_vec(),
    }
}

/// Refuses to write over the recording that is read, and two files that are one. Devices are written to and not replaced.
fn refuse_same(input: &Path, outputs: &[(PathBuf, Option<Polarity>)]) -> Result<(), Error> {
    let mut taken =
        vec![(input.canonicalize().ok(), "it is read by this conversion, and would be lost")];
    for (output, _) in outputs {
        let place = output.canonicalize().ok().filter(|place| place.is_file());
        let known = place
            .as_ref()
            .and_then(|place| taken.iter().find(|(known, _)| known.as_ref() == Some(place)));
        if let Some((_, why)) = known {
            return Err(Error::new(*why)
                .of_kind(ErrorKind::Write)
                .in_file(output)
                .help("name another place for what is written"));
        }
        taken.push((place, "the other file of the split is the same"));
    }
    Ok(())
}

/// The name of a file with a word before its ending.
fn with_word(path: &Path, word: &str) -> PathBuf {
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy()));
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{stem}.{word}{}", ending.unwrap_or_default()))
}

/// The pixels that fire more often than a bound, for which the recording is read once more.
fn hot_pixels(
    input: &Origin<'_>,
    how: &Conversion,
    rate: f64,
    watch: Watch<'_>,
) -> Result<HotPixels, Error> {
    let (summary, _, _) = summarise(input.open(&how.reading)?, input.path(), watch)?;
    HotPixels::of(&summary, rate).ok_or_else(|| {
        Error::new("the places of the events are spread over too many pixels to find hot ones")
            .of_kind(ErrorKind::Run)
            .in_file(input.path())
            .help("crop the recording first")
    })
}

/// What was read: what the recording says, events, findings.
type Read = (About, u64, Vec<Finding>);

/// Reading a recording and writing one file.
struct Pass<'a> {
    input: &'a Origin<'a>,
    how: &'a Conversion,
    format: Format,
    hot: Option<&'a HotPixels>,
    polarity: Option<Polarity>,
}

impl Pass<'_> {
    fn run(
        &self,
        path: &Path,
        watch: Watch<'_>,
    ) -> Result<(nirkit_io::Staged, Written, Read), Error> {
        let mut reader = self.input.open(&self.how.reading)?;
        let mut chain = filters::chain(self.how, self.hot, self.polarity, reader.about().size)
            .map_err(|error| error.of_kind(ErrorKind::Choice).in_file(self.input.path()))?;
        let size = chain.size(reader.about().size);
        let options = WriteOptions { size, compression: self.how.compression.unwrap_or_default() };
        let mut count = 0;
        let most = self.how.max_events.unwrap_or(u64::MAX);
        let staged = stage_seekable(path, |mut out| {
            let mut writer = Writer::new(&mut out, self.format, &options)?;
            let mut events: Vec<Event> = Vec::new();
            while count < most && reader.read(&mut events).map_err(Fault::Read)? {
                chain.apply(&mut events).map_err(Fault::Filter)?;
                let left = usize::try_from(most - count).unwrap_or(usize::MAX);
                events.truncate(left);
                writer.write(&events)?;
                count += events.len() as u64;
                let (read, all) = reader.progress();
                watch(read, all);
            }
            writer.finish()?;
            Ok(())
        });
        let staged = staged.map_err(|fault| match fault {
            Fault::Read(error) => of_read(&ReadError::Io(error), self.input.path()),
            Fault::Filter(error) => of_read(&error, self.input.path()),
            Fault::Write(error) => of_write(&error, path),
        })?;
        let mut steps: Vec<Step> =
            chain.done().map(|(what, removed)| Step { what, removed }).collect();
        if count == most {
            steps.push(Step {
                what: format!("end after {most} events; the rest is not read"),
                removed: 0,
            });
        }
        let written =
            Written { file: path.to_path_buf(), format: self.format, size, events: count, steps };
        Ok((staged, written, (reader.about().clone(), reader.events(), reader.findings())))
    }
}

/// Why a pass ended.
enum Fault {
    Read(std::io::Error),
    Filter(ReadError),
    Write(WriteError),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}
