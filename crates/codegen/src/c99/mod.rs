//! C99.
//!
//! The state is a struct of known size that the caller owns; nothing is allocated, nothing is global but constants. Weights
//! are stored by source, and sources that are 0 are passed, so that a step costs as much as its events: this is the order in
//! which the program adds.

mod bench;
mod constants;
mod cortex_m;
mod expr;
mod measure;
mod operations;
mod prelude;
mod readout;
mod step;
mod whole;
mod window;

use std::fmt::Write as _;

use constants::Constants;
use nirkit_step::{BufferId, Format, Number, Numbers};

use crate::layer::Sizes;
use crate::layout::{Layout, input_len};
use crate::name::{Names, shown};
use crate::stored::Stored;
use crate::{File, GenerateOptions, Vectors};

/// Prints a program under names that begin with `name`; the files, and the bytes of the constants.
pub(crate) fn files(
    layout: &Layout<'_>,
    name: &str,
    vectors: &Vectors,
    options: &GenerateOptions,
) -> (Vec<File>, Sizes) {
    let printer = Printer::new(layout, name, options);
    let mut constants = Constants::default();
    let source = printer.source(&mut constants);
    let files = vec![
        File::new(format!("{name}.h"), printer.header()),
        File::new(format!("{name}.c"), source),
        File::new(format!("{name}_test.c"), printer.bench(vectors)),
        File::new("Makefile", bench::makefile(name)),
        File::new("measure.sh", measure::script(name, layout.state_bytes())),
        File::new("cortex_m.c", cortex_m::START.to_owned()),
        File::new("cortex_m.ld", cortex_m::MEMORY.to_owned()),
    ];
    (files, constants.sizes)
}

/// The bytes of the constants of a program.
pub(crate) fn sizes(layout: &Layout<'_>) -> Sizes {
    let (options, mut constants) = (GenerateOptions::default(), Constants::default());
    Printer::new(layout, "net", &options).source(&mut constants);
    constants.sizes
}

/// The type of numbers of a format.
fn type_of(format: Format) -> &'static str {
    match format {
        Format::F32 => "float",
        Format::F64 => "double",
        Format::I64 => "int64_t",
    }
}

/// What is known while a program is printed.
struct Printer<'a> {
    layout: &'a Layout<'a>,
    options: &'a GenerateOptions,
    /// What all names begin with.
    name: &'a str,
    /// The same in capitals.
    capitals: String,
    /// The member of each buffer.
    members: Vec<String>,
    /// The name of each input and each probe.
    inputs: Vec<String>,
    probes: Vec<String>,
}

impl<'a> Printer<'a> {
    fn new(layout: &'a Layout<'a>, name: &'a str, options: &'a GenerateOptions) -> Self {
        let program = layout.program;
        let mut names = Names::default();
        let members = program.buffers.iter().map(|buffer| names.fresh("b", &buffer.name)).collect();
        let inputs = program.inputs.iter().map(|input| names.fresh("in", &input.name)).collect();
        let functions = [
            "init",
            "step",
            "step_events",
            "state",
            "advance",
            "readout",
            "readout_init",
            "readout_add",
            "readout_class",
        ];
        let mut names = Names::but(functions.map(|function| format!("{name}_{function}")));
        let probes = program.probes.iter().map(|probe| names.fresh(name, &probe.name)).collect();
        let capitals = name.to_uppercase();
        Self { layout, options, name, capitals, members, inputs, probes }
    }

    /// The probes of which events are listed, by their places.
    fn outputs(&self) -> Vec<usize> {
        let probes = &self.layout.program.probes;
        let place = |name: &String| probes.iter().position(|probe| probe.name == *name);
        self.options.outputs.iter().filter_map(place).collect()
    }

    fn len(&self, buffer: BufferId) -> usize {
        self.layout.len(buffer)
    }

    /// The type of a buffer.
    fn kind(&self, buffer: BufferId) -> String {
        stored(self.layout.kind(buffer))
    }

    fn format(&self, buffer: BufferId) -> Format {
        self.layout.format(buffer)
    }

    /// A buffer of the state.
    fn member(&self, buffer: BufferId) -> String {
        match self.layout.sharing.of[buffer.0] {
            Some(slot) => format!("s->w{slot}"),
            None => format!("s->{}", self.members[buffer.0]),
        }
    }

