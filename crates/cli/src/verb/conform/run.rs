//! `nir conform run`: the score of a driver.

use std::collections::BTreeMap;
use std::path::Path;

use nirkit::io::text::write_text;
use nirkit_conform::report::{badge, html, junit, text};
use nirkit_conform::suite::{self, Case, Level, Suite};
use nirkit_conform::{DriverError, Process, Scored, Totals, Verdict, Waivers, run as ask};
use serde::Serialize;

use super::args::RunArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::progress::Progress;

/// A score as JSON.
#[derive(Serialize)]
pub(crate) struct Score<'a> {
    driver: &'a nirkit_conform::Hello,
    nir: &'a str,
    nirkit: &'a str,
    totals: Totals,
    levels: BTreeMap<Level, Totals>,
    verdicts: &'a [Verdict],
    notes: &'a [String],
}

pub(super) fn run(args: &RunArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let waivers = args.waivers.as_deref().map(Waivers::read).transpose()?;
    let mut driver =
        Process::new(&args.driver.driver, args.driver.limits()).map_err(Failure::new)?;
    let suite = load(args)?;
    let bar = Progress::new("asking");
    let mut scored = ask(&mut driver, &suite, |done, total| bar.set(done as u64, total as u64))
        .map_err(|error| {
            let help = match error {
                DriverError::Question(_) => "make room in the folder for temporary files, or name another one in `TMPDIR`",
                _ => "`nir conform run --help` says how a driver is started; docs/conform.md what it answers",
            };
            Failure::with_help(error, Some(help))
        })?;
    bar.end();
    if let Some(waivers) = waivers {
        scored.notes = waivers.apply(&mut scored.verdicts);
    }
    for (path, text) in
        [(&args.html, html(&scored)), (&args.junit, junit(&scored)), (&args.badge, badge(&scored))]
    {
        if let Some(path) = path {
            write(path, &text)?;
        }
    }
    let report = Score::of(&scored);
    printer.result(&report, || text(&scored))?;
    let has_findings = scored.verdicts.iter().any(Verdict::is_finding);
    Ok(if has_findings { Exit::Findings } else { Exit::Fine })
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    Ok(write_text(path, text).map_err(nirkit::Error::from)?)
}

/// The suite that is asked: one that was written, or the one of this version.
fn load(args: &RunArgs) -> Result<Suite, Failure> {
    let levels: Vec<Level> = args.level.iter().map(|level| level.0).collect();
    let prefix = args.case.as_deref().unwrap_or_default();
    let mut suite = if let Some(folder) = &args.suite {
        suite::load(folder, &levels)?
    } else {
        let bar = Progress::new("computing");
        let tell = |done, total| bar.set(done as u64, total as u64);
        let made = Suite::make(|name| name.starts_with(prefix), tell)?;
        bar.end();
        made
    };
    let is_wanted = |case: &Case| {
        case.name.starts_with(prefix) && (levels.is_empty() || levels.contains(&case.level))
    };
    suite.cases.retain(is_wanted);
    if suite.cases.is_empty() {
        let help = "leave `--case` and `--level` out to ask all";
        return Err(Failure::with_help("no case is left to ask", Some(help)));
    }
    Ok(suite)
}

impl<'a> Score<'a> {
    pub(crate) fn of(scored: &'a Scored) -> Self {
        let levels = scored.levels().map(|level| (level, scored.totals(Some(level)))).collect();
        Self {
            driver: &scored.driver,
            nir: &scored.nir,
            nirkit: &scored.nirkit,
            totals: scored.totals(None),
            levels,
            verdicts: &scored.verdicts,
            notes: &scored.notes,
        }
    }
}
