//! An evaluation as a page shows it: what each platform finds for the samples of a set.

use nirkit_view::{Classified, Evaluation, Found};

use crate::choices::Choice;
use crate::error::Reason;
use crate::eval::{self, LabelledSet, Score};

/// What a page shows of an evaluation.
pub(super) fn evaluation(set: &LabelledSet, found: &[eval::Evaluation]) -> Evaluation {
    // Whatever has a score has classes for all labels; without a score they are not looked at.
    let label = |&label: &i64| usize::try_from(label).unwrap_or_default();
    Evaluation {
        labels: set.labels().iter().map(label).collect(),
        names: set.sample_names(),
        rows: found.iter().flat_map(rows).collect(),
    }
}

/// The row of a platform, or of each way in which it can run the graph.
fn rows(of: &eval::Evaluation) -> Vec<Classified> {
    let choices: Vec<[String; 3]> = of.choices.iter().map(choice).collect();
    if of.ways.is_empty() {
        return vec![Classified {
            name: of.platform.clone(),
            found: of.score.as_ref().map(score),
            reasons: reasons(&of.errors),
            notes: of.notes.clone(),
            choices,
        }];
    }
    let row = |way: &eval::WayScore| Classified {
        name: format!("{}, way {}", of.platform, way.number),
        found: way.score.as_ref().map(score),
        reasons: reasons(&way.errors),
        notes: way.notes.clone(),
        choices: choices.clone(),
    };
    of.ways.iter().map(row).collect()
}

fn choice(choice: &Choice) -> [String; 3] {
    [&choice.name, &choice.value, &choice.source].map(ToString::to_string)
}

fn score(score: &Score) -> Found {
    Found {
        classes: score.confusion.len(),
        of_sample: score.found.clone(),
        readout: score.readout.to_string(),
        spikes: score.output_spikes_per_sample,
        silent: score.silent,
        ties: score.ties,
    }
}

fn reasons(reasons: &[Reason]) -> Vec<(String, Option<String>)> {
    reasons.iter().map(|reason| (reason.message.clone(), reason.help.clone())).collect()
}
