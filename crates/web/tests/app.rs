//! Requests and answers.

use std::path::{Path, PathBuf};

use nirkit_web::{Answer, App};
use serde_json::{Value, json};

/// A file in `examples`.
fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn ask(app: &mut App, request: &Value, bytes: Vec<u8>) -> Answer {
    app.meet_json(request.to_string().as_bytes(), bytes)
}

/// The answer to a request that is met.
fn met(app: &mut App, request: &Value) -> Answer {
    let answer = ask(app, request, Vec::new());
    assert_eq!(answer.told["ok"], true, "{request}: {}", answer.told);
    answer
}

fn open(app: &mut App, name: &str) -> Value {
    let bytes = std::fs::read(example(name)).unwrap();
    let answer = ask(app, &json!({ "do": "open", "name": name }), bytes);
    assert_eq!(answer.told["ok"], true, "{name}: {}", answer.told);
    answer.told
}

/// The first reason why a request is refused.
fn refusal(app: &mut App, request: &Value) -> String {
    let answer = ask(app, request, Vec::new());
    assert_eq!(answer.told["ok"], false, "{request}");
    answer.told["errors"][0]["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_graph_a_stimulus_and_runs_side_by_side_make_a_page() {
    let mut app = App::new();
    assert_eq!(open(&mut app, "small.nir")["kind"], "graph");
    assert_eq!(open(&mut app, "small_input.npy")["kind"], "stimulus");
    let request = json!({ "do": "page", "platforms": ["ideal", "spyx"], "run": true });
    let page = String::from_utf8(met(&mut app, &request).bytes).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    assert!(page.contains("step of the spike"), "the cause of the first difference");
}

#[test]
fn a_run_gives_the_bits_of_the_crate() {
    let mut app = App::new();
    open(&mut app, "small.nir");
    open(&mut app, "small_input.npy");
    let request = json!({ "do": "run", "platforms": ["norse"], "dt": "0.1ms", "record": "lif1:v" });
    let answer = met(&mut app, &request);
    let graph = nirkit::read(example("small.nir")).unwrap();
    let choices = nirkit::Choices::new().dt(1e-4);
    let model = nirkit::Model::new(&graph, "norse", &choices).unwrap();
    let stimulus = nirkit::Stimulus::read(example("small_input.npy")).unwrap();
    let run = nirkit::Run::new().record(nirkit::Record::parse("lif1:v"));
    let recording = model.run_with(&stimulus, &run).unwrap();
    let (_, array) = &recording.arrays[0];
    assert_eq!(answer.bytes, nirkit::io::array::array_to_bytes(array));
}

#[test]
fn an_adaptation_takes_the_place_of_the_graph_until_it_is_undone() {
    let mut app = App::new();
    open(&mut app, "small.nir");
    let as_opened = met(&mut app, &json!({ "do": "save", "format": "nirt" })).bytes;
    let request = json!({ "do": "adapt", "platforms": ["spyx"], "like": "norse" });
    assert!(met(&mut app, &request).told["verdict"].is_string());
    let saved = met(&mut app, &json!({ "do": "save", "format": "nirt" }));
    assert_eq!(saved.told["name"], "small.nirt");
    assert_ne!(saved.bytes, as_opened);
    met(&mut app, &json!({ "do": "undo" }));
    assert_eq!(met(&mut app, &json!({ "do": "save", "format": "nirt" })).bytes, as_opened);
    assert_eq!(refusal(&mut app, &json!({ "do": "undo" })), "the graph is as it was opened");
}

#[test]
fn what_is_saved_is_what_was_opened() {
    let mut app = App::new();
    open(&mut app, "small.nir");
    let hdf5 = met(&mut app, &json!({ "do": "save", "format": "nir" })).bytes;
    let name = Path::new("small.nir");
    let limits = nirkit::io::Limits::default();
    let read = nirkit::document::load_bytes(hdf5, name, &limits).unwrap().document;
    let original = nirkit::read(example("small.nir")).unwrap();
    assert!(nirkit::ir::diff::diff(&original, &read, 0.0).is_empty());
    let svg = met(&mut app, &json!({ "do": "save", "format": "svg" })).bytes;
    assert!(svg.starts_with(b"<svg"));
}

#[test]
fn a_graph_that_is_not_sound_is_drawn_and_repaired() {
    let mut app = App::new();
    let text = "nirt 1\ngraph {\n  input = Input { shape: i64[1] [2] }\n  lif = LIF {\n    tau: f32 0.01\n    r: f32[2] 1\n    \
                v_leak: f32[2] 0\n    v_threshold: f32[2] 1\n  }\n  output = Output { shape: i64[1] [2] }\n  input -> lif -> output\n}\n";
    let request = json!({ "do": "open", "name": "net.nirt" });
    assert_eq!(ask(&mut app, &request, text.into()).told["ok"], true);
    met(&mut app, &json!({ "do": "page", "run": false }));
    let changes = met(&mut app, &json!({ "do": "repair" })).told["changes"].clone();
    assert!(!changes.as_array().unwrap().is_empty());
    assert_eq!(met(&mut app, &json!({ "do": "repair" })).told["changes"], json!([]));
}

#[test]
fn recordings_of_sensors_are_stimuli() {
    let mut app = App::new();
    assert_eq!(open(&mut app, "events.raw")["kind"], "stimulus");
    let request = json!({ "do": "open", "name": "noise.raw" });
    let answer = ask(&mut app, &request, vec![0xff; 64]);
    assert_eq!(answer.told["ok"], false, "{}", answer.told);
}

#[test]
fn what_cannot_be_met_is_refused_with_reasons() {
    let mut app = App::new();
    assert_eq!(refusal(&mut app, &json!({ "do": "page", "run": false })), "no graph is open");
    open(&mut app, "small.nir");
    let run = json!({ "do": "page", "platforms": ["norse"], "run": true });
    assert_eq!(refusal(&mut app, &run), "a run needs a stimulus");
    let adapt = json!({ "do": "adapt", "like": "norse" });
    assert_eq!(refusal(&mut app, &adapt), "no platform is chosen");
    let format = json!({ "do": "save", "format": "pdf" });
    assert_eq!(refusal(&mut app, &format), "there is no format `pdf`");
    assert!(refusal(&mut app, &json!({ "do": "dance" })).starts_with("this is no request"));
    let wrong =
        json!({ "do": "page", "platforms": ["norse"], "dt": "soon", "reset": "no", "run": false });
    let answer = ask(&mut app, &wrong, Vec::new());
    assert_eq!(answer.told["errors"].as_array().unwrap().len(), 2, "{}", answer.told);
    let request = json!({ "do": "open", "name": "x.npy" });
    assert_eq!(ask(&mut app, &request, b"\x93NUMPY".to_vec()).told["ok"], false);
}
