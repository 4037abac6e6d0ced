//! Boxes: what stands in them, and how large they are.

use serde::Serialize;

use crate::family::Family;
use crate::measure::Font;

/// Widest text in a box, in pixels.
const MOST_TEXT: f64 = 200.0;
/// Least width of a box.
const LEAST_WIDTH: f64 = 64.0;
/// Room between the outline of a box and its text.
pub(crate) const PADDING: f64 = 8.0;
/// Findings at a node that are told in full.
const MOST_FINDINGS: usize = 10;

/// A box of a drawing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// Full name of the node, as it is shown; of a folded block, the names of its first and last node.
    pub name: String,
    /// Names of the nodes from the root to the node; of a folded block, to its first node.
    #[serde(skip)]
    pub path: Vec<String>,
    /// Kind of the node; of a folded block, the kinds that repeat.
    pub kind: String,
    /// What kind of thing it is.
    pub family: Family,
    /// Left edge in pixels.
    pub x: f64,
    /// Upper edge in pixels.
    pub y: f64,
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
    /// Layer in its graph, from 0.
    pub layer: usize,
    /// Position of the nested graph around it among the boxes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// What it stands for.
    #[serde(flatten)]
    pub content: Content,
    /// Shape of the signal that enters and of the one that leaves, where they are known.
    pub shapes: [Option<String>; 2],
    /// The text in the box from top to bottom.
    #[serde(skip)]
    pub lines: Vec<Line>,
    /// Everything that there is to say, a line each.
    #[serde(skip)]
    pub title: String,
    /// Errors and warnings about the node, or about nodes inside of it that are not drawn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Mark>,
}

/// What a box stands for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "content", rename_all = "lowercase")]
pub enum Content {
    /// A node.
    Node,
    /// A nested graph around the boxes of its nodes.
    Nested,
    /// A nested graph whose nodes are not drawn.
    Collapsed {
        /// Nodes in it.
        nodes: usize,
        /// Edges in it.
        edges: usize,
    },
    /// Repetitions of a block of nodes, one behind the other.
    Folded {
        /// How often the block stands there.
        times: usize,
        /// Names of all nodes in the order of the flow.
        members: Vec<String>,
    },
}

/// How a line of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The name of a node.
    Name,
    /// The kind of a node.
    Kind,
    /// A parameter, or another detail.
    Detail,
    /// The codes of errors.
    Error,
    /// The codes of warnings.
    Warning,
}

impl Style {
    pub(crate) fn font(self) -> Font {
        match self {
            Self::Name => Font { size: 12.0, bold: true },
            Self::Kind => Font { size: 11.0, bold: false },
            Self::Detail => Font { size: 10.0, bold: false },
            Self::Error | Self::Warning => Font { size: 10.0, bold: true },
        }
    }

    /// Height of a line in pixels.
    pub(crate) fn height(self) -> f64 {
        match self {
            Self::Name => 15.0,
            Self::Kind => 14.0,
            Self::Detail | Self::Error | Self::Warning => 13.0,
        }
    }
}

/// A line of text in a box, as wide as the box allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The text.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

impl Line {
    /// A line, shortened to the widest text of a box.
    pub(crate) fn new(text: &str, style: Style) -> Self {
        Self { text: style.font().shorten(text, MOST_TEXT), style }
    }
}

/// A finding of the validator in a drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Its code: `N204`.
    pub code: String,
    /// Whether it is an error; otherwise it is a warning.
    pub error: bool,
    /// What is wrong.
    pub message: String,
}

/// The lines that mark findings: one for errors and one for warnings.
pub(crate) fn mark_lines(marks: &[Mark]) -> Vec<Line> {
    let line = |is_error: bool, word: &str, style: Style| {
        let mut codes: Vec<&str> = marks
            .iter()
            .filter(|mark| mark.error == is_error)
            .map(|mark| mark.code.as_str())
            .collect();
        codes.dedup();
        (!codes.is_empty()).then(|| Line::new(&format!("{word} {}", codes.join(", ")), style))
    };
    let lines = [line(true, "error", Style::Error), line(false, "warning", Style::Warning)];
    lines.into_iter().flatten().collect()
}

/// Findings in full, a line each.
pub(crate) fn mark_titles(marks: &[Mark]) -> Vec<String> {
    let title = |mark: &Mark| {
        let word = if mark.error { "error" } else { "warning" };
        format!("{word} {}: {}", mark.code, mark.message)
    };
    let mut titles: Vec<String> = marks.iter().take(MOST_FINDINGS).map(title).collect();
    if marks.len() > MOST_FINDINGS {
        titles.push(format!("and {} more findings", marks.len() - MOST_FINDINGS));
    }
    titles
}

/// Width and height of a text in lines with the room around it; both are even.
pub(crate) fn size_of(lines: &[Line]) -> [f64; 2] {
    let widths = lines.iter().map(|line| line.style.font().width(&line.text));
    let width = widths.fold(LEAST_WIDTH - 2.0 * PADDING, f64::max) + 2.0 * PADDING;
    let height: f64 = lines.iter().map(|line| line.style.height()).sum();
    [even(width), even(height + 2.0 * PADDING - 3.0)]
}

/// The next even number of pixels, so that halves are whole.
pub(crate) fn even(length: f64) -> f64 {
    (length / 2.0).ceil() * 2.0
}
