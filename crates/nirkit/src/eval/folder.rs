//! Folders with a file for each sample.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nirkit_io::Limits;
use nirkit_io::ending::{self, ends_in};

use super::read_labels;
use super::set::Labels;
use crate::choices::Choice;
use crate::error::{Error, ErrorKind};
use crate::suggest;

/// What is said of a folder.
#[derive(Default)]
pub(super) struct Told {
    /// What was settled.
    pub(super) choices: Vec<Choice>,
    /// What is to be said beside the choices.
    pub(super) notes: Vec<String>,
}

/// What a folder holds.
pub(super) struct Folder {
    /// The files of the samples, in order, with the folder of their class if there is one.
    pub(super) files: Vec<PathBuf>,
    /// The folders of the classes, in order, and how many files each has.
    classes: Vec<(String, usize)>,
    /// Files that are hidden.
    hidden: usize,
}

impl Folder {
    /// Lists a folder. The file of the labels may stand among the samples.
    pub(super) fn read(folder: &Path, labels: Option<&Path>) -> Result<Self, Error> {
        let mut found = Self { files: Vec::new(), classes: Vec::new(), hidden: 0 };
        let labels = labels.and_then(|labels| labels.canonicalize().ok());
        let (folders, files) = found.list(folder, labels.as_deref())?;
        let wrong = |message: &str, help: &str| {
            let error = Error::new(message).of_kind(ErrorKind::Stimulus).in_file(folder);
            Err(error.help(help))
        };
        if !folders.is_empty() && !files.is_empty() {
            let message = "it holds files and folders";
            return wrong(message, "give a file for each sample, or a folder for each class");
        }
        if folders.is_empty() && files.is_empty() {
            return wrong("it holds no samples", "give a file for each sample");
        }
        if folders.is_empty() {
            found.files = files.into_iter().map(PathBuf::from).collect();
            return Ok(found);
        }
        for class in folders {
            let (inner, files) = found.list(&folder.join(&class), None)?;
            if let Some(inner) = inner.first() {
                let error = Error::new("the folder of a class holds another folder");
                let error = error.of_kind(ErrorKind::Stimulus);
                return Err(error.in_file(&folder.join(&class).join(inner)));
            }
            found.classes.push((class.clone(), files.len()));
            found.files.extend(files.into_iter().map(|file| Path::new(&class).join(file)));
        }
        if found.files.is_empty() {
            return wrong("its folders hold no samples", "give a file for each sample");
        }
        Ok(found)
    }

