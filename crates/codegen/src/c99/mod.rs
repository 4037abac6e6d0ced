//! C99.
//!
//! The state is a struct of known size that the caller owns; nothing is allocated, nothing is global but constants. Weights
//! are stored by source, and sources that are 0 are passed, so that a step costs as much as its events: this is the order in
//! which the program adds.

mod bench;
mod expr;
mod operations;
mod prelude;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use nirkit_step::{BufferId, Format, Number, Numbers, Operation, Program};

use crate::name::{self, NameError, Names, shown};
use crate::report::bytes;

pub use bench::test_bench;

/// A network in C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The header: the state, and what can be done with it.
    pub header: String,
    /// The source.
    pub source: String,
}

/// Why there is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The name of the network is none of C.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The program contradicts itself.
    #[error("{0}")]
    Program(nirkit_step::Fault),
}

/// Prints a program as C, under names that begin with `name`.
pub fn c99(program: &Program, name: &str) -> Result<Code, CodeError> {
    name::check(name)?;
    if let Some(fault) = program.faults().into_iter().next() {
        return Err(CodeError::Program(fault));
    }
    let printer = Printer::new(program, name);
    Ok(Code { header: printer.header(), source: printer.source() })
}

/// The type of numbers of a format.
pub(crate) fn type_of(format: Format) -> &'static str {
    match format {
        Format::F32 => "float",
        Format::F64 => "double",
        Format::I64 => "int64_t",
    }
}

/// The buffers of which the numbers of the step before are read.
pub(crate) fn kept_before(program: &Program) -> BTreeSet<BufferId> {
    let reads = program.operations.iter().filter_map(|operation| match operation {
        Operation::Add { from, .. } => Some(from),
        _ => None,
    });
    let before = reads.flatten().filter(|read| read.before.is_some());
    before.map(|read| read.buffer).collect()
}

/// The buffers in which steps are kept, each with its number of rows.
pub(crate) fn rings(program: &Program) -> BTreeMap<BufferId, usize> {
    let len = |buffer: BufferId| program.buffers[buffer.0].len();
    let ring = |operation: &Operation| match operation {
        Operation::Store { from, ring } => Some((*ring, len(*ring) / len(*from).max(1))),
        Operation::Recall { ring, to, .. } => Some((*ring, len(*ring) / len(*to).max(1))),
        _ => None,
    };
    program.operations.iter().filter_map(ring).collect()
}

