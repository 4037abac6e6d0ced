//! Tensors beside a text form: a file with one dataset for each, named by the hash of its content.
//!
//! The text form prints large tensors as a hash ([`nirkit_ir::text`]); this file holds them.

use std::path::Path;

use indexmap::IndexMap;
use nirkit_ir::text::content_hash;
use nirkit_ir::value::Value;
use nirkit_numerics::Tensor;

use crate::error::{ReadError, ReadFault, WriteError};
use crate::hdf5::read::{With, read as read_tree};
use crate::hdf5::source::Source;
use crate::hdf5::write::{self as tree, Compression};
use crate::hdf5::{Attributes, Tree};
use crate::limits::Limits;

/// Reads the tensors of a store, by their hash. Each is held against its hash.
pub fn read_store(
    path: impl AsRef<Path>,
    limits: &Limits,
) -> Result<IndexMap<String, Tensor>, ReadError> {
    let path = path.as_ref();
    let source = Source::open(path, limits).map_err(|fault| fault.at("").of_file(path))?;
    let tree = read_tree(source, limits, With::Values).map_err(|error| error.of_file(path))?;
    let tensors = tree.root.into_iter().map(|(hash, value)| {
        let tensor = check(&hash, value).map_err(|fault| fault.at(format!("/{hash}")))?;
        Ok((hash, tensor))
    });
    tensors.collect::<Result<_, ReadError>>().map_err(|error| error.of_file(path))
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
    let tree = Tree { root: entries.collect(), attributes: Attributes::new() };
    tree::write(path, &tree, compression).map_err(|error| error.of_file(path))
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
