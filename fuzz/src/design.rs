//! Runs of what a chip is given.

use nirkit_engine::clocked::Recording;
use nirkit_platforms::Chip;
use nirkit_platforms::chip::Design;
use nirkit_run::{Signal, Stimulus};

use nirkit_testing::Numbers;

/// Steps of a run.
const STEPS: usize = 5;
/// Numbers that are recorded in a step, at most.
const MOST_NUMBERS: usize = 1 << 14;

/// Runs a design, and what it hands over: both do the same.
pub(crate) fn hold(chip: &Chip, design: &Design, frame: Option<&[usize]>) {
    let Some(recording) = record(design) else { return };
    let again = chip.read(&design.configuration.json, frame);
    let again = again.unwrap_or_else(|errors| {
        unreachable!("{} does not read what it wrote: {errors:?}", chip.title())
    });
    assert_eq!(again.configuration.json, design.configuration.json, "{}", chip.title());
    let again = record(&again).expect("it is as large, and ran once");
    for ((request, array), (other, same)) in recording.arrays.iter().zip(&again.arrays) {
        assert_eq!((request, array), (other, same), "{}", chip.title());
    }
    assert_eq!(recording.arrays.len(), again.arrays.len());
}

/// Runs a design on spikes and records everything; `None` for one that is too large, or stops.
fn record(design: &Design) -> Option<Recording> {
    let (emulation, mut numbers) = (&design.emulation, Numbers(3));
    let requests = emulation.requests();
    let inputs = emulation.inputs();
    let entering = inputs.iter().map(|(_, shape)| shape.iter().product::<usize>());
    let recorded = emulation.channels(&requests).into_iter();
    if recorded.chain(entering).sum::<usize>() > MOST_NUMBERS {
        return None;
    }
    let signals = inputs.into_iter().map(|(name, shape)| {
        let channels = shape.iter().product();
        let values = (0..channels * STEPS).map(|_| f64::from(u8::from(numbers.draw() < 0.3)));
        let values = values.collect();
        (name, Signal::Frames { channels, values, counts: true })
    });
    let stimulus = Stimulus { signals: signals.collect() };
    emulation.record(&stimulus, STEPS, 1e-3, &requests).ok()
}
