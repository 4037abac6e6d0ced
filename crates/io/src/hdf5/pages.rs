//! A file whose parts are read when they are first looked at.
//!
//! A map of the file would do the same, but another program that cuts the file ends every program that
//! looks at the lost part of a map. Reading gives an error.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Thread};

use memmap2::{MmapMut, MmapOptions};

use super::huge_pages;

/// Bytes that are read at once.
const BLOCK: usize = if cfg!(miri) { 1 << 10 } else { 1 << 16 };

/// Reading ahead begins when the work has asked for this many blocks: a file of a few large parts has fewer others.
const AHEAD_FROM: usize = 8;

/// A file, and memory for all of it, of which the system gives only what is used.
pub(crate) struct Pages {
    file: File,
    len: usize,
    /// Where the memory begins; `_memory` keeps it.
    begin: *mut u8,
    _memory: MmapMut,
    /// For each block, whether it has been read.
    read: Box<[AtomicBool]>,
    reading: Mutex<()>,
    /// Number of blocks that the work asked for before they had been read.
    missed: AtomicUsize,
    /// Whether nobody reads ahead, or nobody should any more.
    ahead_ends: AtomicBool,
    /// The thread that reads ahead; it sleeps until one of the two above wakes it.
    ahead: Mutex<Option<Thread>>,
}

#[allow(unsafe_code, reason = "parts of one memory are read while others are looked at")]
mod shared {
    use super::{Ordering, Pages};

    // SAFETY: a block is written only under the lock and only before its flag is set; what is lent are
    // blocks whose flag is set, and those are never written again.
    unsafe impl Send for Pages {}
    // SAFETY: as above.
    unsafe impl Sync for Pages {}

    impl Pages {
        /// The memory of a block that has not been read. Whoever calls holds the lock.
        #[expect(clippy::mut_from_ref, reason = "the lock keeps every other caller out")]
        pub(super) fn unread(&self, begin: usize, len: usize) -> &mut [u8] {
            debug_assert!(begin + len <= self.len);
            // SAFETY: the range lies in the memory, nobody looks at it before its flag is set, and the
            // lock keeps others from writing it.
            unsafe { std::slice::from_raw_parts_mut(self.begin.add(begin), len) }
        }

        /// A range of blocks that have been read.
        pub(super) fn lent(&self, begin: usize, len: usize) -> &[u8] {
            debug_assert!(begin + len <= self.len);
            debug_assert!(Self::blocks(begin, len).all(|at| self.read[at].load(Ordering::Acquire)));
            // SAFETY: the range lies in the memory, and its blocks are not written any more.
            unsafe { std::slice::from_raw_parts(self.begin.add(begin), len) }
        }
    }
}

impl Pages {
    /// A file of this many bytes; `None` when the system has no such room.
    pub(super) fn new(file: File, len: u64) -> Option<Self> {
        let len = usize::try_from(len).ok()?;
        let mut memory = MmapOptions::new();
        // Miri knows memory that is reserved only.
        if !cfg!(miri) {
            memory.no_reserve_swap();
        }
        let mut memory = memory.len(len).map_anon().ok()?;
        // A file of many small parts is read nearly whole, and half of the time of reading it would go into
        // small pages.
        huge_pages::advise(&mut memory);
        let read = (0..len.div_ceil(BLOCK)).map(|_| AtomicBool::new(false)).collect();
        let begin = memory.as_mut_ptr();
        Some(Self {
            file,
            len,
            begin,
            _memory: memory,
            read,
            reading: Mutex::new(()),
            missed: AtomicUsize::new(0),
            ahead_ends: AtomicBool::new(true),
            ahead: Mutex::new(None),
        })
    }

