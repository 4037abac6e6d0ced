//! Rust without `std`.
//!
//! A program becomes a crate: `Network` is the state, of known size, which the caller owns; weights are static. Nothing is
//! allocated and nothing is `unsafe`. Rust contracts no products and sums, so that no flags are needed for equal bits.

mod arithmetic;
mod body;
mod constants;
mod expr;
mod operations;
mod readout;
mod replay;
mod step;
mod syntax;
mod whole;
mod window;

use nirkit_step::{BufferId, Format};

use crate::layer::{Place, Sizes};
use crate::layout::{Layout, input_len};
use crate::name::{Names, shown};
use crate::{File, GenerateOptions, Vectors};
use body::Body;
use constants::Constants;
use expr::{Value, literal};

/// Prints a program as a crate of this name.
pub(crate) fn files(
    layout: &Layout<'_>,
    name: &str,
    vectors: &Vectors,
    options: &GenerateOptions,
) -> (Vec<File>, Sizes) {
    let printer = Printer::new(layout, name, options);
    let mut constants = Constants::default();
    let methods = printer.methods(&mut constants);
    let sizes = std::mem::take(&mut constants.sizes);
    let (constants, arithmetic) = (constants.file(), arithmetic::file(&methods));
    let modules = [("constants", &constants), ("arithmetic", &arithmetic)];
    let modules: String = modules
        .iter()
        .filter(|(_, text)| text.is_some())
        .map(|(name, _)| format!("mod {name};\n"))
        .collect();
    let mut files = vec![
        File::new("Cargo.toml", manifest(name)),
        File::new("src/lib.rs", format!("{}\n{modules}\n{}", printer.head(), methods)),
    ];
    files.extend(constants.map(|text| File::new("src/constants.rs", text)));
    files.extend(arithmetic.map(|text| File::new("src/arithmetic.rs", text)));
    files.push(File::new("tests/replay.rs", printer.replay(vectors)));
    files.push(File::new("tests/vectors/mod.rs", printer.vectors(vectors)));
    (files, sizes)
}

/// The type of numbers of a format.
fn type_of(format: Format) -> &'static str {
    format.name()
}

/// Lints that arithmetic violates if it stands as the program has it.
const LINTS: [&str; 12] = [
    "clippy::absurd_extreme_comparisons",
    "clippy::approx_constant",
    "clippy::assign_op_pattern",
    "clippy::eq_op",
    "clippy::erasing_op",
    "clippy::excessive_precision",
    "clippy::identity_op",
    "clippy::if_same_then_else",
    "clippy::needless_range_loop",
    "clippy::neg_multiply",
    "clippy::too_many_arguments",
    "unused_comparisons",
];

/// Methods that every network has.
const TAKEN: [&str; 8] =
    ["advance", "clone", "default", "fmt", "new", "reset", "step", "step_events"];

/// What is known while a program is printed.
struct Printer<'a> {
    layout: &'a Layout<'a>,
    options: &'a GenerateOptions,
    /// The name of the crate.
    name: &'a str,
    /// The field of each buffer; of those that are kept, that of the step before; of rings, that of the row of this step.
    fields: Vec<String>,
    before: Vec<String>,
    rows: Vec<String>,
    /// The name of each input and each probe.
    inputs: Vec<String>,
    probes: Vec<String>,
}

impl<'a> Printer<'a> {
    fn new(layout: &'a Layout<'a>, name: &'a str, options: &'a GenerateOptions) -> Self {
        let program = layout.program;
        let shared = (0..layout.sharing.slots.len()).map(|at| format!("shared_{at}"));
        let shared: Vec<String> = shared.collect();
        let taken: Vec<&str> = shared.iter().map(String::as_str).chain(["is_later"]).collect();
        let mut names = Names::of_rust(&taken);
        let mut all = |prefix: &str| -> Vec<String> {
            let field = |buffer: &nirkit_step::Buffer| {
                names.fresh_snake(&format!("{prefix}{}", buffer.name))
            };
            program.buffers.iter().map(field).collect()
        };
        let (fields, before, rows) = (all(""), all("before_"), all("row_of_"));
        let mut names = Names::of_rust(&["i", "row"]);
        let inputs = program.inputs.iter().map(|input| names.fresh_snake(&input.name)).collect();
        let mut names = Names::of_rust(&TAKEN);
        let probes = program.probes.iter().map(|probe| names.fresh_snake(&probe.name)).collect();
        Self { layout, options, name, fields, before, rows, inputs, probes }
    }

