//! `nir events info`: what is in a recording.

use nirkit::escape;
use nirkit::events::{self, Info};
use nirkit::io::text::write_text;
use serde::Serialize;

use super::args::InfoArgs;
use super::{describe, findings, lines, refuse_stdio};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json::List;
use crate::load;
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::stdio::check_picture;

#[derive(Serialize)]
struct Report {
    file: String,
    #[serde(flatten)]
    info: Info,
}

pub(crate) fn run(args: &InfoArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    args.files.iter().try_for_each(|file| refuse_stdio(file))?;
    if let Some(svg) = &args.svg {
        check_picture(svg)?;
        if args.files.len() > 1 {
            let help = "draw one recording at a time";
            return Err(Failure::with_help("`--svg` draws one recording", Some(help)));
        }
        overwrite::refuse([svg.clone()], args.files.iter().map(std::path::PathBuf::as_path))?;
    }
    let progress = Progress::new("reading");
    let options = args.reading.options()?;
    let watch = |done, all| progress.set(done, all);
    let (reports, failed) = load::each(&args.files, |file| {
        let info = events::info(file, &options, &watch)?;
        if let Some(svg) = &args.svg {
            let drawn = events::draw(file, &options, &watch)?;
            write_text(svg, &escape::text(&drawn)).map_err(nirkit::Error::from)?;
        }
        Ok(Report { file: file.display().to_string(), info })
    });
    progress.end();
    let has_warnings = reports.iter().any(|report| report.info.has_warnings());
    let list = List::new("files", &reports).failure(failed.as_ref());
    printer.result(&list, || reports.iter().map(Report::print).collect::<Vec<_>>().join("\n"))?;
    match failed {
        Some(failure) => Err(failure.in_result()),
        None if has_warnings => Ok(Exit::Findings),
        None => Ok(Exit::Fine),
    }
}

impl Report {
    fn print(&self) -> String {
        let info = &self.info;
        let mut told = describe(&info.about);
        let share = |part: u64| 100.0 * part as f64 / info.events.max(1) as f64;
        told.push((
            "events",
            format!("{}: {} ON ({:.1} %), {} OFF", info.events, info.on, share(info.on), info.off),
        ));
        if let (Some(first), Some(last)) = (info.first, info.last) {
            told.push(("duration", format!("{} s, from {first} to {last} us", info.duration)));
        }
        if let Some(rate) = info.rate {
            told.push(("rate", format!("{rate:.1} events in a second")));
        }
        if let Some((x, y)) = info.corner {
            told.push(("places", format!("columns up to {x}, rows up to {y}")));
        }
        if let (Some(pixels), Some((x, y, count))) = (info.active_pixels, info.busiest) {
            told.push(("pixels", format!("{pixels} with events; ({x}, {y}) has most: {count}")));
        }
        let histogram = &info.histogram;
        if histogram.counts.len() > 1 {
            let bars = bars(&histogram.counts);
            told.push(("in time", format!("{bars} ({} s each)", histogram.width as f64 / 1e6)));
        }
        told.extend(findings(&info.findings));
        escape::text(&format!("{}\n{}", self.file, lines(&told))).into_owned()
    }
}

/// Counts as bars of eight heights.
fn bars(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &u64| match count {
        0 => ' ',
        count => ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
            [(u128::from(*count) * 7 / u128::from(most)) as usize],
    };
    counts.iter().map(bar).collect()
}
