//! A progress bar, on a terminal only, for work that lasts.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that is shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar over so many units of work; it stays invisible where nobody watches.
pub(crate) struct Progress {
    bar: ProgressBar,
    begun: Instant,
    /// Dropped, it ends the signs of life.
    _ticker: Option<Sender<()>>,
}

/// Gives signs of life until the sender is dropped; none where the system has no thread left. The first
/// comes after one interval, so short work shows nothing.
fn ticks(bar: ProgressBar) -> Option<Sender<()>> {
    let (sender, receiver) = mpsc::channel();
    let ticking = move || {
        while receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            bar.tick();
        }
    };
    thread::Builder::new().spawn(ticking).is_ok().then_some(sender)
}

impl Progress {
    /// A bar for work whose length is told with its progress, named by what is done.
    pub(crate) fn new(name: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} % {eta}");
        let bar = bar.with_message(name).with_style(style.unwrap_or(ProgressStyle::default_bar()));
        Self { bar, begun: Instant::now(), _ticker: None }
    }

    /// A sign of life for work whose length is not known.
    pub(crate) fn spinner(name: &'static str) -> Self {
        let hidden = !io::stderr().is_terminal();
        let target =
            if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target).with_message(name);
        let ticker = (!hidden).then(|| ticks(bar.clone())).flatten();
        Self { bar, begun: Instant::now(), _ticker: ticker }
    }

    /// Says how much is done, of how much in all.
    pub(crate) fn set(&self, done: u64, total: u64) {
        let waits = self.bar.is_hidden() && self.begun.elapsed() > PATIENCE;
        if waits && io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
