//! A graph on a platform: what is asked of it, leaf by leaf.

use nirkit_engine::clocked::semantics::rule::Rule;
use nirkit_engine::clocked::semantics::{
    Ending, Order, Route, Semantics, SemanticsError, Time, UnknownNodePolicy, When,
};
use nirkit_ir::facts::{Leaf, LeafId};
use nirkit_ir::primitive::GRAPH_KIND;
use nirkit_ir::{Code, Diagnostic, Facts, Graph, Node, Place, Primitive, Severity};

use super::walked::Walked;
use super::{Finding, NodeReport, Verdict, demand, field, map, neuron, reader, remedy};
use crate::phrase::brief;
use crate::profile::{Choices, Dt, Profile};

/// The code of a refusal.
pub(super) fn code(when: When) -> Code {
    match when {
        When::Import => Code::PlatformRefuses,
        When::FirstStep => Code::RaisesAtFirstStep,
        When::Never => Code::NeverEnds,
    }
}

/// A graph on a platform.
pub(super) struct Case<'a> {
    pub(super) profile: &'a Profile,
    pub(super) graph: &'a Graph,
    pub(super) facts: &'a Facts,
    pub(super) choices: Choices,
    pub(super) semantics: &'a Semantics,
    /// How the platform walks the graph.
    pub(super) route: Result<Route, Ending>,
    /// What the walk makes of each leaf.
    pub(super) walked: Vec<Walked>,
}

/// A leaf on a platform.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) leaf: &'a Leaf,
    pub(super) primitive: &'a Primitive,
    pub(super) walked: Walked,
}

impl<'a> Case<'a> {
    /// What the platform takes for the time step, against what was asked for.
    pub(super) fn check_time(&self, findings: &mut Vec<Finding>) {
        let name = self.profile.name;
        let (message, help, verdict) = match (self.profile.dt, self.choices.dt) {
            (Dt::Fixed(dt), Some(asked)) if !is_close(dt, asked) => (
                format!("{name} computes with dt = {} s, not {} s", brief(dt), brief(asked)),
                "the number is written into its code; scale the time constants of the file",
                Verdict::Reinterpreted,
            ),
            (Dt::Fixed(dt), _) => (
                format!("{name} computes with dt = {} s", brief(dt)),
                "the number is written into its code",
                Verdict::Assumed,
            ),
            (Dt::Option(dt), None) => (
                format!("{name} computes with dt = {} s unless told otherwise", brief(dt)),
                "give `--dt`",
                Verdict::Assumed,
            ),
            (Dt::Counted, None) => (
                format!("{name} takes time constants for numbers of steps"),
                "give `--dt` to divide them by it, as its users do after the import",
                Verdict::Reinterpreted,
            ),
            (Dt::Derived, None) => (
                format!("{name} derives a time step for each layer, min(tau_mem / (1 + r))"),
                "give `--dt` to overwrite it, as its users do after the import",
                Verdict::Reinterpreted,
            ),
            (Dt::Option(_) | Dt::Counted | Dt::Derived, Some(_)) => return,
        };
        let diagnostic = Diagnostic::new(Code::DtAssumed, Place::root(), message).help(help);
        let matters = verdict == Verdict::Reinterpreted && self.has_time();
        findings.push(Finding { verdict, ends: None, matters, diagnostic });
    }

    /// Whether a time constant is read anywhere.
    pub(super) fn has_time(&self) -> bool {
        let reads_time = |primitive: &Primitive| {
            matches!(
                primitive,
                Primitive::Li(_) | Primitive::Lif(_) | Primitive::CubaLi(_) | Primitive::CubaLif(_)
            )
        };
        self.facts.iter().any(|(id, _)| self.primitive(id).is_some_and(reads_time))
    }

    pub(super) fn check_leaf(&self, id: LeafId, leaf: &'a Leaf, findings: &mut Vec<Finding>) {
        let Some(primitive) = self.primitive(id) else { return };
        let walked = self.walked[id.index()];
        let subject = Subject { leaf, primitive, walked };
        reader::check(self, &subject, findings);
        if let Some(policy) = self.profile.policy(primitive) {
            // A chain does not see what it does not lead to.
            let is_seen = policy != UnknownNodePolicy::Refused
                || demand::is_reached(self, &subject, When::Import);
            if !walked.fused && is_seen {
                findings.push(self.unknown(policy, primitive.kind(), self.place(leaf)));
            }
            return;
        }
        demand::check(self, &subject, findings);
        match self.rule(id) {
            Some(rule) => neuron::check(self, &subject, rule, findings),
            None => map::check(self, &subject, findings),
        }
    }

