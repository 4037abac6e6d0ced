//! Writes a document as text. Entry point of the printing half; values are in [`value`], the
//! layout of lists in [`list`].

mod list;
mod part;
mod value;

pub(crate) use value::write_element;

use std::ops::Range;

use indexmap::IndexMap;
use nirkit_numerics::Tensor;

use super::name::write_name;
use super::span::{FieldSpans, NodeSpans, Spans};
use super::{FORM_VERSION, KEYWORDS};
use crate::document::{Document, Storage};
use crate::field::Unit;
use crate::graph::{Edge, Graph, Node};
use crate::open::of_times;
use crate::primitive::Primitive;
use crate::value::Value;
use part::{Part, block, looks_known, parts};

/// Choices about the text, none of which changes what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Elements that a tensor may have to be written out; a larger one is referred to by its
    /// content hash. A tensor whose elements are all the same is written as one value, unless such tensors are so many
    /// that a reader would refuse them.
    pub inline: usize,
    /// Whether the unit of a field (`s`, `Ω`, `V`) follows it as a comment.
    pub units: bool,
}

impl Default for PrintOptions {
    fn default() -> Self {
        Self { inline: 64, units: true }
    }
}

impl PrintOptions {
    /// Every tensor is written out: the text stands for itself.
    #[must_use]
    pub fn complete() -> Self {
        Self { inline: usize::MAX, ..Self::default() }
    }
}

/// A document as text.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The text form.
    pub text: String,
    /// Where in the text each part of the document stands.
    pub spans: Spans,
    /// The tensors that the text only refers to, by content hash, in the order of the text.
    pub tensors: IndexMap<String, Tensor>,
}

/// Writes a document as text.
///
/// What comes out reads back to the same document with [`super::parse`], as long as the tensors
/// that it refers to are at hand and it keeps the parser's limits.
#[must_use]
pub fn print(document: &Document, options: &PrintOptions) -> Printed {
    let mut printer = Printer::new(*options);
    printer.repeats = options.inline == usize::MAX || repeated(document) <= REPEATED;
    printer.times = of_times(&document.root.metadata);
    printer.document(document);
    let spans = Spans { root: std::mem::take(&mut printer.root) };
    Printed { text: printer.out, spans, tensors: printer.tensors }
}

/// The tensors that a text with this [`PrintOptions::inline`] only refers to, by content hash, in
/// the order of the text: what a file beside the text has to hold.
#[must_use]
pub fn large_tensors(document: &Document, inline: usize) -> Vec<(String, Tensor)> {
    print(document, &PrintOptions { inline, units: false }).tensors.into_iter().collect()
}

/// Bytes of repeated values that every reader takes.
const REPEATED: usize = 8 << 20;

/// Bytes of the tensors of a document whose elements are all the same.
fn repeated(document: &Document) -> usize {
    let mut open = vec![&document.root];
    let mut bytes = 0_usize;
    while let Some(node) = open.pop() {
        let values = node.primitive.values().into_iter().map(|(_, value)| value);
        for value in values {
            if let Value::Tensor(tensor) = &value
                && tensor.bytes() > value::FEW_BYTES
                && value::is_uniform(tensor)
            {
                bytes = bytes.saturating_add(tensor.bytes());
            }
        }
        if let Primitive::Graph(graph) = &node.primitive {
            open.extend(graph.nodes.iter().map(|(_, _, node)| node));
        }
    }
    bytes
}

/// Columns that a line should keep to.
const WIDTH: usize = 100;

/// What is written so far.
struct Printer {
    out: String,
    options: PrintOptions,
    tensors: IndexMap<String, Tensor>,
    /// Whether one value may stand for many.
    repeats: bool,
    /// The unit of times, which comments name.
    times: Unit,
    /// Blocks that are open.
    depth: usize,
    root: NodeSpans,
}

impl Printer {
    fn new(options: PrintOptions) -> Self {
        let (out, tensors) = (String::new(), IndexMap::new());
        let (root, times) = (NodeSpans::default(), Unit::Second);
        Self { out, options, tensors, repeats: true, times, depth: 0, root }
    }

    fn document(&mut self, document: &Document) {
        self.out = format!("nirt {FORM_VERSION}\n");
        if let Some(version) = &document.version {
            self.out.push_str("version ");
            self.text(version);
            self.out.push('\n');
        }
        self.out.push('\n');
        self.root = self.node(self.out.len(), &document.root);
        if !document.extra.is_empty() {
            let part = block("extra", document.extra.iter());
            self.out.push_str("\n\n");
            self.part(&part, &mut NodeSpans::default());
        }
        if !document.storage.is_empty() {
            self.out.push_str("\n\nstorage ");
            self.storage(&document.storage);
        }
        self.out.push('\n');
    }

