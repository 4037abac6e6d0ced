//! What is combined: the plan in a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nirkit_io::ReadFault;
use nirkit_io::text::read_document;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// The form of plans that is read.
const FORMAT: u32 = 1;

/// Bytes of the largest plan.
const MOST_BYTES: u64 = 16 << 20;

/// What is combined. Each list is an axis; an empty one leaves the choice to the file, the stimulus or the platform, as it is
/// in `nir run`.
///
/// ```
/// let plan = nirkit::sweep::Plan::parse(
///     r#"
///     format = 1
///     graphs = ["net.nir"]
///     platforms = ["norse", "spyx", "ideal"]
///     dt = ["1e-4", "1ms"]
///
///     [[sets]]
///     input = "x.npy"
///     labels = "y.npy"
///     "#,
/// )?;
/// assert_eq!(plan.platforms.len(), 3);
/// # Ok::<(), nirkit::Error>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The form of the plan: 1.
    pub format: u32,
    /// Files of graphs.
    pub graphs: Vec<PathBuf>,
    /// `ideal`, `clocked`, platforms, files that describe them.
    pub platforms: Vec<String>,
    /// Time steps, in seconds or with a unit.
    #[serde(default)]
    pub dt: Vec<String>,
    /// What happens to a neuron that spikes: `v_reset`, `zero`, `subtract`.
    #[serde(default)]
    pub reset: Vec<String>,
    /// What a spike is to its receivers, of `ideal` and `clocked`.
    #[serde(default)]
    pub spike: Vec<String>,
    /// How the class of a sample is read.
    #[serde(default)]
    pub readout: Vec<String>,
    /// Further choices by name, with their values: `quantize`, `integrator`, ... A platform that does not have one is run
    /// once for all its values.
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<String>>,
    /// What a platform's answers are held against: `ideal`, `clocked` or a platform, on the same graph and samples.
    #[serde(default)]
    pub reference: Option<String>,
    /// What is computed beside the answers.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// Samples of a task; all samples of a set if it is not given.
    #[serde(default)]
    pub samples_per_task: Option<usize>,
    /// What enters.
    pub sets: Vec<Set>,
}

/// What is computed beside the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Spikes of all layers, synaptic operations and dense multiplications. They take a second run.
    Operations,
    /// In how many samples the spikes are those of the reference in each step, and the first difference. They take a run of
    /// both.
    Differences,
    /// The energy on a chip, estimated from published figures. It takes a run.
    Energy,
}

/// Samples, and their classes if they have any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// What the set is called in the table; the name of its file if it is not given.
    #[serde(default)]
    pub name: Option<String>,
    /// The graphs that it is for, as they stand in the plan; all if it is empty.
    #[serde(default)]
    pub graphs: Vec<PathBuf>,
    /// An array of shape (samples, steps, *shape of the Input), NIRData, a list of spikes for each sample (SHD), a folder with
    /// a file for each sample, in folders of classes or not, or a list of files with their classes (CSV, JSON).
    pub input: PathBuf,
    /// The class of each sample, as `nir eval --labels` takes it.
    #[serde(default)]
    pub labels: Option<PathBuf>,
    /// The samples that are taken, as `FROM:TO` or one number; all if it is not given.
    #[serde(default)]
    pub samples: Option<String>,
    /// What the numbers of a frame are: `auto`, `spikes`, `current`.
    #[serde(default)]
    pub frames: Option<String>,
}

impl Plan {
    /// Reads a plan in a file (TOML, or JSON by its ending). Paths in it start from its folder.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, an unknown key, a value of another type, another form.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let plan = read(path).map_err(|error| error.in_file(path))?;
        Ok(plan.within(path.parent().unwrap_or(Path::new(""))))
    }

    /// Reads a plan in TOML.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn parse(toml: &str) -> Result<Self, Error> {
        toml::from_str::<Self>(toml)
            .map_err(|error| refuse(error.to_string().trim_end()))?
            .checked()
    }

    /// Reads a plan in JSON.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read).
    pub fn parse_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str::<Self>(json).map_err(|error| refuse(error.to_string()))?.checked()
    }

    fn checked(self) -> Result<Self, Error> {
        if self.format != FORMAT {
            let what = format!("the plan has the form {}, and {FORMAT} is read", self.format);
            return Err(refuse(what).help(format!("write `format = {FORMAT}`")));
        }
        Ok(self)
    }

    /// The plan with its paths behind this folder.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        let behind = |path: &mut PathBuf| *path = folder.join(&*path);
        self.graphs.iter_mut().for_each(behind);
        for set in &mut self.sets {
            set.graphs.iter_mut().chain([&mut set.input]).chain(&mut set.labels).for_each(behind);
        }
        for title in self.platforms.iter_mut().chain(&mut self.reference) {
            if nirkit_platforms::file::is_file(title) {
                *title = folder.join(&*title).to_string_lossy().into_owned();
            }
        }
        self
    }
}

fn read(path: &Path) -> Result<Plan, Error> {
    let io = |error: std::io::Error| Error::new(error.to_string()).of_kind(ErrorKind::Read);
    let bytes = std::fs::metadata(path).map_err(io)?.len();
    if bytes > MOST_BYTES {
        return Err(refuse(format!("a plan of {bytes} bytes; {MOST_BYTES} are the most")));
    }
    let text = read_document(path).map_err(|error| match error.fault {
        ReadFault::Io(error) => io(error),
        fault => {
            refuse(fault.to_string()).help("a plan is TOML or JSON, and names the files of graphs")
        }
    })?;
    match nirkit_io::ending::ending(path).as_str() {
        "json" => Plan::parse_json(&text),
        _ => Plan::parse(&text),
    }
}

pub(super) fn refuse(what: impl Into<String>) -> Error {
    Error::new(what).of_kind(ErrorKind::Choice)
}
