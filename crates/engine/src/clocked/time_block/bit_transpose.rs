//! Transposes the bits of pixels from channels-last to channels-first order.

/// Bits in a word.
const WORD: usize = u64::BITS as usize;

/// Turns marks by pixel and channel into marks by channel and pixel. `scratch` is overwritten.
#[inline(always)]
pub(super) fn by_channel(
    bitmask: &mut [u64],
    channels: usize,
    width: usize,
    scratch: &mut Vec<u64>,
) {
    scratch.clear();
    scratch.extend_from_slice(bitmask);
    let pixels = width / channels;
    match channels {
        8 if pixels.is_multiple_of(WORD) => turn::<8>(scratch, bitmask),
        16 if pixels.is_multiple_of(WORD) => turn::<16>(scratch, bitmask),
        32 if pixels.is_multiple_of(WORD) => turn::<32>(scratch, bitmask),
        _ => turn_bits(scratch, channels, pixels, bitmask),
    }
}

/// Bit by bit.
fn turn_bits(from: &[u64], channels: usize, pixels: usize, to: &mut [u64]) {
    to.fill(0);
    for (at, &word) in from.iter().enumerate() {
        let mut word = word;
        while word != 0 {
            let place = at * WORD + word.trailing_zeros() as usize;
            let turned = place % channels * pixels + place / channels;
            to[turned / WORD] |= 1 << (turned % WORD);
            word &= word - 1;
        }
    }
}

/// For `C` channels and a multiple of 64 pixels, in blocks of as many pixels as channels, those of 64
/// pixels at once. A block is turned by exchanging halves, then halves of halves, and so on.
#[inline(always)]
fn turn<const C: usize>(from: &[u64], to: &mut [u64]) {
    let groups = from.len() / C;
    for (group, from) in from.chunks_exact(C).enumerate() {
        // Words of a block.
        let len = C * C / WORD;
        let mut words = [0; C];
        words.copy_from_slice(from);
        let mut reach = C / 2;
        while reach > 0 {
            if reach * C >= WORD {
                exchange_words::<C>(&mut words, reach);
            } else {
                exchange_rows::<C>(&mut words, reach);
            }
            reach /= 2;
        }
        for channel in 0..C {
            let (word, shift) = (channel * C / WORD, channel * C % WORD);
            let part = |block: usize| {
                (words[block * len + word] >> shift & (u64::MAX >> (WORD - C))) << (block * C)
            };
            let parts = (0..WORD / C).map(part);
            to[channel * groups + group] = parts.fold(0, |all, part| all | part);
        }
    }
}

/// Exchanges columns of rows that lie so far apart, in different words.
#[inline(always)]
fn exchange_words<const C: usize>(words: &mut [u64; C], reach: usize) {
    // Where the column has not the bit of `reach`.
    let mask = every(reach);
    let apart = reach * C / WORD;
    for at in 0..C {
        if at & apart == 0 {
            let (low, high) = (words[at], words[at + apart]);
            let other = (low >> reach ^ high) & mask;
            words[at] = low ^ other << reach;
            words[at + apart] = high ^ other;
        }
    }
}

/// The same for rows of one word.
#[inline(always)]
fn exchange_rows<const C: usize>(words: &mut [u64; C], reach: usize) {
    // Where the row has not the bit of `reach`, and the column has it.
    let mask = every(reach * C) & !every(reach);
    let apart = reach * (C - 1);
    for word in words {
        let other = (*word >> apart ^ *word) & mask;
        *word ^= other ^ other << apart;
    }
}

/// The bits whose place has not a bit of this value, a power of two.
#[inline(always)]
fn every(value: usize) -> u64 {
    // 2^value ones, then as many zeros, and so on.
    u64::MAX / ((1 << value) + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blocks_turn_as_bits_do(
            channels in prop::sample::select(vec![8_usize, 16, 32]),
            groups in 1_usize..4,
            seed in prop::collection::vec(any::<u64>(), 32 * 3),
        ) {
            let from = &seed[..groups * channels];
            let (mut turned, mut expected) = (from.to_vec(), vec![0; from.len()]);
            let width = groups * channels * WORD;
            by_channel(&mut turned, channels, width, &mut Vec::new());
            turn_bits(from, channels, width / channels, &mut expected);
            prop_assert_eq!(turned, expected);
        }
    }

    #[test]
    fn a_mark_goes_to_its_channel() {
        // Pixel 3 of 5, channel 1 of 2: the fourth bit of the second channel.
        let mut bitmask = [1 << 7];
        by_channel(&mut bitmask, 2, 10, &mut Vec::new());
        assert_eq!(bitmask, [1 << 8]);
    }
}
