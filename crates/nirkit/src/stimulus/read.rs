//! What a file with a stimulus holds.

use std::path::Path;

use nirkit_io::content::Content as Kind;
use nirkit_io::data::{read_data, read_data_bytes};
use nirkit_io::ending::{ending, ends_in};
use nirkit_io::events::{read_events, read_events_bytes};
use nirkit_io::spike_lists::SpikeLists;
use nirkit_io::stimulus_json::{read_stimulus_json, read_stimulus_json_bytes};
use nirkit_io::{Limits, array};

use super::{Content, Stimulus, recording, samples};
use crate::bounds;
use crate::error::{Error, ErrorKind};

impl Stimulus {
    /// What a file holds, told by its name, or by what it holds if its name says nothing.
    pub(super) fn read_content(&self, path: &Path, limits: &Limits) -> Result<Content, Error> {
        if ends_in(path, &["nir", "nirt"]) && path.exists() {
            let error = Error::new("this is a graph, and no stimulus").of_kind(ErrorKind::Stimulus);
            let help = "graph and stimulus may be swapped: the graph comes first, the stimulus is given as input";
            return Err(error.help(help));
        }
        match ending(path).as_str() {
            "npy" => {
                if let Some(shape) = array::declared_shape(path) {
                    bounds::frames(&shape, self.batch, limits)?;
                }
                let bytes = array::read_bytes(path, limits).map_err(strip_file)?;
                if array::is_table_bytes(&bytes) {
                    Ok(Content::Events(read_events_bytes(&bytes, limits)?))
                } else {
                    Ok(Content::Frames(array::read_array_bytes(&bytes, limits)?))
                }
            }
            "csv" => Ok(Content::Events(read_events(path, limits).map_err(strip_file)?)),
            "json" => Ok(Content::Courses(read_stimulus_json(path, limits).map_err(strip_file)?)),
            "h5" | "hdf5" | "nird" => {
                // A pipe is there once only, and NIRData is what such files mostly are.
                let is_file = std::fs::metadata(path).is_ok_and(|found| found.is_file());
                let lists = if is_file { SpikeLists::open(path, limits) } else { Ok(None) };
                match lists.map_err(strip_file)? {
                    Some(file) => self.read_lists(&file, limits),
                    None => Ok(Content::Data(read_data(path, limits).map_err(strip_file)?)),
                }
            }
            _ => {
                let (events, told) = recording::read(path, limits, self.event_times)?;
                Ok(Content::Recording(events, told))
            }
        }
    }

    /// What the bytes of a file without a name hold, told by how they begin.
    pub(super) fn parse_content(&self, bytes: Vec<u8>, limits: &Limits) -> Result<Content, Error> {
        let kind = match Kind::of(&bytes) {
            Ok(kind) => kind,
            // A recording of a sensor begins as none of these.
            Err(unknown) => {
                let found = recording::of_bytes(&bytes, limits, self.event_times)?;
                let (events, told) = found.ok_or_else(|| Error::from(unknown))?;
                return Ok(Content::Recording(events, told));
            }
        };
        match kind {
            Kind::Array if array::is_table_bytes(&bytes) => {
                Ok(Content::Events(read_events_bytes(&bytes, limits)?))
            }
            Kind::Array => Ok(Content::Frames(array::read_array_bytes(&bytes, limits)?)),
            Kind::Text => Ok(Content::Events(read_events_bytes(&bytes, limits)?)),
            Kind::Json => Ok(Content::Courses(read_stimulus_json_bytes(&bytes)?)),
            Kind::Hdf5 => match SpikeLists::of_bytes(bytes.clone(), limits)? {
                Some(file) => self.read_lists(&file, limits),
                None => Ok(Content::Data(read_data_bytes(bytes, limits)?)),
            },
        }
    }

    fn read_lists(&self, file: &SpikeLists, limits: &Limits) -> Result<Content, Error> {
        samples::read(file, self.samples.as_ref(), limits).map(Content::Lists)
    }
}

/// The name of the file is said once, by whoever knows all files.
fn strip_file(mut error: nirkit_io::ReadError) -> Error {
    error.file = None;
    Error::from(error)
}
