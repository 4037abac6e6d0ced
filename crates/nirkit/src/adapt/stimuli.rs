//! Stimuli on which claims are held against runs: what is given, and some that are generated.

use std::collections::{BTreeMap, BTreeSet};

use nirkit_engine::clocked::SpikeStep;
use nirkit_run::{Signal, Stimulus as Sample};

use crate::bounds;
use crate::choices::Choices;
use crate::error::Error;
use crate::settle;
use crate::stimulus::{Grid, Stimulus};

/// Steps of a generated stimulus.
const STEPS: usize = 64;
/// Spikes of the generated stimuli, as shares of channels and steps.
const DENSITIES: [f64; 3] = [0.05, 0.3, 0.8];
/// Samples of a set that are run.
const MOST_SAMPLES: usize = 32;

/// Whether a stimulus is among those for which `bounded` claims are made: in each step numbers from 0 to 1, and 0 or 1 where a side
/// sees only whether something arrives.
pub(super) fn is_claimed(sample: &Sample, dt: Option<f64>, sees_only_truth: bool) -> bool {
    let is_fine = |number: f64| {
        (0.0..=1.0).contains(&number) && (!sees_only_truth || number == 0.0 || number == 1.0)
    };
    sample.signals.values().all(|signal| match signal {
        Signal::Frames { values, .. } | Signal::Current { values, .. } => {
            values.iter().all(|&number| is_fine(number))
        }
        Signal::Spikes { spikes, .. } => {
            let step = |time: f64| dt.map_or(time, |dt| (time / dt).floor()) as i64;
            let mut seen = BTreeSet::new();
            spikes.iter().all(|spike| seen.insert((step(spike.time), spike.channel)))
        }
    })
}

/// What is said of a stimulus with other numbers.
pub(super) fn outside(sees_only_truth: bool) -> String {
    let numbers = if sees_only_truth { "other than 0 and 1" } else { "outside of 0 to 1" };
    format!("the stimulus has numbers {numbers} in a step; a `bounded` claim says nothing of them")
}

/// The given samples, the first of a set, and generated ones, each with its number of steps. What is to be said of the
/// stimulus is added to `notes`.
pub(super) fn samples(
    stimulus: Option<&Stimulus>,
    inputs: &[(String, Vec<usize>)],
    dt: Option<f64>,
    given: &Choices,
    notes: &mut Vec<String>,
) -> Result<Vec<(Sample, usize)>, Error> {
    let mut samples = Vec::new();
    if let Some(stimulus) = stimulus {
        let bound = stimulus.bind(inputs, &given.limits)?;
        let duration = settle::duration(None, &bound, dt, SpikeStep::Floor, given.voice)?;
        let step = dt.unwrap_or(1.0);
        let steps = bounds::steps(duration, step, &given.limits)?;
        notes.extend(bound.notes(duration, Some(Grid::new(steps, step)), None));
        let all = bound.samples.len();
        if all > MOST_SAMPLES {
            notes.push(format!("both are run on the first {MOST_SAMPLES} of {all} samples"));
        }
        samples
            .extend(bound.samples.iter().take(MOST_SAMPLES).map(|sample| (sample.clone(), steps)));
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = move || {
        // Marsaglia, Xorshift RNGs, 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    for density in DENSITIES {
        let mut signals = BTreeMap::new();
        for (name, shape) in inputs {
            let channels = shape.iter().product::<usize>();
            let values =
                (0..STEPS * channels).map(|_| if draw() < density { 1.0 } else { 0.0 }).collect();
            signals.insert(name.clone(), Signal::Frames { channels, values, counts: true });
        }
        samples.push((Sample { signals }, STEPS));
    }
    Ok(samples)
}
