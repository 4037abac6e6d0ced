//! The readout, to which each step is added, and the events that leave.

use nirkit_step::{BufferId, Format, Numbers};

use super::constants::{Constants, read};
use super::{Body, Printer};
use crate::Vectors;
use crate::name::shown;
use crate::readout::{Readout, ReadoutOf};

impl Printer<'_> {
    /// Methods that list the channels of outputs that are not 0.
    pub(super) fn events(&self, body: &mut Body) {
        for name in &self.options.outputs {
            let probes = &self.layout.program.probes;
            let Some(at) = probes.iter().position(|probe| probe.name == *name) else { continue };
            let (zero, accessor) = (self.zero(probes[at].buffer), &self.probes[at]);
            body.blank();
            body.line(&format!("/// Returns the channels of {} that are not 0.", shown(name)));
            body.open(&format!(
                "pub fn events_of_{accessor}(&self) -> impl Iterator<Item = u32> + '_ {{"
            ));
            body.line(&format!(
                "(0_u32..).zip(self.{accessor}()).filter(|(_, &x)| x != {zero}).map(|(channel, _)| channel)"
            ));
            body.close("}");
        }
    }

    /// The readout, with the buffer and the method that it reads.
    fn read_of(&self) -> Option<(&ReadoutOf, BufferId, &str)> {
        let of = self.options.readout.as_ref()?;
        let at = of.place(self.layout.program)?;
        Some((of, self.layout.program.probes[at].buffer, &self.probes[at]))
    }

    /// The structure of the readout.
    pub(super) fn readout(&self, constants: &mut Constants) -> String {
        let Some((of, buffer, accessor)) = self.read_of() else { return String::new() };
        let (len, zero) = (self.len(buffer), self.zero(buffer));
        let is_whole = self.layout.format(buffer) == Format::I64;
        let (what, kind, start) = match of.readout {
            Readout::Count => ("the channel with most spikes", "u32", "0"),
            Readout::First => ("the channel that spikes first", "u32", "u32::MAX"),
            Readout::Voltage if is_whole => {
                ("the channel with the largest number", "i64", "i64::MIN")
            }
            Readout::Voltage => {
                let kind = self.layout.format(buffer).name();
                let start = if kind == "f32" { "f32::NEG_INFINITY" } else { "f64::NEG_INFINITY" };
                ("the channel with the largest number", kind, start)
            }
        };
        let add = match of.readout {
            Readout::Count => "*score += x as u32;".to_owned(),
            Readout::First => format!(
                "if x != {zero} && *score == u32::MAX {{\n                *score = self.steps;\n            }}"
            ),
            Readout::Voltage => {
                let x = match (&of.factors, is_whole) {
                    (Some(factors), _) => {
                        let numbers = Numbers::I64(factors.clone());
                        constants.add(
                            "READOUT_FACTOR",
                            "What brings channels to one scale.",
                            &numbers,
                        );
                        let factor = read("constants::READOUT_FACTOR[i]", &numbers).text;
                        format!("{} * {factor}", self.as_i64(buffer))
                    }
                    (None, true) => self.as_i64(buffer),
                    (None, false) => "x".to_owned(),
                };
                format!(
                    "let x = {x};\n            if x > *score {{\n                *score = x;\n            }}"
                )
            }
        };
        let better = if of.readout == Readout::First { "<" } else { ">" };
        format!(
            "\n/// Reads a class from {}: {what}, the lowest of several.\n#[derive(Clone, Debug)]\npub struct Readout {{\n    \
             steps: u32,\n    score: [{kind}; {len}],\n}}\n\n\
             impl Default for Readout {{\n    fn default() -> Self {{\n        Self::new()\n    }}\n}}\n\n\
             impl Readout {{\n    /// Returns a readout before the first step.\n    #[must_use]\n    pub const fn new() -> Self {{\n        \
             Self {{ steps: 0, score: [{start}; {len}] }}\n    }}\n\n    \
             /// Adds the last step of a network.\n    pub fn add(&mut self, network: &Network) {{\n        \
             for (i, (score, &x)) in self.score.iter_mut().zip(network.{accessor}()).enumerate() {{\n            let _ = i;\n            {add}\n        }}\n        \
             self.steps = self.steps.saturating_add(1);\n    }}\n\n    \
             /// Returns the class so far.\n    #[must_use]\n    pub fn class(&self) -> usize {{\n        let mut best = 0;\n        \
             for i in 1..{len} {{\n            if self.score[i] {better} self.score[best] {{\n                best = i;\n            }}\n        }}\n        best\n    }}\n}}\n",
            shown(&of.probe)
        )
    }

    /// The number `x` of a buffer in 64 bits.
    fn as_i64(&self, buffer: BufferId) -> String {
        match self.kind(buffer).as_str() {
            "i64" => "x".to_owned(),
            _ => "i64::from(x)".to_owned(),
        }
    }

    /// The test of both.
    pub(super) fn readout_test(&self, vectors: &Vectors) -> String {
        let found = self.read_of().and_then(|(of, ..)| of.class(self.layout.program, vectors));
        let mut lines = String::new();
        for name in &self.options.outputs {
            let probes = &self.layout.program.probes;
            let Some(at) = probes.iter().position(|probe| probe.name == *name) else { continue };
            let (zero, accessor) = (self.zero(probes[at].buffer), &self.probes[at]);
            lines.push_str(&format!(
                "        let wanted = (0_u32..).zip(&vectors::PROBE_{at}[step]).filter(|(_, x)| **x != {zero}).map(|(channel, _)| channel);\n        \
                 assert!(network.events_of_{accessor}().eq(wanted), \"step {{step}}\");\n"
            ));
        }
        let [begin, add, end] = match found {
            None if lines.is_empty() => return String::new(),
            None => [String::new(), String::new(), String::new()],
            Some(class) => [
                format!("    let mut readout = ::{}::Readout::new();\n", self.name),
                "        readout.add(&network);\n".to_owned(),
                format!("    assert_eq!(readout.class(), {class});\n"),
            ],
        };
        let inputs = 0..self.layout.program.inputs.len();
        let frames: Vec<String> =
            inputs.map(|input| format!("&vectors::INPUT_{input}[step]")).collect();
        format!(
            "\n#[test]\nfn what_leaves_is_listed_and_read() {{\n    let mut network = Network::new();\n{begin}    \
             for step in 0..{} {{\n        network.step({});\n{lines}{add}    }}\n{end}}}\n",
            vectors.steps,
            frames.join(", ")
        )
    }
}
