//! What a lowering changes of a graph, told at the nodes: decays, the reset, numbers that become 0.

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Code, Diagnostic, Place};

use super::{Design, Job};
use crate::check::{Finding, Verdict};
use crate::phrase::brief;

/// Time constants that move by less than this share are not told.
const SAME_DECAY: f64 = 0.01;
/// Numbers are told to become 0 where more than this share of them does.
const FEW_ZEROS: f64 = 0.05;

/// Everything that a lowering changes.
pub(super) fn changes(job: &Job<'_>, design: &Design) -> Vec<Finding> {
    let mut findings = vec![reset(job)];
    findings.extend(decays(job, design));
    findings.extend(zeros(job, design));
    findings.extend(integers(job, design));
    findings
}

/// The reset and the number of spikes in a step, which NIR leaves open.
fn reset(job: &Job<'_>) -> Finding {
    let diagnostic = Diagnostic::new(
        Code::ResetAssumed,
        Place::root(),
        format!("{} {}", job.chip.name, job.chip.firing()),
    );
    let diagnostic = diagnostic.help("train with that, or choose another chip");
    Finding { verdict: Verdict::Assumed, ends: None, matters: false, diagnostic }
}

/// Time constants that the chip does not have.
fn decays<'a>(job: &'a Job<'_>, design: &'a Design) -> impl Iterator<Item = Finding> + 'a {
    let far = design.time_constant_errors.iter().filter(|moved| moved.largest_change >= SAME_DECAY);
    far.map(|moved| {
        let message = format!(
            "{} takes {} = {} s for {} s, {} % off",
            job.chip.name,
            moved.what,
            span(moved.given),
            span(moved.becomes),
            brief(100.0 * moved.largest_change),
        );
        let place = place(job, &moved.layer).field(moved.what);
        let help =
            "choose a time constant or a time step that the chip has; `nir lower` lists them";
        let diagnostic = Diagnostic::new(Code::DecayMoved, place, message).help(help);
        Finding { verdict: Verdict::Reinterpreted, ends: None, matters: true, diagnostic }
    })
}

/// Numbers other than 0 that become 0.
fn zeros<'a>(job: &'a Job<'_>, design: &'a Design) -> impl Iterator<Item = Finding> + 'a {
    let many = design
        .quantization_errors
        .iter()
        .filter(|rounded| rounded.loss.zeroed as f64 > FEW_ZEROS * rounded.loss.numbers as f64);
    many.map(|rounded| {
        let (zeroed, numbers) = (rounded.loss.zeroed, rounded.loss.numbers);
        let message = format!(
            "{} rounds {zeroed} of {numbers} numbers of the {} of `{}` to 0: the largest is {}, and a step of the \
             scale is {}",
            job.chip.name,
            rounded.what,
            rounded.layer,
            brief(rounded.loss.extent),
            brief(1.0 / rounded.scales[0]),
        );
        let by_channel = job.chip.quantisers.iter().any(|quantiser| quantiser.name == "channel");
        let help = if by_channel && job.quantiser.name != "channel" {
            "clip large numbers, or give each channel a scale: `--quantize channel`"
        } else {
            "clip large numbers, or train with weights of a common size"
        };
        let place = place(job, &rounded.layer);
        let diagnostic = Diagnostic::new(Code::WeightsLost, place, message).help(help);
        Finding { verdict: Verdict::Reinterpreted, ends: None, matters: true, diagnostic }
    })
}

/// Weights that are integers in the file, and become others.
fn integers<'a>(job: &'a Job<'_>, design: &'a Design) -> impl Iterator<Item = Finding> + 'a {
    let scaled =
        job.facts.iter().filter_map(|(id, leaf)| Some((id, leaf, job.said_weight_scale(id)?)));
    let is_kept = |id: LeafId, name: &String, scale: f64| {
        design.kept.contains(name) && job.are_integers(id, scale)
    };
    let lost = scaled.filter(move |(id, leaf, scale)| !is_kept(*id, &leaf.name, *scale));
    lost.map(|(id, _, scale)| {
        let are_integers = job.are_integers(id, scale);
        let message = if are_integers {
            format!(
            "{} does not keep the integers that the weights are (times {}): it rounds them anew",
            job.chip.name,
            brief(scale)
        )
        } else {
            format!(
                "the weights are no integers times {}: {} rounds them",
                brief(scale),
                job.chip.name
            )
        };
        let help = "integers stay where one map with one scale leads to neurons with one gain, and fit 8 bits; \
                    `--weight-scale own` leaves the scale to the chip";
        let place = job.place(id).field("weight");
        let diagnostic = Diagnostic::new(Code::WeightsLost, place, message).help(help);
        Finding { verdict: Verdict::Reinterpreted, ends: None, matters: true, diagnostic }
    })
}

/// The place of a layer; the graph where the layer is a population of the chip.
fn place(job: &Job<'_>, layer: &str) -> Place {
    job.facts.find(layer).map_or_else(Place::root, |leaf: LeafId| job.place(leaf))
}

fn span([low, high]: [f64; 2]) -> String {
    let (low, high) = (brief(low), brief(high));
    if low == high { low } else { format!("{low} to {high}") }
}
