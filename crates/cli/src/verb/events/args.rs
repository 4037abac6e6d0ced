//! The arguments of `nir events`.

use std::num::NonZeroU16;
use std::ops::Range;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum, ValueHint};
use nirkit::events::filter::Crop;
use nirkit::events::{
    Camera, Compression, Format as Recording, PolarityChoice, ReadOptions, Size, TimeUnit,
};
use nirkit::io::Limits;
use nirkit::seconds;

use crate::args::{Format, FormatArgs, LimitArgs, sample_range};
use crate::failure::Failure;

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir events info recording.raw --format json
  nir events convert recording.aedat4 recording.npy")]
pub(crate) struct EventsArgs {
    #[command(subcommand)]
    pub(crate) verb: EventsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EventsVerb {
    /// Say what is in recordings: format, sensor, duration, counts, rates, and what is wrong
    Info(InfoArgs),
    /// Convert a recording to another format, with filters
    Convert(Box<ConvertArgs>),
}

impl EventsArgs {
    /// The form of the result.
    pub(crate) fn format(&self) -> Format {
        match &self.verb {
            EventsVerb::Info(args) => args.format.format,
            EventsVerb::Convert(args) => args.format.format,
        }
    }
}

/// What the user says about a recording; everything else follows from its content.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct ReadingArgs {
    /// Format of the recording, where its content does not show it
    #[arg(long, value_enum, value_name = "FORMAT")]
    from: Option<RecordingName>,
    /// Camera of an AEDAT 1.0 or 2.0 recording whose header does not name it
    #[arg(long, value_enum, value_name = "CAMERA")]
    camera: Option<CameraName>,
    /// Columns and rows of the sensor, in place of what the recording states: 346x260
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<Size>,
    /// Unit of the times in arrays and text (npy, npz, csv); without it, whole numbers are microseconds and others seconds
    #[arg(long, value_enum, value_name = "UNIT")]
    time_unit: Option<UnitName>,
    /// Number of the stream of events of an AEDAT 4.0 recording; the first if not given
    #[arg(long, value_name = "N")]
    stream: Option<i32>,
    #[command(flatten)]
    limits: LimitArgs,
}

impl ReadingArgs {
    /// The limits.
    pub(crate) fn limits(&self) -> Result<Limits, Failure> {
        self.limits.limits()
    }

    /// What was said; of the limits, `expansion` and `dataset_bytes` are about recordings, which are read a stretch at a time.
    pub(crate) fn options(&self) -> Result<ReadOptions, Failure> {
        let (limits, usual) = (self.limits.limits()?, ReadOptions::default());
        Ok(ReadOptions {
            format: self.from.map(|name| name.0),
            camera: self.camera.map(|name| name.0),
            size: self.size,
            time_unit: self.time_unit.map(Into::into),
            stream: self.stream,
            packet_bytes: usual.packet_bytes.min(limits.dataset_bytes),
            expansion: limits.expansion,
        })
    }
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir events info recording.raw
  nir events info *.aedat4 --format json
  nir events info sample.bin --from nmnist
  nir events info recording.dat --svg recording.svg
  nir events info shd_test.h5 --samples 0:4 --svg four.svg

The exit code is 1 when something puts events in doubt; wrap-around of a counter and data of another kind do not.")]
pub(crate) struct InfoArgs {
    /// One or several recordings
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    /// Draw the recording: events of each pixel, and columns over time; of samples, channels over time
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath)]
    pub(crate) svg: Option<PathBuf>,
    /// Samples that are looked at in a file with many (SHD): 7, 0:100
    #[arg(long, value_name = "N|FROM:TO", value_parser = sample_range)]
    pub(crate) samples: Option<Range<usize>>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  nir events convert recording.raw recording.npy            x, y, t (us), p, as tonic has them
  nir events convert sample.bin sample.aedat4 --size 34x34
  nir events convert recording.aedat4 short.raw --to evt3 --time-window 1s:2s --rebase
  nir events convert recording.dat small.csv --crop 100,50,128x128 --downsample 4 --hot-pixels 500
  nir events convert shd_test.h5 folder --samples 0:100     a file for each sample, and labels.csv

Filters are applied in the order: time window, hot pixels, flip, crop, downsample, refractory, polarity, rebase, end.
The exit code is 1 when something puts events of the recording in doubt; the file is written all the same.")]
pub(crate) struct ConvertArgs {
    /// The recording to read
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) input: PathBuf,
    /// The recording to write; the endings .aedat4, .dat, .bin (N-MNIST), .npy and .csv say its format,
    /// .raw needs `--to`. Of a file with many samples (SHD), a folder that gets a file for each
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) output: PathBuf,
    /// Format to write
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) to: Option<WrittenName>,
    /// Compression of the packets of AEDAT 4.0; lz4 if not given
    #[arg(long, value_enum)]
    pub(crate) compression: Option<PackingName>,
    /// Keep events from one time on and before another, counted from the first event: 0.5:1.5, 100ms:, :2s
    #[arg(long, value_name = "FROM:TO", value_parser = window)]
    pub(crate) time_window: Option<(f64, f64)>,
    /// Take out pixels with more than so many events in a second, on average over the recording
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) hot_pixels: Option<f64>,
    /// Count rows from the other side of the sensor
    #[arg(long)]
    pub(crate) flip_y: bool,
    /// Keep a rectangle, from its first column and row on: 100,50,128x128
    #[arg(long, value_name = "X,Y,WxH", value_parser = crop)]
    pub(crate) crop: Option<Crop>,
    /// Make one pixel of N x N; every event stays
    #[arg(long, value_name = "N")]
    pub(crate) downsample: Option<NonZeroU16>,
    /// Take out events that come less than this after the last one of their pixel that was kept
    #[arg(long, value_name = "SECONDS", value_parser = positive)]
    pub(crate) refractory: Option<f64>,
    /// Write a file for each polarity, make every event ON, or keep one polarity
    #[arg(long, value_enum)]
    pub(crate) polarity: Option<PolarityName>,
    /// Let times begin at 0: take the time of the first event that is kept from all times
    #[arg(long)]
    pub(crate) rebase: bool,
    /// End after so many events
    #[arg(long, value_name = "N")]
    pub(crate) max_events: Option<u64>,
    /// Samples that are converted of a file with many (SHD): 7, 0:100
    #[arg(long, value_name = "N|FROM:TO", value_parser = sample_range)]
    pub(crate) samples: Option<Range<usize>>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// A size: `346x260`.
