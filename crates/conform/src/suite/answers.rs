//! Computes what is right: the ideal, the clocked engine under named choices, and the margin between them.

mod choices;
mod margin;

use std::collections::BTreeMap;

use nirkit::ir::{Document, Graph, Primitive};
use nirkit::numerics::Tensor;
use nirkit::stimulus::Frames;
use nirkit::{
    Choices, Error, Instants, Model, Observable, Record, Recording, Reset, Run, SpikeReading,
    Stimulus,
};

use super::case::{Answers, Clocked, Exact, Follows};
use super::draft::Draft;
use crate::array::Array;
use crate::driver::names;
use crate::lag::lag;
use choices::{NAMED, Named, OTHER, applies, other_reading};
use margin::margin;

pub use margin::{MARGINS, spikes_with};

/// Bound of the error of a time of the exact engine, in seconds: what its tests hold it to.
const TIME_ERROR: f64 = 1e-9;

/// Steps of a constant lag that is looked for.
pub const MOST_LAG: usize = 8;

/// Computes everything that is right about a draft.
pub(crate) fn answers(draft: &Draft) -> Result<Answers, Error> {
    let mut exact = exact(draft)?;
    let mut clocked = Vec::new();
    for named in NAMED {
        if let Some(outputs) = run_clocked(draft, named)? {
            clocked.push((named, outputs));
        }
    }
    tolerances(&mut exact, &clocked);
    let mut sensitive_to = Vec::new();
    let clocked = clocked.into_iter().map(|(named, outputs)| {
        if !is_alike(&exact, &outputs) {
            sensitive_to.push(named.name.to_owned());
        }
        let words = |value: &str| {
            if value == OTHER { other_reading(draft).to_string() } else { value.to_owned() }
        };
        let choices = named.choices.iter().map(|&(name, value)| (name.to_owned(), words(value)));
        Clocked {
            name: named.name.to_owned(),
            choices: choices.collect(),
            follows: named.follows,
            outputs: (!is_equal(&exact, &outputs)).then_some(outputs),
        }
    });
    let clocked = clocked.collect();
    let margin = margin(draft, &exact)?;
    Ok(Answers { exact, clocked, margin, sensitive_to })
}

/// The stimulus of a draft. Frames are currents where spikes are pulses.
fn stimulus(draft: &Draft, spike: SpikeReading) -> Stimulus {
    let numbers = match spike {
        SpikeReading::Pulse { .. } => Frames::Current,
        SpikeReading::Impulse { .. } => Frames::Auto,
    };
    let with = |stimulus: Stimulus, (name, frames): (&String, &Tensor)| {
        stimulus.array(Some(name), frames.clone())
    };
    draft.inputs.iter().fold(Stimulus::new().numbers(numbers), with)
}

/// Runs the ideal.
pub(crate) fn exact(draft: &Draft) -> Result<Exact, Error> {
    let Draft { graph, dt, steps, spike, .. } = draft;
    let choices = Choices::new().dt(*dt).spike(*spike).reset(Reset::VReset);
    let model = Model::exact(graph, &choices)?;
    let ends: Vec<f64> = (1..=*steps).map(|step| step as f64 * dt).collect();
    let run = Run::new().record(Record::All).sample(Instants::At(ends));
    let recording = model.run_with(&stimulus(draft, *spike), &run)?;
    let mut exact = Exact { error: TIME_ERROR, ..Exact::default() };
    let ports =
        names(graph, |primitive| matches!(primitive, Primitive::Input(_) | Primitive::Output(_)));
    for (node, trains) in recording.events.iter().filter(|(node, _)| !ports.contains(node)) {
        let Some(train) = trains.first() else { continue };
        let shape = model.shape(node).map_or_else(|| vec![train.outputs], <[usize]>::to_vec);
        let mut counts = Array::zeros(&[&[*steps], shape.as_slice()].concat());
        let channels = counts.channels();
        for (&time, &channel) in train.times.iter().zip(&train.channels) {
            let step = step_of(time, *dt).min(steps.saturating_sub(1));
            if let Some(count) = counts.values.get_mut(step * channels + channel as usize) {
                *count += 1.0;
            }
            exact.spikes.push((node.clone(), time, channel as usize));
        }
        exact.nodes.push((node.clone(), counts));
    }
    for output in outputs(graph) {
        let (source, array) = put_out(&recording, graph, &output, &exact.nodes)?;
        if !exact.nodes.iter().any(|(node, _)| *node == source) {
            exact.voltages.insert(output.clone(), 0.0);
        }
        exact.outputs.insert(output, array);
    }
    Ok(exact)
}

