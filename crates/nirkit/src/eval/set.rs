//! A labelled set: what is classified, and the class of each sample.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nirkit_io::Limits;
use nirkit_io::labels::{is_list_of_files, read_labelled_files};
use nirkit_io::spike_lists::SpikeLists;

use super::folder::{Folder, Told};
use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::events::{check_chosen, is_hdf5};
use crate::stimulus::Stimulus;

/// Samples and their classes: one stimulus with a batch, folders with a file for each sample, or a file with a list of spikes for
/// each.
///
/// ```no_run
/// use nirkit::{LabelledSet, Stimulus, eval, eval::Labels};
///
/// let labels = eval::read_labels("test_y.npy", &Default::default())?;
/// let set = LabelledSet::new(Stimulus::read("test_x.npy")?.batched(true), labels);
/// let classes = Labels::OfFolders;
/// let set = LabelledSet::of_folder("recordings", &classes, &Stimulus::new(), &Default::default())?;
/// # Ok::<(), nirkit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LabelledSet {
    pub(super) labels: Vec<i64>,
    pub(super) samples: Samples,
    choices: Vec<Choice>,
    notes: Vec<String>,
}

/// Where the classes of the samples in a folder are.
#[derive(Clone, Debug)]
pub enum Labels {
    /// The folder holds a folder for each class.
    OfFolders,
    /// In a file: a `.npy` in the order of the samples, or a list with `file` and `label`, in `.csv` or `.json`.
    File(PathBuf),
    /// In the order of the samples.
    Given(Vec<i64>),
}

impl Labels {
    /// The file, if there is one.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file),
            Self::OfFolders | Self::Given(_) => None,
        }
    }
}

impl From<Option<PathBuf>> for Labels {
    fn from(file: Option<PathBuf>) -> Self {
        file.map_or(Self::OfFolders, Self::File)
    }
}

/// Where the samples are.
#[derive(Clone, Debug)]
pub(super) enum Samples {
    /// One stimulus holds them all.
    Batch(Stimulus),
    /// For each sample a file for each Input.
    Files {
        files: Vec<Vec<(Option<String>, PathBuf)>>,
        /// How a file is read.
        like: Stimulus,
        limits: Limits,
    },
    /// An open file holds a list of spikes for each sample.
    Lists {
        /// The name of the Input that they enter; the only one without it.
        node: Option<String>,
        path: PathBuf,
        file: Arc<SpikeLists>,
        /// The samples that are taken.
        chosen: Range<usize>,
        /// How a sample is read.
        like: Stimulus,
        limits: Limits,
    },
}

impl Samples {
    /// The number of samples that are read one by one.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Batch(_) => 0,
            Self::Files { files, .. } => files.len(),
            Self::Lists { chosen, .. } => chosen.len(),
        }
    }

    /// Reads a sample; what it is called in messages.
    pub(super) fn stimulus(&self, at: usize) -> (PathBuf, Result<Stimulus, Error>) {
        match self {
            Self::Batch(stimulus) => (PathBuf::new(), Ok(stimulus.clone())),
            Self::Files { files, like, limits } => {
                let files = files.get(at).map_or(&[][..], Vec::as_slice);
                let first = files.first().map(|(_, file)| file.clone()).unwrap_or_default();
                (first, stimulus(files, like, limits))
            }
            Self::Lists { node, path, file, chosen, like, limits } => {
                let number = chosen.start + at;
                let one = like.alike().samples(Some(number..number + 1));
                let read = one.lists(node.as_deref(), file, path, limits);
                (PathBuf::from(format!("{}, sample {number}", path.display())), read)
            }
        }
    }
}

impl LabelledSet {
    /// Takes a stimulus with a batch, and the class of each sample, counted from 0.
    #[must_use]
    pub fn new(stimulus: Stimulus, labels: Vec<i64>) -> Self {
        Self { labels, samples: Samples::Batch(stimulus), choices: Vec::new(), notes: Vec::new() }
    }

