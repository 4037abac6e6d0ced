//! What is done when the system gives no more memory: an error with exit code 2. Rust alone would abort.

#![allow(unsafe_code, reason = "an allocator is unsafe to write; this one hands everything on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nirkit_cli::Exit;

/// The allocator of the system, which ends the program in order when it has nothing left.
///
/// Limits bound what a file can ask for, but not below what every machine has, and a system may grant
/// less than the machine has (`ulimit -v`, containers).
struct Orderly;

#[global_allocator]
static ALLOCATOR: Orderly = Orderly;

// SAFETY: every call goes to `System` as it came, and its answer goes back as it is.
unsafe impl GlobalAlloc for Orderly {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        checked(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for `alloc`.
        checked(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as for `alloc`.
        checked(unsafe { System.realloc(old, layout, size) }, size)
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: as for `alloc`.
        unsafe { System.dealloc(old, layout) }
    }
}

/// The piece of memory, if there is one.
#[inline]
fn checked(piece: *mut u8, bytes: usize) -> *mut u8 {
    if piece.is_null() {
        end(bytes);
    }
    piece
}

thread_local! {
    /// Whether this thread is ending the program.
    static ENDING: Cell<bool> = const { Cell::new(false) };
}

/// Says that there is no more memory, removes files that are being made, and ends the program.
#[cold]
#[expect(clippy::exit, reason = "whoever asked for memory cannot go on")]
fn end(bytes: usize) {
    static BEGUN: AtomicBool = AtomicBool::new(false);
    // What is done below asks for a little memory itself. Without that the program aborts.
    if ENDING.get() {
        return;
    }
    if BEGUN.swap(true, Ordering::Relaxed) {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    ENDING.set(true);
    let mut stderr = io::stderr();
    let _ =
        writeln!(stderr, "error: the system gives no more memory: {bytes} bytes were asked for");
    let _ = writeln!(stderr, "help: ask for less, or give lower limits with --limit NAME=NUMBER");
    nirkit::io::abandon();
    std::process::exit(Exit::Failed.code().into());
}
