//! A standard output that is closed when the program begins. Rust opens the null device in its place, where results would be lost
//! without a word.

#![allow(unsafe_code, reason = "Rust has replaced the descriptor before its first line runs")]

/// Puts the full device in the place of a standard output that is closed, so that every write fails.
///
/// It runs before Rust begins, and calls nothing of Rust's library.
extern "C" fn fill() {
    // SAFETY: the calls take numbers and a text that ends in 0, and change descriptors that nobody has yet.
    unsafe {
        if libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) != -1 {
            return;
        }
        let full = libc::open(c"/dev/full".as_ptr(), libc::O_WRONLY);
        if full == -1 {
            return;
        }
        if full != libc::STDOUT_FILENO {
            libc::dup2(full, libc::STDOUT_FILENO);
            libc::close(full);
        }
    }
    nirkit_cli::OUTPUT_IS_CLOSED.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// The system calls what stands in this section before it begins the program.
#[used]
#[unsafe(link_section = ".init_array")]
static FILL: extern "C" fn() = fill;
