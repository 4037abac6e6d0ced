//! `nir info`: what is in a file.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use nirkit::ir::facts::Leaf;
use nirkit::ir::field::Unit;
use nirkit::ir::open::{self, Candidate, Source};
use nirkit::ir::valid::{Validation, validate_document_within, validate_within};
use nirkit::ir::{Document, Facts, Graph, Limits, Node, Primitive, Severity, Value};
use nirkit::numerics::Tensor;
use nirkit::time_unit::open_in_seconds;
use serde::{Serialize, Serializer};

use super::data::DataInfo;
use crate::args::InfoArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::load;
use crate::printer::Printer;
use crate::render::counted;
use crate::render::table::table;
use crate::stdio::shown;
use nirkit::{Choices, escape};

/// What is in a file.
#[derive(Serialize)]
struct Info {
    file: String,
    bytes: u64,
    /// The version of the package nir that the file names.
    version: Option<String>,
    /// Metadata of the graph, or of a lone node.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<FieldInfo>,
    nodes: Vec<NodeInfo>,
    edges: usize,
    parameters: usize,
    parameter_bytes: usize,
    open: OpenInfo,
    findings: Findings,
}

/// One node, under its full name.
#[derive(Serialize)]
struct NodeInfo {
    name: String,
    kind: String,
    input: Option<Vec<usize>>,
    output: Option<Vec<usize>>,
    fields: Vec<FieldInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<FieldInfo>,
}

/// One field of a node.
#[derive(Serialize)]
struct FieldInfo {
    name: String,
    holds: String,
    value: Option<String>,
}

#[derive(Serialize)]
struct OpenInfo {
    dt: Vec<CandidateInfo>,
    reset: Vec<CandidateInfo>,
    spike: Vec<CandidateInfo>,
    start: Vec<CandidateInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_unit: Vec<CandidateInfo>,
}

#[derive(Serialize)]
struct CandidateInfo {
    value: String,
    source: &'static str,
    evidence: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    effect: String,
}

#[derive(Serialize)]
struct Findings {
    errors: usize,
    warnings: usize,
    notes: usize,
}

pub(crate) fn run(args: &InfoArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let limits = args.limits.limits()?;
    let info = |file: &PathBuf| info(file, args, &limits);
    if let [file] = args.files.as_slice() {
        let info = info(file)?;
        printer.result(&info, || info.print())?;
        return Ok(Exit::Fine);
    }
    let (all, failures) = load::each(&args.files, info);
    printer.result(&List::new("files", &all).failure(failures.as_ref()), || {
        all.iter().map(Found::print).collect::<Vec<_>>().join("\n")
    })?;
    failures.map_or(Ok(Exit::Fine), |failure| Err(failure.in_result()))
}

/// What a file is, and what is in it.
enum Found {
    Graph(Box<ManuallyDrop<Info>>),
    Data(DataInfo),
}

impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Graph(info) => info.deref().deref().serialize(serializer),
            Self::Data(info) => info.serialize(serializer),
        }
    }
}

impl Found {
    fn print(&self) -> String {
        match self {
            Self::Graph(info) => info.print(),
            Self::Data(info) => info.print(),
        }
    }
}

/// What is in a file.
fn info(file: &Path, args: &InfoArgs, limits: &Limits) -> Result<Found, Failure> {
    let (document, bytes) = match load::sized(file, &args.limits, &args.times) {
        Ok(loaded) => loaded,
        Err(failure) => return DataInfo::of(file, limits).map(Found::Data).ok_or(failure),
    };
    let info = Box::new(ManuallyDrop::new(Info::of(&shown(file), bytes, &document, limits)));
    // A graph of thousands of nodes is a hundred thousand pieces of memory. After the last file the program ends, and the
    // system takes them back all at once.
    if args.files.len() == 1 {
        std::mem::forget(document);
    }
    Ok(Found::Graph(info))
}