    /// The names of the folders and of the files in a folder, in order.
    fn list(
        &mut self,
        folder: &Path,
        labels: Option<&Path>,
    ) -> Result<(Vec<String>, Vec<String>), Error> {
        let failed = |error: std::io::Error| {
            Error::new(error.to_string()).of_kind(ErrorKind::Read).in_file(folder)
        };
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for entry in folder.read_dir().map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else {
                let error = Error::new("the name of a file is no UTF-8").of_kind(ErrorKind::Read);
                return Err(error.in_file(&entry.path()));
            };
            if name.starts_with('.') {
                self.hidden += 1;
                continue;
            }
            if labels
                .is_some_and(|labels| entry.path().canonicalize().is_ok_and(|path| path == labels))
            {
                continue;
            }
            if is_folder(&entry.path())? { &mut folders } else { &mut files }.push(name);
        }
        folders.sort_by(|one, other| by_number(one, other));
        files.sort_by(|one, other| by_number(one, other));
        Ok((folders, files))
    }

    /// The class of each sample.
    pub(super) fn labels(
        &self,
        folder: &Path,
        labels: &Labels,
        limits: &Limits,
        told: &mut Told,
    ) -> Result<Vec<i64>, Error> {
        if self.hidden > 0 {
            let value = format!("{} with a dot in front", self.hidden);
            told.choices.push(Choice::new("files left out", value, "the folder"));
        }
        let labels = self.classes_of_samples(folder, labels, limits, told)?;
        if labels.len() == self.files.len() {
            return Ok(labels);
        }
        let (labels, samples) = (labels.len(), self.files.len());
        let counted = self.by_ending();
        let error = Error::new(format!(
            "there are {labels} labels for {samples} samples, which are {counted}"
        ));
        Err(error.of_kind(ErrorKind::Stimulus).in_file(folder).help(
            "give a label for each file, and take files that are no samples out of the folder; a table with the columns \
             `file` and `label` says which is which",
        ))
    }

    /// How many files there are of each ending; a file whose ending no other has is named.
    fn by_ending(&self) -> String {
        let mut endings: BTreeMap<String, Vec<&PathBuf>> = BTreeMap::new();
        for file in &self.files {
            let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
            endings.entry(ending).or_default().push(file);
        }
        let words =
            endings.iter().map(|(ending, files)| match (files.as_slice(), ending.as_str()) {
                ([only], _) => format!("`{}`", only.display()),
                (files, "") => format!("{} files without an ending", files.len()),
                (files, ending) => format!("{} files with the ending `.{ending}`", files.len()),
            });
        words.collect::<Vec<_>>().join(", ")
    }

    fn classes_of_samples(
        &self,
        folder: &Path,
        labels: &Labels,
        limits: &Limits,
        told: &mut Told,
    ) -> Result<Vec<i64>, Error> {
        match (labels, self.classes.is_empty()) {
            (Labels::OfFolders, false) => self.classes(told).map_err(|error| error.in_file(folder)),
            (Labels::OfFolders, true) => Err(Error::new("nothing says the classes of its files")
                .of_kind(ErrorKind::Choice)
                .help("give the labels, or put the files of each class into a folder of its own")
                .in_file(folder)),
            (_, false) => Err(Error::new("its folders say the classes, and so do the labels")
                .of_kind(ErrorKind::Choice)
                .help("give one of the two")
                .in_file(folder)),
            (Labels::Given(labels), true) => Ok(labels.clone()),
            (Labels::File(path), true) => {
                if ends_in(path, ending::TABLE) || ends_in(path, ending::JSON) {
                    named_labels(path, &self.files, limits)
                } else {
                    read_labels(path, limits)
                }
            }
        }
    }

    /// The class of each sample by its folder: the names, where all are whole numbers, else their order.
    fn classes(&self, told: &mut Told) -> Result<Vec<i64>, Error> {
        let numbers = self.classes.iter().filter(|(name, _)| is_whole(name)).count();
        let classes: Vec<i64> = if numbers == self.classes.len() {
            told.choices.push(Choice::new("labels", "the names of the folders", "the folder"));
            self.numbers()?
        } else {
            let names = self.classes.iter().enumerate();
            let names: Vec<String> =
                names.map(|(class, (name, _))| format!("{class} = {name}")).collect();
            let names = names.join(", ");
            if numbers > 0 {
                told.notes.push(format!(
                    "the names of {numbers} of {} folders are whole numbers and those of the others are not, so that all are \
                     numbered by their order: {names}",
                    self.classes.len()
                ));
            }
            told.choices.push(Choice::new("labels", names, "the order of the folders"));
            (0..).take(self.classes.len()).collect()
        };
        let of_class = classes.iter().zip(&self.classes);
        Ok(of_class.flat_map(|(&class, &(_, files))| std::iter::repeat_n(class, files)).collect())
    }

    /// The classes that the names of the folders are.
    fn numbers(&self) -> Result<Vec<i64>, Error> {
        let mut known: BTreeMap<u32, &str> = BTreeMap::new();
        let (mut classes, mut errors) = (Vec::new(), Vec::new());
        for (name, _) in &self.classes {
            let Ok(class) = name.parse::<u32>() else {
                let message = format!(
                    "the folder `{name}` is no class: classes are whole numbers from 0 to {}",
                    u32::MAX
                );
                errors.push(Error::new(message));
                continue;
            };
            if let Some(other) = known.insert(class, name) {
                let message = format!("the folders `{other}` and `{name}` are both class {class}");
                errors.push(Error::new(message).help("put the samples of a class into one folder"));
            }
            classes.push(i64::from(class));
        }
        if errors.is_empty() {
            return Ok(classes);
        }
        Err(Error::several(errors).of_kind(ErrorKind::Stimulus))
    }
}

