//! The native half of the Python package `nirkit`.
//!
//! Python keeps nodes as dataclasses over numpy arrays; here is what is done on whole graphs: files,
//! findings, engines. A graph crosses the border as nested dictionaries (`convert::graph`), arrays
//! as numpy arrays that are moved and not copied on their way to Python (`convert::tensor`).
//!
//! Every function runs behind `guard`, so that no panic reaches a user, and raises the exceptions of
//! the Python module `nirkit.errors` (`error`).

#![expect(clippy::needless_pass_by_value, reason = "arguments come from Python by value")]

mod adapt;
mod check;
mod choices;
mod codegen;
mod compare;
mod conform;
mod convert;
mod document;
mod error;
mod evaluate;
mod figure;
mod file;
mod guard;
mod lower;
mod model;
mod page;
mod panels;
mod passes;
mod program;
mod recording;
mod show;
mod stimulus;
mod sweep;
mod ticker;

use pyo3::pymodule;

#[pymodule]
mod _core {
    #[pymodule_export]
    use super::adapt::adapt;
    #[pymodule_export]
    use super::check::{check, declarations, explain, platforms};
    #[pymodule_export]
    use super::codegen::codegen;
    #[pymodule_export]
    use super::compare::{Compared, compare};
    #[pymodule_export]
    use super::conform::{conform_verify, conform_write};
    #[pymodule_export]
    use super::document::{Document, diff};
    #[pymodule_export]
    use super::evaluate::evaluate;
    #[pymodule_export]
    use super::file::{
        data_to_bytes, read, read_bytes, read_data, read_data_bytes, read_version,
        read_version_bytes, to_bytes, write, write_data,
    };
    #[pymodule_export]
    use super::guard::panic_for_test;
    #[pymodule_export]
    use super::lower::{lower, write_design};
    #[pymodule_export]
    use super::model::{Model, configure, prepare};
    #[pymodule_export]
    use super::page::{evaluation_page, runs_page, sweep_page};
    #[pymodule_export]
    use super::panels::panels;
    #[pymodule_export]
    use super::passes::{repair, rescale, rewrite};
    #[pymodule_export]
    use super::program::program;
    #[pymodule_export]
    use super::recording::{EventReader, EventSamples, events_info, open_events, open_samples};
    #[pymodule_export]
    use super::show::escaped;
    #[pymodule_export]
    use super::sweep::{SweepStore, sweep_keys, sweep_run, sweep_table, sweep_task, sweep_tasks};

    /// Version of the package `nir` whose file format is followed.
    #[pymodule_export]
    const REFERENCE_VERSION: &str = nirkit::ir::REFERENCE_VERSION;
    /// Version of nirkit.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
