//! Where a pass mends what a chip refuses or loses, the finding names the command; after the pass the
//! finding is gone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit_ir::{Document, Graph, text, validate};
use nirkit_passes::optimise::{find, optimise};
use nirkit_platforms::chip::Lowering;
use nirkit_platforms::{ChipChoices, Platform, platform};

/// Chip, a part of the message, and the nodes and edges of a graph that is told it.
const CASES: &[(&str, &str, &str)] = &[
    ("xylo", "Inputs to linear weights may not be linear weights", TWO_MATRICES),
    ("xylo", "Cannot convert Scale to rockpool module", SCALED),
    ("xylo", "adds v_leak = 0.5", RESTING),
    ("speck", "Linear cannot stand here", TWO_MATRICES_IF),
    ("speck", "returns nothing for Scale", SCALED_IF),
    ("speck", "returns nothing for NIRGraph", NESTED),
    ("speck", "takes the first neuron's v_threshold", THRESHOLDS),
    ("speck", "ignores r = 0.5", GAIN),
    ("speck", "is built from this node", MEAN),
    ("speck", "is built from this node", MATRIX),
    ("spinnaker2", "Two successive layers with weights", TWO_MATRICES),
    ("spinnaker2", "NotImplementedError: Scale", SCALED),
];

const TWO_MATRICES: &str = "
  input = Input { shape: i64[1] [2] }
  a = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  b = Affine { weight: f64[2, 2] [[1, -0.5], [0.5, 1]] bias: f64[2] [0, 0] }
  n = CUBA
  w = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  m = CUBA
  output = Output { shape: i64[1] [2] }
  input -> a -> b -> n -> w -> m -> output";

const SCALED: &str = "
  input = Input { shape: i64[1] [2] }
  a = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  s = Scale { scale: f64[2] [2, 3] }
  n = CUBA
  w = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  m = CUBA
  output = Output { shape: i64[1] [2] }
  input -> a -> s -> n -> w -> m -> output";

const RESTING: &str = "
  input = Input { shape: i64[1] [2] }
  a = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  n = CubaLIF { tau_syn: f64[2] 0.002 tau_mem: f64[2] 0.004 r: f64[2] 4 v_leak: f64[2] 0.5
    v_threshold: f64[2] 1.5 v_reset: f64[2] 0.5 w_in: f64[2] 2 }
  w = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  m = CUBA
  output = Output { shape: i64[1] [2] }
  input -> a -> n -> w -> m -> output";

