//! What a spike is to the node that receives it.

use super::gauge::Gauge;
use super::{Candidate, Said, Source};
use crate::value::{Fields, Value};

/// The candidates (`impulse:AREA`, `pulse:SECONDS`), the best supported first. A gain of `tau / dt`
/// says that a spike is meant to last a step.
pub(super) fn candidates(
    metadata: &Fields,
    gauge: Option<&Gauge>,
    is_leakless: bool,
    dt: &[Candidate<f64>],
) -> Vec<Candidate<String>> {
    // Where no neuron leaks, a step has no length but what a gain of 1 / dt gives it: another pulse would be lost in the weights.
    let dt: Vec<&Candidate<f64>> = dt
        .iter()
        .filter(|dt| !is_leakless || gauge.is_some_and(|gauge| gauge.counts_steps(dt.value)))
        .collect();
    let said = match metadata.get("spike") {
        Some(Value::Text(spike)) => spike.as_str().filter(|spike| is_reading(spike)),
        _ => None,
    };
    let said = said.map(|spike| {
        let effect = gauge.map(|gauge| gauge.input(size(spike).unwrap_or(1.0)));
        Candidate::new(spike.to_owned(), Source::Metadata, "metadata `spike`")
            .effect(effect.unwrap_or_default())
    });
    // Where nothing leaks, numbers say nothing about the length of a spike.
    let Some(gauge) = gauge else { return said.into_iter().collect() };
    let impulse = Candidate::new("impulse:1".to_owned(), Source::Convention, "NIR's text: z = 1")
        .effect(gauge.input(1.0));
    let pulse = |dt: &Candidate<f64>| {
        let evidence = match dt.source {
            Source::Convention => "a step long".to_owned(),
            Source::Metadata | Source::Numbers => format!("a step long, {}", dt.evidence),
        };
        // Only an entry `spike` of the metadata says what a spike is; an entry `dt` implies it.
        let source = match dt.source {
            Source::Metadata => Source::Numbers,
            source => source,
        };
        Candidate::new(format!("pulse:{}", dt.value), source, evidence)
            .effect(gauge.input(dt.value))
    };
    // A time step that the metadata say is the one that a pulse lasts.
    let is_said = dt.iter().any(|dt| dt.source == Source::Metadata);
    let best = if is_said { Source::Metadata } else { Source::Numbers };
    let implied = dt.iter().filter(|dt| dt.source == best).copied().map(pulse);
    let possible =
        dt.iter().filter(|dt| dt.source == Source::Convention).take(1).copied().map(pulse);
    said.into_iter().chain(implied).chain(std::iter::once(impulse)).chain(possible).collect()
}

/// What an entry of the metadata says that a spike is.
pub(super) fn said(value: &Value) -> Option<Said> {
    let Value::Text(text) = value else { return None };
    let text = text.as_str().filter(|text| is_reading(text))?;
    let (word, _) = text.split_once(':')?;
    Some(Said { word: word.to_owned(), number: size(text) })
}

/// Whether a text says what a spike is: `impulse:AREA` or `pulse:SECONDS`.
fn is_reading(text: &str) -> bool {
    ["impulse:", "pulse:"].iter().any(|kind| text.starts_with(kind)) && size(text).is_some()
}

/// The number behind the colon, above 0.
fn size(text: &str) -> Option<f64> {
    let size: f64 = text.split_once(':')?.1.parse().ok()?;
    (size.is_finite() && size > 0.0).then_some(size)
}
