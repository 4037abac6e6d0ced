//! The readout: a structure beside the state, to which each step is added.

use std::fmt::Write as _;

use nirkit_step::{BufferId, Number, Numbers};

use super::constants::Constants;
use super::{Printer, expr};
use crate::name::shown;
use crate::readout::{Readout, ReadoutOf};
use crate::vectors::Vectors;
use crate::whole::register;

impl Printer<'_> {
    /// The readout, with the buffer that it reads and the name of its probe.
    fn read(&self) -> Option<(&ReadoutOf, BufferId)> {
        let of = self.options.readout.as_ref()?;
        let at = of.place(self.layout.program)?;
        Some((of, self.layout.program.probes[at].buffer))
    }

    /// The type of a score.
    fn score(&self, of: &ReadoutOf, buffer: BufferId) -> String {
        match of.readout {
            Readout::Count | Readout::First => "uint32_t".to_owned(),
            Readout::Voltage if self.layout.format(buffer).is_integer() => "int64_t".to_owned(),
            Readout::Voltage => self.kind(buffer),
        }
    }

    /// What the header says of it.
    pub(super) fn readout_header(&self) -> String {
        let Some((of, buffer)) = self.read() else { return String::new() };
        let (name, len, kind) = (self.name, self.len(buffer), self.score(of, buffer));
        let what = match of.readout {
            Readout::Count => "the channel with most spikes",
            Readout::First => "the channel that spikes first",
            Readout::Voltage => "the channel with the largest number of all steps",
        };
        let steps = if of.readout == Readout::First { "  uint32_t steps;\n" } else { "" };
        format!(
            "\n/* Reads a class from {}: {what}, the lowest of several. */\ntypedef struct {{\n{steps}  {kind} score[{len}];\n}} {name}_readout;\n\n\
             /* Brings a readout to the start. */\nvoid {name}_readout_init({name}_readout *r);\n\n\
             /* Adds the last step. */\nvoid {name}_readout_add({name}_readout *r, const {name}_state *s);\n\n\
             /* The class so far. */\nuint32_t {name}_readout_class(const {name}_readout *r);\n",
            shown(&of.probe)
        )
    }

    /// The functions.
    pub(super) fn readout_source(&self, constants: &mut Constants) -> String {
        let Some((of, buffer)) = self.read() else { return String::new() };
        let (name, len) = (self.name, self.len(buffer));
        let number = format!("{}[i]", self.member(buffer));
        let zero = expr::literal(Number::zero(self.format(buffer)));
        let kind = self.score(of, buffer);
        let (start, head, add, end, better) = match of.readout {
            Readout::Count => {
                let bits = register(self.layout.range(buffer)).max(32);
                let add = if self.layout.stored.is_some() {
                    format!(
                        "const int{bits}_t x = {number};\n    r->score[i] = r->score[i] + (uint32_t)x;"
                    )
                } else {
                    format!("r->score[i] = r->score[i] + (uint32_t){number};")
                };
                ("0u".to_owned(), "", add, "", ">")
            }
            Readout::First => (
                "UINT32_MAX".to_owned(),
                "  r->steps = 0u;\n",
                format!(
                    "if (({number} != {zero}) && (r->score[i] == UINT32_MAX)) {{ r->score[i] = r->steps; }}"
                ),
                "  r->steps++;\n",
                "<",
            ),
            Readout::Voltage => {
                let value = match &of.factors {
                    Some(factors) => {
                        constants.add("readout_factor", &Numbers::I64(factors.clone()));
                        format!("(int64_t){number} * readout_factor[i]")
                    }
                    None => format!("({kind}){number}"),
                };
                let lowest = match self.format(buffer) {
                    nirkit_step::Format::I64 => "(-INT64_MAX)".to_owned(),
                    format => expr::literal(format.round(f64::NEG_INFINITY)),
                };
                let add = format!(
                    "const {kind} x = {value};\n    if (x > r->score[i]) {{ r->score[i] = x; }}"
                );
                (lowest, "", add, "", ">")
            }
        };
        let mut text = String::new();
        let _ = write!(
            text,
            "\nvoid {name}_readout_init({name}_readout *r)\n{{\n  uint32_t i;\n{head}  \
             for (i = 0; i < {len}u; i++) {{ r->score[i] = {start}; }}\n}}\n\n\
             void {name}_readout_add({name}_readout *r, const {name}_state *s)\n{{\n  uint32_t i;\n  \
             for (i = 0; i < {len}u; i++) {{\n    {add}\n  }}\n{end}}}\n\n\
             uint32_t {name}_readout_class(const {name}_readout *r)\n{{\n  uint32_t i;\n  uint32_t best = 0u;\n  \
             for (i = 1; i < {len}u; i++) {{\n    if (r->score[i] {better} r->score[best]) {{ best = i; }}\n  }}\n  return best;\n}}\n"
        );
        text
    }

    /// What the test bench does with it: a declaration, what follows each step, and the comparison at the end.
    pub(super) fn readout_bench(&self, vectors: &Vectors) -> [String; 3] {
        let found = self.read().and_then(|(of, _)| of.class(self.layout.program, vectors));
        let Some(class) = found else { return Default::default() };
        let name = self.name;
        [
            format!("  static {name}_readout readout;\n  {name}_readout_init(&readout);\n"),
            format!("    {name}_readout_add(&readout, &state);\n"),
            format!(
                "  if ({name}_readout_class(&readout) != {class}u) {{\n    \
                 printf(\"the class is %u, and nirkit has {class}\\n\", (unsigned){name}_readout_class(&readout));\n    return 1;\n  }}\n"
            ),
        ]
    }
}
