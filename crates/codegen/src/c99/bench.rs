//! The test bench: it replays vectors, and fails on the first difference.

use std::fmt::Write as _;

use super::measure::COUNTS;
use super::{Printer, array_of, cortex_m};
use crate::layout::input_len;
use crate::name::shown;
use crate::stored::Stored;
use crate::vectors::Vectors;

impl Printer<'_> {
    pub(super) fn bench(&self, vectors: &Vectors) -> String {
        let name = self.name;
        let mut text = format!(
            "/* Made by nirkit. Replays a stimulus, and compares every number with what nirkit computed. */\n\
             #include <math.h>\n#include <stdio.h>\n#include <string.h>\n#include \"{name}.h\"\n\n"
        );
        let steps = vectors.steps;
        let (program, bytes) = (self.layout.program, self.layout.state_bytes());
        let _ = writeln!(text, "#define STEPS {steps}u\n");
        text.push_str(COUNTS);
        for at in 0..program.inputs.len() {
            let numbers = vectors.frames(program, at);
            let kind = self.layout.input_kind(at);
            array_of(&mut text, &format!("input_{at}"), &numbers, kind);
        }
        for (at, numbers) in vectors.probes.iter().enumerate() {
            let kind = self.layout.kind(program.probes[at].buffer);
            array_of(&mut text, &format!("probe_{at}"), numbers, kind);
        }
        let mut kinds: Vec<Stored> =
            program.probes.iter().map(|probe| self.layout.kind(probe.buffer)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            comparison(kind, &mut text);
        }
        self.comparison_of_all(&mut text);
        let (events, has_events) = self.replay_events(vectors, &mut text);
        let [begin, each, end] = self.readout_bench(vectors);
        let _ = write!(
            text,
            "int main(void)\n{{\n  uint32_t step;\n  if (sizeof state != {bytes}u) {{\n    \
             printf(\"the state has %u bytes, not {bytes}\\n\", (unsigned)sizeof state);\n    return 1;\n  }}\n  {name}_init(&state);\n{begin}  \
             for (step = 0; step < STEPS; step++) {{\n    BEGIN_COUNT\n    {name}_step(&state"
        );
        for (at, input) in program.inputs.iter().enumerate() {
            let len = input_len(input);
            let _ = write!(text, ", &input_{at}[step * {len}u]");
        }
        let count = program.probes.len();
        let _ = write!(
            text,
            ");\n    END_COUNT\n    if (differs(step)) {{ return 1; }}\n{each}  }}\n{end}  SAY_COUNT(\"frames\")\n{events}  \
             printf(\"{count} observables are equal in %u steps{has_events}\\n\", (unsigned)STEPS);\n  return 0;\n}}\n"
        );
        text
    }

    /// A function that compares everything that can be observed.
    fn comparison_of_all(&self, text: &mut String) {
        let name = self.name;
        let _ = write!(
            text,
            "static {name}_state state;\n\nstatic int differs(uint32_t step)\n{{\n  (void)step;\n"
        );
        for (at, probe) in self.layout.program.probes.iter().enumerate() {
            let (len, kind) = (self.len(probe.buffer), self.kind(probe.buffer));
            let of = &self.probes[at];
            let _ = writeln!(
                text,
                "  if (differs_{kind}(\"{}\", step, {of}(&state), &probe_{at}[step * {len}u], {len}u)) {{ return 1; }}",
                shown(&probe.name)
            );
        }
        text.push_str("  return 0;\n}\n\n");
    }

    /// What replays the stimulus as events, and what is then said of it; nothing where something else than spikes enters. Adds the
    /// lists of channels.
    fn replay_events(&self, vectors: &Vectors, text: &mut String) -> (String, &'static str) {
        let (name, program) = (self.name, self.layout.program);
        let inputs = 0..program.inputs.len();
        let most: Option<Vec<usize>> = inputs.map(|at| vectors.most_spikes(program, at)).collect();
        let (Some(most), Some(_)) = (most, self.layout.frames()) else {
            return (String::new(), "");
        };
        let (mut lists, mut arguments, mut beyond) = (String::new(), String::new(), String::new());
        for (at, (most, input)) in most.iter().zip(&program.inputs).enumerate() {
            let len = input_len(input);
            let _ = writeln!(text, "static uint32_t events_{at}[{}];\n", most.max(&1));
            let _ = write!(
                lists,
                "    n_{at} = 0u;\n    for (i = 0; i < {len}u; i++) {{\n      \
                 for (k = (uint32_t)input_{at}[step * {len}u + i]; k > 0u; k--) {{ events_{at}[n_{at}] = i; n_{at}++; }}\n    }}\n"
            );
            let _ = write!(arguments, ", events_{at}, n_{at}");
            let _ = write!(
                beyond,
                ", {}, {}",
                if at == 0 { "&beyond" } else { "events_0" },
                u8::from(at == 0)
            );
        }
        let mut listed = String::new();
        for (at, probe) in self.outputs().into_iter().enumerate() {
            let len = self.len(program.probes[probe].buffer);
            let _ = writeln!(text, "static uint32_t out_{at}[{len}], n_out_{at};\n");
            let more = format!(", out_{at}, &n_out_{at}");
            arguments.push_str(&more);
            beyond.push_str(&more);
            let _ = write!(
                listed,
                "    k = 0u;\n    for (i = 0; i < {len}u; i++) {{\n      \
                 if (probe_{probe}[step * {len}u + i] != 0) {{\n        \
                 if (k >= n_out_{at} || out_{at}[k] != i) {{ printf(\"events of %s, step %u\\n\", \"{}\", (unsigned)step); return 1; }}\n        k++;\n      }}\n    }}\n    if (k != n_out_{at}) {{ return 1; }}\n",
                shown(&program.probes[probe].name)
            );
        }
        let counts: Vec<String> = (0..most.len()).map(|at| format!("n_{at}")).collect();
        let beyond_len = program.inputs.first().map_or(0, input_len);
        let replay = format!(
            "  {name}_init(&state);\n  for (step = 0; step < STEPS; step++) {{\n    \
             const uint32_t beyond = {beyond_len}u;\n    int status;\n    uint32_t i, k, {};\n{lists}    \
             BEGIN_COUNT\n    status = {name}_step_events(&state{arguments});\n    END_COUNT\n    \
             if (status != 0) {{ return 1; }}\n    \
             if (differs(step)) {{ return 1; }}\n{listed}    \
             /* A channel that is not there changes nothing. */\n    \
             if ({name}_step_events(&state{beyond}) == 0) {{ return 1; }}\n  }}\n  SAY_COUNT(\"events\")\n",
            counts.join(", "),
        );
        (replay, ", and as events")
    }
}

