//! Spikes as a table: a line `time,channel` for each, times in seconds with the 17 significant digits
//! that give back the same double.

use std::io;
use std::path::{Path, PathBuf};

use crate::atomic::{Staged, Unfinished};
use crate::error::{WriteError, WriteFault};

/// Bytes that are kept before they are written.
const BUFFER: usize = 1 << 16;

/// A table that is written while a run goes on. It appears under its name when it is
/// [finished](Self::finish), and not at all if it never is.
///
/// Between two writes the file is closed, so there can be a table for each of thousands of nodes.
#[derive(Debug)]
pub struct SpikesCsv {
    path: PathBuf,
    table: Unfinished,
    buffer: String,
}

impl SpikesCsv {
    /// Begins a table that is to stand under this name.
    pub fn begin(path: impl AsRef<Path>) -> Result<Self, WriteError> {
        let path = path.as_ref().to_path_buf();
        match Unfinished::begin(&path) {
            Ok(table) => Ok(Self { path, table, buffer: "time,channel\n".to_owned() }),
            Err(error) => Err(failed(&path, error)),
        }
    }

    /// Adds a spike. Whoever adds them keeps them in order of time, then of channel.
    pub fn push(&mut self, time: f64, channel: usize) -> Result<(), WriteError> {
        self.buffer.push_str(&format!("{time:.16e},{channel}\n"));
        if self.buffer.len() < BUFFER { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let appended = self.table.append(self.buffer.as_bytes());
        self.buffer.clear();
        appended.map_err(|error| failed(&self.path, error))
    }

    /// Puts the table under its name.
    pub fn finish(self) -> Result<(), WriteError> {
        self.stage()?.finish()
    }

    /// Completes the table, to be put under its name with others.
    pub fn stage(mut self) -> Result<Staged, WriteError> {
        self.flush()?;
        let Self { path, table, .. } = self;
        table.complete().map_err(|error| failed(&path, error))
    }
}

fn failed(path: &Path, error: io::Error) -> WriteError {
    WriteFault::Io(error).at("").of_file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_appears_when_it_is_finished_and_times_keep_every_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lif.spikes.csv");
        let mut table = SpikesCsv::begin(&path).unwrap();
        table.push(0.3, 1).unwrap();
        table.push(0.1 + 0.2, 0).unwrap();
        assert!(!path.exists());
        table.finish().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "time,channel\n2.9999999999999999e-1,1\n3.0000000000000004e-1,0\n");
    }

    #[test]
    fn a_table_that_is_never_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut table = SpikesCsv::begin(folder.path().join("a.csv")).unwrap();
        // Miri takes minutes for as many as fill the buffer.
        let rows = if cfg!(miri) { 100 } else { 10_000 };
        (0..rows).for_each(|channel| table.push(0.5, channel).unwrap());
        drop(table);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
