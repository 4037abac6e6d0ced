//! Diagnostics, drawn on the text form of the graph.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use nirkit::document::Loaded;
use nirkit::ir::text::{PrintOptions, Spans, print};
use nirkit::ir::{Diagnostic, Place, Severity};

use crate::escape;
use crate::printer::Printer;

/// Elements up to which a tensor is printed in full below a finding.
const INLINE: usize = 16;

/// The text on which findings are drawn.
struct Canvas {
    text: String,
    spans: Spans,
    title: String,
}

impl Canvas {
    /// The text that the user wrote, or the one that stands for a binary file.
    fn of(loaded: &Loaded, file: &str) -> Self {
        if let Some((text, spans)) = &loaded.source {
            let (text, spans) = (escape::in_place(text), spans.clone());
            return Self { text, spans, title: escape::line(file) };
        }
        let options = PrintOptions { inline: INLINE, ..PrintOptions::default() };
        let printed = print(&loaded.document, &options);
        let (text, file) = (escape::in_place(&printed.text), escape::line(file));
        Self { text, spans: printed.spans, title: format!("{file} (as text)") }
    }
}

/// Draws findings one below the other.
pub(crate) fn draw(loaded: &Loaded, file: &str, findings: &[Diagnostic]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let canvas = Canvas::of(loaded, file);
    let renderer = if Printer::is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    findings.iter().map(|finding| renderer.render(&[drawing(finding, &canvas)]) + "\n\n").collect()
}

/// One finding with the lines that it is about.
fn drawing<'a>(finding: &'a Diagnostic, canvas: &'a Canvas) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level
        .primary_title(escape::line(&finding.message))
        .id(finding.code.to_string())
        .element(snippet(finding, canvas));
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(escape::text(help)));
    }
    let path = format!("{} is {} in the file", finding.place, finding.place.hdf5_path());
    group.element(Level::NOTE.message(escape::line(&path)))
}

fn snippet<'a>(
    finding: &'a Diagnostic,
    canvas: &'a Canvas,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let mark = |place: &Place| -> Range<usize> { canvas.spans.get(place).unwrap_or(0..0) };
    let labels = finding
        .labels
        .iter()
        .map(|(place, text)| AnnotationKind::Context.span(mark(place)).label(escape::line(text)));
    Snippet::source(canvas.text.as_str())
        .path(canvas.title.as_str())
        .annotation(AnnotationKind::Primary.span(mark(&finding.place)))
        .annotations(labels)
}
