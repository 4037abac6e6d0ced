//! `nir conform identify`: what a driver computes, as a platform file.

use nirkit::io::text::write_text;
use nirkit_conform::Process;
use nirkit_conform::identify::{Effort, Identified, identify, to_toml};
use serde::Serialize;

use super::args::IdentifyArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::Printer;
use crate::progress::Progress;

/// What was found out.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    found: &'a Identified,
    /// The platform file.
    platform: &'a str,
}

pub(super) fn run(args: &IdentifyArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    let mut driver =
        Process::new(&args.driver.driver, args.driver.limits()).map_err(Failure::new)?;
    let usual = Effort::default();
    let effort = Effort { first: usual.first.min(args.probes as u64), most: args.probes };
    let bar = Progress::spinner("probing");
    let found = identify(&mut driver, effort, |_| ()).map_err(Failure::new)?;
    bar.end();
    let platform = to_toml(&found)?;
    if let Some(path) = &args.output {
        write_text(path, &platform).map_err(nirkit::Error::from)?;
    }
    let report = Report { found: &found, platform: &platform };
    let is_written = args.output.is_some();
    printer.result(&report, || if is_written { print(&found) } else { platform.clone() })?;
    Ok(if found.unexplained.is_empty() { Exit::Fine } else { Exit::Findings })
}

fn print(found: &Identified) -> String {
    let mut text =
        format!("{} {}: {} probes\n", found.driver.name, found.driver.version, found.probes);
    for (key, others) in &found.unsure {
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        text += &match others.as_slice() {
            [] => format!("unsure: {key}\n"),
            others => format!("unsure: {key}: no probe tells it from {}\n", others.join(", ")),
        };
    }
    for (key, reason) in &found.not_probed {
        text += &format!("not probed: {key}: {reason}\n");
    }
    for probe in &found.unexplained {
        text += &format!("not explained: {probe}\n");
    }
    text
}