    /// Nested graphs, which are no leaves.
    pub(super) fn check_nested(
        &self,
        graph: &Graph,
        prefix: &str,
        place: &Place,
        findings: &mut Vec<Finding>,
    ) {
        for (_, name, node) in graph.nodes.iter() {
            let Primitive::Graph(inner) = &node.primitive else { continue };
            let place = place.node(name);
            if let Some(policy) = self.profile.policy(&node.primitive) {
                findings.push(self.unknown(policy, GRAPH_KIND, place));
                continue;
            }
            self.check_nested(inner, &format!("{prefix}{name}."), &place, findings);
        }
    }

    /// A node of a kind that the platform does not know.
    pub(super) fn unknown(&self, policy: UnknownNodePolicy, kind: &str, place: Place) -> Finding {
        let reason = self.profile.unknown.replace("{kind}", kind);
        let reason = reason.replace("{class}", &field::class(kind));
        let message = format!("{}: {reason}", self.profile.name);
        let (code, verdict) = match policy {
            UnknownNodePolicy::Refused => (Code::PlatformRefuses, Verdict::Refused),
            UnknownNodePolicy::Cut | UnknownNodePolicy::Bypassed => {
                (Code::NodeDropped, Verdict::Dropped)
            }
        };
        Finding {
            verdict,
            ends: (verdict == Verdict::Refused).then_some(When::Import),
            matters: true,
            diagnostic: Diagnostic::new(code, place, message)
                .help(remedy::of_kind(self.profile, kind)),
        }
    }

    /// Whatever does not fit together once the platform has taken its nodes.
    pub(super) fn check_shapes(&self, findings: &mut Vec<Finding>) {
        let errors = self.profile.prepare(self.graph, self.facts, &self.choices).err();
        for error in errors.into_iter().flatten() {
            let id = self.facts.find(node_of(&error));
            let place = id.map(|id| self.place(self.facts.leaf(id))).unwrap_or_default();
            let (words, plain) = (self.words(&error), error.to_string());
            let message = format!("{}: {words}", self.profile.name);
            let diagnostic = Diagnostic::new(Code::RaisesAtFirstStep, place, message);
            let diagnostic = if words == plain { diagnostic } else { diagnostic.help(plain) };
            let (verdict, ends) = (Verdict::Refused, Some(When::FirstStep));
            findings.push(Finding { verdict, ends, matters: true, diagnostic });
        }
    }

    /// An error in the words of the package, as far as they are known.
    pub(super) fn words(&self, error: &SemanticsError) -> String {
        let id = self.facts.find(node_of(error));
        if let SemanticsError::Channels { source_node, target, .. } = error
            && self.semantics.execution.order == Order::DepthFirst
            && self.is_joined(source_node, target)
        {
            return "RuntimeError: stack expects each tensor to be equal size, but got …"
                .to_owned();
        }
        let target = id.and_then(|id| self.primitive(self.behind_flatten(id)));
        let words = target.and_then(|target| self.misfit(error, target));
        words.unwrap_or_else(|| error.to_string())
    }

    /// The first node behind any number of Flatten, which take every shape.
    pub(super) fn behind_flatten(&self, mut id: LeafId) -> LeafId {
        for _ in 0..self.walked.len() {
            let next = self.facts.leaf(id).targets.first();
            match (self.primitive(id), next) {
                (Some(Primitive::Flatten(_)), Some(&next)) => id = next,
                _ => break,
            }
        }
        id
    }

    /// Whether a node adds others to what it first gets from a source. What comes a step late is not
    /// there in the first step, and its turn comes only if that step succeeds.
    pub(super) fn is_joined(&self, source: &str, target: &str) -> bool {
        let connections = self.route.as_ref().map_or(&[][..], |route| &route.connections);
        let mut entering = connections.iter().filter(|connection| connection.target == target);
        entering.any(|connection| connection.source != source && connection.later.is_none())
    }

    /// What PyTorch or JAX says where channels do not fit; `None` for other errors and libraries.
    pub(super) fn misfit(&self, error: &SemanticsError, target: &Primitive) -> Option<String> {
        let last = |shape: &[usize]| shape.last().copied().unwrap_or(1);
        let (outputs, inputs) = match error {
            SemanticsError::Channels { outputs, inputs, .. } => (*outputs, *inputs),
            SemanticsError::Shape { output, input, .. } => (last(output), last(input)),
            _ => return None,
        };
        let has_window = matches!(target, Primitive::SumPool2d(_) | Primitive::AvgPool2d(_));
        let is_matrix = matches!(target, Primitive::Affine(_) | Primitive::Linear(_));
        let is_convolution = matches!(target, Primitive::Conv1d(_) | Primitive::Conv2d(_));
        match self.semantics.execution.order {
            Order::SourcesFirst => return None,
            Order::Chain(_) if is_matrix => {
                return Some("TypeError: dot_general requires …".into());
            }
            Order::Chain(_) if is_convolution => {
                return Some("ValueError: conv_general_dilated …".into());
            }
            Order::Chain(_) => {
                let words = "TypeError: add got incompatible shapes for broadcasting: …";
                return Some(words.into());
            }
            Order::DepthFirst | Order::Deferred => {}
        }
        Some(if is_matrix {
            format!(
                "RuntimeError: …mat1 and mat2 shapes cannot be multiplied (…x{outputs} and {inputs}x…"
            )
        } else if is_convolution {
            "RuntimeError: …input…".to_owned()
        } else if has_window && matches!(error, SemanticsError::Shape { .. }) {
            "RuntimeError: …input size…".to_owned()
        } else {
            "RuntimeError: The size of tensor a (…) must match the size of tensor b (…) at \
             non-singleton dimension …"
                .to_owned()
        })
    }

