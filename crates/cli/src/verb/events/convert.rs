//! `nir events convert`: from one format of recordings to another.

use nirkit::escape;
use nirkit::events::{
    Conversion, Converted, ConvertedSamples, Samples, Written, convert, convert_samples,
};
use serde::Serialize;

use super::args::ConvertArgs;
use super::{describe, findings, lines, not_read, refuse_samples, refuse_stdio};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::overwrite;
use crate::printer::Printer;
use crate::progress::Progress;

#[derive(Serialize)]
struct Report {
    input: String,
    #[serde(flatten)]
    converted: Converted,
}

pub(crate) fn run(args: &ConvertArgs, printer: &mut Printer) -> Result<Exit, Failure> {
    refuse_stdio(&args.input)?;
    refuse_stdio(&args.output)?;
    overwrite::refuse([args.output.clone()], [args.input.as_path()])?;
    let how = Conversion {
        reading: args.reading.options()?,
        to: args.to.map(|name| name.0),
        compression: args.compression.map(Into::into),
        time_window: args.time_window,
        hot_pixels: args.hot_pixels,
        flip_y: args.flip_y,
        crop: args.crop,
        downsample: args.downsample,
        refractory: args.refractory,
        polarity: args.polarity.map(Into::into),
        rebase: args.rebase,
        max_events: args.max_events,
    };
    let progress = Progress::new("converting");
    if let Some(set) = Samples::open(&args.input, &how.reading, &args.reading.limits()?)? {
        let watch = |done, all| progress.set(done, all);
        let converted = convert_samples(&set, &args.output, args.samples.as_ref(), &how, &watch);
        progress.end();
        let input = args.input.display().to_string();
        let report = SamplesReport { input, converted: converted? };
        let has_warnings = report.converted.has_warnings();
        printer.result(&report, || report.print())?;
        return Ok(if has_warnings { Exit::Findings } else { Exit::Fine });
    }
    refuse_samples(&args.input, args.samples.as_ref())?;
    let converted = convert(&args.input, &args.output, &how, &|done, all| progress.set(done, all));
    progress.end();
    let report = Report { input: args.input.display().to_string(), converted: converted? };
    let exit = if report.converted.has_warnings() { Exit::Findings } else { Exit::Fine };
    printer.result(&report, || report.print())?;
    Ok(exit)
}

#[derive(Serialize)]
struct SamplesReport {
    input: String,
    #[serde(flatten)]
    converted: ConvertedSamples,
}

impl SamplesReport {
    fn print(&self) -> String {
        let done = &self.converted;
        let mut told = vec![
            ("samples", done.samples.to_string()),
            ("read", format!("{} events of {} samples", done.read, done.written.len())),
        ];
        told.extend(not_read(&done.unread));
        told.extend(findings(&done.findings));
        told.extend(done.notes.iter().map(|note| ("note", note.clone())));
        let mut text = format!("{}\n{}", self.input, lines(&told));
        if let (Some(first), Some(last)) = (done.written.first(), done.written.last()) {
            let name = match done.written.len() {
                1 => first.file.display().to_string(),
                _ => format!("{} to {}", first.file.display(), last.file.display()),
            };
            let mut told = vec![("format", first.format.title().to_owned())];
            for (at, step) in first.steps.iter().enumerate() {
                let of_sample =
                    |written: &Written| written.steps.get(at).map_or(0, |step| step.removed);
                let removed: u64 = done.written.iter().map(of_sample).sum();
                told.push(("step", described(&step.what, removed)));
            }
            let events: u64 = done.written.iter().map(|written| written.events).sum();
            told.push(("written", format!("{events} events")));
            told.extend(done.labels.iter().map(|file| ("labels", file.display().to_string())));
            text += &format!("{name}\n{}", lines(&told));
        }
        escape::text(&text).into_owned()
    }
}

/// What a filter is, and what it took out.
fn described(what: &str, removed: u64) -> String {
    match removed {
        0 => what.to_owned(),
        removed => format!("{what} (takes out {removed} events)"),
    }
}

impl Report {
    fn print(&self) -> String {
        let Converted { about, read, written, notes, findings: found } = &self.converted;
        let mut told = describe(about);
        told.push(("read", format!("{read} events")));
        told.extend(findings(found));
        told.extend(notes.iter().map(|note| ("note", note.clone())));
        let mut text = format!("{}\n{}", self.input, lines(&told));
        for written in written {
            let mut told = vec![("format", written.format.title().to_owned())];
            for step in &written.steps {
                told.push(("step", described(&step.what, step.removed)));
            }
            told.push(("written", format!("{} events", written.events)));
            text += &format!("{}\n{}", written.file.display(), lines(&told));
        }
        escape::text(&text).into_owned()
    }
}
