//! Reads a recording of any format, a stretch at a time.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;

use nirkit_numerics::Tensor;

use crate::about::TimeUnit;
use crate::detect::detect;
use crate::error::ReadError;
use crate::finding::{Finding, Findings, Kind, Place};
use crate::format::{Decode, Opened, spike_list};
use crate::input::{Input, STRETCH, Source};
use crate::{About, Camera, Event, Format, Size};

/// What the user says about a recording; everything else follows from its content.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format, for files that do not show it.
    pub format: Option<Format>,
    /// The camera, for AEDAT 1.0 to 3.1.
    pub camera: Option<Camera>,
    /// The size of the sensor, in place of what the file states.
    pub size: Option<Size>,
    /// The unit of the times, for arrays and text.
    pub time_unit: Option<TimeUnit>,
    /// The number of the stream, for AEDAT 4.0.
    pub stream: Option<i32>,
    /// Bytes that a packet of AEDAT 4.0 may have, compressed and not.
    pub packet_bytes: u64,
    /// Bytes that the arrays of an archive may have for each byte of the file, once they are more than [`Self::SMALL`].
    pub expansion: u64,
}

impl ReadOptions {
    /// Decompressed bytes that are harmless whatever the size of the file: 64 MiB.
    pub const SMALL: u64 = 64 << 20;

    /// Refuses arrays of an archive that have more bytes than the size of the file allows, before they are decompressed.
    pub(crate) fn check_expansion(&self, decompressed: u64, length: u64) -> Result<(), ReadError> {
        let limit = length.saturating_mul(self.expansion).max(Self::SMALL);
        if decompressed <= limit {
            return Ok(());
        }
        let what = format!(
            "the arrays have {decompressed} bytes when they are decompressed, the file has {length} bytes \
             (`--limit expansion=N` allows N times as many; N is {})",
            self.expansion
        );
        Err(ReadError::Limit { what, limit })
    }

    /// Refuses what a format has no use for.
    pub(crate) fn refuse_unused(&self, format: Format) -> Result<(), ReadError> {
        use Format::{Aedat1, Aedat2, Aedat3, Aedat4, Csv, Npy, Npz, Shd};
        let options: [(bool, &str, &[Format]); 3] = [
            (self.camera.is_some(), "the camera (`--camera`)", &[Aedat1, Aedat2, Aedat3]),
            (self.time_unit.is_some(), "the unit of times (`--time-unit`)", &[Npy, Npz, Csv, Shd]),
            (self.stream.is_some(), "the number of a stream (`--stream`)", &[Aedat4]),
        ];
        for (is_given, option, formats) in options {
            if is_given && !formats.contains(&format) {
                let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
                return Err(ReadError::unsupported(
                    format!("{option} has no effect on {}", format.title()),
                    format!("leave it out; it belongs to {}", names.join(", ")),
                ));
            }
        }
        Ok(())
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            camera: None,
            size: None,
            time_unit: None,
            stream: None,
            packet_bytes: 256 << 20,
            expansion: 100,
        }
    }
}

