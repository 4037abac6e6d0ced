//! The rows of stores as the table of a plan: parts of a set added up, in the order of the plan.

use std::collections::BTreeMap;
use std::path::Path;

use nirkit_io::text::{remove, stage_text};
use serde::Serialize;

use super::costs::FEMTO;
use super::manifest::{Line, Manifest};
use super::plan::refuse;
use super::row::{Counts, FirstDifference, Row, Status};
use super::store::{files, read};
use crate::error::Error;

/// A line of the table: a graph, a set, a platform and choices.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// The name of the file of the graph.
    pub graph: String,
    /// What the set is called.
    pub set: String,
    /// The platform with its version.
    pub platform: String,
    /// Choices that the plan gives.
    pub choices: BTreeMap<String, String>,
    /// The readout that the plan gives.
    pub readout: Option<String>,
    /// What the answers are held against.
    pub reference: Option<String>,
    /// How it ended: refused or failed if a part of the set did.
    pub status: Status,
    /// Why it did not run.
    pub reasons: Vec<String>,
    /// What was counted, over all parts; not there if one of them did not run.
    pub counts: Option<Counts>,
    /// The share of the samples that got the class of their label.
    pub accuracy: Option<f64>,
    /// The share of the samples whose class is that of the reference.
    pub agreement: Option<f64>,
    /// The share of the samples whose output spikes are those of the reference in each step.
    pub output_agreement: Option<f64>,
    /// The share of the samples in which a spike of any node differs from the reference.
    pub differing: Option<f64>,
    /// Where spikes differ first from those of the reference.
    pub first_difference: Option<FirstDifference>,
    /// The energy of a sample in joules, on average: at least and at most.
    pub energy: Option<[f64; 2]>,
    /// Everything that was settled, by name, where it is the same for all parts.
    pub settled: BTreeMap<String, String>,
    /// What has to be said about the numbers, once each.
    pub notes: Vec<String>,
    /// SHA-256 of the graph.
    pub graph_sha256: String,
    /// SHA-256 of what enters.
    pub input_sha256: String,
}

/// The rows of one or several stores.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Table {
    /// The version of nirkit.
    pub version: String,
    /// Its lines.
    pub entries: Vec<Entry>,
}

impl Table {
    /// Makes the table of a plan of the rows of one or several folders. A task that several of them have is taken once; rows of
    /// other plans, and of files that have changed since, are none of it.
    ///
    /// # Errors
    ///
    /// A folder without rows, folders of different plans, tasks without a row, rows of another version, two rows of one task
    /// that differ.
    pub fn of(folders: &[impl AsRef<Path>]) -> Result<Self, Error> {
        let manifest = Manifest::read(folders)?;
        let wanted = manifest.keys();
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for folder in folders {
            for file in files(folder.as_ref())? {
                let found = read(&file)?.0.into_iter();
                for row in found.filter(|row| wanted.contains(row.key.as_str())) {
                    merge(&mut rows, row).map_err(|error| error.in_file(&file))?;
                }
            }
        }
        let missing = wanted.iter().filter(|key| !rows.contains_key(**key)).count();
        if missing > 0 {
            let what = format!("{missing} of {} tasks of the plan have no row", wanted.len());
            return Err(refuse(what).help("run the parts that are missing, and give all folders"));
        }
        let entries = manifest.lines.iter().map(|line| {
            let parts: Vec<&Row> = line.keys.iter().filter_map(|key| rows.get(key)).collect();
            Entry::of(line, &parts)
        });
        Ok(Self { version: super::VERSION.to_owned(), entries: entries.collect() })
    }

    #[cfg(not(target_family = "wasm"))]
    fn stage_parquet(&self, folder: &Path) -> Result<nirkit_io::Staged, Error> {
        let made_by = format!("nirkit {}", self.version);
        let (path, columns) = (folder.join("table.parquet"), self.typed_columns());
        Ok(nirkit_io::parquet::stage_parquet(path, &columns, &made_by)?)
    }

