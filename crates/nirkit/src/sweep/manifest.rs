//! What a plan asks for, beside the rows: the lines of the table, and the keys of the rows that each adds up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nirkit_io::Limits;
use nirkit_io::text::{read_text, write_text};
use serde::{Deserialize, Serialize};

use super::VERSION;
use super::plan::refuse;
use super::task::Task;
use crate::error::Error;
use crate::model::title;

/// The file beside the rows.
const FILE: &str = "plan.json";

/// What a plan asks for. Rows of other plans in the same folder are none of its table's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Manifest {
    /// The version of nirkit.
    version: String,
    /// The lines of the table, in the order of the plan.
    pub(super) lines: Vec<Line>,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Line {
    pub(super) graph: String,
    pub(super) set: String,
    pub(super) platform: String,
    pub(super) choices: BTreeMap<String, String>,
    pub(super) readout: Option<String>,
    pub(super) reference: Option<String>,
    /// The keys of the parts of the set.
    pub(super) keys: Vec<String>,
}

impl Manifest {
    /// What the tasks of a plan, with their keys, ask for.
    ///
    /// # Errors
    ///
    /// A platform that is none.
    pub fn of(tasks: &[(Task, String)]) -> Result<Self, Error> {
        let mut lines: Vec<Line> = Vec::new();
        // Parts of a set follow each other.
        for (task, key) in tasks {
            let line = Line {
                graph: task.name.clone(),
                set: task.set.clone(),
                platform: title(&task.platform)?,
                choices: task.choices.clone(),
                readout: task.readout.clone(),
                reference: task.reference.as_deref().map(title).transpose()?,
                keys: Vec::new(),
            };
            match lines.last_mut() {
                Some(last) if last.is_like(&line) => last.keys.push(key.clone()),
                _ => lines.push(Line { keys: vec![key.clone()], ..line }),
            }
        }
        Ok(Self { version: VERSION.to_owned(), lines })
    }

    /// Writes it into a folder of rows, in the place of that of another plan.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let json = serde_json::to_string(self).map_err(|error| Error::new(error.to_string()))?;
        Ok(write_text(folder.join(FILE), &(json + "\n"))?)
    }

    /// Reads the one plan of several folders.
    ///
    /// # Errors
    ///
    /// A folder without one, folders of different plans.
    pub fn read(folders: &[impl AsRef<Path>]) -> Result<Self, Error> {
        let mut found: Option<Self> = None;
        for folder in folders {
            let path = folder.as_ref().join(FILE);
            let text = read_text(&path, &Limits::default()).map_err(|error| {
                let error = error.fault;
                let help = "give folders that `nir sweep` wrote";
                refuse(format!("there are no rows of a sweep ({error})")).help(help).in_file(&path)
            })?;
            let one: Self = serde_json::from_str(&text).map_err(|error| {
                refuse(format!("this is no plan of a sweep: {error}")).in_file(&path)
            })?;
            match &found {
                Some(first) if *first != one => {
                    let what =
                        "this folder has rows of another plan than the first, or of other files";
                    let help =
                        "merge folders of one plan; run the plan again in those that are older";
                    return Err(refuse(what).help(help).in_file(&path));
                }
                Some(_) => {}
                None => found = Some(one),
            }
        }
        found.ok_or_else(|| refuse("there are no folders"))
    }

    /// The keys of all rows.
    pub(super) fn keys(&self) -> BTreeSet<&str> {
        self.lines.iter().flat_map(|line| &line.keys).map(String::as_str).collect()
    }
}

impl Line {
    /// Whether two lines differ in nothing but their keys.
    fn is_like(&self, other: &Self) -> bool {
        let names = |line: &Self| {
            (
                (line.graph.clone(), line.set.clone(), line.platform.clone()),
                (line.choices.clone(), line.readout.clone(), line.reference.clone()),
            )
        };
        names(self) == names(other)
    }
}
