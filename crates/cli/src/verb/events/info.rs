//! `nir events info`: what is in a recording.

use nirkit::escape;
use nirkit::events::{self, ClassInfo, HistogramInfo, Info, Samples, SamplesInfo, Spread};
use nirkit::io::text::write_text;
use serde::Serialize;

use super::args::InfoArgs;
use super::{Lines, describe, findings, lines, not_read, refuse_samples, refuse_stdio};
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
    content: Content,
}

/// What a file holds.
#[derive(Serialize)]
#[serde(untagged)]
enum Content {
    One(Box<Info>),
    Many(Box<SamplesInfo>),
}

impl Content {
    fn has_warnings(&self) -> bool {
        match self {
            Self::One(info) => info.has_warnings(),
            Self::Many(info) => info.has_warnings(),
        }
    }
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
    let limits = args.reading.limits()?;
    let (reports, failed) = load::each(&args.files, |file| {
        let content = if let Some(set) = Samples::open(file, &options, &limits)? {
            if let Some(svg) = &args.svg {
                let drawn = events::draw_samples(&set, args.samples.as_ref(), &watch)?;
                write_text(svg, &escape::text(&drawn)).map_err(nirkit::Error::from)?;
            }
            let info = events::info_samples(&set, args.samples.as_ref(), &watch)?;
            Content::Many(Box::new(info))
        } else {
            refuse_samples(file, args.samples.as_ref())?;
            let info = events::info(file, &options, &watch)?;
            if let Some(svg) = &args.svg {
                let drawn = events::draw(file, &options, &watch)?;
                write_text(svg, &escape::text(&drawn)).map_err(nirkit::Error::from)?;
            }
            Content::One(Box::new(info))
        };
        Ok(Report { file: file.display().to_string(), content })
    });
    progress.end();
    let has_warnings = reports.iter().any(|report| report.content.has_warnings());
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
        let told = match &self.content {
            Content::One(info) => of_one(info),
            Content::Many(info) => of_many(info),
        };
        escape::text(&format!("{}\n{}", self.file, lines(&told))).into_owned()
    }
}

/// What is in a recording, a line each.
fn of_one(info: &Info) -> Lines {
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
    told.extend(in_time(&info.histogram));
    told.extend(findings(&info.findings));
    told
}

/// What is in a file with many samples, a line each.
fn of_many(info: &SamplesInfo) -> Lines {
    let mut told = info.about.as_ref().map(describe).unwrap_or_default();
    let (first, end) = info.looked_at;
    let part = if end - first == info.samples {
        String::new()
    } else {
        format!("; looked at {first} to {}", end - 1)
    };
    told.push(("samples", format!("{}{part}", info.samples)));
    told.push(("classes", info.classes.as_deref().map_or("not stated".to_owned(), classes)));
    let Spread { least, mean, most } = info.events_per_sample;
    told.push((
        "events",
        format!("{}; {least} to {most} in a sample, {mean:.1} on average", info.events),
    ));
    let Spread { least, mean, most } = info.duration;
    told.push(("duration", format!("{least} to {most} s of a sample, {mean:.6} s on average")));
    if let Some(rate) = info.rate {
        told.push(("rate", format!("{rate:.1} events in a second")));
    }
    if let (Some(last), Some((channel, count))) = (info.last_channel, info.busiest) {
        let active = info.active_channels;
        told.push((
            "channels",
            format!("up to {last}, {active} with events; {channel} has most: {count}"),
        ));
    }
    told.extend(in_time(&info.histogram));
    told.extend(not_read(&info.unread));
    told.extend(findings(&info.findings));
    told
}

/// Classes with their samples, as long as they fit on a line.
fn classes(classes: &[ClassInfo]) -> String {
    const MOST: usize = 20;
    let shown = classes.iter().take(MOST);
    let shown: Vec<String> =
        shown.map(|ClassInfo { label, samples }| format!("{label} ({samples})")).collect();
    let more = classes.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}, with their samples: {}{more}", classes.len(), shown.join(", "))
}

fn in_time(histogram: &HistogramInfo) -> Option<(&'static str, String)> {
    (histogram.counts.len() > 1).then(|| {
        let bars = bars(&histogram.counts);
        ("in time", format!("{bars} ({} s each)", histogram.width as f64 / 1e6))
    })
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