/// The step in which a time lies. A time that lies within a billionth of a step of the start of a step counts as that start.
pub(crate) fn step_of(time: f64, dt: f64) -> usize {
    let steps = time / dt;
    let nearest = steps.round();
    if (steps - nearest).abs() < 1e-9 { nearest as usize } else { steps.floor() as usize }
}

fn outputs(graph: &Document) -> Vec<String> {
    names(graph, |primitive| matches!(primitive, Primitive::Output(_)))
}

/// What arrives at an Output, and the node that it comes from.
fn put_out(
    recording: &Recording,
    graph: &Document,
    output: &str,
    spikes: &[(String, Array)],
) -> Result<(String, Array), Error> {
    let source = crate::driver::source(graph, output)?;
    if let Some((_, array)) = spikes.iter().find(|(node, _)| *node == source) {
        return Ok((source, array.clone()));
    }
    let found = [Observable::Spikes, Observable::Output, Observable::V];
    let found = found.into_iter().find_map(|observable| recording.get(&source, observable));
    let array = found.and_then(Array::of_tensor).ok_or_else(|| {
        Error::new(format!(
            "nothing of `{source}` is recorded, which leads to the Output `{output}`"
        ))
    })?;
    Ok((source, array))
}

/// Runs the clocked engine under some choices; `None` where the graph has no such choice.
fn run_clocked(draft: &Draft, named: &Named) -> Result<Option<BTreeMap<String, Array>>, Error> {
    if !applies(draft, named.name) {
        return Ok(None);
    }
    let mut spike = draft.spike;
    let mut choices = Choices::new().dt(draft.dt).reset(Reset::VReset);
    for &(name, value) in named.choices {
        match name {
            "spike" if value == OTHER => spike = other_reading(draft),
            "spike" => {
                let found = value.parse::<SpikeReading>();
                spike = found.map_err(|error| Error::new(error.to_string()))?;
            }
            "reset" => {
                let reset = value.parse::<Reset>();
                choices = choices.reset(reset.map_err(|error| Error::new(error.to_string()))?);
            }
            _ => choices = choices.set(name, value),
        }
    }
    let model = Model::clocked(&draft.graph, &choices.spike(spike))?;
    let recording = model.run_with(&stimulus(draft, spike), &Run::new().record(Record::All))?;
    let mut found = BTreeMap::new();
    for output in outputs(&draft.graph) {
        let (_, array) = put_out(&recording, &draft.graph, &output, &[])?;
        found.insert(output, array);
    }
    Ok(Some(found))
}

/// Whether any node of a graph, nested ones included, is meant.
fn any_node(graph: &Graph, is_meant: &dyn Fn(&Primitive) -> bool) -> bool {
    graph.nodes.iter().any(|(_, _, node)| match &node.primitive {
        Primitive::Graph(inner) => any_node(inner, is_meant),
        primitive => is_meant(primitive),
    })
}

/// Sets the tolerance of each voltage to what sound discretisations differ by.
fn tolerances(exact: &mut Exact, clocked: &[(&Named, BTreeMap<String, Array>)]) {
    for (output, tolerance) in &mut exact.voltages {
        let ideal = exact.outputs.get(output);
        let sound = clocked
            .iter()
            .filter(|(named, _)| named.follows == Follows::Nir && named.name != "input_next");
        for (_, outputs) in sound {
            if let (Some(ideal), Some(other)) = (ideal, outputs.get(output)) {
                let differences =
                    ideal.values.iter().zip(&other.values).map(|(a, b)| (a - b).abs());
                *tolerance = differences.fold(*tolerance, f64::max);
            }
        }
        // Room for roundings of single precision.
        *tolerance = *tolerance * 1.01 + 1e-6;
    }
}

/// Whether an answer is that of the ideal.
fn is_equal(exact: &Exact, outputs: &BTreeMap<String, Array>) -> bool {
    exact.outputs.iter().all(|(name, ideal)| {
        let Some(found) = outputs.get(name) else { return false };
        exact.voltages.get(name).map_or_else(
            || ideal.values == found.values,
            |tolerance| is_near(ideal, found, *tolerance),
        )
    })
}

/// Whether an answer is that of the ideal, but for a constant lag.
fn is_alike(exact: &Exact, outputs: &BTreeMap<String, Array>) -> bool {
    is_equal(exact, outputs)
        || exact.outputs.iter().all(|(name, ideal)| {
            let tolerance = exact.voltages.get(name).copied().unwrap_or(0.0);
            outputs.get(name).is_some_and(|found| lag(ideal, found, tolerance, MOST_LAG).is_some())
        })
}

/// Whether two arrays are equal within a tolerance.
pub(crate) fn is_near(a: &Array, b: &Array, tolerance: f64) -> bool {
    a.shape == b.shape && a.values.iter().zip(&b.values).all(|(a, b)| (a - b).abs() <= tolerance)
}