    fn storage<'a>(&mut self, storage: impl IntoIterator<Item = (&'a String, &'a Storage)>) {
        self.braces(storage, |printer, (path, storage)| {
            write_name(path, &mut printer.out);
            printer.out.push_str(": ");
            match storage {
                Storage::Text(storage) => printer.text_type(*storage, &[]),
                Storage::Empty(dtype, shape) => {
                    printer.out.push_str(dtype.name());
                    printer.shape(shape);
                }
            }
        });
    }

    /// Writes a node, whose head begins at `start`, perhaps with a name that is already written.
    fn node(&mut self, start: usize, node: &Node) -> NodeSpans {
        self.kind(&node.primitive);
        let mut spans = NodeSpans { head: self.since(start), ..NodeSpans::default() };
        self.out.push(' ');
        let parts = parts(node, self.times);
        match &node.primitive {
            Primitive::Graph(graph) => self.graph(graph, &parts, &mut spans),
            #[allow(clippy::wildcard_enum_match_arm, reason = "only a graph has nodes")]
            _ => self.parts(&parts, &mut spans),
        }
        spans
    }

    fn kind(&mut self, primitive: &Primitive) {
        match primitive {
            Primitive::Graph(_) => self.out.push_str("graph"),
            Primitive::Unknown(unknown) => {
                if looks_known(unknown) {
                    self.out.push_str("unknown ");
                }
                self.unknown_kind(&unknown.kind);
            }
            #[allow(clippy::wildcard_enum_match_arm, reason = "declared kinds are plain words")]
            known => self.out.push_str(known.kind()),
        }
    }

    /// Writes a kind that may be any string: in quotes also where it would be read as a keyword.
    fn unknown_kind(&mut self, kind: &str) {
        if KEYWORDS.contains(&kind) {
            super::name::write_string(kind, &mut self.out);
        } else {
            write_name(kind, &mut self.out);
        }
    }

    fn graph(&mut self, graph: &Graph, parts: &[Part], spans: &mut NodeSpans) {
        if graph.nodes.is_empty() && graph.edges.is_empty() {
            return self.parts(parts, spans);
        }
        self.open();
        for (_, name, node) in graph.nodes.iter() {
            self.line();
            let start = self.out.len();
            write_name(name, &mut self.out);
            self.out.push_str(" = ");
            let inner = self.node(start, node);
            spans.nodes.insert(name.to_owned(), inner);
        }
        if !graph.nodes.is_empty() && !graph.edges.is_empty() {
            self.out.push('\n');
        }
        for edge in &graph.edges {
            self.line();
            spans.edges.push(self.edge(edge));
        }
        self.part_lines(parts, spans);
        self.close();
    }

    fn edge(&mut self, edge: &Edge) -> Range<usize> {
        let start = self.out.len();
        write_name(&edge.source, &mut self.out);
        self.out.push_str(" -> ");
        write_name(&edge.target, &mut self.out);
        self.since(start)
    }

    /// Writes the block of a node without nodes of its own; on one line if it is short.
    fn parts(&mut self, parts: &[Part], spans: &mut NodeSpans) {
        match parts {
            [] => self.out.push_str("{}"),
            [part @ Part::Field { value, unit, .. }]
                if self.is_short(value)
                    && self.on_one_line(|printer| printer.part(part, spans)) =>
            {
                self.unit(unit);
            }
            _ => {
                self.open();
                self.part_lines(parts, spans);
                self.close();
            }
        }
    }

    /// Writes a block without line ends; takes it back and returns `false` if it does have some.
    fn on_one_line(&mut self, write: impl FnOnce(&mut Self)) -> bool {
        let start = self.out.len();
        self.out.push_str("{ ");
        write(self);
        self.out.push_str(" }");
        let fits = self.out.get(start..).is_some_and(|block| !block.contains('\n'));
        if !fits {
            self.out.truncate(start);
        }
        fits
    }

    fn part_lines(&mut self, parts: &[Part], spans: &mut NodeSpans) {
        for part in parts {
            self.line();
            self.part(part, spans);
            self.unit(part.unit());
        }
    }

    fn part(&mut self, part: &Part, spans: &mut NodeSpans) {
        match part {
            Part::Field { name, value, .. } => {
                let field = self.field(name, value);
                spans.fields.insert((*name).to_owned(), field);
            }
            Part::Block { word, fields } => {
                let start = self.out.len();
                self.out.push_str(word);
                let head = self.since(start);
                let field = FieldSpans { head, ..FieldSpans::default() };
                spans.fields.entry((*word).to_owned()).or_insert(field);
                self.out.push(' ');
                self.fields(fields);
            }
        }
    }

    fn unit(&mut self, unit: &str) {
        if self.options.units && !unit.is_empty() {
            self.out.push_str("  // ");
            self.out.push_str(unit);
        }
    }

    /// Writes a block with one line for each item.
    fn braces<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.open();
        for item in items {
            self.line();
            write(self, item);
        }
        self.close();
    }

    fn open(&mut self) {
        self.out.push('{');
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line();
        self.out.push('}');
    }

    /// Ends the line and indents the next one.
    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    fn since(&self, start: usize) -> Range<usize> {
        start..self.out.len()
    }
}
