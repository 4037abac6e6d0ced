//! The filters that a chunk passes through when it is decoded, and the bound on what they put out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hdf5_reader::error::Error;
use hdf5_reader::messages::filter_pipeline::FilterDescription;
use hdf5_reader::{Dataset, FilterRegistry};

use super::{deflate, lzf};

/// What checksums and the headers of other filters add to a chunk, in bytes, generously.
const OVERHEAD: usize = 64;

/// Whether the reader knows a filter: deflate, shuffle, fletcher32, szip, nbit, scale-offset, lzf.
pub(super) fn is_known(filter: u16) -> bool {
    matches!(filter, 1..=6 | lzf::FILTER)
}

/// Bytes that one chunk of the dataset at hand can decode to. The reader keeps it within the limits
/// of the file, but does not tell it to filters of our own.
#[derive(Clone, Debug, Default)]
pub(super) struct ChunkLimit(Arc<AtomicUsize>);

impl ChunkLimit {
    /// Takes the declared size of the chunks of this dataset, which is read next.
    pub(super) fn set(&self, dataset: &Dataset) {
        let element = dataset.raw_element_size().unwrap_or(usize::MAX);
        let axes = dataset.chunks().unwrap_or_default();
        let bytes = axes.iter().fold(element, |bytes, &axis| bytes.saturating_mul(axis as usize));
        self.0.store(bytes.saturating_add(OVERHEAD), Ordering::Relaxed);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// The filters of the reader, with lzf added and deflate replaced by one that is as fast for many
/// small chunks as for a few large ones.
pub(super) fn registry(limit: &ChunkLimit) -> FilterRegistry {
    let mut registry = FilterRegistry::new();
    register(&mut registry, lzf::FILTER, lzf::decode, limit);
    register(&mut registry, deflate::FILTER, deflate::decode, limit);
    registry
}

fn register(
    registry: &mut FilterRegistry,
    number: u16,
    decode: fn(&[u8], usize) -> Result<Vec<u8>, String>,
    limit: &ChunkLimit,
) {
    let limit = limit.clone();
    let filter = move |_: &FilterDescription, input: &[u8], _: usize| {
        decode(input, limit.get()).map_err(Error::DecompressionError)
    };
    registry.register(number, Box::new(filter));
}
