//! A score as a page of its own.

use super::escaped;
use crate::run::Scored;
use crate::score::{Class, Verdict};

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#222;background:#fff}\
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.25rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}\
td.n,th.n{text-align:right}.equal,.constant{color:#2a7f3f}.bounded{color:#2f6f8f}.refused{color:#666}.wrong,.failed{color:#8a6d00}\
.silently{color:#a8322a;font-weight:600}@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}td,th{border-color:#444}\
.silently{color:#ff8a80}.equal,.constant{color:#8fd19e}.bounded{color:#8ec7e6}.wrong,.failed{color:#e0c060}.refused{color:#aaa}}";

/// Returns the score as an HTML page without anything beside it.
#[must_use]
pub fn html(scored: &Scored) -> String {
    let driver = escaped(&format!("{} {}", scored.driver.name, scored.driver.version));
    let totals = scored.totals(None);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{driver}: conformance to NIR {nir}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
         <h1>{driver}</h1>\n<p>Conformance to NIR {nir}: {score:.1} of 100 points in {cases} cases. Suite made by nirkit {nirkit}.</p>\n",
        nir = escaped(&scored.nir),
        nirkit = escaped(&scored.nirkit),
        score = totals.score,
        cases = totals.cases,
    );
    out += "<table><tr><th>level<th class=n>cases";
    for class in Class::ALL {
        out += &format!("<th class=n>{}", class.name());
    }
    out += "<th class=n>waived<th class=n>score</tr>\n";
    let levels = scored.levels().map(|level| (level.to_string(), scored.totals(Some(level))));
    for (name, totals) in levels.chain([("all".to_owned(), totals.clone())]) {
        out += &format!("<tr><td>{name}<td class=n>{}", totals.cases);
        for class in Class::ALL {
            out += &format!("<td class=n>{}", totals.classes.get(&class).copied().unwrap_or(0));
        }
        out += &format!("<td class=n>{}<td class=n>{:.1}</tr>\n", totals.waived, totals.score);
    }
    out += "</table>\n<table><tr><th>case<th>asks<th>answer<th>more</tr>\n";
    let mut verdicts: Vec<&Verdict> = scored.verdicts.iter().collect();
    verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.class));
    for verdict in verdicts {
        let class = verdict.class.name();
        let style = class.split(' ').next().unwrap_or_default();
        out += &format!(
            "<tr><td>{}<td>{}<td class={style}>{class}<td>{}</tr>\n",
            escaped(&verdict.case),
            escaped(&verdict.asks),
            more(verdict)
        );
    }
    for note in &scored.notes {
        out += &format!("<tr><td colspan=4>{}</tr>\n", escaped(note));
    }
    out + "</table></body></html>\n"
}

fn more(verdict: &Verdict) -> String {
    let mut parts = Vec::new();
    parts.extend(verdict.waiver.as_ref().map(|reason| format!("waived: {reason}")));
    parts.push(verdict.detail.clone());
    parts.extend(verdict.first.as_ref().map(|first| {
        let found = first.found.map_or("no number".to_owned(), |found| found.to_string());
        format!(
            "first at step {}, node {}, channel {}: {found} instead of {}",
            first.step, first.node, first.channel, first.expected
        )
    }));
    if !verdict.causes.is_empty() {
        parts.push(format!("cause: {}", verdict.causes.join("; or ")));
    }
    parts.extend(verdict.told.iter().map(|told| format!("it said: {told}")));
    let parts: Vec<String> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| escaped(part)).collect();
    parts.join("<br>")
}
