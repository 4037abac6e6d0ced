//! A platform that nirkit has, as a black box: the same answers as the package gives, through the same protocol.

use std::collections::BTreeMap;

use nirkit::ir::{Document, Primitive};
use nirkit::{Choices, ErrorKind, Model, Observable, Record, Recording, Reset, Run, Stimulus};

use super::{Answer, Driver, DriverError, Hello, Question, Reply, names};
use crate::array::Array;

/// A platform, `clocked` or a platform file, that answers questions.
#[derive(Clone, Debug)]
pub struct PlatformDriver {
    title: String,
    choices: Choices,
}

impl PlatformDriver {
    /// Makes a driver of a platform by its title, of a platform file, or of `clocked`.
    ///
    /// # Errors
    ///
    /// There is no such platform.
    pub fn new(title: &str, reset: Option<Reset>) -> Result<Self, nirkit::Error> {
        if title != "clocked" {
            nirkit::platform(title)?;
        }
        Ok(Self { title: title.to_owned(), choices: Choices::new().reset(reset) })
    }

    fn run(&self, question: &Question<'_>) -> Result<Answer, nirkit::Error> {
        let choices = self.choices.clone().dt(question.dt);
        let model = Model::new(question.graph, &self.title, &choices)?;
        let stimulus = question.inputs.iter().fold(Stimulus::new(), |stimulus, (name, frames)| {
            stimulus.array(Some(name), frames.clone())
        });
        let recording = model.run_with(&stimulus, &Run::new().record(Record::All))?;
        let mut answer = Answer::default();
        for output in question.outputs() {
            let source = source(question.graph, &output)?;
            // Some programs join a Threshold with the integrator before it.
            let joined = || {
                let graph = question.graph.graph()?;
                let is_threshold =
                    matches!(graph.nodes.get(&source)?.primitive, Primitive::Threshold(_));
                let edge = graph.edges.iter().find(|edge| is_threshold && edge.target == source)?;
                put_out(&recording, &edge.source)
            };
            let found = put_out(&recording, &source).or_else(joined).ok_or_else(|| {
                let message = format!("nothing of `{source}` arrives at the Output `{output}`");
                nirkit::Error::new(message).of_kind(ErrorKind::Refused)
            })?;
            answer.outputs.insert(output, found);
        }
        for (node, _) in recording.arrays.iter().filter_map(|(request, tensor)| {
            (request.observable == Observable::Spikes).then_some((&request.node, tensor))
        }) {
            answer.nodes.extend(put_out(&recording, node).map(|array| (node.clone(), array)));
        }
        Ok(answer)
    }
}

/// The node whose output arrives at an Output; a Flatten hands on what it gets.
pub(crate) fn source(document: &Document, output: &str) -> Result<String, nirkit::Error> {
    let refuse = |message: String| nirkit::Error::new(message).of_kind(ErrorKind::Refused);
    let graph = document.graph().ok_or_else(|| refuse("the file holds no graph".to_owned()))?;
    let mut at = output.to_owned();
    loop {
        let mut sources = graph.edges.iter().filter(|edge| edge.target == at);
        let (Some(edge), None) = (sources.next(), sources.next()) else {
            return Err(refuse(format!("the Output `{output}` is not fed by one node alone")));
        };
        let source = edge.source.clone();
        match graph.nodes.get(&source).map(|node| &node.primitive) {
            Some(Primitive::Flatten(_)) => at = source,
            _ => return Ok(source),
        }
    }
}

/// What a node puts out: spikes, else its output, else its voltage.
fn put_out(recording: &Recording, node: &str) -> Option<Array> {
    [Observable::Spikes, Observable::Output, Observable::V]
        .into_iter()
        .find_map(|observable| recording.get(node, observable))
        .and_then(Array::of_tensor)
}

impl Driver for PlatformDriver {
    fn hello(&mut self) -> Result<Hello, DriverError> {
        let (name, version) = self.title.split_once('@').unwrap_or((&self.title, ""));
        Ok(Hello { name: name.to_owned(), version: version.to_owned() })
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Reply, DriverError> {
        Ok(match self.run(question) {
            Ok(answer) => Reply::Answered(answer),
            Err(error) => Reply::Refused(error.to_string()),
        })
    }
}

/// The inputs of a question, read from their files.
pub(crate) fn inputs_of(
    document: &Document,
    files: &BTreeMap<String, std::path::PathBuf>,
) -> Result<BTreeMap<String, nirkit::numerics::Tensor>, nirkit::Error> {
    let known = names(document, |primitive| matches!(primitive, Primitive::Input(_)));
    let mut inputs = BTreeMap::new();
    for name in &known {
        let path = files.get(name).ok_or_else(|| {
            nirkit::Error::new(format!("the question has nothing for the Input `{name}`"))
        })?;
        let limits = nirkit::io::Limits::default();
        inputs.insert(name.clone(), nirkit::io::array::read_array(path, &limits)?);
    }
    Ok(inputs)
}
