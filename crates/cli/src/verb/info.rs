//! `nir info`: what is in a file.

mod node;
mod unspecified;

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use nirkit::ir::open;
use nirkit::ir::valid::{Validation, validate_document_within, validate_within};
use nirkit::ir::{Document, Limits, Severity};
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
use node::{Collected, FieldInfo, NodeInfo, metadata};
use unspecified::OpenInfo;

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
        Err(failure) => {
            let data = DataInfo::of(file, limits).ok_or(failure)?;
            return data.map(Found::Data);
        }
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
        let mut collected = Collected::new(times);
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
            open: OpenInfo::of(&open),
            findings: Findings::of(&validation),
        }
    }

    fn print(&self) -> String {
        let open = self.open.print();
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

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
