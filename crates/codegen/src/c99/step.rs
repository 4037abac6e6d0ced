//! The source: what brings a state to the start, and what takes a step.

use std::fmt::Write as _;

use nirkit_step::{BufferId, Number};

use super::constants::Constants;
use super::{Printer, expr, prelude, stored};
use crate::layer::Place;
use crate::layout::{Frame, input_len};

impl Printer<'_> {
    /// The source.
    pub(super) fn source(&self, constants: &mut Constants) -> String {
        let name = self.name;
        let mut text = format!(
            "/* Made by nirkit. Compile with -ffp-contract=off: a product and a sum are rounded one by one. */\n\
             #include \"{name}.h\"\n\n"
        );
        let body = self.body(constants);
        text.push_str(&prelude::needed_by(&body));
        text.push_str(&body);
        text
    }

    /// The head of the function that takes a step: it has a frame for each input.
    pub(super) fn step_head(&self) -> String {
        let name = self.name;
        let frame = |(at, of): (usize, &String)| {
            format!(", const {} *{of}", stored(self.layout.input_kind(at)))
        };
        let frames: String = self.inputs.iter().enumerate().map(frame).collect();
        format!("void {name}_step({name}_state *s{frames})")
    }

    /// The head of the function that takes a step with events: it has channels for each input, and how many they are.
    pub(super) fn events_head(&self) -> String {
        let name = self.name;
        let channels = |of: &String| format!(", const uint32_t *{of}, uint32_t n_{of}");
        let channels: String = self.inputs.iter().map(channels).collect();
        let out = |at: usize| format!(", uint32_t *out_{at}, uint32_t *n_out_{at}");
        let outs: String = (0..self.outputs().len()).map(out).collect();
        format!("int {name}_step_events({name}_state *s{channels}{outs})")
    }

    fn body(&self, constants: &mut Constants) -> String {
        let name = self.name;
        let init = self.init(constants);
        let steps = self.steps(constants);
        constants.of(Place::Readout);
        let readout = self.readout_source(constants);
        let mut text = constants.text.clone();
        let _ = write!(
            text,
            "void {name}_init({name}_state *s)\n{{\n  uint32_t i;\n  (void)i;\n  (void)s;\n{init}}}\n\n{steps}"
        );
        text.push_str(&readout);
        for (probe, of) in self.layout.program.probes.iter().zip(&self.probes) {
            let (kind, member) = (self.kind(probe.buffer), self.member(probe.buffer));
            let _ = write!(
                text,
                "\nconst {kind} *{of}(const {name}_state *s)\n{{\n  return {member};\n}}\n"
            );
        }
        text
    }

    /// What brings a state to the start.
    fn init(&self, constants: &mut Constants) -> String {
        let mut init = String::new();
        for (id, buffer) in self.layout.own() {
            let number = buffer.start.uniform().map_or_else(
                || {
                    constants.of(Place::Start(id.0));
                    constants.add(&format!("start_{}", id.0), &buffer.start);
                    format!("start_{}[i]", id.0)
                },
                expr::literal,
            );
            self.each(id, &self.member(id), &number, &mut init);
            if self.layout.before.contains(&id) {
                self.each(id, &self.before(id), &format!("{}[i]", self.member(id)), &mut init);
            }
        }
        for (ring, _) in self.layout.rings() {
            let _ = writeln!(init, "  {} = 0u;", self.row(ring));
        }
        if self.layout.has_first {
            init.push_str("  s->is_later = 0u;\n");
        }
        init
    }

    /// Sets every element of a member as long as a buffer.
    pub(super) fn each(&self, buffer: BufferId, member: &str, number: &str, text: &mut String) {
        let len = self.len(buffer);
        let _ = writeln!(text, "  for (i = 0; i < {len}u; i++) {{ {member}[i] = {number}; }}");
    }

    /// Writes the frame of an input.
    pub(super) fn frame(&self, input: usize, to: BufferId, text: &mut String) {
        let (number, from) =
            (format!("{}[i]", self.inputs[input]), self.layout.program.inputs[input].format);
        self.each(to, &self.member(to), &expr::convert(number, from, self.format(to)), text);
    }

    /// The functions that take a step.
    fn steps(&self, constants: &mut Constants) -> String {
        let name = self.name;
        // A platform may look at one of several inputs only.
        let unused: String =
            self.inputs.iter().map(|input| format!("  (void){input};\n")).collect();
        let open = format!("\n{{\n  uint32_t i;\n  (void)i;\n  (void)s;\n{unused}");
        let Some(frames) = self.layout.frames() else {
            let operations = self.operations(&[], constants);
            return format!("{}{open}{operations}}}\n", self.step_head());
        };
        let places: Vec<usize> = frames.iter().map(|frame| frame.at).collect();
        let operations = self.operations(&places, constants);
        let mut written = String::new();
        for Frame { input, to, .. } in &frames {
            self.frame(*input, *to, &mut written);
        }
        format!(
            "/* Takes a step in which frames are there already. */\n\
             static void {name}_advance({name}_state *s)\n{{\n  uint32_t i;\n  (void)i;\n  (void)s;\n{operations}}}\n\n\
             {}{open}{written}  {name}_advance(s);\n}}\n\n\
             {}{open}{}  {name}_advance(s);\n{}  return 0;\n}}\n",
            self.step_head(),
            self.events_head(),
            self.events(&frames),
            self.leaving(),
        )
    }

    /// The events that leave.
    fn leaving(&self) -> String {
        let mut text = String::new();
        for (at, probe) in self.outputs().into_iter().enumerate() {
            let buffer = self.layout.program.probes[probe].buffer;
            let zero = expr::literal(Number::zero(self.format(buffer)));
            let (len, member) = (self.len(buffer), self.member(buffer));
            let _ = writeln!(
                text,
                "  *n_out_{at} = 0u;\n  for (i = 0; i < {len}u; i++) {{\n    \
                 if ({member}[i] != {zero}) {{\n      out_{at}[*n_out_{at}] = i;\n      (*n_out_{at})++;\n    }}\n  }}"
            );
        }
        text
    }

    /// Frames out of events.
    fn events(&self, frames: &[Frame]) -> String {
        let mut text = String::new();
        for (input, of) in self.layout.program.inputs.iter().zip(&self.inputs) {
            let len = input_len(input);
            let _ = writeln!(
                text,
                "  for (i = 0; i < n_{of}; i++) {{ if ({of}[i] >= {len}u) {{ return -1; }} }}"
            );
        }
        for Frame { input, to, .. } in frames {
            let (format, member, of) = (self.format(*to), self.member(*to), &self.inputs[*input]);
            self.each(*to, &member, &expr::literal(Number::zero(format)), &mut text);
            if self.layout.stored.is_some() {
                let kind = self.kind(*to);
                let most = self.layout.input_kind(*input).bytes() * 8;
                let _ = writeln!(
                    text,
                    "  for (i = 0; i < n_{of}; i++) {{\n    if ({member}[{of}[i]] == INT{most}_MAX) {{ return -1; }}\n    \
                     {member}[{of}[i]] = ({kind})({member}[{of}[i]] + 1);\n  }}"
                );
                continue;
            }
            let one = expr::literal(format.round(1.0));
            let _ =
                writeln!(text, "  for (i = 0; i < n_{of}; i++) {{ {member}[{of}[i]] += {one}; }}");
        }
        text
    }

    /// The operations but for those at some places, and what ends a step.
    fn operations(&self, without: &[usize], constants: &mut Constants) -> String {
        let mut text = String::new();
        for (at, operation) in self.layout.program.operations.iter().enumerate() {
            if !without.contains(&at) {
                constants.of(Place::Operation(at));
                self.operation(at, operation, constants, &mut text);
            }
        }
        for (ring, rows) in self.layout.rings() {
            let row = self.row(ring);
            let _ = writeln!(text, "  {row} = ({row} + 1u) % {rows}u;");
        }
        for &buffer in &self.layout.before {
            let now = format!("{}[i]", self.member(buffer));
            self.each(buffer, &self.before(buffer), &now, &mut text);
        }
        if self.layout.has_first {
            text.push_str("  s->is_later = 1u;\n");
        }
        text
    }
}
