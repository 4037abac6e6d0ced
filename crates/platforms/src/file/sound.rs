//! What a profile from a file says that cannot be, or contradicts itself in.

use nirkit_engine::clocked::semantics::Slot;
use nirkit_engine::clocked::semantics::rule::{Leak, Rule, Spikes};
use nirkit_ir::primitive::{GRAPH_KIND, KINDS, declaration};

use crate::chip;
use crate::profile::{Dt, Profile};
use crate::version;

/// The largest scale of integer states: they have 64 bits, and six of them are fractions.
const MOST_SCALE: f64 = 16_777_216.0;

/// What stands beside platforms wherever one is named.
const MEANINGS: [&str; 2] = ["ideal", "clocked"];

/// Returns one sentence for each contradiction, with its place in the file.
pub(super) fn contradictions(profile: &Profile) -> Vec<String> {
    let checks = [names, time_step, kinds, fields, ranges, numbers];
    checks.iter().flat_map(|check| check(profile)).collect()
}

fn names(profile: &Profile) -> Vec<String> {
    title(profile.name, profile.version)
}

/// What is wrong with a name and a version.
pub(super) fn title(name: &str, version: &str) -> Vec<String> {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let texts = [("name", name), ("version", version)];
    let odd = texts.iter().filter(|(_, text)| text.is_empty() || !text.chars().all(is_sign));
    let mut reasons: Vec<String> = odd
        .map(|(key, text)| {
            format!("{key}: {text:?} has to be made of letters, digits, `.`, `_`, `-` and `+`")
        })
        .collect();
    if MEANINGS.contains(&name) {
        reasons.push(format!(
            "name: `{name}` is what a graph means without a platform; choose another"
        ));
    }
    let title = format!("{name}@{version}");
    let chips = chip::ALL.iter().map(|chip| chip.title());
    if version::all().map(Profile::title).chain(chips).any(|known| known == title) {
        reasons.push(format!("name: {title} is a platform that nirkit brings; choose another"));
    }
    reasons
}

fn time_step(profile: &Profile) -> Vec<String> {
    match profile.dt {
        Dt::Option(dt) | Dt::Fixed(dt) if !(1e-12..=1e6).contains(&dt) => {
            vec![format!("dt: a number of seconds from 1e-12 to 1e6 is expected, not {dt:e}")]
        }
        _ => Vec::new(),
    }
}

fn kinds(profile: &Profile) -> Vec<String> {
    let known =
        profile.semantics.unknown.known.iter().map(|kind| ("semantics.unknown.known", *kind));
    let free = profile.free_reset.iter().map(|kind| ("free_reset", *kind));
    let taken = profile.capabilities.iter().map(|capability| ("capabilities", capability.kind));
    let shaped = profile.semantics.execution.shaped_by_input.iter();
    let shaped = shaped.map(|kind| ("semantics.execution.shaped_by_input", *kind));
    let all = known.chain(free).chain(taken).chain(shaped);
    all.filter(|(_, kind)| !KINDS.contains(kind) && *kind != GRAPH_KIND)
        .map(|(key, kind)| format!("{key}: NIR has no kind {kind:?}"))
        .collect()
}

/// The rules of a profile, with the kind of their neurons.
fn all_rules(profile: &Profile) -> impl Iterator<Item = (&'static str, &Rule)> {
    let rule = |slot: Slot| Some((slot.kind(), profile.semantics.neurons.get(slot).as_ref()?));
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

/// Numbers of rules that no neuron can have.
fn ranges(profile: &Profile) -> Vec<String> {
    let mut reasons = Vec::new();
    for (kind, rule) in all_rules(profile) {
        let mut wrong = |what: &str, expected: &str, found: f64| {
            reasons.push(format!("semantics.neurons: {what} of {kind}: {expected}, not {found:e}"));
        };
        let stages = rule.synapse.iter().chain([&rule.membrane]);
        for leak in stages.map(|stage| stage.leak) {
            if let Leak::Fixed(keep) = leak
                && !(0.0..=1.0).contains(&keep)
            {
                wrong("leak.fixed", "a share from 0 to 1 is expected", keep);
            }
        }
        if let Some(Spikes::Several(most) | Spikes::FloorQuotient(most)) =
            rule.fire.map(|fire| fire.spikes)
            && !(most >= 1.0 && (most.is_infinite() || most.fract() == 0.0))
        {
            wrong("fire.spikes", "a whole number of spikes, 1 or more, is expected", most);
        }
        for field in rule.first_only {
            let has_field = |kind: &&str| {
                let fields = declaration(kind).map(|known| known.fields).unwrap_or_default();
                fields.iter().any(|known| known.name == *field)
            };
            if !["LI", "IF", "LIF", "CubaLIF"].iter().any(has_field) {
                let reason =
                    format!("semantics.neurons: first_only: no neuron has a field {field:?}");
                reasons.push(reason);
            }
        }
    }
    reasons
}

fn numbers(profile: &Profile) -> Vec<String> {
    let fixed = || all_rules(profile).filter_map(|(kind, rule)| Some((kind, rule.fixed?)));
    let is_scale = |scale: f64| scale > 0.0 && scale <= MOST_SCALE;
    let scales = fixed().filter(|(_, fixed)| !is_scale(fixed.scale)).map(|(kind, fixed)| {
        format!(
            "semantics.neurons: a scale above 0, of {MOST_SCALE} at most, is expected for {kind}, not {:e}",
            fixed.scale
        )
    });
    let grids = fixed().filter_map(|(_, fixed)| fixed.gain_grid);
    let grids = grids.chain(profile.semantics.maps.recurrent_grid);
    let odd = grids.filter(|grid| !(grid.step > 0.0 && grid.low <= grid.high));
    scales
        .chain(odd.map(|grid| {
            let (step, low, high) = (grid.step, grid.low, grid.high);
            format!(
                "semantics: a grid of numbers has a step above 0 and low <= high, not step = {step}, low = {low}, \
                 high = {high}"
            )
        }))
        .collect()
}
