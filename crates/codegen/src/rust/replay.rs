//! The test of the crate: it replays vectors, and fails at the first difference.

use std::fmt::Write as _;

use super::constants::array;
use super::{Printer, input_len};
use crate::Vectors;
use crate::name::shown;

/// How numbers are compared.
const COMPARISON: &str = "
/// Numbers that are compared by their bits; one NaN is as good as another.
trait Bits: Copy + std::fmt::Debug {
    fn is_same(self, other: Self) -> bool;
}

impl Bits for f32 {
    fn is_same(self, other: Self) -> bool {
        self.to_bits() == other.to_bits() || (self.is_nan() && other.is_nan())
    }
}

impl Bits for f64 {
    fn is_same(self, other: Self) -> bool {
        self.to_bits() == other.to_bits() || (self.is_nan() && other.is_nan())
    }
}

macro_rules! integers {
    ($($kind:ty)*) => {
        $(impl Bits for $kind {
            fn is_same(self, other: Self) -> bool {
                self == other
            }
        })*
    };
}

integers!(i8 i16 i32 i64);

fn compare<T: Bits>(what: &str, step: usize, found: &[T], wanted: &[T]) {
    for (at, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!(
            found.is_same(*wanted),
            \"{what}, step {step}, number {at}: {found:?}, and nirkit has {wanted:?}\"
        );
    }
}
";

/// The channels of a frame.
const EVENTS: &str = "
/// Returns the channels that have spikes in a frame, each as often as it has one.
fn events<T: Copy>(frame: &[T], count: fn(T) -> u32) -> Vec<u32> {
    let channels = frame.iter().zip(0_u32..);
    channels.flat_map(|(&x, channel)| (0..count(x)).map(move |_| channel)).collect()
}
";

impl Printer<'_> {
    /// The test.
    pub(super) fn replay(&self, vectors: &Vectors) -> String {
        let (name, program) = (self.name, self.layout.program);
        let bytes = self.layout.state_bytes();
        let frames: Vec<String> = (0..program.inputs.len())
            .map(|input| format!("&vectors::INPUT_{input}[step]"))
            .collect();
        let frames = frames.join(", ");
        let compared: String = program
            .probes
            .iter()
            .zip(&self.probes)
            .enumerate()
            .map(|(at, (probe, accessor))| {
                let what = shown(&probe.name);
                let line = format!(
                    "compare(\"{what}\", step, network.{accessor}(), &vectors::PROBE_{at}[step]);"
                );
                format!("    {line}\n")
            })
            .collect();
        format!(
            "//! Replays a stimulus, and compares every number with what nirkit computed.\n\n\
             mod vectors;\n\nuse ::{name}::Network;\n{COMPARISON}\n\
             /// Compares everything that can be observed.\n\
             fn compare_all(network: &Network, step: usize) {{\n{compared}}}\n\n\
             #[test]\nfn every_number_is_the_one_that_nirkit_computed() {{\n    \
             let mut network = Network::new();\n    \
             for _ in 0..2 {{\n        \
             for step in 0..{steps} {{\n            network.step({frames});\n            compare_all(&network, step);\n        }}\n        \
             network.reset();\n    }}\n}}\n\n\
             /// Elsewhere, numbers of 64 bits may stand closer together.\n\
             #[test]\n#[cfg(not(target_arch = \"x86\"))]\nfn the_state_has_the_bytes_of_the_report() {{\n    \
             assert_eq!(size_of::<Network>(), {bytes});\n}}\n{events}{read}",
            read = self.readout_test(vectors),
            steps = vectors.steps,
            events = self.replay_events(vectors),
        )
    }

    /// The test of `step_events`; empty where something else than spikes enters.
    fn replay_events(&self, vectors: &Vectors) -> String {
        let program = self.layout.program;
        let inputs = 0..program.inputs.len();
        let are_spikes = inputs.clone().all(|at| vectors.most_spikes(program, at).is_some());
        if self.layout.frames().is_none() || !are_spikes {
            return String::new();
        }
        let of = |at: usize| format!("&events(&vectors::INPUT_{at}[step], |x| x as u32)");
        let channels: Vec<String> = inputs.map(of).collect();
        let beyond: Vec<String> =
            program.inputs.iter().map(|input| format!("&[{}]", input_len(input))).collect();
        format!(
            "{EVENTS}\n#[test]\nfn events_give_the_same_numbers() {{\n    \
             let mut network = Network::new();\n    \
             for step in 0..{} {{\n        \
             network.step_events({}).unwrap();\n        compare_all(&network, step);\n        \
             // A channel that is not there changes nothing.\n        \
             assert!(network.step_events({}).is_err());\n    }}\n}}\n",
            vectors.steps,
            channels.join(", "),
            beyond.join(", "),
        )
    }

    /// The vectors: a row for each step.
    pub(super) fn vectors(&self, vectors: &Vectors) -> String {
        let mut text = "//! A stimulus, and what nirkit computed for it: a row for each step.\n\
            #![allow(clippy::approx_constant, clippy::excessive_precision)]\n"
            .to_owned();
        let program = self.layout.program;
        for (at, input) in program.inputs.iter().enumerate() {
            let numbers = vectors.frames(program, at);
            let _ =
                write!(text, "\n/// Frames of {}.\npub static INPUT_{at}: ", shown(&input.name));
            array(&mut text, &numbers, self.layout.input_kind(at), Some(input_len(input)));
        }
        for (at, (probe, numbers)) in program.probes.iter().zip(&vectors.probes).enumerate() {
            let columns = self.layout.len(probe.buffer);
            let _ = write!(text, "\n/// {}.\npub static PROBE_{at}: ", shown(&probe.name));
            array(&mut text, numbers, self.layout.kind(probe.buffer), Some(columns));
        }
        text
    }
}
