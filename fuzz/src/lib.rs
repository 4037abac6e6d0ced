//! What the fuzzer does with some bytes, a module for each target. A test of the workspace does the
//! same with the seeds and with what was found before, on stable Rust (`crates/nirkit/tests/fuzz_seeds.rs`).

pub mod chip_mutant;
pub mod graph_mutant;
pub mod read_chip_document;
pub mod read_events;
pub mod read_nir;
pub mod read_nirdata;
pub mod read_npy;
pub mod read_stimulus_json;
pub mod read_store;
pub mod read_text;
pub mod run_paths;
pub mod step_program;
pub mod verbs;

mod design;
mod edit_graph;
mod edit_json;

/// A target: its name, and what it does with some bytes. It panics where something is wrong.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: &[Target] = &[
    ("chip_mutant", chip_mutant::run),
    ("graph_mutant", graph_mutant::run),
    ("read_chip_document", read_chip_document::run),
    ("read_events", read_events::run),
    ("read_nir", read_nir::run),
    ("read_nirdata", read_nirdata::run),
    ("read_npy", read_npy::run),
    ("read_stimulus_json", read_stimulus_json::run),
    ("read_store", read_store::run),
    ("read_text", read_text::run),
    ("run_paths", run_paths::run),
    ("step_program", step_program::run),
    ("verbs", verbs::run),
];
