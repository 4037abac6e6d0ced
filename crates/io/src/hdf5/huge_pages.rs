//! Large blocks of zeroed memory in large pages.
//!
//! Half of the time of reading a matrix goes into the system's handing out memory in pages of
//! 4 KiB. numpy asks for large pages, and so do we: reading 64 MiB then takes a third of the time.

use std::mem::MaybeUninit;

use bytemuck::Zeroable;

/// Below this many bytes there is nothing to gain where the memory is written once, in order.
const LARGE: usize = 4 << 20;

/// So many bytes of large pages are mostly at hand. For more of them the system may have to make
/// memory whole first, or ask the machine that it is a guest of: reading 400 MB then took from 0.1 s
/// to 0.9 s of its time, and 0.26 s in ordinary pages whatever ran before.
#[cfg(all(target_os = "linux", not(miri)))]
const LARGEST: usize = 128 << 20;

/// A vector of zeros; `None` when the memory is not to be had.
pub(super) fn zeroed<T: Zeroable + Clone>(len: usize) -> Option<Vec<T>> {
    let mut values = bytemuck::allocation::try_zeroed_vec(len).ok()?;
    if size_of_val(&*values) >= LARGE {
        advise(&mut values);
    }
    Some(values)
}

/// Asks the system for all pages of the memory at once; a page at a time takes three times as long. It is free to decline.
#[cfg(all(target_os = "linux", not(miri)))]
#[allow(unsafe_code, reason = "the system offers no other way to ask for pages at once")]
pub(super) fn populate(bytes: &mut [MaybeUninit<u8>]) {
    const PAGE: usize = 4096;
    let start = bytes.as_mut_ptr();
    let skip = start.align_offset(PAGE);
    let Some(len) = bytes.len().checked_sub(skip) else { return };
    // SAFETY: start + skip .. start + skip + len lies inside `bytes`, which is borrowed for writing.
    // MADV_POPULATE_WRITE hands out pages and changes nothing that is in them; a refusal is harmless and ignored.
    unsafe {
        libc::madvise(start.add(skip).cast(), len, libc::MADV_POPULATE_WRITE);
    }
}

/// Elsewhere the system decides by itself.
#[cfg(any(not(target_os = "linux"), miri))]
pub(super) fn populate(_: &mut [MaybeUninit<u8>]) {}

/// Asks the system to back the memory with large pages, unless there is too much of it. It is free to
/// decline.
#[cfg(all(target_os = "linux", not(miri)))]
#[allow(unsafe_code, reason = "the system offers no other way to ask for large pages")]
pub(super) fn advise<T>(values: &mut [T]) {
    const PAGE: usize = 4096;
    let bytes = size_of_val(values);
    if bytes > LARGEST {
        return;
    }
    let start = values.as_mut_ptr().cast::<u8>();
    let skip = start.align_offset(PAGE);
    let Some(len) = bytes.checked_sub(skip) else { return };
    // SAFETY: start + skip .. start + skip + len lies inside the one allocation of `values`, which
    // is borrowed for writing. MADV_HUGEPAGE changes how memory is backed, never what it holds; a
    // refusal is harmless and ignored.
    unsafe {
        libc::madvise(start.add(skip).cast(), len, libc::MADV_HUGEPAGE);
    }
}

/// Elsewhere the system decides by itself.
#[cfg(any(not(target_os = "linux"), miri))]
pub(super) fn advise<T>(_: &mut [T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_block_is_zero_and_can_be_written() {
        let mut values = zeroed::<u32>(3 << 20).unwrap();
        assert!(values.iter().all(|&value| value == 0));
        values.fill(1);
        assert_eq!(values.iter().sum::<u32>(), 3 << 20);
    }

    #[test]
    fn memory_that_no_machine_has_is_refused() {
        assert!(zeroed::<f64>(usize::MAX / 16).is_none());
    }
}
