//! What the page has open, and what it does with it.

use std::path::Path;

use nirkit::adapt::{Adapt, adapt};
use nirkit::compare::{Compare, compare_platforms};
use nirkit::document::{load_bytes, to_text};
use nirkit::io::array::array_to_bytes;
use nirkit::io::ending::{self, ends_in};
use nirkit::io::nir::{WriteOptions, to_bytes};
use nirkit::ir::{Document, Limits};
use nirkit::passes::repair::repair;
use nirkit::view::{PageOptions, ViewOptions, every_platform, page, svg};
use nirkit::{Choices, Error, ErrorKind, Model, Record, Run, Stimulus};
use serde_json::json;

use crate::answer::Answer;
use crate::request::{Request, Settings};

/// What the page has open.
#[derive(Debug, Default)]
pub struct App {
    graph: Option<Open>,
    stimulus: Option<(Vec<String>, Stimulus)>,
}

/// A graph that is open.
#[derive(Debug)]
struct Open {
    name: String,
    document: Document,
    /// The graph before each change, the last one at the end.
    before: Vec<Document>,
}

impl App {
    /// Returns an app without a graph and without a stimulus.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Meets a request. `bytes` is the content of a file, for [`Request::Open`].
    pub fn meet(&mut self, request: &Request, bytes: Vec<u8>) -> Answer {
        let met = match request {
            Request::Open { name } => self.open(name, bytes),
            Request::DropStimulus => {
                self.stimulus = None;
                Ok(Answer::told(json!({})))
            }
            Request::Platforms => Ok(Answer::told(json!({ "platforms": every_platform() }))),
            Request::Page { settings, run } => self.page(settings, *run),
            Request::Run { settings, record } => self.run(settings, record),
            Request::Repair => self.repair(),
            Request::Adapt { settings, like } => self.adapt(settings, like),
            Request::Undo => self.undo(),
            Request::Save { format } => self.save(format),
        };
        met.unwrap_or_else(|error| Answer::refused(&error))
    }

    /// Meets a request in JSON.
    pub fn meet_json(&mut self, request: &[u8], bytes: Vec<u8>) -> Answer {
        match serde_json::from_slice(request) {
            Ok(request) => self.meet(&request, bytes),
            Err(error) => {
                let error = Error::new(format!("this is no request: {error}"));
                Answer::refused(&error.of_kind(ErrorKind::Choice))
            }
        }
    }

    fn graph(&self) -> Result<&Open, Error> {
        self.graph.as_ref().ok_or_else(no_graph)
    }

    fn open(&mut self, name: &str, bytes: Vec<u8>) -> Result<Answer, Error> {
        let (path, limits) = (Path::new(name), Limits::default());
        let is_graph = ends_in(path, ending::GRAPH_TEXT) || ends_in(path, &["nir"]);
        let graph = match is_graph {
            true => Some(load_bytes(bytes.clone(), path, &limits)?),
            // HDF5 of another name may hold either.
            false if bytes.starts_with(HDF5) => load_bytes(bytes.clone(), path, &limits).ok(),
            false => None,
        };
        if let Some(loaded) = graph {
            let document = loaded.document;
            let nodes = document.graph().map_or(1, |graph| graph.nodes.len());
            self.graph = Some(Open { name: name.to_owned(), document, before: Vec::new() });
            return Ok(Answer::told(json!({ "kind": "graph", "name": name, "nodes": nodes })));
        }
        let (mut names, stimulus) = self.stimulus.clone().unwrap_or_default();
        let stimulus = stimulus.bytes(None, path, bytes, &limits)?;
        names.push(name.to_owned());
        let told = json!({ "kind": "stimulus", "names": &names });
        self.stimulus = Some((names, stimulus));
        Ok(Answer::told(told))
    }

