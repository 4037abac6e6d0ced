//! The list of cases that the suite consists of, and how each is made.

use super::case::{Answers, Case, Expected};
use super::draft::Draft;
use super::draw::Draw;
use super::{answers, level};

/// What the answer of a case has to be like; its numbers are drawn until it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Every sound discretisation gives the answer of the ideal, and something spikes.
    Robust,
    /// This choice changes the answer.
    Sensitive(&'static str),
    /// Anything.
    Any,
}

/// A case that is to be made.
pub(crate) struct Plan {
    pub(crate) name: String,
    wants: Wants,
    make: Box<dyn Fn(&mut Draw) -> Draft>,
}

/// Draws that are tried until the answer is as it has to be.
const ATTEMPTS: u64 = 400;

/// Thresholds of a robust case can move by this share of themselves.
const ROBUST_MARGIN: f64 = 1e-3;

/// A list that grows.
#[derive(Default)]
pub(crate) struct Plans(pub(crate) Vec<Plan>);

impl Plans {
    /// Adds so many cases under a name with a number.
    pub(crate) fn several(
        &mut self,
        name: &str,
        count: usize,
        wants: Wants,
        make: impl Fn(&mut Draw) -> Draft + Clone + 'static,
    ) {
        for number in 1..=count {
            self.add(&format!("{name}_{number}"), wants, make.clone());
        }
    }

    /// Adds a case.
    pub(crate) fn add(
        &mut self,
        name: &str,
        wants: Wants,
        make: impl Fn(&mut Draw) -> Draft + 'static,
    ) {
        self.0.push(Plan { name: name.to_owned(), wants, make: Box::new(make) });
    }
}

/// Every case, by level.
pub(crate) fn plans() -> Vec<Plan> {
    let mut plans = Plans::default();
    level::read_or_refuse(&mut plans);
    level::primitives(&mut plans);
    level::maps(&mut plans);
    level::corners(&mut plans);
    level::graphs(&mut plans);
    level::trained(&mut plans);
    plans.0
}

impl Plan {
    /// Makes the case.
    pub(crate) fn case(&self) -> Result<Case, nirkit::Error> {
        let named = |error: nirkit::Error| error.about(&self.name);
        let mut last = None;
        for attempt in 0..ATTEMPTS {
            let mut draft = (self.make)(&mut Draw::of_name(&self.name, attempt));
            draft.name.clone_from(&self.name);
            if let Some(reason) = draft.refusal.clone() {
                return Ok(case(draft, Expected::Refusal(reason)));
            }
            let found = answers::answers(&draft).map_err(named)?;
            let is_wanted = self.is_wanted(&found);
            last = Some(case(draft, Expected::Answers(found)));
            if is_wanted {
                break;
            }
        }
        match last {
            Some(Case { expected: Expected::Answers(found), name, .. })
                if self.wants != Wants::Any && !self.is_wanted(&found) =>
            {
                let wants = self.wants;
                Err(nirkit::Error::new(format!("{name}: no draw of {ATTEMPTS} is {wants:?}")))
            }
            Some(case) => Ok(case),
            None => Err(nirkit::Error::new(format!("{}: nothing was drawn", self.name))),
        }
    }

    fn is_wanted(&self, answers: &Answers) -> bool {
        match self.wants {
            Wants::Any => true,
            Wants::Sensitive(name) => answers.sensitive_to.iter().any(|found| found == name),
            Wants::Robust => {
                let is_lively = answers.exact.outputs.values().any(|array| array.sum() != 0.0);
                let has_room = answers.margin.is_none_or(|margin| margin >= ROBUST_MARGIN);
                is_lively && has_room && answers.is_robust()
            }
        }
    }
}

/// Computes the answers of a draft.
pub(crate) fn complete(draft: Draft) -> Result<Case, nirkit::Error> {
    let found = answers::answers(&draft)?;
    Ok(case(draft, Expected::Answers(found)))
}

fn case(draft: Draft, expected: Expected) -> Case {
    let primitives = draft.primitives();
    let Draft { name, level, asks, graph, inputs, dt, steps, spike, .. } = draft;
    Case { name, level, primitives, asks, graph, inputs, dt, steps, spike, expected }
}
