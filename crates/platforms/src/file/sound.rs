//! What a profile from a file says that cannot be, or contradicts itself in.

use nirkit_ir::primitive::{GRAPH_KIND, KINDS, declaration};
use nirkit_sim::clocked::scheme::Slot;
use nirkit_sim::clocked::scheme::rule::Rule;

use crate::profile::{Dt, Profile};
use crate::version;

/// Returns one sentence for each contradiction, with its place in the file.
pub(super) fn contradictions(profile: &Profile) -> Vec<String> {
    let checks = [names, time_step, kinds, fields, numbers];
    checks.iter().flat_map(|check| check(profile)).collect()
}

fn names(profile: &Profile) -> Vec<String> {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let texts = [("name", profile.name), ("version", profile.version)];
    let odd = texts.iter().filter(|(_, text)| text.is_empty() || !text.chars().all(is_sign));
    let mut reasons: Vec<String> = odd
        .map(|(key, text)| {
            format!("{key}: {text:?} has to be made of letters, digits, `.`, `_`, `-` and `+`")
        })
        .collect();
    let title = profile.title();
    if version::all().any(|known| known.title() == title) {
        reasons.push(format!("name: {title} is a simulator that nirkit brings; choose another"));
    }
    reasons
}

fn time_step(profile: &Profile) -> Vec<String> {
    match profile.dt {
        Dt::Option(dt) | Dt::Fixed(dt) if !(dt.is_finite() && dt > 0.0) => {
            vec![format!("dt: a number of seconds above 0 is expected, not {dt}")]
        }
        _ => Vec::new(),
    }
}

fn kinds(profile: &Profile) -> Vec<String> {
    let known = profile.scheme.unknown.known.iter().map(|kind| ("scheme.unknown.known", *kind));
    let free = profile.free_reset.iter().map(|kind| ("free_reset", *kind));
    let taken = profile.capabilities.iter().map(|capability| ("capabilities", capability.kind));
    let all = known.chain(free).chain(taken);
    all.filter(|(_, kind)| !KINDS.contains(kind) && *kind != GRAPH_KIND)
        .map(|(key, kind)| format!("{key}: NIR has no kind {kind:?}"))
        .collect()
}

/// The rules of a profile, with the kind of their neurons.
fn all_rules(profile: &Profile) -> impl Iterator<Item = (&'static str, &Rule)> {
    let rule = |slot: Slot| Some((slot.kind(), profile.scheme.neurons.get(slot).as_ref()?));
    Slot::ALL.into_iter().filter_map(rule)
}

fn fields(profile: &Profile) -> Vec<String> {
    let mut reasons = Vec::new();
    for capability in profile.capabilities {
        let (kind, Some(known)) = (capability.kind, declaration(capability.kind)) else { continue };
        let asked = capability.demands.iter().flat_map(|demand| demand.what.fields());
        for field in asked.filter(|field| !known.fields.iter().any(|known| known.name == *field)) {
            reasons.push(format!("capabilities.{kind}.demands: {kind} has no field {field:?}"));
        }
    }
    reasons
}

fn numbers(profile: &Profile) -> Vec<String> {
    let fixed = || all_rules(profile).filter_map(|(kind, rule)| Some((kind, rule.fixed?)));
    let is_scale = |scale: f64| scale.is_finite() && scale > 0.0;
    let scales = fixed().filter(|(_, fixed)| !is_scale(fixed.scale)).map(|(kind, fixed)| {
        format!("scheme.neurons: a scale above 0 is expected for {kind}, not {}", fixed.scale)
    });
    let grids = fixed().filter_map(|(_, fixed)| fixed.gain_grid);
    let grids = grids.chain(profile.scheme.maps.recurrent_grid);
    let odd = grids.filter(|grid| !(grid.step > 0.0 && grid.low <= grid.high));
    scales
        .chain(odd.map(|grid| {
            format!("a grid of numbers needs a step above 0 and low <= high, not {grid:?}")
        }))
        .collect()
}
