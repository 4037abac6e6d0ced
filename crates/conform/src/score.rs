//! Judges what a driver answers.

use serde::Serialize;

use crate::array::Array;
use crate::driver::{Answer, DriverError, Reply};
use crate::lag::lag;
use crate::suite::{Answers, Case, Exact, Expected, Follows, Level, MOST_LAG, is_near};

/// How an answer compares with what is right, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Every spike of the ideal in its step; or a graph refused that has to be.
    Equal,
    /// The same, later by the same number of steps everywhere.
    ConstantLag,
    /// What a sound discretisation gives, or as near to the ideal as they are.
    Bounded,
    /// The graph was refused.
    Refused,
    /// Something else, and the simulator said that something is not as in the file.
    Wrong,
    /// Something else, without a word.
    SilentlyWrong,
    /// The driver failed: no answer, or one that cannot be read.
    Failed,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 7] = [
        Self::Equal,
        Self::ConstantLag,
        Self::Bounded,
        Self::Refused,
        Self::Wrong,
        Self::SilentlyWrong,
        Self::Failed,
    ];

    /// Its name, for the reader.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::ConstantLag => "constant lag",
            Self::Bounded => "bounded",
            Self::Refused => "refused",
            Self::Wrong => "wrong",
            Self::SilentlyWrong => "silently wrong",
            Self::Failed => "failed",
        }
    }

    /// Points for an answer. Refusing is better than a wrong answer, and a silent wrong answer is the worst.
    #[must_use]
    pub fn points(self) -> f64 {
        match self {
            Self::Equal | Self::ConstantLag | Self::Bounded => 1.0,
            Self::Refused => 0.0,
            Self::Wrong | Self::Failed => -0.5,
            Self::SilentlyWrong => -1.0,
        }
    }

    /// Whether the answer is right.
    #[must_use]
    pub fn is_right(self) -> bool {
        self <= Self::Bounded
    }
}

/// Where an answer first differs from the ideal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct First {
    /// The node, or the Output where nothing is known of nodes.
    pub node: String,
    /// The step, counted from 0.
    pub step: usize,
    /// The channel in C order.
    pub channel: usize,
    /// What the ideal has there.
    pub expected: f64,
    /// What was answered; `None` for what is no number.
    pub found: Option<f64>,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// Name of the case.
    pub case: String,
    /// What it is about.
    pub level: Level,
    /// What it asks.
    pub asks: String,
    /// How the answer compares.
    pub class: Class,
    /// More about it: the lag, the choices, the refusal, the error.
    pub detail: String,
    /// What the simulator said.
    pub told: Vec<String>,
    /// The first difference from the ideal.
    pub first: Option<First>,
    /// Sets of choices that account for a wrong answer, the smallest first.
    pub causes: Vec<String>,
    /// Why the case is waived; it counts for nothing then.
    pub waiver: Option<String>,
}

impl Verdict {
    /// Whether the verdict is a finding: wrong, failed or refused, and not waived.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        !self.class.is_right() && self.waiver.is_none()
    }
}

/// Judges what a driver did with a case.
#[must_use]
pub fn judge(case: &Case, reply: Result<&Reply, &DriverError>) -> Verdict {
    let mut verdict = Verdict {
        case: case.name.clone(),
        level: case.level,
        asks: case.asks.clone(),
        class: Class::Failed,
        detail: String::new(),
        told: Vec::new(),
        first: None,
        causes: Vec::new(),
        waiver: None,
    };
    match (&case.expected, reply) {
        (_, Err(error)) => verdict.detail = error.to_string(),
        (Expected::Refusal(_), Ok(Reply::Refused(reason))) => {
            verdict.class = Class::Equal;
            verdict.detail = format!("refused, as it has to be: {reason}");
        }
        (Expected::Refusal(why), Ok(Reply::Answered(answer))) => {
            verdict.told.clone_from(&answer.told);
            verdict.class = wrong(answer);
            verdict.detail = format!("answered, and the graph has to be refused: {why}");
        }
        (Expected::Answers(_), Ok(Reply::Refused(reason))) => {
            verdict.class = Class::Refused;
            verdict.detail.clone_from(reason);
        }
        (Expected::Answers(answers), Ok(Reply::Answered(answer))) => {
            verdict.told.clone_from(&answer.told);
            compare(answers, answer, &mut verdict);
        }
    }
    verdict
}

fn wrong(answer: &Answer) -> Class {
    if answer.told.is_empty() { Class::SilentlyWrong } else { Class::Wrong }
}

