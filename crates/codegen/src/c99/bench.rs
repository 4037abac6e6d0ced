//! The test bench: it replays vectors, and fails on the first difference.

use std::fmt::Write as _;

use nirkit_step::{Format, Numbers, Program};

use super::{CodeError, Printer, array_of, type_of};
use crate::name::{self, shown};
use crate::report::Report;
use crate::vectors::Vectors;

/// Files of a test bench: its source with the vectors, and a Makefile whose `make check` runs it.
pub fn test_bench(
    program: &Program,
    name: &str,
    vectors: &Vectors,
) -> Result<(String, String), CodeError> {
    name::check(name)?;
    let printer = Printer::new(program, name);
    Ok((printer.bench(vectors), makefile(name)))
}

impl Printer<'_> {
    fn bench(&self, vectors: &Vectors) -> String {
        let name = self.name;
        let mut text = format!(
            "/* Made by nirkit. Replays a stimulus, and compares every number with what nirkit computed. */\n\
             #include <math.h>\n#include <stdio.h>\n#include <string.h>\n#include \"{name}.h\"\n\n"
        );
        let steps = vectors.steps;
        let bytes = Report::of(self.program).state;
        let _ = writeln!(text, "#define STEPS {steps}u\n");
        for (at, (input, frames)) in self.program.inputs.iter().zip(&vectors.inputs).enumerate() {
            let len: usize = input.shape.iter().product();
            let mut numbers = Numbers::filled(input.format.round(0.0), len * steps);
            for (place, &x) in frames.iter().take(len * steps).enumerate() {
                numbers.set(place, input.format.round(x));
            }
            array_of(&mut text, &format!("input_{at}"), &numbers, type_of(input.format));
        }
        for (at, numbers) in vectors.probes.iter().enumerate() {
            array_of(&mut text, &format!("probe_{at}"), numbers, type_of(numbers.format()));
        }
        for format in Format::ALL {
            self.comparison(format, &mut text);
        }
        let _ = write!(
            text,
            "static {name}_state state;\n\nint main(void)\n{{\n  uint32_t step;\n  if (sizeof state != {bytes}u) {{\n    \
             printf(\"the state has %u bytes, not {bytes}\\n\", (unsigned)sizeof state);\n    return 1;\n  }}\n  {name}_init(&state);\n  \
             for (step = 0; step < STEPS; step++) {{\n    {name}_step(&state"
        );
        for (at, input) in self.program.inputs.iter().enumerate() {
            let len: usize = input.shape.iter().product();
            let _ = write!(text, ", &input_{at}[step * {len}u]");
        }
        text.push_str(");\n");
        for (at, probe) in self.program.probes.iter().enumerate() {
            let (len, format) = (self.len(probe.buffer), self.format(probe.buffer));
            let (of, kind) = (&self.probes[at], format.name());
            let _ = writeln!(
                text,
                "    if (differs_{kind}(\"{}\", step, {of}(&state), &probe_{at}[step * {len}u], {len}u)) {{ return 1; }}",
                shown(&probe.name)
            );
        }
        let count = self.program.probes.len();
        let _ = write!(
            text,
            "  }}\n  printf(\"{count} observables are equal in %u steps\\n\", (unsigned)STEPS);\n  return 0;\n}}\n"
        );
        text
    }

    /// A function that compares numbers of a format by their bits; one NaN is as good as another.
    fn comparison(&self, format: Format, text: &mut String) {
        if !self.program.probes.iter().any(|probe| self.format(probe.buffer) == format) {
            return;
        }
        let (kind, name) = (type_of(format), format.name());
        let nan = if format.is_integer() {
            ""
        } else {
            "    if (found[i] != found[i] && wanted[i] != wanted[i]) { continue; }\n"
        };
        let _ = write!(
            text,
            "static int differs_{name}(const char *what, uint32_t step, const {kind} *found, const {kind} *wanted, uint32_t len)\n\
             {{\n  uint32_t i;\n  for (i = 0; i < len; i++) {{\n{nan}    \
             if (memcmp(&found[i], &wanted[i], sizeof found[i]) != 0) {{\n      \
             printf(\"%s, step %u, number %u: %.17g, and nirkit has %.17g\\n\", what, (unsigned)step, (unsigned)i, (double)found[i], (double)wanted[i]);\n      \
             return 1;\n    }}\n  }}\n  return 0;\n}}\n\n"
        );
    }
}

fn makefile(name: &str) -> String {
    format!(
        "# Made by nirkit. `make check` builds the network and its test bench, and replays the vectors.\n\
         CC ?= cc\nCFLAGS ?= -O2\n\
         FLAGS = -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -ffp-contract=off\n\n\
         check: {name}_test\n\t./{name}_test\n\n\
         {name}_test: {name}.c {name}.h {name}_test.c\n\t$(CC) $(CFLAGS) $(FLAGS) -o $@ {name}.c {name}_test.c -lm\n\n\
         clean:\n\trm -f {name}_test\n\n.PHONY: check clean\n"
    )
}
