//! Trees of arrays in HDF5 files, for tools with formats of their own.

use std::path::Path;

use nirkit_ir::value::Fields;

use crate::error::{ReadError, WriteError};
use crate::hdf5::Tree;
use crate::hdf5::read::{With, read as hdf5_read};
use crate::hdf5::source::Source;
use crate::hdf5::write::{self as hdf5, Compression};
use crate::limits::Limits;

/// Reads everything that a file holds, groups as groups; attributes are left out.
pub fn read_tree(path: impl AsRef<Path>, limits: &Limits) -> Result<Fields, ReadError> {
    let path = path.as_ref();
    let read = |source| Ok(hdf5_read(source, limits, With::Values)?.root);
    let source = Source::open(path, limits).map_err(|fault| fault.at(""));
    source.and_then(read).map_err(|error| error.of_file(path))
}

/// Writes values under their names, groups as groups. The file appears complete under its name, or
/// not at all.
pub fn write_tree(path: impl AsRef<Path>, fields: &Fields) -> Result<(), WriteError> {
    let path = path.as_ref();
    let tree = Tree { root: fields.clone(), ..Tree::default() };
    hdf5::write(path, &tree, Compression::None).map_err(|error| error.of_file(path))
}
