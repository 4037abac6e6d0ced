//! Files that appear complete or not at all.
//!
//! A file is made in a folder of its own beside its place ([`staging`]), brought to the disk, and moved
//! to its place at once; then the folder that it stands in is brought to the disk. Where something
//! stands already ([`target`]), its mode and owner are kept, a link is followed to what it leads to, and
//! what is no file (a device, a pipe) is written to and never replaced.

mod folder;
mod staging;
mod system;
mod target;

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::folder::{NewFolder, is_free, write_folder};
use self::staging::Staging;
pub use self::staging::{abandon, make_folder};
#[doc(hidden)]
pub use self::system::{Fault, during};
use self::system::{Watched, call};
use self::target::Target;
use crate::error::{WriteError, WriteFault};

/// Bytes that are kept before they are written.
const BUFFER: usize = 1 << 16;

/// Writes a file beside its place and moves it there when it is complete.
///
/// On an error, a file that was there before is untouched and nothing else is left.
pub(crate) fn write<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    Ok(stage(path, fill)?.put()?)
}

/// Makes a file that is to stand under this name; it appears there when it is finished.
pub(crate) fn stage<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<Staged, E> {
    stage_seekable(path, |out| fill(out))
}

/// What a file is written to that is filled in at the end.
pub trait Seekable: Write + Seek {}

impl<W: Write + Seek> Seekable for W {}

/// Makes a file that is to stand under this name; what was written can be gone back to.
pub fn stage_seekable<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Seekable) -> Result<(), E>,
) -> Result<Staged, E> {
    let target = Target::of(path)?;
    if !target.is_file() {
        // What is made goes out only when it is whole.
        let mut bytes = io::Cursor::new(Vec::new());
        fill(&mut bytes)?;
        let content = Content::Bytes(bytes.into_inner());
        return Ok(Staged { path: path.to_path_buf(), target, content });
    }
    let unfinished = Unfinished::new(path, target)?;
    let mut buffered = io::BufWriter::with_capacity(BUFFER, Watched(unfinished.create()?));
    fill(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    Ok(unfinished.complete()?)
}

/// The folder that a file stands in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Where something is that is written under a name: links are followed to their end.
pub fn place(path: &Path) -> io::Result<PathBuf> {
    Target::of(path).map(|target| target.path().to_path_buf())
}

/// Waits until no other program changes files of a folder that belong together, and keeps others
/// waiting until the result is dropped. Where the system cannot do so, nobody waits.
#[must_use]
pub fn alone_in(folder: &Path) -> Option<File> {
    let folder = File::open(folder).ok()?;
    folder.lock().ok().map(|()| folder)
}

/// Takes a file away, if it is there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match call(|| fs::remove_file(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => sync_folder(folder(path)),
    }
}

/// A file that is being written, bit by bit, beside its place.
#[derive(Debug)]
pub(crate) struct Unfinished {
    path: PathBuf,
    target: Target,
    staging: Arc<Staging>,
    temporary: PathBuf,
}

impl Unfinished {
    /// Begins an empty file that is to stand under this name.
    pub(crate) fn begin(path: &Path) -> io::Result<Self> {
        let target = Target::of(path)?;
        if !target.is_file() {
            let what = "it is no file, and this is written bit by bit";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let unfinished = Self::new(path, target)?;
        unfinished.create()?;
        Ok(unfinished)
    }

    fn new(path: &Path, target: Target) -> io::Result<Self> {
        let staging = Staging::beside(folder(target.path()))?;
        let temporary = staging.next();
        Ok(Self { path: path.to_path_buf(), target, staging, temporary })
    }

    fn create(&self) -> io::Result<File> {
        let file = call(|| File::create_new(&self.temporary))?;
        self.target.keep_attributes(&file)?;
        Ok(file)
    }

    /// Adds bytes at the end. In between the file is closed.
    pub(crate) fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let file = call(|| fs::OpenOptions::new().append(true).open(&self.temporary))?;
        Watched(file).write_all(bytes)
    }

    /// Brings the content to the disk.
    pub(crate) fn complete(self) -> io::Result<Staged> {
        let file = call(|| File::options().read(true).write(true).open(&self.temporary))?;
        call(|| file.sync_all())?;
        let content = Content::File(self.staging, self.temporary);
        Ok(Staged { path: self.path, target: self.target, content })
    }
}

/// A file that is complete and does not stand in its place yet. Dropped, it is gone.
#[derive(Debug)]
pub struct Staged {
    path: PathBuf,
    target: Target,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// The folder that is kept for files that are being made, and a file in it.
    File(Arc<Staging>, PathBuf),
    /// Bytes for what is no file.
    Bytes(Vec<u8>),
}

impl Staged {
    /// Puts the file in its place, at once.
    pub fn finish(self) -> Result<(), WriteError> {
        let path = self.path.clone();
        self.put().map_err(|error| WriteFault::Io(error).at("").of_file(&path))
    }

    pub(crate) fn put(self) -> io::Result<()> {
        match &self.content {
            Content::File(_staging, temporary) => {
                call(|| fs::rename(temporary, self.target.path()))?;
                sync_folder(folder(self.target.path()))
            }
            Content::Bytes(bytes) => self.target.send(bytes),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Content::File(_, temporary) = &self.content {
            // Put in its place, it is no longer there.
            let _ = call(|| fs::remove_file(temporary));
        }
    }
}

/// Brings the names of a folder to the disk, where the system can.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    // Some file systems have no such thing; the file itself is there all the same.
    let synced = call(|| File::open(folder).and_then(|folder| folder.sync_all()));
    match synced {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        // Who may change a folder need not be allowed to open it.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests;
