//! What files leave open, with candidates and what each would change. What is expected was worked out
//! by hand from the parameters in the text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use nirkit_ir::open::{Candidate, Source, findings, open};

fn document(nodes: &str) -> nirkit_ir::Document {
    let text = format!("nirt 1\ngraph {{\n{nodes}\n}}");
    nirkit_ir::text::parse(&text, &()).unwrap()
}

fn values<T: ToString>(candidates: &[Candidate<T>]) -> Vec<String> {
    candidates.iter().map(|candidate| candidate.value.to_string()).collect()
}

/// The single LIF of the NIR paper: `r` is 1, so nothing tells the time step.
const SINGLE: &str = "  input = Input { shape: i64[1] [1] }
  lif = LIF { tau: f32[1] [0.0025] r: f32[1] [1] v_leak: f32[1] [0] v_threshold: f32[1] [0.1] }
  output = Output { shape: i64[1] [1] }
  input -> lif -> output";

/// A layer as in the paper's recurrent networks: `r = tau_mem / dt`, `w_in = tau_syn / dt`.
const TRAINED: &str = "  input = Input { shape: i64[1] [1] }
  lif = CubaLIF { tau_syn: f64[1] [2e-4] tau_mem: f64[1] [1e-3] r: f64[1] [10] v_leak: f64[1] [0.5]
    v_threshold: f64[1] [1] v_reset: f64[1] [0.25] w_in: f64[1] [2] }
  output = Output { shape: i64[1] [1] }
  input -> lif -> output";

#[test]
fn a_gain_of_one_is_ambiguous_and_every_candidate_says_what_it_would_change() {
    let open = open(&document(SINGLE));
    assert!(open.only_dt().is_none() && open.only_reset().is_none() && open.only_spike().is_none());
    assert_eq!(values(&open.dt), ["0.0025", "0.0001", "0.001"]);
    // r dt / tau = 0.04, and 1 - exp(-0.04) = 3.92 %.
    let expected = "a spike of one step moves v of `lif` by 0.04 (threshold 0.1), and 3.92 % of v leaks \
                    in a step";
    assert_eq!(open.dt[1].effect, expected);
    assert_eq!(open.reset[0].effect, "a spike sets v of `lif` to 0");
    assert_eq!(open.reset[1].effect, "a spike takes 0.1 from v of `lif`; what was above it stays");
    assert_eq!(values(&open.spike), ["impulse:1", "pulse:0.0025"]);
    // r / tau = 400.
    assert_eq!(open.spike[0].effect, "it moves v of `lif` by 400 (threshold 0.1)");
    assert!(open.start.is_empty(), "a voltage that rests at 0 starts there");
    let codes: Vec<String> = findings(&open).iter().map(|f| f.code.to_string()).collect();
    assert_eq!(codes, ["N401", "N402", "N403"]);
}

#[test]
fn gains_of_tau_over_dt_imply_the_step_and_the_reading_of_a_spike() {
    let open = open(&document(TRAINED));
    assert_eq!(open.only_dt().unwrap().value.to_string(), "0.0001");
    let spike = open.only_spike().unwrap();
    assert_eq!((spike.value.as_str(), spike.source), ("pulse:0.0001", Source::Numbers));
    // w_in dt / tau_syn = 1.
    assert_eq!(spike.effect, "it moves the current of `lif` by 1");
    assert!(open.only_reset().is_none(), "nothing tells the reset");
    assert_eq!(values(&open.reset), ["v_reset", "subtract", "zero"]);
    assert_eq!(open.reset[0].effect, "a spike sets v of `lif` to 0.25");
    assert_eq!(values(&open.start), ["rest", "zero"]);
    assert_eq!(open.start[0].effect, "v of `lif` starts at 0.5");
    let help: Vec<String> = findings(&open).into_iter().filter_map(|f| f.help).collect();
    assert_eq!(help.len(), 4);
    assert!(help[3].starts_with("give `--start`; candidates: rest ("), "{}", help[3]);
}

