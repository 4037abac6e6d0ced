//! Spikes as a table: a line `time,channel` for each, times in seconds with the 17 significant digits
//! that give back the same double.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::atomic;
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
    temporary: TempPath,
    buffer: String,
}

impl SpikesCsv {
    /// Begins a table that is to stand under this name.
    pub fn begin(path: impl AsRef<Path>) -> Result<Self, WriteError> {
        let path = path.as_ref().to_path_buf();
        match atomic::new_file(atomic::folder(&path)) {
            Ok(file) => {
                let (temporary, buffer) = (file.into_temp_path(), "time,channel\n".to_owned());
                Ok(Self { path, temporary, buffer })
            }
            Err(error) => Err(failed(&path, error)),
        }
    }

    /// Adds a spike. Whoever adds them keeps them in order of time, then of channel.
    pub fn push(&mut self, time: f64, channel: usize) -> Result<(), WriteError> {
        self.buffer.push_str(&format!("{time:.16e},{channel}\n"));
        if self.buffer.len() < BUFFER { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), WriteError> {
        let appended = OpenOptions::new()
            .append(true)
            .open(&self.temporary)
            .and_then(|mut file| file.write_all(self.buffer.as_bytes()));
        self.buffer.clear();
        appended.map_err(|error| failed(&self.path, error))
    }

    /// Puts the table under its name.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.flush()?;
        let Self { path, temporary, .. } = self;
        temporary.persist(&path).map_err(|refused| failed(&path, refused.error))
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
        (0..10_000).for_each(|channel| table.push(0.5, channel).unwrap());
        drop(table);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
