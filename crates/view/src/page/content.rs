//! Everything that a page holds, within its bounds.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::open;
use nirkit_ir::valid::{Survey, survey};
use serde::Serialize;

use super::data::Page;
use super::detail::{Describer, Detail, Found, Kind, Richness, kinds, walk};
use super::document::{Markup, html};
use super::evaluation::EvaluationData;
use super::finding::{Finding, Pins, PlatformData};
use super::geometry::{Face, State};
use super::layouts::Layouts;
use super::run::RunsData;
use super::unit::Unit;
use crate::layout::TooLarge;

/// Bytes of a page.
pub(super) const MOST_BYTES: usize = 2_000_000;
/// Boxes and edges of all layouts of a page together. Where the page would be too large, it has one layout.
const MOST_PLACES: [usize; 2] = [12_000, 0];
/// Bytes for the pictures of all parameters together.
const PICTURES: usize = 700_000;

/// Why no page is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageTooLarge {
    /// The drawing is too large.
    #[error(transparent)]
    Drawing(#[from] TooLarge),
    /// The file would be.
    #[error(
        "the page would have {0} bytes even without pictures of parameters; {MOST_BYTES} are the most"
    )]
    Bytes(usize),
}

/// The data in the page.
#[derive(Serialize)]
struct Content<'a> {
    title: String,
    program: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    direction: crate::options::Direction,
    kinds: BTreeMap<&'static str, Kind>,
    edges: usize,
    units: Vec<UnitData>,
    faces: &'a [Face],
    states: &'a [State],
    findings: Vec<Finding>,
    platforms: Vec<PlatformData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<RunsData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<EvaluationData>,
    #[serde(flatten)]
    details: Details,
}

/// What depends on how rich the page is.
#[derive(Default, Serialize)]
struct Details {
    nodes: Vec<Detail>,
    metadata: Vec<(String, String)>,
    /// What is not in the page.
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct UnitData {
    name: String,
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<usize>,
}

impl Page<'_> {
    /// Makes the page.
    ///
    /// # Errors
    ///
    /// The graph is too large for a page.
    pub fn html(&self) -> Result<String, PageTooLarge> {
        let document = self.document;
        let survey = survey(document, &self.options.limits);
        let found = match document.graph() {
            Some(graph) => walk(graph),
            None => vec![Found { path: vec![String::new()], node: &document.root }],
        };
        let detail_of: BTreeMap<Vec<String>, usize> =
            found.iter().enumerate().map(|(at, found)| (found.path.clone(), at)).collect();
        let mut bytes = 0;
        for most_places in MOST_PLACES {
            let layouts = Layouts::of(document, &survey, &self.options, &detail_of, most_places)?;
            let mut left_out = Vec::new();
            if layouts.is_part {
                let what = "layouts of some combinations of open graphs and blocks";
                left_out.push(what.to_owned());
            }
            let mut content = self.content(&found, &detail_of, &layouts, &mut left_out);
            let mut page = |richness| {
                content.details = self.details(&found, &survey, richness, &left_out);
                html(&Markup::GRAPH, &content.title, &content)
            };
            let poorest = page(Richness::NONE);
            if poorest.len() > MOST_BYTES {
                bytes = poorest.len();
                continue;
            }
            let fits = |page: &String| page.len() <= MOST_BYTES;
            let rich = richness(&found).into_iter().map(page).find(fits);
            return Ok(rich.unwrap_or(poorest));
        }
        Err(PageTooLarge::Bytes(bytes))
    }

    fn show(&self, text: &str) -> String {
        (self.options.shown)(text).into_owned()
    }

    /// The data but for the details of nodes.
    fn content<'a>(
        &'a self,
        found: &[Found<'_>],
        detail_of: &BTreeMap<Vec<String>, usize>,
        layouts: &'a Layouts,
        left_out: &mut Vec<String>,
    ) -> Content<'a> {
        let root = self.document.graph();
        let pins = Pins { root, detail_of, shown: self.options.shown };
        let (findings, more) = pins.findings(self.findings);
        if more > 0 {
            left_out.push(format!("{more} findings: `nir check` prints them"));
        }
        let node_of: BTreeMap<String, usize> =
            detail_of.iter().map(|(path, &at)| (path.join("."), at)).collect();
        let shown = |text: &str| self.show(text);
        let inner = found.iter().filter_map(|found| found.node.primitive.as_graph());
        let version = self.document.version.as_ref().and_then(|text| text.as_str());
        Content {
            title: self.show(self.title),
            program: self.program,
            version: version.map(|text| self.show(text)),
            direction: self.options.direction,
            kinds: kinds(found.iter().map(|found| found.node.primitive.kind())),
            edges: root.into_iter().chain(inner).map(|graph| graph.edges.len()).sum(),
            units: layouts.units.iter().map(|unit| self.unit(unit)).collect(),
            faces: &layouts.faces.list,
            states: &layouts.states,
            findings,
            platforms: self.platforms.iter().map(|platform| pins.platform(platform)).collect(),
            runs: self.runs.as_ref().map(|runs| runs.data(&node_of, &shown, left_out)),
            evaluation: self.evaluation.as_ref().map(|one| one.data(&shown, left_out)),
            details: Details::default(),
        }
    }

    /// The details of nodes, as rich as this.
    fn details(
        &self,
        found: &[Found<'_>],
        survey: &Survey,
        richness: Richness,
        left_out: &[String],
    ) -> Details {
        let metadata_of_root = &self.document.root.metadata;
        let describer = Describer {
            survey,
            times: open::of_times(metadata_of_root),
            shown: self.options.shown,
            sizes: &self.sizes,
            richness,
        };
        let mut metadata = Vec::new();
        for (name, value) in metadata_of_root {
            describer.entry(name, value, 0, &mut metadata);
        }
        let mut left_out = left_out.to_vec();
        if richness.bins == 0 {
            left_out.push("histograms and heat maps of parameters".to_owned());
        } else if richness.side < 2 {
            left_out.push("heat maps of parameters".to_owned());
        }
        let nodes = found.iter().map(|found| describer.describe(found)).collect();
        Details { nodes, metadata, left_out }
    }

    fn unit(&self, unit: &Unit) -> UnitData {
        let shown = |path: &[String]| self.show(&path.join("."));
        let name = match (unit.members.first(), unit.members.last()) {
            (Some(first), Some(last)) => format!("{} … {}", shown(first), shown(last)),
            _ => shown(&unit.path),
        };
        let what = if unit.is_block { "block" } else { "graph" };
        UnitData { name, what, parent: unit.parent }
    }
}

/// How rich pictures may be, the richest first.
fn richness(found: &[Found<'_>]) -> Vec<Richness> {
    let tensors = found.iter().flat_map(|found| found.node.primitive.tensors());
    let pictures = tensors.filter(|(_, tensor)| tensor.len() > 6).count();
    let cells = PICTURES * 3 / 4 / pictures.max(1);
    let side = (cells as f64).sqrt() as usize;
    let steps = [(48, 32), (32, 24), (24, 24), (16, 20), (12, 16), (8, 12), (5, 10), (0, 10)];
    let steps = steps.map(|(side, bins)| Richness { side, bins });
    let known: BTreeSet<usize> = steps.iter().map(|step| step.side).collect();
    let most = known.range(..=side).next_back().copied().unwrap_or(0);
    steps.into_iter().filter(|step| step.side <= most).collect()
}
