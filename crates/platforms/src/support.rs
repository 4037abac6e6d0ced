//! All platforms side by side: which primitives each of them takes, and which of their fields it
//! reads.

use nirkit_engine::clocked::semantics::rule::{Rest, Rule, Term};
use nirkit_engine::clocked::semantics::{Neurons, UnknownNodePolicy};
use nirkit_ir::primitive::{GRAPH_KIND, KINDS, declaration};
use nirkit_run::Reset;

use crate::capability::Requirement;
use crate::chip::Chip;
use crate::profile::Profile;
use crate::version::all;

/// What a platform does with a kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Support {
    /// It takes every node of the kind.
    Full,
    /// It takes nodes that meet its demands.
    Conditional,
    /// It leaves the node out.
    Dropped,
    /// It stops.
    Refused,
}

/// A kind of node on a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whether it is taken.
    pub support: Support,
    /// What it becomes; empty where it is not taken.
    pub becomes: &'static str,
    /// Declared fields that are not read.
    pub ignored: Vec<&'static str>,
    /// What the platform says where a demand is not met.
    pub demands: Vec<&'static str>,
    /// What else there is to know.
    pub notes: Vec<&'static str>,
    /// Where this was seen.
    pub evidence: &'static str,
}

/// A platform with a cell for each of [`kinds`].
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The platform.
    pub profile: &'static Profile,
    /// What it does with each kind, in the order of [`kinds`].
    pub cells: Vec<Cell>,
}

/// Every kind of node that a platform can meet.
#[must_use]
pub fn kinds() -> Vec<&'static str> {
    KINDS.iter().copied().chain([GRAPH_KIND]).collect()
}

/// What every platform does with every kind of node.
#[must_use]
pub fn support_matrix() -> Vec<Row> {
    all().map(row).collect()
}

/// What a simulator does with every kind of node.
#[must_use]
pub fn row(profile: &'static Profile) -> Row {
    Row { profile, cells: kinds().into_iter().map(|kind| cell(profile, kind)).collect() }
}

fn cell(profile: &'static Profile, kind: &'static str) -> Cell {
    let Some(capability) = profile.capability(kind) else {
        let support = match profile.semantics.unknown.policy {
            _ if is_port(kind) => Support::Full,
            UnknownNodePolicy::Refused => Support::Refused,
            UnknownNodePolicy::Cut | UnknownNodePolicy::Bypassed => Support::Dropped,
        };
        return Cell {
            support,
            becomes: "",
            ignored: Vec::new(),
            demands: Vec::new(),
            notes: Vec::new(),
            evidence: "",
        };
    };
    let never = capability.demands.iter().any(|demand| demand.what == Requirement::Never);
    let support = match capability.demands {
        [] => Support::Full,
        _ if never => Support::Refused,
        _ => Support::Conditional,
    };
    Cell {
        support,
        becomes: capability.becomes,
        ignored: if never { Vec::new() } else { ignored(profile, kind) },
        demands: capability.demands.iter().map(|demand| demand.reason).collect(),
        notes: capability.notes.to_vec(),
        evidence: capability.evidence,
    }
}

/// What a chip does with each of [`kinds`], in their order.
#[must_use]
pub fn chip_cells(chip: &Chip) -> Vec<Cell> {
    let cell = |kind| {
        let capability = chip.capability(kind);
        let support = match capability {
            Some(capability) if capability.demands.is_empty() => Support::Full,
            Some(_) => Support::Conditional,
            None if is_port(kind) => Support::Full,
            None => Support::Refused,
        };
        Cell {
            support,
            becomes: capability.map_or("", |found| found.becomes),
            ignored: Vec::new(),
            demands: capability.map_or(Vec::new(), |found| {
                found.demands.iter().map(|demand| demand.reason).collect()
            }),
            notes: capability.map_or(Vec::new(), |found| found.notes.to_vec()),
            evidence: capability.map_or("", |found| found.evidence),
        }
    };
    kinds().into_iter().map(cell).collect()
}

fn is_port(kind: &str) -> bool {
    matches!(kind, "Input" | "Output")
}

/// The declared fields of a neuron that the rule of a platform does not read and no demand fixes.
fn ignored(profile: &Profile, kind: &str) -> Vec<&'static str> {
    let Some(rule) = rule(&profile.semantics.neurons, kind) else { return Vec::new() };
    let demanded = |field: &str| {
        let capability = profile.capability(kind);
        capability.is_some_and(|found| found.demands.iter().any(|demand| fixes(demand.what, field)))
    };
    let fields = declaration(kind).map_or(&[][..], |declared| declared.fields).iter();
    let names = fields.map(|field| field.name);
    names.filter(|field| !reads(rule, field) && !demanded(field)).collect()
}

/// The rule of a platform for a kind of neuron.
fn rule<'a>(neurons: &'a Neurons, kind: &str) -> Option<&'a Rule> {
    match kind {
        "LI" => neurons.li.as_ref(),
        "IF" => neurons.r#if.as_ref(),
        "LIF" => neurons.lif.as_ref(),
        "CubaLIF" => neurons.cuba_lif.as_ref(),
        _ => None,
    }
}

/// Whether a requirement leaves a field no other value than the one that the rule has anyway.
fn fixes(what: Requirement, field: &str) -> bool {
    match what {
        Requirement::Equals(fixed, _)
        | Requirement::Zero(fixed)
        | Requirement::UnitGain(fixed, _)
        | Requirement::AllClose(fixed, _)
        | Requirement::Close(fixed, _) => fixed == field,
        _ => false,
    }
}

fn reads(rule: &Rule, field: &str) -> bool {
    match field {
        "r" => rule.uses(Term::R),
        "w_in" => rule.uses(Term::WIn),
        "v_leak" => rule.membrane.rest != Rest::Ignored,
        "v_reset" => rule.fire.is_none_or(|fire| fire.reset == Reset::VReset),
        _ => true,
    }
}
