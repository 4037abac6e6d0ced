//! A plan, run by the threads of one machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use nirkit_ir::Limits;
use nirkit_run::interrupt;

use super::manifest::Manifest;
use super::plan::Plan;
use super::row::{Row, Status};
use super::store::{Shard, Store};
use super::task::Task;
use super::worker::Worker;
use crate::error::Error;
use crate::watch::{Watch, stopped};

/// How far a plan is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Tasks of the plan, or of the part of it.
    pub tasks: usize,
    /// Those that were done before.
    pub before: usize,
    /// Those that ran now.
    pub done: usize,
    /// Those that a platform refused.
    pub refused: usize,
    /// Those that failed.
    pub failed: usize,
    /// Rows that an earlier process did not finish, and that were computed anew.
    pub cut: usize,
    /// Tasks of the whole plan that have no row.
    pub missing: usize,
}

impl Progress {
    fn take(&mut self, row: &Row) {
        *(match row.status {
            Status::Done => &mut self.done,
            Status::Refused => &mut self.refused,
            Status::Failed => &mut self.failed,
        }) += 1;
    }
}

/// How a plan is run.
///
/// ```no_run
/// use nirkit::sweep::{Plan, Sweep, Table};
///
/// let plan = Plan::read("plan.toml")?;
/// let progress = Sweep::new().threads(2).run(&plan, "out")?;
/// println!("{} of {} tasks ran", progress.done, progress.tasks);
/// println!("{}", Table::of(&["out"])?.to_csv());
/// # Ok::<(), nirkit::Error>(())
/// ```
#[derive(Clone)]
pub struct Sweep<'a> {
    shard: Shard,
    retry_failed: bool,
    threads: usize,
    limits: Limits,
    watch: &'a dyn Watch,
}

impl Default for Sweep<'_> {
    fn default() -> Self {
        let (shard, limits) = (Shard::WHOLE, Limits::default());
        Self { shard, retry_failed: false, threads: 1, limits, watch: &() }
    }
}

impl std::fmt::Debug for Sweep<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { shard, retry_failed, threads, .. } = self;
        f.debug_struct("Sweep")
            .field("shard", shard)
            .field("retry_failed", retry_failed)
            .field("threads", threads)
            .finish_non_exhaustive()
    }
}

impl<'a> Sweep<'a> {
    /// All tasks that are not done, on one thread.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a part of the tasks: one of several processes.
    #[must_use]
    pub fn shard(mut self, shard: Shard) -> Self {
        self.shard = shard;
        self
    }

    /// Runs tasks that failed once more.
    #[must_use]
    pub fn retry_failed(mut self, retry: bool) -> Self {
        self.retry_failed = retry;
        self
    }

    /// Runs so many tasks at a time; their number changes no row.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// Bounds what files and runs may demand of this machine.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Lets somebody watch, who may stop the work. What is done by then is kept.
    #[must_use]
    pub fn watch(mut self, watch: &'a dyn Watch) -> Self {
        self.watch = watch;
        self
    }

    /// Runs the tasks of a plan that are not done, and adds their rows to a folder.
    ///
    /// # Errors
    ///
    /// A plan with errors, a folder that cannot be written, a run that was stopped.
    pub fn run(&self, plan: &Plan, folder: impl AsRef<Path>) -> Result<Progress, Error> {
        let tasks = keyed(plan.tasks(&self.limits)?, &self.limits)?;
        let folder = folder.as_ref();
        let mut store = Store::open(folder, self.shard)?;
        Manifest::of(&tasks)?.write(folder)?;
        let open = store.open_tasks(&tasks, self.shard, self.retry_failed);
        let own = (0..tasks.len()).filter(|&at| self.shard.has(at)).count();
        let (before, cut) = (own - open.len(), store.cut());
        let mut progress = Progress { tasks: own, before, cut, ..Progress::default() };
        let mut taken = 0;
        let take = |row: Row| {
            store.add(&row)?;
            progress.take(&row);
            taken += 1;
            let is_stopped = self.watch.done(taken, open.len() as u64).is_break();
            if is_stopped || interrupt::is_requested() { Err(stopped()) } else { Ok(()) }
        };
        self.divide(&open, take)?;
        // Other processes may have added theirs meanwhile.
        let keys = Store::keys(folder)?;
        progress.missing = tasks.iter().filter(|(_, key)| !keys.contains_key(key)).count();
        Ok(progress)
    }

    /// Counts the tasks of a plan and those that are done, and runs none.
    ///
    /// # Errors
    ///
    /// A plan with errors, rows of another version.
    pub fn survey(&self, plan: &Plan, folder: impl AsRef<Path>) -> Result<Progress, Error> {
        let tasks = keyed(plan.tasks(&self.limits)?, &self.limits)?;
        let folder = folder.as_ref();
        let keys = if folder.is_dir() { Store::keys(folder)? } else { BTreeMap::new() };
        let is_done = |key: &String| match keys.get(key) {
            Some(Status::Failed) => !self.retry_failed,
            found => found.is_some(),
        };
        let mut progress = Progress::default();
        for (at, (_, key)) in tasks.iter().enumerate() {
            progress.missing += usize::from(!keys.contains_key(key));
            if self.shard.has(at) {
                progress.tasks += 1;
                progress.before += usize::from(is_done(key));
            }
        }
        Ok(progress)
    }

    /// Divides tasks among threads; `take` gets each row as soon as it is there, and ends the work with an error.
    fn divide(
        &self,
        open: &[&Task],
        mut take: impl FnMut(Row) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let (send, receive) = mpsc::sync_channel::<Result<Row, Error>>(WAITING);
            for _ in 0..self.threads.clamp(1, open.len().max(1)) {
                let (send, next, is_over) = (send.clone(), &next, &is_over);
                scope.spawn(move || {
                    let mut worker = Worker::new(self.limits);
                    while !is_over.load(Ordering::Relaxed) {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(task) = open.get(at) else { return };
                        if send.send(worker.run(task)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(send);
            let found = receive.into_iter().try_for_each(|row| take(row?));
            is_over.store(true, Ordering::Relaxed);
            found
        })
    }
}

/// Rows that may wait to be written.
const WAITING: usize = 64;

/// Tasks with their keys.
///
/// # Errors
///
/// Files that cannot be read.
pub fn keyed(tasks: Vec<Task>, limits: &Limits) -> Result<Vec<(Task, String)>, Error> {
    let mut worker = Worker::new(*limits);
    let with_key = |task: Task| worker.key(&task).map(|key| (task, key));
    tasks.into_iter().map(with_key).collect()
}