#[test]
fn a_gain_in_ohms_is_no_count_of_steps() {
    // 20 ms and 100 MOhm: tau / r = 0.2 ns.
    let text = "  input = Input { shape: i64[1] [1] }
  lif = LIF { tau: f64[1] [0.02] r: f64[1] [1e8] v_leak: f64[1] [-0.07] v_threshold: f64[1] [-0.055] }
  output = Output { shape: i64[1] [1] }
  input -> lif -> output";
    let open = open(&document(text));
    assert_eq!(values(&open.dt), ["0.0001", "0.001"]);
    assert!(open.only_dt().is_none() && open.only_spike().is_none());
    assert!(open.time_unit.is_empty(), "20 ms are told in seconds");
}

#[test]
fn time_constants_of_a_second_and_more_look_like_milliseconds() {
    let text = TRAINED.replace("[2e-4]", "[5]").replace("[1e-3]", "[20]");
    let open = open(&document(&text));
    assert_eq!(values(&open.time_unit), ["ms", "s"]);
    let finding = nirkit_ir::open::time_unit_finding(&open).unwrap();
    assert_eq!(finding.code.to_string(), "N405");
    assert!(finding.message.contains("from 5 to 20, `tau_mem` of `lif`"), "{finding}");
    assert!(finding.help.unwrap().contains("--time-unit ms"));
    assert!(nirkit_ir::open::open(&document(TRAINED)).time_unit.is_empty());
}

#[test]
fn metadata_that_are_not_understood_are_told_and_not_taken() {
    let with = |entry: &str| document(&format!("  metadata {{ {entry} }}\n{TRAINED}"));
    for entry in
        ["dt: \"1ms\"", "dt: f64 -1", "dt: f64 nan", "dt: f64[2] [1, 2]", "reset: \"banana\""]
    {
        let document = with(entry);
        let found = nirkit_ir::open::metadata_findings(&document);
        let codes: Vec<String> = found.iter().map(|finding| finding.code.to_string()).collect();
        assert_eq!(codes, ["N406"], "{entry}");
        let open = open(&document);
        let said = |source| source == Source::Metadata;
        assert!(!open.dt.iter().any(|dt| said(dt.source)), "{entry}");
        assert!(!open.reset.iter().any(|reset| said(reset.source)), "{entry}");
    }
    for entry in ["dt: f64 0.001", "reset: \"zero\"", "time_unit: \"ms\""] {
        assert!(nirkit_ir::open::metadata_findings(&with(entry)).is_empty(), "{entry}");
    }
}

#[test]
fn metadata_of_nested_graphs_are_not_taken_and_that_is_told_at_their_place() {
    let nested = |outer: &str| {
        document(&format!(
            "{outer}  i = Input {{ shape: i64[1] [1] }}\n  blk = graph {{\n    metadata {{ dt: f64 0.001 reset: \"subtract\" \
             author: \"me\" }}\n    a = Input {{ shape: i64[1] [1] }}\n    z = Output {{ shape: i64[1] [1] }}\n    a -> z\n  }}\n  \
             o = Output {{ shape: i64[1] [1] }}\n  i -> blk -> o\n"
        ))
    };
    let told = |outer: &str| -> Vec<String> {
        let found = nirkit_ir::open::metadata_findings(&nested(outer));
        found.iter().map(ToString::to_string).collect()
    };
    let dt =
        "warning[N406]: /blk: the metadata of a nested graph say `dt` = 0.001, which is not taken";
    let reset = "warning[N406]: /blk: the metadata of a nested graph say `reset` = \"subtract\", which is not taken";
    assert_eq!(told(""), [dt, reset]);
    assert_eq!(told("  metadata { dt: f64 0.002 }\n"), [dt, reset]);
    // What the whole graph says as well holds.
    assert_eq!(told("  metadata { dt: f64 0.001 }\n"), [reset]);
    assert_eq!(told("  metadata { dt: f64 0.001 reset: \"subtractive\" }\n"), Vec::<String>::new());
}