    /// Names of the choices that the plan gives, which are columns of the table.
    #[must_use]
    pub fn choices(&self) -> Vec<&str> {
        let names = self.entries.iter().flat_map(|entry| entry.choices.keys());
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The table as text: columns separated by commas, with a head.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let rows = std::iter::once(self.columns()).chain(self.cells());
        // Writing into memory does not fail.
        rows.for_each(|row| drop(writer.write_record(&row)));
        writer
            .into_inner()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Writes `table.csv`, `table.parquet` with the same columns, and `table.json`, which also has what was settled, notes and
    /// hashes, into a folder.
    ///
    /// # Errors
    ///
    /// Files that cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        crate::recording::make_folder(folder)?;
        let json = serde_json::to_string_pretty(self).map_err(|e| Error::new(e.to_string()))?;
        let json = crate::escape::json(&json);
        let files = [
            stage_text(folder.join("table.csv"), &self.to_csv())?,
            stage_text(folder.join("table.json"), &format!("{json}\n"))?,
            #[cfg(not(target_family = "wasm"))]
            self.stage_parquet(folder)?,
        ];
        // Tables of two sweeps do not lie beside each other, whatever ends this program.
        for name in ["table.json", "table.csv", "table.parquet"] {
            remove(folder.join(name))?;
        }
        for file in files {
            file.finish()?;
        }
        Ok(())
    }
}

impl Entry {
    fn of(line: &Line, parts: &[&Row]) -> Self {
        let status = parts.iter().map(|row| row.status).max().unwrap_or(Status::Done);
        let all = parts.iter().map(|row| row.counts);
        let counts = all.reduce(|a, b| a?.and(b?)).flatten();
        let share = |count: Option<u64>, samples: u64| {
            count.filter(|_| samples > 0).map(|count| count as f64 / samples as f64)
        };
        let mut settled = parts.first().map_or_else(BTreeMap::new, |row| row.settled.clone());
        settled.retain(|name, value| parts.iter().all(|row| row.settled.get(name) == Some(value)));
        let hash =
            |of: fn(&Row) -> &String| parts.first().map_or_else(String::new, |row| of(row).clone());
        Self {
            graph: line.graph.clone(),
            set: line.set.clone(),
            platform: line.platform.clone(),
            choices: line.choices.clone(),
            readout: line.readout.clone(),
            reference: line.reference.clone(),
            status,
            reasons: once(parts.iter().flat_map(|row| &row.reasons)),
            counts,
            accuracy: counts.and_then(|counts| share(counts.correct, counts.samples)),
            agreement: counts.and_then(|counts| share(counts.same_class, counts.samples)),
            output_agreement: counts.and_then(|counts| share(counts.same_output, counts.samples)),
            differing: counts.and_then(|counts| {
                let differing = counts.samples.saturating_sub(counts.same_spikes?);
                share(Some(differing), counts.samples)
            }),
            first_difference: {
                let firsts = parts.iter().filter_map(|row| row.first_difference.as_ref());
                firsts.min().filter(|_| counts.is_some_and(|c| c.same_spikes.is_some())).cloned()
            },
            energy: counts.and_then(|counts| {
                let sums = [counts.least_energy?, counts.most_energy?];
                (counts.samples > 0)
                    .then(|| sums.map(|sum| sum as f64 / FEMTO / counts.samples as f64))
            }),
            settled,
            notes: once(parts.iter().flat_map(|row| &row.notes)),
            graph_sha256: hash(|row| &row.hashes.graph),
            input_sha256: hash(|row| &row.hashes.input),
        }
    }
}

/// Takes a row. Of two rows of a task, one that ran counts more than one that failed; two that ran are the same.
fn merge(rows: &mut BTreeMap<String, Row>, row: Row) -> Result<(), Error> {
    let Some(other) = rows.get_mut(&row.key) else {
        rows.insert(row.key.clone(), row);
        return Ok(());
    };
    let (is_new, is_old) = (row.status == Status::Failed, other.status == Status::Failed);
    if is_old && !is_new {
        *other = row;
    } else if !is_old && !is_new && (other.counts, &other.status) != (row.counts, &row.status) {
        let what =
            format!("the rows of the task {} differ: {} of `{}`", row.key, row.platform, row.graph);
        return Err(refuse(what).help("take one of the folders, or compute the task again"));
    }
    Ok(())
}

fn once<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        if !found.contains(text) {
            found.push(text.clone());
        }
    }
    found
}
