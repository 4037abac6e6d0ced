//! The files of nirkit: graphs and data in HDF5, numpy arrays, event lists.
//!
//! * [`nir`] reads and writes `.nir` files.
//! * [`data`] reads and writes recordings and stimuli in the HDF5 form of the reference (`NIRData`).
//! * [`events`] reads events of sensors from structured arrays and CSV.
//! * [`spike_lists`] reads sets of samples with a list of spikes each (SHD, SSC).
//! * [`labels`] reads the classes of samples by their files.
//! * [`stimulus_json`] reads stimuli, [`spikes_csv`] writes lists of spikes.
//! * [`ending`] says what the endings of names mean.
//! * [`content`] reads the standard input and tells what it holds.
//! * [`table`] has tables with typed columns, which [`parquet`] writes.
//! * [`text`] writes text files, [`store`] keeps the large tensors of a text form.
//! * [`mod@array`] reads and writes numpy arrays (`.npy`).
//!
//! Everything that a file can demand is bounded by [`Limits`], which are held before memory is
//! taken. Everything that is written appears under its name at once and complete, or not at all.

pub mod array;
mod atomic;
mod bytes;
pub mod content;
pub mod data;
pub mod ending;
pub mod error;
pub mod events;
mod foreign;
mod hash;
mod hdf5;
pub mod labels;
pub mod limits;
pub mod nir;
#[cfg(not(target_family = "wasm"))]
pub mod parquet;
pub mod spike_lists;
pub mod spikes_csv;
pub mod stimulus_json;
pub mod store;
pub mod table;
pub mod text;
mod text_table;
pub mod tree;

#[doc(hidden)]
pub use atomic::{Fault, during};
pub use atomic::{
    NewFolder, Seekable, Staged, abandon, alone_in, is_free, make_folder, place, stage_seekable,
    write_folder,
};
pub use error::{ReadError, ReadFault, WriteError, WriteFault};
pub use hash::{sha256, sha256_of};
pub use hdf5::write::Compression;
pub use limits::{LimitError, Limits};
