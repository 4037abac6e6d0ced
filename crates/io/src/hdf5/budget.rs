//! Counts what a file has demanded so far and stops it at the limits.

use crate::error::ReadFault;
use crate::limits::Limits;

/// Decoded bytes that each group and dataset is charged for its mere existence: about what its
/// name and header take in memory. It stops files in which a few groups link to each other so that
/// their paths multiply.
const OBJECT_BYTES: u64 = 256;

/// What is left of the limits while a file is being read.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    /// Decoded bytes that the size of the file makes plausible.
    plausible: u64,
    objects: u64,
    bytes: u64,
}

impl Budget {
    /// The full budget for a file of this many bytes.
    pub(crate) fn new(limits: &Limits, file_bytes: u64) -> Result<Self, ReadFault> {
        within("file_bytes", "bytes", file_bytes, limits.file_bytes)?;
        let plausible = file_bytes.saturating_mul(limits.expansion).max(Limits::SMALL);
        Ok(Self { limits: *limits, plausible, objects: 0, bytes: 0 })
    }

    /// Bytes that a single dataset can have at most.
    pub(crate) fn largest(&self) -> u64 {
        self.limits.dataset_bytes.min(self.limits.total_bytes).min(self.plausible)
    }

    /// Counts one group or dataset that lies inside `depth` groups.
    pub(crate) fn object(&mut self, depth: u64) -> Result<(), ReadFault> {
        self.objects += 1;
        within("objects", "groups and datasets", self.objects, self.limits.objects)?;
        let deepest = self.limits.depth.min(Limits::DEEPEST);
        within("depth", "groups inside each other", depth, deepest)?;
        self.claim(OBJECT_BYTES)
    }

    /// Counts the decoded bytes of one dataset. Comes before the memory is taken.
    pub(crate) fn dataset(&mut self, bytes: u64) -> Result<(), ReadFault> {
        within("dataset_bytes", "bytes", bytes, self.limits.dataset_bytes)?;
        self.claim(bytes)
    }

    fn claim(&mut self, bytes: u64) -> Result<(), ReadFault> {
        self.bytes = self.bytes.saturating_add(bytes);
        within("total_bytes", "bytes", self.bytes, self.limits.total_bytes)?;
        within("expansion", "decoded bytes", self.bytes, self.plausible)
    }
}

/// The error of a limit, if it is exceeded.
pub(crate) fn within(
    limit: &'static str,
    unit: &'static str,
    needed: u64,
    allowed: u64,
) -> Result<(), ReadFault> {
    if needed <= allowed { Ok(()) } else { Err(ReadFault::Limit { limit, unit, needed, allowed }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(result: Result<(), ReadFault>) -> &'static str {
        match result {
            Err(ReadFault::Limit { limit, .. }) => limit,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_limit_is_named_when_it_is_exceeded() {
        let limits = Limits {
            file_bytes: 10,
            dataset_bytes: 1 << 30,
            objects: 2,
            depth: 1,
            ..Limits::default()
        };
        assert_eq!(name(Budget::new(&limits, 11).map(drop)), "file_bytes");
        let mut budget = Budget::new(&limits, 10).unwrap();
        assert_eq!(name(budget.dataset(1 << 31)), "dataset_bytes");
        assert_eq!(name(budget.dataset(1 << 30)), "expansion");
        budget.bytes = 0;
        budget.object(1).unwrap();
        assert_eq!(name(budget.object(2)), "depth");
        assert_eq!(name(budget.object(0)), "objects");
        let mut budget = Budget::new(&Limits { total_bytes: 100, ..limits }, 10).unwrap();
        budget.dataset(60).unwrap();
        assert_eq!(name(budget.dataset(60)), "total_bytes");
    }

    #[test]
    fn a_small_file_may_decode_to_what_is_harmless() {
        let mut budget = Budget::new(&Limits::default(), 1).unwrap();
        budget.dataset(Limits::SMALL).unwrap();
        assert_eq!(name(budget.dataset(1)), "expansion");
    }
}
