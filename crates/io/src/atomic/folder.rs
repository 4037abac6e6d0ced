//! Folders whose files belong together: all of them appear at once, or none.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::staging::{Staging, make_folder};
use super::system::{Watched, call};
use super::{folder as parent_of, sync_folder};

/// Whether all files can appear at once: nothing is there, or a folder without anything in it.
#[must_use]
pub fn is_free(folder: &Path) -> bool {
    // Such as `.`, which cannot be replaced.
    if folder.file_name().is_none() {
        return false;
    }
    match fs::symlink_metadata(folder) {
        Err(error) => error.kind() == io::ErrorKind::NotFound,
        Ok(found) if found.is_dir() => {
            fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
        }
        Ok(_) => false,
    }
}

/// A folder that is being made beside its place, where it appears with everything that is in it.
#[derive(Debug)]
pub struct NewFolder {
    target: PathBuf,
    made: PathBuf,
    permissions: Option<fs::Permissions>,
    // Removes what is not finished.
    _staging: Arc<Staging>,
}

impl NewFolder {
    /// Begins a folder whose place [`is_free`].
    ///
    /// # Errors
    ///
    /// What the system refuses.
    pub fn beside(target: &Path) -> io::Result<Self> {
        let parent = parent_of(target);
        make_folder(parent)?;
        let permissions = fs::metadata(target).ok().map(|found| found.permissions());
        let staging = Staging::beside(parent)?;
        let made = staging.next();
        call(|| fs::create_dir(&made))?;
        Ok(Self { target: target.to_path_buf(), made, permissions, _staging: staging })
    }

    /// Where files are put until all of them are there. They have to be on the disk when the folder is finished.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.made
    }

    /// Moves the folder to its place. One without anything in it is replaced, with its permissions.
    ///
    /// # Errors
    ///
    /// What the system refuses. Nothing is left then.
    pub fn finish(self) -> io::Result<()> {
        if let Some(permissions) = &self.permissions {
            call(|| fs::set_permissions(&self.made, permissions.clone()))?;
            if cfg!(not(unix)) {
                call(|| fs::remove_dir(&self.target))?;
            }
        }
        call(|| fs::rename(&self.made, &self.target))?;
        sync_folder(parent_of(&self.target))
    }
}

/// Writes files, by their paths inside of a folder that [`is_free`], and brings them to the disk; all of them appear at once.
///
/// # Errors
///
/// What the system refuses. Nothing is left then.
pub fn write_folder<B: AsRef<[u8]>>(
    folder: &Path,
    files: impl IntoIterator<Item = (PathBuf, B)>,
) -> io::Result<()> {
    let new = NewFolder::beside(folder)?;
    for (path, bytes) in files {
        let place = new.path().join(path);
        call(|| fs::create_dir_all(parent_of(&place)))?;
        let file = call(|| File::create_new(&place))?;
        let mut file = Watched(file);
        file.write_all(bytes.as_ref())?;
        call(|| file.0.sync_all())?;
    }
    new.finish()
}

#[cfg(test)]
mod tests {
    use super::super::system::{Fault, during};
    use super::*;

    fn files() -> [(PathBuf, &'static [u8]); 3] {
        [("a".into(), b"one"), ("in/b".into(), b"two"), ("in/er/c".into(), b"")]
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_are_there_or_none_whatever_call_fails() {
        let ((), calls) = {
            let parent = tempfile::tempdir().unwrap();
            during(Fault::Nothing, || write_folder(&parent.path().join("out"), files()).unwrap())
        };
        assert!(calls > 8);
        for fault in (0..calls).flat_map(|call| [Fault::At(call), Fault::From(call)]) {
            for is_there in [false, true] {
                let parent = tempfile::tempdir().unwrap();
                let out = parent.path().join("new").join("out");
                if is_there {
                    fs::create_dir_all(&out).unwrap();
                }
                let (result, _) = during(fault, || write_folder(&out, files()));
                let found = if out.exists() { names(&out) } else { Vec::new() };
                assert!(found.is_empty() || found == ["a", "in"], "{fault:?}: {found:?}");
                assert!(result.is_err() || found == ["a", "in"], "{fault:?}");
                // A program that has ended removes nothing; its folder is known by its name.
                let beside = names(out.parent().unwrap());
                let is_ours = |name: &String| name == "out" || name.starts_with(".nirkit-");
                assert!(beside.iter().all(is_ours), "{fault:?}: {beside:?}");
                if matches!(fault, Fault::At(_)) && result.is_err() {
                    assert!(beside.len() <= 1 + usize::from(found.is_empty()), "{beside:?}");
                }
            }
        }
    }

    #[test]
    fn a_folder_is_free_without_content() {
        let parent = tempfile::tempdir().unwrap();
        let out = parent.path().join("out");
        assert!(is_free(&out));
        fs::create_dir(&out).unwrap();
        assert!(is_free(&out));
        write_folder(&out, files()).unwrap();
        assert_eq!(fs::read(out.join("in/b")).unwrap(), b"two");
        assert!(!is_free(&out) && !is_free(Path::new(".")) && !is_free(&out.join("a")));
        assert!(write_folder(&out, files()).is_err());
        assert_eq!(names(parent.path()), ["out"]);
    }
}
