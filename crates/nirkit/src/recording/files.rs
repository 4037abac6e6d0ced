//! Recordings to files: a folder of numpy arrays, or NIRData.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use nirkit_io::array::stage_array;
use nirkit_io::data::{Event, EventData};
use nirkit_io::data::{
    GraphData, Member, NodeData, Observable as DataObservable, TimeGriddedData,
    write_data as write_graph_data,
};
use nirkit_io::ending::{self, ends_in};
use nirkit_io::spikes_csv::SpikesCsv;
use nirkit_io::text::{read_document, remove, stage_text};
use nirkit_io::{Compression, Staged, alone_in};
use nirkit_numerics::Tensor;
use nirkit_run::Observable;
use serde::Serialize;

use super::{Recording, Train};
use crate::error::{Error, ErrorKind};

/// Name of the file in which a run reports every choice that was made.
pub const REPORT: &str = "run.json";

/// Name of the file in which an evaluation does.
pub const EVALUATION: &str = "eval.json";

/// Makes the folder of a recording, if need be.
pub fn make_folder(folder: &Path) -> Result<(), Error> {
    nirkit_io::make_folder(folder).map_err(|error| {
        let error = Error::new(format!("{}: {error}", folder.display()));
        error.of_kind(ErrorKind::Write).help("give a folder that can be made")
    })
}

/// The files of a recording, made and not yet in their places.
#[derive(Debug, Default)]
pub struct Batch {
    folder: PathBuf,
    files: Vec<(String, Staged)>,
}

impl Batch {
    /// A batch for this folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), files: Vec::new() }
    }

    /// Adds a file.
    pub fn add(&mut self, name: String, file: Staged) {
        self.files.push((name, file));
    }

    /// The names of the files, without the report.
    pub fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.files.iter().map(|(name, _)| name.clone())
    }

    /// Takes in the files of a folder inside this one; their names, seen from here.
    pub fn take_in(&mut self, folder: &str, batch: Batch) -> Vec<String> {
        let within = |(name, file)| (format!("{folder}/{name}"), file);
        let first = self.files.len();
        self.files.extend(batch.files.into_iter().map(within));
        self.files.iter().skip(first).map(|(name, _)| name.clone()).collect()
    }

    /// Takes in the files of another batch for the same folder.
    pub fn extend(&mut self, batch: Batch) {
        self.files.extend(batch.files);
    }

    /// Puts all files in their places, and the report, under its name, as the last.
    ///
    /// The report of an older run or evaluation goes first, so a report never stands beside files of another one.
    pub fn finish(self, name: &str, report: &impl Serialize) -> Result<(), Error> {
        let json =
            serde_json::to_string_pretty(report).map_err(|error| Error::new(error.to_string()))?;
        let json = crate::escape::json(&json);
        let place = self.folder.join(name);
        let report = stage_text(&place, &format!("{json}\n"))?;
        // Of two runs into one folder, the files of one come after those of the other.
        let _alone = alone_in(&self.folder);
        let mut old = Vec::new();
        for place in [REPORT, EVALUATION].map(|name| self.folder.join(name)) {
            old.extend(files_of_report(&place));
            remove(&place)?;
        }
        // A folder holds one run: what an older one left goes, unless it is written anew.
        for name in old.iter().filter(|name| !self.files.iter().any(|(new, _)| new == *name)) {
            remove(self.folder.join(name))?;
        }
        for (_, file) in self.files {
            file.finish()?;
        }
        Ok(report.finish()?)
    }
}

/// The files of an older run or evaluation, by its report: names inside the folder only.
fn files_of_report(report: &Path) -> Vec<String> {
    let text = read_document(report).unwrap_or_default();
    let report: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let of_ways = report["ways"].as_array().into_iter().flatten().map(|way| &way["files"]);
    let lists = std::iter::once(&report["files"]).chain(of_ways);
    let names = lists.filter_map(|list| list.as_array()).flatten().filter_map(|name| name.as_str());
    let is_recording = |name: &&str| {
        let within =
            Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        let name = Path::new(name);
        within && (ends_in(name, ending::ARRAY) || ends_in(name, ending::TABLE))
    };
    names.filter(is_recording).map(str::to_owned).collect()
}

/// Whether a result goes to one file of data instead of a folder, by its name. A name with an ending that means
/// something else is an error.
pub fn is_data_file(path: &Path) -> Result<bool, Error> {
    if ends_in(path, ending::DATA) {
        return Ok(true);
    }
    let help = "give a folder, which gets an array for each node, or a file that ends in `.h5`";
    check_folder(path, "a recording", help)?;
    Ok(false)
}

/// Returns an error where the name of a folder for results, which are `what`, is that of a file; `help` says what to give.
pub fn check_folder(path: &Path, what: &str, help: &str) -> Result<(), Error> {
    let Some(ending) = ending::of_file(path) else { return Ok(()) };
    let message = format!("{}: {what} is not written as `.{ending}`", path.display());
    Err(Error::new(message).of_kind(ErrorKind::Choice).help(help))
}

