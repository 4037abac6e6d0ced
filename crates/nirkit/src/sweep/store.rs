//! A folder of rows: what is there is not computed again.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::VERSION;
use super::plan::refuse;
use super::row::{Row, Status};
use super::task::Task;
use crate::error::{Error, ErrorKind};

/// The ending of files of rows: a row in each line.
const ROWS: &str = "rows.jsonl";

/// One of several processes that share a plan: it does every so many-th task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, counted from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

impl Shard {
    /// All tasks.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Whether the task at this place of the plan belongs to it.
    #[must_use]
    pub fn has(self, at: usize) -> bool {
        at % self.of.max(1) + 1 == self.number
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| {
            Some((number.parse::<usize>().ok()?, of.parse::<usize>().ok()?))
        });
        match numbers {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err("write I/N, with I from 1 to N".to_owned()),
        }
    }
}

/// A folder of rows that is open for one writer.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    file: File,
    /// The keys that are there, of all files of the folder, and whether the row has counts or a refusal.
    keys: BTreeMap<String, Status>,
    /// Lines that were cut off, and are computed anew.
    cut: usize,
}

impl Store {
    /// Opens a folder, which is made if it is not there, to add the rows of a part of the tasks. Rows of others in the folder
    /// count as done.
    ///
    /// # Errors
    ///
    /// A folder or file that cannot be made or read, rows of another version, another process that writes the same part.
    pub fn open(folder: impl AsRef<Path>, shard: Shard) -> Result<Self, Error> {
        let folder = folder.as_ref();
        crate::recording::make_folder(folder)?;
        let name = match shard {
            Shard::WHOLE => ROWS.to_owned(),
            Shard { number, of } => format!("{number}-of-{of}.{ROWS}"),
        };
        let path = folder.join(name);
        let io = |error: std::io::Error| refuse(error.to_string()).in_file(&path);
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(&path).map_err(io)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => refuse("another process writes these rows")
                .help("wait for it, or divide the plan with `--shard`")
                .in_file(&path),
            TryLockError::Error(error) => io(error),
        })?;
        let mut keys = BTreeMap::new();
        let mut cut = 0;
        for other in files(folder)? {
            let (rows, whole) = read(&other)?;
            keys.extend(rows.into_iter().map(|row| (row.key, row.status)));
            // Another process may be in the middle of a row of its own file.
            if other == path && whole < file.metadata().map_err(io)?.len() {
                cut += 1;
                // What was cut off goes, so that the next row begins a line.
                file.set_len(whole).map_err(io)?;
            }
        }
        Ok(Self { path, file, keys, cut })
    }

    /// Returns the keys of the rows in a folder, and how the tasks ended.
    ///
    /// # Errors
    ///
    /// Files that cannot be read, rows of another version.
    pub fn keys(folder: impl AsRef<Path>) -> Result<BTreeMap<String, Status>, Error> {
        let mut keys = BTreeMap::new();
        for file in files(folder.as_ref())? {
            keys.extend(read(&file)?.0.into_iter().map(|row| (row.key, row.status)));
        }
        Ok(keys)
    }

    /// Returns whether a row is there; with `retry`, rows of tasks that failed do not count.
    #[must_use]
    pub fn has(&self, key: &str, retry: bool) -> bool {
        self.keys.get(key).is_some_and(|status| !(retry && *status == Status::Failed))
    }

    /// Number of rows that were cut off.
    #[must_use]
    pub fn cut(&self) -> usize {
        self.cut
    }

    /// Adds a row. It is complete in the file when this returns.
    ///
    /// # Errors
    ///
    /// A full disk, for example. What was written before stays.
    pub fn add(&mut self, row: &Row) -> Result<(), Error> {
        let io = |error: std::io::Error| {
            let help = "what was written before is kept: start again when there is room";
            Error::new(error.to_string()).of_kind(ErrorKind::Write).help(help).in_file(&self.path)
        };
        let mut line = serde_json::to_vec(row).map_err(|error| Error::new(error.to_string()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(io)?;
        self.keys.insert(row.key.clone(), row.status);
        Ok(())
    }

    /// Of the tasks with their keys, those of a part that are not done.
    #[must_use]
    pub fn open_tasks<'a>(
        &self,
        tasks: &'a [(Task, String)],
        shard: Shard,
        retry: bool,
    ) -> Vec<&'a Task> {
        let own = tasks.iter().enumerate().filter(|(at, _)| shard.has(*at));
        own.filter(|(_, (_, key))| !self.has(key, retry)).map(|(_, (task, _))| task).collect()
    }
}

/// The files of rows of a folder, by their names.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let io = |error: std::io::Error| refuse(error.to_string()).in_file(folder);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ROWS)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Bytes that no row has.
const MOST_LINE: u64 = 16 << 20;

/// The rows of a file, and the bytes that hold them: a last line without its end was cut off.
pub(super) fn read(path: &Path) -> Result<(Vec<Row>, u64), Error> {
    let io = |error: std::io::Error| refuse(error.to_string()).in_file(path);
    let file = File::open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        return Err(refuse("this is no regular file").in_file(path));
    }
    let mut reader = BufReader::new(file);
    let (mut rows, mut whole, mut line, mut number) = (Vec::new(), 0, Vec::new(), 0);
    loop {
        line.clear();
        let bytes = reader.by_ref().take(MOST_LINE).read_until(b'\n', &mut line).map_err(io)?;
        if bytes as u64 == MOST_LINE && line.last() != Some(&b'\n') {
            let what = format!("line {} has {MOST_LINE} bytes or more", number + 1);
            return Err(refuse(what)
                .help("give another folder, or take the file away")
                .in_file(path));
        }
        if line.pop() != Some(b'\n') {
            return Ok((rows, whole));
        }
        number += 1;
        let row: Row = serde_json::from_slice(&line).map_err(|error| {
            let what = format!("line {number} is no row of a sweep: {error}");
            refuse(what).help("give another folder, or take the file away").in_file(path)
        })?;
        if row.version != VERSION {
            let what = format!("the rows are of nirkit {}, and this is {VERSION}", row.version);
            let help = "rows of several versions are not mixed: give another folder, or finish with that version";
            return Err(refuse(what).help(help).in_file(path));
        }
        if let Some(what) = row.contradiction() {
            let what = format!("line {number} contradicts itself: {what}");
            return Err(refuse(what)
                .help("give another folder, or take the file away")
                .in_file(path));
        }
        rows.push(row);
        whole += bytes as u64;
    }
}