    /// Takes a folder with a file for each sample, for the only Input of a graph; see [`Self::of_folders`].
    ///
    /// # Errors
    ///
    /// As for [`Self::of_folders`].
    pub fn of_folder(
        folder: impl AsRef<Path>,
        labels: &Labels,
        like: &Stimulus,
        limits: &Limits,
    ) -> Result<Self, Error> {
        Self::of_folders(&[(None, folder.as_ref())], labels, like, limits)
    }

    /// Takes folders with a file for each sample, each folder for an Input; `like` says how a file is read.
    ///
    /// The samples are ordered by the names of their files, in which numbers count by their value. With
    /// [`Labels::OfFolders`], names of folders that are all whole numbers are the classes, and other names are numbered in their
    /// order; with other labels the files stand in the folder itself.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read or is empty, devices and pipes, files and folders side by side, folders with other files than the first, labels
    /// that do not fit the files. The files themselves are read when the set is evaluated.
    pub fn of_folders(
        folders: &[(Option<&str>, &Path)],
        labels: &Labels,
        like: &Stimulus,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let [(node, first), others @ ..] = folders else {
            return Err(Error::new("there is no folder").of_kind(ErrorKind::Stimulus));
        };
        let mut told = Told::default();
        let found = Folder::read(first, labels.file())?;
        let labels = found.labels(first, labels, limits, &mut told)?;
        let of_first = |file| vec![(node.map(str::to_owned), first.join(file))];
        let mut files: Vec<Vec<_>> = found.files.iter().map(of_first).collect();
        for (node, folder) in others {
            let other = Folder::read(folder, None)?;
            let names = |files: &[PathBuf]| -> Vec<PathBuf> {
                files.iter().map(|file| file.with_extension("")).collect()
            };
            if names(&other.files) != names(&found.files) {
                let message =
                    format!("its files have other names than those of {}", first.display());
                return Err(Error::new(message)
                    .of_kind(ErrorKind::Stimulus)
                    .help("a sample has a file of the same name for each Input")
                    .in_file(folder));
            }
            for (sample, file) in files.iter_mut().zip(&other.files) {
                sample.push((node.map(str::to_owned), folder.join(file)));
            }
        }
        let order = "file names, numbers in them by their value";
        let Told { mut choices, notes } = told;
        choices.push(Choice::new("order of the samples", order, "the folder"));
        let samples = Samples::Files { files, like: like.clone().batched(false), limits: *limits };
        Ok(Self { labels, samples, choices, notes })
    }

    /// Takes a list of files with their classes (`.csv` with the columns `file` and `label`, or `.json` with these keys), which are
    /// counted from the folder of the list; `None` for a file that is none. `like` says how a file is read.
    ///
    /// # Errors
    ///
    /// A list that cannot be read, an empty one, files that are not there.
    pub fn of_list(
        node: Option<&str>,
        path: &Path,
        like: &Stimulus,
        limits: &Limits,
    ) -> Result<Option<Self>, Error> {
        if !is_list_of_files(path, limits).map_err(Error::from)? {
            return Ok(None);
        }
        let list = read_labelled_files(path, limits).map_err(Error::from)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let files: Vec<PathBuf> = list.iter().map(|(file, _)| folder.join(file)).collect();
        let lacking = files.iter().filter(|file| !file.is_file());
        let lacking = lacking.map(|file| {
            Error::new("there is no such file").of_kind(ErrorKind::Missing).in_file(file)
        });
        let mut errors: Vec<Error> = lacking.collect();
        if files.is_empty() {
            errors.push(
                Error::new("the list names no files").of_kind(ErrorKind::Stimulus).in_file(path),
            );
        }
        if !errors.is_empty() {
            return Err(Error::several(errors));
        }
        let files = files.into_iter().map(|file| vec![(node.map(str::to_owned), file)]).collect();
        let samples = Samples::Files { files, like: like.clone().batched(false), limits: *limits };
        let choices = vec![Choice::new("labels", format!("`{}`", path.display()), "given")];
        let labels = list.into_iter().map(|(_, label)| label).collect();
        Ok(Some(Self { labels, samples, choices, notes: Vec::new() }))
    }

