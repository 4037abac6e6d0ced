//! Programs are what their text says, and texts that are no program are refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_step::{Run, parse};
use proptest::prelude::*;

const PROGRAM: &str = "\
step-program 1
dt 0.0001
input in: f32[1, 2, 3]
buffer in: f32[1, 2, 3] = 0
buffer conv: f32[1, 2, 2] = [0, -0.5, inf, NaN]
buffer pool: f32[1, 1, 2] = 0
buffer \"a b\": f32[2] = 0
buffer fc: f32[2] = 0
buffer n: f32[2] = 0
buffer n.v: f32[2] = [0.1, -0.2]
buffer n.count: i64[2] = -3
buffer held: i64[2] = [1, 2]
buffer wide: f64[2] = 1e-300
buffer ring: f32[2, 6] = -1
buffer late: f32[1, 2, 3] = 0
probe n:v = n.v
in = frame(in)
late = recall(ring; [2, 1, 2, 1, 2, 1])
ring = store(in)
conv = convolution(in; channels [1, 1] groups 1 kernel [1, 2] stride [1, 1] dilation [1, 1] before [0, 0] input [2, 3] \
output [2, 2]; f32[2] [1, 0.5]; bias f32[4] [1, 2, 3, 4])
pool = pool(conv; channels [1, 1] groups 1 kernel [2, 1] stride [1, 1] dilation [1, 1] before [0, 0] input [2, 2] output \
[1, 2]; mean [2, 2])
\"a b\" = add(pool, before n, before? fc)
fc = dense(\"a b\"; f32[4] [1, 0, 0.25, -1])
\"a b\" = truth(fc)
held = deliver(held; i64[4] [1, 100, -100, 1]; saturate [-128, 127])
fc = scale(fc; f32[2] [2, -1])
\"a b\" = permute(fc; [1, 0])
cell 2 first {
  n.v = n.v - (fc - 1) - 2
}
cell 2 {
  param tau = f32[2] [0.1, 0.9]
  let s: f32 = n.v + tau * (fc + 0.5 - n.v)
  let many: f64 = min(floor(f64(s / 0.1)), 3)
  n = s > 1 ? f32(many) : 0
  n.count = max(n.count * 3 / 2 + i64(n), -100 >> 3)
  n.count = n.count % 1000 - 0
  wide = trunc(f64(n.count) * 0.1)
  n.v = n == 0 ? s : s - n * 0.5
}
";

#[test]
fn a_program_is_printed_as_it_was_read() {
    let program = parse(PROGRAM).unwrap();
    assert_eq!(program.to_string(), PROGRAM);
    assert!(format!("{program:.3}").contains("= (4 numbers)\n"));
}

#[test]
fn operations_do_what_they_say() {
    let program = parse(PROGRAM).unwrap();
    let mut run = Run::new(&program);
    run.step(&[vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]);
    let of = |run: &Run<'_>, name: &str| {
        let at = program.buffers.iter().position(|buffer| buffer.name == name).unwrap();
        run.buffer(nirkit_step::BufferId(at)).to_f64()
    };
    // 1 + 0.5 * 2 + 1, 2 + 0.5 * 3 + 2, 4 + 0.5 * 5 + 3, 5 + 0.5 * 6 + 4
    assert_eq!(of(&run, "conv"), [3.0, 5.5, 9.5, 12.0]);
    assert_eq!(of(&run, "pool"), [12.5, 17.5]);
    // Of the step before, `n` is what it starts with, and `fc` is nothing: 12.5 and 0.25 * 12.5 - 17.5, times 2 and -1.
    assert_eq!(of(&run, "fc"), [25.0, 14.375]);
    assert_eq!(of(&run, "a b"), [14.375, 25.0]);
    // 1 + 1 * 1, then 2 * 100 more and no more than 127; 2 - 100, then 2.
    assert_eq!(of(&run, "held"), [127.0, -96.0]);
    let s = |v: f32, fc: f32, tau: f32| {
        let v = v - (fc - 1.0) - 2.0;
        v + tau * (fc + 0.5 - v)
    };
    let s = [s(0.1, 25.0, 0.1), s(-0.2, 14.375, 0.9)];
    assert!(s[0] < 1.0 && s[1] > 1.0);
    assert_eq!(of(&run, "n"), [0.0, 3.0]);
    // -3 * 3 / 2, cut towards zero, and 3: -4 and -1, of 1000.
    assert_eq!(of(&run, "n.count"), [996.0, 999.0]);
    assert_eq!(run.observe("n:v"), Some(vec![f64::from(s[0]), f64::from(s[1] - 3.0 * 0.5)]));
    assert_eq!(run.observe("n:spikes"), None);
}

