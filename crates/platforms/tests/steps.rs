//! The page about step programs: what each simulator computes for one layer of each kind of neuron.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit-platforms --test integration steps` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use nirkit_engine::clocked::{Integrator, Options};
use nirkit_ir::text::parse;
use nirkit_ir::validate;
use nirkit_platforms::chip::Emulation;
use nirkit_platforms::{Chip, ChipChoices, Choices, Profile, check, chip, version};

const INTRODUCTION: &str = "\
# What platforms compute

A simulator turns a file into a fixed list of operations that it does in each step: its step program. `nir show` prints it,
with the numbers of the file as the simulator computes them:

```sh
nir show net.nir --step --platform snntorch --dt 0.1ms
```

An operation writes a buffer; a buffer has the name of a node (what leaves it) or of a state (`lif.v`). `dense` is a matrix with
a bias, `add` a sum in the order of the list of edges. `before x` is what `x` was a step ago, and what it starts with in the first step;
`before? x` is left out of a sum in the first step. `deliver` adds the products of a matrix one by one to what stands there, each
time held between two ends (`saturate`) or taken back in at the other end (`wrap`). `store` keeps a buffer in a ring with a row for each of
the last steps, and `recall` reads what was stored so many steps before: a Delay. `probe` names what can be recorded.

A `cell` is done for each neuron: statement by statement, every operation rounded to the format of the buffers. `param` is a number of
each neuron, `let` one that is not kept. `c ? a : b` is `a` if `c` holds; `%` is the remainder that is not negative, `>>` shifts an
integer right, towards minus infinity; `/` of integers is cut towards zero. The
crate `nirkit-step` reads the text and runs it; its interpreter gives the bits of the engine, which a test holds on random networks
for every platform, and for the clocked engine under random choices. `#` begins a comment.

Below is one layer of two neurons of each kind (two layers where a chip asks for them), with a time step of 1 ms: the membrane has `tau` = 10 ms, the synapse
`tau_syn` = 5 ms, `r` = 2, `w_in` = 3, `v_threshold` = 1; gains that a simulator asks for
are said. `x` stands for what arrives. This page is made from the profiles.
";

const CLOCKED: &str = "
## The clocked engine

It computes the equations of the graph under stated choices (see [the page about them](clocked.md)). Here spikes are pulses of one step and
numbers have double precision; the other choices are the usual ones.

```sh
nir show net.nir --step --clocked --dt 1ms --integrator exponential
```
";

/// `r` and `w_in` that are tried: first any, then what some ask for: 1, `tau / dt`, `1 / dt`.
const GAINS: [[f32; 2]; 5] = [[2.0, 3.0], [1.0, 3.0], [10.0, 5.0], [10.0, 1.0], [1000.0, 5.0]];

/// A layer between an Input and an Output.
fn network(neuron: &str, [r, w_in]: [f32; 2]) -> String {
    let r = format!("r: f32[2] {r}");
    let fields = [r.as_str(), "v_threshold: f32[2] 1", "v_reset: f32[2] 0"].join(", ");
    let leak = "v_leak: f32[2] 0";
    let node = match neuron {
        "IF" => format!("IF {{ {fields} }}"),
        "LIF" => format!("LIF {{ tau: f32[2] 0.01, {leak}, {fields} }}"),
        "LI" => format!("LI {{ tau: f32[2] 0.01, {r}, {leak} }}"),
        _ => format!(
            "CubaLIF {{ tau_mem: f32[2] 0.01, tau_syn: f32[2] 0.005, w_in: f32[2] {w_in}, {leak}, {fields} }}"
        ),
    };
    let ports = "input = Input { shape: i64[1] [2] }\noutput = Output { shape: i64[1] [2] }";
    let weight = "x = Affine { weight: f32[2, 2] [[1, 0], [0, 1]], bias: f32[2] 0 }";
    format!(
        "nirt 1\nversion \"1.0.8\"\ngraph {{\n{ports}\n{weight}\nn = {node}\ninput -> x -> n -> output\n}}\n"
    )
}

/// The cells of a layer, or why there is none.
fn cells(profile: &Profile, neuron: &str, gains: [f32; 2]) -> Result<String, String> {
    let document = parse(&network(neuron, gains), &()).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let choices = Choices { dt: Some(1e-3), ..Choices::default() };
    let report = check(profile, graph, &facts, &choices);
    let refusal = report.refusals().map(|found| found.diagnostic.message.clone()).next();
    if let Some(message) = refusal {
        return Err(message);
    }
    let program = profile.prepare(graph, &facts, &choices).unwrap().step_program().unwrap();
    let cells = only_cells(&program);
    if cells.is_empty() { Err("the node is left out".to_owned()) } else { Ok(cells) }
}

/// The cells of a layer of the clocked engine.
fn cells_clocked(neuron: &str, integrator: Integrator) -> String {
    let document = parse(&network(neuron, GAINS[0]), &()).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let options = Options { integrator, ..Options::new(1e-3) };
    let program = nirkit_engine::clocked::prepare(graph, &facts, &options).unwrap();
    only_cells(&program.step_program().unwrap())
}

/// What a program does but for maps.
fn only_cells(program: &nirkit_step::Program) -> String {
    let text = program.to_string();
    let (mut cells, mut is_inside) = (String::new(), false);
    for line in text.lines() {
        is_inside |= line.starts_with("cell ");
        if is_inside {
            writeln!(cells, "{line}").unwrap();
        }
        is_inside &= line != "}";
    }
    cells
}

/// Two layers between an Input and an Output.
fn two_layers(neuron: &str, gains: [f32; 2]) -> String {
    let one = network(neuron, gains);
    let lines: Vec<&str> = one.lines().collect();
    let copied = |name: &str, other: &str| {
        let line = lines.iter().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        line.replacen(name, other, 1)
    };
    let added =
        format!("{}\n{}\ninput -> x -> n -> y -> m -> output", copied("x", "y"), copied("n", "m"));
    one.replace("input -> x -> n -> output", &added)
}

