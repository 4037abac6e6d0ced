//! Recordings of event sensors, as bytes of structured arrays.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use nirkit::events::{
    self, Camera, Event, Format, ReadOptions, Reader, Samples, Size, TimeUnit, append_rows,
};
use nirkit::io::Limits;
use nirkit::numerics::Tensor;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::convert::tensor;
use crate::error::Raise;
use crate::guard::guard;

/// What was noticed: its kind, what it is, how often it was met, where first, whether it puts events in doubt.
type Finding = (String, String, u64, String, bool);

/// A recording that is being read.
#[pyclass(frozen, module = "nirkit._core")]
pub(crate) struct EventReader(Mutex<State>);

struct State {
    reader: Reader,
    /// Events that were read, and how many of them are taken.
    rest: Vec<Event>,
    taken: usize,
    is_done: bool,
}

impl EventReader {
    fn of(reader: Reader) -> Self {
        Self(Mutex::new(State { reader, rest: Vec::new(), taken: 0, is_done: false }))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl EventReader {
    /// The bytes of the next events as rows of an array, `most` at most, and how many they are; none at the end.
    fn read<'py>(
        &self,
        py: Python<'py>,
        most: usize,
    ) -> PyResult<Option<(Bound<'py, PyAny>, usize)>> {
        guard(|| {
            let taken = py.detach(|| self.with(|state| state.take(most)));
            let Some((bytes, count)) = taken.map_err(Raise::error)? else { return Ok(None) };
            let bytes = Tensor::new(&[bytes.len()], bytes);
            let bytes = bytes.map_err(|error| Raise::Internal.one(error))?;
            Ok(Some((tensor::to_array(py, bytes)?, count)))
        })
    }

    /// What the recording says about itself, as JSON.
    fn about(&self) -> PyResult<String> {
        guard(|| self.with(|state| json(state.reader.about())))
    }

    /// What was noticed so far, the gravest first.
    fn findings(&self) -> PyResult<Vec<Finding>> {
        guard(|| Ok(self.with(|state| state.reader.findings()).iter().map(finding).collect()))
    }
}

impl State {
    /// The rows of the next events, and how many they are; none at the end.
    fn take(&mut self, most: usize) -> Result<Option<(Vec<u8>, usize)>, nirkit::Error> {
        let refused = |error: &dyn std::fmt::Display| {
            nirkit::Error::new(error.to_string()).of_kind(nirkit::ErrorKind::Read)
        };
        let (mut rows, mut count) = (Vec::new(), 0);
        while count < most {
            if self.taken == self.rest.len() {
                if self.is_done {
                    break;
                }
                self.taken = 0;
                let more = self.reader.read(&mut self.rest).map_err(|error| refused(&error))?;
                self.is_done = !more;
                self.make_room(&mut rows, count + self.rest.len(), most);
                continue;
            }
            let rest = &self.rest[self.taken..];
            let next = &rest[..rest.len().min(most - count)];
            append_rows(next, &mut rows).map_err(|error| {
                let made = refused(&error);
                match error.help() {
                    Some(help) => made.help(help),
                    None => made,
                }
            })?;
            count += next.len();
            self.taken += next.len();
        }
        rows.shrink_to_fit();
        Ok((count > 0).then_some((rows, count)))
    }

    /// Makes room for the rows that the rest of the recording will have if it goes on as up to now, so that they are not moved
    /// again and again while they grow. Where that fails, they grow.
    fn make_room(&self, rows: &mut Vec<u8>, count: usize, most: usize) {
        let (read, all) = self.reader.progress();
        let share = all as f64 / read.max(1) as f64;
        let expected = ((count as f64 * share * 1.02) as usize).min(most);
        let bytes = expected.saturating_mul(ROW).saturating_sub(rows.len());
        if rows.capacity() - rows.len() < (count * ROW).saturating_sub(rows.len()) {
            let _ = rows.try_reserve_exact(bytes);
        }
    }
}

/// Bytes of a row.
const ROW: usize = 13;

/// A file with many samples.
#[pyclass(frozen, module = "nirkit._core")]
pub(crate) struct EventSamples(Samples);

#[pymethods]
impl EventSamples {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// The class of each sample, if the file says it.
    fn labels(&self) -> Option<Vec<i64>> {
        self.0.labels().map(<[i64]>::to_vec)
    }

    /// Paths of groups and datasets that nothing is taken from.
    fn unread(&self) -> Vec<String> {
        self.0.unread().to_vec()
    }

