//! As a released simulator would.

use std::sync::OnceLock;

use nirkit_engine::clocked::Timing;
use nirkit_engine::clocked::semantics::{Program, SemanticsError, Sums};
use nirkit_ir::{Facts, Graph};
use nirkit_numerics::{Shortest, Tensor};
use nirkit_platforms::{Choices as PlatformChoices, Profile, check};
use nirkit_run::{Request, Reset};

use super::batch::{Runner, record};
use super::unseen::{Unseen, of_simulator};
use super::{Engine, Ledger, Observed, Outcome, Prepared, Source, Task};
use crate::choices::{Choice, Choices};
use crate::error::{Error, ErrorKind};
use crate::eval::Answer;
use crate::rounding::{self, Affected};
use crate::settle::{self, Settled, Voice};
use crate::{bounds, doubt};

struct Simulator {
    profile: &'static Profile,
    choices: PlatformChoices,
    graph: Graph,
    facts: Facts,
    program: Program,
    /// The program with every layer in step, made when a readout asks for it.
    aligned: OnceLock<Result<Program, Error>>,
    observed: Observed,
    methods: Vec<String>,
    ways: usize,
    answer: Answer,
    voice: Voice,
}

/// The reset of a simulator, and where it comes from.
pub(crate) fn reset_of(
    profile: &Profile,
    (graph, facts): (&Graph, &Facts),
    choices: &PlatformChoices,
    asked: Option<Settled<Reset>>,
) -> Choice {
    let settled = profile.settled(graph, facts, choices);
    let mut kinds = facts.iter().filter_map(|(id, _)| Some(facts.primitive(graph, id)?.kind()));
    let has_choice = kinds.any(|kind| profile.free_reset.contains(&kind));
    let reset = settled.reset.filter(|_| has_choice);
    let reset = reset.map_or("the platform's".to_owned(), |reset| reset.to_string());
    let origin = match (asked, has_choice) {
        (Some(asked), true) => asked.source,
        (Some(asked), false) => {
            format!("the platform's own; {} ({}) has no effect", asked.value, asked.source)
        }
        (None, _) => "the platform's own".to_owned(),
    };
    Choice::new("reset", reset, origin)
}

pub(super) fn prepare(source: &Source<'_>, profile: &'static Profile) -> Result<Prepared, Error> {
    let Source { graph, facts, open, given } = source;
    given.only(profile.name, &["sums", "way"])?;
    let step = settle::platform_step(profile, given, open)?;
    let asked = settle::asked_reset(given, open);
    let choices = PlatformChoices {
        dt: step.value,
        reset: asked.as_ref().map(|reset| reset.value),
        sums: sums(given)?.unwrap_or_default(),
        ..PlatformChoices::default()
    };
    let mut ledger = Ledger { notes: admit(profile, graph, facts, &choices)?, ..Ledger::default() };
    ledger.push("platform", profile.title(), "given");
    ledger.push("package", profile.package, "the profile");
    let dt = step.value.map_or("none".to_owned(), |dt| Shortest(dt).to_string());
    ledger.push("dt", dt, step.source);
    ledger.notes.extend(step.note);
    ledger.choices.push(reset_of(profile, (graph, facts), &choices, asked));
    let ways = profile.ways(graph, facts, &choices);
    let (choices, program) = match given.other("way") {
        Some(number) => chosen_way(source, profile, (&choices, ways), number)?,
        None => first_way(source, profile, &choices, ways)?,
    };
    ledger.notes.extend(profile.ways_left_out(ways));
    if ways > 1 {
        let origin = match given.other("way") {
            Some(_) => "given",
            None => "chance: the first that runs",
        };
        ledger.push("way", format!("{} of {ways}", choices.way + 1), origin);
    }
    if given.other("sums").is_some() {
        ledger.push("sums", choices.sums, "given");
    }
    let mut engine =
        Simulator::new((*graph).clone(), (*facts).clone(), profile, choices, program, ways);
    engine.observed.dt = step.value;
    engine.voice = given.voice;
    let Ledger { choices, notes } = ledger;
    Ok(Prepared { engine: Box::new(engine), title: profile.title(), choices, notes })
}

/// The order of additions, if it is given.
fn sums(given: &Choices) -> Result<Option<Sums>, Error> {
    let order = given.other("sums").map(str::parse::<Sums>).transpose();
    order.map_err(|error| Error::new(error.to_string()).of_kind(ErrorKind::Choice))
}

/// What a platform loses of a graph, one sentence each; an error with all reasons if it refuses the graph.
pub(crate) fn admit(
    profile: &Profile,
    graph: &Graph,
    facts: &Facts,
    choices: &PlatformChoices,
) -> Result<Vec<String>, Error> {
    let report = check(profile, graph, facts, choices);
    if report.refuses() {
        let refusals = report.refusals().map(|found| found.diagnostic.clone());
        let error = Error::of_findings(ErrorKind::Refused, refusals.collect());
        return Err(error.about(&format_args!("{} refuses the graph", profile.title())));
    }
    let matters = report.findings.iter().filter(|finding| finding.matters);
    Ok(matters.map(|finding| finding.diagnostic.to_string()).collect())
}

