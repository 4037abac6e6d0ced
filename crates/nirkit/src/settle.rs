//! Settles what a file leaves open: given, or of the stimulus, or implied by the file, or a default.
//! Where an answer comes from is said with the result.

use nirkit_engine::clocked::{SpikeStep, snapped};
use nirkit_ir::open::{Candidate, Open, Source};
use nirkit_ir::{Facts, Graph, Primitive};
use nirkit_numerics::Shortest;
use nirkit_platforms::Profile;
use nirkit_platforms::profile::Dt;
use nirkit_run::{Reset, SpikeReading};

use crate::choices::Choices;
use crate::error::{Error, ErrorKind};
use crate::stimulus::{Bound, Frames};

/// An answer, where it comes from, and what has to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled<T> {
    /// The answer.
    pub value: T,
    /// Where it comes from, in words: `given`, `the stimulus`, `guessed: ...`, `default: ...`.
    pub source: String,
    /// What is said to whoever did not give it.
    pub note: Option<String>,
}

impl<T> Settled<T> {
    fn new(value: T, source: impl Into<String>) -> Self {
        Self { value, source: source.into(), note: None }
    }
}

/// How options are called where they are given: `--dt` on a command line, `dt` in a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// What stands before the name of an option.
    prefix: &'static str,
}

impl Voice {
    /// The command line.
    pub const COMMAND: Self = Self { prefix: "--" };
    /// A program that calls a function.
    pub const PROGRAM: Self = Self { prefix: "" };

    /// The name of an option. The command line writes it with hyphens, and `--input` is the stimulus there.
    #[must_use]
    pub fn option(self, name: &str) -> String {
        if self.prefix.is_empty() {
            return format!("`{name}`");
        }
        let name = if name == "input" { "input-step" } else { name };
        format!("`{}{}`", self.prefix, name.replace('_', "-"))
    }

    /// How a stimulus is said to hold several samples.
    pub(crate) fn batch(self) -> &'static str {
        if self.prefix.is_empty() {
            "`axes=\"BT\"` in Python, `batched(true)` in Rust"
        } else {
            "`--batch`"
        }
    }

    /// What lists the spikes that depend on the order of additions.
    pub(crate) fn check_rounding(self) -> String {
        format!("{} lists the spikes that depend on it", self.option("check_rounding"))
    }

    /// The name of a way to run a graph.
    pub(crate) fn mode(self, mode: &str) -> String {
        match mode {
            "a simulator" | "a chip" => mode.to_owned(),
            _ => mode
                .split(" and ")
                .map(|mode| format!("`{}{mode}`", self.prefix))
                .collect::<Vec<_>>()
                .join(" and "),
        }
    }
}

/// An error where the time step that is given is none, before anybody computes with it.
pub fn check_step(given: Option<f64>, voice: Voice) -> Result<(), Error> {
    match given {
        Some(dt) if !(dt.is_finite() && dt > 0.0) => {
            let option = format!("`{}dt {}`", voice.prefix, Shortest(dt));
            let error = Error::new(format!("{option} is no time step: give seconds above 0"));
            Err(error.of_kind(ErrorKind::Choice))
        }
        _ => Ok(()),
    }
}

/// The time step in seconds: given, of the data, of the file; an error if nothing says it.
pub fn time_step(choices: &Choices, open: &Open) -> Result<Settled<f64>, Error> {
    if let Some(settled) = known_step(choices, open)? {
        return Ok(settled);
    }
    let candidates = candidate_steps(open, |_| true);
    let option = choices.voice.option("dt");
    let candidates = match candidates.as_slice() {
        [] => String::new(),
        candidates => format!("; candidates: {}", candidates.join(", ")),
    };
    Err(Error::new("the file does not say a time step")
        .of_kind(ErrorKind::Choice)
        .help(format!("give {option}{candidates}")))
}

/// The time steps that the file speaks for, in words, of those that are wanted.
pub(crate) fn candidate_steps(open: &Open, is_wanted: impl Fn(&f64) -> bool) -> Vec<String> {
    { open.dt.iter() }
        .filter(|dt| is_wanted(&dt.value))
        .map(|dt| format!("{} s ({})", Shortest(dt.value), dt.evidence))
        .collect()
}

