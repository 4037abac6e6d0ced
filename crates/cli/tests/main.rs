//! The integration tests of `nirkit-cli`, in one binary: one module for each subject.

mod adapt;
mod answers;
mod bounds;
mod cases;
mod chips;
mod codegen;
mod compare;
mod conform;
mod data;
mod diff;
mod eval_folders;
mod events;
mod figures;
mod hardening;
mod nest;
mod opt;
mod overwrite;
mod program;
mod refusals;
mod same_answers;
mod shells;
mod snapshots;
mod spike_lists;
mod stdio;
mod verdicts;
mod view;
