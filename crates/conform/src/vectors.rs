//! Golden vectors for the tests of an importer: cases for one file or one primitive, and the judgement of answers that lie
//! beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nirkit::io::text::read_document;
use nirkit::io::{Limits, array::read_array};
use nirkit::ir::primitive::KINDS;
use nirkit::ir::{Document, Primitive};
use nirkit::{Choices, Error, ErrorKind, SpikeReading, settle};

use crate::array::Array;
use crate::driver::{Answer, DriverError, Hello, Reply, names};
use crate::run::{Scored, judged};
use crate::suite::net::spikes;
use crate::suite::{self, Case, Draft, Draw, Expected, Level, Suite};

/// Stimuli that are drawn for a file: the probability of a spike in a channel and step.
const DENSITIES: [f64; 4] = [0.05, 0.2, 0.5, 1.0];

/// Name of the file in which an importer says that it refuses a graph.
const REFUSED: &str = "refused.txt";

/// Name of the file with the warnings of an importer, a line each.
const TOLD: &str = "told.txt";

/// Makes cases for a graph: random spikes of several densities enter it.
///
/// # Errors
///
/// Nothing says the time step, or the ideal cannot run the graph.
pub fn of_graph(
    name: &str,
    graph: &Document,
    dt: Option<f64>,
    steps: usize,
) -> Result<Vec<Case>, Error> {
    let open = nirkit::ir::open::open(graph);
    let dt = settle::time_step(&Choices::new().dt(dt), &open)?.value;
    let shapes = |node: &str| -> Option<Vec<usize>> {
        match &graph.graph()?.nodes.get(node)?.primitive {
            Primitive::Input(input) => {
                Some(input.shape.to_i64()?.into_iter().map(|len| len.max(0) as usize).collect())
            }
            _ => None,
        }
    };
    let mut cases = Vec::new();
    for (at, density) in DENSITIES.into_iter().enumerate() {
        let name = format!("{name}_{}", at + 1);
        let mut draw = Draw::of_name(&name, 0);
        let mut inputs = BTreeMap::new();
        for input in names(graph, |primitive| matches!(primitive, Primitive::Input(_))) {
            let shape = shapes(&input)
                .ok_or_else(|| Error::new(format!("the Input `{input}` has no shape")))?;
            inputs.insert(input, spikes(&mut draw, steps, &shape, density));
        }
        let draft = Draft {
            name,
            level: Level::Graphs,
            asks: format!("each channel spikes in {} % of the steps", 100.0 * density),
            graph: graph.clone(),
            inputs,
            dt,
            steps,
            spike: SpikeReading::Impulse { area: dt },
            refusal: None,
        };
        cases.push(suite::complete(draft)?);
    }
    Ok(cases)
}

/// Makes the cases of the suite that are about a kind of node.
///
/// # Errors
///
/// There is no such kind, or no case about it.
pub fn of_primitive(kind: &str, done: impl FnMut(usize, usize)) -> Result<Vec<Case>, Error> {
    let Some(kind) = KINDS.iter().find(|known| known.eq_ignore_ascii_case(kind)) else {
        let error = Error::new(format!("NIR has no primitive `{kind}`")).of_kind(ErrorKind::Choice);
        return Err(error.help(format!("choose one of {}", KINDS.join(", "))));
    };
    let mut cases = suite::make(|_| true, done)?;
    let is_meant = |case: &Case| {
        matches!(case.level, Level::Primitives | Level::Corners)
            && case.primitives.iter().any(|found| found == kind)
    };
    cases.retain(is_meant);
    if cases.is_empty() {
        return Err(
            Error::new(format!("no case is about `{kind}` alone")).of_kind(ErrorKind::Choice)
        );
    }
    Ok(cases)
}

/// Judges the answers in a folder of cases: `answer.0.npy` and so on for the Outputs in the order of their names, or
/// `refused.txt`; `told.txt` holds warnings.
///
/// # Errors
///
/// The folder holds no cases. That an answer is missing is a verdict.
pub fn verify(folder: &Path) -> Result<Scored, Error> {
    let suite: Suite = suite::load(folder, &[])?;
    let verdicts = suite.cases.iter().map(|case| {
        let reply = answer(&folder.join(&case.name), case);
        judged(case, reply.as_ref())
    });
    let driver = Hello { name: folder.display().to_string(), version: String::new() };
    Ok(Scored {
        driver,
        verdicts: verdicts.collect(),
        nir: suite.file.nir,
        nirkit: suite.file.nirkit,
        notes: Vec::new(),
    })
}

/// The answer in the folder of a case.
fn answer(folder: &Path, case: &Case) -> Result<Reply, DriverError> {
    let failed = |error: String| DriverError::Files(error);
    for entry in fs::read_dir(folder).map_err(|error| failed(error.to_string()))? {
        let entry = entry.map_err(|error| failed(error.to_string()))?;
        // A pipe or a device would be waited for, or never end.
        if !entry.path().is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            return Err(failed(format!("`{name}` is no regular file")));
        }
    }
    let refused = folder.join(REFUSED);
    if refused.exists() {
        let words = read_document(&refused).map_err(|error| failed(error.to_string()))?;
        return Ok(Reply::Refused(words.trim().to_owned()));
    }
    let names: Vec<String> = match &case.expected {
        Expected::Answers(answers) => answers.exact.outputs.keys().cloned().collect(),
        Expected::Refusal(_) => vec!["output".to_owned()],
    };
    let told = folder.join(TOLD);
    let told = if told.exists() {
        read_document(&told).map_err(|error| failed(error.to_string()))?
    } else {
        String::new()
    };
    let told = told.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    let mut answer = Answer { told, ..Answer::default() };
    for (at, name) in names.into_iter().enumerate() {
        let path = folder.join(format!("answer.{at}.npy"));
        if !path.exists() {
            return Err(failed(format!(
                "neither answer.{at}.npy nor {REFUSED} lies beside the case"
            )));
        }
        let tensor =
            read_array(&path, &Limits::default()).map_err(|error| failed(error.to_string()))?;
        let array =
            Array::of_tensor(&tensor).ok_or_else(|| failed("complex numbers".to_owned()))?;
        answer.outputs.insert(name, array);
    }
    Ok(Reply::Answered(answer))
}
