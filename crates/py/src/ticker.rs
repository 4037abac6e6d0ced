//! Progress of a run, told to Python now and then, and stopped by it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nirkit::watch::{Watch, interrupt};
use pyo3::prelude::*;

/// Work that is shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time between two looks at Python.
const PAUSE: Duration = Duration::from_millis(50);

/// Watches a run on behalf of Python: shows how far it is, and ends it when the user interrupts.
pub(crate) struct Ticker {
    /// Makes a bar: an object that is called with what is done and the total, and has `close`.
    factory: Option<Py<PyAny>>,
    begun: Instant,
    /// When Python was told last, and its bar.
    state: Mutex<(Instant, Option<Py<PyAny>>)>,
    heard: Arc<Heard>,
}

/// What was heard of Python so far.
struct Heard {
    /// When Python was asked last.
    asked: Mutex<Instant>,
    stop: AtomicBool,
    failed: Mutex<Option<PyErr>>,
}

impl Heard {
    /// Keeps an error of Python, which ends the run.
    fn note(&self, outcome: PyResult<()>) {
        if let (Err(error), Ok(mut failed)) = (outcome, self.failed.lock()) {
            failed.get_or_insert(error);
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the run is to stop; asks Python now and then. Engines ask this between blocks of steps.
    fn wants_stop(&self) -> bool {
        if let Ok(mut asked) = self.asked.try_lock()
            && asked.elapsed() > PAUSE
        {
            *asked = Instant::now();
            Python::attach(|py| self.note(py.check_signals()));
        }
        self.stop.load(Ordering::Relaxed)
    }
}

impl Ticker {
    pub(crate) fn new(factory: Option<Py<PyAny>>) -> Self {
        let begun = Instant::now();
        let heard = Heard {
            asked: Mutex::new(begun),
            stop: AtomicBool::new(false),
            failed: Mutex::new(None),
        };
        let state = Mutex::new((begun, None));
        Self { factory, begun, state, heard: Arc::new(heard) }
    }

    /// Runs work without the interpreter's lock, on this thread or beside it.
    ///
    /// Only this thread hears an interruption: where others do the work, it waits and listens.
    pub(crate) fn run<T: Send>(
        &self,
        py: Python<'_>,
        beside: bool,
        work: impl FnOnce(&dyn Watch) -> T + Send,
    ) -> PyResult<T> {
        let heard = Arc::clone(&self.heard);
        let asks: interrupt::Asks = Arc::new(move || heard.wants_stop());
        let work = |watch: &dyn Watch| interrupt::until(Some(asks), || work(watch));
        let outcome =
            if beside { py.detach(|| self.listen(work)) } else { py.detach(|| Some(work(self))) };
        self.close(py);
        let failed = self.heard.failed.lock().ok().and_then(|mut failed| failed.take());
        match (failed, outcome) {
            (Some(error), _) => Err(error),
            (None, Some(outcome)) => Ok(outcome),
            (None, None) => Err(crate::error::Raise::Internal.one("the engine ended early")),
        }
    }

    fn listen<T: Send>(&self, work: impl FnOnce(&dyn Watch) -> T + Send) -> Option<T> {
        thread::scope(|scope| {
            let (send, receive) = channel();
            scope.spawn(move || send.send(work(self)));
            loop {
                match receive.recv_timeout(PAUSE) {
                    Ok(outcome) => return Some(outcome),
                    Err(RecvTimeoutError::Disconnected) => return None,
                    Err(RecvTimeoutError::Timeout) => {
                        Python::attach(|py| self.note(py.check_signals()));
                    }
                }
            }
        })
    }

    fn note(&self, outcome: PyResult<()>) {
        self.heard.note(outcome);
    }

    fn tell(&self, bar: &mut Option<Py<PyAny>>, amount: u64, total: u64) {
        Python::attach(|py| {
            self.note(py.check_signals());
            let Some(factory) = &self.factory else { return };
            if bar.is_none() {
                match factory.call0(py) {
                    Ok(made) => *bar = Some(made),
                    Err(error) => self.note(Err(error)),
                }
            }
            if let Some(bar) = bar {
                self.note(bar.call1(py, (amount, total)).map(|_| ()));
            }
        });
    }

    fn close(&self, py: Python<'_>) {
        if let Ok(mut state) = self.state.lock()
            && let Some(bar) = state.1.take()
        {
            self.note(bar.call_method0(py, "close").map(|_| ()));
        }
    }
}

impl Watch for Ticker {
    fn done(&self, amount: u64, total: u64) -> ControlFlow<()> {
        if self.begun.elapsed() > PATIENCE
            && let Ok(mut state) = self.state.try_lock()
            && state.0.elapsed() > PAUSE
        {
            state.0 = Instant::now();
            self.tell(&mut state.1, amount, total);
        }
        if self.heard.stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
