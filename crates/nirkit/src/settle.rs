//! Settles what a file leaves open: given, or of the stimulus, or implied by the file, or a default.
//! Where an answer comes from is said with the result.

use nirkit_ir::open::Open;
use nirkit_platforms::{Choices, Profile};
use nirkit_sim::clocked::scheme::Time;
use nirkit_sim::{Reset, SpikeReading};

use crate::error::Error;
use crate::stimulus::{Frames, Loaded};

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
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// What stands before the name of an option.
    pub prefix: &'static str,
}

impl Voice {
    /// The command line.
    pub const COMMAND: Self = Self { prefix: "--" };
    /// A program that calls a function.
    pub const PROGRAM: Self = Self { prefix: "" };

    fn option(self, name: &str) -> String {
        format!("`{}{name}`", self.prefix)
    }
}

/// An error where the time step that is given is none, before anybody computes with it.
pub fn check_step(given: Option<f64>, voice: Voice) -> Result<(), Error> {
    match given {
        Some(dt) if !(dt.is_finite() && dt > 0.0) => {
            let option = format!("`{}dt {dt}`", voice.prefix);
            Err(Error::new(format!("{option} is no time step: give seconds above 0")))
        }
        _ => Ok(()),
    }
}

/// The time step in seconds: given, of the data, of the file; an error if nothing says it.
pub fn time_step(
    given: Option<f64>,
    of_stimulus: Option<f64>,
    open: &Open,
    voice: Voice,
) -> Result<Settled<f64>, Error> {
    check_step(given, voice)?;
    if let Some(dt) = given {
        let note = overridden(dt, of_stimulus, voice);
        return Ok(Settled { note, ..Settled::new(dt, "given") });
    }
    if let Some(dt) = of_stimulus {
        return Ok(Settled::new(dt, "the stimulus"));
    }
    let option = voice.option("dt");
    if let Some(dt) = open.only_dt() {
        let note = format!("{option} is not given; {} s is taken: {}", dt.value, dt.evidence);
        let source = format!("guessed: {}", dt.evidence);
        return Ok(Settled { value: dt.value, source, note: Some(note) });
    }
    let candidates: Vec<String> =
        open.dt.iter().map(|dt| format!("{} s ({})", dt.value, dt.evidence)).collect();
    Err(Error::new("the file does not say a time step")
        .help(format!("give {option}; candidates: {}", candidates.join(", "))))
}

/// What is said when the time step that is given is not the one that the data were recorded with.
#[must_use]
pub fn overridden(given: f64, of_stimulus: Option<f64>, voice: Voice) -> Option<String> {
    let recorded = of_stimulus.filter(|recorded| (recorded - given).abs() > 1e-9 * given)?;
    let option = format!("`{}dt {given}`", voice.prefix);
    Some(format!(
        "{option} is given; the stimulus was recorded with {recorded} s, which is left out"
    ))
}

/// The time step of a platform: given, or its own. Without either, an error where seconds matter.
pub fn platform_step(
    profile: &Profile,
    choices: &Choices,
    is_timed: bool,
    voice: Voice,
) -> Result<Settled<Option<f64>>, Error> {
    match (profile.scheme(choices).time, choices.dt) {
        (Time::Step(dt), Some(given)) if dt.to_bits() == given.to_bits() => {
            Ok(Settled::new(Some(dt), "given"))
        }
        (Time::Step(dt), _) => {
            let mut settled = Settled::new(Some(dt), "the platform's own");
            let (option, title) = (voice.option("dt"), profile.title());
            let why = if choices.dt.is_none() { "is not given" } else { "has no effect" };
            settled.note = is_timed.then(|| {
                format!("{option} {why}; {dt} s is taken, the step that {title} runs with")
            });
            Ok(settled)
        }
        _ if is_timed => Err(no_step(&profile.title(), voice)),
        _ => Ok(Settled::new(None, "none: steps have no length")),
    }
}

/// The error of seconds where nothing says how long a step is.
#[must_use]
pub fn no_step(title: &str, voice: Voice) -> Error {
    Error::new(format!("{title} has no time step of its own, and nothing else says one"))
        .help(format!("give {} in seconds", voice.option("dt")))
}

/// What happens to a neuron that spikes: given, of the file, or as NIR's equations say.
#[must_use]
pub fn reset(given: Option<Reset>, open: &Open, voice: Voice) -> Settled<Reset> {
    if let Some(reset) = given {
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

/// What a spike is in continuous time: given, or implied by the file, or NIR's text.
#[must_use]
pub fn spike(given: Option<SpikeReading>, open: &Open, voice: Voice) -> Settled<SpikeReading> {
    if let Some(spike) = given {
        return Settled::new(spike, "given");
    }
    let option = voice.option("spike");
    if let Some((spike, candidate)) =
        open.only_spike().and_then(|candidate| Some((candidate.value.parse().ok()?, candidate)))
    {
        let note = format!("{option} is not given; {spike} is taken: {}", candidate.evidence);
        let source = format!("guessed: {}", candidate.evidence);
        return Settled { value: spike, source, note: Some(note) };
    }
    let spike = SpikeReading::default();
    let other = open.spike.iter().find(|other| other.value != spike.to_string());
    let note = other.map(|other| {
        format!(
            "{option} is not given; {spike} is taken, as NIR's text says; {} is possible too",
            other.value
        )
    });
    Settled { value: spike, source: "default: NIR's text".to_owned(), note }
}

/// What the numbers of the frames were taken for, for each Input that receives frames.
#[must_use]
pub fn frames(given: Frames, loaded: &Loaded) -> Vec<Settled<String>> {
    let source = if given == Frames::Auto { "guessed: from the numbers" } else { "given" };
    let single = loaded.readings.len() == 1;
    let reading = |(name, are_spikes): &(String, bool)| {
        let value = if *are_spikes { "spikes" } else { "current" };
        let value = if single { value.to_owned() } else { format!("{name}: {value}") };
        Settled::new(value, source)
    };
    loaded.readings.iter().map(reading).collect()
}

/// How long to run, in seconds: given, or as long as the stimulus lasts with frames of `dt`.
pub fn duration(given: Option<f64>, loaded: &Loaded, dt: f64, voice: Voice) -> Result<f64, Error> {
    let of_frames = loaded.steps.map(|steps| steps as f64 * dt);
    match given.or(of_frames).or(loaded.duration) {
        Some(duration) if duration.is_finite() && duration >= 0.0 => Ok(duration),
        Some(duration) => {
            Err(Error::new(format!("`{}duration {duration}` is no time", voice.prefix)))
        }
        None => Err(Error::new("the stimulus does not say how long it lasts")
            .help(format!("give {}", voice.option("duration")))),
    }
}