/// A layer of two channels of a picture of one pixel.
fn picture(neuron: &str, gains: [f32; 2]) -> String {
    let conv = "x = Conv2d { input_shape: i64[2] [1, 1], weight: f32[2, 2, 1, 1] [[[[1]], [[0]]], [[[0]], [[1]]]], stride: i64[2] [1, 1], padding: i64[2] [0, 0], dilation: i64[2] [1, 1], groups: i64 1, bias: f32[2] 0 }";
    let one = network(neuron, gains);
    let affine = one.lines().find(|line| line.starts_with("x = ")).unwrap().to_owned();
    let shaped = one.replace(&affine, conv).replace("shape: i64[1] [2]", "shape: i64[3] [2, 1, 1]");
    let lines = shaped.lines().map(|line| {
        if line.starts_with("n = ") {
            line.replace("f32[2]", "f32[2, 1, 1]")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The cells of the first of several networks that a chip takes.
fn cells_on_chip(chip: &Chip, neuron: &str, gains: [f32; 2]) -> Result<String, String> {
    let networks = [network(neuron, gains), two_layers(neuron, gains), picture(neuron, gains)];
    let tried = networks.map(|network| lowered(chip, &network));
    let first = tried.iter().find(|tried| tried.is_ok()).or_else(|| tried.first());
    first.unwrap().clone()
}

fn lowered(chip: &Chip, network: &str) -> Result<String, String> {
    let document = parse(network, &()).unwrap();
    let graph = document.graph().unwrap();
    let facts = validate(graph).facts.unwrap();
    let choices = ChipChoices { dt: Some(1e-3), ..ChipChoices::default() };
    let lowering = chip.lower(graph, &facts, &choices).unwrap();
    let refusal = lowering.report.refusals().map(|found| found.diagnostic.message.clone()).next();
    let Some(design) = lowering.design else { return Err(refusal.unwrap_or_default()) };
    match design.emulation {
        Emulation::Integer(program) => program.step_program(Some(1e-3)).map(|p| only_cells(&p)),
        Emulation::Mixed(program) => Ok(only_cells(&program.step_program(Some(1e-3)))),
    }
    .map_err(|reasons| reasons.join("; "))
}

/// What is said of gains that are not those of the page.
fn asked(neuron: &str, gains: [f32; 2]) -> String {
    let [r, w_in] = gains;
    match neuron {
        _ if gains == GAINS[0] => String::new(),
        "CubaLIF" => format!("It asks for such gains: `r` = {r}, `w_in` = {w_in}.\n\n"),
        _ => format!("It asks for such a gain: `r` = {r}.\n\n"),
    }
}

#[test]
fn the_page_of_step_programs_follows_the_profiles() {
    let mut page = INTRODUCTION.to_owned();
    let mut shown: Vec<(&'static str, &'static str, String)> = Vec::new();
    for profile in version::all() {
        writeln!(page, "\n## {}\n\n{}.", profile.title(), profile.package).unwrap();
        let mut same = Vec::new();
        for neuron in ["IF", "LIF", "CubaLIF", "LI"] {
            let tried =
                GAINS.map(|gains| cells(profile, neuron, gains).map(|cells| (gains, cells)));
            let refusal = tried[0].as_ref().err().cloned().unwrap_or_default();
            let found = match tried.into_iter().flatten().next() {
                Some((gains, cells)) => format!("{}```text\n{cells}```\n", asked(neuron, gains)),
                None => format!("Not run: {}.\n", refusal.trim_end_matches('.')),
            };
            let key = (profile.name, neuron, found.clone());
            // What a version before does too is not told again.
            if shown.contains(&key) {
                same.push(neuron);
                continue;
            }
            write!(page, "\n### {neuron} on {}\n\n{found}", profile.title()).unwrap();
            shown.push(key);
        }
        if !same.is_empty() {
            let (same, name) = (same.join(", "), profile.name);
            writeln!(page, "\nAs in a version of {name} above: {same}.").unwrap();
        }
    }
    for chip in chip::ALL {
        writeln!(page, "\n## {}\n\n{}.", chip.title(), chip.package).unwrap();
        for neuron in ["IF", "LIF", "CubaLIF"] {
            let found = match GAINS.map(|gains| cells_on_chip(chip, neuron, gains)) {
                [Err(reason), .., Err(_)] => {
                    format!("Not run: {}.\n", reason.trim_end_matches('.'))
                }
                tried => {
                    let tried = tried.into_iter().zip(GAINS);
                    let mut tried = tried;
                    let first = tried.find_map(|(cells, gains)| Some((cells.ok()?, gains)));
                    let (cells, gains) = first.unwrap();
                    format!("{}```text\n{cells}```\n", asked(neuron, gains))
                }
            };
            write!(page, "\n### {neuron} on {}\n\n{found}", chip.title()).unwrap();
        }
    }
    page.push_str(CLOCKED);
    for integrator in [Integrator::Euler, Integrator::Exponential] {
        for neuron in ["IF", "LIF", "CubaLIF", "LI"] {
            // The perfect integrator is exact under both.
            if neuron == "IF" && integrator == Integrator::Exponential {
                continue;
            }
            let cells = cells_clocked(neuron, integrator);
            write!(page, "\n### {neuron}, clocked, {integrator}\n\n```text\n{cells}```\n").unwrap();
        }
    }
    let page = format!("{}\n", page.trim_end());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/steps.md");
    if std::env::var_os("NIRKIT_UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/steps.md is stale; run this test with NIRKIT_UPDATE_DOCS=1");
}
