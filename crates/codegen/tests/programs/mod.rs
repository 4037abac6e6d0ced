//! Programs that every language is tried with.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "each test takes some of them")]

use std::fs;
use std::path::Path;

use nirkit_codegen::Code;
use nirkit_ir::validate;
use nirkit_platforms::{Choices, simulator};
use nirkit_step::Program;
use nirkit_testing::{Bytes, Case, Numbers, chain, recipe};

/// Writes the files of a code.
pub(crate) fn write(code: &Code, folder: &Path) {
    for file in &code.files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
}

/// Two networks of each simulator: chains and cycles.
pub(crate) fn of_every_simulator() -> Vec<Program> {
    let mut programs = Vec::new();
    for (at, profile) in simulator::ALL.concat().into_iter().enumerate() {
        let mut taken = 0;
        for seed in 0..40 {
            let mut numbers = Numbers(seed * 31 + at as u64);
            let (graph, _) = if seed % 2 == 0 {
                chain::network(&mut numbers)
            } else {
                chain::cycle(&mut numbers, seed as usize % 3, 5)
            };
            let facts = validate(&graph).facts.unwrap();
            let Ok(program) = profile.prepare(&graph, &facts, &Choices::default()) else {
                continue;
            };
            programs.push(program.step_program().unwrap());
            taken += 1;
            if taken == 2 {
                break;
            }
        }
    }
    assert!(programs.len() > 30, "{}", programs.len());
    programs
}

/// 40 networks of any shape, each for the next simulator.
pub(crate) fn of_any_shape() -> Vec<Program> {
    let mut programs = Vec::new();
    for seed in 0..400 {
        let mut numbers = Numbers(seed);
        let bytes: Vec<u8> = (0..120).map(|_| (numbers.draw() * 256.0) as u8).collect();
        let mut bytes = Bytes(&bytes);
        let _ = recipe::options(&mut bytes);
        let Some(case) = Case::read(&mut bytes) else { continue };
        let profiles = simulator::ALL.concat();
        let profile = profiles[seed as usize % profiles.len()];
        let Ok(program) = profile.prepare(&case.graph, &case.facts, &Choices::default()) else {
            continue;
        };
        programs.push(program.step_program().unwrap());
        if programs.len() == 40 {
            return programs;
        }
    }
    panic!("only {} networks", programs.len());
}

/// Parts of names that end a comment, a string or a line in some language, that are words of one, or that name what is generated.
const HOSTILE: [&str; 34] = [
    "*/",
    "/*",
    "//",
    "\"",
    "\\",
    "\\\"",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "'",
    "`include \"x\"",
    "`",
    "??/",
    "??>",
    "%s%n",
    "#define x",
    "${x}",
    "$(touch x)",
    "$finish;",
    "; int evil;",
    "}",
    "{{}}",
    "r#\"",
    "int",
    "fn",
    "self",
    "endmodule",
    "net_init",
    "state",
    "\u{202e}",
    "\u{e9}\u{0301}",
    "\u{1f600}",
    ".v",
];

/// The same program with names made of hostile parts. Names of buffers stay different from each other.
pub(crate) fn hostile(program: &Program, numbers: &mut Numbers) -> Program {
    let mut name = |taken: &mut Vec<String>| loop {
        let parts = numbers.below(4);
        let mut made: String = (0..parts).map(|_| HOSTILE[numbers.below(HOSTILE.len())]).collect();
        if numbers.below(8) == 0 {
            made = made.repeat(400);
        }
        if taken.contains(&made) {
            made.push_str(&taken.len().to_string());
        }
        if !taken.contains(&made) {
            taken.push(made.clone());
            return made;
        }
    };
    let mut program = program.clone();
    let [mut buffers, mut probes, mut inputs] = [const { Vec::new() }; 3];
    program.buffers.iter_mut().for_each(|buffer| buffer.name = name(&mut buffers));
    program.probes.iter_mut().for_each(|probe| probe.name = name(&mut probes));
    program.inputs.iter_mut().for_each(|input| input.name = name(&mut inputs));
    program
}

