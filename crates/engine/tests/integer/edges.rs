//! The edges of integers, each held against the plain model while it is certain to be reached.

use super::*;

/// A network of one input channel and one neuron with these numbers, for so many steps of `count`
/// spikes and then silence.
fn drive(weight: i64, bits: [u8; 2], threshold: i64, counts: Vec<i64>) -> Numbers {
    Numbers {
        weights_in: vec![vec![weight]],
        weights_rec: vec![vec![0]],
        syn: vec![bits[0]],
        mem: vec![bits[1]],
        threshold: vec![threshold],
        bias: vec![0],
        shift: 8,
        alias: None,
        counts: counts.into_iter().map(|count| vec![count]).collect(),
    }
}

proptest! {
    /// A drive beyond 16 bits: currents stop at the end of the register that they are driven to, and
    /// voltages at the lower end.
    #[test]
    fn states_saturate_at_both_ends(
        size in 100_i64..128, is_negative: bool, bits in 1_u8..16, count in 5_i64..16,
    ) {
        let weight = if is_negative { -size } else { size };
        let n = drive(weight, [bits, 15], 32_767, vec![count; 12]);
        let found = engine(shifting(&n), &n.counts);
        prop_assert_eq!(&found, &plain_shifting(&n));
        // What is left of the end of the register after the first decay.
        let end: i64 = if is_negative { -32_768 } else { 32_767 };
        let left = end - i64::try_from(shifted_away(i128::from(end), bits)).unwrap();
        prop_assert_eq!(found[2][11], left);
        prop_assert!(!is_negative || found[1][11] == -32_768, "{:?}", found[1]);
    }

    /// A drive that adds up beyond 24 bits: the current comes back in at the other end.
    #[test]
    fn a_current_wraps(weight in 20_i64..32, is_negative: bool, count in 8_i64..16) {
        let weight = if is_negative { -weight } else { weight };
        let n = drive(weight, [15, 15], 32_767, vec![count; 12]);
        let found = engine(scaling(&n), &n.counts);
        prop_assert_eq!(&found, &plain_scaling(&n));
        let has_turned = found[2].iter().any(|&u| u != 0 && u.signum() == -weight.signum());
        prop_assert!(has_turned, "{:?}", found[2]);
    }

    /// Without the least decay of 1 a small current would stay for ever.
    #[test]
    fn a_current_decays_to_zero_and_stays(weight in -128_i64..128, bits in 0_u8..16) {
        let silent = weight.unsigned_abs() as usize + 2;
        let counts: Vec<i64> = [1].into_iter().chain(vec![0; silent]).collect();
        let mut n = drive(weight, [bits, 0], 32_767, counts);
        n.shift = 0;
        let found = engine(shifting(&n), &n.counts);
        prop_assert_eq!(&found, &plain_shifting(&n));
        let isyn = &found[2];
        prop_assert!(isyn.windows(2).all(|w| w[1].abs() < w[0].abs() || w == [0, 0]), "{:?}", isyn);
        prop_assert_eq!(isyn[silent], 0);
    }

    /// Thresholds at the ends of their range: 0 is always reached, 32767 only by saturation.
    #[test]
    fn thresholds_at_the_ends(weight in 0_i64..128, count in 0_i64..16, is_least: bool) {
        let threshold = if is_least { 0 } else { 32_767 };
        let mut n = drive(weight, [15, 15], threshold, vec![count; 8]);
        n.bias = vec![1];
        let found = engine(shifting(&n), &n.counts);
        prop_assert_eq!(&found, &plain_shifting(&n));
        if is_least {
            prop_assert!(found[0].iter().all(|&spikes| spikes == 31), "{:?}", found[0]);
        } else {
            // Less than the threshold in one step: a spike only where the register is full.
            prop_assert!(found[0].iter().all(|&spikes| spikes <= 1), "{:?}", found[0]);
        }
    }

    /// Whatever enters, weights of 0 bring nothing.
    #[test]
    fn weights_of_zero_bring_nothing(mut n in numbers()) {
        n.weights_in.iter_mut().flatten().for_each(|weight| *weight = 0);
        let silence: Vec<Vec<i64>> = n.counts.iter().map(|frame| vec![0; frame.len()]).collect();
        for network in [shifting(&n), scaling(&n)] {
            prop_assert_eq!(engine(network.clone(), &n.counts), engine(network, &silence));
        }
        prop_assert_eq!(engine(shifting(&n), &n.counts), plain_shifting(&n));
    }

    /// A threshold below 0 would be passed without end; the neuron is named.
    #[test]
    fn thresholds_below_zero_are_refused(
        mut n in numbers(), at in any::<prop::sample::Index>(), below in -32_768_i64..0,
    ) {
        prop_assert!(prepare(shifting(&n)).is_ok());
        let at = at.index(n.threshold.len());
        n.threshold[at] = below;
        let errors = prepare(shifting(&n)).unwrap_err().0;
        let is_named = matches!(
            errors.as_slice(),
            [IntegerError::Range { what: "the threshold", neuron, value, low: 0, .. }]
                if *neuron == at && *value == below
        );
        prop_assert!(is_named, "{:?}", errors);
    }
}