    /// Begins to read a sample.
    fn reader(&self, py: Python<'_>, sample: usize) -> PyResult<EventReader> {
        guard(|| {
            let reader = py.detach(|| self.0.reader(sample));
            Ok(EventReader::of(reader.map_err(Raise::error)?))
        })
    }
}

/// Opens a recording.
#[pyfunction]
pub(crate) fn open_events(
    py: Python<'_>,
    path: PathBuf,
    options: &Bound<'_, PyDict>,
) -> PyResult<EventReader> {
    guard(|| {
        let options = self::options(options)?;
        let reader = py.detach(|| events::open(&path, &options));
        Ok(EventReader::of(reader.map_err(Raise::error)?))
    })
}

/// Opens a file with many samples; none where the file is one recording.
#[pyfunction]
pub(crate) fn open_samples(
    py: Python<'_>,
    path: PathBuf,
    options: &Bound<'_, PyDict>,
) -> PyResult<Option<EventSamples>> {
    guard(|| {
        let options = self::options(options)?;
        let opened = py.detach(|| Samples::open(&path, &options, &Limits::default()));
        Ok(opened.map_err(Raise::error)?.map(EventSamples))
    })
}

/// What is in a recording, or in a file with many samples, as JSON.
#[pyfunction]
#[pyo3(signature = (path, options, samples=None))]
pub(crate) fn events_info(
    py: Python<'_>,
    path: PathBuf,
    options: &Bound<'_, PyDict>,
    samples: Option<(usize, usize)>,
) -> PyResult<String> {
    guard(|| {
        let options = self::options(options)?;
        let watch = |_, _| ();
        let samples: Option<Range<usize>> = samples.map(|(from, to)| from..to);
        let told = py.detach(|| match Samples::open(&path, &options, &Limits::default())? {
            Some(set) => Ok(json(&events::info_samples(&set, samples.as_ref(), &watch)?)),
            None if samples.is_some() => {
                let error =
                    nirkit::Error::new("`samples` has no effect on a file with one recording");
                Err(error.of_kind(nirkit::ErrorKind::Choice).help("leave it out"))
            }
            None => Ok(json(&events::info(&path, &options, &watch)?)),
        });
        told.map_err(Raise::error)?
    })
}

fn json(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| Raise::Internal.one(error))
}

fn finding(finding: &events::Finding) -> Finding {
    // The kind by its name in JSON.
    let kind = serde_json::to_value(finding.kind).ok();
    let kind = kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let (what, first) = (finding.what.clone(), finding.first.to_string());
    (kind, what, finding.count, first, finding.kind.is_warning())
}

/// What the user says about a recording: `format`, `camera`, `size`, `time_unit`, `stream`; `None` stands for what is not given.
fn options(given: &Bound<'_, PyDict>) -> PyResult<ReadOptions> {
    let mut options = ReadOptions::default();
    for (name, value) in given.iter() {
        if value.is_none() {
            continue;
        }
        let name: String = name.extract()?;
        match name.as_str() {
            "format" => {
                let formats = Format::ALL.map(|format| (format.name(), format));
                options.format = Some(named(&name, &value.extract::<String>()?, &formats)?);
            }
            "camera" => {
                let cameras = Camera::ALL.map(|camera| (camera.name(), camera));
                options.camera = Some(named(&name, &value.extract::<String>()?, &cameras)?);
            }
            "time_unit" => {
                let units = [
                    ("s", TimeUnit::Seconds),
                    ("ms", TimeUnit::Milliseconds),
                    ("us", TimeUnit::Microseconds),
                    ("ns", TimeUnit::Nanoseconds),
                ];
                options.time_unit = Some(named(&name, &value.extract::<String>()?, &units)?);
            }
            "size" => {
                let size = value.extract::<(u16, u16)>();
                let size = size.ok().filter(|&(width, height)| width > 0 && height > 0);
                let (width, height) = size.ok_or_else(|| {
                    Raise::Choice.one("`size` is (columns, rows), each from 1 to 65535")
                })?;
                options.size = Some(Size { width, height });
            }
            "stream" => options.stream = Some(value.extract()?),
            other => {
                return Err(Raise::Choice.one(format!("`{other}` is no choice of a recording")));
            }
        }
    }
    Ok(options)
}

/// What a name stands for.
fn named<T: Copy>(option: &str, name: &str, known: &[(&str, T)]) -> PyResult<T> {
    let found = known.iter().find(|(other, _)| *other == name);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        Raise::Choice
            .help(format!("`{option}` is not {name:?}"), format!("give {}", names.join(", ")))
    })
}