/// The first way that runs; most platforms have only one.
fn first_way(
    source: &Source<'_>,
    profile: &Profile,
    choices: &PlatformChoices,
    ways: usize,
) -> Result<(PlatformChoices, Program), Error> {
    let mut failed = None;
    for way in 0..ways.min(Profile::MOST_WAYS) {
        let choices = PlatformChoices { way, ..*choices };
        match profile.prepare(source.graph, source.facts, &choices) {
            Ok(program) => return Ok((choices, program)),
            Err(errors) => failed = failed.or(Some(errors)),
        }
    }
    Err(refused(&failed.unwrap_or_default()))
}

/// The way that is asked for by its number, counted from 1.
fn chosen_way(
    source: &Source<'_>,
    profile: &Profile,
    (choices, ways): (&PlatformChoices, usize),
    number: &str,
) -> Result<(PlatformChoices, Program), Error> {
    let way = number.parse().ok().filter(|way| (1..=ways).contains(way));
    let Some(way) = way else {
        let option = source.given.voice.option("way");
        let message = format!("{option} is {number}; {} has the ways 1 to {ways}", profile.title());
        return Err(Error::new(message).of_kind(ErrorKind::Choice));
    };
    let choices = PlatformChoices { way: way - 1, ..*choices };
    match profile.prepare(source.graph, source.facts, &choices) {
        Ok(program) => Ok((choices, program)),
        Err(errors) => Err(refused(&errors)),
    }
}

fn refused(errors: &[SemanticsError]) -> Error {
    Error::all(errors).of_kind(ErrorKind::Refused)
}

impl Simulator {
    fn new(
        graph: Graph,
        facts: Facts,
        profile: &'static Profile,
        choices: PlatformChoices,
        program: Program,
        ways: usize,
    ) -> Self {
        let methods = program.order().to_vec();
        let requests = program.requests();
        let channels = bounds::channels(&requests, &facts).collect();
        let answer = Answer::of(&graph, &facts, &requests);
        let observed = Observed::new(requests, channels, choices.dt);
        let voice = Voice::default();
        Self {
            profile,
            choices,
            graph,
            facts,
            program,
            aligned: OnceLock::new(),
            methods,
            observed,
            ways,
            answer,
            voice,
        }
    }
}

impl Simulator {
    /// Returns what the simulator does not see of the stimuli.
    fn unseen(&self, task: &Task<'_>) -> Vec<Unseen> {
        let semantics = self.profile.semantics(&self.choices);
        let graph = (&self.graph, &self.facts);
        of_simulator(graph, &semantics, task.samples, task.steps, task.dt)
    }
}

/// Records samples, divided among threads.
fn run_program(program: &Program, task: &Task<'_>) -> Result<Vec<(Request, Tensor)>, Error> {
    let runner = || Runner::start(program, task.steps, task.requests);
    Ok(record(task.samples, task.threads, task.has_batch, task.watch, &runner)?.arrays)
}

impl Engine for Simulator {
    fn step_program(&self) -> Result<nirkit_step::Program, Error> {
        self.program
            .step_program()
            .map_err(|reasons| Error::all(reasons).of_kind(ErrorKind::Choice))
    }

    fn kind(&self) -> &'static str {
        "platform"
    }

    fn observed(&self) -> &Observed {
        &self.observed
    }

    fn counts_steps(&self) -> bool {
        true
    }

    fn methods(&self) -> &[String] {
        &self.methods
    }

    fn run(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        let arrays = run_program(&self.program, task)?;
        let mut notes = doubt::not_finite(&arrays);
        let ask = self.voice.check_rounding();
        let doubts = rounding::doubts(&arrays).into_iter();
        notes.extend(doubts.map(|doubt| format!("{doubt}; {ask}")));
        Ok(Outcome { arrays, notes, unseen: self.unseen(task), ..Outcome::default() })
    }

    fn answer(&self, task: &Task<'_>) -> Result<Outcome, Error> {
        let prepare = || {
            let aligned = self.profile.prepare_aligned(&self.graph, &self.facts, &self.choices);
            aligned.map_err(|errors| refused(&errors))
        };
        let program = self.aligned.get_or_init(prepare).as_ref().map_err(Clone::clone)?;
        let (arrays, unseen) = (run_program(program, task)?, self.unseen(task));
        Ok(Outcome { arrays, unseen, ..Outcome::default() })
    }

    fn is_waited_for(&self) -> bool {
        self.profile.semantics.maps.arrival != Timing::Same
    }

    fn answer_node(&self) -> Result<String, Error> {
        self.answer.node()
    }

    fn way(&self) -> (usize, usize) {
        (self.choices.way, self.ways)
    }

    fn in_way(&self, way: usize) -> Result<Box<dyn Engine>, Error> {
        let choices = PlatformChoices { way, ..self.choices };
        let program = self.profile.prepare(&self.graph, &self.facts, &choices);
        let program = program.map_err(|errors| refused(&errors))?;
        let (graph, facts) = (self.graph.clone(), self.facts.clone());
        let mut engine = Self::new(graph, facts, self.profile, choices, program, self.ways);
        engine.observed.dt = self.observed.dt;
        engine.voice = self.voice;
        Ok(Box::new(engine))
    }

    fn affected(
        &self,
        task: &Task<'_>,
        arrays: &[(Request, Tensor)],
    ) -> Result<Vec<Affected>, Error> {
        let with = |sums: Sums| {
            let choices = PlatformChoices { sums, ..self.choices };
            let program = self.profile.prepare(&self.graph, &self.facts, &choices);
            run_program(&program.map_err(|errors| refused(&errors))?, task)
        };
        rounding::affected(arrays, self.choices.sums, with)
    }
}