fn size(text: &str) -> Result<Size, String> {
    let parts = text
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match parts {
        Some((width, height)) if width > 0 && height > 0 => Ok(Size { width, height }),
        _ => Err("give columns and rows from 1 to 65535: 346x260".to_owned()),
    }
}

/// A rectangle: `100,50,128x128`.
fn crop(text: &str) -> Result<Crop, String> {
    let mut parts = text.splitn(3, ',');
    let mut number = || parts.next()?.parse().ok();
    let (x, y) = (number(), number());
    match (x, y, parts.next().map(size)) {
        (Some(x), Some(y), Some(Ok(size))) => Ok(Crop { x, y, size }),
        _ => Err("give the first column and row, then columns and rows: 100,50,128x128".to_owned()),
    }
}

/// A stretch of time: `0.5:1.5`, with either end left out.
fn window(text: &str) -> Result<(f64, f64), String> {
    let (from, to) =
        text.split_once(':').ok_or("give two times with a colon between them: 0.5:1.5")?;
    let time = |text: &str, default: f64| if text.is_empty() { Ok(default) } else { seconds(text) };
    // The end of all times that 64 bits of microseconds have.
    let (from, to) = (time(from, 0.0)?, time(to, 9e12)?);
    if !(from >= 0.0 && to > from && to <= 9e12) {
        return Err("the first time is 0 or more, and the second is later".to_owned());
    }
    Ok((from, to))
}

fn positive(text: &str) -> Result<f64, String> {
    let time = seconds(text)?;
    if time > 0.0 && time <= 9e12 { Ok(time) } else { Err("give a time above 0".to_owned()) }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("give a number above 0, in events in a second".to_owned()),
    }
}

/// The name of a format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordingName(Recording);

impl ValueEnum for RecordingName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [RecordingName; Recording::ALL.len()] = {
            let mut all = [RecordingName(Recording::Csv); Recording::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = RecordingName(Recording::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()).help(self.0.title()))
    }
}

/// The name of a format that is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WrittenName(pub(crate) Recording);

impl ValueEnum for WrittenName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [WrittenName; Recording::WRITTEN.len()] = {
            let mut all = [WrittenName(Recording::Csv); Recording::WRITTEN.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = WrittenName(Recording::WRITTEN[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()).help(self.0.title()))
    }
}

/// The name of a camera.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CameraName(Camera);

impl ValueEnum for CameraName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [CameraName; Camera::ALL.len()] = {
            let mut all = [CameraName(Camera::Dvs128); Camera::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = CameraName(Camera::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let size = self.0.size();
        let help = format!("{} x {} pixels", size.width, size.height);
        Some(clap::builder::PossibleValue::new(self.0.name()).help(help))
    }
}

/// The name of a unit of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnitName {
    /// Seconds
    S,
    /// Milliseconds
    Ms,
    /// Microseconds
    Us,
    /// Nanoseconds
    Ns,
}

impl From<UnitName> for TimeUnit {
    fn from(name: UnitName) -> Self {
        match name {
            UnitName::S => Self::Seconds,
            UnitName::Ms => Self::Milliseconds,
            UnitName::Us => Self::Microseconds,
            UnitName::Ns => Self::Nanoseconds,
        }
    }
}

/// How packets of AEDAT 4.0 are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PackingName {
    /// Not at all
    None,
    /// LZ4, as DV does it
    Lz4,
    /// Zstandard: smaller
    Zstd,
}

impl From<PackingName> for Compression {
    fn from(name: PackingName) -> Self {
        match name {
            PackingName::None => Self::None,
            PackingName::Lz4 => Self::Lz4,
            PackingName::Zstd => Self::Zstd,
        }
    }
}

/// What becomes of polarities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PolarityName {
    /// A file for each, NAME.on.ENDING and NAME.off.ENDING
    Split,
    /// Every event becomes ON
    Merge,
    /// Events that are ON are kept
    On,
    /// Events that are OFF are kept
    Off,
}

impl From<PolarityName> for PolarityChoice {
    fn from(name: PolarityName) -> Self {
        match name {
            PolarityName::Split => Self::Split,
            PolarityName::Merge => Self::Merge,
            PolarityName::On => Self::On,
            PolarityName::Off => Self::Off,
        }
    }
}
