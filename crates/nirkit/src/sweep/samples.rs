//! The samples of a set: an array with all of them, or files that are read sample by sample.

use std::ops::Range;
use std::path::Path;

use nirkit_io::labels::{is_list_of_files, read_labelled_files};
use nirkit_io::spike_lists::SpikeLists;
use nirkit_ir::Limits;

use super::plan::refuse;
use crate::error::Error;
use crate::eval::{self, Eval, LabelledSet, Labels, Score, evaluate, read_labels};
use crate::events::is_hdf5;
use crate::model::{Bound, Model};
use crate::stimulus::Stimulus;

/// Samples and their classes.
pub(super) struct Samples {
    content: Content,
    /// Whether anything states classes; without, each sample has the first class.
    pub(super) is_labelled: bool,
    /// Whether a folder holds the samples, of which there is more to say.
    pub(super) is_folder: bool,
}

enum Content {
    /// One stimulus holds them all.
    Whole { stimulus: Stimulus, labels: Option<Vec<i64>> },
    /// They are read one by one.
    Each(Box<LabelledSet>),
}

/// Samples of a task, matched with the Inputs of a model as far as they are in memory.
pub(super) enum Part {
    Whole { bound: Box<Bound>, labels: Vec<i64> },
    Each(Box<LabelledSet>),
}

impl Samples {
    /// Reads an array or NIRData, or opens a folder, a list of files, or a file with a list of spikes for each sample; `like`
    /// says how a sample is read.
    ///
    /// # Errors
    ///
    /// Files that cannot be read, labels where the input states classes itself.
    pub(super) fn read(
        input: &Path,
        labels: Option<&Path>,
        like: &Stimulus,
        limits: &Limits,
    ) -> Result<Self, Error> {
        if let Some((set, is_labelled)) = opened(input, labels, like, limits)? {
            return Ok(Self {
                content: Content::Each(Box::new(set)),
                is_labelled,
                is_folder: input.is_dir(),
            });
        }
        let stimulus = like.clone().file(None, input, limits)?;
        let labels = labels.map(|labels| read_labels(labels, limits)).transpose()?;
        let is_labelled = labels.is_some();
        let content = Content::Whole { stimulus, labels };
        Ok(Self { content, is_labelled, is_folder: false })
    }

    /// The time step that the samples were recorded with, in seconds, if they say so.
    pub(super) fn dt(&self) -> Result<Option<f64>, Error> {
        match &self.content {
            Content::Whole { stimulus, .. } => Ok(stimulus.dt()),
            Content::Each(set) => set.dt(),
        }
    }

    /// The set of which there is more to say.
    pub(super) fn folder(&self) -> Option<&LabelledSet> {
        match &self.content {
            Content::Each(set) if self.is_folder => Some(set),
            _ => None,
        }
    }

    /// A range of the samples, or all.
    pub(super) fn part(&self, model: &Model, range: Option<(usize, usize)>) -> Result<Part, Error> {
        let range = range.map(|(from, to)| from..to);
        match &self.content {
            Content::Each(set) => Ok(Part::Each(match range {
                None => set.clone(),
                Some(range) => Box::new(set.part(range)?),
            })),
            Content::Whole { stimulus, labels } => {
                let bound = model.bind(stimulus)?;
                let (bound, labels) = match range {
                    None => (bound, labels.clone()),
                    Some(range) => {
                        let labels = labels.as_ref().map(|labels| part(labels, &range));
                        (bound.part(range)?, labels.transpose()?)
                    }
                };
                let labels = labels.unwrap_or_else(|| vec![0; bound.len()]);
                Ok(Part::Whole { bound: Box::new(bound), labels })
            }
        }
    }
}

impl Part {
    /// Number of samples.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Whole { bound, .. } => bound.len(),
            Self::Each(set) => set.labels().len(),
        }
    }

    /// Classifies the samples.
    pub(super) fn score(&self, model: &Model, eval: &Eval<'_>) -> Result<Score, Error> {
        match self {
            Self::Whole { bound, labels } => evaluate(model, bound, labels, eval),
            Self::Each(set) => eval::score(model, set, eval),
        }
    }

    /// Hands over the samples in their order, some at a time.
    pub(super) fn each(
        &self,
        model: &Model,
        mut take: impl FnMut(&Bound) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Self::Whole { bound, .. } => take(bound),
            Self::Each(set) => set.each(model, |bounds| bounds.iter().try_for_each(&mut take)),
        }
    }
}