/// The time step to run with; `None` if nothing says it.
pub fn known_step(choices: &Choices, open: &Open) -> Result<Option<Settled<f64>>, Error> {
    let said = said_step(choices, open)?;
    Ok(said.or_else(|| open.only_dt().map(|dt| guessed_step(dt, choices.voice))))
}

/// The time step that somebody says: given, of the data, or of the metadata of the file.
pub fn said_step(choices: &Choices, open: &Open) -> Result<Option<Settled<f64>>, Error> {
    let voice = choices.voice;
    check_step(choices.dt, voice)?;
    if let Some(dt) = choices.dt {
        let note = overridden(dt, choices.recorded_dt, voice);
        return Ok(Some(Settled { note, ..Settled::new(dt, "given") }));
    }
    let only = open.only_dt().filter(|dt| dt.source == Source::Metadata);
    if let Some(dt) = choices.recorded_dt {
        let other = only.filter(|only| (only.value - dt).abs() > 1e-9 * dt);
        let note = other.map(|other| {
            let evidence = &other.evidence;
            format!(
                "the stimulus was recorded with {} s, which is taken; {} s ({evidence}) is left out",
                Shortest(dt),
                Shortest(other.value)
            )
        });
        return Ok(Some(Settled { note, ..Settled::new(dt, "the stimulus") }));
    }
    Ok(only.map(|dt| guessed_step(dt, voice)))
}

fn guessed_step(dt: &Candidate<f64>, voice: Voice) -> Settled<f64> {
    let option = voice.option("dt");
    let step = Shortest(dt.value);
    let note = format!("{option} is not given; {step} s is taken: {}", dt.evidence);
    let source = format!("guessed: {}", dt.evidence);
    Settled { value: dt.value, source, note: Some(note) }
}

/// What is said when the time step that is given is not the one that the data were recorded with.
#[must_use]
pub fn overridden(given: f64, of_stimulus: Option<f64>, voice: Voice) -> Option<String> {
    let recorded = of_stimulus.filter(|recorded| (recorded - given).abs() > 1e-9 * given)?;
    let option = format!("`{}dt {}`", voice.prefix, Shortest(given));
    let recorded = Shortest(recorded);
    Some(format!(
        "{option} is given; the stimulus was recorded with {recorded} s, which is left out"
    ))
}

/// The time step of a simulator in seconds: its own, where that is written into its code; else given, of the
/// data, of the metadata of the file, or its default; for a simulator that knows steps only, what the numbers of the
/// file imply; `None` where steps have no length.
pub fn platform_step(
    profile: &Profile,
    choices: &Choices,
    open: &Open,
) -> Result<Settled<Option<f64>>, Error> {
    let said = said_step(choices, open)?;
    let (option, title) = (choices.voice.option("dt"), profile.title());
    let own = |step: f64, why: &str, left: Option<&Settled<f64>>| {
        let left = left.map_or(String::new(), |left| {
            format!(
                "; {} s ({}) is left out",
                Shortest(left.value),
                left.source.trim_start_matches("guessed: ")
            )
        });
        let dt = Shortest(step);
        let note =
            format!("{option} {why}; {dt} s is taken, the step that {title} runs with{left}");
        Settled { note: Some(note), ..Settled::new(Some(step), "the platform's own") }
    };
    let taken = |step: Settled<f64>| Settled {
        value: Some(step.value),
        source: step.source,
        note: step.note,
    };
    Ok(match (profile.dt, said) {
        (Dt::Fixed(dt), Some(said)) if dt.to_bits() == said.value.to_bits() => taken(said),
        (Dt::Fixed(dt), _) if choices.dt.is_some() => own(dt, "has no effect", None),
        (Dt::Fixed(dt), said) => own(dt, "is not given", said.as_ref()),
        (Dt::Option(dt), None) => own(dt, "is not given", None),
        (_, Some(said)) => taken(said),
        (Dt::Counted | Dt::Derived, None) => match known_step(choices, open)? {
            Some(implied) => taken(implied),
            None => Settled::new(None, "none: steps have no length"),
        },
    })
}

/// The error of seconds where nothing says how long a step is.
#[must_use]
pub fn no_step(title: &str, voice: Voice) -> Error {
    Error::new(format!("{title} has no time step of its own, and nothing else says one"))
        .of_kind(ErrorKind::Choice)
        .help(format!("give {} in seconds", voice.option("dt")))
}

