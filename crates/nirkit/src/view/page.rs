//! A page: the graph with everything that the crate knows of it, as one HTML file.

use std::collections::BTreeMap;

use nirkit_ir::field::Unit;
use nirkit_ir::valid::{validate_document_within, validate_within};
use nirkit_ir::{Diagnostic, Document, Facts, Graph, Primitive, Value, open};
use nirkit_passes::repair::hold_promises;
use nirkit_platforms::Platform;
use nirkit_platforms::chip::View;
use nirkit_platforms::chip::linear::Linear;
use nirkit_view::{Page, Size, Verdict};

use super::ViewOptions;
use super::evaluated::evaluation;
use super::runs::runs;
use crate::choices::{Choice, Choices};
use crate::compare::Compared;
use crate::error::{Error, ErrorKind};
use crate::eval::{Evaluation, LabelledSet};
use crate::model::platform;
use crate::time_unit::open_in_seconds;
use crate::verdict::{Checked, verdicts};

/// Connections are counted one by one in graphs with at most so many multiplications a step.
const MOST_COUNTED: usize = 1 << 27;

/// What stands on a page besides the graph.
#[derive(Clone, Debug, Default)]
pub struct PageOptions<'a> {
    title: &'a str,
    platforms: Vec<&'a str>,
    choices: Choices,
    compared: Option<&'a Compared>,
    evaluated: Option<(&'a LabelledSet, &'a [Evaluation])>,
}

impl<'a> PageOptions<'a> {
    /// Returns options for a page under a title, the name of the file.
    #[must_use]
    pub fn new(title: &'a str) -> Self {
        Self { title, ..Self::default() }
    }

    /// Says which platforms the page shows the verdicts of, and under which choices.
    #[must_use]
    pub fn platforms(mut self, titles: &[&'a str], choices: Choices) -> Self {
        self.platforms = titles.to_vec();
        self.choices = choices;
        self
    }

    /// Adds the runs of a comparison: spikes, voltages, the first difference and its cause.
    #[must_use]
    pub fn compared(mut self, compared: &'a Compared) -> Self {
        self.compared = Some(compared);
        self
    }

    /// Adds what [`eval_platforms`](crate::eval_platforms) made of a labelled set: confusion matrices side by side, and which
    /// samples get which class.
    #[must_use]
    pub fn evaluated(mut self, set: &'a LabelledSet, found: &'a [Evaluation]) -> Self {
        self.evaluated = Some((set, found));
        self
    }
}

/// Returns the name of every platform that comes with the crate: simulators, then chips.
#[must_use]
pub fn every_platform() -> Vec<&'static str> {
    let simulators = nirkit_platforms::version::all().map(|profile| profile.name);
    let mut names: Vec<&str> =
        simulators.chain(nirkit_platforms::chip::ALL.iter().map(|chip| chip.name)).collect();
    // Versions of a platform follow each other.
    names.dedup();
    names
}

/// Draws a graph as a page: one HTML file that works without a network. It shows the graph, the findings, the parameters as
/// pictures, and what platforms make of each node.
///
/// ```
/// use nirkit::document::load_bytes;
/// use nirkit::io::Limits;
/// use nirkit::view::{PageOptions, ViewOptions, page};
///
/// let text = "nirt 1
/// graph {
///   input = Input { shape: i64[1] [2] }
///   fc = Linear { weight: f32[3, 2] 0.5 }
///   output = Output { shape: i64[1] [3] }
///   input -> fc -> output
/// }";
/// let graph = load_bytes(text.into(), "net.nirt".as_ref(), &Limits::default())?.document;
/// let page = page(&graph, &ViewOptions::new(), &PageOptions::new("net.nirt"))?;
/// assert!(page.starts_with("<!doctype html>") && page.len() < 2_000_000);
/// # Ok::<(), nirkit::Error>(())
/// ```
///
/// # Errors
///
/// The page would be too large, a platform is not known, a choice is none that a platform has, or a run of the comparison fails
/// when its voltages are taken.
pub fn page(
    document: &Document,
    view: &ViewOptions,
    options: &PageOptions<'_>,
) -> Result<String, Error> {
    let limits = &view.0.limits;
    let validation = validate_document_within(document, limits);
    let found: Vec<Platform> =
        options.platforms.iter().map(|title| platform(title)).collect::<Result<_, _>>()?;
    let checked = verdicts(document, &validation, &found, &options.choices)?;
    let findings = findings(document, validation.findings.clone(), &options.choices, limits);
    let inner = || Some(validate_within(document.graph()?, limits).facts).flatten();
    let facts = validation.facts.or_else(inner);
    let page = Page {
        document,
        options: view.0,
        title: options.title,
        program: concat!("nirkit ", env!("CARGO_PKG_VERSION")),
        findings: &findings,
        sizes: sizes(document, facts.as_ref()),
        platforms: checked.iter().map(of_platform).collect(),
        runs: options.compared.map(runs).transpose()?,
        evaluation: options.evaluated.map(|(set, found)| evaluation(set, found)),
    };
    page.html().map_err(|error| {
        let help = "collapse nested graphs, draw a part of the graph, or write SVG";
        Error::new(error.to_string()).of_kind(ErrorKind::Run).help(help)
    })
}