    /// A buffer of the step before.
    fn before(&self, buffer: BufferId) -> String {
        format!("s->p{}", self.members[buffer.0])
    }

    /// The row of this step in a ring.
    fn row(&self, ring: BufferId) -> String {
        match self.layout.rows(ring) {
            1 => "0u".to_owned(),
            _ => format!("s->r{}", self.members[ring.0]),
        }
    }

    fn header(&self) -> String {
        let (name, capitals) = (self.name, &self.capitals);
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        line(
            "/* Made by nirkit. One step of the network computes what its step program says, to the bit. */",
        );
        line(&format!("#ifndef {capitals}_H\n#define {capitals}_H\n"));
        line("#include <stdint.h>\n");
        line("#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
        for (input, of) in self.layout.program.inputs.iter().zip(&self.inputs) {
            let len = input_len(input);
            line(&format!(
                "/* Numbers of a frame of {}, of the shape {:?}. */",
                shown(&input.name),
                input.shape
            ));
            line(&format!("#define {capitals}_{}_LEN {len}u", of.to_uppercase()));
        }
        line("\n/* Everything that changes. The caller owns it. */");
        line("typedef struct {");
        for (at, slot) in self.layout.sharing.slots.iter().enumerate() {
            let names = slot.buffers.iter().map(|&id| shown(&self.layout.buffer(id).name));
            let names: Vec<String> = names.collect();
            let (kind, len) = (stored(slot.kind), slot.len);
            line(&format!("  {kind} w{at}[{len}]; /* in turn: {} */", names.join(", ")));
        }
        for (id, buffer) in self.layout.own() {
            let (kind, member, len) = (self.kind(id), &self.members[id.0], buffer.len());
            line(&format!("  {kind} {member}[{len}]; /* {} */", shown(&buffer.name)));
            if self.layout.before.contains(&id) {
                line(&format!("  {kind} p{member}[{len}]; /* the same, a step before */"));
            }
        }
        for (ring, _) in self.layout.rings() {
            let (member, shown) = (&self.members[ring.0], shown(&self.layout.buffer(ring).name));
            line(&format!("  uint32_t r{member}; /* the row of this step in {shown} */"));
        }
        if self.layout.has_first {
            line("  uint8_t is_later; /* whether a step was taken */");
        }
        line(&format!("}} {name}_state;\n"));
        line("/* Brings a state to the start. */");
        line(&format!("void {name}_init({name}_state *s);\n"));
        line("/* Takes a step. A frame has as many numbers as its input. */");
        line(&format!("{};\n", self.step_head()));
        if self.layout.frames().is_some() {
            line(
                "/* Takes a step in which the named channels of each input have a spike; one that is named twice has two.\n   \
                 Returns 0, or -1 without a step if an input lacks a channel, or has more spikes than its type holds.\n   \
                 What leaves is listed: the channels that are not 0, each once, and how many they are. */",
            );
            line(&format!("{};\n", self.events_head()));
        }
        for (probe, of) in self.layout.program.probes.iter().zip(&self.probes) {
            let (kind, len) = (self.kind(probe.buffer), self.len(probe.buffer));
            line(&format!("/* {} after the last step: {len} numbers. */", shown(&probe.name)));
            line(&format!("const {kind} *{of}(const {name}_state *s);"));
        }
        line(&self.readout_header());
        line("#ifdef __cplusplus\n}\n#endif\n");
        line(&format!("#endif /* {capitals}_H */"));
        text
    }
}

/// The name of a type in which constants are kept.
fn stored(kind: Stored) -> String {
    match kind {
        Stored::Integer(bits) => format!("int{bits}_t"),
        Stored::Float(32) => "float".to_owned(),
        Stored::Float(_) => "double".to_owned(),
    }
}

/// Writes numbers as a constant array of a type.
fn array_of(text: &mut String, name: &str, numbers: &Numbers, kind: Stored) {
    let is_narrow = kind != Stored::in_full(numbers.format());
    let _ = write!(text, "static const {} {name}[{}] = {{", stored(kind), numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        text.push_str(if at % 8 == 0 { "\n  " } else { " " });
        let _ = match number {
            Number::I64(x) if is_narrow && x == i64::from(i32::MIN) => write!(text, "INT32_MIN,"),
            Number::I64(x) if is_narrow => write!(text, "{x},"),
            number => write!(text, "{},", expr::literal(number)),
        };
    }
    text.push_str("\n};\n\n");
}
