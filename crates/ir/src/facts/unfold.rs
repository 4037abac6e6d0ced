//! Unfolds nested graphs into leaves and connections.