/// A function that compares numbers of a type by their bits; one NaN is as good as another.
fn comparison(stored: Stored, text: &mut String) {
    let kind = super::stored(stored);
    let nan = if matches!(stored, Stored::Integer(_)) {
        ""
    } else {
        "    if (found[i] != found[i] && wanted[i] != wanted[i]) { continue; }\n"
    };
    let _ = write!(
        text,
        "static int differs_{kind}(const char *what, uint32_t step, const {kind} *found, const {kind} *wanted, uint32_t len)\n\
             {{\n  uint32_t i;\n  for (i = 0; i < len; i++) {{\n{nan}    \
             if (memcmp(&found[i], &wanted[i], sizeof found[i]) != 0) {{\n      \
             printf(\"%s, step %u, number %u: %.17g, and nirkit has %.17g\\n\", what, (unsigned)step, (unsigned)i, (double)found[i], (double)wanted[i]);\n      \
             return 1;\n    }}\n  }}\n  return 0;\n}}\n\n"
    );
}

pub(super) fn makefile(name: &str) -> String {
    format!(
        "# Made by nirkit. `make check` builds the network and its test bench, and replays the vectors. `make measure` writes what a Cortex-M\n\
         # takes into measured.json.\n\
         CC ?= cc\nCFLAGS ?= -O2\n\
         FLAGS = -std=c99 -pedantic -Wall -Wextra -Wconversion -Werror -ffp-contract=off\n\n\
         check: {name}_test\n\t./{name}_test\n\n\
         measure:\n\t@ARM_CC='$(ARM_CC)' sh measure.sh\n\n\
         {name}_test: {name}.c {name}.h {name}_test.c\n\t$(CC) $(CFLAGS) $(FLAGS) -o $@ {name}.c {name}_test.c -lm\n\n\
         {}clean:\n\trm -f {name}_test *.elf *.o *.su measured.json\n\n.PHONY: check measure qemu qemu-cortex-m3 qemu-cortex-m4 size clean\n",
        cortex_m::rules(name)
    )
}
