//! Tensors beside a text form: a file with one dataset for each, named by the hash of its content.
//!
//! The text form prints large tensors as a hash ([`nirkit_ir::text`]); this file holds them.

use std::io;
use std::path::Path;

use indexmap::IndexMap;
use nirkit_ir::text::content_hash;
use nirkit_ir::value::Value;
use nirkit_numerics::Tensor;

use crate::atomic;
use crate::error::{ReadError, ReadFault, WriteError, WriteFault};
use crate::hdf5::Tree;
use crate::hdf5::read::{With, read as read_tree};
use crate::hdf5::source::Source;
use crate::hdf5::write::{self as tree, Compression};
use crate::limits::Limits;
use crate::text::write_text;

/// Reads the tensors of a store, by their hash. Each is held against its hash.
pub fn read_store(
    path: impl AsRef<Path>,
    limits: &Limits,
) -> Result<IndexMap<String, Tensor>, ReadError> {
    let path = path.as_ref();
    let source = Source::open(path, limits).map_err(|fault| fault.at("").of_file(path))?;
    read_source(source, limits).map_err(|error| error.of_file(path))
}

/// Reads the tensors of a store from the bytes of its file.
pub fn read_store_bytes(
    bytes: Vec<u8>,
    limits: &Limits,
) -> Result<IndexMap<String, Tensor>, ReadError> {
    read_source(Source::from_bytes(bytes), limits)
}

fn read_source(source: Source, limits: &Limits) -> Result<IndexMap<String, Tensor>, ReadError> {
    let tree = read_tree(source, limits, With::Values)?;
    let tensors = tree.root.into_iter().map(|(hash, value)| {
        let tensor = check(&hash, value).map_err(|fault| fault.at(format!("/{hash}")))?;
        Ok((hash, tensor))
    });
    tensors.collect()
}

fn check(hash: &str, value: Value) -> Result<Tensor, ReadFault> {
    let Value::Tensor(tensor) = value else {
        let found = value.describe();
        return Err(ReadFault::Unexpected { expected: "a tensor", found });
    };
    let actual = content_hash(&tensor);
    if actual == hash {
        Ok(tensor)
    } else {
        Err(ReadFault::Damaged(format!("the tensor under this name has the hash {actual}")))
    }
}

/// Writes tensors by their hash. The file appears complete under its name, or not at all.
pub fn write_store(
    path: impl AsRef<Path>,
    tensors: &IndexMap<String, Tensor>,
    compression: Compression,
) -> Result<(), WriteError> {
    let path = path.as_ref();
    let entries = tensors.iter().map(|(hash, tensor)| (hash.clone(), tensor.clone().into()));
    let tree = Tree { root: entries.collect(), ..Tree::default() };
    tree::write(path, &tree, compression).map_err(|error| error.of_file(path))
}

/// Writes a text and the store of its large tensors. Whenever the program ends in between, the old or
/// the new text is there, and the store has its tensors; of several writers one is the last.
///
/// The tensors are added to those that the old text needs, then the text is replaced, then what
/// nobody needs is taken out of the store.
pub fn write_text_and_store(
    path: impl AsRef<Path>,
    text: &str,
    store: impl AsRef<Path>,
    tensors: &IndexMap<String, Tensor>,
) -> Result<(), WriteError> {
    let (path, store) = (path.as_ref(), store.as_ref());
    let _alone = atomic::alone_in(atomic::folder(path));
    let mut stored = stored(store)?;
    if !path.exists() {
        stored.clear();
    }
    let mut both = tensors.clone();
    both.extend(stored.iter().map(|(hash, tensor)| (hash.clone(), tensor.clone())));
    if !both.keys().eq(stored.keys()) && !both.is_empty() {
        write_store(store, &both, Compression::None)?;
    }
    write_text(path, text)?;
    // What is in the store besides harms nobody, so a failure here is none of the work.
    let _ = match tensors.len() {
        0 => atomic::remove(store),
        all if all < both.len() => write_store(store, tensors, Compression::None)
            .map_err(|error| io::Error::other(error.to_string())),
        _ => Ok(()),
    };
    Ok(())
}

/// The tensors that are in a store; none if there is no store. What is no store is not ours to replace.
fn stored(store: &Path) -> Result<IndexMap<String, Tensor>, WriteError> {
    let limits = Limits {
        file_bytes: u64::MAX,
        dataset_bytes: u64::MAX,
        total_bytes: u64::MAX,
        objects: u64::MAX,
        expansion: u64::MAX,
        ..Limits::default()
    };
    match read_store(store, &limits) {
        Ok(tensors) => Ok(tensors),
        Err(ReadError { fault: ReadFault::Io(error), .. }) => match error.kind() {
            io::ErrorKind::NotFound => Ok(IndexMap::new()),
            _ => Err(WriteFault::Io(error).at("").of_file(store)),
        },
        Err(error) => Err(WriteFault::NotAStore(error.fault.to_string()).at("").of_file(store)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor() -> Tensor {
        Tensor::vector(vec![1.0_f32, -2.0])
    }

    #[test]
    fn tensors_come_back_under_their_hash() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let tensors = IndexMap::from([(content_hash(&tensor()), tensor())]);
        write_store(file.path(), &tensors, Compression::None).unwrap();
        assert_eq!(read_store(file.path(), &Limits::default()).unwrap(), tensors);
    }

    #[test]
    fn a_tensor_under_the_hash_of_another_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let tensors = IndexMap::from([("0123".to_owned(), tensor())]);
        write_store(file.path(), &tensors, Compression::None).unwrap();
        let error = read_store(file.path(), &Limits::default()).unwrap_err().to_string();
        assert!(error.contains("/0123: damaged: the tensor under this name"), "{error}");
    }
}
