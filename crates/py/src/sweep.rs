//! Plans, tasks and rows of sweeps.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;

use nirkit::ir::Limits;
use nirkit::sweep::{
    Manifest, Plan, Progress, Row, Shard, Store, Sweep, Table, Task, Worker, keyed,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::Raise;
use crate::guard::guard;
use crate::ticker::Ticker;

thread_local! {
    /// Keeps files and models between the tasks of a thread.
    static WORKER: RefCell<Worker> = RefCell::new(Worker::new(Limits::default()));
}

fn plan(json: Option<&str>, path: Option<PathBuf>) -> Result<Plan, nirkit::Error> {
    match (json, path) {
        (Some(json), _) => Plan::parse_json(json),
        (None, Some(path)) => Plan::read(path),
        (None, None) => Ok(Plan::default()),
    }
}

/// The tasks of a plan, each as JSON with its key.
#[pyfunction]
#[pyo3(signature = (json, path))]
pub(crate) fn sweep_tasks(
    py: Python<'_>,
    json: Option<&str>,
    path: Option<PathBuf>,
) -> PyResult<Vec<(String, String)>> {
    guard(|| {
        let limits = Limits::default();
        let tasks = py.detach(|| keyed(plan(json, path)?.tasks(&limits)?, &limits));
        let tasks = tasks.map_err(Raise::error)?;
        Ok(tasks.into_iter().map(|(task, key)| (task.to_json(), key)).collect())
    })
}

/// Runs a task; its row as JSON.
#[pyfunction]
pub(crate) fn sweep_task(py: Python<'_>, task: &str) -> PyResult<String> {
    guard(|| {
        let run = || {
            let task = Task::from_json(task)?;
            WORKER.with_borrow_mut(|worker| worker.run(&task))
        };
        to_json(&py.detach(run).map_err(Raise::error)?)
    })
}

/// Runs the tasks of a plan that are not done, with threads of this process. How far it is, as a dictionary.
#[pyfunction]
#[pyo3(signature = (json, path, folder, shard, threads, retry_failed, progress))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the verb")]
pub(crate) fn sweep_run(
    py: Python<'_>,
    json: Option<&str>,
    path: Option<PathBuf>,
    folder: PathBuf,
    shard: &str,
    threads: usize,
    retry_failed: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Py<PyDict>> {
    guard(|| {
        let shard = parse(shard)?;
        let progress = Ticker::new(progress).run(py, threads > 1, |watch| {
            let sweep = Sweep::new().shard(shard).threads(threads).retry_failed(retry_failed);
            sweep.watch(watch).run(&plan(json, path)?, folder)
        });
        let Progress { tasks, before, done, refused, failed, cut, missing } =
            progress?.map_err(Raise::error)?;
        let found = PyDict::new(py);
        let entries = [
            ("tasks", tasks),
            ("before", before),
            ("done", done),
            ("refused", refused),
            ("failed", failed),
            ("cut", cut),
            ("missing", missing),
        ];
        for (name, number) in entries {
            found.set_item(name, number)?;
        }
        Ok(found.unbind())
    })
}

/// The table of the rows in folders, as JSON and as CSV; written into a folder if one is given.
#[pyfunction]
#[pyo3(signature = (folders, output))]
pub(crate) fn sweep_table(
    py: Python<'_>,
    folders: Vec<PathBuf>,
    output: Option<PathBuf>,
) -> PyResult<(String, String)> {
    guard(|| {
        let made = py.detach(|| {
            let table = Table::of(&folders)?;
            output.map_or(Ok(()), |output| table.write(output))?;
            Ok::<_, nirkit::Error>(table)
        });
        let table = made.map_err(Raise::error)?;
        Ok((to_json(&table)?, table.to_csv()))
    })
}

/// The keys of the rows in a folder.
#[pyfunction]
pub(crate) fn sweep_keys(py: Python<'_>, folder: PathBuf) -> PyResult<HashSet<String>> {
    guard(|| {
        let keys = py.detach(|| Store::keys(folder)).map_err(Raise::error)?;
        Ok(keys.into_keys().collect())
    })
}

/// A folder of rows that is open for this process.
#[pyclass(frozen)]
pub(crate) struct SweepStore {
    store: std::sync::Mutex<Store>,
    folder: PathBuf,
}

#[pymethods]
impl SweepStore {
    #[new]
    fn new(folder: PathBuf, shard: &str) -> PyResult<Self> {
        guard(|| {
            let store = Store::open(&folder, parse(shard)?).map_err(Raise::error)?;
            Ok(Self { store: std::sync::Mutex::new(store), folder })
        })
    }

    /// Writes what a plan asks for beside the rows: its tasks with their keys.
    fn begin(&self, tasks: Vec<(String, String)>) -> PyResult<()> {
        guard(|| {
            let tasks = tasks.into_iter().map(|(task, key)| Ok((Task::from_json(&task)?, key)));
            let tasks: Result<Vec<(Task, String)>, nirkit::Error> = tasks.collect();
            let manifest = tasks.and_then(|tasks| Manifest::of(&tasks));
            manifest.and_then(|found| found.write(&self.folder)).map_err(Raise::error)
        })
    }

    /// Whether a row is there.
    fn has(&self, key: &str, retry_failed: bool) -> PyResult<bool> {
        guard(|| Ok(self.store()?.has(key, retry_failed)))
    }

    /// Rows that an earlier process did not finish.
    fn cut(&self) -> PyResult<usize> {
        guard(|| Ok(self.store()?.cut()))
    }

    /// Adds a row; how its task ended.
    fn add(&self, row: &str) -> PyResult<String> {
        guard(|| {
            let row: Row = serde_json::from_str(row).map_err(|error| Raise::Choice.one(error))?;
            self.store()?.add(&row).map_err(Raise::error)?;
            Ok(row.status.to_string())
        })
    }
}

impl SweepStore {
    fn store(&self) -> PyResult<std::sync::MutexGuard<'_, Store>> {
        self.store.lock().map_err(|error| Raise::Internal.one(error))
    }
}

fn parse(shard: &str) -> PyResult<Shard> {
    shard.parse().map_err(|error| Raise::Choice.one(format!("the shard `{shard}`: {error}")))
}

fn to_json(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| Raise::Internal.one(error))
}