impl Info {
    fn of(file: &str, bytes: u64, document: &Document, limits: &Limits) -> Self {
        let validation = ManuallyDrop::new(validate_document_within(document, limits));
        // Times that leave the range of numbers in seconds are taken as they stand.
        let open =
            open_in_seconds(document, &Choices::new()).unwrap_or_else(|_| open::open(document));
        let times = open::of_times(&document.root.metadata);
        let (nodes, edges, parameters, parameter_bytes) = (Vec::new(), 0, 0, 0);
        let mut collected = Collected { times, nodes, edges, parameters, parameter_bytes };
        match document.graph() {
            Some(graph) => match &validation.facts {
                Some(facts) => collected.graph(graph, "", Some(facts)),
                // A fault of the document around the graph leaves the graph's shapes known.
                None => {
                    collected.graph(graph, "", validate_within(graph, limits).facts.as_ref());
                }
            },
            None => collected.node("", &document.root, None),
        }
        Self {
            file: file.to_owned(),
            bytes,
            version: document.version.as_ref().and_then(|text| text.as_str()).map(str::to_owned),
            metadata: match document.graph() {
                Some(_) => metadata(&document.root),
                None => Vec::new(),
            },
            parameters: collected.parameters,
            parameter_bytes: collected.parameter_bytes,
            nodes: collected.nodes,
            edges: collected.edges,
            open: OpenInfo {
                dt: open
                    .dt
                    .iter()
                    .map(|dt| CandidateInfo::of(dt, |dt| format!("{dt} s")))
                    .collect(),
                reset: named(&open.reset),
                spike: named(&open.spike),
                start: named(&open.start),
                time_unit: named(&open.time_unit),
            },
            findings: Findings::of(&validation),
        }
    }

    fn print(&self) -> String {
        let open = self.print_open();
        [self.print_head(), self.print_nodes(), self.print_metadata(), open, self.print_findings()]
            .concat()
    }

    fn print_head(&self) -> String {
        let version = self.version.as_deref().map_or("that is not named".into(), escape::line);
        format!(
            "{}: {}, written by nir {version}\n{} nodes, {} edges, {} parameters ({})\n\n",
            escape::line(&self.file),
            size(self.bytes),
            self.nodes.len(),
            self.edges,
            self.parameters,
            size(self.parameter_bytes as u64),
        )
    }

    fn print_nodes(&self) -> String {
        let shape = |shape: &Option<Vec<usize>>| {
            shape.as_ref().map_or("?".into(), |shape| format!("{shape:?}"))
        };
        let rows = self.nodes.iter().map(|node| {
            let fields: Vec<String> = node.fields.iter().map(FieldInfo::print).collect();
            let (input, output) = (shape(&node.input), shape(&node.output));
            vec![node.name.clone(), node.kind.clone(), input, output, fields.join(", ")]
        });
        table(&["node", "kind", "input", "output", "fields"], rows)
    }

    fn print_metadata(&self) -> String {
        let of_nodes = self.nodes.iter().map(|node| (node.name.as_str(), &node.metadata));
        let all = std::iter::once(("", &self.metadata)).chain(of_nodes);
        let rows: Vec<Vec<String>> = all
            .filter(|(_, entries)| !entries.is_empty())
            .map(|(node, entries)| {
                let entries: Vec<String> = entries.iter().map(FieldInfo::print).collect();
                vec![format!("/{node}"), entries.join(", ")]
            })
            .collect();
        if rows.is_empty() {
            String::new()
        } else {
            format!("\n{}", table(&["at", "metadata"], rows))
        }
    }

    fn print_open(&self) -> String {
        let line = |c: &CandidateInfo| {
            let effect = if c.effect.is_empty() { "" } else { ": " };
            let line = format!("  {} ({}){effect}{}", c.value, c.evidence, c.effect);
            escape::line(&line).into_owned() + "\n"
        };
        let questions = [
            ("time step", &self.open.dt),
            ("reset", &self.open.reset),
            ("what a spike is", &self.open.spike),
            ("state at the start", &self.open.start),
            ("unit of times", &self.open.time_unit),
        ];
        let asked = questions.into_iter().filter(|(_, candidates)| !candidates.is_empty());
        let told = asked.map(|(question, candidates)| {
            let list: String = candidates.iter().map(line).collect();
            format!("\n{question}, not part of NIR; candidates:\n{list}")
        });
        told.collect()
    }

    fn print_findings(&self) -> String {
        let Findings { errors, warnings, notes } = self.findings;
        match errors + warnings + notes {
            0 => "\nno findings\n".to_owned(),
            _ => format!(
                "\n{}, {}, {}: see `nir check {}`\n",
                counted(errors, "error"),
                counted(warnings, "warning"),
                counted(notes, "note"),
                self.file
            ),
        }
    }
}

