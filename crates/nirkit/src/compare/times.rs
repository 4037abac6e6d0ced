//! The times of a comparison: the step of all runs, and the time constant of the distance.

use nirkit_ir::open::Open;
use nirkit_platforms::Platform;
use nirkit_platforms::profile::Dt;

use super::Compare;
use crate::choices::Choices;
use crate::error::{Error, ErrorKind};
use crate::settle::{self, Settled};

/// Steps in the time constant of the van Rossum distance, if it is not given.
const STEPS_OF_TAU: f64 = 10.0;

/// The time step of all runs: what somebody says, or else the one that the platforms run with by themselves, or what the
/// numbers of the file imply.
pub(super) fn step(
    given: &Choices,
    open: &Open,
    platforms: &[Platform],
) -> Result<Settled<f64>, Error> {
    if let Some(said) = settle::said_step(given, open)? {
        return Ok(said);
    }
    let steps = platforms.iter().filter_map(|platform| match platform {
        Platform::Simulator(profile) => Some(profile.dt),
        Platform::Chip(_) => None,
    });
    let fixed = steps.clone().filter_map(|dt| if let Dt::Fixed(dt) = dt { Some(dt) } else { None });
    let usual = steps.filter_map(|dt| if let Dt::Option(dt) = dt { Some(dt) } else { None });
    let same = |mut steps: Box<dyn Iterator<Item = f64> + '_>| {
        let first = steps.next()?;
        steps.all(|step| step.to_bits() == first.to_bits()).then_some(first)
    };
    let has_fixed = fixed.clone().next().is_some();
    let own = if has_fixed { same(Box::new(fixed)) } else { same(Box::new(usual)) };
    let Some(own) = own else { return settle::time_step(given, open) };
    let is_another = |dt: &f64| dt.to_bits() != own.to_bits();
    let others = match settle::candidate_steps(open, is_another).as_slice() {
        [] => String::new(),
        others => {
            format!("; possible too, and what the ideal takes by itself: {}", others.join(", "))
        }
    };
    let note = format!(
        "{} is not given; {own} s is taken, the step that the platforms run with{others}",
        given.voice.option("dt")
    );
    Ok(Settled { value: own, source: "the platforms' own".to_owned(), note: Some(note) })
}

/// The time constant of the van Rossum distance in seconds.
pub(super) fn tau(how: &Compare<'_>, dt: f64, given: &Choices) -> Result<Settled<f64>, Error> {
    let (tau, source) = match how.tau {
        Some(tau) => (tau, "given"),
        None => (STEPS_OF_TAU * dt, "default: ten steps"),
    };
    if tau.is_finite() && tau > 0.0 {
        return Ok(Settled { value: tau, source: source.to_owned(), note: None });
    }
    let message = format!("{} is {tau} s, which is no time above 0", given.voice.option("tau"));
    Err(Error::new(message).of_kind(ErrorKind::Choice))
}