/// What is asked of a platform that may have a reset of its own: given, or of the metadata of the file.
#[must_use]
pub fn asked_reset(choices: &Choices, open: &Open) -> Option<Settled<Reset>> {
    if let Some(reset) = choices.reset {
        return Some(Settled::new(reset, "given"));
    }
    let candidate = open.only_reset().filter(|reset| reset.source == Source::Metadata)?;
    Some(Settled::new(candidate.value.parse().ok()?, candidate.evidence.clone()))
}

/// What happens to a neuron that spikes: given, of the file, or as NIR's equations say.
#[must_use]
pub fn reset(choices: &Choices, open: &Open) -> Settled<Reset> {
    let voice = choices.voice;
    if let Some(reset) = choices.reset {
        return Settled::new(reset, "given");
    }
    let option = voice.option("reset");
    let supported = open.only_reset();
    if let Some((reset, candidate)) =
        supported.and_then(|candidate| Some((candidate.value.parse().ok()?, candidate)))
    {
        let note = format!("{option} is not given; {reset} is taken: {}", candidate.evidence);
        let source = format!("guessed: {}", candidate.evidence);
        return Settled { value: reset, source, note: Some(note) };
    }
    let others: Vec<&str> = open.reset.iter().skip(1).map(|c| c.value.as_str()).collect();
    let note = (!open.reset.is_empty()).then(|| {
        format!(
            "{option} is not given; v_reset is taken, as NIR's equations say; {} is possible too",
            others.join(" or ")
        )
    });
    Settled { value: Reset::VReset, source: "default: NIR's equations".to_owned(), note }
}

/// What is said where voltages start at rest because nothing says where they start, and that matters.
pub(crate) fn start(choices: &Choices, open: &Open) -> Option<String> {
    if choices.other("start").is_some() {
        return None;
    }
    let [rest, others @ ..] = open.start.as_slice() else { return None };
    let others: Vec<&str> = others.iter().map(|other| other.value.as_str()).collect();
    let option = choices.voice.option("start");
    Some(format!(
        "{option} is not given; {} is taken, {}; {} is possible too",
        rest.value,
        rest.evidence,
        others.join(" or ")
    ))
}

/// What a spike is: given, or implied by the file; else an impulse of area 1 where no neuron leaks, a pulse of
/// a step where there are steps, and what NIR's text says otherwise.
///
/// A neuron without a leak has no time constant by which a gain of `tau / dt` could undo the length of a step.
#[must_use]
pub fn spike(choices: &Choices, open: &Open, dt: Option<f64>) -> Settled<SpikeReading> {
    if let Some(spike) = choices.spike {
        return Settled::new(spike, "given");
    }
    let option = choices.voice.option("spike");
    let only = open.only_spike();
    let guess = only.and_then(|candidate| Some((candidate.value.parse().ok()?, candidate)));
    // A pulse of another step than the one that is taken says nothing about this one, unless the metadata say the pulse.
    let is_other = |(spike, candidate): &(SpikeReading, &Candidate<String>)| match (spike, dt) {
        _ if candidate.source == Source::Metadata => false,
        (SpikeReading::Pulse { width }, Some(dt)) => (width - dt).abs() > 1e-9 * dt,
        _ => false,
    };
    if let Some((spike, candidate)) = guess.filter(|guess| !is_other(guess)) {
        let note = format!("{option} is not given; {spike} is taken: {}", candidate.evidence);
        let source = format!("guessed: {}", candidate.evidence);
        return Settled { value: spike, source, note: Some(note) };
    }
    let (spike, source) = match dt {
        _ if open.is_leakless => {
            (SpikeReading::default(), "default: an impulse, as no neuron leaks")
        }
        Some(width) => (SpikeReading::Pulse { width }, "default: a pulse of one step"),
        None => (SpikeReading::default(), "default: NIR's text"),
    };
    let is_taken = |other: &SpikeReading| match (other, dt) {
        (SpikeReading::Pulse { width }, Some(dt)) => (width - dt).abs() <= 1e-9 * dt,
        _ => true,
    };
    let other = open.spike.iter().find(|other| {
        other.value != spike.to_string() && other.value.parse().is_ok_and(|other| is_taken(&other))
    });
    let note = other.map(|other| {
        let why = source.trim_start_matches("default: ");
        format!("{option} is not given; {spike} is taken ({why}); {} is possible too", other.value)
    });
    Settled { value: spike, source: source.to_owned(), note }
}