    /// A buffer of the state.
    fn member(&self, buffer: BufferId) -> String {
        match self.layout.sharing.of[buffer.0] {
            Some(slot) => format!("self.shared_{slot}"),
            None => format!("self.{}", self.fields[buffer.0]),
        }
    }

    /// An element of a buffer.
    fn element(&self, buffer: BufferId) -> Value {
        Value::atom(format!("{}[i]", self.member(buffer)), self.layout.format(buffer))
    }

    /// The type of a buffer.
    fn kind(&self, buffer: BufferId) -> String {
        constants::name_of(self.layout.kind(buffer))
    }

    /// A buffer of the step before.
    fn before(&self, buffer: BufferId) -> String {
        format!("self.{}", self.before[buffer.0])
    }

    /// The row of this step in a ring; `None` where there is one row only.
    fn row(&self, ring: BufferId) -> Option<String> {
        (self.layout.rows(ring) > 1).then(|| format!("self.{}", self.rows[ring.0]))
    }

    /// The name of a buffer, as it stands in a comment.
    fn shown(&self, buffer: BufferId) -> String {
        shown(&self.layout.buffer(buffer).name)
    }

    /// The name of an input, as it stands in a comment.
    fn input_shown(&self, input: usize) -> String {
        shown(&self.layout.program.inputs[input].name)
    }

    /// The parameters of a step: a frame for each input.
    fn frames(&self) -> String {
        let frame = |(at, name): (usize, &String)| {
            let input = &self.layout.program.inputs[at];
            let kind = constants::name_of(self.layout.input_kind(at));
            format!(", {name}: &[{kind}; {}]", input_len(input))
        };
        self.inputs.iter().enumerate().map(frame).collect()
    }

    /// The begin of `src/lib.rs`: what the crate is, with an example.
    fn head(&self) -> String {
        let (name, program) = (self.name, self.layout.program);
        let zeros = program.inputs.iter().map(|input| {
            let zero = match self.layout.stored {
                Some(_) => "0".to_owned(),
                None => literal(input.format.round(0.0)).text,
            };
            format!("&[{zero}; {}]", input_len(input))
        });
        let zeros: Vec<String> = zeros.collect();
        let observe = self.probes.first().map_or(String::new(), |probe| {
            format!("//! let found = network.{probe}();\n//! # let _ = found;\n")
        });
        let lints: String = LINTS.iter().map(|lint| format!("    {lint},\n")).collect();
        let guard = "/// Numbers would be kept in another format than their own.\n\
            #[cfg(all(target_arch = \"x86\", not(target_feature = \"sse2\")))]\n\
            compile_error!(\"use a target with SSE2\");\n";
        format!(
            "//! The network `{name}`, made by nirkit. A step computes what its step program says, to the bit.\n//!\n\
             //! ```\n//! let mut network = {name}::Network::new();\n//! network.step({});\n{observe}//! ```\n\
             #![no_std]\n#![forbid(unsafe_code)]\n#![warn(missing_docs)]\n\
             #![allow(\n{lints}    reason = \"arithmetic as the step program has it\"\n)]\n\n{guard}",
            zeros.join(", "),
        )
    }

    /// The state, and everything that can be done with it.
    fn methods(&self, constants: &mut Constants) -> String {
        let mut body = Body::default();
        self.state(&mut body);
        body.blank();
        body.line("impl Default for Network {");
        body.line("    fn default() -> Self {");
        body.line("        Self::new()");
        body.line("    }");
        body.line("}");
        body.blank();
        body.open("impl Network {");
        self.start(constants, &mut body);
        self.steps(constants, &mut body);
        for (probe, name) in self.layout.program.probes.iter().zip(&self.probes) {
            let buffer = self.layout.buffer(probe.buffer);
            body.blank();
            body.line(&format!("/// Returns {} after the last step.", shown(&probe.name)));
            body.line("#[must_use]");
            let kind = format!("[{}; {}]", self.kind(probe.buffer), buffer.len());
            body.open(&format!("pub fn {name}(&self) -> &{kind} {{"));
            body.line(&format!("&{}", self.member(probe.buffer)));
            body.close("}");
        }
        self.events(&mut body);
        body.close("}");
        constants.of(Place::Readout);
        body.text.push_str(&self.readout(constants));
        if self.layout.frames().is_some() {
            body.text.push_str(step::NO_SUCH_CHANNEL);
        }
        body.text
    }

