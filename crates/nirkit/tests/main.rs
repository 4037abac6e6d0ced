//! The integration tests of `nirkit`, in one binary: one module for each subject.

mod accuracy;
mod architecture;
mod events;
mod exact;
mod examples;
mod fuzz_seeds;
mod opt_sound;
mod optimise;
mod paper;
mod platform_files;
mod repairs;
mod runs;
mod said;
mod same_bits;
mod structure_kept;
mod sweep;
mod sweep_metrics;
mod sweep_sets;
mod time_scale;
mod told;
mod unbinned;
mod view;
mod writing;
