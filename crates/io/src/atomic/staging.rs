//! Folders for files that are being made: `.nirkit-` and some letters, beside the place of the files.
//!
//! A folder is locked as long as its program lives. One that is not locked was left by a program that
//! ended in the middle, and is removed by the next one that writes beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::system::call;

/// What the names of these folders begin with.
const PREFIX: &str = ".nirkit-";

/// Folders of this program.
static ALL: Mutex<All> = Mutex::new(All {
    shared: BTreeMap::new(),
    live: BTreeSet::new(),
    swept: BTreeSet::new(),
    made: BTreeSet::new(),
});

struct All {
    /// By the folder that they stand in.
    shared: BTreeMap<PathBuf, Weak<Staging>>,
    live: BTreeSet<PathBuf>,
    /// Folders in which nothing is left over from others.
    swept: BTreeSet<PathBuf>,
    /// Folders that were made for results.
    made: BTreeSet<PathBuf>,
}

fn all() -> MutexGuard<'static, All> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes a folder for results, and those that it stands in. [`abandon`] removes those of them that are empty.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    let missing = folder.ancestors().take_while(|path| !path.as_os_str().is_empty());
    let missing: Vec<PathBuf> =
        missing.take_while(|path| !path.exists()).map(Path::to_path_buf).collect();
    let mut all = all();
    fs::create_dir_all(folder)?;
    all.made.extend(missing);
    Ok(())
}

/// Removes all files that are being made, and the folders made for them, for a program that is about to end: whoever
/// goes on to write waits for ever.
pub fn abandon() {
    let all = all();
    for folder in &all.live {
        let _ = fs::remove_dir_all(folder);
    }
    // Inner ones come behind those that they stand in. One with a result in it stays.
    for folder in all.made.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
    std::mem::forget(all);
}

/// A folder for files that are being made.
#[derive(Debug)]
pub(super) struct Staging {
    path: PathBuf,
    next: AtomicU64,
    /// Keeps the folder locked.
    _lock: Option<File>,
}

impl Staging {
    /// The folder for files whose place is in another folder.
    pub(super) fn beside(folder: &Path) -> io::Result<Arc<Self>> {
        let mut all = all();
        if let Some(staging) = all.shared.get(folder).and_then(Weak::upgrade) {
            return Ok(staging);
        }
        if all.swept.insert(folder.to_path_buf()) {
            sweep(folder, &all.live);
        }
        let (path, lock) = make(folder)?;
        all.live.insert(path.clone());
        let staging = Arc::new(Self { path, next: AtomicU64::new(0), _lock: lock });
        all.shared.retain(|_, staging| staging.strong_count() > 0);
        all.shared.insert(folder.to_path_buf(), Arc::downgrade(&staging));
        Ok(staging)
    }

    /// A name for a file.
    pub(super) fn next(&self) -> PathBuf {
        self.path.join(self.next.fetch_add(1, Ordering::Relaxed).to_string())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let mut all = all();
        let _ = call(|| fs::remove_dir_all(&self.path));
        all.live.remove(&self.path);
    }
}

/// Makes a folder that nobody else has, and locks it.
fn make(folder: &Path) -> io::Result<(PathBuf, Option<File>)> {
    loop {
        let made = call(|| tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder));
        let made = made.map_err(|error| of_folder(error, folder))?;
        let path = made.keep();
        let Ok(lock) = File::open(&path) else { return Ok((path, None)) };
        match lock.try_lock() {
            // Between making and locking, another program may have taken it for one left over.
            Ok(()) if path.exists() => return Ok((path, Some(lock))),
            Err(fs::TryLockError::Error(_)) => return Ok((path, None)),
            _ => {}
        }
    }
}

/// An error about a folder, without the name of the folder that was to be made in it.
fn of_folder(error: io::Error, folder: &Path) -> io::Error {
    let folder = folder.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            io::Error::new(error.kind(), format!("there is no folder `{folder}`"))
        }
        io::ErrorKind::NotADirectory => {
            io::Error::new(error.kind(), format!("`{folder}` is no folder"))
        }
        _ => error,
    }
}

/// Removes what programs left that ended in the middle.
fn sweep(folder: &Path, live: &BTreeSet<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        let ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !ours || live.contains(&path) || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let Ok(lock) = File::open(&path) else { continue };
        if lock.try_lock().is_ok() {
            let _ = fs::remove_dir_all(&path);
        }
    }
}
