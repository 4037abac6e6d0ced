//! Thresholds below 0 are refused, by every chip, from graphs and from documents: a neuron above its
//! threshold for ever has no meaning.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use nirkit_ir::{Document, text, validate};
use nirkit_platforms::ChipChoices;
use nirkit_platforms::chip::{ALL, Chip, Lowering};
use serde_json::{Value, json};

/// A graph that the chip takes, with this threshold of one neuron.
fn graph(chip: &Chip, threshold: f64) -> String {
    let list = format!("[{threshold}, 1]");
    if chip.name == "speck" {
        return format!(
            "nirt 1\ngraph {{
  input = Input {{ shape: i64[3] [2, 1, 1] }}
  flat = Flatten {{ input_type: i64[3] [2, 1, 1] start_dim: i64 0 end_dim: i64 -1 }}
  a = Affine {{ weight: f64[2, 2] [[1, 0.5], [0.5, 1]] bias: f64[2] [0, 0] }}
  n = IF {{ r: f64[2] 1 v_threshold: f64[2] {list} v_reset: f64[2] 0 }}
  output = Output {{ shape: i64[1] [2] }}
  input -> flat -> a -> n -> output
}}"
        );
    }
    let neurons = |threshold: &str| {
        let times = "tau_syn: f64[2] 0.002 tau_mem: f64[2] 0.004 r: f64[2] 4 w_in: f64[2] 2";
        let rest = "v_leak: f64[2] 0 v_reset: f64[2] 0";
        format!("CubaLIF {{ {times} v_threshold: f64[2] {threshold} {rest} }}")
    };
    format!(
        "nirt 1\ngraph {{
  input = Input {{ shape: i64[1] [2] }}
  a = Linear {{ weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }}
  n = {}
  w = Linear {{ weight: f64[2, 2] [[1, 0.5], [0.5, 1]] }}
  m = {}
  output = Output {{ shape: i64[1] [2] }}
  input -> a -> n -> w -> m -> output
}}",
        neurons(&list),
        neurons("1")
    )
}

fn lower(chip: &Chip, threshold: f64) -> Lowering {
    let document: Document = text::parse(&graph(chip, threshold), &()).unwrap();
    let facts = validate(document.graph().unwrap()).facts.unwrap();
    let choices = ChipChoices { dt: Some(1e-3), ..ChipChoices::default() };
    chip.lower(document.graph().unwrap(), &facts, &choices).unwrap()
}

#[test]
fn thresholds_below_zero_of_a_graph_are_refused_at_their_place() {
    // The converter of the paper knows a single LIF alone.
    for chip in ALL.iter().filter(|chip| chip.title() != "loihi2@paper") {
        let fine = lower(chip, 1.0);
        assert!(fine.design.is_some(), "{}: {:?}", chip.name, fine.report.findings);
        for threshold in [-1e-9, -0.5, -1e6] {
            let lowering = lower(chip, threshold);
            assert!(lowering.design.is_none(), "{}: {threshold}", chip.name);
            let is_told = lowering.report.findings.iter().any(|finding| {
                finding.diagnostic.message.contains("threshold")
                    && finding.diagnostic.place.to_string().contains("v_threshold")
            });
            assert!(is_told, "{}: {:?}", chip.name, lowering.report.findings);
        }
    }
}

/// Sets the first number under a key.
fn set(value: &mut Value, key: &str, number: i64) -> bool {
    match value {
        Value::Object(object) => {
            if let Some(found) = object.get_mut(key) {
                let place = if found.is_array() { &mut found[0] } else { found };
                *place = json!(number);
                return true;
            }
            object.values_mut().any(|inner| set(inner, key, number))
        }
        Value::Array(list) => list.iter_mut().any(|inner| set(inner, key, number)),
        _ => false,
    }
}

#[test]
fn thresholds_below_zero_of_a_document_are_refused() {
    for (name, key) in [("xylo", "threshold"), ("speck", "threshold"), ("loihi2", "vth")] {
        let chip = ALL.iter().find(|chip| chip.name == name).unwrap();
        let mut document: Value =
            serde_json::from_str(&lower(chip, 1.0).design.unwrap().configuration.json).unwrap();
        assert!(chip.read(&document.to_string(), None).is_ok(), "{name}");
        assert!(set(&mut document, key, -1), "{name}: {document}");
        let errors = chip.read(&document.to_string(), None).unwrap_err();
        let is_told = errors.iter().any(|error| error.contains(key) || error.contains("threshold"));
        assert!(is_told, "{name}: {errors:?}");
    }
}