#[test]
fn a_ring_gives_back_what_was_stored() {
    let program = parse(
        "step-program 1\ninput in: f64[2]\nbuffer x: f64[2] = 0\nbuffer ring: f64[3, 2] = 0\nbuffer late: f64[2] = 0\n\
         buffer now: f64[2] = 0\nprobe late:output = late\nprobe now:output = now\nx = frame(in)\nlate = recall(ring; [1, 3])\n\
         ring = store(x)\nnow = recall(ring; [0, 2])\n",
    )
    .unwrap();
    let mut run = Run::new(&program);
    for step in 0_u8..8 {
        let n = f64::from(step);
        run.step(&[vec![n + 1.0, n + 101.0]]);
        let [first, third] = [n, if step < 3 { 0.0 } else { n + 98.0 }];
        assert_eq!(run.observe("late:output"), Some(vec![first, third]));
        let second = if step < 2 { 0.0 } else { n + 99.0 };
        assert_eq!(run.observe("now:output"), Some(vec![n + 1.0, second]));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (from, to, expected) in [
        ("step-program 1", "step-program 2", "line 1: version 1 is read, not 2"),
        ("step-program 1", "graph", "line 1: a program begins with `step-program`"),
        ("dt 0.0001", "dt x", "line 2: a number is expected"),
        ("buffer fc: f32[2] = 0", "buffer fc: f16[2] = 0", "line 8: `f16` is no format"),
        (
            "buffer fc: f32[2] = 0",
            "buffer fc: f32[2] = [0]",
            "line 8: 2 numbers are expected, not 1",
        ),
        ("buffer fc: f32[2] = 0", "buffer n: f32[2] = 0", "line 9: `n` is there twice"),
        ("in = frame(in)", "in = frame(out)", "line 17: there is no input `out`"),
        ("[2, 1, 2, 1, 2, 1]", "3", "a delay of 3 steps in a ring of 2"),
        ("[2, 1, 2, 1, 2, 1]", "[2]", "delays: 6 elements are expected, not 1"),
        ("ring = store(in)", "ring = store(held)", "a ring of another format"),
        (
            "ring: f32[2, 6]",
            "ring: f32[11]",
            "ring: rows of 6 elements are expected, not 11 in all",
        ),
        ("truth(fc)", "truth(fd)", "there is no buffer `fd`"),
        ("truth(fc)", "truths(fc)", "there is no operation `truths`"),
        ("f32[4] [1, 0, 0.25, -1]", "f32[2] 1", "weights: 4 elements are expected, not 2"),
        ("[1, 0])\ncell", "[1, 2])\ncell", "order: an element that is not there"),
        ("n = s > 1 ? f32(many) : 0", "n = s > 1 ? many : 0", "n is written in f64"),
        ("tau * (fc", "tau * (wide", "f64 and f32 in one operation"),
        ("stride [1, 1] dilation", "stride [0, 1] dilation", "a stride or a group of 0"),
        ("}\n", "", "`=` is expected"),
    ] {
        assert!(PROGRAM.contains(from), "{from}");
        let error = parse(&PROGRAM.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(expected), "{from}: {error}");
    }
}

#[test]
fn sizes_and_depths_are_bounded() {
    let large = "step-program 1\nbuffer a: f32[1000000, 1000000] = 0\n";
    assert!(parse(large).unwrap_err().to_string().contains("more than"));
    let deep =
        format!("step-program 1\nbuffer a: f32[1] = 0\ncell 1 {{\n  a = {}\n", "(".repeat(100_000));
    assert!(parse(&deep).unwrap_err().to_string().contains("too deep"));
    let long = format!(
        "step-program 1\nbuffer a: f32[1] = 0\ncell 1 {{\n  a = a{}\n}}\n",
        " + a".repeat(100_000)
    );
    assert!(parse(&long).is_err());
}

proptest! {
    #[test]
    fn no_text_ends_badly(at in 0..PROGRAM.len(), len in 0_usize..6, with in "[a-z0-9\\[\\](){};:,=+*/? \"\\\\.-]{0,4}") {
        let mut text = PROGRAM.to_owned();
        let end = (at + len).min(text.len());
        text.replace_range(at..end, &with);
        if let Ok(program) = parse(&text) {
            prop_assert_eq!(program.faults(), vec![]);
            Run::new(&program).step(&[vec![1.0; 6]]);
            let printed = program.to_string();
            prop_assert_eq!(parse(&printed).unwrap().to_string(), printed);
        }
    }
}
