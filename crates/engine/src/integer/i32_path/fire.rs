//! Spikes in 32 bits.

use super::super::fire::{Fire, Reset};
use super::super::time_block::{BOUND, Layout};
use super::decay::pad;
use crate::clocked::Comparison;

/// When neurons spike. Lists are padded to whole chunks, with thresholds that nothing passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Firing {
    /// Voltages that are larger pass.
    above: Vec<i32>,
    /// What a spike takes off.
    threshold: Vec<i32>,
    comparison: Comparison,
    limit: i32,
    reset: Reset,
    floor: Option<Vec<i32>>,
    /// The largest voltage that is left over, sign left out, if that does not depend on what there
    /// was.
    pub(super) left: Option<i64>,
    /// The largest floor, sign left out.
    pub(super) lowest: i64,
}

impl Firing {
    /// A rule; `None` for one that 32 bits cannot imitate.
    pub(super) fn new(fire: &Fire, layout: Layout) -> Option<Self> {
        if fire.limit < 1 {
            return None;
        }
        // A voltage never gets there.
        let clip = |number: i64| number.clamp(-BOUND - 1, BOUND + 1) as i32;
        let threshold: Vec<i32> = fire.threshold.iter().map(|&t| clip(t)).collect();
        let can_repeat = fire.reset == Reset::Subtract && fire.threshold.contains(&0);
        let floor = fire.floor.as_ref();
        let most = |list: &[i64]| list.iter().map(|number| number.abs()).max().unwrap_or(0);
        let highest = floor.and_then(|floor| floor.iter().copied().max()).unwrap_or(0);
        if (can_repeat && fire.limit > BOUND) || highest > BOUND {
            return None;
        }
        let lowest = floor.map_or(0, |floor| most(floor));
        // With a limit that is never reached nothing is left above the threshold.
        let is_emptied = fire.reset == Reset::Zero || (!can_repeat && fire.limit >= BOUND);
        let left = (floor.is_some() && is_emptied).then(|| most(&fire.threshold).max(lowest));
        let threshold = layout.arrange(&threshold);
        let equal = i32::from(fire.comparison == Comparison::AtLeast);
        Some(Self {
            above: pad(threshold.iter().map(|&t| t - equal).collect(), i32::MAX),
            threshold: pad(threshold, i32::MAX),
            comparison: fire.comparison,
            limit: clip(fire.limit),
            reset: fire.reset,
            floor: floor.map(|floor| {
                let floor: Vec<i32> = floor.iter().map(|&floor| clip(floor)).collect();
                pad(layout.arrange(&floor), i32::MIN)
            }),
            left,
            lowest,
        })
    }

    /// Lets the neurons from `at` on spike, with their numbers of spikes and new voltages.
    #[inline(always)]
    pub(super) fn spike(&self, at: usize, v: &mut [i32], spikes: &mut [i32]) {
        let len = v.len();
        let spikes = &mut spikes[..len];
        let (above, threshold) = (&self.above[at..][..len], &self.threshold[at..][..len]);
        match self.reset {
            Reset::Zero => {
                for lane in 0..len {
                    let fires = i32::from(v[lane] > above[lane]);
                    v[lane] &= fires - 1;
                    spikes[lane] = fires;
                }
            }
            Reset::Subtract => {
                let mut again = 0;
                for lane in 0..len {
                    let fires = i32::from(v[lane] > above[lane]);
                    let left = v[lane] - (threshold[lane] & -fires);
                    again |= fires & i32::from(left > above[lane]);
                    (v[lane], spikes[lane]) = (left, fires);
                }
                if again != 0 && self.limit > 1 {
                    self.spike_again(above, threshold, v, spikes);
                }
            }
        }
        if let Some(floor) = &self.floor {
            let floor = &floor[at..][..len];
            for lane in 0..len {
                v[lane] = v[lane].max(floor[lane]);
            }
        }
    }

    /// The second and all further spikes of neurons that are still above their thresholds.
    #[inline(always)]
    fn spike_again(&self, above: &[i32], threshold: &[i32], v: &mut [i32], spikes: &mut [i32]) {
        for lane in 0..v.len() {
            if spikes[lane] != 0 && v[lane] > above[lane] {
                let more = self.fitting(v[lane], threshold[lane]).min(self.limit - 1);
                v[lane] -= more * threshold[lane];
                spikes[lane] += more;
            }
        }
    }

    /// Lets a neuron spike that has some spikes already.
    pub(super) fn spike_one(&self, neuron: usize, v: &mut i32, spikes: &mut i32) {
        let headroom = (self.limit - *spikes).max(0);
        if *v > self.above[neuron] && headroom > 0 {
            match self.reset {
                Reset::Zero => (*v, *spikes) = (0, *spikes + 1),
                Reset::Subtract => {
                    let more = self.fitting(*v, self.threshold[neuron]).min(headroom);
                    *v -= more * self.threshold[neuron];
                    *spikes += more;
                }
            }
        }
        if let Some(floor) = &self.floor {
            *v = (*v).max(floor[neuron]);
        }
    }

    /// Spikes of a neuron after those of another were added.
    pub(super) fn limited(&self, spikes: i32) -> i32 {
        spikes.min(self.limit)
    }

    /// How often a threshold can be taken off a voltage that passes it.
    #[inline(always)]
    fn fitting(&self, v: i32, threshold: i32) -> i32 {
        match self.comparison {
            _ if threshold == 0 => i32::MAX,
            Comparison::Above => (v - 1) / threshold,
            Comparison::AtLeast => v / threshold,
        }
    }
}
