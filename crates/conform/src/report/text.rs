//! A score for people.

use crate::run::{Scored, Totals};
use crate::score::{Class, Verdict};

/// Findings that are shown one by one.
const SHOWN: usize = 40;

/// Returns the score as text: a table of levels, then the findings, the worst first.
#[must_use]
pub fn text(scored: &Scored) -> String {
    let driver = &scored.driver;
    let mut out = format!(
        "{} {}: {:.1} of 100 points, NIR {}\n\n",
        nirkit::escape::line(&driver.name),
        nirkit::escape::line(&driver.version),
        scored.totals(None).score,
        scored.nir
    );
    out += &head();
    for level in scored.levels() {
        out += &row(&level.to_string(), &scored.totals(Some(level)));
    }
    out += &row("all", &scored.totals(None));
    let mut findings: Vec<&Verdict> = scored
        .verdicts
        .iter()
        .filter(|verdict| verdict.is_finding() && verdict.class != Class::Refused)
        .collect();
    findings.sort_by_key(|verdict| std::cmp::Reverse(verdict.class));
    if !findings.is_empty() {
        out += "\n";
    }
    for verdict in findings.iter().take(SHOWN) {
        out += &finding(verdict);
    }
    if findings.len() > SHOWN {
        out += &format!("and {} more: `--format json` lists all\n", findings.len() - SHOWN);
    }
    out + &refusals(scored)
}

fn head() -> String {
    let columns: String =
        Class::ALL.iter().map(|class| format!("  {:>14}", class.name())).collect();
    format!("{:<16}{:>6}{columns}{:>8}{:>9}\n", "level", "cases", "waived", "score")
}

fn row(name: &str, totals: &Totals) -> String {
    let count = |class: &Class| totals.classes.get(class).copied().unwrap_or(0);
    let columns: String =
        Class::ALL.iter().map(|class| format!("  {:>14}", count(class))).collect();
    format!("{name:<16}{:>6}{columns}{:>8}{:>9.1}\n", totals.cases, totals.waived, totals.score)
}

fn finding(verdict: &Verdict) -> String {
    let mut out = format!("{}: {}: {}\n", verdict.class.name(), verdict.case, verdict.asks);
    if !verdict.detail.is_empty() {
        out += &format!("  {}\n", nirkit::escape::line(&verdict.detail));
    }
    if let Some(first) = &verdict.first {
        let found = first.found.map_or("no number".to_owned(), |found| found.to_string());
        out += &format!(
            "  first at step {}, node {}, channel {}: {found}, and the ideal has {}\n",
            first.step,
            nirkit::escape::line(&first.node),
            first.channel,
            first.expected
        );
    }
    match verdict.causes.as_slice() {
        [] if verdict.first.is_some() => {
            out += "  cause: none of the known choices alone or in pairs\n";
        }
        [] => {}
        causes => out += &format!("  cause: {}\n", causes.join("; or ")),
    }
    out
}

/// The reasons of refusals, each once.
fn refusals(scored: &Scored) -> String {
    let mut reasons: Vec<(String, usize)> = Vec::new();
    for verdict in scored
        .verdicts
        .iter()
        .filter(|verdict| verdict.is_finding() && verdict.class == Class::Refused)
    {
        let reason = nirkit::escape::line(&verdict.detail).into_owned();
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, count)) => *count += 1,
            None => reasons.push((reason, 1)),
        }
    }
    let mut out = String::new();
    if !reasons.is_empty() {
        out += "\nrefused:\n";
    }
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (reason, count) in reasons {
        let short: String = reason.chars().take(160).collect();
        out += &format!("{count:>5} x {short}\n");
    }
    for note in &scored.notes {
        out += &format!("note: {note}\n");
    }
    out
}
