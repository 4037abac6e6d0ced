//! The integration tests of `nirkit-io`, in one binary: one module for each subject.

mod corpus;
mod corrupt;
mod damaged;
mod data;
mod foreign;
mod hostile;
mod round_trip;
mod spike_lists;
mod types;
