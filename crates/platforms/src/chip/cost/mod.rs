//! What a network costs on a chip before it is there: what a stimulus sets off, counted in the
//! emulation, and the energy and time of that, estimated from published figures.
//!
//! Counts are exact. An [`Estimate`] is a range, each [`Part`] of which names the figures it comes
//! from; where nothing is published for a chip, it says so. A chip's figures are in the file of its
//! name.

mod activity;
mod estimate;
mod processor;

pub(super) mod loihi2;
pub(super) mod speck;
pub(super) mod spinnaker2;
pub(super) mod xylo;

pub use activity::{Activity, Layer, Traffic};
pub use estimate::{Estimate, Part, total};
pub use processor::Dense;

use nirkit_run::Stimulus;
use serde::Serialize;

use super::{Chip, Design};

/// What a stimulus costs on a chip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// What happens, counted.
    pub activity: Activity,
    /// What that takes on the chip.
    pub estimate: Estimate,
    /// What a processor that leaves nothing out would compute.
    pub dense: Dense,
}

/// What a stimulus of so many steps costs on a chip. `dt` is the length of a step in seconds, if it
/// is known.
///
/// # Errors
///
/// What keeps the design from taking the stimulus.
pub fn cost(
    chip: &Chip,
    design: &Design,
    stimulus: &Stimulus,
    steps: usize,
    dt: Option<f64>,
) -> Result<Cost, Vec<String>> {
    let activity = Activity::count(design, stimulus, steps, dt)?;
    let estimate = (chip.estimate)(design, &activity);
    let dense = Dense::of(&activity);
    Ok(Cost { activity, estimate, dense })
}
