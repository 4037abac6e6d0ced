//! The values of the vocabulary, each as a change of a candidate.

mod graph;
mod rule;

use nirkit_engine::clocked::{Precision, Timing};

use super::candidate::{Candidate, Step};

pub(super) use graph::{execution, kinds, maps, with_kind};
pub(super) use rule::{between, rule};

/// A value of the vocabulary.
pub(super) struct Move {
    /// Its key, as in a platform file: `neurons.lif.membrane.form`.
    pub(super) key: String,
    /// The value, for the reader.
    pub(super) value: String,
    apply: Box<dyn Fn(&mut Candidate)>,
}

impl Move {
    /// Returns the candidate with this value.
    pub(super) fn of(&self, candidate: &Candidate) -> Candidate {
        let mut changed = *candidate;
        (self.apply)(&mut changed);
        changed
    }
}

/// A list of moves that grows.
#[derive(Default)]
struct Moves(Vec<Move>);

impl Moves {
    #[expect(clippy::needless_pass_by_value, reason = "most values are made for this call")]
    fn add(&mut self, key: &str, value: impl ToString, apply: impl Fn(&mut Candidate) + 'static) {
        self.0.push(Move { key: key.to_owned(), value: value.to_string(), apply: Box::new(apply) });
    }
}

/// The moves of what all layers share.
pub(super) fn shared() -> Vec<Move> {
    let mut moves = Moves::default();
    for precision in [Precision::F32, Precision::F64] {
        moves.add("precision", precision, move |c| c.semantics.precision = precision);
    }
    for arrival in [Timing::Same, Timing::Next] {
        moves.add("maps.arrival", arrival, move |c| c.semantics.maps.arrival = arrival);
    }
    for truth in [false, true] {
        moves.add("maps.truth_only", truth, move |c| c.semantics.maps.truth_only = truth);
    }
    let steps = [
        Step::Given,
        Step::Fixed(1.0),
        Step::Fixed(1e-3),
        Step::Fixed(1e-4),
        Step::Counted,
        Step::PerLayer,
    ];
    for step in steps {
        let value = match step {
            Step::Given => "option".to_owned(),
            Step::Fixed(dt) => format!("fixed = {dt}"),
            Step::Counted => "counted".to_owned(),
            Step::PerLayer => "derived".to_owned(),
        };
        moves.add("dt", value, move |c| c.step = step);
    }
    moves.0
}
