//! Stopping a run from outside.
//!
//! Engines ask between blocks of steps, and between some events, whether their run is still wanted.
//! Who started the run gives the answer with [`until`]. A run that is not wanted ends early, and what
//! it recorded is worth nothing: whoever gives the answer has to look at it again afterwards.

use std::cell::RefCell;
use std::sync::Arc;

/// Says whether the run is to stop. It is asked often, by any thread.
pub type Asks = Arc<dyn Fn() -> bool + Send + Sync>;

thread_local! {
    static ASKS: RefCell<Option<Asks>> = const { RefCell::new(None) };
}

/// Does work whose runs stop as soon as the answer is true. Work that was begun inside other work
/// stops as that does if `asks` is `None`.
pub fn until<T>(asks: Option<Asks>, work: impl FnOnce() -> T) -> T {
    let Some(asks) = asks else { return work() };
    let _before = Restore(ASKS.replace(Some(asks)));
    work()
}

/// The answer that holds on this thread, to be handed to the threads that it starts.
#[must_use]
pub fn inherited() -> Option<Asks> {
    ASKS.with_borrow(Clone::clone)
}

/// Whether the run on this thread is to stop.
#[must_use]
pub fn is_requested() -> bool {
    ASKS.with_borrow(|asks| asks.as_ref().is_some_and(|asks| asks()))
}

/// Steps of a loop, up to the first at which the run is to stop; it is asked now and then. Whoever started the run has to look
/// whether the loop came to its end.
pub fn wanted(steps: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
    /// Steps between two questions.
    const ASKED_AFTER: usize = 512;
    steps.take_while(|step| !(step % ASKED_AFTER == 0 && is_requested()))
}

/// Puts back what held before, however the work ends.
struct Restore(Option<Asks>);

impl Drop for Restore {
    fn drop(&mut self) {
        ASKS.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_loop_ends_soon_after_it_is_not_wanted_any_more() {
        assert_eq!(wanted(0..2000).count(), 2000);
        let asks: Asks = Arc::new(|| true);
        assert_eq!(until(Some(asks), || wanted(1..2000).count()), 511);
    }

    #[test]
    fn an_answer_holds_as_long_as_its_work() {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let asks: Asks = Arc::new(move || flag.load(Ordering::Relaxed));
        until(Some(asks), || {
            assert!(!is_requested());
            stop.store(true, Ordering::Relaxed);
            assert!(is_requested());
            until(Some(Arc::new(|| false)), || assert!(!is_requested()));
            until(None, || assert!(is_requested()));
            assert!(is_requested());
        });
        assert!(!is_requested());
    }
}