fn compare(answers: &Answers, answer: &Answer, verdict: &mut Verdict) {
    let exact = &answers.exact;
    for (name, ideal) in &exact.outputs {
        // Outputs that are missing are errors of the protocol.
        let found = answer.outputs.get(name).map(|array| &array.shape);
        if found != Some(&ideal.shape) {
            verdict.class = wrong(answer);
            let found = found.map_or("nothing".to_owned(), |shape| format!("the shape {shape:?}"));
            verdict.detail =
                format!("the Output `{name}` has {found}, and has to have {:?}", ideal.shape);
            return;
        }
    }
    let arrays = |of: &dyn Fn(&str, &Array, &Array) -> bool| {
        exact.outputs.iter().all(|(name, ideal)| {
            answer.outputs.get(name).is_some_and(|found| of(name, ideal, found))
        })
    };
    let tolerance = |name: &str| exact.voltages.get(name).copied().unwrap_or(0.0);
    if arrays(&|name, ideal, found| is_near(ideal, found, tolerance(name))) {
        verdict.class = if exact.voltages.is_empty() { Class::Equal } else { Class::Bounded };
        if !exact.voltages.is_empty() {
            "within what sound discretisations differ by".clone_into(&mut verdict.detail);
        }
        return;
    }
    verdict.first = first(exact, answer);
    for steps in 1..=MOST_LAG {
        if arrays(&|name, ideal, found| lag(ideal, found, tolerance(name), steps) == Some(steps)) {
            verdict.class = Class::ConstantLag;
            verdict.detail = format!("{steps} {}", if steps == 1 { "step" } else { "steps" });
            return;
        }
    }
    let mut spread_of_all = Some(0);
    for clocked in &answers.clocked {
        let outputs = clocked.outputs.as_ref();
        let other = |name: &str| outputs.and_then(|outputs| outputs.get(name));
        let is_that = outputs.is_some()
            && arrays(&|name, _, found| {
                other(name).is_some_and(|other| {
                    is_near(other, found, tolerance(name))
                        || lag(other, found, tolerance(name), MOST_LAG).is_some()
                })
            });
        if is_that && clocked.follows == Follows::Departs {
            verdict.causes.push(clocked.name.clone());
        } else if is_that {
            verdict.class = Class::Bounded;
            verdict.detail = format!("as the clocked engine with {}", clocked.name);
            return;
        }
        if clocked.follows == Follows::Nir {
            for (name, ideal) in &exact.outputs {
                let spread = other(name).map_or(Some(0), |other| spread(ideal, other));
                spread_of_all = spread_of_all.zip(spread).map(|(a, b)| a.max(b));
            }
        }
    }
    if let Some(most) = spread_of_all.filter(|&most| most > 0)
        && exact.voltages.is_empty()
        && arrays(&|_, ideal, found| spread(ideal, found).is_some_and(|spread| spread <= most))
    {
        verdict.class = Class::Bounded;
        verdict.detail = format!("every spike within {most} steps, as sound discretisations are");
        return;
    }
    verdict.class = wrong(answer);
}

/// The first difference: of nodes if the driver tells them, sources first, else of Outputs.
fn first(exact: &Exact, answer: &Answer) -> Option<First> {
    let of_nodes = exact
        .nodes
        .iter()
        .filter_map(|(name, ideal)| first_of(name, ideal, answer.nodes.get(name)?, 0.0));
    let of_outputs = exact.outputs.iter().filter_map(|(name, ideal)| {
        let tolerance = exact.voltages.get(name).copied().unwrap_or(0.0);
        first_of(name, ideal, answer.outputs.get(name)?, tolerance)
    });
    // Of several in a step, the source comes first.
    let earliest = |firsts: &mut dyn Iterator<Item = First>| firsts.min_by_key(|first| first.step);
    earliest(&mut { of_nodes }).or_else(|| earliest(&mut { of_outputs }))
}

fn first_of(node: &str, ideal: &Array, found: &Array, tolerance: f64) -> Option<First> {
    if ideal.shape != found.shape {
        return None;
    }
    // What is no number differs.
    let differs = |(a, b): (&f64, &f64)| {
        (a - b).abs().partial_cmp(&tolerance).is_none_or(std::cmp::Ordering::is_gt)
    };
    let at = ideal.values.iter().zip(&found.values).position(differs)?;
    let channels = ideal.channels().max(1);
    let found = found.values[at];
    Some(First {
        node: node.to_owned(),
        step: at / channels,
        channel: at % channels,
        expected: ideal.values[at],
        found: found.is_finite().then_some(found),
    })
}

/// The most steps by which a spike is early or late, if every channel has as many spikes; `None` if not.
fn spread(ideal: &Array, found: &Array) -> Option<usize> {
    if ideal.shape != found.shape {
        return None;
    }
    let channels = ideal.channels();
    let mut most = 0;
    for channel in 0..channels {
        let steps = |array: &Array| -> Option<Vec<usize>> {
            let mut steps = Vec::new();
            for (step, &count) in array.values.iter().skip(channel).step_by(channels).enumerate() {
                if count < 0.0 || count.fract() != 0.0 || count > 1e6 {
                    return None;
                }
                steps.extend(std::iter::repeat_n(step, count as usize));
            }
            Some(steps)
        };
        let (a, b) = (steps(ideal)?, steps(found)?);
        if a.len() != b.len() {
            return None;
        }
        most = a.iter().zip(&b).map(|(a, b)| a.abs_diff(*b)).fold(most, usize::max);
    }
    Some(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(values: &[f64]) -> Array {
        Array { shape: vec![values.len(), 1], values: values.to_vec() }
    }

    #[test]
    fn a_spread_needs_as_many_spikes() {
        let ideal = array(&[0.0, 1.0, 0.0, 0.0, 1.0]);
        assert_eq!(spread(&ideal, &array(&[0.0, 0.0, 1.0, 0.0, 1.0])), Some(1));
        assert_eq!(spread(&ideal, &array(&[0.0, 0.0, 1.0, 0.0, 0.0])), None);
        assert_eq!(spread(&ideal, &array(&[0.5, 0.5, 0.0, 0.0, 1.0])), None);
    }

    #[test]
    fn the_first_difference_is_told() {
        let first = first_of("n", &array(&[0.0, 1.0]), &array(&[0.0, f64::NAN]), 0.0).expect("one");
        assert_eq!((first.step, first.expected, first.found), (1, 1.0, None));
        assert_eq!(first_of("n", &array(&[0.0, 1.0]), &array(&[0.0, 1.05]), 0.1), None);
    }

    #[test]
    fn silence_about_a_difference_is_the_worst() {
        let worst = Class::ALL.into_iter().min_by(|a, b| a.points().total_cmp(&b.points()));
        assert_eq!(worst, Some(Class::SilentlyWrong));
    }
}