/// Everything that is wrong with a document, as `nir check` says it, the worst first.
fn findings(
    document: &Document,
    mut found: Vec<Diagnostic>,
    choices: &Choices,
    limits: &nirkit_ir::Limits,
) -> Vec<Diagnostic> {
    hold_promises(document, &mut found, limits);
    // Times that leave the range of numbers in seconds are taken as they stand.
    let open = open_in_seconds(document, choices).unwrap_or_else(|_| open::open(document));
    found.extend(open::findings(&open));
    found.extend(open::metadata_findings(document));
    found.extend(open::time_unit_finding(&open));
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found
}

fn of_platform(checked: &Checked) -> nirkit_view::Platform {
    let Checked { report, choices, help } = checked;
    let choice =
        |choice: &Choice| [&choice.name, &choice.value, &choice.source].map(ToString::to_string);
    let verdicts = report.nodes.iter().map(|node| Verdict {
        node: node.name.clone(),
        becomes: node.becomes,
        verdict: node.verdict.name(),
    });
    let reasons = report.findings.iter();
    nirkit_view::Platform {
        name: report.platform.clone(),
        outcome: report.outcome().name().to_owned(),
        no_verdict: report.no_verdict.clone(),
        help: help.clone(),
        choices: choices.iter().map(choice).collect(),
        verdicts: verdicts.collect(),
        reasons: reasons
            .map(|finding| (finding.verdict.name(), finding.diagnostic.clone()))
            .collect(),
    }
}

/// How large all nodes are, by full name.
fn sizes(document: &Document, facts: Option<&Facts>) -> BTreeMap<String, Size> {
    let mut sizes = BTreeMap::new();
    match document.graph() {
        Some(graph) => add_sizes(graph, "", &mut sizes),
        None => {
            sizes.insert(String::new(), parameters(&document.root.primitive));
        }
    }
    if let Some((graph, facts)) = document.graph().zip(facts) {
        add_connections(graph, facts, &mut sizes);
    }
    sizes
}

fn add_sizes(graph: &Graph, prefix: &str, sizes: &mut BTreeMap<String, Size>) {
    for (_, name, node) in graph.nodes.iter() {
        let full = format!("{prefix}{name}");
        if let Primitive::Graph(inner) = &node.primitive {
            add_sizes(inner, &format!("{full}."), sizes);
        } else {
            sizes.insert(full, parameters(&node.primitive));
        }
    }
}

fn parameters(primitive: &Primitive) -> Size {
    let mut size = Size::default();
    for (field, value) in primitive.values() {
        if let (Value::Tensor(tensor), false) = (&value, field.unit == Unit::Count) {
            size.parameters += tensor.len();
            size.bytes += tensor.bytes();
        }
    }
    size
}

/// Adds neurons, connections and multiplications, which follow from shapes.
fn add_connections(graph: &Graph, facts: &Facts, sizes: &mut BTreeMap<String, Size>) {
    let view = View { graph, facts };
    let mut counted = 0_usize;
    for (id, leaf) in facts.iter() {
        let Some((size, primitive)) = sizes.get_mut(&leaf.name).zip(view.primitive(id)) else {
            continue;
        };
        let is_delay = matches!(primitive, Primitive::Delay(_));
        if primitive.is_spiking() || (!primitive.is_stateless() && !is_delay) {
            size.neurons = leaf.outputs();
        }
        let has_weights = matches!(
            primitive,
            Primitive::Affine(_)
                | Primitive::Linear(_)
                | Primitive::Conv1d(_)
                | Primitive::Conv2d(_)
        );
        let is_map = has_weights
            || matches!(
                primitive,
                Primitive::Scale(_) | Primitive::SumPool2d(_) | Primitive::AvgPool2d(_)
            );
        let Some((_, products)) = is_map.then(|| Linear::fan_out(view, &[id], 0)).flatten() else {
            continue;
        };
        size.multiplications = Some(products as u64);
        counted = counted.saturating_add(products);
        if has_weights && counted <= MOST_COUNTED {
            let reached = Linear::fan_out(view, &[id], leaf.inputs());
            size.synapses = reached.map(|(fan_out, _)| fan_out.iter().sum::<usize>() as u64);
        }
    }
}
