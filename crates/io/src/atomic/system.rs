//! The calls to the system that writing makes. A test can make each of them fail.

use std::cell::Cell;
use std::io::{self, Seek, SeekFrom, Write};

/// What goes wrong in a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Fault {
    /// Nothing; the calls are counted.
    Nothing,
    /// This call fails, counted from 0, and no other: a full disk.
    At(u64),
    /// This call and all after it fail: the program has ended.
    From(u64),
}

thread_local! {
    static FAULT: Cell<Fault> = const { Cell::new(Fault::Nothing) };
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// Does work of this thread with a fault in it; its result, and the number of calls.
#[doc(hidden)]
pub fn during<T>(fault: Fault, work: impl FnOnce() -> T) -> (T, u64) {
    CALLS.set(0);
    FAULT.set(fault);
    let result = work();
    FAULT.set(Fault::Nothing);
    (result, CALLS.get())
}

/// Whether this call is one that fails.
fn fails() -> bool {
    let number = CALLS.get();
    CALLS.set(number + 1);
    match FAULT.get() {
        Fault::Nothing => false,
        Fault::At(at) => number == at,
        Fault::From(from) => number >= from,
    }
}

/// A call to the system.
pub(super) fn call<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    if fails() { Err(io::ErrorKind::StorageFull.into()) } else { work() }
}

/// A file whose writes are calls. One that fails has written half of the bytes.
pub(super) struct Watched<W: Write>(pub(super) W);

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if fails() {
            self.0.write_all(bytes.get(..bytes.len() / 2).unwrap_or_default())?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write + Seek> Seek for Watched<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
