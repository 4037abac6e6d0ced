//! A step: of frames, of events.

use nirkit_step::Operation;

use super::constants::Constants;
use super::expr::literal;
use super::{Body, Printer, input_len};
use crate::layer::Place;
use crate::layout::Frame;

impl Printer<'_> {
    /// `step` and, where all frames can be written at the begin of a step, `step_events`.
    pub(super) fn steps(&self, constants: &mut Constants, body: &mut Body) {
        body.blank();
        body.line("/// Takes a step. Each argument is the frame of an input.");
        body.open(&format!("pub fn step(&mut self{}) {{", self.frames()));
        self.unused(body);
        if let Some(frames) = self.layout.frames() {
            for Frame { input, to, .. } in &frames {
                self.frame(*input, *to, body);
            }
            body.line("self.advance();");
            body.close("}");
            self.step_events(&frames, body);
            body.blank();
            body.line("/// Takes a step in which frames are there already.");
            body.open("fn advance(&mut self) {");
            let places: Vec<usize> = frames.iter().map(|frame| frame.at).collect();
            self.operations(&places, constants, body);
        } else {
            self.operations(&[], constants, body);
        }
        body.close("}");
    }

    /// A platform may look at one of several inputs only.
    fn unused(&self, body: &mut Body) {
        let operations = &self.layout.program.operations;
        for (at, name) in self.inputs.iter().enumerate() {
            let is_frame = |operation: &Operation| matches!(operation, Operation::Frame { input, .. } if *input == at);
            if !operations.iter().any(is_frame) {
                body.line(&format!("let _ = {name};"));
            }
        }
    }

    fn step_events(&self, frames: &[Frame], body: &mut Body) {
        let parameters: String =
            self.inputs.iter().map(|name| format!(", {name}: &[u32]")).collect();
        body.blank();
        body.line("/// Takes a step in which the named channels of each input have a spike; one that is named twice has two.");
        body.line("///");
        body.line("/// # Errors");
        body.line("///");
        body.line("/// An input lacks a channel. Then no step is taken.");
        body.open(&format!(
            "pub fn step_events(&mut self{parameters}) -> Result<(), NoSuchChannel> {{"
        ));
        for (input, name) in self.layout.program.inputs.iter().zip(&self.inputs) {
            let len = input_len(input);
            body.open(&format!(
                "if let Some(&channel) = {name}.iter().find(|&&channel| channel >= {len}) {{"
            ));
            body.line("return Err(NoSuchChannel(channel));");
            body.close("}");
        }
        for Frame { input, to, .. } in frames {
            let [zero, one] = match self.layout.stored {
                Some(_) => ["0", "1"].map(str::to_owned),
                None => [0.0, 1.0].map(|x| literal(self.layout.format(*to).round(x)).text),
            };
            let member = self.member(*to);
            body.line(&format!("{member}.fill({zero});"));
            body.open(&format!("for &channel in {} {{", self.inputs[*input]));
            if self.layout.stored.is_some() {
                let most = 8 * self.layout.input_kind(*input).bytes();
                let end = if most == 8 * self.layout.kind(*to).bytes() {
                    format!("i{most}::MAX")
                } else {
                    format!("{}::from(i{most}::MAX)", self.kind(*to))
                };
                body.open(&format!("if {member}[channel as usize] == {end} {{"));
                body.line("return Err(NoSuchChannel(channel));");
                body.close("}");
            }
            body.line(&format!("{member}[channel as usize] += {one};"));
            body.close("}");
        }
        body.line("self.advance();");
        body.line("Ok(())");
        body.close("}");
    }

    /// The operations but for those at some places, and what ends a step.
    fn operations(&self, without: &[usize], constants: &mut Constants, body: &mut Body) {
        for (at, operation) in self.layout.program.operations.iter().enumerate() {
            if !without.contains(&at) {
                constants.of(Place::Operation(at));
                self.operation(at, operation, constants, body);
            }
        }
        for (ring, rows) in self.layout.rings() {
            if let Some(row) = self.row(ring) {
                body.line(&format!("{row} = ({row} + 1) % {rows};"));
            }
        }
        for &buffer in &self.layout.before {
            body.line(&format!("{} = {};", self.before(buffer), self.member(buffer)));
        }
        if self.layout.has_first {
            body.line("self.is_later = true;");
        }
    }
}

/// The error of `step_events`.
pub(super) const NO_SUCH_CHANNEL: &str = "
/// A channel that an input lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchChannel(pub u32);

impl core::fmt::Display for NoSuchChannel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, \"the input has no channel {}\", self.0)
    }
}

impl core::error::Error for NoSuchChannel {}
";
