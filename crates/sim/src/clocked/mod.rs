//! The engine on a time grid.
