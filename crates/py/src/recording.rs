//! Recordings of event sensors, as bytes of structured arrays.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use nirkit::events::{
    self, Camera, Event, Format, ROW, ReadOptions, Reader, Samples, Size, TimeUnit, fill_rows,
};
use nirkit::io::Limits;
use numpy::{PyArray1, PyArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};

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
    /// The bytes of the next events as rows of an array, `most` at most; none at the end.
    fn read<'py>(&self, py: Python<'py>, most: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        guard(|| {
            let mut rows: Option<Bound<'py, PyArray1<u8>>> = None;
            let mut count = 0;
            while count < most {
                let room = py.detach(|| self.with(|state| state.room(count, most)));
                let Some(room) = room.map_err(Raise::error)? else { break };
                let array = match rows.take() {
                    // numpy asks for large pages, which take a third of the time.
                    None => py
                        .import(intern!(py, "numpy"))?
                        .call_method1(intern!(py, "zeros"), (room * ROW, intern!(py, "u1")))?
                        .cast_into::<PyArray1<u8>>()?,
                    Some(array) => resized(array, room)?,
                };
                {
                    let mut bytes = array.readwrite();
                    let bytes = bytes.as_slice_mut()?;
                    let bytes = &mut bytes[count * ROW..];
                    let filled = py.detach(|| self.with(|state| state.fill(bytes, count)));
                    count += filled.map_err(Raise::error)?;
                }
                rows = Some(array);
            }
            let Some(array) = rows else { return Ok(None) };
            let is_full = array.len()? == count * ROW;
            Ok(Some(if is_full { array } else { resized(array, count)? }.into_any()))
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

/// An array that nothing else knows, with room for so many events: it grows and shrinks where it is, as far as the system allows.
fn resized(array: Bound<'_, PyArray1<u8>>, events: usize) -> PyResult<Bound<'_, PyArray1<u8>>> {
    let py = array.py();
    let options = [("refcheck", false)].into_py_dict(py)?;
    array.call_method(intern!(py, "resize"), (events * ROW,), Some(&options))?;
    Ok(array)
}

impl State {
    /// Room that the events of a call need, of which so many are taken, if the recording goes on as up to now; none at its end.
    fn room(&mut self, count: usize, most: usize) -> Result<Option<usize>, nirkit::Error> {
        while self.taken == self.rest.len() {
            if self.is_done {
                return Ok(None);
            }
            self.next()?;
        }
        let (read, all) = self.reader.progress();
        let share = all.saturating_sub(read) as f64 / read.max(1) as f64;
        let more = (self.reader.events() as f64 * share * MARGIN) as usize;
        let at_hand = self.rest.len() - self.taken;
        let expected = count.saturating_add(at_hand).saturating_add(more);
        // A beginning may be no sign of the rest.
        Ok(Some(expected.min(count.saturating_mul(2).max(SURE)).max(count + 1).min(most)))
    }

    /// Fills bytes with the rows of the next events, and returns how many they are: fewer than there is room for at the end. `before`
    /// are taken.
    fn fill(&mut self, bytes: &mut [u8], before: usize) -> Result<usize, nirkit::Error> {
        let most = bytes.len() / ROW;
        let mut count = 0;
        while count < most {
            if self.taken == self.rest.len() {
                if self.is_done {
                    break;
                }
                self.next()?;
                continue;
            }
            let filled = fill_rows(&self.rest[self.taken..], &mut bytes[count * ROW..]);
            let filled = filled.map_err(|error| {
                let error = error.behind((before + count) as u64);
                match error.help() {
                    Some(help) => unreadable(&error).help(help),
                    None => unreadable(&error),
                }
            })?;
            count += filled;
            self.taken += filled;
        }
        Ok(count)
    }

    /// Reads the next stretch.
    fn next(&mut self) -> Result<(), nirkit::Error> {
        self.taken = 0;
        let more = self.reader.read(&mut self.rest).map_err(|error| unreadable(&error))?;
        self.is_done = !more;
        Ok(())
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> nirkit::Error {
    nirkit::Error::new(error.to_string()).of_kind(nirkit::ErrorKind::Read)
}

/// How much room is made for each event that is expected. Room that nothing is written to takes no memory, and growing copies
/// all events: a block of large pages cannot grow where it is.
const MARGIN: f64 = 1.25;
/// Events for which room is made whatever came before.
const SURE: usize = 1 << 26;

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
