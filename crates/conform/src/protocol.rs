//! The protocol between the suite and a driver: a line of JSON for each question on the driver's standard input, a line
//! of JSON for each answer on its standard output.
//!
//! ```text
//! {"do": "hello", "protocol": 1}
//! {"name": "norse", "version": "1.1.0"}
//! {"do": "run", "id": 1, "graph": "/tmp/q/graph.nir", "inputs": {"input": "/tmp/q/input.npy"}, "dt": 0.0001, "steps": 4}
//! {"id": 1, "output": [[0], [0], [1], [0]]}
//! {"do": "run", "id": 2, ...}
//! {"id": 2, "refused": "ValueError: v_leak must be 0"}
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use nirkit::io::{Limits, array::read_array};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::array::Array;

/// Version of the protocol.
pub const PROTOCOL: u32 = 1;

/// A question, as a line of JSON has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// The driver tells its name and version.
    Hello {
        /// Version of the protocol.
        protocol: u32,
    },
    /// The driver runs a graph.
    Run(RunRequest),
}

/// A graph that is to be run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRequest {
    /// Number of the question; the answer repeats it.
    pub id: u64,
    /// The `.nir` file.
    pub graph: PathBuf,
    /// For each Input node, a `.npy` file of shape (T, *shape): one frame a step.
    pub inputs: BTreeMap<String, PathBuf>,
    /// Length of a step in seconds.
    pub dt: f64,
    /// Number of steps T.
    pub steps: usize,
}

/// Who a driver is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Name of the simulator.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
}

/// What a driver does with a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It ran the graph.
    Answered(Answer),
    /// It does not take the graph, for this reason.
    Refused(String),
}

/// What a graph put out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// For each Output node, what arrived there: (T, *shape), spikes counted by steps, voltages after the step.
    pub outputs: BTreeMap<String, Array>,
    /// The same of further nodes, which help to find the first difference.
    pub nodes: BTreeMap<String, Array>,
    /// What the simulator said while it read or ran the graph: warnings. A difference that is told is no silent one.
    pub told: Vec<String>,
}

/// An answer, as a line of JSON has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerLine {
    /// Number of the question.
    pub id: u64,
    /// What arrived at the only Output: nested lists, or the path of a `.npy` file.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub output: Value,
    /// The same for several Outputs, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, Value>,
    /// What further nodes put out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, Value>,
    /// Warnings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
    /// Why the graph is not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl AnswerLine {
    /// Returns the line for a reply.
    #[must_use]
    pub fn of(id: u64, reply: &Reply) -> Self {
        match reply {
            Reply::Refused(reason) => Self { id, refused: Some(reason.clone()), ..Self::default() },
            Reply::Answered(answer) => {
                let all = |arrays: &BTreeMap<String, Array>| {
                    arrays.iter().map(|(name, array)| (name.clone(), array.to_json())).collect()
                };
                let (outputs, nodes) = (all(&answer.outputs), all(&answer.nodes));
                Self { id, outputs, nodes, told: answer.told.clone(), ..Self::default() }
            }
        }
    }

    /// Returns what the line says about a graph with Outputs of these names.
    ///
    /// # Errors
    ///
    /// Neither an answer nor a refusal, an Output that the graph does not have or that is missing, and what is no array.
    pub fn reply(self, outputs: &[String]) -> Result<Reply, String> {
        if let Some(reason) = self.refused {
            if !self.output.is_null() || !self.outputs.is_empty() {
                return Err("`refused` stands in the place of an output, not beside one".to_owned());
            }
            return Ok(Reply::Refused(reason));
        }
        let mut found = self.outputs;
        if !self.output.is_null() {
            match outputs {
                [only] => found.insert(only.clone(), self.output),
                _ => {
                    return Err(format!(
                        "`output` is for graphs with one Output; this one has {}: {}",
                        outputs.len(),
                        outputs.join(", ")
                    ));
                }
            };
        }
        if let Some(name) = outputs.iter().find(|name| !found.contains_key(*name)) {
            return Err(format!("nothing for the Output `{name}`, and no `refused`"));
        }
        if let Some(name) = found.keys().find(|name| !outputs.contains(name)) {
            return Err(format!("`{name}` is no Output of the graph"));
        }
        let all = |values: BTreeMap<String, Value>| {
            let array = |(name, value): (String, Value)| match array(&value) {
                Ok(array) => Ok((name, array)),
                Err(error) => Err(format!("`{name}`: {error}")),
            };
            values.into_iter().map(array).collect::<Result<BTreeMap<_, _>, String>>()
        };
        Ok(Reply::Answered(Answer {
            outputs: all(found)?,
            nodes: all(self.nodes)?,
            told: self.told,
        }))
    }
}

/// Reads an array: nested lists, or the path of a `.npy` file.
fn array(value: &Value) -> Result<Array, String> {
    let Value::String(path) = value else { return Array::of_json(value) };
    // A pipe or a device may have no end.
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(format!("{path} is no regular file"));
    }
    let tensor = read_array(path, &Limits::default()).map_err(|error| error.to_string())?;
    Array::of_tensor(&tensor).ok_or_else(|| format!("{path} has complex numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str, outputs: &[&str]) -> Result<Reply, String> {
        let line: AnswerLine = serde_json::from_str(text).expect("a line");
        line.reply(&outputs.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_line_is_an_answer_or_a_refusal() {
        let Ok(Reply::Answered(answer)) = reply(r#"{"id": 1, "output": [[0], [1]]}"#, &["out"])
        else {
            panic!("an answer");
        };
        assert_eq!(answer.outputs["out"].values, [0.0, 1.0]);
        let refused = reply(r#"{"id": 1, "refused": "no"}"#, &["out"]);
        assert_eq!(refused, Ok(Reply::Refused("no".to_owned())));
    }

    #[test]
    fn what_is_neither_is_told() {
        let both = reply(r#"{"id": 1, "output": [1], "refused": "no"}"#, &["a"]);
        assert!(both.expect_err("both").contains("in the place of an output"));
        let device = reply(r#"{"id": 1, "output": "/dev/null"}"#, &["a"]);
        assert!(!cfg!(unix) || device.expect_err("a device").contains("no regular file"));
        assert!(reply(r#"{"id": 1}"#, &["a"]).expect_err("none").contains("nothing for"));
        assert!(
            reply(r#"{"id": 1, "output": [1]}"#, &["a", "b"])
                .expect_err("two")
                .contains("one Output")
        );
        let foreign = reply(r#"{"id": 1, "outputs": {"a": [1], "c": [1]}}"#, &["a"]);
        assert!(foreign.expect_err("c").contains("no Output"));
    }

    #[test]
    fn a_reply_survives_its_line() {
        let array = Array { shape: vec![2, 1], values: vec![0.0, 2.0] };
        let outputs = BTreeMap::from([("o".to_owned(), array)]);
        let answer = Reply::Answered(Answer { outputs, ..Answer::default() });
        let line = serde_json::to_string(&AnswerLine::of(7, &answer)).expect("JSON");
        assert_eq!(reply(&line, &["o"]), Ok(answer));
    }
}
