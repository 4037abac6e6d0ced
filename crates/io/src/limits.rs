//! What a file may demand of the machine that reads it.

/// Upper bounds that reading holds before it takes memory.
///
/// The defaults let every honest file through that fits the memory of a workstation. Each bound is
/// named by its field in the error that it raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub file_bytes: u64,
    /// Bytes of one dataset when decoded: the product of its declared shape and element size.
    pub dataset_bytes: u64,
    /// Bytes of all datasets together when decoded, a dataset with several names counted for each.
    pub total_bytes: u64,
    /// Groups and datasets together.
    pub objects: u64,
    /// Groups inside each other, the root not counted. A nested graph takes two.
    pub depth: u64,
    /// Decoded bytes for each byte of the file, once they are more than [`Limits::SMALL`] in all.
    ///
    /// Trained weights hardly shrink; deflate reaches 1,030 on zeros alone, which is what a
    /// decompression bomb is made of.
    pub expansion: u64,
}

impl Limits {
    /// Decoded bytes that are harmless whatever the size of the file: 64 MiB.
    pub const SMALL: u64 = 64 << 20;

    /// Limits that let everything through. Only for files that you wrote yourself.
    pub const NONE: Self = Self {
        file_bytes: u64::MAX,
        dataset_bytes: u64::MAX,
        total_bytes: u64::MAX,
        objects: u64::MAX,
        depth: 128,
        expansion: u64::MAX,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 4 << 30,
            dataset_bytes: 4 << 30,
            total_bytes: 4 << 30,
            objects: 1_000_000,
            depth: 128,
            expansion: 100,
        }
    }
}
