//! The integration tests of `nirkit-passes`, in one binary: one module for each subject.

mod cases;
mod documentation;
mod optimise_shapes;
mod repair;
mod repair_together;
mod time;
mod time_unit;