/// Whether the ideal on a grid of `dt`, to which platforms are led back, reads spikes and biases as NIR's equations do where a spike
/// is this. It knows a pulse of one step; an impulse of area 1 only for an IF, to which it adds a bias whole in each step.
#[must_use]
pub fn is_on_grid(
    spike: SpikeReading,
    dt: f64,
    (graph, facts, open): (&Graph, &Facts, &Open),
) -> bool {
    match spike {
        SpikeReading::Pulse { width } => (width - dt).abs() <= 1e-9 * dt,
        SpikeReading::Impulse { area } => {
            area.to_bits() == 1.0_f64.to_bits() && open.is_leakless && !has_bias(graph, facts)
        }
    }
}

/// Whether a map adds a bias that is not 0.
fn has_bias(graph: &Graph, facts: &Facts) -> bool {
    let mut primitives = facts.iter().filter_map(|(id, _)| facts.primitive(graph, id));
    primitives.any(|primitive| match primitive {
        Primitive::Affine(map) => !map.bias.is_zero(),
        Primitive::Conv1d(map) => !map.bias.is_zero(),
        Primitive::Conv2d(map) => !map.bias.is_zero(),
        _ => false,
    })
}

/// What the numbers of the frames were taken for, for each Input that receives frames.
#[must_use]
pub(crate) fn frames(given: Frames, loaded: &Bound) -> Vec<Settled<String>> {
    let source = if given == Frames::Auto { "guessed: from the numbers" } else { "given" };
    let single = loaded.readings.len() == 1;
    let reading = |(name, are_spikes): &(String, bool)| {
        let value = if *are_spikes { "spikes" } else { "current" };
        let value = if single { value.to_owned() } else { format!("{name}: {value}") };
        Settled::new(value, source)
    };
    loaded.readings.iter().map(reading).collect()
}

/// What is said about a duration that is no whole number of steps.
pub(crate) fn rounded(given: Option<f64>, steps: usize, dt: f64, voice: Voice) -> Option<String> {
    let given = given?;
    let exact = given / dt;
    let is_whole = snapped(exact) == steps as f64;
    let option = voice.option("duration");
    (!is_whole).then(|| {
        let (given, exact, dt) = (Shortest(given), Shortest::six_digits(exact), Shortest(dt));
        format!("{option} is {given} s, which is {exact} steps of {dt} s; {steps} are run")
    })
}

/// The unit of the clocks of event sensors, in seconds.
const SENSOR_CLOCK: f64 = 1e-6;

/// How long to run, in seconds: given, or as long as the stimulus lasts with frames of `dt`.
pub(crate) fn duration(
    given: Option<f64>,
    stimulus: &Bound,
    dt: Option<f64>,
    spike_step: SpikeStep,
    voice: Voice,
) -> Result<f64, Error> {
    // Without a time step, frames are steps of no particular length.
    let of_frames = stimulus.steps.map(|steps| steps as f64 * dt.unwrap_or(1.0));
    // A recording of events ends with the step, or the frame, of its last event.
    let of_events = stimulus.last_event.map(|last| match dt {
        Some(dt) => (spike_step.of(last / dt) as f64 + 1.0) * dt,
        // In continuous time, spikes at the very end of a run are behind it.
        None => (last + SENSOR_CLOCK).max(last.next_up()),
    });
    match given.or(of_frames).or(stimulus.duration).or(of_events) {
        Some(duration) if duration.is_finite() && duration >= 0.0 => Ok(duration),
        Some(duration) => {
            let option = format!("`{}duration {}`", voice.prefix, Shortest(duration));
            let error = Error::new(format!("{option} is no time"));
            Err(error.of_kind(ErrorKind::Choice))
        }
        None => Err(Error::new("the stimulus does not say how long it lasts")
            .of_kind(ErrorKind::Choice)
            .help(format!("give {}", voice.option("duration")))),
    }
}
