//! Finds the number of a file with which a platform computes a wanted number.

/// Which numbers a file can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// Single precision.
    Single,
    /// Double precision.
    Double,
}

impl Grain {
    /// The nearest number that a file can hold.
    #[must_use]
    pub(super) fn round(self, x: f64) -> f64 {
        match self {
            Self::Single => f64::from(x as f32),
            Self::Double => x,
        }
    }

    /// The place of a number above 0 among all of them.
    fn rank(self, x: f64) -> u64 {
        match self {
            Self::Single => u64::from((x as f32).to_bits()),
            Self::Double => x.to_bits(),
        }
    }

    fn at(self, rank: u64) -> f64 {
        match self {
            Self::Single => f64::from(f32::from_bits(rank as u32)),
            Self::Double => f64::from_bits(rank),
        }
    }

    fn ends(self) -> [u64; 2] {
        [self.rank(1e-35), self.rank(1e35)]
    }
}

/// Looks, for each neuron by itself, for the number above 0 whose value under `eval` is nearest to the wanted one.
/// `eval` works out the values of a whole layer and must not fall, or must not rise, along the numbers of a neuron.
///
/// A number that has its value already is kept. Where several have the same value, one in the middle of them is taken.
pub(super) fn solve(
    grain: Grain,
    current: &[f64],
    wanted: &[f64],
    mut eval: impl FnMut(&[f64]) -> Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    let values = eval(current)?;
    if values.iter().zip(wanted).all(|(value, wanted)| value == wanted) {
        return Some(current.to_vec());
    }
    let [low, high] = grain.ends();
    let at_ends = [low, high].map(|rank| eval(&vec![grain.at(rank); current.len()]));
    let [Some(first), Some(last)] = at_ends else { return None };
    let rises: Vec<bool> = first.iter().zip(&last).map(|(first, last)| last >= first).collect();
    // The first number whose value has reached the wanted one, and the first whose value is beyond it.
    let mut edge = |beyond: bool| -> Option<Vec<u64>> {
        let mut range: Vec<[u64; 2]> = vec![[low, high]; current.len()];
        for _ in 0..64 {
            if range.iter().all(|[low, high]| low >= high) {
                break;
            }
            let middle: Vec<u64> = range.iter().map(|[low, high]| low + (high - low) / 2).collect();
            let numbers: Vec<f64> = middle.iter().map(|&rank| grain.at(rank)).collect();
            let values = eval(&numbers)?;
            for (n, [low, high]) in range.iter_mut().enumerate() {
                let (value, wanted) =
                    if rises[n] { (values[n], wanted[n]) } else { (-values[n], -wanted[n]) };
                let reached = if beyond { value > wanted } else { value >= wanted };
                if *low >= *high {
                    continue;
                }
                if reached { *high = middle[n] } else { *low = middle[n] + 1 }
            }
        }
        Some(range.iter().map(|[low, _]| *low).collect())
    };
    let (reached, beyond) = (edge(false)?, edge(true)?);
    let below: Vec<f64> =
        reached.iter().map(|&rank| grain.at(rank.saturating_sub(1).max(low))).collect();
    let inside: Vec<f64> = reached
        .iter()
        .zip(&beyond)
        .map(|(&first, &last)| {
            // Not far into a range that goes on and on.
            let last = last.saturating_sub(1).min(grain.rank(2.0 * grain.at(first))).max(first);
            grain.at(first + (last - first) / 2)
        })
        .collect();
    let candidates = [current.to_vec(), inside, below];
    let values: Option<Vec<Vec<f64>>> = candidates.iter().map(|numbers| eval(numbers)).collect();
    let values = values?;
    let nearest = |n: usize| {
        let away = |at: &usize| (values[*at][n] - wanted[n]).abs();
        (0..candidates.len()).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(0)
    };
    Some((0..current.len()).map(|n| candidates[nearest(n)][n]).collect())
}

/// The neighbour above, among the numbers of a format.
#[must_use]
pub(super) fn next_up(grain: Grain, x: f64) -> f64 {
    match grain {
        Grain::Single => f64::from((x as f32).next_up()),
        Grain::Double => x.next_up(),
    }
}

/// The neighbour below.
#[must_use]
pub(super) fn next_down(grain: Grain, x: f64) -> f64 {
    -next_up(grain, -x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decay_is_met_to_the_bit() {
        // exp(-dt / tau) in single precision is to be 1 - dt / tau of another time constant.
        let wanted = vec![f64::from(1.0_f32 - 0.1_f32), f64::from(0.9375_f32)];
        let eval = |taus: &[f64]| {
            let keep = |tau: &f64| {
                f64::from(nirkit_numerics::math::exp(-f64::from(1e-4_f32 / *tau as f32)) as f32)
            };
            Some(taus.iter().map(keep).collect())
        };
        let found = solve(Grain::Single, &[1e-3, 1.6e-3], &wanted, eval).unwrap();
        assert_eq!(eval(&found).unwrap(), wanted);
    }

    #[test]
    fn what_is_met_is_kept() {
        let found = solve(Grain::Single, &[3.0], &[3.0], |x| Some(x.to_vec()));
        assert_eq!(found, Some(vec![3.0]));
    }

    #[test]
    fn a_number_out_of_reach_is_met_as_near_as_can_be() {
        let eval = |x: &[f64]| Some(x.iter().map(|x| (1.0 - 1.0 / x).clamp(0.0, 0.5)).collect());
        let found = solve(Grain::Single, &[1.0], &[0.75], eval).unwrap();
        assert!((eval(&found).unwrap()[0] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_value_that_falls_is_searched_too() {
        let eval = |x: &[f64]| Some(x.iter().map(|x| 1.0 / x).collect());
        let found = solve(Grain::Double, &[1.0], &[8.0], eval).unwrap();
        assert_eq!(found, vec![0.125]);
    }
}