    /// Takes a file with a list of spikes for each sample, as SHD and SSC; `None` for a file that is none. `like` says how a
    /// sample is read, and which are taken; without `labels`, the classes are those of the file.
    ///
    /// # Errors
    ///
    /// A damaged file, samples that are not there, no classes, or not as many as samples.
    pub fn of_spike_lists(
        node: Option<&str>,
        path: &Path,
        labels: Option<Vec<i64>>,
        like: &Stimulus,
        limits: &Limits,
    ) -> Result<Option<Self>, Error> {
        if !is_hdf5(path) {
            return Ok(None);
        }
        let Some(file) = SpikeLists::open(path, limits).map_err(Error::from)? else {
            return Ok(None);
        };
        let wrong = |what: String, help: &str| {
            Error::new(what).of_kind(ErrorKind::Stimulus).in_file(path).help(help)
        };
        let chosen = like.chosen().cloned().unwrap_or(0..file.len());
        check_chosen(&chosen, file.len()).map_err(|error| error.in_file(path))?;
        let from = if labels.is_some() { "given" } else { "the file" };
        let labels = match (labels, file.labels()) {
            (Some(labels), _) => labels,
            (None, Some(labels)) => labels.to_vec(),
            (None, None) => {
                let help = "give the class of each sample";
                return Err(wrong("it has no `/labels`".to_owned(), help));
            }
        };
        if labels.len() != file.len() {
            let (labels, samples) = (labels.len(), file.len());
            let what = format!("there are {labels} labels for {samples} samples");
            return Err(wrong(what, "give a label for each sample of the file"));
        }
        let labels = labels[chosen.clone()].to_vec();
        let mut choices = vec![Choice::new("labels", "`/labels`", from)];
        if from == "given" {
            choices.clear();
        }
        if chosen.len() < file.len() {
            let value =
                format!("{} to {} of {}", chosen.start, chosen.end.saturating_sub(1), file.len());
            choices.push(Choice::new("samples", value, "given"));
        }
        let (node, path) = (node.map(str::to_owned), path.to_path_buf());
        let (file, like) = (Arc::new(file), like.clone().batched(false));
        let samples = Samples::Lists { node, path, file, chosen, like, limits: *limits };
        Ok(Some(Self { labels, samples, choices, notes: Vec::new() }))
    }

    /// Returns the class of each sample.
    #[must_use]
    pub fn labels(&self) -> &[i64] {
        &self.labels
    }

    /// Returns the files of the samples, those of a sample behind each other; none where one file holds them all.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let files = match &self.samples {
            Samples::Batch(_) | Samples::Lists { .. } => &[][..],
            Samples::Files { files, .. } => files,
        };
        files.iter().flatten().map(|(_, file)| file.as_path())
    }

    /// What each sample is called: the end of the path of its first file, with the folder around it; nothing where one file holds
    /// them all.
    pub(crate) fn sample_names(&self) -> Vec<String> {
        let Samples::Files { files, .. } = &self.samples else { return Vec::new() };
        let name = |files: &Vec<(Option<String>, PathBuf)>| {
            let Some((_, file)) = files.first() else { return String::new() };
            let parts = file.iter().rev().take(2).map(|part| part.display().to_string());
            parts.collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/")
        };
        files.iter().map(name).collect()
    }

    /// What is to be said of how the set was read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What was settled in reading the set.
    pub(crate) fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The time step that the data were recorded with, in seconds, if they say so; that of the first sample.
    pub(crate) fn dt(&self) -> Result<Option<f64>, Error> {
        match &self.samples {
            Samples::Batch(stimulus) => Ok(stimulus.dt()),
            samples if samples.len() == 0 => Ok(None),
            samples => Ok(samples.stimulus(0).1?.dt()),
        }
    }
}

/// Reads the files of a sample.
fn stimulus(
    files: &[(Option<String>, PathBuf)],
    like: &Stimulus,
    limits: &Limits,
) -> Result<Stimulus, Error> {
    let read =
        |(node, file): &(Option<String>, PathBuf)| like.alike().file(node.as_deref(), file, limits);
    like.clone().all(files.iter().map(read))
}