/// Makes the files of a recording for a folder: `<node>.<observable>.npy`, time first, `<node>.spikes.csv` for
/// spikes in continuous time, and `<node>.rounding.npy` for spikes that depend on the order of additions.
///
/// Spikes are `uint8` where all are whole numbers up to 255, else `float32`, or `float64` beyond its range.
pub fn stage(folder: &Path, recording: Recording) -> Result<Batch, Error> {
    let mut batch = Batch::new(folder);
    for (request, tensor) in &recording.arrays {
        let name = format!("{}.{}.npy", request.node, request.observable);
        let array = match request.observable {
            Observable::Spikes => counts(tensor),
            _ => tensor.clone(),
        };
        let file = stage_array(folder.join(&name), &array)?;
        batch.add(name, file);
    }
    for affected in recording.affected.iter().flatten() {
        let name = format!("{}.rounding.npy", affected.node);
        let file = stage_array(folder.join(&name), &affected.mask)?;
        batch.add(name, file);
    }
    for (node, trains) in &recording.events {
        let [train] = trains.as_slice() else {
            let message = format!("the spikes of {} samples do not go to a folder", trains.len());
            let help = "give a file that ends in `.h5`, which has an axis for samples";
            return Err(Error::new(message).of_kind(ErrorKind::Choice).help(help));
        };
        let name = format!("{node}.spikes.csv");
        let mut table = SpikesCsv::begin(folder.join(&name))?;
        for (&time, &channel) in train.times.iter().zip(&train.channels) {
            table.push(time, channel as usize)?;
        }
        batch.add(name, table.stage()?);
    }
    batch.extend(recording.files);
    Ok(batch)
}

/// Spikes in the smallest type that holds them: numbers beyond the range of `f32` stay what they are.
fn counts(tensor: &Tensor) -> Tensor {
    let Some(values) = tensor.to_f64() else { return tensor.clone() };
    let is_byte = |value: &f64| value.fract() == 0.0 && (0.0..=255.0).contains(value);
    if values.iter().any(|&value| value.is_finite() && !(value as f32).is_finite()) {
        return tensor.clone();
    }
    let small = if values.iter().all(is_byte) {
        Tensor::new(tensor.shape(), values.iter().map(|&value| value as u8).collect())
    } else {
        Tensor::new(tensor.shape(), values.iter().map(|&value| value as f32).collect())
    };
    small.unwrap_or_else(|_| tensor.clone())
}

/// Writes a recording as NIRData: values of shape (samples, steps, neurons), and spikes in continuous time.
pub fn write_data(path: &Path, recording: &Recording) -> Result<(), Error> {
    let mut nodes: IndexMap<String, Member> = IndexMap::new();
    let mut add = |node: &str, observable: Observable, data: DataObservable| {
        let empty = || Member::Node(NodeData::default());
        if let Member::Node(node) = nodes.entry(node.to_owned()).or_insert_with(empty) {
            node.observables.insert(observable.to_string(), data);
        }
    };
    for (request, tensor) in &recording.arrays {
        let dt = recording.array_step()?;
        let data = TimeGriddedData { data: samples_first(tensor, recording.has_batch)?, dt };
        add(&request.node, request.observable, DataObservable::Gridded(data));
    }
    let event = |(&time, &channel): (&f64, &i64)| Event { time, neuron: channel as usize };
    for (node, trains) in &recording.events {
        let samples: Vec<Vec<Event>> = trains
            .iter()
            .map(|train: &Train| train.times.iter().zip(&train.channels).map(event).collect())
            .collect();
        let channels = trains.first().map_or(0, |train| train.outputs) as u64;
        let data = EventData::of_samples(&samples, channels, recording.duration.unwrap_or(0.0))
            .map_err(|error| Error::new(error.to_string()))?;
        add(node, Observable::Spikes, DataObservable::Events(data));
    }
    Ok(write_graph_data(path, &GraphData { nodes, ..GraphData::default() }, Compression::Gzip(4))?)
}

/// An array of shape (T, B, *shape) or (T, *shape) as one of shape (B, T, neurons).
fn samples_first(tensor: &Tensor, has_batch: bool) -> Result<Tensor, Error> {
    let shape = tensor.shape();
    let steps = shape.first().copied().unwrap_or(0);
    let samples = if has_batch { shape.get(1).copied().unwrap_or(1) } else { 1 };
    let neurons = tensor.len().checked_div(steps * samples).unwrap_or(0);
    let values = tensor.to_f64().unwrap_or_default();
    let mut moved = Vec::with_capacity(values.len());
    for sample in 0..samples {
        for step in 0..steps {
            let start = (step * samples + sample) * neurons;
            moved.extend_from_slice(&values[start..start + neurons]);
        }
    }
    Tensor::new(&[samples, steps, neurons], moved).map_err(|error| Error::new(error.to_string()))
}
