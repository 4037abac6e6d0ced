//! The page of a sweep: heat maps of what was measured, and what stands behind each cell.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use super::content::{MOST_BYTES, PageTooLarge};
use super::detail::Rounded;
use super::document::{Markup, html};

/// What a page of a sweep is made from.
#[derive(Clone, Debug)]
pub struct SweepPage<'a> {
    /// The title: the name of the folder.
    pub title: &'a str,
    /// The program that makes the page, with its version.
    pub program: &'a str,
    /// The combinations of choices, which are the columns of all maps.
    pub columns: Vec<String>,
    /// The lines of the table.
    pub lines: Vec<SweepLine>,
    /// Returns a text of a file as it is shown.
    pub shown: fn(&str) -> Cow<'_, str>,
}

/// A graph and a set on a platform under choices.
#[derive(Clone, Debug, Default)]
pub struct SweepLine {
    /// The name of the file of the graph.
    pub graph: String,
    /// What the set is called.
    pub set: String,
    /// The platform with its version.
    pub platform: String,
    /// The columns that it fills: several for a platform that does not have a choice.
    pub columns: Vec<usize>,
    /// `done`, `refused` or `failed`.
    pub status: String,
    /// What was measured, as a share or as a number of a sample.
    pub measures: Vec<(Measure, f64)>,
    /// What else is known: a name and a value.
    pub facts: Vec<[String; 2]>,
    /// Why it did not run.
    pub reasons: Vec<String>,
    /// What has to be said of the numbers.
    pub notes: Vec<String>,
}

/// What a map shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Measure {
    /// What it is called.
    pub name: String,
    /// Whether it is a share from 0 to 1.
    pub is_share: bool,
}

#[derive(Serialize)]
struct Content<'a> {
    title: String,
    program: &'a str,
    columns: Vec<String>,
    measures: Vec<Measure>,
    lines: Vec<LineData>,
    /// Texts of facts, reasons and notes, once each.
    texts: Vec<String>,
    left_out: Vec<&'static str>,
}

#[derive(Serialize)]
struct LineData {
    graph: usize,
    set: usize,
    platform: usize,
    columns: Vec<usize>,
    status: String,
    /// For each measure of the page a number, if there is one.
    values: Vec<Option<Rounded>>,
    facts: Vec<[usize; 2]>,
    reasons: Vec<usize>,
    notes: Vec<usize>,
}

/// Texts, once each.
struct Texts<'a> {
    place: BTreeMap<&'a str, usize>,
    list: Vec<String>,
    shown: fn(&str) -> Cow<'_, str>,
}

impl<'a> Texts<'a> {
    fn at(&mut self, text: &'a str) -> usize {
        let (list, shown) = (&mut self.list, self.shown);
        *self.place.entry(text).or_insert_with(|| {
            list.push(shown(text).into_owned());
            list.len() - 1
        })
    }
}

impl SweepPage<'_> {
    /// Makes the page.
    ///
    /// # Errors
    ///
    /// The table is too large for a page.
    pub fn html(&self) -> Result<String, PageTooLarge> {
        let mut bytes = 0;
        for has_facts in [true, false] {
            let content = self.content(has_facts);
            let page = html(&Markup::SWEEP, &content.title, &content);
            bytes = page.len();
            if bytes <= MOST_BYTES {
                return Ok(page);
            }
        }
        Err(PageTooLarge::Bytes(bytes))
    }

    fn content(&self, has_facts: bool) -> Content<'_> {
        let mut measures: Vec<Measure> = Vec::new();
        for (measure, _) in self.lines.iter().flat_map(|line| &line.measures) {
            if !measures.contains(measure) {
                measures.push(measure.clone());
            }
        }
        let mut texts = Texts { place: BTreeMap::new(), list: Vec::new(), shown: self.shown };
        let mut lines = Vec::new();
        for line in &self.lines {
            let value = |wanted: &Measure| {
                let found = line.measures.iter().find(|(measure, _)| measure == wanted);
                found.map(|(_, value)| Rounded(*value))
            };
            let [graph, set, platform] =
                [&line.graph, &line.set, &line.platform].map(|text| texts.at(text));
            let facts = if has_facts { line.facts.as_slice() } else { &[] };
            let notes = if has_facts { line.notes.as_slice() } else { &[] };
            lines.push(LineData {
                graph,
                set,
                platform,
                columns: line.columns.clone(),
                status: line.status.clone(),
                values: measures.iter().map(value).collect(),
                facts: facts
                    .iter()
                    .map(|fact| fact.each_ref().map(|text| texts.at(text)))
                    .collect(),
                reasons: line.reasons.iter().map(|text| texts.at(text)).collect(),
                notes: notes.iter().map(|text| texts.at(text)).collect(),
            });
        }
        let show = |text: &str| (self.shown)(text).into_owned();
        let left_out = if has_facts {
            vec![]
        } else {
            vec!["what was settled, and notes: `table.json` has them"]
        };
        Content {
            title: show(self.title),
            program: self.program,
            columns: self.columns.iter().map(|name| show(name)).collect(),
            measures,
            lines,
            texts: texts.list,
            left_out,
        }
    }
}
