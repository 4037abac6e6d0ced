//! What a run asks for, held against limits before anything is allocated or looped over.

use nirkit_ir::{Facts, Limits};
use nirkit_numerics::Shortest;
use nirkit_run::Request;

use crate::error::Error;

/// Bytes of one recorded number at most.
const NUMBER: u64 = 8;

/// The steps of a run of so many seconds, rounded to the nearest whole number.
pub fn steps(duration: f64, dt: f64, limits: &Limits) -> Result<usize, Error> {
    let steps = (duration / dt).round_ties_even();
    // Beyond 2^53 no step is counted exactly, whatever the limit.
    let most = limits.steps.min(1 << 53);
    if steps >= 0.0 && steps <= most as f64 {
        return Ok(steps as usize);
    }
    let message = format!(
        "{} s in steps of {} s are {} steps, the limit `steps` allows {}",
        Shortest(duration),
        Shortest(dt),
        Shortest(steps),
        limits.steps
    );
    Err(Error::new(message).help("run for a shorter time or in longer steps, or raise the limit"))
}

/// Holds the steps of an array of frames against the limit, before its numbers are looked at. The array has the shape (T, ...),
/// or (B, T, ...) with a batch.
///
/// # Errors
///
/// There are more steps than the limit allows.
pub fn frames(shape: &[usize], batch: bool, limits: &Limits) -> Result<(), Error> {
    let steps = shape.get(usize::from(batch)).copied().unwrap_or(0) as u64;
    if steps <= limits.steps {
        return Ok(());
    }
    let message = format!("the array has {steps} steps, the limit `steps` allows {}", limits.steps);
    Err(Error::new(message).help("give fewer frames, or raise the limit"))
}

/// Instants from 0 to the end of a run, `every` so many seconds. The end is one of them where the quotient is whole but for
/// its rounding.
pub fn instants(duration: f64, every: f64, limits: &Limits) -> Result<Vec<f64>, Error> {
    let quotient = duration / every;
    let nearest = quotient.round();
    let is_whole = (quotient - nearest).abs() <= 4.0 * f64::EPSILON * nearest;
    let count = if is_whole { nearest } else { quotient.floor() };
    if count >= 0.0 && count < limits.steps.min(1 << 53) as f64 {
        let mut instants = Vec::new();
        let len = count as usize + 1;
        if instants.try_reserve_exact(len).is_ok() {
            instants.extend((0..len).map(|k| (k as f64 * every).min(duration)));
            return Ok(instants);
        }
    }
    let message = format!(
        "{} s every {} s are {} instants, the limit `steps` allows {}",
        Shortest(duration),
        Shortest(every),
        Shortest(count),
        limits.steps
    );
    Err(Error::new(message).help("look less often, or raise the limit"))
}

/// Holds a recording of signals with so many channels each against the limit, for so many rows: steps
/// times samples.
pub fn recording(
    channels: impl IntoIterator<Item = usize>,
    [steps, samples]: [usize; 2],
    limits: &Limits,
) -> Result<(), Error> {
    let channels = channels.into_iter().fold(0_u64, |all, one| all.saturating_add(one as u64));
    let numbers = channels.saturating_mul(steps as u64).saturating_mul(samples as u64);
    let bytes = numbers.saturating_mul(NUMBER);
    if bytes <= limits.recording_bytes {
        return Ok(());
    }
    let message = format!(
        "a recording of {channels} channels for {steps} steps of {samples} samples needs room for \
         {numbers} numbers ({bytes} bytes), the limit `recording_bytes` allows {}",
        limits.recording_bytes
    );
    Err(Error::new(message).help("record fewer nodes or steps, or raise the limit"))
}

/// The channels of each request, by the facts of the graph. A nested graph has those of its Output.
pub fn channels<'a>(requests: &'a [Request], facts: &'a Facts) -> impl Iterator<Item = usize> + 'a {
    requests.iter().map(|request| {
        let nested = || facts.nested().iter().find(|nested| nested.name == request.node);
        let leaf = facts.find(&request.node).or_else(|| nested()?.outputs.first().copied());
        leaf.map_or(0, |leaf| facts.leaf(leaf).outputs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_and_bounded() {
        let limits = Limits { steps: 300, ..Limits::default() };
        assert_eq!(steps(0.3, 1e-3, &limits).unwrap(), 300);
        for (duration, dt) in [(0.301, 1e-3), (1e300, 1e-3), (1.0, 1e-320), (f64::MAX, 1e-300)] {
            let error = steps(duration, dt, &limits).unwrap_err().to_string();
            assert!(error.contains("the limit `steps` allows 300"), "{error}");
        }
    }

    #[test]
    fn instants_and_recordings_are_bounded() {
        let limits = Limits { steps: 11, recording_bytes: 8 * 60, ..Limits::default() };
        assert_eq!(instants(1.0, 0.1, &limits).unwrap().len(), 11);
        // 0.009 / 0.001 is below 9, and 9 * 0.001 above 0.009.
        assert_eq!(instants(0.009, 0.001, &limits).unwrap().last(), Some(&0.009));
        assert_eq!(instants(0.0095, 0.001, &limits).unwrap().len(), 10);
        assert!(instants(1.0, 1e-300, &limits).is_err());
        assert!(recording([2, 1], [10, 2], &limits).is_ok());
        assert!(recording([2, 1], [21, 1], &limits).is_err());
        assert!(recording([usize::MAX, 2], [usize::MAX, 2], &limits).is_err());
    }
}