    fn state(&self, body: &mut Body) {
        let bytes = self.layout.state_bytes();
        body.line(&format!("/// Everything that changes: {bytes} bytes, which the caller owns."));
        body.line("#[derive(Clone, Debug)]");
        body.line("#[repr(C)]");
        body.open("pub struct Network {");
        for (at, slot) in self.layout.sharing.slots.iter().enumerate() {
            let names = slot.buffers.iter().map(|&id| self.shown(id));
            let names: Vec<String> = names.collect();
            body.line(&format!("/// In turn: {}.", names.join(", ")));
            let kind = constants::name_of(slot.kind);
            body.line(&format!("shared_{at}: [{kind}; {}],", slot.len));
        }
        for (id, buffer) in self.layout.own() {
            let kind = format!("[{}; {}]", self.kind(id), buffer.len());
            body.line(&format!("/// {}.", shown(&buffer.name)));
            body.line(&format!("{}: {kind},", self.fields[id.0]));
            if self.layout.before.contains(&id) {
                body.line("/// The same, a step before.");
                body.line(&format!("{}: {kind},", self.before[id.0]));
            }
        }
        for (ring, _) in self.layout.rings() {
            body.line(&format!("/// The row of this step in {}.", self.shown(ring)));
            body.line(&format!("{}: u32,", self.rows[ring.0]));
        }
        if self.layout.has_first {
            body.line("/// Whether a step was taken.");
            body.line("is_later: bool,");
        }
        body.close("}");
    }

    /// `new` and `reset`.
    fn start(&self, constants: &mut Constants, body: &mut Body) {
        body.line("/// Returns a network before its first step. In a constant expression it takes no stack.");
        body.line("#[must_use]");
        body.open("pub const fn new() -> Self {");
        body.open("Self {");
        let mut reset = Vec::new();
        for (at, slot) in self.layout.sharing.slots.iter().enumerate() {
            let zero = slot.buffers.first().map_or("0".to_owned(), |&id| self.zero(id));
            body.line(&format!("shared_{at}: [{zero}; {}],", slot.len));
            reset.push(format!("self.shared_{at}.fill({zero});"));
        }
        for (id, buffer) in self.layout.own() {
            let field = &self.fields[id.0];
            let (start, again) = if let Some(number) = buffer.start.uniform() {
                let number = match (self.layout.stored, number) {
                    (Some(_), nirkit_step::Number::I64(x)) => x.to_string(),
                    (_, number) => literal(number).text,
                };
                (format!("[{number}; {}]", buffer.len()), format!("fill({number})"))
            } else {
                let name = format!("START_{}", id.0);
                let what = format!("What {} starts with.", self.shown(id));
                constants.of(Place::Start(id.0));
                constants.add_start(&name, &what, &buffer.start, self.layout.kind(id));
                (format!("constants::{name}"), format!("copy_from_slice(&constants::{name})"))
            };
            body.line(&format!("{field}: {start},"));
            reset.push(format!("self.{field}.{again};"));
            if self.layout.before.contains(&id) {
                let before = &self.before[id.0];
                body.line(&format!("{before}: {start},"));
                reset.push(format!("self.{before}.{again};"));
            }
        }
        for (ring, _) in self.layout.rings() {
            let row = &self.rows[ring.0];
            body.line(&format!("{row}: 0,"));
            reset.push(format!("self.{row} = 0;"));
        }
        if self.layout.has_first {
            body.line("is_later: false,");
            reset.push("self.is_later = false;".to_owned());
        }
        body.close("}");
        body.close("}");
        body.blank();
        body.line("/// Brings the network back to the start.");
        body.open("pub fn reset(&mut self) {");
        for line in &reset {
            body.line(line);
        }
        body.close("}");
    }
}

/// The manifest. The crate is a workspace of its own, so that it works in the folder of any other.
fn manifest(name: &str) -> String {
    format!(
        "# Made by nirkit. `cargo test` replays what nirkit computed.\n\
         [package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\nrust-version = \"1.81\"\npublish = false\n\n\
         [dependencies]\n\n[workspace]\n"
    )
}
