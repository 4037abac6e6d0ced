//! Where a layer stands on a platform: its rule, its numbers, and what is asked of its parameters.

use nirkit_engine::clocked::semantics::rule::Rule;
use nirkit_engine::clocked::semantics::{LayerNumbers, Semantics, layer_numbers};
use nirkit_ir::facts::Leaf;

use super::closed::{Closed, closed};
use super::draft::{Draft, Kind, RESET, TAU, TAU_SYN, THRESHOLD, W_IN};
use super::search::{next_down, next_up};
use crate::capability::{Capability, Level, Requirement};

/// Where a layer stands on the platform.
pub(super) struct Place<'a> {
    /// The layer, with the shape of what enters.
    pub(super) leaf: &'a Leaf,
    /// How the platform computes.
    pub(super) semantics: &'a Semantics,
    /// Whether the layer is recurrent as the platform sees it.
    pub(super) recurrent: bool,
    /// What the platform asks of such nodes.
    pub(super) capability: Option<&'a Capability>,
    /// What the platform asks of the LI that becomes the synapse of a CubaLIF, where it takes the two apart.
    pub(super) synapse: Option<&'a Capability>,
    /// The time step of the platform.
    pub(super) dt: f64,
}

impl Place<'_> {
    /// The numbers of a draft as the platform works them out.
    pub(super) fn numbers(&self, draft: &Draft) -> Option<LayerNumbers> {
        let primitive = draft.primitive()?;
        layer_numbers(&primitive, None, self.leaf, self.semantics, self.recurrent).ok()?
    }

    pub(super) fn closed(&self, draft: &Draft) -> Option<Vec<Closed>> {
        self.numbers(draft).map(|numbers| closed(&numbers))
    }

    /// The rule for a draft.
    pub(super) fn rule(&self, draft: &Draft) -> Option<Rule> {
        let primitive = draft.primitive()?;
        self.semantics.neurons.rule(&primitive, self.recurrent, self.leaf.inputs()).copied()
    }

    /// What a demand asks of a field, if one asks for numbers.
    pub(super) fn demanded(&self, draft: &Draft, field: usize) -> Option<Vec<f64>> {
        let name = Draft::FIELDS[field];
        let steps = |of: &str| {
            let at = if of == "tau_syn" { TAU_SYN } else { TAU };
            draft.fields[at].iter().map(|tau| tau / self.dt).collect::<Vec<f64>>()
        };
        let neurons = draft.fields[field].len();
        let of_level = |level: Level| match level {
            Level::Number(x) => Some(vec![x; neurons]),
            Level::Steps(of) => Some(steps(of)),
            Level::PerStep => Some(vec![1.0 / self.dt; neurons]),
            Level::Field("v_reset") => Some(draft.fields[RESET].clone()),
            Level::Field(_) => None,
        };
        if let (W_IN, Kind::CubaLif, Some(synapse)) = (field, draft.kind, self.synapse) {
            return synapse.demands.iter().find_map(|demand| match demand.what {
                Requirement::Equals("r", x) => Some(vec![x; neurons]),
                _ => None,
            });
        }
        self.capability?.demands.iter().find_map(|demand| match demand.what {
            Requirement::Equals(of, x) if of == name => Some(vec![x; neurons]),
            Requirement::AllClose(of, level) if of == name => of_level(level),
            // The last level is that of neurons whose input counts in full.
            Requirement::Close(of, levels) if of == name => of_level(*levels.last()?),
            Requirement::UnitGain(of, tau) if of == name => Some(steps(tau)),
            Requirement::Zero(of) if of == name => Some(vec![0.0; neurons]),
            _ => None,
        })
    }

    /// A time constant within what the platform takes.
    pub(super) fn within(&self, draft: &Draft, field: usize, tau: f64) -> f64 {
        let is_it =
            |of: &str| of == Draft::FIELDS[field] || field == TAU && draft.kind.tau() == Some(of);
        let demands = self.capability.map_or(&[][..], |capability| capability.demands);
        demands.iter().fold(tau, |tau, demand| match demand.what {
            Requirement::AtLeastSteps(of, steps) if is_it(of) => {
                let end = steps * self.dt;
                // A number of the file that is not beyond the end.
                let held = draft.grain.round(end);
                tau.max(if held < end { next_up(draft.grain, held) } else { held })
            }
            Requirement::AtMostSteps(of, steps) if is_it(of) => {
                let end = steps * self.dt;
                let held = draft.grain.round(end);
                tau.min(if held > end { next_down(draft.grain, held) } else { held })
            }
            _ => tau,
        })
    }

    pub(super) fn is_uniform(&self, field: usize, kind: Kind) -> bool {
        let name = Draft::FIELDS[field];
        let is_it = |of: &str| of == name || (field == TAU && kind.tau() == Some(of));
        self.capability.is_some_and(|capability| {
            capability.demands.iter().any(|demand| match demand.what {
                Requirement::Uniform(of) => is_it(of),
                Requirement::OneDividedThreshold => field == THRESHOLD,
                _ => false,
            })
        })
    }
}
