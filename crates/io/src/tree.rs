//! Trees of arrays as HDF5 files, for tools with formats of their own.

use std::path::Path;

use nirkit_ir::value::Fields;

use crate::error::WriteError;
use crate::hdf5::write::{self as hdf5, Compression};
use crate::hdf5::{Attributes, Tree};

/// Writes values under their names, groups as groups. The file appears complete under its name, or
/// not at all.
pub fn write_tree(path: impl AsRef<Path>, fields: &Fields) -> Result<(), WriteError> {
    let path = path.as_ref();
    let tree = Tree { root: fields.clone(), attributes: Attributes::new() };
    hdf5::write(path, &tree, Compression::None).map_err(|error| error.of_file(path))
}
