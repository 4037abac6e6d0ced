//! Work shared between the processors of the machine.

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

use super::chunk::Scratch;

/// Below this many bytes one thread is done before another one has begun.
const WORTHWHILE: usize = 1 << 20;

/// Does all jobs, which make `bytes` bytes together, on at most `threads` threads. `None` when one
/// of them fails.
pub(super) fn each<J>(
    jobs: impl Iterator<Item = J> + Send,
    threads: usize,
    bytes: usize,
    scratch: &mut Scratch,
    work: impl Fn(&mut Scratch, J) -> Option<()> + Sync,
) -> Option<()> {
    let threads = if bytes < WORTHWHILE { 1 } else { processors().min(threads) };
    if threads <= 1 {
        return jobs.into_iter().try_for_each(|job| work(scratch, job));
    }
    let jobs = Mutex::new(jobs);
    let next = || jobs.lock().ok().and_then(|mut jobs| jobs.next());
    let worker = |scratch: &mut Scratch| {
        while let Some(job) = next() {
            work(scratch, job)?;
        }
        Some(())
    };
    let other = || worker(&mut Scratch::default());
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, other).ok())
            .collect();
        let mut outcome = worker(scratch);
        for other in others {
            // A panic in a decoder counts as a failure.
            outcome = other.join().ok().flatten().and(outcome);
        }
        outcome
    })
}

/// Processors that this program may use. Asking takes as long as reading a small dataset.
fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_with_any_number_of_threads() {
        for bytes in [0, WORTHWHILE] {
            let mut done = vec![0; 100];
            each(done.iter_mut(), 100, bytes, &mut Scratch::default(), |_, place| {
                *place += 1;
                Some(())
            })
            .unwrap();
            assert_eq!(done, [1; 100]);
            let failing = each(0..100, 100, bytes, &mut Scratch::default(), |_, job| {
                (job != 57).then_some(())
            });
            assert_eq!(failing, None);
        }
    }
}
