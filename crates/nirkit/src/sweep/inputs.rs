//! The files of tasks, read once for tasks that follow each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use nirkit_io::{sha256, sha256_of};
use nirkit_ir::{Document, Limits};
use serde::{Deserialize, Serialize};

use super::plan::refuse;
use super::samples::{Samples, members};
use super::task::Task;
use crate::document::read_within;
use crate::error::Error;
use crate::stimulus::{Frames, Stimulus};

/// SHA-256 of the files of a task, in hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Hashes {
    /// Of the graph.
    pub graph: String,
    /// Of what enters.
    pub input: String,
    /// Of the labels.
    pub labels: Option<String>,
    /// Of the file that describes the platform.
    pub platform: Option<String>,
    /// Of the file that describes what it is held against.
    pub reference: Option<String>,
}

/// A file as it was when it was looked at.
#[derive(Clone, Copy, PartialEq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

/// What was read of the last files.
#[derive(Default)]
pub(super) struct Files {
    hashes: BTreeMap<PathBuf, (Stamp, String)>,
    graph: Option<(String, Arc<Document>)>,
    set: Option<(SetKey, Arc<Samples>)>,
}

/// What makes a set another one.
type SetKey = (String, Option<String>, Option<String>);

impl Files {
    /// The hashes of the files of a task. A file that did not change is not read again.
    pub(super) fn hashes(&mut self, task: &Task, limits: &Limits) -> Result<Hashes, Error> {
        let described =
            |title: &str| nirkit_platforms::file::is_file(title).then(|| PathBuf::from(title));
        let input = self.hash_of_set(&task.input, limits)?;
        let mut of = |path: &Path| self.hash(path);
        Ok(Hashes {
            graph: of(&task.graph)?,
            input,
            labels: task.labels.as_deref().map(&mut of).transpose()?,
            platform: described(&task.platform).as_deref().map(&mut of).transpose()?,
            reference: { task.reference.as_deref().and_then(described) }
                .as_deref()
                .map(&mut of)
                .transpose()?,
        })
    }

    /// The hash of what enters. That of a folder, and of a list of files, follows from the names and hashes of all its files.
    fn hash_of_set(&mut self, path: &Path, limits: &Limits) -> Result<String, Error> {
        let Some(files) = members(path, limits)? else { return self.hash(path) };
        let mut parts = Vec::with_capacity(files.len() + 1);
        if path.is_file() {
            parts.push((String::new(), self.hash(path)?));
        }
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        for file in files {
            let hash = self.hash(&folder.join(&file))?;
            parts.push((file, hash));
        }
        Ok(sha256_of(&serde_json::to_vec(&parts).unwrap_or_default()))
    }

    fn hash(&mut self, path: &Path) -> Result<String, Error> {
        let stamp = stamp(path)?;
        if let Some((at, hash)) = self.hashes.get(path)
            && *at == stamp
        {
            return Ok(hash.clone());
        }
        let hash = sha256(path).map_err(Error::from)?;
        let hash = hash.ok_or_else(|| refuse("this is no regular file").in_file(path))?;
        self.hashes.insert(path.to_owned(), (stamp, hash.clone()));
        Ok(hash)
    }

    /// The graph of a task.
    pub(super) fn graph(
        &mut self,
        task: &Task,
        hash: &str,
        limits: &Limits,
    ) -> Result<Arc<Document>, Error> {
        if let Some((read, graph)) = &self.graph
            && read == hash
        {
            return Ok(Arc::clone(graph));
        }
        let graph = Arc::new(read_within(&task.graph, limits)?);
        self.graph = Some((hash.to_owned(), Arc::clone(&graph)));
        Ok(graph)
    }

    /// The samples of a task, all of its set.
    pub(super) fn samples(
        &mut self,
        task: &Task,
        hashes: &Hashes,
        limits: &Limits,
    ) -> Result<Arc<Samples>, Error> {
        let key = (hashes.input.clone(), hashes.labels.clone(), task.frames.clone());
        if let Some((read, samples)) = &self.set
            && *read == key
        {
            return Ok(Arc::clone(samples));
        }
        let frames = match task.frames.as_deref() {
            None | Some("auto") => Frames::Auto,
            Some("spikes") => Frames::Spikes,
            Some("current") => Frames::Current,
            Some(other) => {
                let help = "frames are `auto`, `spikes` or `current`";
                return Err(refuse(format!("`{other}` is no reading of frames")).help(help));
            }
        };
        let like = Stimulus::new().numbers(frames).batched(true);
        let samples = Samples::read(&task.input, task.labels.as_deref(), &like, limits)?;
        let samples = Arc::new(samples);
        self.set = Some((key, Arc::clone(&samples)));
        Ok(samples)
    }
}

fn stamp(path: &Path) -> Result<Stamp, Error> {
    let found = std::fs::metadata(path).map_err(|error| refuse(error.to_string()).in_file(path))?;
    Ok(Stamp { bytes: found.len(), modified: found.modified().ok() })
}
