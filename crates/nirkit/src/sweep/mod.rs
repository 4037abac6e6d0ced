//! Many runs at once: graphs × sets × platforms × choices, each a task, each result a row of a table.
//!
//! A [`Plan`] lists what is to be combined. [`Plan::tasks`] makes the combinations; a [`Task`] consists of paths, ranges and
//! words, so that it can be sent to another process or machine. A [`Worker`] runs tasks and returns a [`Row`] for each. A
//! [`Store`] is a folder that keeps rows under the hash of everything that they follow from: what is there is not computed
//! again, and a row that was cut off by the end of a process is computed anew. A [`Manifest`] beside the rows says what the plan
//! asks for. A [`Table`] has the lines of the plan, with the rows of one or several stores, parts of a set added up. So it has
//! the same bytes however the tasks were divided.

mod columns;
mod combine;
mod costs;
mod differences;
mod heat;
mod inputs;
mod key;
mod manifest;
mod page;
mod plan;
mod row;
mod run;
mod samples;
mod store;
mod table;
mod task;
mod worker;

pub use heat::heat_map;
pub use inputs::Hashes;
pub use manifest::Manifest;
pub use page::sweep_page;
pub use plan::{Metric, Plan, Set};
pub use row::{Counts, FirstDifference, Row, Status};
pub use run::{Progress, Sweep, keyed};
pub use store::{Shard, Store};
pub use table::{Entry, Table};
pub use task::Task;
pub use worker::{KEPT_OUT, Worker};

/// The version of nirkit that rows are computed with. Rows of different versions are not mixed.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