impl Findings {
    fn of(validation: &Validation) -> Self {
        let count = |severity| {
            validation.findings.iter().filter(|finding| finding.severity == severity).count()
        };
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
        }
    }
}

impl CandidateInfo {
    fn of<T>(candidate: &Candidate<T>, show: impl Fn(&T) -> String) -> Self {
        let source = match candidate.source {
            Source::Metadata => "metadata",
            Source::Numbers => "numbers",
            Source::Convention => "convention",
        };
        let (evidence, effect) = (candidate.evidence.clone(), candidate.effect.clone());
        Self { value: show(&candidate.value), source, evidence, effect }
    }
}

fn named(candidates: &[Candidate<String>]) -> Vec<CandidateInfo> {
    candidates.iter().map(|candidate| CandidateInfo::of(candidate, Clone::clone)).collect()
}

/// What the walk over all nodes has found so far.
struct Collected {
    /// The unit of times.
    times: Unit,
    nodes: Vec<NodeInfo>,
    edges: usize,
    parameters: usize,
    parameter_bytes: usize,
}

impl Collected {
    fn graph(&mut self, graph: &Graph, prefix: &str, facts: Option<&Facts>) {
        self.edges += graph.edges.len();
        for (_, name, node) in graph.nodes.iter() {
            let full = format!("{prefix}{name}");
            let leaf = facts.and_then(|facts| Some(facts.leaf(facts.find(&full)?)));
            self.node(&full, node, leaf);
            if let Primitive::Graph(inner) = &node.primitive {
                self.graph(inner, &format!("{full}."), facts);
            }
        }
    }

    fn node(&mut self, name: &str, node: &Node, leaf: Option<&Leaf>) {
        let mut fields = Vec::new();
        for (field, value) in node.primitive.values() {
            if let (Value::Tensor(tensor), false) = (&value, field.unit == Unit::Count) {
                self.parameters += tensor.len();
                self.parameter_bytes += tensor.bytes();
            }
            fields.push(FieldInfo::of(field.name, &value, field.unit.in_file(self.times)));
        }
        let extra = node.extra.iter();
        fields.extend(extra.map(|(name, value)| FieldInfo::of(name, value, Unit::One)));
        self.nodes.push(NodeInfo {
            name: name.to_owned(),
            kind: node.primitive.kind().to_owned(),
            input: leaf.map(|leaf| leaf.input.clone()),
            output: leaf.map(|leaf| leaf.output.clone()),
            fields,
            metadata: metadata(node),
        });
    }
}

/// The metadata of a node.
fn metadata(node: &Node) -> Vec<FieldInfo> {
    node.metadata.iter().map(|(name, value)| FieldInfo::of(name, value, Unit::One)).collect()
}

impl FieldInfo {
    fn of(name: &str, value: &Value, unit: Unit) -> Self {
        let shown = match value {
            Value::Tensor(tensor) => range(tensor, unit),
            Value::Text(text) => text.as_str().map(|text| format!("{text:?}")),
            Value::Group(_) => None,
        };
        Self { name: name.to_owned(), holds: value.describe(), value: shown }
    }

    fn print(&self) -> String {
        match &self.value {
            Some(value) => format!("{} {} = {value}", self.name, self.holds),
            None => format!("{} {}", self.name, self.holds),
        }
    }
}

/// The values of a tensor in short: the one value, the few values, or the smallest and the largest.
fn range(tensor: &Tensor, unit: Unit) -> Option<String> {
    let values = tensor.to_f64()?;
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    let unit = if unit.symbol().is_empty() { String::new() } else { format!(" {}", unit.symbol()) };
    let is_short = (2..=4).contains(&values.len());
    if let Some(counts) = is_short.then(|| tensor.to_i64()).flatten() {
        return Some(format!("{counts:?}"));
    }
    match values.len() {
        0 => None,
        _ if low == high => Some(format!("{}{unit}", short(low))),
        _ => Some(format!("{} … {}{unit}", short(low), short(high))),
    }
}

/// A number with four digits.
fn short(value: f64) -> String {
    // Most numbers need no rounding, which is slow.
    if value.fract() == 0.0 && value.abs() < 1e4 && (value != 0.0 || value.is_sign_positive()) {
        return value.to_string();
    }
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded != 0.0 && (rounded.abs() < 1e-4 || rounded.abs() >= 1e6) {
        format!("{rounded:e}")
    } else {
        rounded.to_string()
    }
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
