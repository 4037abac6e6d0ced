//! Figures of runs and comparisons: what enters, voltages, and the spikes of all layers in the order of the signals.
//!
//! What enters stands at the start of its step, spikes and voltages stand at its end, `(step + 1) dt`: a voltage that crosses the
//! threshold and the spike of it stand at one time.

mod compared;
mod recorded;

use std::collections::BTreeMap;

use nirkit_ir::Facts;
use nirkit_run::Signal;
use nirkit_view::{EventMark, Figure, MarkKind, Panel, PanelContent, Raster};

use crate::escape;

pub use compared::{comparison_figure, comparison_panels};
pub use recorded::{Shown, recording_figure, recording_panels};

/// Layers with panels; the others are named below the figure.
const MOST_LAYERS: usize = 8;

/// What is said of the times of a figure on a grid.
const TIMES: &str =
    "What enters stands at the start of its step; spikes and voltages stand at its end.";

/// Returns a figure in which no character of a name acts on a terminal that shows it.
fn escaped(mut figure: Figure) -> Figure {
    let line = |text: &mut String| *text = escape::line(text).into_owned();
    for section in &mut figure.sections {
        line(&mut section.title);
        for panel in &mut section.panels {
            line(&mut panel.title);
            panel.lines.iter_mut().for_each(|(text, _)| line(text));
        }
    }
    figure.notes.iter_mut().for_each(line);
    figure
}

/// The place of each node in the order of the signals: sources before targets.
fn places(facts: &Facts) -> BTreeMap<&str, usize> {
    let leaves = facts.components().iter().flat_map(|component| component.members.iter().copied());
    leaves.enumerate().map(|(place, leaf)| (facts.leaf(leaf).name.as_str(), place)).collect()
}

/// What enters an Input: events, or where a current is not 0.
fn input(name: &str, signal: &Signal, dt: f64) -> Panel {
    let mark = |time: f64, neuron: usize| EventMark { time, neuron, kind: MarkKind::Same };
    let (channels, marks): (usize, Vec<EventMark>) = match signal {
        Signal::Frames { channels, values, .. } => {
            let marks = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
            let each = (*channels).max(1);
            (*channels, marks.map(|(at, _)| mark((at / each) as f64 * dt, at % each)).collect())
        }
        Signal::Spikes { channels, spikes } => {
            (*channels, spikes.iter().map(|spike| mark(spike.time, spike.channel)).collect())
        }
        Signal::Current { channels, breakpoints, values } => {
            let rows = breakpoints.iter().zip(values.chunks((*channels).max(1)));
            let on = rows.flat_map(|(time, row)| {
                let on = row.iter().enumerate().filter(|(_, value)| **value != 0.0);
                on.map(|(channel, _)| mark(*time, channel))
            });
            (*channels, on.collect())
        }
    };
    let content = PanelContent::Raster(Raster { neurons: 0..channels, marks, run: None });
    Panel { title: name.to_owned(), lines: vec![("input".to_owned(), None)], content }
}

/// What is left out, as a sentence: so many of something, with their names.
fn left_out(what: &str, names: &[&str]) -> Option<String> {
    const NAMED: usize = 6;
    let (first, rest) = names.split_at(names.len().min(NAMED));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    (!names.is_empty()).then(|| format!("Not drawn: {what} of {}{more}.", first.join(", ")))
}

/// Which of so many layers are drawn: all, or the first ones, those that have to be there and the last one.
fn chosen(count: usize, needed: &[usize]) -> Vec<usize> {
    if count <= MOST_LAYERS {
        return (0..count).collect();
    }
    let mut chosen: Vec<usize> = needed.to_vec();
    chosen.push(count - 1);
    chosen.sort_unstable();
    chosen.dedup();
    for layer in 0..count {
        if chosen.len() >= MOST_LAYERS {
            break;
        }
        if !chosen.contains(&layer) {
            chosen.push(layer);
        }
    }
    chosen.sort_unstable();
    chosen.truncate(MOST_LAYERS.max(needed.len() + 1));
    chosen
}

/// So many of something in words.
fn counted(count: f64, what: &str) -> String {
    if count == 1.0 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_to_be_there_is_drawn_and_the_last_layer() {
        assert_eq!(chosen(3, &[]), [0, 1, 2]);
        assert_eq!(chosen(20, &[]), [0, 1, 2, 3, 4, 5, 6, 19]);
        assert_eq!(chosen(20, &[12]), [0, 1, 2, 3, 4, 5, 12, 19]);
    }

    #[test]
    fn what_is_left_out_is_named() {
        assert_eq!(left_out("spikes", &[]), None);
        assert_eq!(left_out("spikes", &["a", "b"]).as_deref(), Some("Not drawn: spikes of a, b."));
        let many = ["a"; 9];
        assert!(left_out("spikes", &many).is_some_and(|said| said.ends_with("and 3 more.")));
    }
}
