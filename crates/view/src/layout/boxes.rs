//! Makes the box of an item: its text, its title, its findings. The place comes later.

use nirkit_ir::Primitive;
use nirkit_ir::primitive::GRAPH_KIND;

use super::Maker;
use crate::block::{Block, Content, Line, Mark, Style, mark_lines, mark_titles};
use crate::family::Family;
use crate::parameter;
use crate::scope::{Body, Item};

/// Lines of parameters in a box.
const MOST_DETAILS: usize = 3;

/// Joins the shapes of signals.
pub(super) fn joined(shapes: &[String]) -> Option<String> {
    (!shapes.is_empty()).then(|| shapes.join(" | "))
}

impl Maker<'_> {
    /// The box of an item of the level under these names.
    pub(super) fn block(&mut self, item: &Item<'_>, path: &[String]) -> Block {
        let shown = |text: &str| (self.options.shown)(text).into_owned();
        let full = |name: &str| {
            let names = path.iter().map(String::as_str).chain([name]);
            shown(&names.collect::<Vec<_>>().join("."))
        };
        let names: Vec<String> = item.names.iter().map(|name| full(name)).collect();
        let (first, last) = (item.names.first().copied(), item.names.last().copied());
        let [first, last] = [first, last].map(|name| shown(name.unwrap_or_default()));
        let mut told = Told::default();
        let (kind, family, content) = match &item.body {
            Body::Node(node) => {
                let kind = shown(node.primitive.kind());
                told.lines(&[(&first, Style::Name), (&kind, Style::Kind)]);
                told.parameters(&node.primitive, self);
                (kind, Family::of(&node.primitive), Content::Node)
            }
            Body::Nested(_) => {
                told.lines(&[(&first, Style::Name), (GRAPH_KIND, Style::Kind)]);
                (GRAPH_KIND.to_owned(), Family::Graph, Content::Nested)
            }
            Body::Collapsed(graph) => {
                let (nodes, edges) = (graph.nodes.len(), graph.edges.len());
                let size = format!("{nodes} nodes, {edges} edges");
                told.lines(&[
                    (&first, Style::Name),
                    (GRAPH_KIND, Style::Kind),
                    (&size, Style::Detail),
                ]);
                (GRAPH_KIND.to_owned(), Family::Graph, Content::Collapsed { nodes, edges })
            }
            Body::Folded { times, kinds } => {
                let kinds = shown(&format!("[{}]", kinds.join(", ")));
                let heading = format!("{times} × {kinds}");
                let range = format!("{first} … {last}");
                let count = format!("{} nodes", names.len());
                told.lines(&[
                    (&heading, Style::Name),
                    (&range, Style::Kind),
                    (&count, Style::Detail),
                ]);
                (kinds, Family::Folded, Content::Folded { times: *times, members: names.clone() })
            }
        };
        let findings = self.findings_of(item, path);
        told.findings(&findings);
        let shapes = [joined(&item.input), joined(&item.output)];
        let name = match names.as_slice() {
            [first, .., last] => format!("{first} … {last}"),
            [only] => only.clone(),
            [] => String::new(),
        };
        Block {
            title: told.title(&name, &shapes, &findings),
            name,
            path: [path, &[item.names.first().copied().unwrap_or_default().to_owned()]].concat(),
            kind,
            family,
            content,
            shapes,
            lines: told.lines,
            findings,
            parent: None,
            layer: 0,
            x: 0.0,
            y: 0.0,
            width: 0.0,
            height: 0.0,
        }
    }

    fn findings_of(&mut self, item: &Item<'_>, path: &[String]) -> Vec<Mark> {
        let mut path = path.to_vec();
        let mut found = Vec::new();
        for name in &item.names {
            path.push((*name).to_owned());
            found.extend(match &item.body {
                Body::Node(_) | Body::Nested(_) => self.findings.take(&path),
                Body::Collapsed(_) | Body::Folded { .. } => self.findings.take_below(&path),
            });
            path.pop();
        }
        found
    }
}

/// What is said of a node.
#[derive(Default)]
struct Told {
    /// In the box.
    lines: Vec<Line>,
    /// The same in full, but for the name.
    heads: Vec<String>,
    parameters: Vec<String>,
}

impl Told {
    fn lines(&mut self, lines: &[(&str, Style)]) {
        for (text, style) in lines.iter().filter(|(text, _)| !text.is_empty()) {
            self.lines.push(Line::new(text, *style));
        }
        self.heads.extend(lines.iter().skip(1).map(|(text, _)| (*text).to_owned()));
    }

    fn parameters(&mut self, primitive: &Primitive, maker: &Maker<'_>) {
        let shown = |text: String| (maker.options.shown)(&text).into_owned();
        let summary = parameter::summary(primitive, maker.times);
        let details = summary.lines.into_iter().take(MOST_DETAILS).map(shown);
        self.lines.extend(details.map(|text| Line::new(&text, Style::Detail)));
        self.parameters.extend(summary.all.into_iter().map(shown));
        self.parameters.extend(parameter::unknown(primitive).into_iter().map(shown));
    }

    fn findings(&mut self, findings: &[Mark]) {
        self.lines.extend(mark_lines(findings));
    }

    /// Everything, a line each.
    fn title(&self, name: &str, shapes: &[Option<String>; 2], findings: &[Mark]) -> String {
        let signal = match shapes {
            [Some(input), Some(output)] if input == output => vec![format!("signal {input}")],
            [input, output] => {
                let input = input.iter().map(|shape| format!("input {shape}"));
                input.chain(output.iter().map(|shape| format!("output {shape}"))).collect()
            }
        };
        let name = (!name.is_empty()).then(|| name.to_owned());
        let parts = name.into_iter().chain(self.heads.iter().cloned()).chain(signal);
        let parts = parts.chain(self.parameters.iter().cloned());
        parts.chain(mark_titles(findings)).collect::<Vec<_>>().join("\n")
    }
}
