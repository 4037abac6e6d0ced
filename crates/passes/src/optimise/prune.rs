//! Takes out what leads to no Output.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_ir::primitive::Primitive;
use nirkit_ir::{Facts, Graph};

use super::wires::Wires;
use super::{Done, Pass, flat};

pub(super) const PASS: Pass = Pass {
    name: "prune",
    about: "takes out nodes from which no Output can be reached",
    condition: "",
    needs_reset: None,
    is_usual: true,
    folds: false,
    round,
};

fn round(graph: &mut Graph, _: &Facts) -> Vec<Done> {
    let mut open = flat::nodes(graph, |primitive| matches!(primitive, Primitive::Output(_)));
    if open.is_empty() {
        return Vec::new();
    }
    // An Input stays: it is part of how the graph is called.
    let useless = flat::nodes(graph, |primitive| !matches!(primitive, Primitive::Input(_)));
    let mut wires = Wires::of(graph);
    let mut useful: BTreeSet<String> = open.iter().cloned().collect();
    while let Some(node) = open.pop() {
        for source in wires.sources(&node) {
            if useful.insert(source.clone()) {
                open.push(source);
            }
        }
    }
    let useless: Vec<String> = useless.into_iter().filter(|name| !useful.contains(name)).collect();
    let done = take_out(&mut wires, &useless);
    wires.finish(graph);
    done
}

/// What others read their shapes from goes after them, and a cycle as a whole.
fn take_out(wires: &mut Wires, useless: &[String]) -> Vec<Done> {
    let places: BTreeMap<&str, usize> =
        useless.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    let is_end = |&place: &usize| wires.departures(&useless[place]) == 0;
    let mut ends: BTreeSet<usize> = (0..useless.len()).filter(is_end).collect();
    let mut done = Vec::new();
    while let Some(place) = ends.pop_first() {
        let name = &useless[place];
        let sources = wires.sources(name);
        wires.take_out(name);
        let new = sources.iter().filter(|source| wires.departures(source) == 0);
        ends.extend(new.filter_map(|source| places.get(source.as_str())));
        done.push(Done::new(name.clone(), "taken out: it leads to no Output"));
    }
    let rest: Vec<&String> = useless.iter().filter(|name| !wires.is_gone(name)).collect();
    if let Some((first, others)) = rest.split_first() {
        let others = others.iter().map(|name| format!(" and `{name}`")).collect::<String>();
        let what = format!("taken out{others}: the cycle leads to no Output");
        done.push(Done::new((*first).clone(), what));
    }
    for name in rest {
        wires.take_out(name);
    }
    done
}
