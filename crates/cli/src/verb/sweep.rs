//! `nir sweep`: many runs as a plan has them, and a table of what they result in.

use std::collections::BTreeSet;

use nirkit::escape;
use nirkit::sweep::{Entry, KEPT_OUT, Plan, Progress, Shard, Status, Sweep, Table};
use serde::Serialize;

use crate::args::{MergeArgs, SweepArgs, SweepVerb};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::progress::Progress as Bar;
use crate::render::table::table;

/// What came of a sweep.
#[derive(Serialize)]
struct Report {
    /// Tasks of the plan, or of the part of it.
    tasks: usize,
    /// Those that were done before.
    before: usize,
    /// Those that ran now, by how they ended.
    done: usize,
    refused: usize,
    failed: usize,
    /// Rows that an earlier process did not finish.
    cut: usize,
    /// Tasks of the plan that have no row yet.
    missing: usize,
    /// The table, once all tasks have a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<Table>,
}

pub(crate) fn run(args: &SweepArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    if let Some(SweepVerb::Merge(args)) = &args.verb {
        return merge(args, printer);
    }
    // The parser asks for both.
    let (Some(plan), Some(folder)) = (&args.plan, &args.output) else {
        return Err(Failure::new("give a plan and `--output DIR`"));
    };
    let limits = args.limits.limits()?;
    let plan = Plan::read(plan)?;
    let bar = Bar::new("sweeping");
    let watch = |done, total| bar.set(done, total);
    let sweep = Sweep::new().shard(args.shard).retry_failed(args.retry_failed);
    let sweep = sweep.threads(args.threads.get()).limits(limits).watch(&watch);
    let progress =
        if args.dry_run { sweep.survey(&plan, folder)? } else { sweep.run(&plan, folder)? };
    bar.end();
    let Progress { tasks, before, done, refused, failed, cut, missing } = progress;
    let mut found = None;
    if missing == 0 && !args.dry_run {
        let made = Table::of(&[folder])?;
        made.write(folder)?;
        found = Some(made);
    }
    let report = Report { tasks, before, done, refused, failed, cut, missing, table: found };
    printer.result(&report, || report.print(args.shard))?;
    // Those that failed before count as well.
    let has_failed = report.table.as_ref().is_some_and(has_failed);
    Ok(if failed > 0 || has_failed { Exit::Findings } else { Exit::Fine })
}

fn has_failed(table: &Table) -> bool {
    table.entries.iter().any(|entry| entry.status == Status::Failed)
}

fn merge(args: &MergeArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let found = Table::of(&args.folders)?;
    if let Some(folder) = &args.output {
        found.write(folder)?;
    }
    printer.result(&found, || print(&found))?;
    Ok(if has_failed(&found) { Exit::Findings } else { Exit::Fine })
}

impl Report {
    fn print(&self, shard: Shard) -> String {
        let Self { tasks, before, done, refused, failed, cut, missing, table } = self;
        let part = if shard == Shard::WHOLE { String::new() } else { format!(" of part {shard}") };
        let mut text = format!(
            "{tasks} tasks{part}: {before} were there, {done} ran, {refused} refused, {failed} failed\n"
        );
        if *cut > 0 {
            text += &format!(
                "{cut} rows were cut off by the end of a process, and are computed anew\n"
            );
        }
        match table {
            Some(table) => text + "\n" + &print(table),
            None => {
                text + &format!(
                    "{missing} tasks of the plan have no row yet; the table follows when all have one\n"
                )
            }
        }
    }
}

/// The table for people, with the columns that have something.
fn print(found: &Table) -> String {
    let (columns, rows) = (found.columns(), found.cells());
    let reasons = columns.len().saturating_sub(1);
    let has = |at: &usize| *at < reasons && rows.iter().any(|row| !row[*at].is_empty());
    let shown: Vec<usize> = (0..columns.len()).filter(has).collect();
    let names: Vec<&str> = shown.iter().map(|&at| columns[at].as_str()).collect();
    let of_row =
        |row: &Vec<String>| shown.iter().map(|&at| short(&columns[at], &row[at])).collect();
    let mut text = table(&names, rows.iter().map(of_row));
    let mut told = BTreeSet::new();
    for Entry { graph, platform, reasons, notes, .. } in &found.entries {
        // What is not there stands in the table as an empty cell.
        let is_kept_out = |note: &&String| KEPT_OUT.iter().any(|begin| note.starts_with(begin));
        for reason in reasons.iter().chain(notes.iter().filter(is_kept_out)) {
            let is_named = reason.starts_with(platform.as_str());
            let named = if is_named { String::new() } else { format!("{platform}: ") };
            let line = escape::line(&format!("{graph}: {named}{reason}")).into_owned() + "\n";
            // Rows of one platform with other choices have the same reasons.
            if told.insert(line.clone()) {
                text += &line;
            }
        }
    }
    text
}

/// Shares in percent; everything else as it is.
fn short(column: &str, cell: &str) -> String {
    match (column, cell.parse::<f64>()) {
        ("accuracy" | "agreement" | "output_agreement" | "differing", Ok(share)) => {
            format!("{:.2} %", 100.0 * share)
        }
        _ => cell.to_owned(),
    }
}
