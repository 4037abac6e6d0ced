//! Reads a suite from its folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use nirkit::io::text::read_document;
use nirkit::io::{Limits, ReadFault, array::read_array, sha256_of};
use nirkit::numerics::Tensor;
use nirkit::{Error, ErrorKind};

use super::answers::step_of;
use super::case::{Answers, Case, Clocked, Exact, Expected, Level};
use super::file::{CASE, CaseFile, FORMAT, SUITE, SuiteFile};
use super::write::make;
use crate::array::Array;

/// A suite that was read.
#[derive(Clone, Debug)]
pub struct Suite {
    /// What its file says.
    pub file: SuiteFile,
    /// The cases, in the order of the file.
    pub cases: Vec<Case>,
}

impl Suite {
    /// Makes the suite of this version, or the cases of it whose names are wanted, without files.
    ///
    /// # Errors
    ///
    /// A case that cannot be computed, which is a fault of nirkit.
    pub fn make(
        is_wanted: impl Fn(&str) -> bool,
        done: impl FnMut(usize, usize),
    ) -> Result<Self, Error> {
        Ok(Self { file: SuiteFile::new(Vec::new()), cases: make(is_wanted, done)? })
    }
}

/// Reads a suite, or the cases of some levels of it; every level if none is named.
///
/// # Errors
///
/// A folder without a suite, files of another form, and what cannot be read.
pub fn load(folder: &Path, levels: &[Level]) -> Result<Suite, Error> {
    let place = folder.join(SUITE);
    let file: SuiteFile = parse(&place)
        .map_err(|error| error.help("`nir conform write --output DIR` writes a suite"))?;
    check_format(file.format, &place)?;
    let is_wanted = |level: Level| levels.is_empty() || levels.contains(&level);
    let listed = file.cases.iter().filter(|listed| is_wanted(listed.level));
    let (mut cases, mut errors) = (Vec::new(), Vec::new());
    for listed in listed {
        let place = folder.join(&listed.name);
        if !is_name(&listed.name) {
            let message = format!("the case `{}` is no folder of the suite", listed.name);
            errors.push(Error::new(message).of_kind(ErrorKind::Read).in_file(&folder.join(SUITE)));
            continue;
        }
        match check_files(&place, &listed.sha256).and_then(|()| load_case(&place)) {
            Ok(case) => cases.push(case),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(Suite { file, cases }) } else { Err(Error::several(errors)) }
}

/// Whether the files of a case are those whose hash the suite has. Answers that lie beside them do not count.
fn check_files(place: &Path, sha256: &str) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        Error::new(error.to_string()).of_kind(ErrorKind::Missing).in_file(place)
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(place).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.retain(|name| is_of_case(name));
    names.sort_unstable();
    let mut content = String::new();
    for name in names {
        let file = fs::File::open(place.join(&name)).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            let message = format!("`{name}` is no regular file");
            return Err(Error::new(message).of_kind(ErrorKind::Read).in_file(place));
        }
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(failed)?;
        content += &format!("{name} {}\n", sha256_of(&bytes));
    }
    if sha256_of(content.as_bytes()) == sha256 {
        return Ok(());
    }
    Err(Error::new(format!("the files of the case are not those whose sha256 stands in `{SUITE}`"))
        .of_kind(ErrorKind::Read)
        .help("copy the suite anew; answers have the names `answer.N.npy`, `refused.txt` and `told.txt`")
        .in_file(place))
}

/// The most bytes of a file of a case.
const MOST_BYTES: u64 = 256 << 20;

/// Whether a file is one that a suite can have written.
fn is_of_case(name: &str) -> bool {
    let begins = ["graph.", "input.", "exact.", "clocked."];
    name == CASE || begins.iter().any(|begin| name.starts_with(begin))
}

