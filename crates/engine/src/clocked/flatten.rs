//! Flatten: the channels stay in C order, so nothing changes but their shape.

use super::map::{Mapped, Same};

/// A Flatten.
pub(super) fn plan() -> Mapped<Same> {
    Mapped(Same)
}