    /// Every leaf with its place.
    pub(super) fn nodes(&self) -> Vec<(NodeReport, Place)> {
        let report = |(id, leaf): (LeafId, &Leaf)| {
            let kind = self.primitive(id).map_or("", Primitive::kind).to_owned();
            let becomes = self.profile.capability(&kind).map_or("", |found| found.becomes);
            let (name, verdict) = (leaf.name.clone(), Verdict::Fine);
            (NodeReport { name, kind, becomes, verdict }, self.place(leaf))
        };
        self.facts.iter().map(report).collect()
    }

    pub(super) fn primitive(&self, id: LeafId) -> Option<&'a Primitive> {
        self.facts.primitive(self.graph, id)
    }

    /// The node of a leaf.
    pub(super) fn node(&self, leaf: &Leaf) -> Option<&'a Node> {
        let mut found = None;
        let mut level = Some(self.graph);
        for &id in &leaf.path {
            let (_, node) = level?.nodes.at(id)?;
            level = node.primitive.as_graph();
            found = Some(node);
        }
        found
    }

    /// The rule of a neuron; `None` for what is none.
    pub(super) fn rule(&self, id: LeafId) -> Option<&Rule> {
        let walked = self.walked[id.index()];
        let neurons = &self.semantics.neurons;
        if walked.takes_threshold {
            return neurons.threshold_li.as_ref();
        }
        neurons.rule(self.primitive(id)?, walked.recurrent, self.facts.leaf(id).inputs())
    }

    /// The place of a leaf in the graph.
    pub(super) fn place(&self, leaf: &Leaf) -> Place {
        let mut place = Place::root();
        let mut level = Some(self.graph);
        for &id in &leaf.path {
            let Some((name, node)) = level.and_then(|graph| graph.nodes.at(id)) else { break };
            place = place.node(name);
            level = node.primitive.as_graph();
        }
        place
    }

    /// The time step in seconds that the platform computes with; `None` where it has none.
    pub(super) fn dt(&self) -> Option<f64> {
        match self.semantics.time {
            Time::Step(dt) => Some(dt),
            Time::Counted | Time::PerLayer => None,
        }
    }

    /// A finding that something is lost.
    pub(super) fn loss(
        &self,
        verdict: Verdict,
        code: Code,
        place: Place,
        message: &str,
    ) -> Finding {
        let message = format!("{} {message}", self.profile.name);
        let help = remedy::of_loss(code, place.field.as_deref());
        let diagnostic = Diagnostic::new(code, place, message).help(help);
        Finding { verdict, ends: None, matters: true, diagnostic }
    }

    /// A remark on which nothing depends that the file says.
    pub(super) fn remark(&self, code: Code, place: Place, message: &str) -> Finding {
        let message = format!("{} {message}", self.profile.name);
        let mut diagnostic = Diagnostic::new(code, place, message);
        diagnostic.severity = Severity::Note;
        Finding { verdict: Verdict::Assumed, ends: None, matters: false, diagnostic }
    }
}

/// Full name of the node that an error is about; empty for none.
pub(super) fn node_of(error: &SemanticsError) -> &str {
    match error {
        SemanticsError::ForeignFacts { node }
        | SemanticsError::Uneven { node }
        | SemanticsError::NoRule { node, .. }
        | SemanticsError::Window { node, .. }
        | SemanticsError::DelayedBias { node }
        | SemanticsError::NoNeuronInCycle { node }
        | SemanticsError::NoNeuronBehind { node, .. }
        | SemanticsError::DelayTooLong { node, .. }
        | SemanticsError::NoFiniteWeight { node, .. }
        | SemanticsError::Shape { target: node, .. }
        | SemanticsError::Channels { target: node, .. } => node.as_str(),
        _ => "",
    }
}

/// Whether two numbers are the same but for a few roundings in single precision.
pub(super) fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-5 * a.abs().max(b.abs())
}
