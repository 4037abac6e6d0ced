//! Weights as Loihi stores them: 8 bits, with a sign for all of them or one bit of each.

/// Weights as `PyDenseModelBitAcc` has them after its first step, in place
/// (`lava/utils/weightutils.py`, `clip_weights` and `truncate_weights`).
pub(super) fn store(weights: &mut [i64], num_weight_bits: u32) {
    let mode = Signs::of(weights);
    let [low, high] = mode.range();
    let cut = 8_u32.saturating_sub(num_weight_bits) + u32::from(mode == Signs::Mixed);
    for weight in weights {
        let clipped = (*weight).clamp(low, high);
        *weight = match mode {
            // The sign is not stored, so that what is cut off rounds toward 0.
            Signs::Inhibitory => -((-clipped >> cut) << cut),
            Signs::Excitatory | Signs::Mixed => (clipped >> cut) << cut,
        };
    }
}

/// Which signs the weights of a process have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signs {
    /// None is negative.
    Excitatory,
    /// None is positive.
    Inhibitory,
    /// Both; a bit of each weight is its sign, so that weights are even.
    Mixed,
}

impl Signs {
    /// Those of weights; of none at all as of zeros.
    pub(super) fn of(weights: &[i64]) -> Self {
        if weights.iter().all(|&weight| weight >= 0) {
            Self::Excitatory
        } else if weights.iter().all(|&weight| weight <= 0) {
            Self::Inhibitory
        } else {
            Self::Mixed
        }
    }

    /// The smallest and the largest weight.
    pub(super) fn range(self) -> [i64; 2] {
        match self {
            Self::Excitatory => [0, 255],
            Self::Inhibitory => [-255, 0],
            Self::Mixed => [-256, 255],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(weights: &[i64], bits: u32) -> Vec<i64> {
        let mut weights = weights.to_vec();
        store(&mut weights, bits);
        weights
    }

    /// Numbers of `lava-nc` 0.10.0.
    #[test]
    fn weights_are_cut_as_lava_cuts_them() {
        assert_eq!(stored(&[300, 3, 255], 8), [255, 3, 255]);
        assert_eq!(stored(&[300, -3, -300], 8), [254, -4, -256]);
        assert_eq!(stored(&[-300, -3, 0], 8), [-255, -3, 0]);
        assert_eq!(stored(&[255, 17, 15], 4), [240, 16, 0]);
        assert_eq!(stored(&[-255, -17, -15], 4), [-240, -16, 0]);
        assert_eq!(stored(&[255, -17, 15], 4), [224, -32, 0]);
    }
}
