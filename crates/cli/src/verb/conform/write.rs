//! `nir conform write`: the suite as files.

use std::collections::BTreeMap;
use std::path::Path;

use nirkit::io::sha256_of;
use nirkit_conform::suite::{self, Case, Level, SuiteFile};
use serde::Serialize;

use super::args::WriteArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::progress::Progress;

/// What was written.
#[derive(Serialize)]
pub(crate) struct Written {
    folder: String,
    nir: String,
    nirkit: String,
    cases: usize,
    /// Cases by level.
    levels: BTreeMap<Level, usize>,
    /// Cases that every sound discretisation has to get right.
    robust: usize,
    /// Hash of the list of cases with their hashes: suites with the same have the same bytes.
    sha256: String,
}

pub(super) fn run(args: &WriteArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let bar = Progress::new("computing");
    let prefix = args.case.as_deref().unwrap_or_default();
    let cases = suite::make(
        |name| name.starts_with(prefix),
        |done, total| bar.set(done as u64, total as u64),
    )?;
    bar.end();
    if cases.is_empty() {
        let help = "leave `--case` out to write all";
        return Err(Failure::with_help(format!("no case begins with `{prefix}`"), Some(help)));
    }
    let file = suite::write(&args.output, &cases)?;
    let report = Written::of(&args.output, &file, &cases)?;
    printer.result(&report, || report.print())?;
    Ok(Exit::Fine)
}

impl Written {
    pub(crate) fn of(folder: &Path, file: &SuiteFile, cases: &[Case]) -> Result<Self, Failure> {
        let mut levels = BTreeMap::new();
        for case in cases {
            *levels.entry(case.level).or_default() += 1;
        }
        let robust = cases.iter().filter(|case| case.is_robust()).count();
        let list = serde_json::to_vec(&file.cases).map_err(Failure::new)?;
        Ok(Self {
            folder: folder.display().to_string(),
            nir: file.nir.clone(),
            nirkit: file.nirkit.clone(),
            cases: cases.len(),
            levels,
            robust,
            sha256: sha256_of(&list),
        })
    }

    pub(crate) fn print(&self) -> String {
        let mut text = format!(
            "{}: {} cases for NIR {}, {} of which every sound discretisation has to get right\n",
            self.folder, self.cases, self.nir, self.robust
        );
        for (level, count) in &self.levels {
            text += &format!("{count:>5}  {level}\n");
        }
        text + &format!("sha256 {}\n", self.sha256)
    }
}