    fn page(&self, settings: &Settings, run: bool) -> Result<Answer, Error> {
        let Open { name, document, .. } = self.graph()?;
        let titles = settings.titles();
        let choices = settings.choices()?;
        let compared = match (run, &self.stimulus) {
            (false, _) => None,
            (true, None) => {
                let error = Error::new("a run needs a stimulus").of_kind(ErrorKind::Stimulus);
                return Err(error.help("open frames (.npy), spikes (.csv), NIRData or a recording"));
            }
            (true, Some((_, stimulus))) => {
                let how = Compare::new().duration(settings.duration()?);
                let choices = choices.clone().of_stimulus(stimulus);
                Some(compare_platforms(document, &titles, stimulus, &choices, &how)?)
            }
        };
        // The ideal refuses nothing, so it has no verdicts.
        let shown: Vec<&str> =
            titles.into_iter().filter(|title| !matches!(*title, "ideal" | "clocked")).collect();
        // The size of a spike is a choice of runs.
        let choices = Settings { spike: String::new(), ..settings.clone() }.choices()?;
        let choices = if shown.is_empty() { Choices::new() } else { choices };
        let options = PageOptions::new(name).platforms(&shown, choices);
        let options = match &compared {
            Some(compared) => options.compared(compared),
            None => options,
        };
        let page = page(document, &ViewOptions::new(), &options)?;
        let notes = compared.map(|compared| compared.notes).unwrap_or_default();
        Ok(Answer::with_bytes(json!({ "notes": notes }), page))
    }

    fn run(&self, settings: &Settings, record: &str) -> Result<Answer, Error> {
        let document = &self.graph()?.document;
        let (_, stimulus) = self
            .stimulus
            .as_ref()
            .ok_or_else(|| Error::new("a run needs a stimulus").of_kind(ErrorKind::Stimulus))?;
        let choices = settings.choices()?.of_stimulus(stimulus);
        let model = Model::new(document, settings.first()?, &choices)?;
        let run =
            Run::new().record(Record::parse(record)).duration(settings.duration()?).threads(1);
        let recording = model.run_with(stimulus, &run)?;
        let array = recording.arrays.first().map(|(_, array)| array_to_bytes(array));
        let totals: Vec<_> = (recording.totals.iter())
            .map(|total| json!({ "node": total.node, "sum": total.sum }))
            .collect();
        let told = json!({
            "choices": recording.choices,
            "notes": recording.notes,
            "steps": recording.steps,
            "totals": totals,
        });
        Ok(Answer::with_bytes(told, array.unwrap_or_default()))
    }

    fn repair(&mut self) -> Result<Answer, Error> {
        let open = self.graph.as_mut().ok_or_else(no_graph)?;
        let mut document = open.document.clone();
        let changes: Vec<String> = repair(&mut document).iter().map(ToString::to_string).collect();
        if !changes.is_empty() {
            open.replace(document);
        }
        Ok(Answer::told(json!({ "changes": changes })))
    }

    fn adapt(&mut self, settings: &Settings, like: &str) -> Result<Answer, Error> {
        let open = self.graph.as_mut().ok_or_else(no_graph)?;
        let like = Some(like.trim()).filter(|like| !like.is_empty());
        let how = Adapt::new().like(like).stimulus(self.stimulus.as_ref().map(|(_, x)| x));
        let choices = settings.choices()?;
        let choices = match &self.stimulus {
            Some((_, stimulus)) => choices.of_stimulus(stimulus),
            None => choices,
        };
        let adapted = adapt(&open.document, settings.first()?, &choices, &how)?;
        let answer = Answer::told(&adapted);
        open.replace(adapted.document);
        Ok(answer)
    }

    fn undo(&mut self) -> Result<Answer, Error> {
        let open = self.graph.as_mut().ok_or_else(no_graph)?;
        let nothing = || Error::new("the graph is as it was opened").of_kind(ErrorKind::Choice);
        open.document = open.before.pop().ok_or_else(nothing)?;
        Ok(Answer::told(json!({ "left": open.before.len() })))
    }

    fn save(&self, format: &str) -> Result<Answer, Error> {
        let Open { name, document, .. } = self.graph()?;
        let bytes = match format {
            "nir" => to_bytes(document, &WriteOptions::default())?,
            "nirt" => to_text(document)?.into_bytes(),
            "svg" => svg(document, &ViewOptions::new())?.into_bytes(),
            _ => {
                let error = Error::new(format!("there is no format `{format}`"));
                return Err(error.of_kind(ErrorKind::Choice).help("give `nir`, `nirt` or `svg`"));
            }
        };
        let stem = Path::new(name).file_stem().map(|stem| stem.display().to_string());
        let name = format!("{}.{format}", stem.unwrap_or_else(|| "graph".to_owned()));
        Ok(Answer::with_bytes(json!({ "name": name }), bytes))
    }
}

/// What an HDF5 file begins with.
const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

fn no_graph() -> Error {
    Error::new("no graph is open").of_kind(ErrorKind::Missing).help("open a .nir or .nirt file")
}

impl Open {
    /// Puts a changed graph in the place of the one that is open.
    fn replace(&mut self, document: Document) {
        self.before.push(std::mem::replace(&mut self.document, document));
    }
}
