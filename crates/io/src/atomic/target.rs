//! What stands under a name that is to be written, and what is kept of it.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::system::{Watched, call};

/// Links that are followed from one to the next, as many as Linux follows.
const LINKS: usize = 40;

/// Where something is written to.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// Nothing yet.
    New,
    /// A file, which is replaced.
    Old(Metadata),
    /// A device or a pipe, which is written to.
    Stream,
    /// One of the program's own descriptors.
    Descriptor(u32),
}

impl Target {
    /// What a name stands for. Links are followed to their end.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_path_buf();
        for _ in 0..LINKS {
            let metadata = match fs::symlink_metadata(&path) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Self { path, kind: Kind::New });
                }
                Err(error) => return Err(error),
            };
            if !metadata.is_symlink() {
                return Self::of_metadata(path, metadata);
            }
            if let Some(number) = descriptor(&path) {
                return Ok(Self { path, kind: Kind::Descriptor(number) });
            }
            let link = fs::read_link(&path)?;
            path = super::folder(&path).join(link);
        }
        Err(io::Error::other("too many links lead on from here"))
    }

    fn of_metadata(path: PathBuf, metadata: Metadata) -> io::Result<Self> {
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !metadata.is_file() {
            return Ok(Self { path, kind: Kind::Stream });
        }
        if metadata.permissions().readonly() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the file is there and must not be written",
            ));
        }
        // Who may replace a file need not be allowed to write it.
        OpenOptions::new().write(true).open(&path)?;
        Ok(Self { path, kind: Kind::Old(metadata) })
    }

    /// Whether a file is made and put here.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.kind, Kind::New | Kind::Old(_))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives a file the owner and the mode of the one that it is to replace.
    pub(super) fn keep_attributes(&self, file: &File) -> io::Result<()> {
        let Kind::Old(old) = &self.kind else { return Ok(()) };
        keep_owner(old, file)?;
        call(|| file.set_permissions(old.permissions()))
    }

    /// Writes to what is no file.
    pub(super) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let stream = call(|| match self.kind {
            Kind::Descriptor(1) => duplicate(&io::stdout()),
            Kind::Descriptor(2) => duplicate(&io::stderr()),
            Kind::Descriptor(_) => OpenOptions::new().append(true).open(&self.path),
            _ => OpenOptions::new().write(true).open(&self.path),
        })?;
        let mut stream = Watched(stream);
        stream.write_all(bytes)?;
        stream.flush()
    }
}

#[cfg(unix)]
fn keep_owner(old: &Metadata, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    call(|| fchown(file, Some(old.uid()), Some(old.gid()))).map_err(|error| {
        let what = format!("the owner of the file that is there cannot be kept ({error})");
        io::Error::new(error.kind(), what)
    })
}

#[cfg(not(unix))]
fn keep_owner(_: &Metadata, _: &File) -> io::Result<()> {
    Ok(())
}

/// The number of a descriptor of this program that a link in `/proc` stands for.
fn descriptor(path: &Path) -> Option<u32> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = super::folder(path).canonicalize().ok()?;
    let inside = folder.strip_prefix("/proc").ok()?.to_str()?.to_owned();
    let own = inside == format!("{}/fd", std::process::id());
    (own || inside.starts_with(&format!("{}/task/", std::process::id()))).then_some(number)
}

#[cfg(unix)]
fn duplicate(stream: &impl std::os::fd::AsFd) -> io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(not(unix))]
fn duplicate<T>(_: &T) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
