//! Diagnostics, drawn on the text form of the graph.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use nirkit::ir::text::{PrintOptions, Printed, print};
use nirkit::ir::{Diagnostic, Document, Place, Severity};

use crate::printer::Printer;

/// Elements up to which a tensor is printed in full below a finding.
const INLINE: usize = 16;

/// Draws findings one below the other.
pub(crate) fn draw(document: &Document, file: &str, findings: &[Diagnostic]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let source = print(document, &PrintOptions { inline: INLINE, ..PrintOptions::default() });
    let renderer = if Printer::is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let title = format!("{file} (as text)");
    findings
        .iter()
        .map(|finding| renderer.render(&[drawing(finding, &source, &title)]) + "\n\n")
        .collect()
}

/// One finding with the lines that it is about.
fn drawing<'a>(finding: &'a Diagnostic, source: &'a Printed, title: &'a str) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level
        .primary_title(&finding.message)
        .id(finding.code.to_string())
        .element(snippet(finding, source, title));
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let path = format!("{} is {} in the file", finding.place, finding.place.hdf5_path());
    group.element(Level::NOTE.message(path))
}

fn snippet<'a>(
    finding: &'a Diagnostic,
    source: &'a Printed,
    title: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let mark = |place: &Place| -> Range<usize> { source.spans.get(place).unwrap_or(0..0) };
    let labels = finding
        .labels
        .iter()
        .map(|(place, text)| AnnotationKind::Context.span(mark(place)).label(text.as_str()));
    Snippet::source(source.text.as_str())
        .path(title)
        .annotation(AnnotationKind::Primary.span(mark(&finding.place)))
        .annotations(labels)
}