    /// Leaves out what lies behind this many bytes.
    pub(super) fn shorten(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Number of bytes.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Some bytes of the file, read if need be; `None` when they are not inside of it.
    pub(super) fn get(&self, begin: usize, len: usize) -> Option<io::Result<&[u8]>> {
        begin.checked_add(len).filter(|&end| end <= self.len)?;
        if len == 0 {
            return Some(Ok(&[]));
        }
        let missing = |&at: &usize| !self.read[at].load(Ordering::Acquire);
        for block in Self::blocks(begin, len).filter(missing) {
            if self.missed.fetch_add(1, Ordering::Relaxed) + 1 == AHEAD_FROM {
                self.wake();
            }
            if let Err(error) = self.fill(block) {
                return Some(Err(error));
            }
        }
        Some(Ok(self.lent(begin, len)))
    }

    /// Bytes from a place on, at least `len` of them and as many more as come without reading more.
    pub(super) fn window(&self, begin: usize, len: usize) -> Option<io::Result<&[u8]>> {
        // Addresses of damaged files are anywhere.
        let end = begin.checked_add(len).filter(|&end| end <= self.len)?;
        let whole = end.next_multiple_of(BLOCK).max(begin + 1).next_multiple_of(BLOCK);
        self.get(begin, whole.min(self.len).max(end).checked_sub(begin)?)
    }

    fn blocks(begin: usize, len: usize) -> std::ops::Range<usize> {
        begin / BLOCK..(begin + len).div_ceil(BLOCK)
    }

    fn fill(&self, block: usize) -> io::Result<()> {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if self.read[block].load(Ordering::Acquire) {
            return Ok(());
        }
        let begin = block * BLOCK;
        let target = self.unread(begin, BLOCK.min(self.len - begin));
        self.copy_part(begin as u64, target)?;
        self.read[block].store(true, Ordering::Release);
        Ok(())
    }

    /// Does work on the file while another thread reads it from its beginning on. The work on a graph of
    /// thousands of nodes would wait for an eighth of its time.
    ///
    /// Reading ahead begins when the work has asked for some blocks, and ends when it asks for a large part: such a file is
    /// not read as a whole.
    pub(super) fn ahead<T>(&self, work: impl FnOnce() -> T) -> T {
        self.ahead_ends.store(false, Ordering::Relaxed);
        let ends = || self.ahead_ends.load(Ordering::Relaxed);
        let read = || {
            while !ends() && self.missed.load(Ordering::Relaxed) < AHEAD_FROM {
                thread::park();
            }
            for block in Self::blocks(0, self.len) {
                // Whoever needs a part that cannot be read has the error.
                if ends() || self.fill(block).is_err() {
                    return;
                }
            }
        };
        thread::scope(|scope| {
            // Without another thread, each part is read when it is needed.
            let reader = thread::Builder::new().spawn_scoped(scope, read).ok();
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) =
                reader.map(|reader| reader.thread().clone());
            let _ends = EndsAhead(self);
            work()
        })
    }

    fn end_ahead(&self) {
        self.ahead_ends.store(true, Ordering::Relaxed);
        self.wake();
    }

    fn wake(&self) {
        if let Some(reader) = &*self.ahead.lock().unwrap_or_else(PoisonError::into_inner) {
            reader.unpark();
        }
    }

    /// Fills `target`, a large part, from the file itself.
    pub(super) fn copy(&self, offset: u64, target: &mut [u8]) -> io::Result<()> {
        if !self.ahead_ends.load(Ordering::Relaxed) {
            self.end_ahead();
        }
        self.copy_part(offset, target)
    }

    fn copy_part(&self, offset: u64, target: &mut [u8]) -> io::Result<()> {
        read_at(&self.file, offset, target).map_err(told)
    }
}

/// Ends reading ahead, also where the work panics.
struct EndsAhead<'a>(&'a Pages);

impl Drop for EndsAhead<'_> {
    fn drop(&mut self) {
        self.0.end_ahead();
    }
}

/// Says of a file that ends too early what happened.
pub(super) fn told(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            io::Error::new(error.kind(), "the file was cut while it was being read")
        }
        _ => error,
    }
}

