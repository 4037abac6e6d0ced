//! Asks a driver every case of a suite.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cause::causes;
use crate::driver::{Driver, DriverError, Hello, Question, Reply};
use crate::score::{Class, Verdict, judge};
use crate::suite::{Case, Expected, Level, Suite};

/// Failures one after the other after which a driver that never answered is not asked again.
const PATIENCE: usize = 3;

/// The same of a driver that answered before: some packages never end on some graphs.
const LONG_PATIENCE: usize = 12;

/// What a driver made of a suite.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// Who was asked.
    pub driver: Hello,
    /// Version of NIR of the suite.
    pub nir: String,
    /// Version of nirkit that made the suite.
    pub nirkit: String,
    /// Verdicts in the order of the suite.
    pub verdicts: Vec<Verdict>,
    /// What is wrong with the waivers.
    pub notes: Vec<String>,
}

/// How many cases ended in each class.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Cases, without those that are waived.
    pub cases: usize,
    /// Cases by class, without those that are waived.
    pub classes: BTreeMap<Class, usize>,
    /// Cases that are waived.
    pub waived: usize,
    /// Points in percent of those that a driver without fault has; below 0 where wrong answers outweigh.
    pub score: f64,
}

impl Scored {
    /// Counts the verdicts of a level, or all of them.
    #[must_use]
    pub fn totals(&self, level: Option<Level>) -> Totals {
        let mut totals = Totals::default();
        let mut points = 0.0;
        for verdict in
            self.verdicts.iter().filter(|verdict| level.is_none_or(|level| verdict.level == level))
        {
            if verdict.waiver.is_some() {
                totals.waived += 1;
                continue;
            }
            totals.cases += 1;
            *totals.classes.entry(verdict.class).or_default() += 1;
            points += verdict.class.points();
        }
        totals.score = 100.0 * points / totals.cases.max(1) as f64;
        totals
    }

    /// The levels that have cases.
    pub fn levels(&self) -> impl Iterator<Item = Level> + '_ {
        let has = |level: &Level| self.verdicts.iter().any(|verdict| verdict.level == *level);
        Level::ALL.into_iter().filter(has)
    }
}

/// Asks a driver every case, and judges the answers. The causes of wrong answers are looked for among the choices in which
/// simulators differ.
///
/// # Errors
///
/// The driver does not start, or it fails several times one after the other.
pub fn run(
    driver: &mut dyn Driver,
    suite: &Suite,
    mut done: impl FnMut(usize, usize),
) -> Result<Scored, DriverError> {
    let hello = driver.hello()?;
    let mut verdicts = Vec::new();
    let (mut failures, mut has_answered) = (0, false);
    for (at, case) in suite.cases.iter().enumerate() {
        let reply = ask(driver, case);
        match &reply {
            Ok(_) => (failures, has_answered) = (0, true),
            Err(error @ DriverError::Question(_)) => return Err(error.clone()),
            Err(error) => {
                failures += 1;
                if failures == if has_answered { LONG_PATIENCE } else { PATIENCE } {
                    return Err(error.clone());
                }
            }
        }
        verdicts.push(judged(case, reply.as_ref()));
        done(at + 1, suite.cases.len());
    }
    let (nir, nirkit) = (suite.file.nir.clone(), suite.file.nirkit.clone());
    Ok(Scored { driver: hello, nir, nirkit, verdicts, notes: Vec::new() })
}

/// Judges an answer, and looks for the causes if it is wrong.
pub(crate) fn judged(case: &Case, reply: Result<&Reply, &DriverError>) -> Verdict {
    let mut verdict = judge(case, reply);
    if let (Class::Wrong | Class::SilentlyWrong, Ok(Reply::Answered(answer)), Expected::Answers(_)) =
        (verdict.class, reply, &case.expected)
        && verdict.causes.is_empty()
    {
        verdict.causes = causes(case, answer);
    }
    verdict
}

/// Asks a driver one case.
///
/// # Errors
///
/// The driver fails.
pub fn ask(driver: &mut dyn Driver, case: &Case) -> Result<Reply, DriverError> {
    driver.ask(&Question {
        graph: &case.graph,
        inputs: &case.inputs,
        dt: case.dt,
        steps: case.steps,
    })
}