const TWO_MATRICES_IF: &str = "
  input = Input { shape: i64[3] [2, 1, 1] }
  flat = Flatten { input_type: i64[3] [2, 1, 1] start_dim: i64 0 end_dim: i64 -1 }
  a = Affine { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] bias: f64[2] [0, 0] }
  b = Linear { weight: f64[2, 2] [[1, -0.5], [0.5, 1]] }
  n = IF { r: f64[2] 1 v_threshold: f64[2] 1 v_reset: f64[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> flat -> a -> b -> n -> output";

const SCALED_IF: &str = "
  input = Input { shape: i64[3] [2, 1, 1] }
  flat = Flatten { input_type: i64[3] [2, 1, 1] start_dim: i64 0 end_dim: i64 -1 }
  a = Affine { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] bias: f64[2] [0, 0] }
  s = Scale { scale: f64[2] [2, 3] }
  n = IF { r: f64[2] 1 v_threshold: f64[2] 1 v_reset: f64[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> flat -> a -> s -> n -> output";

const NESTED: &str = "
  input = Input { shape: i64[3] [2, 1, 1] }
  flat = Flatten { input_type: i64[3] [2, 1, 1] start_dim: i64 0 end_dim: i64 -1 }
  inner = NIRGraph {
    in = Input { shape: i64[1] [2] }
    a = Affine { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] bias: f64[2] [0, 0] }
    n = IF { r: f64[2] 1 v_threshold: f64[2] 1 v_reset: f64[2] 0 }
    out = Output { shape: i64[1] [2] }
    in -> a -> n -> out
  }
  output = Output { shape: i64[1] [2] }
  input -> flat -> inner -> output";

const THRESHOLDS: &str = "
  input = Input { shape: i64[3] [2, 1, 1] }
  flat = Flatten { input_type: i64[3] [2, 1, 1] start_dim: i64 0 end_dim: i64 -1 }
  a = Affine { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] bias: f64[2] [0, 0] }
  n = IF { r: f64[2] 1 v_threshold: f64[2] [1, 2] v_reset: f64[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> flat -> a -> n -> output";

const GAIN: &str = "
  input = Input { shape: i64[3] [1, 3, 3] }
  a = Conv2d { weight: f64[1, 1, 2, 2] [[[[1, 0.5], [0.5, 1]]]] stride: i64[2] [1, 1]
    padding: i64[2] [0, 0] dilation: i64[2] [1, 1] groups: i64 1 bias: f64[1] [0] }
  n = IF { r: f64[1, 2, 2] 0.5 v_threshold: f64[1, 2, 2] 1 v_reset: f64[1, 2, 2] 0 }
  output = Output { shape: i64[3] [1, 2, 2] }
  input -> a -> n -> output";

const MEAN: &str = "
  input = Input { shape: i64[3] [1, 4, 4] }
  pool = AvgPool2d { kernel_size: i64[2] [2, 2] stride: i64[2] [2, 2] padding: i64[2] [0, 0] }
  a = Conv2d { weight: f64[1, 1, 1, 1] [[[[2]]]] stride: i64[2] [1, 1]
    padding: i64[2] [0, 0] dilation: i64[2] [1, 1] groups: i64 1 bias: f64[1] [0] }
  n = IF { r: f64[1, 2, 2] 1 v_threshold: f64[1, 2, 2] 1 v_reset: f64[1, 2, 2] 0 }
  output = Output { shape: i64[3] [1, 2, 2] }
  input -> pool -> a -> n -> output";

const MATRIX: &str = "
  input = Input { shape: i64[3] [2, 1, 1] }
  flat = Flatten { input_type: i64[3] [2, 1, 1] start_dim: i64 0 end_dim: i64 -1 }
  a = Linear { weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }
  n = IF { r: f64[2] 1 v_threshold: f64[2] 1 v_reset: f64[2] 0 }
  output = Output { shape: i64[1] [2] }
  input -> flat -> a -> n -> output";

/// A CubaLIF whose gains are 1 in steps of 1 ms.
const CUBA: &str = "CubaLIF { tau_syn: f64[2] 0.002 tau_mem: f64[2] 0.004 r: f64[2] 4 \
    v_leak: f64[2] 0 v_threshold: f64[2] 1 v_reset: f64[2] 0 w_in: f64[2] 2 }";

fn lower(chip: &str, graph: &Graph) -> Lowering {
    let Platform::Chip(chip) = platform(chip).unwrap() else { panic!("{chip} is no chip") };
    let validation = validate(graph);
    let facts = validation.facts.unwrap_or_else(|| panic!("{:?}", validation.findings));
    let choices = ChipChoices { dt: Some(1e-3), ..ChipChoices::default() };
    chip.lower(graph, &facts, &choices).unwrap()
}

/// The help of the finding with this message.
fn help(lowering: &Lowering, message: &str) -> Option<String> {
    let findings = lowering.report.findings.iter().map(|finding| &finding.diagnostic);
    let mut meant = findings.filter(|diagnostic| diagnostic.message.contains(message));
    meant.next().map(|diagnostic| diagnostic.help.clone().unwrap_or_default())
}

/// The passes of the command that a help names.
fn passes(help: &str) -> Vec<&str> {
    let command = help.split('`').find(|part| part.starts_with("nir opt IN OUT")).unwrap_or("");
    command.split(" --pass ").skip(1).collect()
}

#[test]
fn after_the_pass_that_a_finding_names_the_finding_is_gone() {
    for (chip, message, graph) in CASES {
        let text = format!("nirt 1\ngraph {{{}\n}}", graph.replace("CUBA", CUBA));
        let document: Document = text::parse(&text, &()).unwrap();
        let mut graph = document.graph().unwrap().clone();
        let before = lower(chip, &graph);
        let help = help(&before, message);
        let help =
            help.unwrap_or_else(|| panic!("{chip}: {message}: {:?}", before.report.findings));
        let names = passes(&help);
        assert!(!names.is_empty(), "{chip}: {message}: {help}");
        let named: Vec<_> = names.iter().map(|name| find(name).unwrap()).collect();
        let rewrites = optimise(&mut graph, &named).unwrap();
        assert!(!rewrites.is_empty(), "{chip}: {names:?} did nothing");
        let after = lower(chip, &graph);
        assert_eq!(self::help(&after, message), None, "{chip}: {names:?}");
        assert!(after.design.is_some(), "{chip}: {:?}", after.report.findings);
        // What is mended brings nothing new, but for the reset that center_leak moves with the rest.
        let told = |lowering: &Lowering| lowering.report.findings.len();
        assert!(told(&after) <= told(&before), "{chip}: {:?}", after.report.findings);
    }
}
