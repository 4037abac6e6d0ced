//! Writes the suite: a folder for each case. The same program writes the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nirkit::io::nir::{WriteOptions, to_bytes};
use nirkit::io::{array::array_to_bytes, sha256_of, write_folder};
use nirkit::numerics::Tensor;
use nirkit::{Error, ErrorKind};

use super::case::{Answers, Case, Exact, Expected};
use super::file::{
    CASE, CaseFile, ClockedFile, FORMAT, Listed, NodeFile, OutputFile, SUITE, SuiteFile,
};
use super::plan::plans;
use crate::array::Array;

/// Makes every case whose name is wanted, in the order of the suite.
///
/// # Errors
///
/// A case that cannot be computed, which is a fault of nirkit.
pub fn make(
    is_wanted: impl Fn(&str) -> bool,
    mut done: impl FnMut(usize, usize),
) -> Result<Vec<Case>, Error> {
    let plans: Vec<_> = plans().into_iter().filter(|plan| is_wanted(&plan.name)).collect();
    let total = plans.len();
    let (mut cases, mut errors) = (Vec::new(), Vec::new());
    for (at, plan) in plans.iter().enumerate() {
        match plan.case() {
            Ok(case) => cases.push(case),
            Err(error) => errors.push(error),
        }
        done(at + 1, total);
    }
    if errors.is_empty() { Ok(cases) } else { Err(Error::several(errors)) }
}

/// Writes cases into a folder that does not exist yet, or is empty. The folder appears complete or not at all.
///
/// # Errors
///
/// The folder has something in it or cannot be written.
pub fn write(folder: &Path, cases: &[Case]) -> Result<SuiteFile, Error> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::new(format!("{}: {error}", folder.display())).of_kind(ErrorKind::Write)
    };
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        let error = failed(&"the folder is not empty");
        return Err(error.help("give a folder that does not exist yet"));
    }
    let (mut listed, mut all) = (Vec::new(), Vec::new());
    for case in cases {
        let mut content = Vec::new();
        for (name, bytes) in files(case)? {
            content.extend_from_slice(format!("{name} {}\n", sha256_of(&bytes)).as_bytes());
            all.push((PathBuf::from(&case.name).join(name), bytes));
        }
        listed.push(Listed {
            name: case.name.clone(),
            level: case.level,
            sha256: sha256_of(&content),
        });
    }
    let suite = SuiteFile::new(listed);
    let text = toml::to_string(&suite).map_err(|error| failed(&error))?;
    all.push((PathBuf::from(SUITE), text.into_bytes()));
    write_folder(folder, all).map_err(|error| failed(&error))?;
    Ok(suite)
}

/// The files of a case by their names.
pub(crate) fn files(case: &Case) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    files.insert("graph.nir".to_owned(), to_bytes(&case.graph, &WriteOptions::default())?);
    files.insert("graph.nirt".to_owned(), nirkit::document::to_text(&case.graph)?.into_bytes());
    let mut inputs = BTreeMap::new();
    for (at, (name, frames)) in case.inputs.iter().enumerate() {
        let file = format!("input.{at}.npy");
        files.insert(file.clone(), array_to_bytes(frames));
        if let Some(events) = events(frames, case.dt) {
            files.insert(format!("input.{at}.csv"), events.into_bytes());
        }
        inputs.insert(name.clone(), file);
    }
    let mut file = CaseFile {
        format: FORMAT,
        name: case.name.clone(),
        level: case.level,
        primitives: case.primitives.clone(),
        asks: case.asks.clone(),
        refuse: None,
        dt: case.dt,
        steps: case.steps,
        spike: case.spike.to_string(),
        robust: None,
        sensitive_to: Vec::new(),
        margin: None,
        error: None,
        inputs,
        outputs: BTreeMap::new(),
        nodes: Vec::new(),
        clocked: Vec::new(),
    };
    match &case.expected {
        Expected::Refusal(reason) => file.refuse = Some(reason.clone()),
        Expected::Answers(answers) => add_answers(answers, &mut file, &mut files)?,
    }
    let text = toml::to_string(&file).map_err(|error| Error::new(error.to_string()))?;
    files.insert(CASE.to_owned(), text.into_bytes());
    Ok(files)
}

fn add_answers(
    answers: &Answers,
    file: &mut CaseFile,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), Error> {
    let exact = &answers.exact;
    file.robust = Some(answers.is_robust());
    file.sensitive_to.clone_from(&answers.sensitive_to);
    (file.margin, file.error) = (answers.margin, Some(exact.error));
    for (at, (name, array)) in exact.outputs.iter().enumerate() {
        let path = format!("exact.{at}.npy");
        let tolerance = exact.voltages.get(name).copied();
        files.insert(path.clone(), array_to_bytes(&stored(array, tolerance.is_none())?));
        file.outputs.insert(name.clone(), OutputFile { exact: path, tolerance });
    }
    for (name, array) in &exact.nodes {
        let shape = array.shape.get(1..).unwrap_or_default().to_vec();
        file.nodes.push(NodeFile { name: name.clone(), shape });
    }
    files.insert("exact.csv".to_owned(), spikes(exact).into_bytes());
    for clocked in &answers.clocked {
        let mut outputs = BTreeMap::new();
        for (at, (name, array)) in clocked.outputs.iter().flatten().enumerate() {
            let path = format!("clocked.{}.{at}.npy", clocked.name);
            let tensor = stored(array, !exact.voltages.contains_key(name))?;
            files.insert(path.clone(), array_to_bytes(&tensor));
            outputs.insert(name.clone(), path);
        }
        let (name, follows, choices) =
            (clocked.name.clone(), clocked.follows, clocked.choices.clone());
        file.clocked.push(ClockedFile { name, follows, choices, outputs });
    }
    Ok(())
}

/// An array as it is stored: spikes as bytes where they fit.
fn stored(array: &Array, are_spikes: bool) -> Result<Tensor, Error> {
    let fits = |&x: &f64| x.fract() == 0.0 && (0.0..=255.0).contains(&x);
    let tensor = if are_spikes && array.values.iter().all(fits) {
        Tensor::new(&array.shape, array.values.iter().map(|&x| x as u8).collect())
    } else {
        Tensor::new(&array.shape, array.values.clone())
    };
    tensor.map_err(|error| Error::new(error.to_string()))
}

/// The spikes of a stimulus as a table; `None` for a current.
fn events(frames: &Tensor, dt: f64) -> Option<String> {
    let values = frames.to_f64()?;
    if values.iter().any(|&x| x.fract() != 0.0 || !(0.0..=255.0).contains(&x)) {
        return None;
    }
    let channels: usize = frames.shape().iter().skip(1).product();
    let mut text = "time,channel\n".to_owned();
    for (at, &count) in values.iter().enumerate() {
        for _ in 0..count as usize {
            let (step, channel) = (at / channels, at % channels);
            text += &format!("{:.16e},{channel}\n", step as f64 * dt);
        }
    }
    Some(text)
}

/// Every spike of the ideal as a table.
fn spikes(exact: &Exact) -> String {
    let mut text = "node,time,channel\n".to_owned();
    for (node, time, channel) in &exact.spikes {
        text += &format!("{},{time:.16e},{channel}\n", quoted(node));
    }
    text
}

/// A name as it stands in a table.
fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