/// Reads the case in a folder.
///
/// # Errors
///
/// Files of another form, and what cannot be read.
pub fn load_case(folder: &Path) -> Result<Case, Error> {
    let place = folder.join(CASE);
    let file: CaseFile = parse(&place)?;
    check_format(file.format, &place)?;
    let graph = nirkit::document::load(&folder.join("graph.nir"), &Limits::default())?.document;
    let mut inputs = BTreeMap::new();
    for (name, path) in &file.inputs {
        inputs.insert(name.clone(), tensor(folder, path)?);
    }
    let spike =
        file.spike.parse().map_err(|error| Error::new(format!("{error}")).in_file(&place))?;
    let expected = match &file.refuse {
        Some(reason) => Expected::Refusal(reason.clone()),
        None => Expected::Answers(answers(folder, &file)?),
    };
    let CaseFile { name, level, primitives, asks, dt, steps, .. } = file;
    Ok(Case { name, level, primitives, asks, graph, inputs, dt, steps, spike, expected })
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    if path.exists() && !path.is_file() {
        return Err(Error::new("this is no regular file").of_kind(ErrorKind::Read).in_file(path));
    }
    let text = read_document(path).map_err(|error| match error.fault {
        ReadFault::Io(error) => {
            Error::new(error.to_string()).of_kind(ErrorKind::Missing).in_file(path)
        }
        _ => error.into(),
    })?;
    toml::from_str(&text).map_err(|error| {
        Error::new(error.message().replace('\n', " ")).of_kind(ErrorKind::Read).in_file(path)
    })
}

fn check_format(found: u32, path: &Path) -> Result<(), Error> {
    if found == FORMAT {
        return Ok(());
    }
    let message = format!("this program reads the form {FORMAT}, not {found}");
    Err(Error::new(message).of_kind(ErrorKind::Read).in_file(path))
}

/// Whether a name stands for something in the folder itself.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != ".."
}

fn tensor(folder: &Path, name: &str) -> Result<Tensor, Error> {
    // A suite names its own files only.
    if !is_name(name) {
        let message = format!("`{name}` is no name of a file in the folder of the case");
        return Err(Error::new(message).of_kind(ErrorKind::Read).in_file(folder));
    }
    Ok(read_array(folder.join(name), &Limits::default())?)
}

fn array(folder: &Path, name: &str) -> Result<Array, Error> {
    let found = Array::of_tensor(&tensor(folder, name)?);
    found.ok_or_else(|| Error::new(format!("`{name}` has complex numbers")).in_file(folder))
}

fn answers(folder: &Path, file: &CaseFile) -> Result<Answers, Error> {
    let mut exact = Exact { error: file.error.unwrap_or_default(), ..Exact::default() };
    for (name, output) in &file.outputs {
        exact.outputs.insert(name.clone(), array(folder, &output.exact)?);
        exact.voltages.extend(output.tolerance.map(|tolerance| (name.clone(), tolerance)));
    }
    exact.spikes = spikes(&folder.join("exact.csv"))?;
    for node in &file.nodes {
        let mut counts = Array::zeros(&[&[file.steps], node.shape.as_slice()].concat());
        let channels = counts.channels();
        for (_, time, channel) in exact.spikes.iter().filter(|(name, ..)| *name == node.name) {
            let step = step_of(*time, file.dt).min(file.steps.saturating_sub(1));
            if let Some(count) = counts.values.get_mut(step * channels + channel) {
                *count += 1.0;
            }
        }
        exact.nodes.push((node.name.clone(), counts));
    }
    let mut clocked = Vec::new();
    for found in &file.clocked {
        let mut outputs = BTreeMap::new();
        for (name, path) in &found.outputs {
            outputs.insert(name.clone(), array(folder, path)?);
        }
        clocked.push(Clocked {
            name: found.name.clone(),
            choices: found.choices.clone(),
            follows: found.follows,
            outputs: (!outputs.is_empty()).then_some(outputs),
        });
    }
    Ok(Answers { exact, clocked, margin: file.margin, sensitive_to: file.sensitive_to.clone() })
}

/// Reads a table of spikes: node, time, channel.
fn spikes(path: &Path) -> Result<Vec<(String, f64, usize)>, Error> {
    let text = read_document(path)?;
    let mut spikes = Vec::new();
    for (at, line) in text.lines().enumerate().skip(1) {
        let row = || {
            // Names can have commas; times and channels cannot.
            let (rest, channel) = line.rsplit_once(',')?;
            let (node, time) = rest.rsplit_once(',')?;
            let node = match node.strip_prefix('"').and_then(|node| node.strip_suffix('"')) {
                Some(quoted) => quoted.replace("\"\"", "\""),
                None => node.to_owned(),
            };
            Some((node, time.parse().ok()?, channel.parse().ok()?))
        };
        let spike = row().ok_or_else(|| {
            let message = format!("line {}: node, time and channel are expected", at + 1);
            Error::new(message).of_kind(ErrorKind::Read).in_file(path)
        })?;
        spikes.push(spike);
    }
    Ok(spikes)
}
