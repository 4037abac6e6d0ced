//! What a spike is to the node that receives it.

use super::gauge::Gauge;
use super::{Candidate, Source};

/// The candidates (`impulse:AREA`, `pulse:SECONDS`), the best supported first. A gain of `tau / dt`
/// says that a spike is meant to last a step.
pub(super) fn candidates(gauge: &Gauge, dt: &[Candidate<f64>]) -> Vec<Candidate<String>> {
    let impulse = Candidate::new("impulse:1".to_owned(), Source::Convention, "NIR's text: z = 1")
        .effect(gauge.input(1.0));
    let pulse = |dt: &Candidate<f64>| {
        let evidence = match dt.source {
            Source::Convention => "a step long".to_owned(),
            Source::Metadata | Source::Numbers => format!("a step long, {}", dt.evidence),
        };
        Candidate::new(format!("pulse:{}", dt.value), dt.source, evidence)
            .effect(gauge.input(dt.value))
    };
    let implied = dt.iter().filter(|dt| dt.source != Source::Convention).map(pulse);
    let possible = dt.iter().filter(|dt| dt.source == Source::Convention).take(1).map(pulse);
    implied.chain(std::iter::once(impulse)).chain(possible).collect()
}
