//! Files with many samples, each a recording of its own.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nirkit_events::{ReadOptions, Reader};
use nirkit_io::Limits;
use nirkit_io::content::Content;
use nirkit_io::spike_lists::SpikeLists;

use super::of_read;
use crate::{Error, ErrorKind};

/// Bytes in which the mark of HDF5 is looked for.
const HEAD: u64 = 1 << 16;

/// A file of HDF5 with a list of spikes for each of many samples, as SHD and SSC. A sample is read when it is asked for.
///
/// ```no_run
/// use nirkit::events::Samples;
///
/// if let Some(set) = Samples::open("shd_test.h5".as_ref(), &Default::default(), &Default::default())? {
///     let events = set.reader(0)?.read_all(1_000_000).map_err(|error| nirkit::Error::new(error.to_string()))?;
///     println!("{} samples, the first has {} spikes", set.len(), events.len());
/// }
/// # Ok::<(), nirkit::Error>(())
/// ```
#[derive(Debug)]
pub struct Samples {
    path: PathBuf,
    lists: SpikeLists,
    options: ReadOptions,
}

impl Samples {
    /// Opens a file; `None` for one that is no HDF5, which is a recording by itself.
    ///
    /// # Errors
    ///
    /// HDF5 without such lists, damaged lists, limits, a format that the options name.
    pub fn open(
        path: &Path,
        options: &ReadOptions,
        limits: &Limits,
    ) -> Result<Option<Self>, Error> {
        if options.format.is_some() || !is_hdf5(path) {
            return Ok(None);
        }
        let Some(lists) = SpikeLists::open(path, limits).map_err(Error::from)? else {
            let what = "it is HDF5 without the lists `/spikes/times` and `/spikes/units`";
            return Err(Error::new(what).of_kind(ErrorKind::Read).in_file(path).help(
                "NIRData is a stimulus of `nir run`; HDF5 of Prophesee is not read: store the recording as RAW",
            ));
        };
        Ok(Some(Self { path: path.to_path_buf(), lists, options: options.clone() }))
    }

    /// Returns the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Returns the class of each sample, if the file says it.
    #[must_use]
    pub fn labels(&self) -> Option<&[i64]> {
        self.lists.labels()
    }

    /// Returns the paths of groups and datasets that nothing is taken from.
    #[must_use]
    pub fn unread(&self) -> &[String] {
        self.lists.unread()
    }

    /// Begins to read a sample, counted from 0.
    ///
    /// # Errors
    ///
    /// A number beyond the last sample, damage of the file, an option that has no effect.
    pub fn reader(&self, sample: usize) -> Result<Reader, Error> {
        self.check(&(sample..sample.saturating_add(1)))?;
        let list = self.lists.sample(sample).map_err(Error::from)?;
        Reader::of_spike_list(&list.times, &list.units, &self.options)
            .map_err(|error| of_read(&error, &self.path))
    }

    /// Returns the numbers of the samples that a choice leaves; all without one.
    ///
    /// # Errors
    ///
    /// A choice of samples that are not there.
    pub fn chosen(&self, samples: Option<&Range<usize>>) -> Result<Range<usize>, Error> {
        let chosen = samples.cloned().unwrap_or(0..self.len());
        self.check(&chosen).map(|()| chosen)
    }

    fn check(&self, samples: &Range<usize>) -> Result<(), Error> {
        check_chosen(samples, self.len()).map_err(|error| error.in_file(&self.path))
    }
}

/// Checks that a file with so many samples has those that are chosen.
pub(crate) fn check_chosen(samples: &Range<usize>, all: usize) -> Result<(), Error> {
    if samples.end <= all && samples.start <= samples.end {
        return Ok(());
    }
    let last = samples.end.saturating_sub(1);
    let what = format!("there is no sample {last}: the file holds {all}, counted from 0");
    Err(Error::new(what).of_kind(ErrorKind::Choice).help("choose samples that are there"))
}

/// Whether a file begins as HDF5 does, behind a user block or without one.
pub(crate) fn is_hdf5(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| {
        if file.metadata()?.is_file() { file.take(HEAD).read_to_end(&mut head) } else { Ok(0) }
    });
    read.is_ok() && matches!(Content::of(&head), Ok(Content::Hdf5))
}
