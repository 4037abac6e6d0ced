//! Spike bitmask: frames in which every number is 0 or 1, one bit each.

use pulp::{Simd, WithSimd};

use super::simd::{Vector, vectorized};
use super::time_block::{WORD, set_bits};

/// A bit for each channel of each frame; each frame starts with a new word.
#[derive(Clone, Debug)]
pub(super) struct SpikeBitmask {
    words: Vec<u64>,
    /// Words of a frame.
    width: usize,
}

impl SpikeBitmask {
    /// The marks of frames of so many channels; `None` where a number is neither 0 nor 1.
    pub(super) fn new(frames: &[f64], channels: usize) -> Option<Self> {
        let width = channels.div_ceil(WORD);
        if width == 0 || !frames.len().is_multiple_of(channels) {
            return None;
        }
        let mut words = vec![0; frames.len() / channels * width];
        let has_others = vectorized(StateField { frames, channels, width, words: &mut words });
        (!has_others).then_some(Self { words, width })
    }

    /// The marks of a frame; none after the last.
    pub(super) fn row(&self, frame: usize) -> &[u64] {
        let start = frame.saturating_mul(self.width);
        self.words.get(start..start.saturating_add(self.width)).unwrap_or_default()
    }

    /// Calls `each` with the channels of a frame whose bit is set, ascending.
    pub(super) fn each(&self, frame: usize, each: impl FnMut(usize)) {
        set_bits(self.row(frame)).for_each(each);
    }
}

/// Marks what is not 0; whether anything is neither 0 nor 1.
struct StateField<'a> {
    frames: &'a [f64],
    channels: usize,
    width: usize,
    words: &'a mut [u64],
}

impl WithSimd for StateField<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Self { frames, channels, width, words } = self;
        let lanes = Vector::<S, f64, 1>::LEN;
        let mut has_others = false;
        let rows = frames.chunks_exact(channels).zip(words.chunks_exact_mut(width));
        for (frame, words) in rows {
            for (numbers, word) in frame.chunks(WORD).zip(words) {
                let whole = numbers.len() / lanes * lanes;
                let mut others = 0;
                for at in (0..whole).step_by(lanes) {
                    let vector = Vector::<S, f64, 1>::load(simd, numbers, at);
                    let nonzero = vector.nonzero();
                    others |= nonzero & (vector - Vector::splat(simd, 1.0)).nonzero();
                    *word |= nonzero << at;
                }
                for (at, &number) in numbers.iter().enumerate().skip(whole) {
                    others |= u64::from(number != 0.0 && number != 1.0);
                    *word |= u64::from(number != 0.0) << at;
                }
                has_others |= others != 0;
            }
            if has_others {
                break;
            }
        }
        has_others
    }
}
