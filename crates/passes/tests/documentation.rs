//! The page of the rewrites follows the list of passes.
//!
//! `NIRKIT_UPDATE_DOCS=1 cargo test -p nirkit-passes --test integration documentation` writes it anew.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use nirkit_passes::optimise::PASSES;

#[test]
fn the_page_of_rewrites_follows_the_passes() {
    let mut page = String::from(
        "# Rewrites\n\n`nir opt IN OUT --pass NAME ...` changes how a graph says what it means. Platforms differ in what \
         they read: a gain that\none ignores can be part of the weights; two maps in a row, which a chip cannot have, can be \
         one. Every pass keeps the output\nspikes of the ideal, up to the rounding of the numbers that it multiplies; a test \
         holds each of them against the exact engine\non random graphs. Voltages and currents may change their unit. The spikes \
         are those of the step and of the size of a spike that the file\nimplies: where a gain that implies them goes, its size \
         is written into the metadata, and another `--dt` no longer changes it.\n\nPasses \
         run in the order in which they are given. Without `--pass` the usual ones run. `--for NAME` chooses the \
         passes by\nwhat a platform takes, and the form of recurrence: what [`nir adapt`](adapt.md) does before it fits \
         numbers. Where the platform refuses\nthe result all the same, it is written, the reasons are printed, and the exit \
         code is 1. `--time-scale` drops `nirkit.reference` from the\nmetadata where it names a platform that has one time \
         step alone. This page is made from the list of passes.\n\n| pass | usual | what it does | if |\n|---|---|---|---|\n",
    );
    for pass in PASSES {
        let usual = if pass.is_usual { "yes" } else { "" };
        page += &format!("| `{}` | {usual} | {} | {} |\n", pass.name, pass.about, pass.condition);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/opt.md");
    if std::env::var_os("NIRKIT_UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/opt.md is stale; run this test with NIRKIT_UPDATE_DOCS=1");
}
