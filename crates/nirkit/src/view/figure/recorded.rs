//! The figure of a run: what enters, and everything that was recorded.

use std::collections::BTreeSet;

use nirkit_ir::{Document, valid};
use nirkit_numerics::Tensor;
use nirkit_run::{Observable, Request};
use nirkit_view::{
    Curve, Curves, EventMark, Figure, Image, MarkKind, Panel, PanelContent, Raster, Section,
};

use super::{TIMES, chosen, counted, input, left_out, places};
use crate::error::{Error, ErrorKind};
use crate::model::Bound;
use crate::recording::Recording;

/// Values of more channels than this are drawn as a picture.
const LINES: usize = 6;

/// What a figure of a run is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The graph, which says the order of the signals; without it, that of the recording counts.
    pub graph: Option<&'a Document>,
    /// What entered.
    pub stimulus: Option<&'a Bound>,
    /// The sample of a batch.
    pub sample: usize,
}

/// Draws what enters and everything that was recorded, as SVG: spikes as marks, other values as lines, or as a picture where
/// there are many channels.
///
/// # Errors
///
/// Nothing was recorded, or there is no such sample.
pub fn recording_figure(recording: &Recording, shown: Shown<'_>) -> Result<String, Error> {
    Ok(nirkit_view::figure(&recording_panels(recording, shown)?))
}

/// Returns what [`recording_figure`] draws, for other ways to draw it.
///
/// # Errors
///
/// Nothing was recorded, or there is no such sample.
pub fn recording_panels(recording: &Recording, shown: Shown<'_>) -> Result<Figure, Error> {
    if shown.sample >= recording.samples.max(1) {
        let what = format!("there is no sample {} of {}", shown.sample, recording.samples);
        return Err(Error::new(what).of_kind(ErrorKind::Choice));
    }
    // Steps without a length are counted.
    let dt = recording.dt.unwrap_or(1.0);
    let steps = recording.steps.unwrap_or(0);
    let duration = recording.duration.unwrap_or(steps as f64 * dt);
    let signals = shown.stimulus.and_then(|bound| bound.stimulus.samples.get(shown.sample));
    let signals: Vec<_> = signals.into_iter().flat_map(|sample| &sample.signals).collect();
    let mut requests = requests(recording, shown.graph);
    // What an Input puts out is what enters it, which is drawn already.
    let enters = |node: &str| signals.iter().any(|(name, _)| *name == node);
    let is_drawn = |one: &Request| one.observable == Observable::Output && enters(&one.node);
    if !requests.iter().all(is_drawn) {
        requests.retain(|request| !is_drawn(request));
    }
    if requests.is_empty() {
        let error = Error::new("nothing was recorded that can be drawn");
        return Err(error.of_kind(ErrorKind::Choice).help("record spikes or voltages"));
    }
    let drawn = chosen(requests.len(), &[]);
    let left: Vec<String> = (requests.iter().enumerate())
        .filter(|(at, _)| !drawn.contains(at))
        .map(|(_, request)| format!("{}:{}", request.node, request.observable))
        .collect();
    let missing: Vec<&str> = left.iter().map(String::as_str).collect();
    let kept = drawn.iter().filter_map(|&at| panel_of(recording, &requests[at], shown.sample, dt));
    let inputs = signals.iter().map(|(name, signal)| input(name, signal, dt));
    let section = Section {
        time: 0.0..duration,
        counts_steps: recording.dt.is_none() && recording.events.is_empty(),
        panels: inputs.chain(kept).collect(),
        ..Section::default()
    };
    let on_grid = recording.events.is_empty().then(|| TIMES.to_owned());
    let counts =
        recording.dt.is_none().then(|| "Steps have no length here: times count steps.".to_owned());
    let sample = (recording.samples > 1)
        .then(|| format!("Sample {} of {}.", shown.sample, recording.samples));
    let notes =
        sample.into_iter().chain(on_grid).chain(counts).chain(left_out("recordings", &missing));
    Ok(super::escaped(Figure { sections: vec![section], notes: notes.collect() }))
}