/// A recording that is being read.
pub struct Reader {
    about: About,
    decoder: Box<dyn Decode>,
    findings: Findings,
    checks: Checks,
    is_done: bool,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("about", &self.about).finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be opened, a format that is not known or not read, a damaged header.
    pub fn open(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self, ReadError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder").into());
        }
        // Formats are gone back in, and a device may have no end.
        if !metadata.is_file() {
            let what = "it is a device or a pipe; store the recording in a file";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what).into());
        }
        Self::of_source(Box::new(file), options)
    }

    /// Reads a file that is in memory.
    ///
    /// # Errors
    ///
    /// As for [`Reader::open`].
    pub fn of_bytes(bytes: Vec<u8>, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::of_source(Box::new(Cursor::new(bytes)), options)
    }

    /// Reads anything that can be read and moved in.
    ///
    /// # Errors
    ///
    /// As for [`Reader::open`].
    pub fn of_source(source: Box<dyn Source>, options: &ReadOptions) -> Result<Self, ReadError> {
        let mut input = Input::new(source)?;
        let length = input.length();
        let (format, decided_by) = match options.format {
            Some(format) => (format, "you name it".to_owned()),
            None => detect(input.peek(STRETCH)?, length)?,
        };
        Ok(Self::of_opened(format.open(input, &decided_by, options)?, options))
    }

    /// Reads the spikes of one sample: a time and a channel each, as SHD and SSC have them. Times with room for fractions are
    /// seconds, whole numbers are microseconds, unless the options say otherwise.
    ///
    /// ```
    /// use nirkit_events::{Event, Reader};
    /// use nirkit_numerics::Tensor;
    ///
    /// let (times, units) = (Tensor::vector(vec![0.25_f32, 0.5]), Tensor::vector(vec![3_u16, 700]));
    /// let mut reader = Reader::of_spike_list(&times, &units, &Default::default())?;
    /// let expected = [Event::new(250_000, 3, 0, true), Event::new(500_000, 700, 0, true)];
    /// assert_eq!(reader.read_all(10)?, expected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Complex numbers, lists of different lengths, an option that has no effect.
    pub fn of_spike_list(
        times: &Tensor,
        units: &Tensor,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        options.refuse_unused(Format::Shd)?;
        Ok(Self::of_opened(spike_list::open(times, units, options)?, options))
    }

    fn of_opened(mut opened: Opened, options: &ReadOptions) -> Self {
        if let Some(size) = options.size {
            opened.about.size = Some(size);
        }
        Self {
            checks: Checks::new(opened.about.size),
            about: opened.about,
            decoder: opened.decoder,
            findings: opened.findings,
            is_done: false,
        }
    }

    /// Returns what the recording says about itself.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Replaces a vector by the next events; `false` when there are no more. A stretch without events gives an empty vector.
    ///
    /// # Errors
    ///
    /// What the system refuses. Damage of the file is a finding.
    pub fn read(&mut self, events: &mut Vec<Event>) -> io::Result<bool> {
        events.clear();
        if self.is_done {
            return Ok(false);
        }
        self.is_done = !self.decoder.decode(events, &mut self.findings)?;
        self.checks.look(events, &mut self.findings);
        if self.is_done {
            self.say_what_is_left();
        }
        Ok(!self.is_done || !events.is_empty())
    }

    /// Reads all events, up to so many.
    ///
    /// # Errors
    ///
    /// As for [`Reader::read`], and more events than allowed.
    pub fn read_all(&mut self, most: u64) -> io::Result<Vec<Event>> {
        let (mut all, mut events) = (Vec::new(), Vec::new());
        let too_many = |what: String| Err(io::Error::new(io::ErrorKind::OutOfMemory, what));
        // Arrays say how many rows they have, and most rows are events.
        let (_, rows) = self.progress();
        if self.about.format.is_counted_in_rows() && rows > most {
            return too_many(format!(
                "the recording has {rows} rows, which are more than {most} events"
            ));
        }
        while self.read(&mut events)? {
            if (all.len() + events.len()) as u64 > most {
                return too_many(format!("the recording has more than {most} events"));
            }
            all.extend_from_slice(&events);
        }
        Ok(all)
    }

    /// Notes bytes that were not read because of damage.
    fn say_what_is_left(&mut self) {
        let (read, all) = self.decoder.progress();
        if read < all && !self.about.format.is_counted_in_rows() {
            self.findings.add_many(
                Kind::Truncated,
                "bytes that were not read",
                all - read,
                Place::Byte(read),
            );
        }
    }

    /// Returns how many events were read.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.checks.events
    }

    /// Returns how much was read, and how much there is: bytes, or rows of an array.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        self.decoder.progress()
    }

    /// Returns what was noticed so far, the gravest first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.findings.list()
    }
}

/// Looks at every event, of whatever format.
struct Checks {
    events: u64,
    last: Option<i64>,
    size: Option<Size>,
}

impl Checks {
    fn new(size: Option<Size>) -> Self {
        Self { events: 0, last: None, size }
    }

    /// Whether nothing is to be said of events after a time, which is nearly always so.
    #[expect(clippy::needless_bitwise_bool, reason = "a branch for each event would take longer")]
    fn are_well(events: &[Event], last: i64, size: Option<Size>) -> bool {
        const ANY: u32 = 1 << 16;
        let (columns, rows) =
            size.map_or((ANY, ANY), |size| (u32::from(size.width), u32::from(size.height)));
        let next = |(is_well, last): (bool, i64), event: &Event| {
            let is_inside = (u32::from(event.x) < columns) & (u32::from(event.y) < rows);
            (is_well & (event.t >= last) & (event.t >= 0) & is_inside, event.t)
        };
        events.iter().fold((true, last), next).0
    }

    fn look(&mut self, events: &[Event], findings: &mut Findings) {
        let Size { width, height } =
            self.size.unwrap_or(Size { width: u16::MAX, height: u16::MAX });
        let is_sized = self.size.is_some();
        let mut last = self.last.unwrap_or(i64::MIN);
        let is_well = Self::are_well(events, last, self.size);
        let doubtful = if is_well { &[] } else { events };
        for (index, event) in doubtful.iter().enumerate() {
            let is_out = is_sized && (event.x >= width || event.y >= height);
            if event.t >= last && event.t >= 0 && !is_out {
                last = event.t;
                continue;
            }
            let at = Place::Event(self.events + index as u64);
            if event.t < last {
                findings.add(Kind::Backwards, "events that are earlier than the one before", at);
            }
            if event.t < 0 {
                findings.add(Kind::Negative, "events with times before 0", at);
            }
            if is_out {
                let what = format!("events outside the sensor of {width} x {height}");
                findings.add(Kind::OutOfRange, &what, at);
            }
            last = event.t;
        }
        self.last = events.last().map_or(self.last, |event| Some(event.t));
        self.events += events.len() as u64;
    }
}
