//! Stimuli: frames and spikes of any share and height.

use nirkit_run::stimulus::Spike;
use nirkit_run::{Signal, Stimulus};

use super::STEPS;
use super::bytes::Bytes;

/// A stimulus for Inputs of these names and numbers of channels, of up to so many steps of a
/// millisecond.
pub(super) fn stimulus(bytes: &mut Bytes<'_>, inputs: &[(&str, usize)]) -> Stimulus {
    let mut signal = |&(name, channels): &(&str, usize)| (name.to_owned(), signal(bytes, channels));
    Stimulus { signals: inputs.iter().map(&mut signal).collect() }
}

fn signal(bytes: &mut Bytes<'_>, channels: usize) -> Signal {
    let share = bytes.pick(&[0.3, 0.03, 1.0, 0.0]);
    let height = bytes.pick(&[1.0, 1.0, 2.0, 0.7]);
    let frames = if bytes.once_in(4) { bytes.below(STEPS + 1) } else { STEPS };
    let is_spikes = bytes.once_in(4);
    let mut numbers = bytes.numbers();
    let mut frame = || {
        let height = if numbers.draw() < 0.1 { height } else { 1.0 };
        if numbers.draw() < share { height } else { 0.0 }
    };
    let values: Vec<f64> = (0..frames * channels).map(|_| frame()).collect();
    if is_spikes {
        let events = values.iter().enumerate().filter(|(_, value)| **value != 0.0);
        let spike = |(at, &value): (usize, &f64)| Spike {
            time: (at / channels) as f64 * 1e-3,
            channel: at % channels,
            value,
        };
        return Signal::Spikes { channels, spikes: events.map(spike).collect() };
    }
    let counts = values.iter().all(|value| value.fract() == 0.0);
    Signal::Frames { channels, values, counts }
}
