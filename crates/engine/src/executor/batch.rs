//! Batches: samples are shared out to threads, each of which has one state.

use std::sync::atomic::{AtomicUsize, Ordering};

use nirkit_run::interrupt;

use super::frame::OutOfBounds;
use super::port::{Frames, Sink};
use super::prepare::Executor;

impl Executor {
    /// Runs samples for so many steps each, from the start, on so many threads. The numbers do not depend on the number of threads.
    ///
    /// # Errors
    ///
    /// A number enters that is beyond what was promised.
    pub fn run_batch<F: Frames + Send, K: Sink + Send>(
        &self,
        steps: usize,
        samples: &mut [(F, K)],
        threads: usize,
    ) -> Result<(), OutOfBounds> {
        let threads = threads.min(samples.len()).max(1);
        let share = samples.len().div_ceil(threads).max(1);
        let work = |samples: &mut [(F, K)]| {
            let mut state = self.start(steps);
            for (frames, sink) in samples {
                self.restart(&mut state);
                self.run(&mut state, steps, frames, sink)?;
            }
            Ok(())
        };
        if threads == 1 {
            return work(samples);
        }
        let asks = interrupt::inherited();
        let beyond = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for samples in samples.chunks_mut(share) {
                let (asks, work, beyond) = (asks.clone(), &work, &beyond);
                scope.spawn(move || {
                    if interrupt::until(asks, || work(samples)).is_err() {
                        beyond.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        if beyond.into_inner() == 0 { Ok(()) } else { Err(OutOfBounds) }
    }
}
