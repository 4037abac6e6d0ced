//! The verbs, one file each. A verb takes its arguments and prints its result.

pub(crate) mod adapt;
pub(crate) mod check;
pub(crate) mod codegen;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod conform;
pub(crate) mod convert;
mod data;
pub(crate) mod diff;
pub(crate) mod eval;
pub(crate) mod events;
pub(crate) mod explain;
pub(crate) mod info;
pub(crate) mod lower;
pub(crate) mod man;
pub(crate) mod opt;
pub(crate) mod platforms;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod sweep;
pub(crate) mod vectors;
pub(crate) mod view;
