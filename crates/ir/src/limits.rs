//! What a file, a stimulus or an option may demand of the machine.

/// Upper bounds that are held before memory is taken or a loop is begun.
///
/// The first ones are about what a file declares, the others about what follows from it: shapes,
/// paddings, kernels, broadcasts, steps, recordings. The defaults let every honest file through that
/// fits a workstation. Each bound is named by its field in the error that it raises.
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
    /// Groups inside each other, the root not counted. A nested graph takes two. Never above
    /// [`Limits::DEEPEST`].
    pub depth: u64,
    /// Decoded bytes for each byte of the file, once they are more than [`Limits::SMALL`] in all.
    ///
    /// Trained weights hardly shrink; deflate reaches 1,030 on zeros alone, which is what a
    /// decompression bomb is made of.
    pub expansion: u64,
    /// Elements of one layer: what enters, what leaves, what is padded, what a window covers.
    pub layer_elements: u64,
    /// Elements that leave all layers of a graph together.
    pub graph_elements: u64,
    /// Products that one layer computes in one step.
    pub layer_products: u64,
    /// Steps of one run, and moments at which continuous time is sampled.
    pub steps: u64,
    /// Bytes of everything that one run records.
    pub recording_bytes: u64,
    /// Spikes of one run in continuous time.
    pub spikes: u64,
}

/// Why a limit cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// No limit has this name.
    #[error("there is no limit `{0}`")]
    Unknown(String),
    /// The depth would be beyond what any limit allows.
    #[error("the depth is {most} at most, whatever the limit, not {0}", most = Limits::DEEPEST)]
    TooDeep(u64),
}

impl Limits {
    /// Decoded bytes that are harmless whatever the size of the file: 64 MiB.
    pub const SMALL: u64 = 64 << 20;

    /// The depth that no limit goes beyond: reading descends once for each level, and every level
    /// takes stack.
    pub const DEEPEST: u64 = 512;

    /// Limits that let everything through. Only for files that you wrote yourself.
    pub const NONE: Self = Self {
        file_bytes: u64::MAX,
        dataset_bytes: u64::MAX,
        total_bytes: u64::MAX,
        objects: u64::MAX,
        depth: 128,
        expansion: u64::MAX,
        layer_elements: u64::MAX,
        graph_elements: u64::MAX,
        layer_products: u64::MAX,
        steps: u64::MAX,
        recording_bytes: u64::MAX,
        spikes: u64::MAX,
    };

    /// Names of all limits, as options give them.
    pub const NAMES: &[&str] = &[
        "file_bytes",
        "dataset_bytes",
        "total_bytes",
        "objects",
        "depth",
        "expansion",
        "layer_elements",
        "graph_elements",
        "layer_products",
        "steps",
        "recording_bytes",
        "spikes",
    ];

    /// Sets the limit of this name.
    ///
    /// # Errors
    ///
    /// There is no limit of this name, or the number is beyond [`Limits::DEEPEST`] for the depth.
    pub fn set(&mut self, name: &str, number: u64) -> Result<(), LimitError> {
        let limit = self.named(name).ok_or_else(|| LimitError::Unknown(name.to_owned()))?;
        if name == "depth" && number > Self::DEEPEST {
            return Err(LimitError::TooDeep(number));
        }
        *limit = number;
        Ok(())
    }

    /// The limit of this name, to be changed; `None` when there is none.
    fn named(&mut self, name: &str) -> Option<&mut u64> {
        Some(match name {
            "file_bytes" => &mut self.file_bytes,
            "dataset_bytes" => &mut self.dataset_bytes,
            "total_bytes" => &mut self.total_bytes,
            "objects" => &mut self.objects,
            "depth" => &mut self.depth,
            "expansion" => &mut self.expansion,
            "layer_elements" => &mut self.layer_elements,
            "graph_elements" => &mut self.graph_elements,
            "layer_products" => &mut self.layer_products,
            "steps" => &mut self.steps,
            "recording_bytes" => &mut self.recording_bytes,
            "spikes" => &mut self.spikes,
            _ => return None,
        })
    }
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
            layer_elements: 1 << 24,
            graph_elements: 1 << 26,
            layer_products: 1 << 32,
            steps: 10_000_000,
            recording_bytes: 1 << 30,
            spikes: 10_000_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_set_by_its_name_and_the_depth_stays_bounded() {
        let mut limits = Limits::default();
        assert_eq!(limits.set("depth", Limits::DEEPEST), Ok(()));
        assert_eq!(limits.depth, Limits::DEEPEST);
        let deeper = Limits::DEEPEST + 1;
        assert_eq!(limits.set("depth", deeper), Err(LimitError::TooDeep(deeper)));
        assert_eq!(limits.set("dept", 1), Err(LimitError::Unknown("dept".to_owned())));
        assert_eq!(limits.set("steps", u64::MAX), Ok(()));
    }

    #[test]
    fn every_limit_is_found_by_its_name() {
        for name in Limits::NAMES {
            let mut limits = Limits::default();
            *limits.named(name).unwrap_or_else(|| panic!("{name}")) = 7;
            assert!(format!("{limits:?}").contains(&format!(" {name}: 7")), "{name}");
        }
        let fields = format!("{:?}", Limits::default()).matches(": ").count();
        assert_eq!(Limits::NAMES.len(), fields);
    }
}