/// What is known while a program is printed.
pub(crate) struct Printer<'a> {
    pub(crate) program: &'a Program,
    /// What all names begin with.
    pub(crate) name: &'a str,
    /// The same in capitals.
    pub(crate) capitals: String,
    /// The member of each buffer.
    pub(crate) members: Vec<String>,
    /// The name of each input and each probe.
    pub(crate) inputs: Vec<String>,
    pub(crate) probes: Vec<String>,
    before: BTreeSet<BufferId>,
    rings: BTreeMap<BufferId, usize>,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(program: &'a Program, name: &'a str) -> Self {
        let mut names = Names::default();
        let members = program.buffers.iter().map(|buffer| names.fresh("b", &buffer.name)).collect();
        let inputs = program.inputs.iter().map(|input| names.fresh("in", &input.name)).collect();
        let mut names = Names::default();
        let probes = program.probes.iter().map(|probe| names.fresh(name, &probe.name)).collect();
        let (before, rings) = (kept_before(program), rings(program));
        Self {
            program,
            name,
            capitals: name.to_uppercase(),
            members,
            inputs,
            probes,
            before,
            rings,
        }
    }

    pub(crate) fn len(&self, buffer: BufferId) -> usize {
        self.program.buffers[buffer.0].len()
    }

    pub(crate) fn format(&self, buffer: BufferId) -> Format {
        self.program.buffers[buffer.0].format()
    }

    /// A buffer of the state.
    pub(crate) fn member(&self, buffer: BufferId) -> String {
        format!("s->{}", self.members[buffer.0])
    }

    /// The row of this step in a ring.
    pub(crate) fn row(&self, ring: BufferId) -> String {
        format!("s->r{}", self.members[ring.0])
    }

    /// The parameters of a step: a frame for each input.
    fn frames(&self) -> String {
        let frame = |(input, name): (&nirkit_step::Input, &String)| {
            format!(", const {} *{name}", type_of(input.format))
        };
        self.program.inputs.iter().zip(&self.inputs).map(frame).collect()
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
        for (input, of) in self.program.inputs.iter().zip(&self.inputs) {
            let len: usize = input.shape.iter().product();
            line(&format!(
                "/* Numbers of a frame of {}, of the shape {:?}. */",
                shown(&input.name),
                input.shape
            ));
            line(&format!("#define {capitals}_{}_LEN {len}u", of.to_uppercase()));
        }
        line("\n/* Everything that changes. The caller owns it. */");
        line("typedef struct {");
        for (at, buffer) in self.program.buffers.iter().enumerate() {
            let (kind, member) = (type_of(buffer.format()), &self.members[at]);
            let len = buffer.len().max(1);
            line(&format!("  {kind} {member}[{len}]; /* {} */", shown(&buffer.name)));
            if self.before.contains(&BufferId(at)) {
                line(&format!("  {kind} p{member}[{len}]; /* the same, a step before */"));
            }
        }
        for ring in self.rings.keys() {
            let (member, shown) =
                (&self.members[ring.0], shown(&self.program.buffers[ring.0].name));
            line(&format!("  uint32_t r{member}; /* the row of this step in {shown} */"));
        }
        line("  uint8_t is_later; /* whether a step was taken */");
        line(&format!("}} {name}_state;\n"));
        line("/* Brings a state to the start. */");
        line(&format!("void {name}_init({name}_state *s);\n"));
        line("/* Takes a step. A frame has as many numbers as its input. */");
        line(&format!("void {name}_step({name}_state *s{});\n", self.frames()));
        for (probe, of) in self.program.probes.iter().zip(&self.probes) {
            let (kind, len) = (type_of(self.format(probe.buffer)), self.len(probe.buffer));
            line(&format!("/* {} after the last step: {len} numbers. */", shown(&probe.name)));
            line(&format!("const {kind} *{of}(const {name}_state *s);"));
        }
        line("\n#ifdef __cplusplus\n}\n#endif\n");
        line(&format!("#endif /* {capitals}_H */"));
        text
    }

    fn source(&self) -> String {
        let name = self.name;
        let mut text = format!(
            "/* Made by nirkit. Compile with -ffp-contract=off: a product and a sum are rounded one by one. */\n\
             #include \"{name}.h\"\n\n"
        );
        let body = self.body();
        text.push_str(&prelude::needed_by(&body));
        text.push_str(&body);
        text
    }

    fn body(&self) -> String {
        let name = self.name;
        let (mut constants, mut steps) = (String::new(), String::new());
        for (at, operation) in self.program.operations.iter().enumerate() {
            self.operation(at, operation, &mut constants, &mut steps);
        }
        let mut init = String::new();
        for (at, buffer) in self.program.buffers.iter().enumerate() {
            let (member, len) = (format!("s->{}", self.members[at]), buffer.len());
            let number = match buffer.start.uniform() {
                Some(number) => expr::literal(number),
                None if buffer.is_empty() => continue,
                None => {
                    array(&mut constants, &format!("start_{at}"), &buffer.start);
                    format!("start_{at}[i]")
                }
            };
            let _ = writeln!(init, "  for (i = 0; i < {len}u; i++) {{ {member}[i] = {number}; }}");
            if self.before.contains(&BufferId(at)) {
                let before = format!("s->p{}", self.members[at]);
                let _ = writeln!(
                    init,
                    "  for (i = 0; i < {len}u; i++) {{ {before}[i] = {member}[i]; }}"
                );
            }
        }
        let mut after = String::new();
        for (ring, rows) in &self.rings {
            let row = self.row(*ring);
            let _ = writeln!(init, "  {row} = 0u;");
            let _ = writeln!(after, "  {row} = ({row} + 1u) % {rows}u;");
        }
        for buffer in &self.before {
            let (member, len) = (self.member(*buffer), self.len(*buffer));
            let before = format!("s->p{}", self.members[buffer.0]);
            let _ =
                writeln!(after, "  for (i = 0; i < {len}u; i++) {{ {before}[i] = {member}[i]; }}");
        }
        // A platform may look at one of several inputs only.
        let unused: String =
            self.inputs.iter().map(|input| format!("  (void){input};\n")).collect();
        let mut text = constants;
        let _ = write!(
            text,
            "void {name}_init({name}_state *s)\n{{\n  uint32_t i;\n  (void)i;\n{init}  s->is_later = 0u;\n}}\n\n\
             void {name}_step({name}_state *s{})\n{{\n  uint32_t i;\n  (void)i;\n{unused}{steps}{after}  s->is_later = 1u;\n}}\n",
            self.frames()
        );
        for (probe, of) in self.program.probes.iter().zip(&self.probes) {
            let (kind, member) = (type_of(self.format(probe.buffer)), self.member(probe.buffer));
            let _ = write!(
                text,
                "\nconst {kind} *{of}(const {name}_state *s)\n{{\n  return {member};\n}}\n"
            );
        }
        text
    }
}

/// The type in which constants are kept: the narrowest that holds all of them.
pub(crate) fn kept_as(numbers: &Numbers) -> (&'static str, usize) {
    let Numbers::I64(integers) = numbers else {
        return (type_of(numbers.format()), bytes(numbers.format()));
    };
    let fit = |low: i64, high: i64| integers.iter().all(|x| (low..=high).contains(x));
    match () {
        () if fit(i64::from(i8::MIN), i64::from(i8::MAX)) => ("int8_t", 1),
        () if fit(i64::from(i16::MIN), i64::from(i16::MAX)) => ("int16_t", 2),
        () if fit(i64::from(i32::MIN), i64::from(i32::MAX)) => ("int32_t", 4),
        () => ("int64_t", 8),
    }
}

/// Writes numbers as a constant array, in the narrowest type that holds them.
pub(crate) fn array(text: &mut String, name: &str, numbers: &Numbers) {
    array_of(text, name, numbers, kept_as(numbers).0);
}

/// Writes numbers as a constant array of a type.
pub(crate) fn array_of(text: &mut String, name: &str, numbers: &Numbers, kind: &str) {
    let is_narrow = kind != type_of(numbers.format());
    let _ = write!(text, "static const {kind} {name}[{}] = {{", numbers.len().max(1));
    for (at, number) in numbers.iter().enumerate() {
        text.push_str(if at % 8 == 0 { "\n  " } else { " " });
        let _ = match number {
            Number::I64(x) if is_narrow && x == i64::from(i32::MIN) => write!(text, "INT32_MIN,"),
            Number::I64(x) if is_narrow => write!(text, "{x},"),
            number => write!(text, "{},", expr::literal(number)),
        };
    }
    if numbers.is_empty() {
        text.push('0');
    }
    text.push_str("\n};\n\n");
}
