//! Reads a suite from its folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nirkit::io::{Limits, array::read_array};
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
        match load_case(&folder.join(&listed.name)) {
            Ok(case) => cases.push(case),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(Suite { file, cases }) } else { Err(Error::several(errors)) }
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
    let text = fs::read_to_string(path)
        .map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Missing).in_file(path))?;
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

fn tensor(folder: &Path, name: &str) -> Result<Tensor, Error> {
    // A suite names its own files only.
    if name.contains(['/', '\\']) || name == ".." {
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
    let text =
        fs::read_to_string(path).map_err(|error| Error::new(error.to_string()).in_file(path))?;
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
