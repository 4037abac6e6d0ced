//! A constant lag between two answers.

use crate::array::Array;

/// Returns the number of steps, from 1 up to `most`, by which one answer is the other one, later. What would come after the
/// last step is not missed; before its first step the later one has to be silent.
#[must_use]
pub fn lag(ideal: &Array, found: &Array, tolerance: f64, most: usize) -> Option<usize> {
    if ideal.shape != found.shape {
        return None;
    }
    let channels = ideal.channels();
    // An answer without spikes lags behind nothing.
    if found.values.iter().all(|&x| x == 0.0) {
        return None;
    }
    (1..=most.min(ideal.steps())).find(|&steps| {
        let shift = steps * channels;
        let (before, after) = found.values.split_at(shift.min(found.values.len()));
        let is_silent = tolerance > 0.0 || before.iter().all(|&x| x == 0.0);
        is_silent && ideal.values.iter().zip(after).all(|(a, b)| (a - b).abs() <= tolerance)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(values: &[f64]) -> Array {
        Array { shape: vec![values.len(), 1], values: values.to_vec() }
    }

    #[test]
    fn a_lag_is_the_same_in_all_steps() {
        let ideal = array(&[0.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(lag(&ideal, &array(&[0.0, 0.0, 1.0, 0.0, 1.0]), 0.0, 3), Some(1));
        assert_eq!(lag(&ideal, &array(&[0.0, 0.0, 0.0, 1.0, 0.0]), 0.0, 3), Some(2));
        assert_eq!(lag(&ideal, &array(&[1.0, 0.0, 1.0, 0.0, 0.0]), 0.0, 3), None);
        assert_eq!(lag(&ideal, &ideal, 0.0, 3), None);
        assert_eq!(lag(&ideal, &array(&[0.0; 5]), 0.0, 5), None);
    }
}
