//! A picture of a recording: events of each pixel, and events in time and columns.

use std::fmt::Write as _;
use std::path::Path;

use nirkit_events::{ReadError, ReadOptions, Size};

use super::info::summarise;
use super::{Watch, of_read, open};
use crate::Error;

/// Cells of a picture in each direction, at most.
const CELLS: usize = 96;
/// The side of a cell.
const SIDE: usize = 4;

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
    let mut reader = open(path, options)?;
    let mut events = Vec::new();
    while reader.read(&mut events).map_err(|error| of_read(&ReadError::Io(error), path))? {
        for event in &events {
            let (x, y) = (usize::from(event.x) / step, usize::from(event.y) / step);
            let time =
                ((i128::from(event.t) - i128::from(first)) as f64 / span * CELLS as f64) as usize;
            sensor.add(x, y, event.on);
            // Columns count from the bottom.
            if x < columns {
                course.add(time, columns - 1 - x, event.on);
            }
        }
    }
    let gap = 12;
    let (left, height) = (columns * SIDE + gap, rows.max(columns) * SIDE);
    let width = left + CELLS * SIDE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\" font-family=\"sans-serif\" font-size=\"10\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        height + 16
    );
    sensor.draw(&mut svg, 0);
    course.draw(&mut svg, left);
    let line = height + 12;
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
    fn draw(&self, svg: &mut String, left: usize) {
        let most = self.counts.iter().map(|[off, on]| off + on).max().unwrap_or(0).max(1) as f64;
        for (index, [off, on]) in
            self.counts.iter().enumerate().filter(|(_, count)| **count != [0, 0])
        {
            let (x, y) = (left + index % self.columns * SIDE, index / self.columns * SIDE);
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
