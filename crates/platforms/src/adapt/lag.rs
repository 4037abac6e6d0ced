//! Steps by which spikes come later than in the reference.

use std::collections::{BTreeMap, VecDeque};

use super::judge::Units;
use super::reason::Reason;
use super::side::{Side, SideLayer};

/// How many steps each layer comes later, and where that is not one number.
#[derive(Clone, Debug, Default)]
pub(super) struct Lags {
    lags: BTreeMap<String, i64>,
    reasons: BTreeMap<String, Vec<Reason>>,
}

impl Lags {
    /// The lag of a layer.
    #[must_use]
    pub(super) fn of(&self, layer: &str) -> i64 {
        self.lags.get(layer).copied().unwrap_or(0)
    }

    /// What stands against a constant lag.
    #[must_use]
    pub(super) fn reasons(&self, layer: &str) -> &[Reason] {
        self.reasons.get(layer).map_or(&[], Vec::as_slice)
    }
}

/// The lags of all layers, from the Inputs on.
#[must_use]
pub(super) fn lags(reference: &Side, found: &Side, units: &BTreeMap<String, Units>) -> Lags {
    let pairs: Pairs<'_> = reference
        .layers
        .iter()
        .map(|(name, layer)| {
            (name, (layer, units.get(name).and_then(|u| found.layers.get(&u.name))))
        })
        .collect();
    let mut result = Lags::default();
    let ways: Ways<'_> = pairs
        .iter()
        .filter_map(|(name, (wanted, found))| Some((*name, steps(wanted, (*found)?))))
        .collect();
    follow(&pairs, &ways, &mut result);
    for (name, (wanted, found)) in &pairs {
        let Some(found) = found else { continue };
        let own = result.of(name) - (found.delay - wanted.delay);
        let mut reasons = Vec::new();
        for (source, more) in ways.get(*name).into_iter().flatten() {
            let Some(more) = more else {
                let what =
                    format!("what `{source}` puts out does not reach it there, or on another way");
                let instead = if pairs.contains_key(source) {
                    "take a platform that keeps the recurrence"
                } else {
                    "take a platform that keeps the connection"
                };
                reasons.push(Reason::new(what, instead));
                continue;
            };
            let differs = result.of(source) + more - own;
            if differs != 0 {
                let when = if differs > 0 { "later" } else { "earlier" };
                let what = format!(
                    "what `{source}` puts out comes {} {} {when} than what comes on other ways",
                    differs.abs(),
                    if differs.abs() == 1 { "step" } else { "steps" }
                );
                reasons.push(Reason::new(what, "train with the delays of the platform"));
            }
        }
        let has_bias = |layer: &SideLayer| {
            let map = layer.map.as_ref().is_none_or(|map| map.bias.iter().any(|&x| x != 0.0));
            let rests = layer
                .closed
                .iter()
                .any(|n| n.membrane.c != 0.0 || n.synapse.is_some_and(|s| s.c != 0.0));
            (map, rests)
        };
        let (map, rests) = has_bias(found);
        let early = if map { own - (found.onset - wanted.onset) } else { 0 };
        let early = if rests && own != 0 { own } else { early };
        if early != 0 {
            let (when, count) = (if early > 0 { "before" } else { "after" }, early.abs());
            let what = format!(
                "its constant input begins {count} {} {when} the spikes that belong to it",
                if count == 1 { "step" } else { "steps" }
            );
            reasons.push(Reason::new(
                what,
                "train without biases; the difference fades with the decay of the voltage",
            ));
        }
        if !reasons.is_empty() {
            result.reasons.insert((*name).clone(), reasons);
        }
    }
    result
}

/// The layers of both sides by the names of the reference.
type Pairs<'a> = BTreeMap<&'a String, (&'a SideLayer, Option<&'a SideLayer>)>;
/// For each layer the sources of the reference, and the steps that their signals take longer.
type Ways<'a> = BTreeMap<&'a String, Vec<(String, Option<i64>)>>;

/// Works out the lag of each layer from that of what leads to it.
fn follow(pairs: &Pairs<'_>, ways: &Ways<'_>, result: &mut Lags) {
    let mut behind: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (name, ways) in ways {
        for (source, _) in ways {
            behind.entry(source).or_default().push(name);
        }
    }
    // A layer gets the lag of the first source that has one; the others are held against it.
    let mut open: VecDeque<&String> = ways.keys().copied().collect();
    while let Some(name) = open.pop_front() {
        let (Some(ways), Some((wanted, Some(found)))) = (ways.get(name), pairs.get(name)) else {
            continue;
        };
        if result.lags.contains_key(name) {
            continue;
        }
        let lag = ways.iter().find_map(|(source, more)| {
            let of_source = if pairs.contains_key(source) { *result.lags.get(source)? } else { 0 };
            Some(of_source + (*more)?)
        });
        if let Some(lag) = lag {
            result.lags.insert(name.clone(), lag + found.delay - wanted.delay);
            open.extend(behind.get(name).into_iter().flatten());
        }
    }
}

/// For each source of the reference, the steps that it takes longer; `None` where it does not arrive as often.
fn steps(wanted: &SideLayer, found: &SideLayer) -> Vec<(String, Option<i64>)> {
    let delays = |layer: &SideLayer| {
        let mut delays: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (source, delay) in &layer.paths {
            delays.entry(source.clone()).or_default().push(*delay);
        }
        delays
    };
    let of_found = delays(found);
    let mut steps = Vec::new();
    for (source, delays) in delays(wanted) {
        match of_found.get(&source) {
            Some(others) if others.len() == delays.len() => {
                let each = others.iter().zip(&delays);
                steps.extend(each.map(|(found, wanted)| (source.clone(), Some(found - wanted))));
            }
            _ => steps.push((source, None)),
        }
    }
    steps
}