/// Everything that was recorded, in the order of the signals if a graph says it; of one node, spikes come last.
fn requests(recording: &Recording, graph: Option<&Document>) -> Vec<Request> {
    let spikes = recording.events.iter();
    let spikes =
        spikes.map(|(node, _)| Request { node: node.clone(), observable: Observable::Spikes });
    let timed: BTreeSet<Request> = spikes.clone().collect();
    let arrays = recording.arrays.iter().map(|(request, _)| request);
    let arrays = arrays.filter(|request| !timed.contains(request)).cloned();
    let mut requests: Vec<Request> = spikes.chain(arrays).collect();
    let Some(facts) = graph.and_then(|graph| valid::validate_document(graph).facts) else {
        return requests;
    };
    let places = places(&facts);
    requests.sort_by_key(|request| {
        let place = places.get(request.node.as_str()).copied().unwrap_or(usize::MAX);
        (place, request.observable == Observable::Spikes)
    });
    requests
}

/// The panel of something that was recorded.
fn panel_of(recording: &Recording, request: &Request, sample: usize, dt: f64) -> Option<Panel> {
    let is_spikes = request.observable == Observable::Spikes;
    if let Some(trains) = recording.trains(&request.node).filter(|_| is_spikes) {
        let train = trains.get(sample)?;
        let channels = train.channels.iter().map(|&channel| usize::try_from(channel).unwrap_or(0));
        let events = train.times.iter().zip(channels);
        let marks: Vec<EventMark> = events
            .map(|(&time, neuron)| EventMark { time, neuron, kind: MarkKind::Same })
            .collect();
        let lines = vec![(counted(marks.len() as f64, "spike"), None)];
        let raster = Raster { neurons: 0..train.outputs, marks, run: Some(0) };
        let content = PanelContent::Raster(raster);
        return Some(Panel { title: request.node.clone(), lines, content });
    }
    let array = recording.get(&request.node, request.observable)?;
    let (rows, channels) = of_sample(array, sample, recording.has_batch)?;
    // Voltages in continuous time are looked at when they were asked for.
    let first = recording.instants.first().copied().unwrap_or(dt);
    let step = match recording.instants.as_slice() {
        [one, two, ..] => two - one,
        _ => dt,
    };
    Some(panel(request, &rows, channels, (first, step)))
}

/// The values of a sample, row by row, and how many channels a row has.
fn of_sample(array: &Tensor, sample: usize, has_batch: bool) -> Option<(Vec<f64>, usize)> {
    let values = array.to_f64()?;
    let shape = array.shape();
    let steps = shape.first().copied()?;
    if !has_batch {
        let channels = shape.iter().skip(1).product::<usize>().max(1);
        return Some((values.into_owned(), channels));
    }
    let (samples, channels) = (*shape.get(1)?, shape.iter().skip(2).product::<usize>().max(1));
    let rows = (0..steps).flat_map(|step| {
        let at = (step * samples + sample) * channels;
        values.get(at..at + channels).unwrap_or_default().iter().copied()
    });
    Some((rows.collect(), channels))
}

fn panel(request: &Request, values: &[f64], channels: usize, times: (f64, f64)) -> Panel {
    let (first, step) = times;
    let time = |row: usize| first + row as f64 * step;
    let (lines, content) = if request.observable == Observable::Spikes {
        let on = values.iter().enumerate().filter(|(_, count)| **count != 0.0);
        let mark = |(at, _)| EventMark {
            time: time(at / channels),
            neuron: at % channels,
            kind: MarkKind::Same,
        };
        let raster = Raster { neurons: 0..channels, marks: on.map(mark).collect(), run: Some(0) };
        (vec![(counted(values.iter().sum(), "spike"), None)], PanelContent::Raster(raster))
    } else if channels <= LINES {
        let curve = |channel: usize| {
            let points = values.iter().skip(channel).step_by(channels).enumerate();
            Curve { run: channel, points: points.map(|(row, value)| (time(row), *value)).collect() }
        };
        let names = (0..channels).map(|channel| (format!("channel {channel}"), Some(channel)));
        let curves = Curves {
            label: request.observable.to_string(),
            lines: (0..channels).map(curve).collect(),
            level: None,
        };
        (names.collect(), PanelContent::Curves(curves))
    } else {
        let label = request.observable.to_string();
        let image = Image { label, channels, times, values: values.to_vec() };
        (vec![(counted(channels as f64, "channel"), None)], PanelContent::Image(image))
    };
    Panel { title: request.node.clone(), lines, content }
}
