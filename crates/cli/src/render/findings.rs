//! Diagnostics, drawn on the text form of the graph.

use std::ops::Range;
use std::thread::{Builder, ScopedJoinHandle, available_parallelism};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use nirkit::document::Loaded;
use nirkit::ir::text::{PrintOptions, Spans, print};
use nirkit::ir::{Diagnostic, Place, Severity};

use crate::printer::Printer;
use nirkit::escape;

/// Elements up to which a tensor is printed in full below a finding.
const INLINE: usize = 16;

/// The text on which findings are drawn.
struct Canvas {
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
    spans: Spans,
    title: String,
}

/// Bytes of the text that are drawn in one piece. Drawing takes time for each of them, whatever is
/// folded away, and there may be as many findings as lines.
const PIECE: usize = 16 << 10;

/// So many findings or fewer are drawn by one thread.
const PART: usize = 4096;

impl Canvas {
    /// The text that the user wrote, or the one that stands for a binary file.
    fn of(loaded: &Loaded, file: &str) -> Self {
        if let Some((text, spans)) = &loaded.source {
            return Self::new(text, spans.clone(), file);
        }
        let options = PrintOptions { inline: INLINE, ..PrintOptions::default() };
        let printed = print(&loaded.document, &options);
        Self::new(&printed.text, printed.spans, &format!("{file} (as text)"))
    }

    fn new(text: &str, spans: Spans, title: &str) -> Self {
        let (text, title) = (escape::in_place(text), escape::line(title).into_owned());
        let ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, lines, spans, title }
    }

    fn mark(&self, place: &Place) -> Range<usize> {
        self.spans.get(place).unwrap_or(0..0)
    }

    /// The whole lines around a range, and the number of the first.
    fn lines_of(&self, range: &Range<usize>) -> (Range<usize>, usize) {
        let first = self.lines.partition_point(|&start| start <= range.start).max(1);
        let after = self.lines.partition_point(|&start| start < range.end.max(range.start + 1));
        let end = self.lines.get(after).copied().unwrap_or(self.text.len());
        (self.lines[first - 1]..end, first)
    }
}

/// Draws findings one below the other.
pub(crate) fn draw(loaded: &Loaded, file: &str, findings: &[Diagnostic]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let canvas = Canvas::of(loaded, file);
    let renderer = if Printer::is_coloured() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let drawn = |part: &[Diagnostic]| -> String {
        part.iter().map(|finding| renderer.render(&[drawing(finding, &canvas)]) + "\n\n").collect()
    };
    let threads = available_parallelism().map_or(1, usize::from);
    let part = findings.len().div_ceil(threads).max(PART);
    // Findings of the parts stand in their order, whoever draws them.
    std::thread::scope(|scope| {
        let (first, rest) = findings.split_at(part.min(findings.len()));
        let others: Vec<_> = { rest.chunks(part) }
            .map(|part| (part, Builder::new().spawn_scoped(scope, || drawn(part))))
            .collect();
        let mut all = drawn(first);
        for (part, other) in others {
            match other.map(ScopedJoinHandle::join) {
                Ok(Ok(drawn)) => all += &drawn,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // Without another thread, this one draws.
                Err(_) => all += &drawn(part),
            }
        }
        all
    })
}

/// One finding with the lines that it is about.
fn drawing<'a>(finding: &'a Diagnostic, canvas: &'a Canvas) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(escape::line(&finding.message)).id(finding.code.to_string());
    let mut group = Group::with_title(title);
    for snippet in snippets(finding, canvas) {
        group = group.element(snippet);
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(escape::text(help)));
    }
    let path = format!("{} is {} in the file", finding.place, finding.place.hdf5_path());
    group.element(Level::NOTE.message(escape::line(&path).into_owned()))
}

/// The lines of a finding, in one piece if they lie together, else in one for each place.
fn snippets<'a>(
    finding: &'a Diagnostic,
    canvas: &'a Canvas,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let primary = (canvas.mark(&finding.place), None);
    let labels = finding.labels.iter();
    let labels =
        labels.map(|(place, text)| (canvas.mark(place), Some(escape::line(text).into_owned())));
    let marks: Vec<(Range<usize>, Option<String>)> =
        std::iter::once(primary).chain(labels).collect();
    let start = marks.iter().map(|(mark, _)| mark.start).min().unwrap_or(0);
    let end = marks.iter().map(|(mark, _)| mark.end).max().unwrap_or(0);
    if end - start <= PIECE {
        return vec![snippet(canvas, &(start..end), &marks)];
    }
    marks.iter().map(|mark| snippet(canvas, &mark.0, std::slice::from_ref(mark))).collect()
}

/// The lines around a range, with the marks that lie there.
fn snippet<'a>(
    canvas: &'a Canvas,
    range: &Range<usize>,
    marks: &[(Range<usize>, Option<String>)],
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let (lines, number) = canvas.lines_of(range);
    let annotations = marks.iter().map(|(mark, text)| {
        let span = mark.start - lines.start..mark.end - lines.start;
        match text {
            Some(text) => AnnotationKind::Context.span(span).label(text.clone()),
            None => AnnotationKind::Primary.span(span),
        }
    });
    Snippet::source(&canvas.text[lines.clone()])
        .line_start(number)
        .path(canvas.title.as_str())
        .annotations(annotations.collect::<Vec<_>>())
}
