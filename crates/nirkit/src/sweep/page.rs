//! A table as a page: heat maps of everything that was measured, and what stands behind each cell.

use nirkit_view::{Measure, SweepLine, SweepPage};

use super::heat::Column;
use super::table::{Entry, Table};
use crate::error::{Error, ErrorKind};
use crate::escape;

/// Draws a table as a page under a title: one HTML file that works without a network. For each graph and set it has a map of
/// each measure, in which a row is a platform and a column a combination of choices; a cell shows what was settled, and why
/// something did not run.
///
/// # Errors
///
/// The table is empty, or too large for a page.
pub fn sweep_page(table: &Table, title: &str) -> Result<String, Error> {
    if table.entries.is_empty() {
        let error = Error::new("the table has no lines").of_kind(ErrorKind::Run);
        return Err(error.help("give the plan graphs, sets and platforms"));
    }
    let columns = Column::all(table);
    let page = SweepPage {
        title,
        program: concat!("nirkit ", env!("CARGO_PKG_VERSION")),
        columns: columns.iter().map(Column::name).collect(),
        lines: table.entries.iter().map(|entry| line(entry, &columns)).collect(),
        shown: escape::line,
    };
    page.html().map_err(|error| {
        let help = "sweep over fewer values, or write the maps as SVG";
        Error::new(error.to_string()).of_kind(ErrorKind::Run).help(help)
    })
}

fn line(entry: &Entry, columns: &[Column<'_>]) -> SweepLine {
    let held = columns.iter().enumerate().filter(|(_, column)| column.holds(entry));
    SweepLine {
        graph: entry.graph.clone(),
        set: entry.set.clone(),
        platform: entry.platform.clone(),
        columns: held.map(|(at, _)| at).collect(),
        status: entry.status.to_string(),
        measures: measures(entry),
        facts: facts(entry),
        reasons: entry.reasons.clone(),
        notes: entry.notes.clone(),
    }
}

/// Everything that was measured: shares, and numbers of a sample.
fn measures(entry: &Entry) -> Vec<(Measure, f64)> {
    let reference = entry.reference.as_deref().unwrap_or("the reference");
    let counts = entry.counts.as_ref();
    let per_sample = |count: Option<u64>| {
        let samples = counts.map(|counts| counts.samples).filter(|&samples| samples > 0)?;
        Some(count? as f64 / samples as f64)
    };
    let count = |of: fn(&super::row::Counts) -> Option<u64>| per_sample(counts.and_then(of));
    let shares = [
        ("accuracy".to_owned(), entry.accuracy),
        (format!("same class as {reference}"), entry.agreement),
        (format!("same output spikes as {reference}"), entry.output_agreement),
        (format!("samples with a spike that {reference} has otherwise"), entry.differing),
        ("samples without an output spike".to_owned(), count(|counts| Some(counts.silent))),
        ("samples with several best outputs".to_owned(), count(|counts| Some(counts.ties))),
    ];
    let numbers = [
        ("output spikes of a sample".to_owned(), count(|counts| counts.output_spikes)),
        ("spikes of a sample, all layers".to_owned(), count(|counts| counts.spikes)),
        ("synaptic operations of a sample".to_owned(), count(|counts| counts.synaptic_operations)),
        ("energy of a sample at least (J)".to_owned(), entry.energy.map(|[least, _]| least)),
        ("energy of a sample at most (J)".to_owned(), entry.energy.map(|[_, most]| most)),
    ];
    let of = |is_share| {
        move |(name, value): (String, Option<f64>)| Some((Measure { name, is_share }, value?))
    };
    shares
        .into_iter()
        .filter_map(of(true))
        .chain(numbers.into_iter().filter_map(of(false)))
        .collect()
}

/// What the plan gave, what was settled, and where spikes differ first.
fn facts(entry: &Entry) -> Vec<[String; 2]> {
    let pair = |name: &str, value: String| [name.to_owned(), value];
    let given = entry.choices.iter().map(|(name, value)| pair(name, format!("{value} (given)")));
    let readout = entry.readout.iter().map(|readout| pair("readout", format!("{readout} (given)")));
    let is_open = |name: &&String| {
        !entry.choices.contains_key(*name)
            && entry.readout.as_ref().is_none_or(|_| *name != "readout")
    };
    let settled = entry.settled.iter().filter(|(name, _)| is_open(name));
    let settled = settled.map(|(name, value)| pair(name, value.clone()));
    let counts = entry.counts.iter().map(|counts| pair("samples", counts.samples.to_string()));
    let first = entry.first_difference.iter().map(|first| {
        let place = format!(
            "step {}, sample {}, {}, neuron {}",
            first.step, first.sample, first.node, first.neuron
        );
        pair("first difference", place)
    });
    given.chain(readout).chain(counts).chain(first).chain(settled).collect()
}
