//! What a row follows from, as a hash.

use nirkit_io::sha256_of;
use serde::Serialize;

use super::VERSION;
use super::inputs::Hashes;
use super::row::Row;
use super::task::Task;

/// Everything that a row says or follows from. Where files lie is no part of it.
#[derive(Serialize)]
struct Basis<'a> {
    version: &'a str,
    graph: &'a str,
    set: &'a str,
    hashes: &'a Hashes,
    samples: Option<(usize, usize)>,
    frames: Option<&'a str>,
    platform: &'a str,
    choices: &'a std::collections::BTreeMap<String, String>,
    readout: Option<&'a str>,
    reference: Option<&'a str>,
    metrics: &'a [super::plan::Metric],
}

impl Basis<'_> {
    fn key(&self) -> String {
        sha256_of(&serde_json::to_vec(self).unwrap_or_default())
    }
}

/// The key of a task whose platform, and what it is held against, have these titles.
pub(super) fn key(task: &Task, titles: (&str, Option<&str>), hashes: &Hashes) -> String {
    Basis {
        version: VERSION,
        graph: &task.name,
        set: &task.set,
        hashes,
        samples: task.samples,
        frames: task.frames.as_deref(),
        platform: titles.0,
        choices: &task.choices,
        readout: task.readout.as_deref(),
        reference: titles.1,
        metrics: &task.metrics,
    }
    .key()
}

/// The key that follows from what a row says.
pub(super) fn key_of(row: &Row) -> String {
    Basis {
        version: &row.version,
        graph: &row.graph,
        set: &row.set,
        hashes: &row.hashes,
        samples: row.samples,
        frames: row.frames.as_deref(),
        platform: &row.platform,
        choices: &row.choices,
        readout: row.readout.as_deref(),
        reference: row.reference.as_deref(),
        metrics: &row.metrics,
    }
    .key()
}
