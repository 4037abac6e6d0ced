use std::collections::BTreeMap;

use super::*;

fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    write::<io::Error>(path, |out| out.write_all(content))
}

/// All files below a folder and what they hold.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(content(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn an_error_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    put(&path, b"old").unwrap();
    let failed = write(&path, |out| {
        out.write_all(b"half")?;
        Err(io::Error::other("stop"))
    });
    assert_eq!(failed.unwrap_err().to_string(), "stop");
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_does_not_exist_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(put(&folder.path().join("no").join("a.bin"), b"").is_err());
}

/// A disk that is full for one call, and a program that ends at one call, at every call.
#[test]
fn whatever_call_fails_the_old_or_the_new_content_is_there() {
    let new = vec![7; 3 * BUFFER];
    let ((), calls) = during(Fault::Nothing, || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        fs::write(&path, b"old").unwrap();
        put(&path, &new).unwrap();
    });
    assert!(calls >= 9, "{calls}");
    for number in 0..calls {
        for fault in [Fault::At(number), Fault::From(number)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.bin");
            fs::write(&path, b"old").unwrap();
            let (outcome, _) = during(fault, || put(&path, &new));
            let found = fs::read(&path).unwrap();
            if outcome.is_ok() {
                assert!(found == new, "{fault:?}");
            } else {
                assert!(found == new || found == b"old", "{fault:?}");
            }
            // A program that goes on leaves nothing but the file, unless taking away is what failed.
            let rest = content(folder.path()).len() - 1;
            assert!(rest == 0 || fault == Fault::From(number), "{fault:?}: {rest}");
        }
    }
}

#[test]
fn what_a_program_left_that_ended_is_removed_by_the_next_and_what_is_in_use_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join(".nirkit-left");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("0"), b"half").unwrap();
    let used = folder.path().join(".nirkit-used");
    fs::create_dir(&used).unwrap();
    let lock = File::open(&used).unwrap();
    lock.lock().unwrap();
    fs::write(folder.path().join(".nirkit-file"), b"of somebody").unwrap();
    put(&folder.path().join("a"), b"a").unwrap();
    assert!(!left.exists() && used.exists() && folder.path().join(".nirkit-file").exists());
}

#[test]
fn files_that_are_not_finished_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let staged = stage::<io::Error>(&folder.path().join("a"), |out| out.write_all(b"a")).unwrap();
    let unfinished = Unfinished::begin(&folder.path().join("b")).unwrap();
    unfinished.append(b"b").unwrap();
    assert_eq!(content(folder.path()).len(), 2);
    drop((staged, unfinished));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn mode_and_owner_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        put(&path, b"old").unwrap();
        let usual = folder.path().join("usual");
        fs::write(&usual, b"").unwrap();
        assert_eq!(mode(&path), mode(&usual));
        for kept in [0o600, 0o640, 0o755] {
            fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
            put(&path, b"new").unwrap();
            assert_eq!(mode(&path), kept);
        }
        // Only root can give a file away.
        if std::os::unix::fs::chown(&path, Some(12), Some(34)).is_ok() {
            put(&path, b"newer").unwrap();
            let metadata = fs::metadata(&path).unwrap();
            assert_eq!((metadata.uid(), metadata.gid()), (12, 34));
        }
    }

    #[test]
    fn a_file_without_write_permission_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let refused = put(&path, b"new").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn what_a_link_leads_to_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("file"), b"old").unwrap();
        symlink("inner/file", folder.path().join("one")).unwrap();
        symlink("one", folder.path().join("two")).unwrap();
        put(&folder.path().join("two"), b"new").unwrap();
        assert_eq!(fs::read(inner.join("file")).unwrap(), b"new");
        assert!(fs::symlink_metadata(folder.path().join("two")).unwrap().is_symlink());
        // A link to nothing makes what it names.
        symlink("inner/made", folder.path().join("three")).unwrap();
        put(&folder.path().join("three"), b"made").unwrap();
        assert_eq!(fs::read(inner.join("made")).unwrap(), b"made");
        symlink("circle", folder.path().join("circle")).unwrap();
        assert!(put(&folder.path().join("circle"), b"").is_err());
    }

    #[test]
    fn a_pipe_is_written_to_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read(path).unwrap()
        });
        put(&path, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
    }

    /// A device of our own with the numbers of the null device; only root can make one.
    #[test]
    fn a_device_is_written_to_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("null");
        let made = Command::new("mknod").arg(&path).args(["c", "1", "3"]).output();
        if !made.is_ok_and(|made| made.status.success()) {
            return;
        }
        // Where devices do not work, writing is an error; the device stays all the same.
        let _ = put(&path, b"gone");
        assert!(fs::symlink_metadata(&path).unwrap().file_type().is_char_device());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_to_a_descriptor_is_written_to_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut file = File::options().create_new(true).append(true).open(&path).unwrap();
        file.write_all(b"before ").unwrap();
        let inode = file.metadata().unwrap().ino();
        let number = std::os::fd::AsRawFd::as_raw_fd(&file);
        let link = folder.path().join("link");
        symlink(format!("/proc/self/fd/{number}"), &link).unwrap();
        if fs::metadata(&link).is_err() {
            return;
        }
        put(&link, b"after").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before after");
        assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
    }
}
