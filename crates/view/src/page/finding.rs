//! Findings of the validator and of platforms, by the nodes that they are about.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::{Diagnostic, Graph};
use serde::Serialize;

use super::data::Platform;
use crate::findings::node_of;

/// Findings about the graph, and reasons of a platform, that are embedded.
const MOST_FINDINGS: usize = 500;
const MOST_REASONS: usize = 120;

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    code: String,
    /// `error`, `warning`, `note`, or a verdict.
    level: String,
    message: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    /// Positions of the nodes that it is about; none for the whole graph.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<usize>,
    /// How many places say the same.
    places: usize,
}

/// What a platform makes of the graph.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PlatformData {
    name: String,
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_verdict: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    choices: Vec<[String; 3]>,
    /// Words for verdicts, and for what nodes become.
    words: Vec<&'static str>,
    /// For each node with a verdict: its position, its verdict and what it becomes, both among the words.
    verdicts: Vec<[usize; 3]>,
    findings: Vec<Finding>,
    left_out: usize,
}

/// Makes findings for the page.
pub(super) struct Pins<'a> {
    pub(super) root: Option<&'a Graph>,
    pub(super) detail_of: &'a BTreeMap<Vec<String>, usize>,
    pub(super) shown: fn(&str) -> Cow<'_, str>,
}

impl Pins<'_> {
    /// Findings about the graph, and how many are left out.
    pub(super) fn findings(&self, found: &[Diagnostic]) -> (Vec<Finding>, usize) {
        self.together(found.iter().map(|found| (found.severity.to_string(), found)), MOST_FINDINGS)
    }

    /// What a platform makes of the graph.
    pub(super) fn platform(&self, platform: &Platform) -> PlatformData {
        let reasons = platform.reasons.iter().map(|(word, found)| ((*word).to_owned(), found));
        let (findings, left_out) = self.together(reasons, MOST_REASONS);
        let mut words: Vec<&'static str> = platform
            .verdicts
            .iter()
            .flat_map(|verdict| [verdict.verdict, verdict.becomes])
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        words.sort_unstable();
        let word = |word: &str| words.binary_search(&word).unwrap_or(0);
        let by_name: BTreeMap<String, usize> =
            self.detail_of.iter().map(|(path, &at)| (path.join("."), at)).collect();
        let verdicts = platform.verdicts.iter().filter_map(|verdict| {
            let node = *by_name.get(&verdict.node)?;
            Some([node, word(verdict.verdict), word(verdict.becomes)])
        });
        let verdicts = verdicts.collect();
        let show = |text: &String| (self.shown)(text).into_owned();
        PlatformData {
            name: show(&platform.name),
            outcome: platform.outcome.clone(),
            no_verdict: platform.no_verdict.as_ref().map(show),
            help: platform.help.as_ref().map(show),
            choices: platform.choices.iter().map(|choice| choice.each_ref().map(show)).collect(),
            words,
            verdicts,
            findings,
            left_out,
        }
    }

    /// Findings that say the same of several nodes become one.
    fn together<'d>(
        &self,
        found: impl Iterator<Item = (String, &'d Diagnostic)>,
        most: usize,
    ) -> (Vec<Finding>, usize) {
        let mut known: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        let (mut list, mut left_out) = (Vec::<Finding>::new(), 0);
        for (level, diagnostic) in found {
            let message = (self.shown)(&diagnostic.message).into_owned();
            let node = self.detail_of.get(&node_of(diagnostic, self.root)).copied();
            let key = (level, diagnostic.code.to_string(), message);
            if let Some(same) = known.get(&key).and_then(|&at| list.get_mut(at)) {
                same.nodes.extend(node);
                same.places += 1;
                continue;
            }
            if list.len() == most {
                left_out += 1;
                continue;
            }
            known.insert(key.clone(), list.len());
            let (level, code, message) = key;
            let label = |(place, text): &(nirkit_ir::Place, String)| format!("{place}: {text}");
            let show = |text: &str| (self.shown)(text).into_owned();
            list.push(Finding {
                code,
                level,
                message,
                place: show(&diagnostic.place.to_string()),
                help: diagnostic.help.as_deref().map(show),
                labels: diagnostic.labels.iter().map(label).map(|text| show(&text)).collect(),
                nodes: node.into_iter().collect(),
                places: 1,
            });
        }
        (list, left_out)
    }
}