/// The labels of a range of samples.
fn part(labels: &[i64], range: &Range<usize>) -> Result<Vec<i64>, Error> {
    let Range { start, end } = *range;
    let part = labels.get(range.clone()).map(<[i64]>::to_vec);
    part.ok_or_else(|| {
        refuse(format!("the samples {start}:{end} of {} labels", labels.len()))
            .help("give samples that are there")
    })
}

/// A set whose samples are read one by one, and whether anything states their classes; `None` for one file that holds them all.
fn opened(
    input: &Path,
    labels: Option<&Path>,
    like: &Stimulus,
    limits: &Limits,
) -> Result<Option<(LabelledSet, bool)>, Error> {
    if input.is_dir() {
        let (folders, files) = entries(input)?;
        let is_labelled = labels.is_some() || !folders.is_empty();
        let given = match labels {
            Some(labels) => Labels::File(labels.to_path_buf()),
            None if is_labelled => Labels::OfFolders,
            None => Labels::Given(vec![0; files.len()]),
        };
        return Ok(Some((LabelledSet::of_folder(input, &given, like, limits)?, is_labelled)));
    }
    if let Some(set) = LabelledSet::of_list(None, input, like, limits)? {
        if labels.is_some() {
            let help = "give one of the two";
            let what = "the list states the classes of its files, and so do the labels";
            return Err(refuse(what).help(help).in_file(input));
        }
        return Ok(Some((set, true)));
    }
    let Some(lists) = spike_lists(input, limits)? else { return Ok(None) };
    let labels = labels.map(|labels| read_labels(labels, limits)).transpose()?;
    let is_labelled = labels.is_some() || lists.labels().is_some();
    let labels = if is_labelled { labels } else { Some(vec![0; lists.len()]) };
    let set = LabelledSet::of_spike_lists(None, input, labels, like, limits)?;
    Ok(set.map(|set| (set, is_labelled)))
}

fn spike_lists(input: &Path, limits: &Limits) -> Result<Option<SpikeLists>, Error> {
    if !is_hdf5(input) {
        return Ok(None);
    }
    SpikeLists::open(input, limits).map_err(Error::from)
}

/// The number of samples of a set, as far as something says it without reading them.
pub(super) fn count(
    input: &Path,
    labels: Option<&Path>,
    limits: &Limits,
) -> Result<Option<usize>, Error> {
    if let Some((set, _)) = opened(input, labels, &Stimulus::new(), limits)? {
        return Ok(Some(set.labels().len()));
    }
    let labels = labels.map(|labels| read_labels(labels, limits)).transpose()?;
    Ok(labels.map(|labels| labels.len()))
}

/// The names of the files of a folder, and of the folders in it, or of a list, within its folder; `None` for any other file.
pub(super) fn members(path: &Path, limits: &Limits) -> Result<Option<Vec<String>>, Error> {
    if path.is_dir() {
        let (folders, mut files) = entries(path)?;
        for folder in folders {
            let (_, inner) = entries(&path.join(&folder))?;
            // The same on all systems.
            files.extend(inner.into_iter().map(|file| format!("{folder}/{file}")));
        }
        return Ok(Some(files));
    }
    if !is_list_of_files(path, limits).map_err(Error::from)? {
        return Ok(None);
    }
    let list = read_labelled_files(path, limits).map_err(Error::from)?;
    Ok(Some(list.into_iter().map(|(file, _)| file).collect()))
}

/// The names of the folders and of the files in a folder, in order, without those that are hidden.
fn entries(folder: &Path) -> Result<(Vec<String>, Vec<String>), Error> {
    let failed = |error: std::io::Error| refuse(error.to_string()).in_file(folder);
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in folder.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(refuse("the name of a file is no UTF-8").in_file(&entry.path()));
        };
        if name.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() { &mut folders } else { &mut files }.push(name);
    }
    folders.sort_unstable();
    files.sort_unstable();
    Ok((folders, files))
}
