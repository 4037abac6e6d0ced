//! Pictures: of a recording, events of each pixel, and events in time and columns; of samples of a cochlea, channels in time.

use std::fmt::Write as _;
use std::path::Path;

use std::ops::Range;

use nirkit_events::{ReadError, ReadOptions, Reader, Size};

use super::info::summarise;
use super::{Samples, Summary, Watch, of_read, open};
use crate::{Error, ErrorKind};

/// Cells of a picture in each direction, at most.
const CELLS: usize = 96;
/// The side of a cell.
const SIDE: usize = 4;
/// Samples of a picture, at most, and those beside each other.
const SAMPLES: usize = 16;
const BESIDE: usize = 4;
/// Space between parts of a picture, and for a line of text.
const GAP: usize = 12;
const LINE: usize = 16;

/// Draws a recording as SVG: on the left the sensor with the events of each pixel (ON red, OFF blue), on the right time
/// from left to right and columns from bottom to top.
///
/// # Errors
///
/// As for [`super::info()`].
pub fn draw(path: &Path, options: &ReadOptions, watch: Watch<'_>) -> Result<String, Error> {
    let (summary, about, _) = summarise(open(path, options)?, path, watch)?;
    let (x, y) = summary.corner.unwrap_or_default();
    let seen = Size { width: x.saturating_add(1), height: y.saturating_add(1) };
    let size = about.size.unwrap_or(seen);
    let (first, last) = summary.times.unwrap_or_default();
    let span = (i128::from(last) - i128::from(first) + 1) as f64;
    let step = usize::from(size.width.max(size.height).max(1)).div_ceil(CELLS);
    let (columns, rows) =
        (usize::from(size.width).div_ceil(step), usize::from(size.height).div_ceil(step));
    let mut sensor = Cells::new(columns, rows);
    let mut course = Cells::new(CELLS, columns);
    fill(open(path, options)?, path, |x, y, t, on| {
        let time = ((i128::from(t) - i128::from(first)) as f64 / span * CELLS as f64) as usize;
        sensor.add(x / step, y / step, on);
        // Columns count from the bottom.
        if x / step < columns {
            course.add(time, columns - 1 - x / step, on);
        }
    })?;
    let (left, height) = (columns * SIDE + GAP, rows.max(columns) * SIDE);
    let width = left + CELLS * SIDE;
    let mut svg = begin(width, height + LINE);
    sensor.draw(&mut svg, (0, 0));
    course.draw(&mut svg, (left, 0));
    let line = height + GAP;
    let _ = write!(
        svg,
        "<text x=\"0\" y=\"{line}\">{} x {} pixels, {} events</text>\n\
         <text x=\"{left}\" y=\"{line}\">columns over {} s</text>\n</svg>\n",
        size.width,
        size.height,
        summary.events,
        summary.duration()
    );
    Ok(svg)
}

/// Draws samples of a file with many as SVG, at most 16 beside and below each other: time from left to right, channels from
/// bottom to top, all at one scale.
///
/// # Errors
///
/// Samples that are not there, none or too many of them, damage of the file.
pub fn draw_samples(
    set: &Samples,
    chosen: Option<&Range<usize>>,
    watch: Watch<'_>,
) -> Result<String, Error> {
    let chosen = set.chosen(chosen)?;
    let count = chosen.len();
    if !(1..=SAMPLES).contains(&count) {
        let what = format!("a picture has 1 to {SAMPLES} samples, not {count}");
        let error = Error::new(what).of_kind(ErrorKind::Choice).in_file(set.path());
        return Err(error.help("choose some of them: `--samples 0:16`"));
    }
    let quiet = |_, _| ();
    let mut summaries: Vec<Summary> = Vec::with_capacity(count);
    for sample in chosen.clone() {
        summaries.push(summarise(set.reader(sample)?, set.path(), &quiet)?.0);
    }
    let last = summaries.iter().filter_map(|summary| summary.times).map(|(_, last)| last).max();
    let channel = summaries.iter().filter_map(|summary| summary.corner).map(|(x, _)| x).max();
    let channels = usize::from(channel.unwrap_or_default()) + 1;
    let step = channels.div_ceil(CELLS);
    let rows = channels.div_ceil(step);
    let span = last.unwrap_or_default().max(0) as f64 + 1.0;
    let (width, height) = (CELLS * SIDE, rows * SIDE + LINE);
    let beside = count.min(BESIDE);
    let whole = |parts: usize, size: usize| parts * (size + GAP) - GAP;
    let mut svg = begin(whole(beside, width), whole(count.div_ceil(beside), height) + LINE);
    for (at, (sample, summary)) in chosen.zip(&summaries).enumerate() {
        let (left, top) = ((at % beside) * (width + GAP), (at / beside) * (height + GAP));
        let mut raster = Cells::new(CELLS, rows);
        fill(set.reader(sample)?, set.path(), |x, _, t, on| {
            raster.add((t.max(0) as f64 / span * CELLS as f64) as usize, rows - 1 - x / step, on);
        })?;
        raster.draw(&mut svg, (left, top));
        let label = set.labels().and_then(|labels| labels.get(sample));
        let label = label.map_or(String::new(), |label| format!(", class {label}"));
        let (line, events) = (top + rows * SIDE + GAP, summary.events);
        let _ = writeln!(
            svg,
            "<text x=\"{left}\" y=\"{line}\">sample {sample}{label}, {events} spikes</text>"
        );
        watch(at as u64 + 1, count as u64);
    }
    let line = whole(count.div_ceil(beside), height) + GAP;
    let _ = write!(
        svg,
        "<text x=\"0\" y=\"{line}\">{channels} channels from bottom to top, time from 0 to {} s</text>\n</svg>\n",
        (span - 1.0) / 1e6
    );
    Ok(svg)
}

/// Hands column, row, time and polarity of each event to `add`.
fn fill(
    mut reader: Reader,
    path: &Path,
    mut add: impl FnMut(usize, usize, i64, bool),
) -> Result<(), Error> {
    let mut events = Vec::new();
    while reader.read(&mut events).map_err(|error| of_read(&ReadError::Io(error), path))? {
        for event in &events {
            add(usize::from(event.x), usize::from(event.y), event.t, event.on);
        }
    }
    Ok(())
}

/// The beginning of a picture.
fn begin(width: usize, height: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"10\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    )
}

/// Counts of cells, ON and OFF.
struct Cells {
    columns: usize,
    counts: Vec<[u64; 2]>,
}

impl Cells {
    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, counts: vec![[0; 2]; columns * rows] }
    }

    fn add(&mut self, x: usize, y: usize, on: bool) {
        if x < self.columns
            && let Some(count) = self.counts.get_mut(y * self.columns + x)
        {
            count[usize::from(on)] += 1;
        }
    }

    /// Draws cells with events; the opacity grows with the root of their number.
    fn draw(&self, svg: &mut String, (left, top): (usize, usize)) {
        let most = self.counts.iter().map(|[off, on]| off + on).max().unwrap_or(0).max(1) as f64;
        for (index, [off, on]) in
            self.counts.iter().enumerate().filter(|(_, count)| **count != [0, 0])
        {
            let (x, y) = (left + index % self.columns * SIDE, top + index / self.columns * SIDE);
            let opacity = ((off + on) as f64 / most).sqrt().max(0.1);
            let red = (200.0 * *on as f64 / (off + on) as f64).round() as u8;
            let blue = 200 - red;
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"rgb({red},0,{blue})\" fill-opacity=\"{opacity:.2}\"/>"
            );
        }
    }
}