/// Fills `target` from the file at `offset`.
#[cfg(unix)]
pub(super) fn read_at(file: &File, offset: u64, target: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, target, offset)
}

/// Fills `target` from the file at `offset`.
#[cfg(windows)]
pub(super) fn read_at(file: &File, mut offset: u64, mut target: &mut [u8]) -> io::Result<()> {
    while !target.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, target, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        offset += count as u64;
        target = &mut target[count..];
    }
    Ok(())
}

/// Fills `target` from the file at `offset`. Systems without reads at an offset, such as WebAssembly, have one thread.
#[cfg(not(any(unix, windows)))]
pub(super) fn read_at(mut file: &File, offset: u64, target: &mut [u8]) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};

    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(target)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn every_part_is_what_the_file_holds_from_several_threads() {
        let content: Vec<u8> = (0..3 * BLOCK + 17).map(|at| (at % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let pages = Pages::new(file, content.len() as u64).unwrap();
        let check = |step: usize| {
            for begin in (0..content.len()).step_by(step) {
                let len = (content.len() - begin).min(1000);
                assert_eq!(pages.get(begin, len).unwrap().unwrap(), &content[begin..begin + len]);
                let window = pages.window(begin, len).unwrap().unwrap();
                assert_eq!(window, &content[begin..begin + window.len()]);
            }
        };
        thread::scope(|scope| {
            for step in [997, 1013, 4099] {
                scope.spawn(move || check(step));
            }
        });
        assert!(pages.get(content.len() - 1, 2).is_none());
        assert!(pages.get(usize::MAX, 2).is_none());
        assert!(pages.window(usize::MAX, 0).is_none());
        assert!(pages.get(content.len(), 0).unwrap().unwrap().is_empty());
    }

    #[test]
    fn what_is_read_ahead_is_what_the_file_holds_and_ends_with_the_work() {
        let content: Vec<u8> = (0..40 * BLOCK + 17).map(|at| (at % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        let mut pages = Pages::new(file.try_clone().unwrap(), content.len() as u64).unwrap();
        pages.shorten(40 * BLOCK + 3);
        let is_read = |at: usize| pages.read[at].load(Ordering::Acquire);
        pages.ahead(|| {
            for begin in (0..40 * BLOCK).step_by(4099) {
                assert_eq!(pages.get(begin, 3).unwrap().unwrap(), &content[begin..begin + 3]);
            }
            while !is_read(40) {
                thread::yield_now();
            }
        });
        assert_eq!(pages.get(40 * BLOCK, 3).unwrap().unwrap(), &content[40 * BLOCK..][..3]);
        // The part that cannot be read is an error for whoever asks, and for nobody else.
        let pages = Pages::new(file.try_clone().unwrap(), content.len() as u64 + 1).unwrap();
        pages.ahead(|| {
            assert!(pages.get(0, BLOCK).unwrap().is_ok());
            assert!(pages.get(40 * BLOCK, 1).unwrap().is_err());
        });
        let pages = Pages::new(file, content.len() as u64).unwrap();
        pages.ahead(|| {
            pages.copy(5, &mut [0; 9]).unwrap();
            assert!(pages.ahead_ends.load(Ordering::Relaxed));
        });
    }

    #[test]
    fn a_part_that_was_cut_off_is_an_error_and_what_was_read_stays() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(4 * BLOCK as u64).unwrap();
        let pages = Pages::new(file.try_clone().unwrap(), 4 * BLOCK as u64).unwrap();
        pages.get(0, 10).unwrap().unwrap();
        file.set_len(100).unwrap();
        assert_eq!(pages.get(0, BLOCK).unwrap().unwrap().len(), BLOCK);
        let error = pages.get(2 * BLOCK, 10).unwrap().unwrap_err();
        assert_eq!(error.to_string(), "the file was cut while it was being read");
    }
}
