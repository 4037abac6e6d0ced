//! Findings of lowerings, all in one form.

use std::collections::BTreeMap;

use nirkit_ir::facts::LeafId;
use nirkit_ir::{Code, Diagnostic, Place, Primitive};

use super::layers::Layers;
use super::{Design, Job, Limit, Limits, Lowering};
use crate::check::{Finding, NodeReport, Report, Verdict, remedy};

/// Collects what there is to say about a graph on a chip.
pub(super) struct Diagnostics<'a> {
    job: &'a Job<'a>,
    findings: Vec<Finding>,
}

impl<'a> Diagnostics<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        Self { job, findings: Vec::new() }
    }

    /// How much the chip has of everything.
    pub(super) fn limits(&self) -> Limits {
        self.job.chip.limits
    }

    /// The chip's tools stop, so that there is no network at all; with what they say and a way out.
    pub(super) fn refuse(&mut self, place: Place, says: &str, help: &str) {
        self.add(Verdict::Refused, Code::PlatformRefuses, place, &format!(": {says}"), help);
    }

    /// There are more ways between populations than anybody wants to follow.
    pub(super) fn refuse_tangled(&mut self, layers: &Layers) {
        if layers.is_tangled {
            let says = "there are thousands of ways between populations";
            self.refuse(Place::root(), says, "join weights that stand side by side");
        }
    }

    /// The chip has less of something than the graph needs.
    pub(super) fn exceed(&mut self, place: Place, limit: &Limit, needed: usize, help: &str) {
        let (what, available, source) = (limit.what, limit.most(), limit.source);
        let message = format!(" has {available} {what}, the graph needs {needed} ({source})");
        self.add(Verdict::Refused, Code::DoesNotFit, place, &message, help);
    }

    /// The chip has nothing of the kind that the graph needs, though its arithmetic is defined.
    pub(super) fn misfit(&mut self, place: Place, message: &str, source: &str, help: &str) {
        let message = format!(" {message} ({source})");
        self.add(Verdict::Refused, Code::DoesNotFit, place, &message, help);
    }

    /// Something that the file says is lost or taken otherwise.
    pub(super) fn lose(&mut self, verdict: Verdict, place: Place, message: &str, help: &str) {
        let code = match verdict {
            Verdict::Ignored => Code::ParameterIgnored,
            _ => Code::ParameterReinterpreted,
        };
        self.add(verdict, code, place, &format!(" {message}"), help);
    }

    /// Nothing that enters can ever reach the neurons.
    pub(super) fn cut_off(&mut self, place: Place, message: &str, help: &str) {
        self.add(Verdict::Ignored, Code::NeverDriven, place, &format!(" {message}"), help);
    }

    /// The chip has one kind of reset.
    pub(super) fn reset(&mut self, place: Place, message: &str) {
        let help = "choose a chip that resets as the network was trained";
        self.add(Verdict::Reinterpreted, Code::ResetFixed, place, &format!(" {message}"), help);
    }

    fn add(&mut self, verdict: Verdict, code: Code, place: Place, message: &str, help: &str) {
        let message = format!("{}{message}", self.job.chip.name);
        let diagnostic = Diagnostic::new(code, place, message).help(help);
        self.findings.push(Finding { verdict, ends: None, matters: true, diagnostic });
    }

    /// Whether there can be a network in the chip's terms.
    pub(super) fn has_refused(&self) -> bool {
        let stops = |finding: &Finding| finding.diagnostic.code == Code::PlatformRefuses;
        self.findings.iter().any(stops)
    }

    /// What became of the graph: its design, or the reasons why its integers cannot be had, all with the same way out. `None` is a
    /// graph of which the reasons are said already.
    pub(super) fn lowering(
        mut self,
        design: Option<Result<Design, Vec<String>>>,
        help: &str,
    ) -> Lowering {
        let design = design.and_then(|design| {
            let refuse = |reasons: Vec<String>| {
                for reason in &reasons {
                    self.refuse(Place::root(), reason, help);
                }
            };
            design.map_err(refuse).ok()
        });
        Lowering { report: self.report(), design }
    }

    /// Everything that was said, refusals first, and what becomes of each node.
    fn report(self) -> Report {
        let platform = self.job.chip.title();
        let mut report =
            Report { platform, nodes: Vec::new(), findings: Vec::new(), no_verdict: None };
        add(self.job, &mut report, self.findings);
        report
    }
}

/// Adds findings to a report, refusals first, and says anew what becomes of each node.
pub(super) fn add(job: &Job<'_>, report: &mut Report, findings: Vec<Finding>) {
    report.findings.extend(findings);
    remedy::beside_nested(job.graph, &mut report.findings);
    report.findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    let mut worst: BTreeMap<&[String], Verdict> = BTreeMap::new();
    for finding in &report.findings {
        let verdict = worst.entry(&finding.diagnostic.place.nodes).or_insert(Verdict::Fine);
        *verdict = finding.verdict.max(*verdict);
    }
    let node = |id: LeafId| {
        let kind = job.primitive(id).map_or("", Primitive::kind).to_owned();
        let becomes = job.chip.capability(&kind).map_or("", |found| found.becomes);
        let nodes = job.place(id).nodes;
        let own = (1..=nodes.len()).filter_map(|depth| worst.get(&nodes[..depth]));
        let verdict = own.copied().max().unwrap_or(Verdict::Fine);
        NodeReport { name: job.leaf(id).name.clone(), kind, becomes, verdict }
    };
    report.nodes = job.facts.iter().map(|(id, _)| node(id)).collect();
}
