//! Whatever the text is, reading a stimulus in JSON ends in order, and what is read is what it says to be.

use nirkit::Signal;
use nirkit::io::stimulus_json::{Course, Stimulus, read_stimulus_json_bytes};

/// Reads a stimulus, and takes it for the Inputs that it names.
pub fn run(bytes: &[u8]) {
    let Ok(stimulus) = read_stimulus_json_bytes(bytes) else { return };
    assert!(stimulus.duration.is_finite() && stimulus.duration >= 0.0);
    let inputs = stimulus.inputs.iter().map(|(name, signal)| (name.clone(), signal.shape.clone()));
    let inputs: Vec<_> = inputs.collect();
    let taken = nirkit::Stimulus::new().courses(stimulus.clone());
    let samples = taken.for_inputs(&inputs).expect("every name stands once");
    for (name, signal) in samples.iter().flatten() {
        hold(&stimulus, name, signal);
    }
}

/// Holds a signal against the file.
fn hold(stimulus: &Stimulus, name: &str, signal: &Signal) {
    let given = &stimulus.inputs[name];
    match (signal, &given.course) {
        (Signal::Spikes { channels, spikes }, Course::Spikes(events)) => {
            assert_eq!(spikes.len(), events.len());
            assert!(spikes.iter().all(|spike| spike.time >= 0.0 && spike.channel < *channels));
            assert!(spikes.is_sorted_by(|a, b| a.time <= b.time));
        }
        (Signal::Current { channels, breakpoints, values }, Course::Current { .. }) => {
            assert_eq!(values.len(), breakpoints.len() * channels);
            assert!(breakpoints.is_sorted() && values.iter().all(|value| value.is_finite()));
        }
        _ => unreachable!("{name} changes its kind"),
    }
}
