//! Settles what the file leaves open: given, or of the stimulus, or implied by the file, or a
//! default. Where it comes from is said with the result.

use nirkit::ir::open::Open;
use nirkit::sim::{Reset, SpikeReading};
use nirkit::stimulus::Loaded;

use crate::args::FramesName;
use crate::failure::Failure;
use crate::report::Choice;

/// The time step: given, of the data, of the file, or not known.
pub(crate) fn settle_dt(
    given: Option<f64>,
    open: &Open,
    loaded: &Loaded,
    notes: &mut Vec<String>,
) -> Result<(f64, String), Failure> {
    if let Some(dt) = given {
        if dt.is_finite() && dt > 0.0 {
            return Ok((dt, "given".to_owned()));
        }
        return Err(Failure::new(format!("`--dt {dt}` is no time step: give seconds above 0")));
    }
    if let Some(dt) = loaded.dt {
        return Ok((dt, "the stimulus".to_owned()));
    }
    if let Some(dt) = open.only_dt() {
        notes.push(format!("`--dt` is not given; {} s is taken: {}", dt.value, dt.evidence));
        return Ok((dt.value, format!("guessed: {}", dt.evidence)));
    }
    let candidates: Vec<String> =
        open.dt.iter().map(|dt| format!("{} s ({})", dt.value, dt.evidence)).collect();
    Err(Failure::with_help(
        "the file does not say a time step",
        Some(format!("give `--dt`; candidates: {}", candidates.join(", "))),
    ))
}

pub(crate) fn settle_reset(
    given: Option<Reset>,
    open: &Open,
    notes: &mut Vec<String>,
) -> (Reset, String) {
    if let Some(reset) = given {
        return (reset, "given".to_owned());
    }
    let supported = open.only_reset();
    if let Some((reset, candidate)) =
        supported.and_then(|candidate| Some((candidate.value.parse().ok()?, candidate)))
    {
        notes.push(format!("`--reset` is not given; {reset} is taken: {}", candidate.evidence));
        return (reset, format!("guessed: {}", candidate.evidence));
    }
    if !open.reset.is_empty() {
        let others: Vec<&str> = open.reset.iter().skip(1).map(|c| c.value.as_str()).collect();
        notes.push(format!(
            "`--reset` is not given; v_reset is taken, as NIR's equations say; {} is possible too",
            others.join(" or ")
        ));
    }
    (Reset::VReset, "default: NIR's equations".to_owned())
}

/// What a spike is in continuous time: given, or implied by the file, or NIR's text.
pub(crate) fn settle_spike(
    given: Option<SpikeReading>,
    open: &Open,
    notes: &mut Vec<String>,
) -> (SpikeReading, String) {
    if let Some(spike) = given {
        return (spike, "given".to_owned());
    }
    if let Some((spike, candidate)) =
        open.only_spike().and_then(|candidate| Some((candidate.value.parse().ok()?, candidate)))
    {
        notes.push(format!("`--spike` is not given; {spike} is taken: {}", candidate.evidence));
        return (spike, format!("guessed: {}", candidate.evidence));
    }
    let spike = SpikeReading::default();
    if let Some(other) = open.spike.iter().find(|other| other.value != spike.to_string()) {
        notes.push(format!(
            "`--spike` is not given; {spike} is taken, as NIR's text says; {} is possible too",
            other.value
        ));
    }
    (spike, "default: NIR's text".to_owned())
}

/// What the numbers of the frames were taken for; `None` without frames.
pub(crate) fn frames_choice(frames: FramesName, loaded: &Loaded) -> Option<Choice> {
    let value = if loaded.frames_are_spikes? { "spikes" } else { "current" };
    let is_given = frames != FramesName::Auto;
    let source = if is_given { "given" } else { "guessed: from the numbers" };
    Some(Choice::new("frames", value, source))
}

/// How long to run, in seconds: given, or as long as the stimulus lasts with frames of `dt`.
pub(crate) fn settle_duration(
    given: Option<f64>,
    loaded: &Loaded,
    dt: f64,
) -> Result<f64, Failure> {
    let of_frames = loaded.steps.map(|steps| steps as f64 * dt);
    match given.or(of_frames).or(loaded.duration) {
        Some(duration) if duration.is_finite() && duration >= 0.0 => Ok(duration),
        Some(duration) => Err(Failure::new(format!("`--duration {duration}` is no time"))),
        None => Err(Failure::with_help(
            "the stimulus does not say how long it lasts",
            Some("give `--duration`"),
        )),
    }
}