/// Whether a name is a whole number, of whatever size.
fn is_whole(name: &str) -> bool {
    let digits = name.strip_prefix(['+', '-']).unwrap_or(name);
    !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Whether an entry of a folder is a folder; otherwise it is a file. Links are followed.
fn is_folder(entry: &Path) -> Result<bool, Error> {
    let refused = |message: String| Error::new(message).of_kind(ErrorKind::Stimulus).in_file(entry);
    let found = match std::fs::metadata(entry) {
        Ok(found) => found,
        Err(error) => {
            return Err(match std::fs::read_link(entry) {
                Ok(target) => {
                    let message = format!("the link leads to `{}`: {error}", target.display());
                    refused(message)
                        .help("take the link out of the folder, or let it lead to a file")
                }
                Err(_) => refused(error.to_string()),
            });
        }
    };
    if !found.is_dir() && !found.is_file() {
        let help = "store the sample in a file, or take it out of the folder";
        return Err(refused("it is a device or a pipe, which is no sample".to_owned()).help(help));
    }
    Ok(found.is_dir())
}

/// Reads a list of labels by file.
fn named_labels(path: &Path, files: &[PathBuf], limits: &Limits) -> Result<Vec<i64>, Error> {
    let table = nirkit_io::labels::read_labelled_files(path, limits).map_err(Error::from);
    let table =
        table.map_err(|error| suggest::with_file(error, path, &[ending::TABLE, ending::JSON]))?;
    let mut table: BTreeMap<String, i64> = table.into_iter().collect();
    let mut errors = Vec::new();
    let mut labels = Vec::with_capacity(files.len());
    for file in files {
        match table.remove(&*file.to_string_lossy()) {
            Some(label) => labels.push(label),
            None => errors.push(Error::new(format!("there is no label for {}", file.display()))),
        }
    }
    errors.extend(table.keys().map(|file| Error::new(format!("there is no file {file}"))));
    if errors.is_empty() {
        return Ok(labels);
    }
    let errors = errors.into_iter().map(|error| error.in_file(path));
    Err(Error::several(errors).of_kind(ErrorKind::Stimulus))
}

/// Orders names, with the numbers in them by their value.
fn by_number(one: &str, other: &str) -> Ordering {
    let (mut one_rest, mut other_rest) = (one, other);
    loop {
        let (a, b) = (next_part(&mut one_rest), next_part(&mut other_rest));
        let ordering = match (a, b) {
            (None, None) => return one.cmp(other),
            (Some(a), Some(b)) if is_number(a) && is_number(b) => {
                let [a, b] = [a, b].map(|digits| digits.trim_start_matches('0'));
                a.len().cmp(&b.len()).then_with(|| a.cmp(b))
            }
            (a, b) => a.cmp(&b),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
}

/// Takes the digits, or the other characters, at the start of a text.
fn next_part<'a>(text: &mut &'a str) -> Option<&'a str> {
    let first = text.chars().next()?.is_ascii_digit();
    let end = text.find(|c: char| c.is_ascii_digit() != first).unwrap_or(text.len());
    let (part, rest) = text.split_at(end);
    *text = rest;
    Some(part)
}

fn is_number(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_by_their_value() {
        let mut names =
            ["s10.npy", "s9.npy", "s009.npy", "a", "s1b", "s1", "s18446744073709551616"];
        names.sort_by(|one, other| by_number(one, other));
        assert_eq!(
            names,
            ["a", "s1", "s1b", "s009.npy", "s9.npy", "s10.npy", "s18446744073709551616"]
        );
    }
}
