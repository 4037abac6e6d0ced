//! Drawings of graphs from files: those beside this crate, and the files of released packages where they are at hand.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../view/tests/common/mod.rs"]
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use nirkit::Choices;
use nirkit::view::{Direction, PageOptions, ViewOptions, draw, every_platform, layout, page};

/// All graphs below a folder.
fn graphs(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut open, mut found) = (vec![root.join(folder)], Vec::new());
    while let Some(path) = open.pop() {
        if let Ok(entries) = fs::read_dir(&path) {
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "nir" || ending == "nirt") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Draws every graph in every way, checks the drawing, and says how many graphs were drawn.
fn draw_all(folder: &str) -> usize {
    let mut drawn = 0;
    for path in graphs(folder) {
        let Ok(graph) = nirkit::read(&path) else { continue };
        for direction in [Direction::Down, Direction::Right] {
            for (collapse, all) in [(false, false), (true, false), (false, true)] {
                let options = ViewOptions::new().direction(direction).collapse(collapse).all(all);
                let start = Instant::now();
                let layout = layout(&graph, &options).unwrap();
                let took = start.elapsed().as_secs_f64();
                assert!(took < 1.0, "{} takes {took} s", path.display());
                assert_eq!(common::check(&layout), 0, "{}", path.display());
                let svg = draw(&layout, "net");
                assert_eq!(svg.matches("</svg>").count(), 1, "{}", path.display());
            }
        }
        drawn += 1;
    }
    drawn
}

#[test]
fn every_example_is_drawn() {
    assert!(draw_all("examples") >= 3);
}

#[test]
fn every_invalid_graph_is_drawn() {
    assert!(draw_all("crates/ir/tests/invalid") > 20);
}

/// The page of every graph is smaller than 2 MB, whatever it is.
fn pages_of_all(folder: &str) -> usize {
    let mut made = 0;
    for path in graphs(folder) {
        let Ok(graph) = nirkit::read(&path) else { continue };
        let options = PageOptions::new("net").platforms(&every_platform(), Choices::new().dt(1e-3));
        let page = page(&graph, &ViewOptions::new(), &options).unwrap();
        assert!(page.len() < 2_000_000, "{}: {}", path.display(), page.len());
        assert_eq!(page.matches("<script").count(), 2, "{}", path.display());
        made += 1;
    }
    made
}

#[test]
fn every_example_and_every_invalid_graph_has_a_page() {
    assert!(pages_of_all("examples") >= 3);
    assert!(pages_of_all("crates/ir/tests/invalid") > 20);
}

#[test]
#[ignore = "needs the material in ../shared"]
fn files_of_released_packages_have_pages() {
    for folder in ["corpus/exports", "models", "reference/paper"] {
        assert!(pages_of_all(&format!("../shared/{folder}")) > 5, "{folder}");
    }
}

#[test]
#[ignore = "needs the material in ../shared"]
fn files_of_released_packages_are_drawn() {
    for folder in ["corpus/exports", "models", "reference/paper"] {
        assert!(draw_all(&format!("../shared/{folder}")) > 5, "{folder}");
    }
}
