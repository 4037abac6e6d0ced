//! Samples that are read otherwise than the first of their set.

use crate::error::Error;
use crate::model::Bound;
use crate::settle::Voice;

/// How a sample is read otherwise than the first one.
pub(super) fn differs(
    (first, first_dt): (&Bound, Option<f64>),
    (bound, dt): (&Bound, Option<f64>),
    voice: Voice,
) -> Option<Error> {
    if first_dt != dt {
        let message = "it was recorded with another time step than the first sample";
        return Some(Error::new(message).help("evaluate samples of each time step by themselves"));
    }
    let (first, other) = (&first.stimulus.readings, &bound.stimulus.readings);
    let word = |is_spikes: bool| if is_spikes { "spikes" } else { "a current" };
    let pair = first.iter().zip(other).find(|((_, one), (_, other))| one != other)?;
    let ((_, one), (_, other)) = pair;
    let (one, other) = (word(*one), word(*other));
    let message =
        format!("its frames are {other} by their numbers, those of the first sample {one}");
    Some(Error::new(message).help(format!("say which with {}", voice.option("frames"))))
}
