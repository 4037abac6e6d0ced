//! The engine in continuous time.
