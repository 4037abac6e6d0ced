//! Recordings to files: a folder of numpy arrays, or NIRData.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use nirkit_io::array::stage_array;
use nirkit_io::data::{
    GraphData, Member, NodeData, Observable as DataObservable, TimeGriddedData, write_data,
};
use nirkit_io::text::{remove, stage_text};
use nirkit_io::{Compression, Staged, alone_in};
use nirkit_numerics::Tensor;
use nirkit_sim::Observable;
use nirkit_sim::clocked::Recording;
use serde::Serialize;

use crate::error::Error;
use crate::rounding::Affected;

/// Name of the file in which a run reports every choice that was made.
pub const REPORT: &str = "run.json";

/// Makes the folder of a recording, if need be.
pub fn make_folder(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| {
        Error::new(format!("{}: {error}", folder.display())).help("give a folder that can be made")
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

    /// Puts all files in their places, and the report of the run as the last.
    ///
    /// The report of an older run goes first, so a report never stands beside files of another run.
    pub fn finish(self, report: &impl Serialize) -> Result<(), Error> {
        let json =
            serde_json::to_string_pretty(report).map_err(|error| Error::new(error.to_string()))?;
        let place = self.folder.join(REPORT);
        let report = stage_text(&place, &(json + "\n"))?;
        // Of two runs into one folder, the files of one come after those of the other.
        let _alone = alone_in(&self.folder);
        remove(&place)?;
        for (_, file) in self.files {
            file.finish()?;
        }
        Ok(report.finish()?)
    }
}

/// Makes the files of a recording on a grid, `<node>.<observable>.npy`, time first.
///
/// Spikes are `uint8` where all are whole numbers up to 255, else `float32`, or `float64` beyond its range.
pub fn stage_arrays(folder: &Path, recording: &Recording) -> Result<Batch, Error> {
    let mut batch = Batch::new(folder);
    for (request, tensor) in &recording.arrays {
        let name = format!("{}.{}.npy", request.node, request.observable);
        let array = match request.observable {
            Observable::Spikes => counts(tensor),
            Observable::V
            | Observable::Isyn
            | Observable::Isyn2
            | Observable::U
            | Observable::Output => tensor.clone(),
        };
        let file = stage_array(folder.join(&name), &array)?;
        batch.add(name, file);
    }
    Ok(batch)
}

/// Makes the files that say which spikes of each node depend on the order of additions,
/// `<node>.rounding.npy`.
pub fn stage_affected(folder: &Path, affected: &[Affected]) -> Result<Batch, Error> {
    let mut batch = Batch::new(folder);
    for affected in affected {
        let name = format!("{}.rounding.npy", affected.node);
        let file = stage_array(folder.join(&name), &affected.mask)?;
        batch.add(name, file);
    }
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

/// Writes a recording on a grid as NIRData: values of shape (samples, steps, neurons).
///
/// `has_batch` says whether the second axis of the arrays counts samples; `dt` is in seconds.
pub fn write_grid(
    path: &Path,
    recording: &Recording,
    has_batch: bool,
    dt: f64,
) -> Result<(), Error> {
    let mut nodes: IndexMap<String, Member> = IndexMap::new();
    for (request, tensor) in &recording.arrays {
        let data = TimeGriddedData { data: samples_first(tensor, has_batch)?, dt };
        let member =
            nodes.entry(request.node.clone()).or_insert_with(|| Member::Node(NodeData::default()));
        if let Member::Node(node) = member {
            let name = request.observable.to_string();
            node.observables.insert(name, DataObservable::Gridded(data));
        }
    }
    Ok(write_data(path, &GraphData { nodes }, Compression::Gzip(4))?)
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
