//! Because of which choices two runs part.
//!
//! The choices in which two semantics differ are switched in the first, one at a time and then
//! together, to those of the second. A set of choices accounts for the first difference if with it
//! the first run agrees with the second up to and with the step of that difference. It accounts for
//! the share of the distance that it takes away.

use std::collections::BTreeSet;

use nirkit_engine::clocked::semantics::{Connection, Program, Semantics, route};

use super::canonical::{canonical, placed};
use super::choice::Choice;
use super::measure::Difference;
use super::recorded::Recorded;
use super::{CompareError, Setup, Variant};

/// The most choices that are switched together to account for the first difference, before all are.
const TOGETHER: usize = 3;

/// The choices that are factors of one product.
const GAINS: [Choice; 3] = [Choice::Gain, Choice::R, Choice::WIn];

/// Because of which choices two runs part.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Every choice in which the two differ and which, by itself, changes a spike, with what each
    /// of them chooses.
    pub differing: Vec<(Choice, [String; 2])>,
    /// The smallest sets of choices that account for the first difference, each for itself; empty
    /// if there is none.
    pub first: Vec<Vec<Choice>>,
    /// Choices in the order in which, switched one after the other, they take away most of the
    /// distance.
    pub total: Vec<Attribution>,
}

/// What a choice takes away of the distance, together with those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// The choice.
    pub choice: Choice,
    /// The share of the distance that it takes away by itself; negative if it adds to it.
    pub alone: f64,
    /// The share that is taken away by this choice and all before it in the list.
    pub together: f64,
}

/// Finds the cause of the difference of two variants.
pub fn cause(
    setup: &Setup<'_>,
    a: &Variant,
    b: &Variant,
    difference: &Difference,
) -> Result<Cause, CompareError> {
    let switch = Switch::new(setup, a, b)?;
    let differing = switch.differing()?;
    let choices: Vec<Choice> = differing.iter().map(|(choice, _)| *choice).collect();
    let first = match &difference.first {
        Some(first) => switch.first(&choices, first.step)?,
        None => Vec::new(),
    };
    let total = switch.total(&choices, difference.distance())?;
    Ok(Cause { differing, first, total })
}

/// Two semantics between which choices are switched.
struct Switch<'a> {
    setup: &'a Setup<'a>,
    a: &'a Variant,
    /// The first, with its own arithmetic.
    own: Semantics,
    /// Both in canonical form.
    forms: [Semantics; 2],
    programs: [Recorded<'a>; 2],
    /// Every choice that can be switched.
    all: Vec<Choice>,
}

impl<'a> Switch<'a> {
    fn new(setup: &'a Setup<'a>, a: &'a Variant, b: &'a Variant) -> Result<Self, CompareError> {
        let place = |semantics| placed(semantics, setup.graph, setup.facts);
        let own = place(&a.semantics);
        let forms = [canonical(&own), canonical(&place(&b.semantics))];
        let programs = [setup.program(a)?, setup.program(b)?];
        let programs = programs.map(|program| Recorded::new(setup, program));
        // A difference of structure and one of order are switched by the same values.
        let twin = if has_same_structure(setup, a, b) { Choice::Structure } else { Choice::Order };
        let all = Choice::ALL.into_iter().filter(|&choice| choice != twin).collect();
        Ok(Self { setup, a, own, forms, programs, all })
    }

    /// Every choice in which the two differ and which changes a spike, with what each chooses.
    fn differing(&self) -> Result<Vec<(Choice, [String; 2])>, CompareError> {
        let [a, b] = &self.forms;
        let mut differing = Vec::new();
        let gains_agree = self.gains_agree()?;
        for &choice in &self.all {
            if gains_agree && GAINS.contains(&choice) {
                continue;
            }
            let differ = choice == Choice::Arithmetic || choice.differs(a, b);
            if differ && self.matters(choice)? {
                differing.push((choice, [choice.say(a), choice.say(b)]));
            }
        }
        Ok(differing)
    }

    /// Whether the factors of the gains differ but their products do not: a file that is written for
    /// one time step has `r dt / tau = 1`, and it is all the same whether a platform reads it.
    fn gains_agree(&self) -> Result<bool, CompareError> {
        let [a, _] = &self.forms;
        let own = Variant { title: self.a.title.clone(), semantics: *a };
        let own = Recorded::new(self.setup, self.setup.program(&own)?);
        Ok(!self.parts_until(&GAINS, &own, self.setup.steps)?)
    }

