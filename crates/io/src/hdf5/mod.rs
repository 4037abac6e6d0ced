//! A small private layer over HDF5: whole trees of values in, whole trees of values out.
//!
//! Two crates do the work, and a reader of our own goes ahead of them. `hdf5-reader` reads: it knows every layout and every filter but lzf
//! (which we add), and in trials of thousands of damaged files it neither crashed nor ran out of
//! memory. `hdf5-pure` writes: what it writes has for h5py the same types as what h5py writes.
//! Neither shows outside of this folder. [`direct`] reads what nearly all files are made of, several
//! times as fast, and leaves everything else to `hdf5-reader`.

mod attribute;
pub(crate) mod budget;
mod dataset;
mod datatype;
mod deflate;
mod direct;
mod element;
mod filter;
mod huge_pages;
mod layout;
mod links;
pub(crate) mod lists;
mod lzf;
mod pages;
pub(crate) mod read;
pub(crate) mod source;
mod text;
mod values;
pub(crate) mod write;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use nirkit_ir::value::{Fields, Value};

/// The content of an HDF5 file: groups and datasets as values, sorted by name as h5py sorts them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    /// What the root group holds.
    pub(crate) root: Fields,
    /// Attributes of groups, by the path of the group (`""` for the root).
    pub(crate) attributes: Attributes,
    /// What the file holds besides groups, datasets and `attributes`, in words, in the order of reading.
    pub(crate) left_out: Vec<String>,
}

/// Says that an object has attributes that are not read. The path of the root is empty.
fn attributes_of(path: &str) -> String {
    format!("the attributes of `{}`", if path.is_empty() { "/" } else { path })
}

/// Attributes by the path of their group, then by their name.
pub(crate) type Attributes = BTreeMap<String, BTreeMap<String, Value>>;
