//! `nir events convert`: from one format of recordings to another.

use nirkit::escape;
use nirkit::events::{Conversion, Converted, convert};
use serde::Serialize;

use super::args::ConvertArgs;
use super::{describe, findings, lines, refuse_stdio};
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
    let converted = convert(&args.input, &args.output, &how, &|done, all| progress.set(done, all));
    progress.end();
    let report = Report { input: args.input.display().to_string(), converted: converted? };
    let exit = if report.converted.has_warnings() { Exit::Findings } else { Exit::Fine };
    printer.result(&report, || report.print())?;
    Ok(exit)
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
                let removed = match step.removed {
                    0 => String::new(),
                    removed => format!(" (takes out {removed} events)"),
                };
                told.push(("step", format!("{}{removed}", step.what)));
            }
            told.push(("written", format!("{} events", written.events)));
            text += &format!("{}\n{}", written.file.display(), lines(&told));
        }
        escape::text(&text).into_owned()
    }
}