/// Every operation, in every format.
pub(crate) const EVERYTHING: &str = "\
step-program 1
input in: f32[4]
input \"whole */ %s \\\"numbers\": i64[2]
buffer x: f32[4] = 0
buffer \"*/ #include <stdlib.h>\": i64[2] = [3, -9223372036854775808]
buffer d: f64[2] = [inf, NaN]
buffer e: f64[2] = [1e-310, -0.5]
buffer held: i64[2] = [100, -100]
buffer wrapped: i64[2] = 0
buffer pool: f32[1] = 0
buffer conv: f32[2] = 0
buffer whole: i64[4] = 0
buffer grouped: f32[8] = 0
buffer wide: f32[2] = 0
buffer p: f32[4] = 0
buffer sum: i64[2] = 0
buffer ring: f32[3, 4] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
buffer late: f32[4] = 0
buffer later: f32[4] = 0
probe x:output = x
probe \"a:\\\"%n\" = d
probe \"b:\" = \"*/ #include <stdlib.h>\"
probe \"c:\" = e
probe \"d:\" = held
probe \"e:\" = wrapped
probe \"f:\" = pool
probe \"g:\" = conv
probe \"h:\" = p
probe \"i:\" = sum
probe \"j:\" = late
probe \"k:\" = later
probe \"l:\" = grouped
probe \"m:\" = wide
probe \"n:\" = whole
probe step = x
probe new = x
probe init = x
probe \"Self\" = x
probe \"\u{e9}\u{e9}-??/ ` */\" = x
x = frame(in)
whole = frame(in)
\"*/ #include <stdlib.h>\" = frame(\"whole */ %s \\\"numbers\")
sum = add(\"*/ #include <stdlib.h>\", before held, before? wrapped)
held = deliver(sum; i64[4] [60, -60, 7, 0]; saturate [-128, 127])
wrapped = deliver(sum; i64[4] [60, -60, 7, 0]; wrap [-128, 127])
pool = pool(x; channels [1, 1] groups 1 kernel [2, 2] stride [1, 1] dilation [1, 1] before [0, 0] input [2, 2] output [1, 1]; \
mean [4, 4])
conv = convolution(x; channels [1, 2] groups 1 kernel [3, 3] stride [2, 2] dilation [1, 1] before [1, 1] input [2, 2] output \
[1, 1]; f32[18] [1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3, -4, -5, -6, -7, -8, -9]; bias f32[2] [0.5, 0])
grouped = convolution(x; channels [2, 4] groups 2 kernel [2, 2] stride [1, 1] dilation [1, 1] before [1, 0] input [1, 2] output \
[2, 1]; f32[16] [1, 2, 3, 4, 5, 6, 7, 8, 9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
wide = pool(x; channels [1, 1] groups 1 kernel [2, 2] stride [1, 1] dilation [1, 2] before [0, 1] input [2, 2] output [1, 2])
late = recall(ring; [3, 1, 2, 3])
p = permute(x; [3, 2, 1, 0])
ring = store(p)
later = recall(ring; 0)
p = scale(p; f32[4] [1, -1, 0.1, inf])
cell 4 first {
  x = x + 0.25
}
cell 4 later {
  p = min(max(floor(p * 0.3), -2), trunc(p * 3) / 7)
}
cell 2 {
  param k = i64[2] [3, -7]
  let a: i64 = (held * 1000003 - wrapped / k) % 97 + (held >> 2) + (wrapped >> 70)
  let \"self\": f64 = f64(a) * 0.1 + e
  let unused: i64 = a
  a = a + 3 - k
  let b: f64 = \"self\" - 0.5
  held = min(a, 50)
  e = b > 3 ? floor(b) : (b == 0 ? 1 : trunc(b - 0.25))
  d = d - d + min(b, max(d, -1))
  wrapped = i64(e * 1e300) + i64(f32(b))
}
";
