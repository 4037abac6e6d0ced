//! What NIR does not specify and a file leaves open, with the candidates for each.

use nirkit::escape;
use nirkit::ir::open::{Candidate, Open, Source};
use serde::Serialize;

/// The candidates for what NIR does not specify.
#[derive(Serialize)]
pub(super) struct OpenInfo {
    dt: Vec<CandidateInfo>,
    reset: Vec<CandidateInfo>,
    spike: Vec<CandidateInfo>,
    start: Vec<CandidateInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_unit: Vec<CandidateInfo>,
}

#[derive(Serialize)]
struct CandidateInfo {
    value: String,
    source: &'static str,
    evidence: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    effect: String,
}

impl OpenInfo {
    pub(super) fn of(open: &Open) -> Self {
        let dt = open.dt.iter().map(|dt| CandidateInfo::of(dt, |dt| format!("{dt} s")));
        Self {
            dt: dt.collect(),
            reset: named(&open.reset),
            spike: named(&open.spike),
            start: named(&open.start),
            time_unit: named(&open.time_unit),
        }
    }

    pub(super) fn print(&self) -> String {
        let line = |c: &CandidateInfo| {
            let effect = if c.effect.is_empty() { "" } else { ": " };
            let line = format!("  {} ({}){effect}{}", c.value, c.evidence, c.effect);
            escape::line(&line).into_owned() + "\n"
        };
        let questions = [
            ("time step", &self.dt),
            ("reset", &self.reset),
            ("what a spike is", &self.spike),
            ("state at the start", &self.start),
            ("unit of times", &self.time_unit),
        ];
        let asked = questions.into_iter().filter(|(_, candidates)| !candidates.is_empty());
        let told = asked.map(|(question, candidates)| {
            let list: String = candidates.iter().map(line).collect();
            format!("\n{question}, not part of NIR; candidates:\n{list}")
        });
        told.collect()
    }
}

impl CandidateInfo {
    fn of<T>(candidate: &Candidate<T>, show: impl Fn(&T) -> String) -> Self {
        let source = match candidate.source {
            Source::Metadata => "metadata",
            Source::Numbers => "numbers",
            Source::Convention => "convention",
        };
        let (evidence, effect) = (candidate.evidence.clone(), candidate.effect.clone());
        Self { value: show(&candidate.value), source, evidence, effect }
    }
}

fn named(candidates: &[Candidate<String>]) -> Vec<CandidateInfo> {
    candidates.iter().map(|candidate| CandidateInfo::of(candidate, Clone::clone)).collect()
}
