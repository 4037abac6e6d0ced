//! Sets of samples with a list of spikes each, in HDF5: the layout of the Spiking Heidelberg Digits (SHD) and the Spiking
//! Speech Commands (SSC).
//!
//! ```text
//! /spikes/times   (samples,)  a list of times for each sample, in seconds
//! /spikes/units   (samples,)  a list of channels, as long as that of the times
//! /labels         (samples,)  the class of each sample, counted from 0; may be missing
//! /extra/...                  speakers and names of classes, which are not read
//! ```
//!
//! Source: Cramer et al., "The Heidelberg Spiking Data Sets for the Systematic Evaluation of Spiking Neural Networks", and files
//! that h5py and `PyTables` write in this layout.

use std::path::{Path, PathBuf};

use nirkit_ir::value::Value;
use nirkit_numerics::{DType, Tensor};

use crate::error::{ReadError, ReadFault};
use crate::hdf5::lists::{ListFile, Lists};
use crate::hdf5::source::Source;
use crate::limits::Limits;

/// The group with the lists, and their names in it.
const GROUP: &str = "spikes";
const TIMES: &str = "times";
const UNITS: &str = "units";
/// The classes.
const LABELS: &str = "labels";

/// An open file with lists of spikes. A sample is read when it is asked for; the others take 32 bytes each.
///
/// ```no_run
/// use nirkit_io::spike_lists::SpikeLists;
///
/// let Some(file) = SpikeLists::open("shd_test.h5", &Default::default())? else { return Ok(()) };
/// let sample = file.sample(0)?;
/// println!("{} spikes of class {:?}", sample.times.len(), file.labels().map(|labels| labels[0]));
/// # Ok::<(), nirkit_io::ReadError>(())
/// ```
pub struct SpikeLists {
    file: Option<PathBuf>,
    times: Lists,
    units: Lists,
    labels: Option<Vec<i64>>,
    unread: Vec<String>,
}

impl std::fmt::Debug for SpikeLists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpikeLists").field("file", &self.file).finish_non_exhaustive()
    }
}

/// The spikes of a sample, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeList {
    /// Times, in the unit of the file.
    pub times: Tensor,
    /// The channel of each spike.
    pub units: Tensor,
}

impl SpikeLists {
    /// Opens a file; `None` for one of HDF5 that has another layout.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is none of HDF5, lists that contradict each other, labels that are no whole number for
    /// each sample.
    pub fn open(path: impl AsRef<Path>, limits: &Limits) -> Result<Option<Self>, ReadError> {
        let path = path.as_ref();
        let source = Source::open(path, limits).map_err(|fault| fault.at(""));
        let opened = source.and_then(|source| Self::of(source, limits));
        let opened = opened.map_err(|error| error.of_file(path))?;
        Ok(opened.map(|opened| Self { file: Some(path.to_path_buf()), ..opened }))
    }

    /// Opens a file that is in memory.
    ///
    /// # Errors
    ///
    /// As for [`Self::open`].
    pub fn of_bytes(bytes: Vec<u8>, limits: &Limits) -> Result<Option<Self>, ReadError> {
        Self::of(Source::from_bytes(bytes), limits)
    }

    fn of(source: Source, limits: &Limits) -> Result<Option<Self>, ReadError> {
        let mut file = ListFile::open(source, limits)?;
        let Some((_, lists)) = file.names(GROUP)? else { return Ok(None) };
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        if !has(&lists, TIMES) || !has(&lists, UNITS) {
            return Ok(None);
        }
        let (groups, datasets) = file.names("")?.unwrap_or_default();
        let heaps = file.heaps();
        let times = file.lists(&format!("{GROUP}/{TIMES}"), &heaps)?;
        let units = file.lists(&format!("{GROUP}/{UNITS}"), &heaps)?;
        check(&times, &units, file.bytes()).map_err(|fault| fault.at(format!("/{GROUP}")))?;
        let labels = if has(&datasets, LABELS) {
            let labels = labels(file.value(LABELS)?, times.len());
            Some(labels.map_err(|fault| fault.at(format!("/{LABELS}")))?)
        } else {
            None
        };
        let root = groups.into_iter().chain(datasets);
        let root = root.filter(|name| name != GROUP && name != LABELS);
        let inner = lists.into_iter().filter(|name| name != TIMES && name != UNITS);
        let mut unread: Vec<String> =
            root.chain(inner.map(|name| format!("{GROUP}/{name}"))).collect();
        unread.sort();
        Ok(Some(Self { file: None, times, units, labels, unread }))
    }

    /// Returns the number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of spikes of a sample; 0 behind the last one.
    #[must_use]
    pub fn spikes(&self, sample: usize) -> u64 {
        self.times.count(sample)
    }

    /// Returns the class of each sample, if the file says it.
    #[must_use]
    pub fn labels(&self) -> Option<&[i64]> {
        self.labels.as_deref()
    }

    /// Returns the type of the times. Floats are seconds; whole numbers have no unit by themselves.
    #[must_use]
    pub fn type_of_times(&self) -> DType {
        self.times.dtype()
    }

    /// Returns the paths of groups and datasets that nothing is taken from.
    #[must_use]
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Reads a sample, counted from 0.
    ///
    /// # Errors
    ///
    /// A number beyond the last sample, damage of the file.
    pub fn sample(&self, sample: usize) -> Result<SpikeList, ReadError> {
        let read = |lists: &Lists, name: &str| {
            lists.list(sample).map_err(|fault| {
                let error = fault.at(format!("/{GROUP}/{name}"));
                match &self.file {
                    Some(file) => error.of_file(file),
                    None => error,
                }
            })
        };
        Ok(SpikeList { times: read(&self.times, TIMES)?, units: read(&self.units, UNITS)? })
    }
}

/// Each sample has as many times as channels, and lists do not share what they hold: objects of heaps are not compressed, so
/// that all of them fit into the file.
fn check(times: &Lists, units: &Lists, bytes: u64) -> Result<(), ReadFault> {
    let damaged = |what: String| Err(ReadFault::Damaged(what));
    if times.len() != units.len() {
        let (times, units) = (times.len(), units.len());
        return damaged(format!("there are {times} lists of times and {units} of units"));
    }
    let differs = (0..times.len()).find(|&sample| times.count(sample) != units.count(sample));
    if let Some(sample) = differs {
        let (times, units) = (times.count(sample), units.count(sample));
        return damaged(format!("sample {sample} has {times} times and {units} units"));
    }
    let listed = times.bytes().saturating_add(units.bytes());
    if listed > bytes {
        return damaged(format!("the lists have {listed} bytes, and the file has {bytes}"));
    }
    Ok(())
}

fn labels(value: Value, samples: usize) -> Result<Vec<i64>, ReadFault> {
    let found = value.describe();
    let labels = match value {
        Value::Tensor(labels) if labels.shape() == [samples] => labels.to_i64(),
        _ => None,
    };
    labels.ok_or(ReadFault::Unexpected { expected: "a whole number for each sample", found })
}
