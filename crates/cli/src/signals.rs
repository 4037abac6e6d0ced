//! What is left to do when the program is told to end: files that are being made are removed.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a signal is about to end the program.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Waits for the end where a signal is about to bring it: what fails then, fails because files are gone.
pub(crate) fn leave_to_signal() {
    while IS_ENDING.load(Ordering::SeqCst) {
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
}

/// From now on, SIGINT, SIGTERM and SIGHUP remove files that are being made before they end the
/// program; those that the program was started to ignore stay ignored. Without threads they end it as
/// they always do, and the next program removes the files.
#[cfg(unix)]
pub(crate) fn clean_up_on_end() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let heeded =
        [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let Ok(mut signals) = signal_hook::iterator::Signals::new(heeded) else { return };
    let waiting = move || {
        for signal in signals.forever() {
            IS_ENDING.store(true, Ordering::SeqCst);
            nirkit::io::abandon();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    // A thread that cannot be had drops the signals, which are then ignored no more.
    let _ = std::thread::Builder::new().spawn(waiting);
}

/// From now on, a file that grows beyond what the system allows this program (`ulimit -f`) is an error of writing. It
/// would end the program otherwise.
#[cfg(unix)]
pub(crate) fn outgrow_in_order() {
    // The flag is of no use: what counts is that the signal is heeded.
    let flag = std::sync::Arc::new(AtomicBool::new(false));
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, flag);
}

/// Elsewhere there is no such signal.
#[cfg(not(unix))]
pub(crate) fn outgrow_in_order() {}

/// A bit for each signal that is ignored, as `nohup` and shells have it, where the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Elsewhere the next program removes the files.
#[cfg(not(unix))]
pub(crate) fn clean_up_on_end() {}