    /// Whether switching a choice changes a spike of the first run, or leaving it of the second.
    fn matters(&self, choice: Choice) -> Result<bool, CompareError> {
        let last = self.setup.steps;
        if self.parts_until(&[choice], &self.programs[0], last)? {
            return Ok(true);
        }
        let others: Vec<Choice> =
            self.all.iter().copied().filter(|&other| other != choice).collect();
        self.parts_until(&others, &self.programs[1], last)
    }

    /// Whether the first semantics with these choices of the second parts from another up to and with a step.
    fn parts_until(
        &self,
        choices: &[Choice],
        other: &Recorded<'_>,
        last: usize,
    ) -> Result<bool, CompareError> {
        match self.program(choices)? {
            Some(switched) => Recorded::new(self.setup, switched).parts_until(other, last),
            None => self.programs[1].parts_until(other, last),
        }
    }

    /// The first semantics with these choices of the second. Without [`Choice::Arithmetic`] it keeps
    /// the arithmetic of the first as far as the choices allow; with every choice it is the second, which is `None`.
    fn program(&self, choices: &[Choice]) -> Result<Option<Program>, CompareError> {
        if self.all.iter().all(|choice| choices.contains(choice)) {
            return Ok(None);
        }
        let reshapes = choices.iter().any(|choice| choice.is_canonical())
            || choices.contains(&Choice::Arithmetic);
        let mut semantics = if reshapes { self.forms[0] } else { self.own };
        for choice in choices {
            choice.copy(&self.forms[1], &mut semantics);
        }
        let title = format!("{} with {} switched", self.a.title, names(choices));
        self.setup.program(&Variant { title, semantics }).map(Some)
    }

    /// The smallest sets that account for the first difference.
    fn first(&self, choices: &[Choice], step: usize) -> Result<Vec<Vec<Choice>>, CompareError> {
        for size in 1..=TOGETHER.min(choices.len()) {
            let mut found = Vec::new();
            for set in sets(choices, size) {
                if !self.parts_until(&set, &self.programs[1], step)? {
                    found.push(set);
                }
            }
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(vec![choices.to_vec()])
    }

    /// Takes away the distance choice by choice, at each turn the one that takes away most.
    fn total(&self, choices: &[Choice], distance: f64) -> Result<Vec<Attribution>, CompareError> {
        if distance == 0.0 {
            return Ok(Vec::new());
        }
        let mut alone = Vec::with_capacity(choices.len());
        for &choice in choices {
            alone.push((choice, self.share(&[choice], distance)?));
        }
        let mut order: Vec<Attribution> = Vec::new();
        let mut open = choices.to_vec();
        while !open.is_empty() && order.last().is_none_or(|attribution| attribution.together < 1.0)
        {
            let taken: Vec<Choice> = order.iter().map(|attribution| attribution.choice).collect();
            let mut best: Option<(usize, f64)> = None;
            for (at, &choice) in open.iter().enumerate() {
                let share = self.share(&[taken.as_slice(), &[choice]].concat(), distance)?;
                if best.is_none_or(|(_, most)| share > most) {
                    best = Some((at, share));
                }
            }
            let Some((at, together)) = best else { break };
            let choice = open.remove(at);
            let alone = alone.iter().find(|(other, _)| *other == choice).map_or(0.0, |(_, s)| *s);
            order.push(Attribution { choice, alone, together });
        }
        Ok(order)
    }

    /// The share of the distance that a set of choices takes away.
    fn share(&self, choices: &[Choice], distance: f64) -> Result<f64, CompareError> {
        let left = match self.program(choices)? {
            Some(switched) => Recorded::new(self.setup, switched).distance(&self.programs[1])?,
            None => 0.0,
        };
        Ok(1.0 - left / distance)
    }
}

/// Whether two variants run the same nodes and edges, in whatever order.
fn has_same_structure(setup: &Setup<'_>, a: &Variant, b: &Variant) -> bool {
    let structure = |variant: &Variant| {
        let route = route(setup.graph, setup.facts, &variant.semantics).ok()?;
        let nodes: BTreeSet<String> = route.order.iter().cloned().collect();
        let ends = |found: Connection| (found.source, found.target);
        let edges: BTreeSet<(String, String)> = route.connections.into_iter().map(ends).collect();
        Some((nodes, edges))
    };
    structure(a) == structure(b)
}

fn names(choices: &[Choice]) -> String {
    choices.iter().map(|choice| choice.name()).collect::<Vec<_>>().join(", ")
}

/// All sets of so many choices, in the order of the list.
fn sets(choices: &[Choice], size: usize) -> Vec<Vec<Choice>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, &choice) in choices.iter().enumerate() {
        for mut rest in sets(&choices[at + 1..], size - 1) {
            rest.insert(0, choice);
            all.push(rest);
        }
    }
    all
}
