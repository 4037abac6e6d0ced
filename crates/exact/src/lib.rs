//! The ideal: what a graph means, the hybrid system itself, in continuous time, event by event.
//!
//! [`prepare`] makes a [`Program`] from a graph and its facts (immutable, to be shared), which starts a [`Run`]
//! (which can be saved and resumed); the run advances while a [`Recorder`] takes what it gives. Knows no
//! file and no platform.

mod affine;
mod again;
mod avg_pool2d;
mod bias;
mod cell;
mod conv1d;
mod conv2d;
mod crossing;
mod cuba_li;
mod cuba_lif;
mod delay;
mod drive;
mod error;
mod expoly;
mod feed;
mod fire;
mod flow;
mod i;
mod r#if;
mod inbox;
mod instant;
mod li;
mod lif;
mod linear;
mod map;
mod matrix;
mod neuron;
mod option;
mod parameter;
mod prepare;
mod program;
mod queue;
mod range;
mod reach;
mod record;
mod report;
mod route;
mod run;
mod scale;
mod series;
mod sum;
mod sum_pool2d;
mod threshold;
mod turn;
mod window;

pub use error::{PrepareError, PrepareErrors, RunError, StimulusErrors};
pub use option::Options;
pub use prepare::prepare;
pub use program::Program;
pub use record::{Event, Probe, Recorder, Recording, Trace};
pub use report::{Counts, Graze, Method, Report};
pub use run::Run;
